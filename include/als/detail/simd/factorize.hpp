// SPDX-License-Identifier: MIT
// The Cholesky factorization of I + matrix + Q'Q, with forward substitution of the right-hand side.
#ifndef ALS_SIMD_FACTORIZE_HPP
#define ALS_SIMD_FACTORIZE_HPP

#include <als/detail/simd/accumulate.hpp>
#include <als/detail/simd/arguments.hpp>
#ifndef ALS_SIMD_PLAIN
#include <als/detail/simd/factorize_rows.hpp>
#endif
#include <als/detail/simd/region.hpp>
#include <als/detail/simd/tile_products.hpp>
#include <als/detail/simd/vectors.hpp>

#include <cstdint>

ALS_SIMD_BEGIN
namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace ALS_SIMD_SET {

#ifdef ALS_SIMD_PLAIN
using ALS_SIMD_PLAIN::factorize_rows;
#endif

/// Overwrites the matrix with the upper factor U of U'U = I + matrix + Q'Q, one block of rows after
/// the other. Leaves in `solution` what `solve_back` needs: each block of U'^-1 right, divided by
/// the block's diagonal. Overwrites `right`. Returns false if the matrix is not positive definite.
/// Cost: O(rows order^2 + order^3).
template <typename S>
bool factorize(const Panel<S>& panel, const Factorization<S>& u) {
    if constexpr (in_pairs<S>) round_panel(panel, u.width);
    Fetcher<S> fetcher(panel, u.width);
    for (std::int64_t i0 = 0; i0 < u.order; i0 += Tile<S>::block) {
        add_to_rows(panel, u, i0, i0, fetcher);
        if (!factorize_rows(u, i0)) return false;
    }
    return true;
}

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
