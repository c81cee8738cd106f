// SPDX-License-Identifier: MIT
// The implementation of <als/detail/io/columns.hpp>.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/detail/io/columns.hpp>

#include <algorithm>
#include <span>

namespace als {
inline namespace ALS_ABI {
namespace detail {

ALS_INLINE int Columns::last() const { return *std::max_element(of_.begin(), of_.end()); }

ALS_INLINE Columns columns_by_number(const RatingsOptions& options) {
    Columns columns;
    for (const Role role : roles)
        columns[role] =
            number_of(options, role).value_or(role == Role::time ? -1 : static_cast<int>(role));
    return columns;
}

ALS_INLINE bool need_header(const RatingsOptions& options) {
    return std::any_of(roles.begin(), roles.end(),
                       [&](Role role) { return !title_of(options, role).empty(); });
}

/// Returns a title in lower case, without blanks and the usual punctuation.
inline std::string plain_title(std::string_view title) {
    std::string plain;
    for (const char c : title) {
        if (std::string_view(" \t_-.#\"").find(c) != std::string_view::npos) continue;
        plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return plain;
}

/// How sure a title is: 2 if it names an id, 1 if it names the thing itself, 0 if it is unknown.
inline int rank_of_title(std::string_view title, Role role) {
    using Words = std::span<const std::string_view>;
    static constexpr std::string_view users[] = {"user",   "customer", "client", "account",
                                                 "member", "visitor",  "reader"};
    static constexpr std::string_view user_ids[] = {"uid", "users"};
    static constexpr std::string_view items[] = {
        "item",    "movie",   "film",     "book",  "song", "track", "artist",
        "product", "article", "business", "anime", "game", "joke",  "recipe"};
    static constexpr std::string_view item_ids[] = {"iid", "mid", "asin", "isbn", "sku", "items"};
    static constexpr std::string_view values[] = {
        "rating",    "ratings", "stars",     "score",  "value",    "plays",
        "playcount", "listens", "count",     "counts", "quantity", "qty",
        "clicks",    "views",   "purchases", "weight", "overall",  "listencount"};
    static constexpr std::string_view times[] = {
        "timestamp", "time", "ts",    "date",           "datetime", "ratingtimestamp",
        "createdat", "year", "month", "unixreviewtime", "unixtime", "ratedat"};
    const auto has = [&](Words words, std::string_view word) {
        return std::find(words.begin(), words.end(), word) != words.end();
    };
    const std::string plain = plain_title(title);
    if (role == Role::value) return has(values, plain) ? 2 : 0;
    if (role == Role::time) return has(times, plain) ? 2 : 0;
    const Words words = role == Role::user ? Words(users) : Words(items);
    if (has(role == Role::user ? Words(user_ids) : Words(item_ids), plain)) return 2;
    if (has(words, plain)) return 1;
    for (const std::string_view ending : {"id", "no", "key"})
        if (plain.ends_with(ending) &&
            has(words, std::string_view(plain).substr(0, plain.size() - ending.size())))
            return 2;
    return 0;
}

/// Returns the column whose title is the surest for a role: -1 if none is known, -2 if several are
/// equally sure.
inline int column_titled(const std::vector<std::string>& header, Role role) {
    int best = 0;
    int found = -1;
    for (std::size_t c = 0; c < header.size(); ++c) {
        const int rank = rank_of_title(header[c], role);
        if (rank == 0 || rank < best) continue;
        found = rank == best ? -2 : to_int32(c);
        best = rank;
    }
    return found;
}

ALS_INLINE bool are_known_titles(const std::vector<std::string>& fields) {
    return column_titled(fields, Role::user) != -1 && column_titled(fields, Role::item) != -1;
}

/// "user,item,rating" for messages.
inline std::string line_of(const std::vector<std::string>& header) {
    std::string line;
    for (const std::string& title : header) line += (line.empty() ? "" : ",") + title;
    return excerpt(line);
}

ALS_INLINE ChosenColumns columns_by_title(const RatingsOptions& options,
                                          const std::vector<std::string>& header) {
    ChosenColumns chosen;
    const auto refuse = [&](const auto&... parts) {
        if (chosen.refusal.empty())
            chosen.refusal = message("the header ", line_of(header), parts...);
    };
    for (const Role role : roles) {
        int& column = chosen.columns[role];
        const std::string& title = title_of(options, role);
        if (!title.empty()) {
            const auto found = std::find(header.begin(), header.end(), title);
            if (found == header.end())
                refuse(" has no column ", excerpt(title), ", which .", name_of(role), " names");
            else if (std::find(found + 1, header.end(), title) != header.end())
                refuse(" has two columns ", excerpt(title), "; say .", name_of(role),
                       "_column = its number, from 0");
            column = to_int32(found - header.begin());
        } else if (const auto number = number_of(options, role)) {
            column = *number;
        } else if (role != Role::time) {
            column = column_titled(header, role);
            if (column < 0)
                refuse(column == -2 ? " has more than one column that may be the "
                                    : " does not say which column is the ",
                       name_of(role), "; name it: .", name_of(role), " = \"...\"",
                       role == Role::value ? ", or .value_column = -1 if there is none" : "");
        }
    }
    for (const Role one : roles)
        for (const Role other : roles)
            if (one < other && chosen.columns[one] >= 0 &&
                chosen.columns[one] == chosen.columns[other])
                refuse(" has one column for the ", name_of(one), " and the ", name_of(other),
                       "; say .", name_of(one), " = \"...\" and .", name_of(other), " = \"...\"");
    return chosen;
}

ALS_INLINE std::string contradiction(const Columns& columns, const RatingsOptions& options,
                                     const std::vector<std::string>& header) {
    for (const Role role : roles) {
        if (columns[role] < 0 || to_size(columns[role]) >= header.size() ||
            !title_of(options, role).empty())
            continue;
        const std::string& title = header[to_size(columns[role])];
        if (rank_of_title(title, role) > 0) continue;
        for (const Role other : roles)
            if (rank_of_title(title, other) > 0)
                return message("the header calls column ", columns[role], " ", excerpt(title),
                               ", and .", name_of(role), "_column reads it as the ", name_of(role),
                               "; if that is meant, say .", name_of(role), " = ", excerpt(title));
    }
    return {};
}

}  // namespace detail
}  // inline namespace
}  // namespace als
