// SPDX-License-Identifier: MIT
// Sums Q'Q of panels, a tile of registers at a time: all of `accumulate`, and the larger part of
// `factorize`.
#ifndef ALS_SIMD_ACCUMULATE_HPP
#define ALS_SIMD_ACCUMULATE_HPP

#include <als/detail/simd/arguments.hpp>
#include <als/detail/simd/columns.hpp>
#include <als/detail/simd/region.hpp>
#include <als/detail/simd/tile_products.hpp>
#include <als/detail/simd/vectors.hpp>

#include <cstdint>

ALS_SIMD_BEGIN
namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace ALS_SIMD_SET {

/// One tile of the matrix, of the rows from i0 on and V vectors of L columns from j0 on: adds
/// Q'Q - U'U to the matrix, where U are the first `factorized` rows.
template <int L, int V, typename S>
ALS_ALWAYS_INLINE void add_to_tile(const Panel<S>& panel, const Factorization<S>& u,
                                   std::int64_t i0, std::int64_t j0, std::int64_t factorized,
                                   Fetcher<S>& fetcher) {
    constexpr int rows = Tile<S>::rows;
    constexpr std::int64_t step = step_rows<S>;
    typename Pack<S, L>::Vector acc[rows][V] = {};
    add_products<panel_update<S>, L>(acc, panel.data + i0, panel.stride * step, 1, panel.data + j0,
                                     panel.stride * step, (panel.rows + step - 1) / step, &fetcher);
    add_products<Update::minus, L>(acc, u.matrix + i0, u.stride, 1, u.matrix + j0, u.stride,
                                   factorized);
    ALS_UNROLL
    for (int i = 0; i < rows; ++i) {
        ALS_UNROLL
        for (int v = 0; v < V; ++v) {
            S* const at = u.matrix + (i0 + i) * u.stride + j0 + v * L;
            store<L>(at, u.holds_sum ? load<L>(at) + acc[i][v] : acc[i][v]);
        }
    }
}

/// All tiles of the rows from i0 on, from the diagonal to the end. One function for `accumulate`
/// and `factorize`, since the compiler spends most of its time on it.
template <typename S>
ALS_NOINLINE void add_to_rows(const Panel<S>& panel, const Factorization<S>& u, std::int64_t i0,
                              std::int64_t factorized, Fetcher<S>& fetcher) {
    using T = Tile<S>;
    static_assert(T::vectors == 2 || T::vectors == 3);
    Fetcher<S> local = fetcher;  // in registers
    const std::int64_t end = extent(u);
    for (std::int64_t j0 = i0; j0 < end;) {
        const std::int64_t whole = (end - j0) / T::lanes;
        // Tiles of full width end where the whole vectors do; narrower ones come before them.
        const std::int64_t narrow = whole % T::vectors;
        if constexpr (T::lanes != T::rows)
            if (j0 % T::lanes != 0 || whole == 0) {
                add_to_tile<T::rows, 1>(panel, u, i0, j0, factorized, local);
                j0 += T::rows;
                continue;
            }
        if constexpr (T::vectors == 3)
            if (narrow == 2) {
                add_to_tile<T::lanes, 2>(panel, u, i0, j0, factorized, local);
                j0 += 2 * T::lanes;
                continue;
            }
        if (narrow == 1) {
            add_to_tile<T::lanes, 1>(panel, u, i0, j0, factorized, local);
            j0 += T::lanes;
        } else {
            add_to_tile<T::lanes, T::vectors>(panel, u, i0, j0, factorized, local);
            j0 += T::vectors * T::lanes;
        }
    }
    fetcher = local;
}

/// matrix += Q'Q, on and right of the diagonal. Cost: O(rows order^2).
template <typename S>
void accumulate(const Panel<S>& panel, const Factorization<S>& sum) {
    if constexpr (in_pairs<S>) round_panel(panel, sum.width);
    Fetcher<S> fetcher(panel, sum.width);
    for (std::int64_t i0 = 0; i0 < sum.order; i0 += Tile<S>::rows)
        add_to_rows(panel, sum, i0, 0, fetcher);
}

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
