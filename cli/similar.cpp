// SPDX-License-Identifier: MIT
// `als similar`: the neighbours of items or of users.
#include "commands.hpp"
#include "lists.hpp"
#include "options.hpp"
#include "table.hpp"
#include <als/similar.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace commands {
namespace {

struct Similar {
    RunOptions run;
    OutputOptions output;
    NameOptions names;
    als::SimilarOptions<als::Item> options;
    std::string model;
    std::vector<std::string> items, users;
    bool all_items = false;

    void operator()() const;

private:
    void print_items(const als::ModelFile<float>& file) const;
    void print_users(const als::ModelFile<float>& file) const;
    [[nodiscard]] std::vector<als::Item> chosen(const als::ModelFile<float>& file) const;
};

std::vector<als::Item> Similar::chosen(const als::ModelFile<float>& file) const {
    if (!all_items) return indices_of<als::Item>(items, file.items, model);
    std::vector<als::Item> every;
    for (als::Item item{0}; item.index < file.items.size(); ++item.index) every.push_back(item);
    return every;
}

void Similar::print_items(const als::ModelFile<float>& file) const {
    als::SimilarOptions<als::Item> chosen_options = options;
    chosen_options.threads = run.threads;
    Lists lists(output, "item", "similar", names.read(file.items));
    by_blocks(chosen(file), [&](std::span<const als::Item> part) {
        const auto found = als::similar_items(file.model, part, chosen_options);
        for (std::size_t n = 0; n < part.size(); ++n)
            lists.add<als::Item>(file.items.name(part[n]), found[n], file.items);
    });
    lists.finish();
}

void Similar::print_users(const als::ModelFile<float>& file) const {
    const als::SimilarOptions<als::User> chosen_options{.count = options.count,
                                                        .similarity = options.similarity,
                                                        .minimum_score = options.minimum_score,
                                                        .threads = run.threads};
    Lists lists(output, "user", "similar", {});
    by_blocks(indices_of<als::User>(users, file.users, model),
              [&](std::span<const als::User> part) {
                  const auto found = als::similar_users(file.model, part, chosen_options);
                  for (std::size_t n = 0; n < part.size(); ++n)
                      lists.add<als::User>(file.users.name(part[n]), found[n], file.users);
              });
    lists.finish();
}

void Similar::operator()() const {
    const bool asks_items = all_items || !items.empty();
    if (asks_items == !users.empty())
        throw UsageError("say whose neighbours: --item ID, --user ID or --all-items");
    if (!asks_items && !names.path.empty())
        throw UsageError("--names gives names of items; leave it out with --user");
    const als::ModelFile<float> file = load_with_ids(model);
    if (asks_items)
        print_items(file);
    else
        print_users(file);
}

}  // namespace

void add_similar(CLI::App& app) {
    const auto similar = std::make_shared<Similar>();
    CLI::App& command =
        add_command(app, "similar",
                    "Print the items most similar to an item, or the users most similar to a user.",
                    "  als similar plays.safetensors --item 50\n"
                    "  als similar plays.safetensors --item 50 --item 172 --count 3\n"
                    "  als similar plays.safetensors --user 196\n"
                    "  als similar plays.safetensors --all-items -o related.csv");
    command.add_option("MODEL", similar->model, "Model file that als train wrote")->required();
    command.add_option("-i,--item", similar->items, "Id of an item; may be repeated")
        ->type_name("ID")
        ->allow_extra_args(false);
    command.add_option("-u,--user", similar->users, "Id of a user; may be repeated")
        ->type_name("ID")
        ->allow_extra_args(false);
    command.add_flag("--all-items", similar->all_items, "All items of the model")
        ->excludes("--item");
    command.add_option("-n,--count", similar->options.count, "Neighbours of each")
        ->type_name("N")
        ->capture_default_str();
    add_choice<als::Similarity>(
        command, "--similarity", similar->options.similarity,
        {{"cosine", als::Similarity::cosine}, {"dot", als::Similarity::dot}},
        "cosine: the same taste; dot: popular items and active users come first");
    command
        .add_option_function<double>(
            "--minimum-score",
            [similar](const double& given) { similar->options.minimum_score = given; },
            "Only neighbours with at least this similarity")
        ->type_name("SCORE");
    similar->run.add_to(command);
    similar->output.add_to(command);
    similar->names.add_to(command);
    command.callback([similar] { (*similar)(); });
}

}  // namespace commands
