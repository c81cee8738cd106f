// SPDX-License-Identifier: MIT
// Solves with the factor U of `factorize`: forward and back substitution.
#ifndef ALS_SIMD_SOLVES_HPP
#define ALS_SIMD_SOLVES_HPP

#include <als/detail/simd/arguments.hpp>
#include <als/detail/simd/columns.hpp>
#include <als/detail/simd/region.hpp>
#include <als/detail/simd/vectors.hpp>

#include <cstdint>

ALS_SIMD_BEGIN
namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace ALS_SIMD_SET {

/// Subtracts y times rows of U from a right-hand side.
template <typename S>
struct Elimination {
    const Factorization<S>& u;
    const S (&y)[Tile<S>::block];
    const S* rows;

    template <int L>
    ALS_ALWAYS_INLINE void at(std::int64_t j) const {
        typename Pack<S, L>::Vector right = load<L>(u.right + j);
        ALS_UNROLL
        for (int i = 0; i < Tile<S>::block; ++i) right -= y[i] * load<L>(rows + i * u.stride + j);
        store<L>(u.right + j, right);
    }
};

/// Dot products of rows of U with the solution, as vectors whose lanes must still be summed.
template <typename S>
struct Dots {
    const Factorization<S>& u;
    const S* rows;
    typename Tile<S>::Vector (&whole)[Tile<S>::block];
    typename Tile<S>::Short (&half)[Tile<S>::block];

    template <int L>
    ALS_ALWAYS_INLINE void at(std::int64_t j) const {
        const typename Pack<S, L>::Vector x = load<L>(u.solution + j);
        ALS_UNROLL
        for (int i = 0; i < Tile<S>::block; ++i) {
            if constexpr (L == Tile<S>::lanes)
                whole[i] += x * load<L>(rows + i * u.stride + j);
            else
                half[i] += x * load<L>(rows + i * u.stride + j);
        }
    }
};

/// Does for another right-hand side what `factorize` does for the first one. Overwrites `right`.
/// Cost: O(order^2).
template <typename S>
void solve_forward(const Factorization<S>& u) {
    using T = Tile<S>;
    for (std::int64_t i0 = 0; i0 < u.order; i0 += T::block) {
        const S* const rows = u.matrix + i0 * u.stride;
        S y[T::block];
        ALS_UNROLL
        for (int i = 0; i < T::block; ++i) {
            y[i] = u.right[i0 + i];
            ALS_UNROLL
            for (int p = 0; p < i; ++p) y[i] -= rows[i * u.stride + i0 + p] * y[p];
        }
        ALS_UNROLL
        for (int i = 0; i < T::block; ++i) {
            y[i] *= u.inverse_diagonal[i0 + i];
            u.solution[i0 + i] = y[i] * u.inverse_diagonal[i0 + i];
        }
        for_columns<S>(i0 + T::block, extent(u), Elimination<S>{u, y, rows});
    }
}

/// Replaces what `factorize` or `solve_forward` left in `solution` by the solution x:
///
///     x_i = solution_i - U_ii^-1 (sum of U_ij x_j over the blocks to the right)
///                      - sum of R_ip x_p over the block
///
/// Cost: O(order^2).
template <typename S>
void solve_back(const Factorization<S>& u) {
    using T = Tile<S>;
    const std::int64_t end = extent(u);
    for (std::int64_t i0 = end - T::block; i0 >= 0; i0 -= T::block) {
        const S* const rows = u.matrix + i0 * u.stride;
        typename T::Vector whole[T::block] = {};
        typename T::Short half[T::block] = {};
        const Dots<S> dots{u, rows, whole, half};
        // The block just solved is read in the same size in which it was written; otherwise the
        // processor would wait.
        std::int64_t begin = i0 + T::block;
        if (T::lanes > T::block && begin < end) {
            dots.template at<T::block>(begin);
            begin += T::block;
        }
        for_columns<S>(begin, end, dots);
        typename T::Short rest = load<T::block>(u.solution + i0) -
                                 load<T::block>(u.inverse_diagonal + i0) * sums<S>(whole, half);
        S x[T::block];
        ALS_UNROLL
        for (int i = 0; i < T::block; ++i) x[i] = rest[i];
        ALS_UNROLL
        for (int p = T::block - 1; p > 0; --p) {
            ALS_UNROLL
            for (int i = 0; i < p; ++i) x[i] -= rows[p * u.stride + i0 + i] * x[p];
        }
        store<T::block>(u.solution + i0, packed<S>(x));
    }
}

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
