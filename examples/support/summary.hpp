// SPDX-License-Identifier: MIT
// How large a set of interactions is, and how unevenly it is spread.
#pragma once

#include "support/console.hpp"
#include <als/interactions.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace support {

/// Entries of each user or item, ascending.
template <als::Id Index>
std::vector<std::int64_t> entries_of_each(const als::Interactions<float>& data) {
    constexpr bool is_user = std::same_as<Index, als::User>;
    const std::int32_t count = is_user ? data.user_count() : data.item_count();
    std::vector<std::int64_t> entries;
    for (std::int32_t i = 0; i < count; ++i) entries.push_back(data[Index{i}].size());
    std::sort(entries.begin(), entries.end());
    return entries;
}

/// Prints the numbers of users, items and entries, and how they are spread; means with `digits`
/// digits.
inline void show_summary(const als::Interactions<float>& data, int digits = 1) {
    const auto users = entries_of_each<als::User>(data);
    const auto items = entries_of_each<als::Item>(data);
    const auto all = static_cast<double>(data.size());
    const auto spread = [&](const std::vector<std::int64_t>& sorted) {
        return "entries each: " + grouped(sorted.front()) + " to " + grouped(sorted.back()) +
               ", mean " + fixed(all / static_cast<double>(sorted.size()), digits) + ", median " +
               grouped(sorted[sorted.size() / 2]);
    };
    const auto tenth = static_cast<std::ptrdiff_t>(items.size() / 10);
    const auto in_tenth = std::accumulate(items.end() - tenth, items.end(), std::int64_t{0});
    row("users", grouped(data.user_count()), spread(users));
    row("items", grouped(data.item_count()), spread(items));
    row("entries", grouped(data.size()),
        percent(all / data.user_count() / data.item_count(), 1) + " of all pairs");
    row("in the most popular tenth of items", percent(static_cast<double>(in_tenth) / all),
        "of the entries");
}

}  // namespace support
