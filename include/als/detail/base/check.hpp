// SPDX-License-Identifier: MIT
// Checks of arguments that more than one function makes. Each throws `InputError` with a message
// that names the place, the value received and what is allowed.
#pragma once

#include <als/detail/base/text.hpp>
#include <als/error.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

inline constexpr double unbounded = std::numeric_limits<double>::infinity();

/// Throws unless lowest <= value <= highest (lowest < value if `exclusive`); NaN throws too.
void check_range(std::string_view name, double value, double lowest, double highest = unbounded,
                 bool exclusive = false);

/// Throws unless 0 < fraction < 1.
void check_fraction(std::string_view name, double fraction);

/// Throws if the number of threads is below 0.
inline void check_threads(std::string_view name, int threads) { check_range(name, threads, 0); }

/// Throws if 32-bit indices cannot hold this number of users or items; `what` is "users" or
/// "items".
void check_count(std::string_view what, std::int64_t count);

/// Returns a value that occurs more than once, if there is one.
template <typename T>
std::optional<T> repeated(std::vector<T> values) {
    std::sort(values.begin(), values.end());
    const auto twice = std::adjacent_find(values.begin(), values.end());
    return twice == values.end() ? std::nullopt : std::optional<T>(*twice);
}

/// The two sides in messages: an index of users is "user 3".
struct SideNames {
    std::string_view one, other;
};
template <Id T>
constexpr SideNames names_of_side() {
    return {name_of<T>(), name_of<Opposite<T>>()};
}

[[noreturn]] void throw_out_of_range(std::string_view function, const SideNames& names,
                                     std::int64_t index, std::int64_t count,
                                     std::int64_t other_count);

/// Throws unless 0 <= index < count. `other_count` is the size of the other side: an index that is
/// legal there probably means that user and item are mixed up.
template <Id T>
void check_index(std::string_view function, std::int64_t index, std::int64_t count,
                 std::int64_t other_count) {
    if (index < 0 || index >= count)
        throw_out_of_range(function, names_of_side<T>(), index, count, other_count);
}

/// Numbers of users and of items.
struct Sizes {
    std::int64_t users, items;
    friend bool operator==(const Sizes&, const Sizes&) = default;
};

/// The sizes of interactions or of a model.
template <typename T>
Sizes sizes_of(const T& data) {
    return {data.user_count(), data.item_count()};
}

/// Throws if interactions and model differ in their numbers of users or items.
void check_fits(std::string_view function, const Sizes& data, const Sizes& model);

/// Throws for an entry whose user, item or value is not legal.
[[noreturn]] void throw_bad_entry(std::int64_t entry, std::int64_t user, std::int64_t item,
                                  double value, const Sizes& sizes);

/// Throws if the ids of a row are out of range or not strictly ascending, or if its values are not
/// finite.
template <Id Column, Real Scalar>
void check_row(std::string_view function, const Row<Column, Scalar>& row, std::int64_t count,
               std::int64_t other_count) {
    std::int32_t last = -1;
    for (const auto [id, value] : row) {
        check_index<Column>(function, id.index, count, other_count);
        if (id.index <= last)
            throw InputError(message(function, ": ", name_of<Column>(), " ", id.index, " follows ",
                                     last, "; ids have to ascend (als::History sorts them)"));
        if (!std::isfinite(value))
            throw InputError(message(function, ": ", name_of<Column>(), " ", id.index,
                                     " has the value ", value, "; values have to be finite"));
        last = id.index;
    }
}

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/base/check_impl.hpp>
#endif
