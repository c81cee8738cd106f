// SPDX-License-Identifier: MIT
// `als explain`: what each item of a user's history adds to the score of an item.
#include "commands.hpp"
#include "lists.hpp"
#include "options.hpp"
#include "table.hpp"
#include <als/explain.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace commands {
namespace {

struct Explain {
    OutputOptions output;
    NameOptions names;
    std::string model, user, item;
    std::int64_t count = std::numeric_limits<std::int64_t>::max();

    void operator()() const;

private:
    void print(const als::Explanation<float>& why, const als::ModelFile<float>& file,
               const als::Row<als::Item, float>& history) const;
};

/// A line for each part of the sum: the base, the history, what is left of it, and the score.
void Explain::print(const als::Explanation<float>& why, const als::ModelFile<float>& file,
                    const als::Row<als::Item, float>& history) const {
    const std::vector<std::string> known_names = names.read(file.items);
    const bool has_names = !known_names.empty();
    std::map<als::Item, float> values;
    for (const auto [id, value] : history) values[id] = value;
    Table table(output,
                has_names
                    ? std::vector<std::string>{"part", "item", "name", "value", "contribution"}
                    : std::vector<std::string>{"part", "item", "value", "contribution"});
    const auto add = [&](std::string_view part, const Cell& id, const Cell& name, const Cell& value,
                         const Cell& contribution) {
        if (has_names)
            table.add({part, id, name, value, contribution});
        else
            table.add({part, id, value, contribution});
    };
    add("base", {}, {}, {}, rounded(why.base));
    double others = 0;
    std::int64_t shown = 0;
    for (const auto& [id, contribution] : why.contributions) {
        if (shown == count) {
            others += static_cast<double>(contribution);
            continue;
        }
        ++shown;
        const Cell name = has_names ? name_cell(known_names, id) : Cell();
        add("history", std::string_view(file.items.name(id)), name, values[id], contribution);
    }
    if (shown < static_cast<std::int64_t>(why.contributions.size()))
        add("others", {}, {}, {}, rounded(others));
    add("score", {}, {}, {}, rounded(why.score));
    table.finish();
}

void Explain::operator()() const {
    if (count < 0)
        throw UsageError("--count is " + std::to_string(count) + "; expected at least 0");
    const als::ModelFile<float> file = load_with_seen(model);
    const als::User who = indices_of<als::User>({user}, file.users, model).front();
    const als::Item what = indices_of<als::Item>({item}, file.items, model).front();
    const auto history = (*file.seen)[who];
    print(als::explain(file.model, history, what), file, history);
}

}  // namespace

void add_explain(CLI::App& app) {
    const auto explain = std::make_shared<Explain>();
    CLI::App& command = add_command(
        app, "explain",
        "Explain the score of an item for a user. Prints what each item that the user has seen "
        "adds to it.",
        "  als explain plays.safetensors --user 196 --item 50\n"
        "  als explain plays.safetensors --user 196 --item 50 --count 5 --names artists.csv");
    command.add_option("MODEL", explain->model, "Model file that als train wrote")->required();
    command.add_option("-u,--user", explain->user, "Id of the user")->type_name("ID")->required();
    command.add_option("-i,--item", explain->item, "Id of the item")->type_name("ID")->required();
    command
        .add_option("-n,--count", explain->count,
                    "Items of the history to print, those that add most; the rest is summed up")
        ->type_name("N");
    explain->output.add_to(command);
    explain->names.add_to(command);
    command.callback([explain] { (*explain)(); });
}

}  // namespace commands
