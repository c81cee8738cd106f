// SPDX-License-Identifier: MIT
// The product of two matrices, one tile of registers at a time.
#ifndef ALS_SIMD_PRODUCT_HPP
#define ALS_SIMD_PRODUCT_HPP

#include <als/detail/simd/arguments.hpp>
#include <als/detail/simd/region.hpp>
#include <als/detail/simd/tile_products.hpp>
#include <als/detail/simd/vectors.hpp>

#include <cstdint>

ALS_SIMD_BEGIN
namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace ALS_SIMD_SET {

/// Computes N rows of the result, from i on, and V vectors of columns, from j on. Skips rows of a
/// triangle that are 0 in all these columns.
template <int N, int V, typename S>
ALS_ALWAYS_INLINE void product_tile(const Product<S>& p, std::int64_t i, std::int64_t j) {
    using T = Tile<S>;
    typename T::Vector acc[N][V] = {};
    const std::int64_t past = j + V * T::lanes;
    const std::int64_t first = p.right_triangle != Triangle::lower ? 0 : j < p.depth ? j : p.depth;
    const std::int64_t end = p.right_triangle == Triangle::upper && past < p.depth ? past : p.depth;
    add_products<Update::plus, T::lanes>(acc, p.left + i * p.left_stride + first, 1, p.left_stride,
                                         p.right + first * p.right_stride + j, p.right_stride,
                                         end - first);
    ALS_UNROLL
    for (int n = 0; n < N; ++n) {
        ALS_UNROLL
        for (int v = 0; v < V; ++v)
            store<T::lanes>(p.result + (i + n) * p.result_stride + j + v * T::lanes, acc[n][v]);
    }
}

/// result = left right. Cost: O(rows depth width).
template <typename S>
void product(const Product<S>& p) {
    using T = Tile<S>;
    for (std::int64_t j = 0; j < p.width;) {
        const bool whole = j + T::vectors * T::lanes <= p.width;
        std::int64_t i = 0;
        for (; i + T::rows <= p.rows; i += T::rows)
            whole ? product_tile<T::rows, T::vectors>(p, i, j) : product_tile<T::rows, 1>(p, i, j);
        for (; i < p.rows; ++i)
            whole ? product_tile<1, T::vectors>(p, i, j) : product_tile<1, 1>(p, i, j);
        j += whole ? T::vectors * T::lanes : T::lanes;
    }
}

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
