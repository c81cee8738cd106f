// SPDX-License-Identifier: MIT
// How the kernels of a factorization visit columns: from the diagonal, which need not be at a
// multiple of the vector's lanes, to the end.
#ifndef ALS_SIMD_COLUMNS_HPP
#define ALS_SIMD_COLUMNS_HPP

#include <als/detail/simd/arguments.hpp>
#include <als/detail/simd/region.hpp>
#include <als/detail/simd/vectors.hpp>

#include <cstdint>

ALS_SIMD_BEGIN
namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace ALS_SIMD_SET {

/// The columns that are computed: up to the order, in whole blocks.
template <typename S>
ALS_ALWAYS_INLINE std::int64_t extent(const Factorization<S>& u) {
    return (u.order + Tile<S>::block - 1) / Tile<S>::block * Tile<S>::block;
}

/// Calls body.template at<L>(j) for the columns [begin, end) in vectors of L columns: L = lanes if
/// a whole vector fits between multiples of it, else L = rows.
template <typename S, typename Body>
ALS_ALWAYS_INLINE void for_columns(std::int64_t begin, std::int64_t end, const Body& body) {
    using T = Tile<S>;
    std::int64_t j = begin;
    if (j % T::lanes != 0 && j < end) {
        body.template at<T::block>(j);
        j += T::block;
    }
    for (; j + T::lanes <= end; j += T::lanes) body.template at<T::lanes>(j);
    if (j < end) body.template at<T::block>(j);
}

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
