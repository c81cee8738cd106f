// SPDX-License-Identifier: MIT
// Which columns of a ratings file hold users, items, values and times: by the options, or by the
// names in the header.
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

/// The name of a role, and the options that give its column.
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

/// Returns the number of the column in the options, or nothing.
inline const std::optional<int>& number_of(const RatingsOptions& options, Role role) {
    return options.*role_options[static_cast<std::size_t>(role)].number;
}

/// Returns the name of the column in the options; empty if there is none.
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

/// Returns the columns that are read without a header: those of the options, else 0, 1, 2 and no
/// time.
Columns columns_by_number(const RatingsOptions& options);

/// Whether options name a column by its title, which a header must have.
bool need_header(const RatingsOptions& options);

/// Whether the fields of a line are known names of a user and of an item column.
bool are_known_titles(const std::vector<std::string>& fields);

/// The columns, or the reason why they are not known.
struct ChosenColumns {
    Columns columns;
    std::string refusal;
};

/// Chooses columns by the titles in a header, unless options choose them.
ChosenColumns columns_by_title(const RatingsOptions& options,
                               const std::vector<std::string>& header);

/// Returns why columns chosen by number contradict the header; empty if they agree.
std::string contradiction(const Columns& columns, const RatingsOptions& options,
                          const std::vector<std::string>& header);

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/io/columns_impl.hpp>
#endif
