// SPDX-License-Identifier: MIT
// `als evaluate`: how good a model is on data that it was not trained on, and the simplest models
// beside it.
#include "commands.hpp"
#include "metrics.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "splits.hpp"
#include "table.hpp"
#include <als/baselines.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace commands {
namespace {

struct Evaluate {
    RunOptions run;
    Dialect dialect;
    ObjectiveOptions objective;
    TrainingOptions training;
    SplitChoice split;
    MetricOptions metrics;
    OutputOptions output;
    std::string data, test, model;
    std::vector<std::string> asked;
    bool all_places = false, no_baselines = false;

    void operator()() const;

private:
    /// Throws `als::InputError` if a metric that was asked for says nothing of such a model.
    void check_asked(bool is_implicit) const;
    void judge_file() const;
    void judge_data() const;
    [[nodiscard]] als::Split<float> parts() const;
    void print(const als::Model<float>& trained, const als::Split<float>& parts) const;
};

/// The data to train on and those to judge by: two files, or parts of one.
als::Split<float> Evaluate::parts() const {
    als::Ratings<float> all = dialect.read(data, run);
    if (test.empty()) return split.split(all, dialect, training.training.seed);
    als::Ratings<float> held_out =
        dialect.read(test, all.users, all.items, als::UnknownIds::skip, run);
    return {std::move(all.interactions), std::move(held_out.interactions)};
}

void Evaluate::check_asked(bool is_implicit) const {
    if (!is_implicit) return;
    for (const std::string& name : asked) check_for_implicit(name);
}

void Evaluate::judge_data() const {
    const als::AnyObjective chosen = objective.objective();
    check_asked(std::holds_alternative<als::Implicit>(chosen));
    const als::Split<float> split_data = parts();
    als::Training how = training.with(run);
    const als::Model<float> trained = [&] {
        ProgressBar bar("training", run);
        if (bar.is_visible()) how.observer = observer_for(bar);
        return fit(split_data.train, chosen, how);
    }();
    print(trained, split_data);
}

void Evaluate::judge_file() const {
    if (!data.empty() || test.empty())
        throw UsageError("--model goes with --test FILE, and without DATA");
    const als::ModelFile<float> file = load_with_seen(model);
    check_asked(file.model.is_implicit());
    const als::Ratings<float> held_out =
        dialect.read(test, file.users, file.items, als::UnknownIds::skip, run);
    print(file.model, {*file.seen, held_out.interactions});
}

void Evaluate::print(const als::Model<float>& trained, const als::Split<float>& split_data) const {
    tell(run, "trained on " + counted(split_data.train.size(), "rating") + ", judged by " +
                  counted(split_data.test.size(), "other"));
    const bool is_implicit = trained.is_implicit();
    const auto names = asked.empty() ? metrics_for(is_implicit, all_places) : asked;
    Table table(output, {"model", "metric", "value", "low", "high"});
    const auto add = [&](std::string_view name, const als::Model<float>& judged,
                         const std::vector<std::string>& by) {
        for (const auto& [metric, value, low, high] : metrics.judge(judged, split_data, by, run))
            table.add({name, std::string_view(metric), rounded(value),
                       low ? Cell(rounded(*low)) : Cell(), high ? Cell(rounded(*high)) : Cell()});
    };
    ProgressBar bar("judging", run);
    add("als", trained, names);
    if (!no_baselines) {
        // Popularity predicts no ratings.
        std::vector<std::string> of_lists;
        for (const std::string& name : names)
            if (!is_error(name)) of_lists.push_back(name);
        add("popularity", als::popularity_model(split_data.train), of_lists);
        if (!is_implicit) add("biases", als::bias_model(split_data.train), names);
    }
    table.finish();
}

void Evaluate::operator()() const {
    for (const std::string& name : asked) check_metric(name);
    check_folder(output.path);
    if (!model.empty()) return judge_file();
    if (data.empty()) throw UsageError("name the file to train on, or --model with --test");
    judge_data();
}

}  // namespace

void add_evaluate(CLI::App& app) {
    const auto evaluate = std::make_shared<Evaluate>();
    CLI::App& command = add_command(
        app, "evaluate",
        "Judge a model on data that it was not trained on. Holds out a part of the data, trains on "
        "the rest, and compares what the model recommends with what was held out. The simplest "
        "models, popularity and biases, are judged beside it. Metrics of lists have a 95 % "
        "interval.",
        "  als evaluate plays.csv --implicit\n"
        "  als evaluate u.data --explicit --factors 50 --split random --test-fraction 0.1\n"
        "  als evaluate january.csv --implicit --test february.csv --metrics ndcg,recall -k 20\n"
        "  als evaluate --model plays.safetensors --test february.csv\n"
        "  als evaluate ratings.csv --explicit --time-column date --split date --date 2024-05-01");
    command.add_option("DATA", evaluate->data, "File of ratings or plays; - for standard input");
    command
        .add_option("--test", evaluate->test,
                    "File to judge by, instead of a part of DATA; lines with other users or items "
                    "are left out")
        ->type_name("FILE")
        ->group("What is held out");
    command
        .add_option("--model", evaluate->model,
                    "Judge this model file instead of training; goes with --test")
        ->type_name("MODEL");
    evaluate->run.add_to(command);
    evaluate->split.add_to(command);
    evaluate->metrics.add_to(command);
    command
        .add_option("--metrics", evaluate->asked,
                    "Only these metrics, with commas between them, as rmse,ndcg")
        ->type_name("NAMES")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->group("Judging");
    command
        .add_flag("--all-places", evaluate->all_places,
                  "Also AUC and the expected percentile rank, which take longer")
        ->group("Judging");
    command.add_flag("--no-baselines", evaluate->no_baselines, "Judge the model alone")
        ->group("Judging");
    evaluate->output.add_to(command);
    evaluate->objective.add_to(command);
    evaluate->training.add_to(command);
    evaluate->dialect.add_to(command);
    command.callback([evaluate] { (*evaluate)(); });
}

}  // namespace commands
