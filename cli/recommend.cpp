// SPDX-License-Identifier: MIT
// `als recommend`: the best items for one user, for many, or for all.
#include "commands.hpp"
#include "lists.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "table.hpp"
#include <als/recommend.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace commands {
namespace {

struct Recommend {
    RunOptions run;
    OutputOptions output;
    NameOptions names;
    als::BatchOptions<float> options;
    std::string model, users_file, deny_file, allow_file;
    std::vector<std::string> users;
    bool all = false, include_seen = false, skip_unknown = false, popular = false;

    void operator()() const;

private:
    [[nodiscard]] std::vector<als::User> chosen(const als::ModelFile<float>& file) const;
    [[nodiscard]] std::vector<als::Item> items_in(const std::string& path,
                                                  const als::ModelFile<float>& file) const;
    void check_seen(const als::ModelFile<float>& file) const;
};

/// The users asked for by their ids.
std::vector<als::User> Recommend::chosen(const als::ModelFile<float>& file) const {
    std::vector<std::string> ids = users;
    if (!users_file.empty())
        for (std::string& id : ids_in(users_file)) ids.push_back(std::move(id));
    std::int64_t unknown = 0;
    auto result = indices_of<als::User>(ids, file.users, model, skip_unknown ? &unknown : nullptr);
    if (unknown > 0) tell(run, "left out " + counted(unknown, "unknown user"));
    return result;
}

/// Items that the model does not have cannot be recommended anyhow.
std::vector<als::Item> Recommend::items_in(const std::string& path,
                                           const als::ModelFile<float>& file) const {
    if (path.empty()) return {};
    std::int64_t unknown = 0;
    auto result = indices_of<als::Item>(ids_in(path), file.items, model, &unknown);
    if (unknown > 0)
        tell(run, path + ": left out " + counted(unknown, "item") + " unknown to " + model);
    return result;
}

void Recommend::check_seen(const als::ModelFile<float>& file) const {
    if (file.seen) return;
    if (!include_seen)
        throw als::InputError(model +
                              " does not say what its users have seen, which is left out; train it "
                              "without --forget, or say --include-seen");
    if (popular)
        throw als::InputError(model +
                              " does not say what is popular; train it without --forget, or "
                              "leave out --popular");
}

void Recommend::operator()() const {
    if (!all && users.empty() && users_file.empty())
        throw UsageError("say for whom: --user ID, --users FILE or --all");
    const als::ModelFile<float> file = load_with_ids(model);
    check_seen(file);
    als::BatchOptions<float> chosen_options = options;
    chosen_options.threads = run.threads;
    if (!include_seen) chosen_options.exclude = &*file.seen;
    const auto deny = items_in(deny_file, file);
    const auto allow = items_in(allow_file, file);
    const auto fallback = popular ? als::popular_items(*file.seen) : std::vector<als::Item>{};
    chosen_options.deny = deny;
    if (!allow_file.empty()) chosen_options.allow = allow;
    chosen_options.fallback = fallback;
    const std::vector<als::User> some = all ? std::vector<als::User>{} : chosen(file);

    Lists lists(output, "user", "item", names.read(file.items));
    const auto write = [&](als::User user, std::span<const als::Scored<als::Item, float>> list) {
        lists.add<als::Item>(file.users.name(user), list, file.items);
    };
    if (all) {
        ProgressBar bar("recommending", run);
        als::recommend_everyone(file.model, chosen_options, [&](als::User user, auto list) {
            write(user, list);
            bar.show(user.index + 1, file.users.size());
        });
    }
    by_blocks(some, [&](std::span<const als::User> part) {
        const auto found = als::recommend(file.model, part, chosen_options);
        for (std::size_t n = 0; n < part.size(); ++n) write(part[n], found[n]);
    });
    lists.finish();
}

}  // namespace

void add_recommend(CLI::App& app) {
    const auto recommend = std::make_shared<Recommend>();
    CLI::App& command = add_command(
        app, "recommend",
        "Print the best items for users of a model. What a user has seen is left out.",
        "  als recommend plays.safetensors --user 196\n"
        "  als recommend plays.safetensors --user 196 --names artists.csv --name-column name\n"
        "  als recommend plays.safetensors --users newsletter.txt --count 5 --deny sold-out.txt\n"
        "  als recommend plays.safetensors --all --format json -o recommendations.jsonl");
    command.add_option("MODEL", recommend->model, "Model file that als train wrote")->required();
    command.add_option("-u,--user", recommend->users, "Id of a user; may be repeated")
        ->type_name("ID")
        ->allow_extra_args(false);
    command
        .add_option("--users", recommend->users_file,
                    "File of ids of users, one on each line; - for standard input")
        ->type_name("FILE");
    CLI::Option* const all = command.add_flag("--all", recommend->all, "All users of the model");
    all->excludes("--user")->excludes("--users");
    command.add_option("-n,--count", recommend->options.count, "Items for each user")
        ->type_name("N")
        ->capture_default_str();
    recommend->run.add_to(command);
    const std::string group = "What may be recommended";
    command.add_flag("--include-seen", recommend->include_seen, "Also what the user has seen")
        ->group(group);
    command
        .add_option("--deny", recommend->deny_file,
                    "None of the items in this file, an id on each line")
        ->type_name("FILE")
        ->group(group);
    command
        .add_option("--allow", recommend->allow_file,
                    "Only the items in this file, an id on each line")
        ->type_name("FILE")
        ->group(group);
    command
        .add_option_function<double>(
            "--minimum-score",
            [recommend](const double& given) { recommend->options.minimum_score = given; },
            "Only items with at least this score")
        ->type_name("SCORE")
        ->group(group);
    command
        .add_flag("--clip", recommend->options.clip,
                  "Explicit models: clip the scores to the range of the ratings")
        ->group(group);
    command
        .add_flag("--popular", recommend->popular,
                  "The most popular items, for users of whom the model knows nothing")
        ->group(group);
    command
        .add_flag("--unknown-items", recommend->options.unknown_items,
                  "Also items of which the model knows nothing")
        ->group(group);
    command
        .add_flag("--skip-unknown", recommend->skip_unknown,
                  "Leave out users whom the model does not have, instead of refusing them")
        ->group(group);
    recommend->output.add_to(command);
    recommend->names.add_to(command);
    command.callback([recommend] { (*recommend)(); });
}

}  // namespace commands
