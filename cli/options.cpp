// SPDX-License-Identifier: MIT
#include "options.hpp"

#include "messages.hpp"
#include "texts.hpp"
#include <als/error.hpp>

#include <charconv>
#include <cstdint>
#include <iostream>
#include <sstream>
#include <system_error>
#include <variant>

namespace commands {
namespace {

/// A column, by its number from 0 or by its name in the header.
void add_column(CLI::App& command, const std::string& option, std::optional<int>& number,
                std::string& name, const std::string& description) {
    const auto set = [&number, &name](const std::string& given) {
        number = column_number(given);
        if (!number) name = given;
    };
    command.add_option_function<std::string>(option, set, description)
        ->type_name("NAME|NUMBER")
        ->group("Ratings file");
}

void set_comment(std::optional<char>& comment, const std::string& given) {
    if (given == "none")
        comment = '\0';
    else if (given.size() == 1)
        comment = given.front();
    else
        throw UsageError("--comment is " + given + "; expected one character, or none");
}

/// Tells what was left out of a file.
void tell_what_is_left_out(const als::Ratings<float>& ratings, const std::string& path,
                           const RunOptions& run) {
    const auto left_out = [&](std::int64_t lines, const std::string& why) {
        if (lines > 0) tell(run, path + ": left out " + counted(lines, "line") + " " + why);
    };
    left_out(ratings.comment_lines, "of comments");
    left_out(ratings.missing_lines, "in which something is missing");
    left_out(ratings.unknown_lines, "with ids that are not known");
    if (!ratings.bad_lines.empty())
        left_out(
            static_cast<std::int64_t>(ratings.bad_lines.size()),
            "that cannot be read; the first is " + with_our_options(ratings.bad_lines.front()));
    for (const std::string& note : ratings.notes) tell(run, path + ": " + with_our_options(note));
}

/// The text of a number as a help text has it.
std::string short_text(double number) {
    std::ostringstream text;
    text << number;
    return text.str();
}

}  // namespace

std::optional<int> column_number(const std::string& column) {
    int number = 0;
    const char* const end = column.data() + column.size();
    const auto [stopped, error] = std::from_chars(column.data(), end, number);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return number;
}

std::string counted(std::int64_t count, const std::string& what) {
    return als_report::grouped(count) + " " + what + (count == 1 ? "" : "s");
}

CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& description,
                      const std::string& examples) {
    CLI::App& command = *app.add_subcommand(name, description);
    command.group("Commands");
    command.footer("Examples:\n" + examples);
    return command;
}

CLI::Option* add_optional(CLI::App& command, const std::string& name, std::optional<double>& value,
                          const std::string& description) {
    return command
        .add_option_function<double>(
            name, [&value](const double& given) { value = given; }, description)
        ->type_name("NUMBER");
}

void RunOptions::add_to(CLI::App& command) {
    command.add_option("--threads", threads, "Threads to use; 0: as many as there are processors")
        ->type_name("N")
        ->capture_default_str();
    command.add_flag("-q,--quiet", quiet, "Print errors only");
}

void Dialect::add_to(CLI::App& command) {
    const std::string group = "Ratings file";
    add_column(command, "--user-column", options.user_column, options.user,
               "Column of the users, by its name in the header or its number from 0; found by "
               "itself if the header has a usual name");
    add_column(command, "--item-column", options.item_column, options.item, "Column of the items");
    add_column(command, "--value-column", options.value_column, options.value,
               "Column of the ratings or counts; -1: there is none, and each line counts 1");
    add_column(command, "--time-column", options.time_column, options.time, "Column of the times");
    command
        .add_option(
            "--time-format", options.time_format,
            "How times are written, as %d/%m/%Y; without it, numbers or dates such as 2024-05-31")
        ->type_name("FORMAT")
        ->group(group);
    command
        .add_option_function<std::string>(
            "--delimiter",
            [this](const std::string& given) { options.delimiter = given == "\\t" ? "\t" : given; },
            "What separates the columns, \\t for a tab; found by itself if only one is possible")
        ->type_name("TEXT")
        ->group(group);
    add_choice<als::Header>(command, "--header", options.header,
                            {{"detect", als::Header::detect},
                             {"present", als::Header::present},
                             {"absent", als::Header::absent}},
                            "Whether the first line names the columns")
        ->group(group);
    add_choice<als::Layout>(command, "--layout", options.layout,
                            {{"ratings", als::Layout::ratings},
                             {"lists", als::Layout::lists},
                             {"matrix_market", als::Layout::matrix_market}},
                            "ratings: a rating on each line; lists: a user and all its items on "
                            "each line; matrix_market: a sparse matrix")
        ->group(group);
    add_choice<als::Duplicates>(command, "--duplicates", options.duplicates,
                                {{"error", als::Duplicates::error},
                                 {"sum", als::Duplicates::sum},
                                 {"last", als::Duplicates::last},
                                 {"mean", als::Duplicates::mean},
                                 {"max", als::Duplicates::max}},
                                "What to do if a user has an item more than once: add the values "
                                "(plays), take the last one (ratings), their mean or the greatest")
        ->group(group);
    command
        .add_option_function<double>(
            "--minimum", [this](const double& given) { options.minimum = given; },
            "Leave out lines with a lower value: 4 turns stars into likes")
        ->type_name("VALUE")
        ->group(group);
    command
        .add_option_function<std::string>(
            "--comment", [this](const std::string& given) { set_comment(options.comment, given); },
            "Leave out lines that begin with this character; none: no lines are comments")
        ->type_name("CHARACTER")
        ->group(group);
    add_choice<als::BadLines>(command, "--bad-lines", options.bad_lines,
                              {{"error", als::BadLines::error}, {"skip", als::BadLines::skip}},
                              "What to do with a line that cannot be read")
        ->group(group);
    command
        .add_option("--missing", options.missing,
                    "A word for a missing id or value: leave such lines out; may be repeated")
        ->type_name("WORD")
        ->allow_extra_args(false)
        ->group(group);
    command.add_flag("--any-id", options.any_id, "Allow ids such as NA and null")->group(group);
    command
        .add_flag_callback(
            "--no-quotes", [this] { options.quotes = false; }, "Quotes are text like any other")
        ->group(group);
    command.add_flag("--ragged", options.ragged, "Lines may differ in their number of columns")
        ->group(group);
}

als::Ratings<float> Dialect::read(const std::string& path, const RunOptions& run) const {
    als::RatingsOptions chosen = options;
    chosen.threads = run.threads;
    als::Ratings<float> ratings = path == "-"
                                      ? als::read_ratings<float>(std::cin, "standard input", chosen)
                                      : als::read_ratings<float>(path, chosen);
    tell(run, path + ": " + counted(ratings.users.size(), "user") + ", " +
                  counted(ratings.items.size(), "item") + ", " +
                  counted(ratings.interactions.size(), "rating"));
    tell_what_is_left_out(ratings, path, run);
    return ratings;
}

als::Ratings<float> Dialect::read(const std::string& path, const als::IdMap<als::User>& users,
                                  const als::IdMap<als::Item>& items, als::UnknownIds unknown,
                                  const RunOptions& run) const {
    als::RatingsOptions chosen = options;
    chosen.threads = run.threads;
    chosen.unknown_ids = unknown;
    als::Ratings<float> ratings =
        path == "-" ? als::read_ratings<float>(std::cin, "standard input", users, items, chosen)
                    : als::read_ratings<float>(path, users, items, chosen);
    tell(run, path + ": " + counted(ratings.interactions.size(), "rating"));
    tell_what_is_left_out(ratings, path, run);
    return ratings;
}

void ObjectiveOptions::add_to(CLI::App& command) {
    const std::string group = "Objective";
    const als::Implicit plays;
    const als::Explicit ratings;
    command
        .add_flag("--implicit", is_implicit_,
                  "The values are plays, clicks, purchases: more is a stronger sign, and no value "
                  "is a weak sign against")
        ->group(group);
    command
        .add_flag(
            "--explicit", is_explicit_,
            "The values are ratings: they are predicted as they are, and no value says nothing")
        ->group(group);
    add_optional(command, "--regularization", regularization_,
                 "How much factors are pulled towards 0, >= 0; without it, fitted to the data")
        ->group(group);
    add_optional(command, "--item-regularization", item_regularization_,
                 "The same for items, if it differs from that for users")
        ->group(group);
    add_optional(
        command, "--regularization-exponent", exponent_,
        "How much the regularization of a user or item grows with its number of ratings, 0 to 1")
        ->default_str(short_text(plays.regularization_exponent) + ", with --explicit " +
                      short_text(ratings.regularization_exponent))
        ->group(group);
    command.add_flag("--non-negative", non_negative_, "Factors are >= 0")->group(group);
    add_optional(
        command, "--alpha", alpha_,
        "Implicit: weight of a value relative to no value, >= 0; without it, fitted to the data")
        ->group(group);
    add_choice<als::Confidence>(
        command, "--confidence", implicit_.confidence,
        {{"linear", als::Confidence::linear}, {"logarithmic", als::Confidence::logarithmic}},
        "Implicit: how the weight grows with the value")
        ->group(group);
    add_optional(command, "--epsilon", epsilon_,
                 "Implicit: unit of the value for --confidence logarithmic, > 0")
        ->default_str(short_text(plays.epsilon))
        ->group(group);
    add_choice<als::RowWeight>(
        command, "--row-weight", implicit_.row_weight,
        {{"entries", als::RowWeight::entries}, {"confidence", als::RowWeight::confidence}},
        "Implicit: what the regularization of a user or item grows with")
        ->group(group);
    command
        .add_flag("--no-biases", no_biases_, "Explicit: no mean, and no biases of users and items")
        ->group(group);
    add_optional(command, "--bias-regularization", bias_regularization_,
                 "Explicit: how much biases are pulled towards 0, >= 0")
        ->default_str(short_text(ratings.bias_regularization))
        ->group(group);
}

als::AnyObjective ObjectiveOptions::objective() const {
    if (is_implicit_ == is_explicit_)
        throw UsageError(
            "say either --implicit (plays, clicks, purchases) or --explicit (ratings)");
    const auto refuse = [](bool given, const char* option, const char* only) {
        if (given) throw UsageError(std::string(option) + " goes only with " + only);
    };
    const als::Implicit plain;
    refuse(is_explicit_ && alpha_, "--alpha", "--implicit");
    refuse(is_explicit_ && epsilon_, "--epsilon", "--implicit");
    refuse(is_explicit_ && implicit_.confidence != plain.confidence, "--confidence", "--implicit");
    refuse(is_explicit_ && implicit_.row_weight != plain.row_weight, "--row-weight", "--implicit");
    refuse(is_implicit_ && no_biases_, "--no-biases", "--explicit");
    refuse(is_implicit_ && bias_regularization_, "--bias-regularization", "--explicit");
    const auto with_common = [&](auto objective) -> als::AnyObjective {
        objective.regularization = regularization_;
        objective.item_regularization = item_regularization_;
        objective.regularization_exponent = exponent_.value_or(objective.regularization_exponent);
        objective.non_negative = non_negative_;
        return objective;
    };
    if (is_implicit_) {
        als::Implicit objective = implicit_;
        objective.alpha = alpha_;
        objective.epsilon = epsilon_.value_or(objective.epsilon);
        return with_common(objective);
    }
    als::Explicit objective;
    objective.biases = !no_biases_;
    objective.bias_regularization = bias_regularization_.value_or(objective.bias_regularization);
    return with_common(objective);
}

void TrainingOptions::add_to(CLI::App& command) {
    const std::string group = "Training";
    const auto add = [&](const std::string& name, auto& value, const std::string& description) {
        return command.add_option(name, value, description)
            ->type_name("N")
            ->capture_default_str()
            ->group(group);
    };
    add("--factors", training.factors,
        "Factors of each user and item: more tell more tastes apart");
    add("--iterations", training.iterations, "Iterations: more come closer to the minimum");
    add("--tolerance", training.tolerance,
        "End when an iteration lowers the objective by less than this fraction; 0: never");
    add("--seed", training.seed, "Chooses the random start, and what is held out at random");
    add("--initial-scale", training.initial_scale, "Size of the random start, > 0");
    add_choice<als::Solver>(command, "--solver", training.solver,
                            {{"exact", als::Solver::exact},
                             {"conjugate_gradient", als::Solver::conjugate_gradient},
                             {"subspace", als::Solver::subspace}},
                            "exact gets furthest in an iteration; conjugate_gradient, and subspace "
                            "for hundreds of factors, take less time")
        ->group(group);
    add("--conjugate-gradient-steps", training.conjugate_gradient_steps,
        "Steps of that solver in an iteration");
    add("--subspace-factors", training.subspace_factors, "Factors in a block of that solver");
    command
        .add_flag("--acceleration", training.acceleration,
                  "Momentum: fewer iterations until close to the minimum")
        ->group(group);
    std::vector<std::pair<std::string, als::InstructionSet>> sets;
    for (const auto set :
         {als::InstructionSet::automatic, als::InstructionSet::portable, als::InstructionSet::avx2,
          als::InstructionSet::avx512, als::InstructionSet::avx512_bf16, als::InstructionSet::neon})
        sets.emplace_back(als::name_of(set), set);
    add_choice(command, "--instruction-set", training.instruction_set, sets,
               "Choose a fixed one if another processor has to give the same bits")
        ->group(group);
}

als::Training TrainingOptions::with(const RunOptions& run) const {
    als::Training result = training;
    result.threads = run.threads;
    return result;
}

als::ModelFile<float> load_with_ids(const std::string& path) {
    als::ModelFile<float> file = als::load_all<float>(path);
    if (file.users.empty() || file.items.empty())
        throw als::InputError(path +
                              " has no ids of users and items; a program that calls als::save has "
                              "to give them, and `als train` does");
    return file;
}

als::ModelFile<float> load_with_seen(const std::string& path) {
    als::ModelFile<float> file = load_with_ids(path);
    if (!file.seen)
        throw als::InputError(path +
                              " does not say what its users have seen; train it without --forget");
    return file;
}

als::Model<float> fit(const als::Interactions<float>& data, const als::AnyObjective& objective,
                      const als::Training& training) {
    return std::visit([&](const auto& each) { return als::fit(data, each, training); }, objective);
}

void tell(const RunOptions& run, const std::string& line) {
    if (!run.quiet) std::cerr << "als: " << in_one_line(line) << '\n';
}

}  // namespace commands
