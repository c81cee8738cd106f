// SPDX-License-Identifier: MIT
// The implementation of norm_order.hpp.
#pragma once

#include <als/detail/rank/norm_order.hpp>

#include <algorithm>
#include <numeric>

namespace als {
inline namespace ALS_ABI {
namespace detail {

ALS_INLINE std::vector<std::int32_t> sorted_by_norm(const std::vector<double>& norms) {
    std::vector<std::int32_t> rows(norms.size());
    std::iota(rows.begin(), rows.end(), 0);
    std::sort(rows.begin(), rows.end(), [&](std::int32_t a, std::int32_t b) {
        const double left = norms[to_size(a)];
        const double right = norms[to_size(b)];
        return left > right || (left == right && a < b);
    });
    return rows;
}

}  // namespace detail
}  // inline namespace
}  // namespace als
