// SPDX-License-Identifier: MIT
// Reductions of numbers. Each runs in several lanes that do not wait for one another.
#pragma once

#include <als/version.hpp>

#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

inline constexpr int reduce_lanes = 8;

/// The sum of x_n^2.
template <typename Number>
Number sum_of_squares(const Number* numbers, std::int64_t count) {
    Number sums[reduce_lanes] = {};
    std::int64_t n = 0;
    for (; n + reduce_lanes <= count; n += reduce_lanes)
        for (int lane = 0; lane < reduce_lanes; ++lane)
            sums[lane] += numbers[n + lane] * numbers[n + lane];
    for (; n < count; ++n) sums[0] += numbers[n] * numbers[n];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
           ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/// The smallest number divided by the largest, for at least one number, all > 0.
template <typename Number>
Number ratio_of_extremes(const Number* numbers, std::int64_t count) {
    Number low[reduce_lanes];
    Number high[reduce_lanes];
    for (int lane = 0; lane < reduce_lanes; ++lane) low[lane] = high[lane] = numbers[0];
    const auto update = [&](int lane, Number x) {
        low[lane] = x < low[lane] ? x : low[lane];
        high[lane] = x > high[lane] ? x : high[lane];
    };
    std::int64_t n = 0;
    for (; n + reduce_lanes <= count; n += reduce_lanes)
        for (int lane = 0; lane < reduce_lanes; ++lane) update(lane, numbers[n + lane]);
    for (; n < count; ++n) update(0, numbers[n]);
    for (int lane = 1; lane < reduce_lanes; ++lane) {
        update(0, low[lane]);
        update(0, high[lane]);
    }
    return low[0] / high[0];
}

/// Whether all numbers are finite. 0 times infinity or NaN is NaN, and so is any sum with a NaN, so
/// no number needs a branch.
template <typename Number>
bool all_finite(const Number* numbers, std::int64_t count) {
    Number sums[reduce_lanes] = {};
    std::int64_t n = 0;
    for (; n + reduce_lanes <= count; n += reduce_lanes)
        for (int lane = 0; lane < reduce_lanes; ++lane) sums[lane] += numbers[n + lane] * Number(0);
    for (; n < count; ++n) sums[0] += numbers[n] * Number(0);
    Number sum = 0;
    for (const Number each : sums) sum += each;
    return sum == 0;
}

/// Like `all_finite` above, for a dense vector or matrix of Eigen.
template <typename Dense>
bool all_finite(const Dense& numbers) {
    return all_finite(numbers.data(), numbers.size());
}

}  // namespace detail
}  // inline namespace
}  // namespace als
