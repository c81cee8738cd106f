// SPDX-License-Identifier: MIT
// `als update`: fresh events into a model file, without training.
#include "commands.hpp"
#include "options.hpp"
#include "table.hpp"
#include <als/update.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace commands {
namespace {

struct Update {
    RunOptions run;
    Dialect dialect;
    als::UpdateOptions options;
    std::string model, events, output;

    void operator()() const;

private:
    void check_repeated(const als::Ratings<float>& fresh,
                        const als::Interactions<float>& seen) const;
    [[nodiscard]] als::Interactions<float> all_of(const als::Ratings<float>& fresh,
                                                  const als::Interactions<float>& seen) const;
};

/// The reader sees only pairs that the file repeats, not those that the model has seen.
void Update::check_repeated(const als::Ratings<float>& fresh,
                            const als::Interactions<float>& seen) const {
    if (dialect.options.duplicates != als::Duplicates::error) return;
    for (const auto& [user, item, value] : fresh.interactions.entries()) {
        if (user.index >= seen.user_count()) continue;
        const auto known = seen[user].ids();
        if (std::binary_search(known.begin(), known.end(), item))
            throw als::InputError(events + ": user \"" + fresh.users.name(user) +
                                  "\" has seen item \"" + fresh.items.name(item) +
                                  "\" before; say what that means with --duplicates sum (plays add "
                                  "up), last (a new rating), mean or max");
    }
}

/// What the users had seen, and the fresh events.
als::Interactions<float> Update::all_of(const als::Ratings<float>& fresh,
                                        const als::Interactions<float>& seen) const {
    std::vector<als::Entry<float>> entries = seen.entries();
    const std::vector<als::Entry<float>> added = fresh.interactions.entries();
    entries.insert(entries.end(), added.begin(), added.end());
    using als::detail::InteractionsAccess;
    return InteractionsAccess::with_origin(
        als::Interactions<float>(
            fresh.users.size(), fresh.items.size(), entries,
            {.duplicates = dialect.options.duplicates, .threads = run.threads}),
        InteractionsAccess::origin(fresh.interactions));
}

void Update::operator()() const {
    check_folder(output);
    als::ModelFile<float> file = load_with_seen(model);
    const als::Ratings<float> fresh =
        dialect.read(events, file.users, file.items, als::UnknownIds::add, run);
    check_repeated(fresh, *file.seen);
    const als::Interactions<float> all = all_of(fresh, *file.seen);
    als::ChangedRows changed;
    for (const auto& [user, item, value] : fresh.interactions.entries()) {
        changed.users.push_back(user);
        changed.items.push_back(item);
    }
    als::UpdateOptions how = options;
    how.threads = run.threads;
    const als::Model<float> next = als::update(std::move(file.model), all, changed, how);
    const std::string& path = output.empty() ? model : output;
    als::save(next, path,
              {.users = &fresh.users,
               .items = &fresh.items,
               .seen = &all,
               .training = file.training ? &*file.training : nullptr,
               .user_features = file.user_features ? &*file.user_features : nullptr,
               .item_features = file.item_features ? &*file.item_features : nullptr});
    tell(run, "added " + counted(fresh.interactions.size(), "event") + ", " +
                  counted(fresh.users.size() - file.users.size(), "user") + " and " +
                  counted(fresh.items.size() - file.items.size(), "item") + "; saved " + path);
}

}  // namespace

void add_update(CLI::App& app) {
    const auto update = std::make_shared<Update>();
    CLI::App& command = add_command(
        app, "update",
        "Add fresh events to a model file without training. Only the users and items of the events "
        "are solved again. Train anew from time to time.",
        "  als update plays.safetensors today.csv --duplicates sum\n"
        "  als update ratings.safetensors today.csv --duplicates last -o tomorrow.safetensors");
    command
        .add_option("MODEL", update->model, "Model file; it is replaced unless --output is given")
        ->required();
    command
        .add_option(
            "EVENTS", update->events,
            "File of the fresh ratings or plays, also of new users and items; - for standard input")
        ->required();
    command.add_option("-o,--output", update->output, "Model file to write instead of MODEL")
        ->type_name("FILE");
    command.add_flag("--touched", update->options.touched,
                     "Also solve the users of these items, and the items of these users: closer to "
                     "a training, and slower");
    update->run.add_to(command);
    update->dialect.add_to(command);
    command.callback([update] { (*update)(); });
}

}  // namespace commands
