// SPDX-License-Identifier: MIT
// `als report`: writes a page to look at, in one file.
#include "report.hpp"

#include "commands.hpp"
#include "lists.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "table.hpp"
#include <als/error.hpp>
#include <als/model_file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace commands {
namespace {

struct Report {
    RunOptions run;
    Dialect dialect;
    NameOptions names;
    std::string model, data, test, title, group_column, output = "report.html";
    std::int64_t k = als_report::Options{}.k;

    void operator()() const;

private:
    [[nodiscard]] std::optional<als::Interactions<float>> read(
        const std::string& path, const als::ModelFile<float>& file) const;
    [[nodiscard]] std::vector<std::string> groups(const als::IdMap<als::Item>& items) const;
};

/// The ratings in a file by the ids of the model, or nothing if there is no file.
std::optional<als::Interactions<float>> Report::read(const std::string& path,
                                                     const als::ModelFile<float>& file) const {
    if (path.empty()) return std::nullopt;
    return dialect.read(path, file.users, file.items, als::UnknownIds::skip, run).interactions;
}

/// A group for each item, the first one where a field lists several, or none.
std::vector<std::string> Report::groups(const als::IdMap<als::Item>& items) const {
    if (group_column.empty()) return {};
    if (names.path.empty())
        throw UsageError("--group-column is a column of the file that --names gives");
    NameOptions column = names;
    column.column = group_column;
    std::vector<std::string> groups = column.read(items);
    for (std::string& group : groups) group.resize(std::min(group.size(), group.find('|')));
    return groups;
}

void Report::operator()() const {
    check_folder(output);
    const als::ModelFile<float> file = load_with_ids(model);
    const auto given = read(data, file), held_out = read(test, file);
    const als::Interactions<float>* history = file.seen ? &*file.seen : nullptr;
    const std::vector<std::string> item_names = names.read(file.items);
    als_report::Options options{
        .title = title.empty() ? std::filesystem::path(model).stem().string() : title,
        .data = given ? &*given : history,
        .test = held_out ? &*held_out : nullptr,
        .item_name =
            [&](als::Item item) {
                const auto at = static_cast<std::size_t>(item.index);
                const bool is_named = !item_names.empty() && !item_names[at].empty();
                return is_named ? item_names[at] : file.items.name(item);
            },
        .user_name = [&](als::User user) { return "user " + file.users.name(user); },
        .item_groups = groups(file.items),
        .training = file.training,
        .k = k,
        .threads = run.threads};
    {
        const ProgressBar bar("judging the model", run);
        als_report::write(output, file.model, options);
    }
    tell(run, "open this in a browser: " + std::filesystem::absolute(output).string());
}

}  // namespace

void add_report(CLI::App& app) {
    const auto report = std::make_shared<Report>();
    CLI::App& command = add_command(
        app, "report",
        "Write a page to look at, in one file: quality beside the simplest models, convergence, a "
        "map of the items, lists of users with reasons, and warnings. Without --test, a second "
        "model is trained on four fifths of the data and judged by the rest.",
        "  als report plays.safetensors\n"
        "  als report plays.safetensors --names movies.csv --group-column genres\n"
        "  als report plays.safetensors --data plays.csv --test february.csv -o february.html");
    command.add_option("MODEL", report->model, "Model file that als train wrote")->required();
    command
        .add_option("--data", report->data,
                    "File that the model was trained on; without it, what the model file says that "
                    "users have seen")
        ->type_name("FILE");
    command
        .add_option("--test", report->test,
                    "File to judge the model by, which it was not trained on; lines with other "
                    "users or items are left out")
        ->type_name("FILE");
    command.add_option("-k", report->k, "Length of the lists")
        ->type_name("N")
        ->capture_default_str();
    report->run.add_to(command);
    command.add_option("-o,--output", report->output, "Where the page is written")
        ->type_name("FILE")
        ->group("Output")
        ->capture_default_str();
    command.add_option("--title", report->title, "Title of the page; without it, the file's name")
        ->type_name("TEXT")
        ->group("Output");
    report->names.add_to(command);
    command
        .add_option("--group-column", report->group_column,
                    "Column of that file whose values colour the map, for example genres; of a "
                    "list a|b the first")
        ->type_name("NAME|NUMBER")
        ->group("Output");
    report->dialect.add_to(command);
    command.callback([report] { (*report)(); });
}

}  // namespace commands
