// SPDX-License-Identifier: MIT
// Which columns of a ratings file are users, items, values and times: by options, or by the names in
// its header.
#pragma once

#include <als/ratings_file.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// What a column of a ratings file holds.
enum class Role { user, item, value, time };
inline constexpr std::array roles{Role::user, Role::item, Role::value, Role::time};

/// The name of a role, and the options that say its column.
struct RoleOptions {
    std::string_view name;
    std::optional<int> RatingsOptions::*number;
    std::string RatingsOptions::*title;
};
inline constexpr std::array<RoleOptions, 4> role_options{{
    {"user", &RatingsOptions::user_column, &RatingsOptions::user},
    {"item", &RatingsOptions::item_column, &RatingsOptions::item},
    {"value", &RatingsOptions::value_column, &RatingsOptions::value},
    {"time", &RatingsOptions::time_column, &RatingsOptions::time},
}};

[[nodiscard]] constexpr std::string_view name_of(Role role) {
    return role_options[static_cast<std::size_t>(role)].name;
}

/// The column that the options say by its number; nothing if they do not say.
inline const std::optional<int>& number_of(const RatingsOptions& options, Role role) {
    return options.*role_options[static_cast<std::size_t>(role)].number;
}

/// The column that the options say by its name; empty if they do not say.
inline const std::string& title_of(const RatingsOptions& options, Role role) {
    return options.*role_options[static_cast<std::size_t>(role)].title;
}

/// The column of each role; -1 if there is none.
class Columns {
public:
    [[nodiscard]] int operator[](Role role) const { return of_[static_cast<std::size_t>(role)]; }
    int& operator[](Role role) { return of_[static_cast<std::size_t>(role)]; }

    [[nodiscard]] int last() const;

private:
    std::array<int, 4> of_{-1, -1, -1, -1};
};

/// The columns that are read without a header: those that the options say, else 0, 1, 2 and no time.
Columns columns_by_number(const RatingsOptions& options);

/// Whether options name a column by its title, which a header must have.
bool need_header(const RatingsOptions& options);

/// Whether the fields of a line are known names of a user and of an item column.
bool are_known_titles(const std::vector<std::string>& fields);

/// Columns, or the reason why they cannot be told.
struct ChosenColumns {
    Columns columns;
    std::string refusal;
};

/// The columns by the titles in a header, where options do not say.
ChosenColumns columns_by_title(const RatingsOptions& options,
                               const std::vector<std::string>& header);

/// Columns by number agree with what the header says of them; else the reason.
std::string contradiction(const Columns& columns, const RatingsOptions& options,
                          const std::vector<std::string>& header);

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/io/columns_impl.hpp>
#endif
