// SPDX-License-Identifier: MIT
// The implementation of norm_order.hpp.
#pragma once

#include <als/detail/rank/norm_order.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <vector>

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

/// Returns the first of the positions [0, end) whose row does not come before `place`.
inline std::int64_t position_in(const NormOrder& order, std::int64_t end, std::int64_t known,
                                const Place& place) {
    const double* const norms = order.norms.data();
    return std::partition_point(
               norms, norms + end,
               [&](const double& norm) {
                   const std::int64_t at = &norm - norms;
                   return Place{norm, at >= known, order.rows[to_size(at)]} < place;
               }) -
           norms;
}

ALS_INLINE std::vector<std::int64_t> NormOrder::positions_of(
    const std::vector<Place>& places) const {
    std::vector<std::int64_t> positions;
    for (const Place& place : places) {
        // The norm in the order may have been summed otherwise, and have other last bits.
        const std::int64_t guess = position_in(*this, size(), known, place);
        const auto is_at = [&](std::int64_t at) {
            return at >= 0 && at < size() && rows[to_size(at)] == place.row;
        };
        std::int64_t off = 0;
        while (!is_at(guess - off) && !is_at(guess + off)) ++off;
        positions.push_back(is_at(guess - off) ? guess - off : guess + off);
    }
    std::sort(positions.begin(), positions.end());
    return positions;
}

ALS_INLINE void NormOrder::move(const std::vector<std::int64_t>& from,
                                const std::vector<Place>& to) {
    const auto shift = [&](std::int64_t begin, std::int64_t end, std::int64_t target) {
        if (begin == target) return;
        const std::size_t count = to_size(end - begin);
        std::memmove(rows.data() + target, rows.data() + begin, count * sizeof(rows[0]));
        std::memmove(norms.data() + target, norms.data() + begin, count * sizeof(norms[0]));
    };
    // Close the gaps that the moved rows leave, then make room from the end.
    std::int64_t kept = 0;
    known -= std::lower_bound(from.begin(), from.end(), known) - from.begin();
    const std::int64_t kept_known = known;
    for (std::size_t n = 0; n <= from.size(); ++n) {
        const std::int64_t begin = n == 0 ? 0 : from[n - 1] + 1;
        const std::int64_t end = n == from.size() ? size() : from[n];
        shift(begin, end, kept);
        kept += end - begin;
    }
    rows.resize(to_size(kept) + to.size());
    norms.resize(rows.size());
    for (std::int64_t n = to_count(to.size()) - 1; n >= 0; --n) {
        const Place& place = to[to_size(n)];
        const std::int64_t at = position_in(*this, kept, kept_known, place);
        shift(at, kept, at + n + 1);
        rows[to_size(at + n)] = place.row;
        norms[to_size(at + n)] = place.norm;
        if (!place.unknown) ++known;
        kept = at;
    }
}

}  // namespace detail
}  // inline namespace
}  // namespace als
