// SPDX-License-Identifier: MIT
// The groups of options that commands share: the dialect of a ratings file, the objective, the
// training, and how the program runs. `add_to` adds a group to a command; defaults are the
// library's.
#pragma once

#include <als/fit.hpp>
#include <als/model_file.hpp>
#include <als/objective.hpp>
#include <als/ratings_file.hpp>
#include <als/training.hpp>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace commands {

/// The command line was wrong: the program ends with exit code 2.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Ctrl-C ended the work; what was reached is saved. The program ends with exit code 130.
struct Interrupted {};

/// A new command. Its help ends with the examples, one a line.
CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& description,
                      const std::string& examples);

/// An option that takes one of several names.
template <typename Choice>
CLI::Option* add_choice(CLI::App& command, const std::string& name, Choice& choice,
                        std::vector<std::pair<std::string, Choice>> choices,
                        const std::string& description) {
    std::string all, standard;
    for (const auto& [text, value] : choices) {
        all += (all.empty() ? "" : "|") + text;
        if (value == choice) standard = text;
    }
    const auto choose = [&choice, choices = std::move(choices), all,
                         name](const std::string& given) {
        for (const auto& [text, value] : choices)
            if (text == given) {
                choice = value;
                return;
            }
        throw UsageError(name + " is " + given + "; expected one of " + all);
    };
    return command.add_option_function<std::string>(name, choose, description)
        ->type_name(all)
        ->default_str(standard);
}

/// An option that need not be given.
CLI::Option* add_optional(CLI::App& command, const std::string& name, std::optional<double>& value,
                          const std::string& description);

/// How every command runs.
struct RunOptions {
    int threads = 0;
    bool quiet = false;

    void add_to(CLI::App& command);
};

/// The number of a column that is given by its number, or nothing if it is given by its name.
[[nodiscard]] std::optional<int> column_number(const std::string& column);

/// How ratings files are read: the options of als::RatingsOptions under their own names.
struct Dialect {
    als::RatingsOptions options;

    void add_to(CLI::App& command);

    /// Reads a file, or standard input if `path` is "-", and tells what was noticed.
    [[nodiscard]] als::Ratings<float> read(const std::string& path, const RunOptions& run) const;

    /// Reads a file with the ids of another, or of a model.
    [[nodiscard]] als::Ratings<float> read(const std::string& path,
                                           const als::IdMap<als::User>& users,
                                           const als::IdMap<als::Item>& items,
                                           als::UnknownIds unknown, const RunOptions& run) const;
};

/// What is minimised. Either --implicit or --explicit has to be given.
struct ObjectiveOptions {
    void add_to(CLI::App& command);

    /// Throws `UsageError` if the options contradict one another.
    [[nodiscard]] als::AnyObjective objective() const;

private:
    bool is_implicit_ = false, is_explicit_ = false, no_biases_ = false, non_negative_ = false;
    std::optional<double> alpha_, regularization_, item_regularization_, exponent_, epsilon_,
        bias_regularization_;
    als::Implicit implicit_;
};

/// How the objective is minimised, with the options of als::Training under their own names.
struct TrainingOptions {
    als::Training training;

    void add_to(CLI::App& command);

    /// The training with the number of threads.
    [[nodiscard]] als::Training with(const RunOptions& run) const;
};

/// Loads a model file that has the ids of its users and items.
[[nodiscard]] als::ModelFile<float> load_with_ids(const std::string& path);

/// Loads one that also says what its users have seen.
[[nodiscard]] als::ModelFile<float> load_with_seen(const std::string& path);

/// Trains for either objective.
[[nodiscard]] als::Model<float> fit(const als::Interactions<float>& data,
                                    const als::AnyObjective& objective,
                                    const als::Training& training);

/// "1 user", "1,234,567 users".
[[nodiscard]] std::string counted(std::int64_t count, const std::string& what);

/// Prints a line "als: ..." to standard error, unless --quiet.
void tell(const RunOptions& run, const std::string& line);

}  // namespace commands
