// SPDX-License-Identifier: MIT
// Finds the candidates whose scores may reach a query's limit, for many queries at once.
#ifndef ALS_SIMD_SCAN_HPP
#define ALS_SIMD_SCAN_HPP

#include <als/detail/simd/arguments.hpp>
#include <als/detail/simd/instructions.hpp>
#include <als/detail/simd/region.hpp>
#include <als/detail/simd/tile_products.hpp>
#include <als/detail/simd/vectors.hpp>

#include <cstdint>

ALS_SIMD_BEGIN
namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace ALS_SIMD_SET {

/// Bit j < scan_columns of the result says that scores[j] is not below the limit: it is at or
/// above, or not a number.
template <typename S>
std::uint64_t at_or_above(const S* scores, S limit) {
    constexpr int lanes = Tile<S>::lanes;
    std::uint64_t bits = 0;
    ALS_UNROLL
    for (int j = 0; j < scan_columns; j += lanes)
        bits |= not_below<S>(load<lanes>(scores + j), limit) << j;
    return bits;
}

/// Bit j of above[q] says that start_j + query_q . column_j is not below limits[q]. Sums may round
/// in any order. They are stored and then compared, because doing both at once would not leave
/// enough registers for the sums. Cost: O(count depth).
template <typename S>
void scan(const Scan<S>& scan) {
    using T = Tile<S>;
    constexpr int columns = T::vectors * T::lanes;
    constexpr std::int64_t step = step_rows<S>;
    if constexpr (in_pairs<S>)
        round_panel(Panel<S>{scan.panel, scan_columns, scan.depth}, scan_columns);
    S scores[T::rows][scan_columns];
    for (std::int64_t q = 0; q < scan.count; q += T::rows) {
        for (std::int64_t j = 0; j < scan_columns; j += columns) {
            typename T::Vector acc[T::rows][T::vectors];
            ALS_UNROLL
            for (int i = 0; i < T::rows; ++i) {
                ALS_UNROLL
                for (int v = 0; v < T::vectors; ++v)
                    acc[i][v] = load<T::lanes>(scan.start + j + v * T::lanes);
            }
            add_products<panel_update<S>, T::lanes>(
                acc, scan.queries + q * scan.stride, 1, scan.stride,
                static_cast<const S*>(scan.panel) + j, scan_columns * step,
                (scan.depth + step - 1) / step);
            ALS_UNROLL
            for (int i = 0; i < T::rows; ++i) {
                ALS_UNROLL
                for (int v = 0; v < T::vectors; ++v)
                    store<T::lanes>(scores[i] + j + v * T::lanes, acc[i][v]);
            }
        }
        for (int i = 0; i < T::rows; ++i)
            scan.above[q + i] = at_or_above(scores[i], scan.limits[q + i]);
    }
}

/// Writes numbers in the form in which `scan` reads queries: unchanged or, if the set rounds, two
/// to a word. `count` is a multiple of the numbers in a cache line.
template <typename S>
void write_queries(const S* numbers, std::int64_t count, S* queries) {
    constexpr int lanes = Tile<S>::lanes;
    for (std::int64_t f = 0; f < count; f += lanes) {
        if constexpr (in_pairs<S>) {
            using Half = typename Pack<S, lanes / 2>::Vector;
            store<lanes / 2>(queries + f / 2, (Half)rounded(load<lanes>(numbers + f)));
        } else {
            store<lanes>(queries + f, load<lanes>(numbers + f));
        }
    }
}

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
