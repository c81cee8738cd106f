// SPDX-License-Identifier: MIT
// Sums Q'Q of panels, one tile of registers at a time: all of `accumulate`, and most of
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

/// Adds Q'Q - U'U to N rows of the matrix, from i on, and V vectors of L columns, from j on. U are
/// the first `factorized` rows.
template <int N, int L, int V, typename S>
ALS_ALWAYS_INLINE void add_to_tile(const Panel<S>& panel, const Factorization<S>& u, std::int64_t i,
                                   std::int64_t j, std::int64_t factorized, Fetcher<S>& fetcher) {
    constexpr std::int64_t step = step_rows<S>;
    typename Pack<S, L>::Vector acc[N][V] = {};
    add_products<panel_update<S>, L>(acc, panel.data + i, panel.stride * step, Adjacent{},
                                     panel.data + j, panel.stride * step,
                                     (panel.rows + step - 1) / step, &fetcher);
    add_products<Update::minus, L>(acc, u.matrix + i, u.stride, Adjacent{}, u.matrix + j, u.stride,
                                   factorized);
    ALS_UNROLL
    for (int n = 0; n < N; ++n) {
        ALS_UNROLL
        for (int v = 0; v < V; ++v) {
            S* const at = u.matrix + (i + n) * u.stride + j + v * L;
            store<L>(at, u.holds_sum ? load<L>(at) + acc[n][v] : acc[n][v]);
        }
    }
}

/// Adds to all rows of a block, as many at a time as a tile has. A single vector takes the whole
/// block: with fewer sums, each would wait for the one before.
template <int L, int V, typename S>
ALS_ALWAYS_INLINE void add_to_block(const Panel<S>& panel, const Factorization<S>& u,
                                    std::int64_t i0, std::int64_t j, std::int64_t factorized,
                                    Fetcher<S>& fetcher) {
    constexpr int rows = V == 1 ? Tile<S>::block : Tile<S>::rows;
    for (int i = 0; i < Tile<S>::block; i += rows)
        add_to_tile<rows, L, V>(panel, u, i0 + i, j, factorized, fetcher);
}

/// Calls add_to_block for `vectors` vectors, 1 to V of them.
template <int V, typename S>
ALS_ALWAYS_INLINE void add_up_to(std::int64_t vectors, const Panel<S>& panel,
                                 const Factorization<S>& u, std::int64_t i0, std::int64_t j,
                                 std::int64_t factorized, Fetcher<S>& fetcher) {
    if (vectors == V)
        add_to_block<Tile<S>::lanes, V>(panel, u, i0, j, factorized, fetcher);
    else if constexpr (V > 1)
        add_up_to<V - 1>(vectors, panel, u, i0, j, factorized, fetcher);
}

/// Adds to all columns of the block of rows from i0 on, from the diagonal to the end. `accumulate`
/// and `factorize` share this function, because the compiler spends most of its time on it.
template <typename S>
ALS_NOINLINE void add_to_rows(const Panel<S>& panel, const Factorization<S>& u, std::int64_t i0,
                              std::int64_t factorized, Fetcher<S>& fetcher) {
    using T = Tile<S>;
    Fetcher<S> local = fetcher;  // in registers
    const std::int64_t end = extent(u);
    for (std::int64_t j = i0; j < end;) {
        const std::int64_t whole = (end - j) / T::lanes;
        if constexpr (T::lanes != T::block)
            if (j % T::lanes != 0 || whole == 0) {
                add_to_block<T::block, 1>(panel, u, i0, j, factorized, local);
                j += T::block;
                continue;
            }
        // Tiles of full width end where the whole vectors end; a narrower one comes before them.
        const std::int64_t narrow = whole % T::vectors;
        const std::int64_t vectors = narrow == 0 ? T::vectors : narrow;
        add_up_to<T::vectors>(vectors, panel, u, i0, j, factorized, local);
        j += vectors * T::lanes;
    }
    fetcher = local;
}

/// matrix += Q'Q, on and right of the diagonal. Cost: O(rows order^2).
template <typename S>
void accumulate(const Panel<S>& panel, const Factorization<S>& sum) {
    if constexpr (in_pairs<S>) round_panel(panel, sum.width);
    Fetcher<S> fetcher(panel, sum.width);
    for (std::int64_t i0 = 0; i0 < sum.order; i0 += Tile<S>::block)
        add_to_rows(panel, sum, i0, 0, fetcher);
}

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
