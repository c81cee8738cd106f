// SPDX-License-Identifier: MIT
// `als tune`: searches for good parameters, by als::suggest, on a grid, or at random.
#include "commands.hpp"
#include "metrics.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "splits.hpp"
#include "table.hpp"
#include "training.hpp"
#include <als/detail/base/number.hpp>
#include <als/fitted_to.hpp>
#include <als/suggest.hpp>
#include <als/tune.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace commands {
namespace {

/// A parameter that can be searched: its name, and how to set and read it.
template <als::Objective Objective>
struct Parameter {
    using Candidate = als::Candidate<Objective>;
    const char* name;
    bool is_usual;  ///< whether the table always has it
    void (*set)(Candidate&, double);
    std::optional<double> (*get)(const Candidate&);
    bool is_whole = false;  ///< whether it has no fractions
};

/// The nearest number that an int >= 0 can hold.
int whole(double number) {
    constexpr int most = std::numeric_limits<int>::max();
    if (!(number > 0)) return 0;
    return number < most ? static_cast<int>(std::lround(number)) : most;
}

template <als::Objective Objective>
std::vector<Parameter<Objective>> parameters() {
    using C = als::Candidate<Objective>;
    using Value = std::optional<double>;
    std::vector<Parameter<Objective>> all;
    if constexpr (std::is_same_v<Objective, als::Implicit>) {
        all.push_back({"alpha", true, [](C& c, double v) { c.objective.alpha = v; },
                       [](const C& c) { return c.objective.alpha; }});
        all.push_back({"epsilon", false, [](C& c, double v) { c.objective.epsilon = v; },
                       [](const C& c) { return Value(c.objective.epsilon); }});
    } else {
        all.push_back({"bias-regularization", true,
                       [](C& c, double v) { c.objective.bias_regularization = v; },
                       [](const C& c) { return Value(c.objective.bias_regularization); }});
    }
    all.push_back({"regularization", true, [](C& c, double v) { c.objective.regularization = v; },
                   [](const C& c) { return c.objective.regularization; }});
    all.push_back({"item-regularization", false,
                   [](C& c, double v) { c.objective.item_regularization = v; },
                   [](const C& c) { return c.objective.item_regularization; }});
    all.push_back({"regularization-exponent", false,
                   [](C& c, double v) { c.objective.regularization_exponent = v; },
                   [](const C& c) { return Value(c.objective.regularization_exponent); }});
    all.push_back({"factors", true, [](C& c, double v) { c.training.factors = whole(v); },
                   [](const C& c) { return Value(c.training.factors); }, true});
    all.push_back({"iterations", true, [](C& c, double v) { c.training.iterations = whole(v); },
                   [](const C& c) { return Value(c.training.iterations); }, true});
    return all;
}

template <als::Objective Objective>
Parameter<Objective> parameter(const std::string& name) {
    std::string all;
    for (const Parameter<Objective>& each : parameters<Objective>()) {
        if (each.name == name) return each;
        all += (all.empty() ? "" : ", ") + std::string(each.name);
    }
    throw UsageError("there is no parameter " + name + " to search; there are " + all);
}

double number_in(const std::string& text, const std::string& option) {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = als::detail::read_number(text.data(), end, number);
    if (error != std::errc{} || stopped != end || !std::isfinite(number))
        throw UsageError(option + ": " + text + " is not a number");
    return number;
}

/// "alpha=1,4,16" as its name and its numbers, which `separator` divides.
std::pair<std::string, std::vector<double>> named_numbers(const std::string& text, char separator,
                                                          const std::string& option) {
    const auto equals = text.find('=');
    if (equals == std::string::npos)
        throw UsageError(option + " is " + text + "; expected NAME=NUMBERS, as alpha=1" +
                         separator + "16");
    std::vector<double> numbers;
    std::istringstream rest(text.substr(equals + 1));
    for (std::string each; std::getline(rest, each, separator);)
        numbers.push_back(number_in(each, option));
    return {text.substr(0, equals), numbers};
}

struct Tune {
    RunOptions run;
    Dialect dialect;
    ObjectiveOptions objective;
    TrainingOptions training;
    SplitChoice split;
    MetricOptions metrics;
    OutputOptions output;
    std::string data, save, metric;
    std::vector<std::string> values, ranges;
    int trials = 20, folds = 0, patience = 3;
    double budget = als::SuggestOptions{}.budget;

    void operator()() const;

private:
    /// Throws `UsageError` if the options do not go together.
    void check_choice() const;

    template <als::Objective Objective>
    struct Found {
        std::vector<als::Trial<Objective>> trials;
        als::Candidate<Objective> best;
        std::string metric;
        bool is_complete = true;
    };

    template <als::Objective Objective>
    void search(const Objective& base, const als::Ratings<float>& ratings) const;
    template <als::Objective Objective>
    Found<Objective> suggested(const als::Candidate<Objective>& base,
                               const als::Ratings<float>& ratings) const;
    template <als::Objective Objective>
    Found<Objective> tried(const als::Candidate<Objective>& base,
                           const als::Ratings<float>& ratings) const;
    template <als::Objective Objective>
    std::vector<als::Candidate<Objective>> candidates(const als::Candidate<Objective>& base) const;
    template <als::Objective Objective>
    void print(const Found<Objective>& found, const als::Ratings<float>& ratings) const;
    template <als::Objective Objective>
    void advise(const als::Candidate<Objective>& best) const;
};

template <als::Objective Objective>
std::vector<als::Candidate<Objective>> Tune::candidates(
    const als::Candidate<Objective>& base) const {
    std::vector<als::Axis<Objective>> axes;
    for (const std::string& text : values) {
        const auto [name, numbers] = named_numbers(text, ',', "--try");
        const Parameter<Objective> each = parameter<Objective>(name);
        if (each.is_whole && std::any_of(numbers.begin(), numbers.end(), [](double number) {
                return number != std::floor(number);
            }))
            throw UsageError("--try is " + text + "; expected whole numbers");
        axes.push_back(als::axis<Objective>(numbers, each.set));
    }
    if (!axes.empty()) return als::grid(base, axes);
    struct Range {
        Parameter<Objective> parameter;
        double low, high;
    };
    std::vector<Range> drawn;
    for (const std::string& text : ranges) {
        const auto [name, numbers] = named_numbers(text, ':', "--range");
        if (numbers.size() != 2 || numbers[0] > numbers[1])
            throw UsageError("--range is " + text + "; expected NAME=LOW:HIGH");
        drawn.push_back({parameter<Objective>(name), numbers[0], numbers[1]});
    }
    return als::random_candidates(base, trials, training.training.seed,
                                  [&](als::Candidate<Objective>& candidate, als::Draw& draw) {
                                      for (const auto& [each, low, high] : drawn)
                                          each.set(candidate, low > 0 ? draw.log_uniform(low, high)
                                                                      : draw.uniform(low, high));
                                  });
}

template <als::Objective Objective>
Tune::Found<Objective> Tune::suggested(const als::Candidate<Objective>& base,
                                       const als::Ratings<float>& ratings) const {
    const ProgressBar bar("searching", run);
    const StopOnInterruption stop;
    als::SuggestOptions options{.budget = budget, .training = base.training};
    options.training.cancel = stop.token();
    auto found = als::suggest(ratings.interactions, base.objective, options);
    found.training.cancel = {};
    const bool is_implicit = std::is_same_v<Objective, als::Implicit>;
    return {std::move(found.trials),
            {found.objective, found.training},
            is_implicit ? "ndcg@20" : "rmse",
            true};
}

template <als::Objective Objective>
Tune::Found<Objective> Tune::tried(const als::Candidate<Objective>& base,
                                   const als::Ratings<float>& ratings) const {
    const std::string by =
        metric.empty() ? (std::is_same_v<Objective, als::Implicit> ? "ndcg" : "rmse") : metric;
    const std::uint64_t seed = training.training.seed;
    const auto splits = folds > 0 ? als::folds(ratings.interactions, folds, seed)
                                  : std::vector{split.split(ratings, dialect, seed)};
    Found<Objective> found{{}, base, by, true};
    ProgressBar bar("searching", run);
    const StopOnInterruption stop;
    als::TuneOptions<Objective> options{
        .lower_is_better = is_lower_better(by), .patience = patience, .cancel = stop.token()};
    options.observer = [&](const als::Trial<Objective>& trial, std::size_t n, std::size_t count) {
        found.trials.push_back(trial);
        bar.show(static_cast<std::int64_t>(n), static_cast<std::int64_t>(count),
                 by + " " + std::to_string(trial.metric));
        return als::Next::go_on;
    };
    const auto metric_of = [&](const als::Model<float>& model, const als::Split<float>& parts) {
        return metrics.judge(model, parts, {by}, run).front().value;
    };
    try {
        found.trials = als::tune<float>(splits, candidates(base), metric_of, options);
    } catch (const als::Cancelled&) {
        found.is_complete = false;
        std::stable_sort(
            found.trials.begin(), found.trials.end(), [&](const auto& a, const auto& b) {
                return options.lower_is_better ? a.metric < b.metric : a.metric > b.metric;
            });
    }
    if (!found.trials.empty()) found.best = found.trials.front().candidate;
    return found;
}

/// The parameters that the table shows: the usual ones, and those that are not at their default.
template <als::Objective Objective>
std::vector<Parameter<Objective>> shown(const std::vector<als::Trial<Objective>>& trials) {
    const als::Candidate<Objective> plain;
    std::vector<Parameter<Objective>> result;
    for (const Parameter<Objective>& each : parameters<Objective>())
        if (each.is_usual || std::any_of(trials.begin(), trials.end(), [&](const auto& trial) {
                return each.get(trial.candidate) != each.get(plain);
            }))
            result.push_back(each);
    return result;
}

template <als::Objective Objective>
void Tune::print(const Found<Objective>& found, const als::Ratings<float>& ratings) const {
    const std::vector<Parameter<Objective>> columns = shown(found.trials);
    std::vector<std::string> names{"trial", found.metric};
    for (const auto& each : columns) names.emplace_back(each.name);
    names.emplace_back("seconds");
    Table table(output, names);
    std::int64_t number = 0;
    for (const als::Trial<Objective>& trial : found.trials) {
        // What is not given is fitted to the data.
        als::Candidate<Objective> full = trial.candidate;
        full.objective = als::fitted_to(ratings.interactions, full.objective);
        std::vector<Cell> cells{++number, rounded(trial.metric)};
        for (const auto& each : columns) {
            const auto value = each.get(full);
            cells.push_back(value ? Cell(rounded(*value)) : Cell());
        }
        cells.emplace_back(std::round(1000 * trial.seconds) / 1000);
        table.add(cells);
    }
    table.finish();
}

/// The options that train with the best parameters.
template <als::Objective Objective>
void Tune::advise(const als::Candidate<Objective>& best) const {
    const als::Candidate<Objective> plain;
    std::ostringstream line;
    line << "the best, for als train:"
         << (std::is_same_v<Objective, als::Implicit> ? " --implicit" : " --explicit");
    for (const auto& each : parameters<Objective>())
        if (const auto value = each.get(best); value && value != each.get(plain))
            line << " --" << each.name << ' ' << *value;
    tell(run, line.str());
}

template <als::Objective Objective>
void Tune::search(const Objective& base, const als::Ratings<float>& ratings) const {
    const als::Candidate<Objective> start{base, training.with(run)};
    const bool is_suggested = values.empty() && ranges.empty();
    const Interruption interruption;
    tell(run, "searching");
    const Found<Objective> found = is_suggested ? suggested(start, ratings) : tried(start, ratings);
    print(found, ratings);
    if (found.trials.empty()) tell(run, "no trial was completed; these are the defaults");
    advise(found.best);
    if (!found.is_complete) throw Interrupted{};
    if (save.empty()) return;
    const auto fit_to = [&](const als::Training& how) {
        return als::fit(ratings.interactions, found.best.objective, how);
    };
    train_and_save(ratings, found.best.training, fit_to, {save}, run);
}

void Tune::check_choice() const {
    if (!values.empty() && !ranges.empty())
        throw UsageError("either --try (a grid) or --range (at random), not both");
    const bool has_split = split.way != SplitChoice{}.way || !split.date.empty();
    if (values.empty() && ranges.empty() && (!metric.empty() || folds > 0 || has_split))
        throw UsageError("--metric, --folds and --split go only with --try or --range");
    if (folds > 0 && has_split) throw UsageError("either --folds or --split, not both");
}

void Tune::operator()() const {
    check_choice();
    if (!metric.empty()) check_metric(metric);
    check_folder(save);
    check_folder(output.path);
    const als::AnyObjective base = objective.objective();
    if (std::holds_alternative<als::Implicit>(base)) check_for_implicit(metric);
    const als::Ratings<float> ratings = dialect.read(data, run);
    std::visit([&](const auto& each) { search(each, ratings); }, base);
}

}  // namespace

void add_tune(CLI::App& app) {
    const auto tune = std::make_shared<Tune>();
    CLI::App& command = add_command(
        app, "tune",
        "Search for good parameters. Prints a table of what was tried, the best first. Without "
        "--try and --range, it is a short search around the defaults in two rounds: many small "
        "models, and then, first in the table, the best of them in full. The metric of the best is "
        "too good, because it chose the best: judge on other data.",
        "  als tune plays.csv --implicit\n"
        "  als tune plays.csv --implicit --try alpha=1,4,16 --try factors=32,64\n"
        "  als tune ratings.csv --explicit --range regularization=0.01:1 --trials 30 --folds 3\n"
        "  als tune plays.csv --implicit --save best.safetensors -o trials.csv");
    command.add_option("DATA", tune->data, "File of ratings or plays; - for standard input")
        ->required();
    tune->run.add_to(command);
    const std::string group = "Search";
    command
        .add_option("--try", tune->values,
                    "Values of a parameter; all combinations of several are tried")
        ->type_name("NAME=V,V,...")
        ->allow_extra_args(false)
        ->group(group);
    command
        .add_option("--range", tune->ranges,
                    "Range of a parameter, from which values are drawn at random")
        ->type_name("NAME=LOW:HIGH")
        ->allow_extra_args(false)
        ->group(group);
    command.add_option("--trials", tune->trials, "For --range: how many combinations are tried")
        ->type_name("N")
        ->capture_default_str()
        ->group(group);
    command
        .add_option("--budget", tune->budget,
                    "Without --try and --range: the most that the search may take, in trainings")
        ->type_name("TRAININGS")
        ->capture_default_str()
        ->group(group);
    command
        .add_option("--metric", tune->metric,
                    "For --try and --range: what decides, a name that als evaluate prints; without "
                    "it, ndcg, or rmse with --explicit")
        ->type_name("NAME")
        ->group(group);
    command
        .add_option("--patience", tune->patience,
                    "For --try and --range: end a training after so many iterations without a "
                    "better metric; 0: judge it once at its end")
        ->type_name("N")
        ->capture_default_str()
        ->group(group);
    command
        .add_option("--folds", tune->folds,
                    "For --try and --range: judge by so many folds instead of by one split")
        ->type_name("N")
        ->group(group);
    command.add_option("--save", tune->save, "Train with the best on all data, and save the model")
        ->type_name("MODEL")
        ->group(group);
    tune->split.add_to(command);
    tune->metrics.add_to(command);
    tune->output.add_to(command);
    tune->objective.add_to(command);
    tune->training.add_to(command);
    tune->dialect.add_to(command);
    command.callback([tune] { (*tune)(); });
}

}  // namespace commands
