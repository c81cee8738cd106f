// SPDX-License-Identifier: MIT
// `als train`: from a ratings file to a model file.
#include "commands.hpp"
#include "options.hpp"
#include "table.hpp"
#include "training.hpp"
#include <als/checkpoint.hpp>

#include <memory>
#include <string>
#include <variant>

namespace commands {
namespace {

struct Train {
    RunOptions run;
    Dialect dialect;
    ObjectiveOptions objective;
    TrainingOptions training;
    std::string data, output, checkpoint;
    int checkpoint_every = als::Checkpoints{}.every;
    bool forget = false;

    void operator()() const;

private:
    [[nodiscard]] als::Model<float> trained(const als::Interactions<float>& ratings,
                                            const als::AnyObjective& chosen,
                                            const als::Training& how) const;
};

als::Model<float> Train::trained(const als::Interactions<float>& ratings,
                                 const als::AnyObjective& chosen, const als::Training& how) const {
    if (checkpoint.empty()) return fit(ratings, chosen, how);
    const als::Checkpoints checkpoints{.path = checkpoint, .every = checkpoint_every};
    return std::visit(
        [&](const auto& each) {
            return als::fit_with_checkpoints(ratings, each, how, checkpoints);
        },
        chosen);
}

void Train::operator()() const {
    const als::AnyObjective chosen = objective.objective();
    check_folder(output);
    const als::Ratings<float> ratings = dialect.read(data, run);
    const auto fit_to = [&](const als::Training& how) {
        return trained(ratings.interactions, chosen, how);
    };
    train_and_save(ratings, training.with(run), fit_to, {output, !forget}, run);
}

}  // namespace

void add_train(CLI::App& app) {
    const auto train = std::make_shared<Train>();
    CLI::App& command =
        add_command(app, "train",
                    "Train a model on a file of ratings or plays. The model file also has the ids "
                    "of users and items, and what each user has seen.",
                    "  als train plays.csv --implicit -o plays.safetensors\n"
                    "  als train ratings.csv --explicit --factors 50 -o ratings.safetensors\n"
                    "  als train u.data --implicit --minimum 4 -o likes.safetensors\n"
                    "  als train log.tsv --implicit --user-column who --item-column what \\\n"
                    "      --value-column -1 --duplicates sum -o log.safetensors\n"
                    "  gzip -dc ratings.gz | als train - --explicit -o ratings.safetensors");
    command.add_option("DATA", train->data, "File of ratings or plays; - for standard input")
        ->required();
    command.add_option("-o,--output", train->output, "Model file to write")
        ->type_name("MODEL")
        ->required();
    train->run.add_to(command);
    train->objective.add_to(command);
    train->training.add_to(command);
    command
        .add_option("--checkpoint", train->checkpoint,
                    "File in which the training is saved while it goes on; if it exists, the "
                    "training resumes from it")
        ->type_name("FILE")
        ->group("Training");
    command
        .add_option("--checkpoint-every", train->checkpoint_every,
                    "Iterations between two checkpoints")
        ->type_name("N")
        ->capture_default_str()
        ->group("Training");
    command.add_flag("--forget", train->forget,
                     "Do not save what users have seen: the file is smaller, but recommend, "
                     "explain and update need it");
    train->dialect.add_to(command);
    command.callback([train] { (*train)(); });
}

}  // namespace commands
