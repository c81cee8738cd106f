// SPDX-License-Identifier: MIT
// The map of the items, and their neighbours.
#include "json.hpp"
#include "panels.hpp"
#include "projection.hpp"
#include "texts.hpp"
#include <als/similar.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

namespace als_report {
namespace {

// Together with the number of items these keep the page below 3 MB.
constexpr std::size_t most_name_bytes = 1'000'000;    // in JSON
constexpr std::size_t most_with_neighbours = 3000;    // the most popular items
constexpr std::size_t most_items_of_6_axes = 20'000;  // a larger map has two axes
constexpr std::size_t most_groups = 11;               // as many as the page has colours
constexpr std::size_t most_users = 500;

std::string entries(const Subject& subject) {
    if (subject.data() == nullptr) return "null";
    return json::array(subject.items(), [&](als::Item item) {
        return json::number(subject.item_entries()[at(item)]);
    });
}

/// The names that others refer to, then those of the most popular items while there is room; 0 for
/// the rest.
std::string names(const Subject& subject) {
    const auto& items = subject.items();
    std::vector<std::string> texts(items.size());
    std::size_t bytes = 0;
    const auto take = [&](std::size_t i) {
        if (!texts[i].empty()) return;
        texts[i] = json::text(subject.name(items[i]));
        bytes += texts[i].size();
    };
    for (std::size_t i = 0; i < items.size(); ++i)
        if (subject.is_referred_to(i)) take(i);
    for (std::size_t i = 0; i < items.size() && bytes < most_name_bytes; ++i) take(i);
    return json::array(texts, [](const std::string& text) { return text.empty() ? "0" : text; });
}

/// The most frequent groups, and for each item the number of its own; other groups have the number
/// behind the last.
std::string groups(const Subject& subject) {
    const auto& group_of = subject.options().item_groups;
    if (group_of.empty()) return "null";
    std::vector<std::string> all;
    for (const als::Item item : subject.items()) all.push_back(group_of[at(item)]);
    std::sort(all.begin(), all.end());
    std::vector<std::pair<std::int64_t, std::string>> counts;  // negative: most frequent first
    for (const std::string& group : all) {
        if (counts.empty() || counts.back().second != group) counts.push_back({0, group});
        --counts.back().first;
    }
    std::sort(counts.begin(), counts.end());
    counts.resize(std::min(counts.size(), most_groups));
    const auto number_of = [&](als::Item item) {
        const auto found = std::find_if(counts.begin(), counts.end(), [&](const auto& one) {
            return one.second == group_of[at(item)];
        });
        return json::number(std::int64_t{found - counts.begin()});
    };
    return json::object(
        {{"names",
          json::array(counts, [](const auto& one) { return json::text(shortened(one.second)); })},
         {"of_item", json::array(subject.items(), number_of)}});
}

}  // namespace

std::string neighbours(const Subject& subject) {
    const auto count = std::min(subject.items().size(), most_with_neighbours);
    const auto found = als::similar_items(subject.model(), std::span(subject.items()).first(count),
                                          {.count = 10, .threads = subject.options().threads});
    return json::array(found, [&](const List& list) {
        std::string result = "[";
        for (const auto& [item, similarity] : list) {
            if (subject.place_of(item) < 0) continue;
            if (result.size() > 1) result += ',';
            result += json::number(subject.place_of(item)) + ',' +
                      json::number(std::int64_t{std::lround(1000 * similarity)});
        }
        return result + ']';
    });
}

std::string map(const Subject& subject) {
    const auto& items = subject.items();
    const std::size_t axes = items.size() <= most_items_of_6_axes ? 6 : 2;
    const Projection projection(subject.model().item_factors(), items, static_cast<int>(axes));
    const std::vector<als::User> users = evenly(subject.known_users(), most_users);
    return json::object(
        {{"known", json::number(subject.known_items())},
         {"by_entries", subject.data() != nullptr ? "true" : "false"},
         {"axes", json::number(count_of(axes))},
         {"shares", json::array(projection.shares(), [](double x) { return json::number(x); })},
         {"points", json::base64(projection.points(subject.model().item_factors(), items))},
         {"entries", entries(subject)},
         {"names", names(subject)},
         {"groups", groups(subject)},
         {"user_points", json::base64(projection.points(subject.model().user_factors(), users))},
         {"user_names",
          json::array(users, [&](als::User user) { return json::text(subject.name(user)); })}});
}

}  // namespace als_report
