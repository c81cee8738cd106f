// SPDX-License-Identifier: MIT
// Checks of arguments that more than one function makes. Each throws `InputError` with a message
// that names the place, what was received and what is allowed.
#pragma once

#include <als/detail/base/text.hpp>
#include <als/error.hpp>
#include <als/types.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

namespace als {
inline namespace ALS_ABI {
namespace detail {

inline constexpr double unbounded = std::numeric_limits<double>::infinity();

/// Refuses a value outside lowest <= value <= highest (lowest < value if `exclusive`), and NaN.
void check_range(std::string_view name, double value, double lowest, double highest = unbounded,
                 bool exclusive = false);

/// Refuses a fraction outside 0 < fraction < 1.
void check_fraction(std::string_view name, double fraction);

/// Refuses a number of threads below 0.
inline void check_threads(std::string_view name, int threads) { check_range(name, threads, 0); }

/// Refuses a number of users or items that 32-bit indices cannot hold; `what` is "users".
void check_count(std::string_view what, std::int64_t count);

/// The two sides in messages: of users, indices are "user 3".
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

/// Refuses an index outside 0 <= index < count. `other_count` is the size of the other side: an
/// index that would fit there is most likely a user taken for an item.
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

/// Refuses interactions with other users and items than the model's.
void check_fits(std::string_view function, const Sizes& data, const Sizes& model);

/// Refuses an entry of interactions whose user, item or value is not legal.
[[noreturn]] void throw_bad_entry(std::int64_t entry, std::int64_t user, std::int64_t item,
                                  double value, const Sizes& sizes);

/// Refuses a row whose ids are out of range or not strictly ascending, or whose values are not
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

/// Whether all of `count` numbers are finite. 0 times infinity and NaN are NaN, and so is a sum
/// with a NaN: no branch for each number.
template <Real Scalar>
bool all_finite(const Scalar* numbers, std::int64_t count) {
    Scalar sums[4] = {};
    std::int64_t n = 0;
    for (; n + 4 <= count; n += 4)
        for (int lane = 0; lane < 4; ++lane) sums[lane] += numbers[n + lane] * Scalar(0);
    for (; n < count; ++n) sums[0] += numbers[n] * Scalar(0);
    return (sums[0] + sums[1]) + (sums[2] + sums[3]) == 0;
}

/// The same for a dense vector or matrix of Eigen.
template <typename Dense>
bool all_finite(const Dense& numbers) {
    return all_finite(numbers.data(), numbers.size());
}

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/base/check_impl.hpp>
#endif
