// SPDX-License-Identifier: MIT
// The implementation of check.hpp.
#pragma once

#include <als/detail/base/check.hpp>

namespace als {
inline namespace ALS_ABI {
namespace detail {

ALS_INLINE void check_range(std::string_view name, double value, double lowest, double highest,
                            bool exclusive) {
    const bool above = exclusive ? value > lowest : value >= lowest;
    if (above && value <= highest && std::isfinite(value)) return;
    throw InputError(
        message(name, " is ", value, "; it has to be finite and ", exclusive ? ">" : ">=", " ",
                lowest, std::isfinite(highest) ? message(" and <= ", highest) : std::string()));
}

ALS_INLINE void check_fraction(std::string_view name, double fraction) {
    if (!(fraction > 0 && fraction < 1))
        throw InputError(message(name, " is ", fraction, "; it has to be > 0 and < 1"));
}

ALS_INLINE void check_count(std::string_view what, std::int64_t count) {
    if (count < 0 || count > std::numeric_limits<std::int32_t>::max())
        throw InputError(message("als::Interactions: the number of ", what, " is ", count,
                                 "; it has to be between 0 and 2147483647"));
}

ALS_INLINE void throw_out_of_range(std::string_view function, const SideNames& names,
                                   std::int64_t index, std::int64_t count,
                                   std::int64_t other_count) {
    std::string text =
        message(function, ": ", names.one, " ", index, " is out of range; there are ", count, " ",
                names.one, "s, numbered from 0");
    if (index >= count && index < other_count)
        text += message(" (and ", other_count, " ", names.other,
                        "s: are users and items the wrong way round?)");
    throw InputError(text);
}

ALS_INLINE void check_fits(std::string_view function, const Sizes& data, const Sizes& model) {
    if (data == model) return;
    const bool swapped = data.users == model.items && data.items == model.users;
    throw InputError(message(function, ": the interactions have ", data.users, " users and ",
                             data.items, " items, the model ", model.users, " and ", model.items,
                             swapped ? "; users and items are the wrong way round" : ""));
}

ALS_INLINE void throw_bad_entry(std::int64_t entry, std::int64_t user, std::int64_t item,
                                double value, const Sizes& sizes) {
    const std::string place = message("als::Interactions: entry ", entry);
    check_index<User>(place, user, sizes.users, sizes.items);
    check_index<Item>(place, item, sizes.items, sizes.users);
    throw InputError(message(place, " (user ", user, ", item ", item, ") has the value ", value,
                             "; values have to be finite"));
}

}  // namespace detail
}  // inline namespace
}  // namespace als
