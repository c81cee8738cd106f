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

ALS_INLINE void NormOrder::find_nearby() {
    nearby.assign(rows.size(), 0);
    if (rows.empty()) return;
    std::vector<std::int32_t> position(to_size(*std::max_element(rows.begin(), rows.end())) + 1,
                                       -1);
    for (std::size_t at = 0; at < rows.size(); ++at)
        position[to_size(rows[at])] = static_cast<std::int32_t>(at);
    // Where the next position of each stretch goes: at the place of the stretch's first.
    std::vector<std::int64_t> next(rows.size() / scan_columns + 1);
    for (std::int64_t n = 0; n < to_count(next.size()); ++n) next[to_size(n)] = n * scan_columns;
    for (const std::int32_t at : position)
        if (at >= 0) nearby[to_size(next[to_size(stretch_at(at).first / scan_columns)]++)] = at;
}

}  // namespace detail
}  // inline namespace
}  // namespace als
