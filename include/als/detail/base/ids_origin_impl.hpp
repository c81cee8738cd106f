// SPDX-License-Identifier: MIT
// The implementation of <als/detail/base/ids_origin.hpp>.
#pragma once

#include <als/detail/base/ids_origin.hpp>
#include <als/detail/base/text.hpp>
#include <als/error.hpp>

#include <algorithm>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Whether one continues the other.
ALS_INLINE bool have_same_ids(const IdsMarks& a, const IdsMarks& b) {
    if (a.empty() || b.empty()) return true;
    const bool a_is_shorter = a.back().count <= b.back().count;
    const IdsMarks& longer = a_is_shorter ? b : a;
    const IdsMark& mark = a_is_shorter ? a.back() : b.back();
    return std::find(longer.begin(), longer.end(), mark) != longer.end();
}

ALS_INLINE void check_same_ids(std::string_view function, std::string_view name_of_a,
                               const SharedOrigin& a, std::string_view name_of_b,
                               const SharedOrigin& b, OnSides sides) {
    if (!a || !b || a == b) return;
    const auto check = [&](const IdsMarks& ids, const IdsMarks& others, std::string_view side) {
        if (have_same_ids(ids, others)) return;
        throw InputError(message(
            function, ": the ", name_of_a, " and the ", name_of_b, " number their ", side,
            "s by different ids (", ids.back().count, " and ", others.back().count,
            " of them), so that the same index means another ", side,
            "; read the later file with the ids of the first: als::read_ratings<float>(path, "
            "first.users, first.items)"));
    };
    if (sides != OnSides::items) check(a->users, b->users, "user");
    if (sides != OnSides::users) check(a->items, b->items, "item");
}

}  // namespace detail
}  // inline namespace
}  // namespace als
