// SPDX-License-Identifier: MIT
// One step of a Cholesky factorization: a diagonal block, then the rows right of it.
#ifndef ALS_SIMD_FACTORIZE_ROWS_HPP
#define ALS_SIMD_FACTORIZE_ROWS_HPP

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

/// The factorization of a diagonal block, I + block = R' diag(pivot) R, where R has ones on its
/// diagonal. Without square roots, the chain of dependent operations is shorter.
template <typename S>
struct Block {
    static constexpr int rows = Tile<S>::block;
    S r[rows][rows];       ///< right of the diagonal
    S inverse[rows];       ///< 1 / pivot
    S inverse_root[rows];  ///< pivot^-1/2

    /// Returns false if the block is not positive definite. Works on single numbers, because each
    /// operation waits for the one before, which vectors would not change.
    ALS_ALWAYS_INLINE bool factorize(const S* block, std::int64_t stride) {
        S t[rows][rows];
        ALS_UNROLL
        for (int i = 0; i < rows; ++i) {
            ALS_UNROLL
            for (int p = i; p < rows; ++p) t[i][p] = block[i * stride + p];
            t[i][i] += 1;
        }
        bool positive = true;
        ALS_UNROLL
        for (int i = 0; i < rows; ++i) {
            positive &= t[i][i] > 0;
            inverse[i] = 1 / t[i][i];
            inverse_root[i] = square_root(inverse[i]);
            ALS_UNROLL
            for (int p = i + 1; p < rows; ++p) {
                r[i][p] = t[i][p] * inverse[i];
                ALS_UNROLL
                for (int q = p; q < rows; ++q) t[p][q] -= r[i][p] * t[i][q];
            }
        }
        return positive;
    }

    /// z = R'^-1 z.
    ALS_ALWAYS_INLINE void solve_forward(S (&z)[rows]) const {
        ALS_UNROLL
        for (int i = 0; i < rows; ++i) {
            ALS_UNROLL
            for (int p = i + 1; p < rows; ++p) z[p] -= r[i][p] * z[i];
        }
    }
};

/// Replaces columns of a block's rows by diag(pivot)^-1/2 R'^-1 times them, which makes them rows
/// of U, and subtracts their part from the right-hand side.
template <typename S>
struct Substitution {
    const Factorization<S>& u;
    const Block<S>& block;
    const S (&weight)[Tile<S>::block];  ///< z / pivot
    S* rows;

    template <int L>
    ALS_ALWAYS_INLINE void at(std::int64_t j) const {
        using T = Tile<S>;
        typename Pack<S, L>::Vector right = load<L>(u.right + j);
        typename Pack<S, L>::Vector row[T::block];
        ALS_UNROLL
        for (int i = 0; i < T::block; ++i) {
            row[i] = load<L>(rows + i * u.stride + j);
            ALS_UNROLL
            for (int p = 0; p < i; ++p) row[i] -= block.r[p][i] * row[p];
            right -= weight[i] * row[i];
            store<L>(rows + i * u.stride + j, row[i] * block.inverse_root[i]);
        }
        store<L>(u.right + j, right);
    }
};

/// Turns a block of rows of the matrix, from i0 on, into rows of U, and subtracts their part from
/// the right-hand side. The rows above have already been subtracted. Returns false if the matrix is
/// not positive definite.
template <typename S>
ALS_NOINLINE bool factorize_rows(const Factorization<S>& u, std::int64_t i0) {
    using T = Tile<S>;
    S* const rows = u.matrix + i0 * u.stride;
    Block<S> block;
    if (!block.factorize(rows + i0, u.stride)) return false;
    S z[T::block];
    ALS_UNROLL
    for (int i = 0; i < T::block; ++i) z[i] = u.right[i0 + i];
    block.solve_forward(z);
    ALS_UNROLL
    for (int i = 0; i < T::block; ++i) {
        z[i] *= block.inverse[i];
        u.solution[i0 + i] = z[i];
        u.inverse_diagonal[i0 + i] = block.inverse_root[i];
        ALS_UNROLL
        for (int p = 0; p < i; ++p) rows[i * u.stride + i0 + p] = block.r[p][i];
    }
    for_columns<S>(i0 + T::block, extent(u), Substitution<S>{u, block, z, rows});
    return true;
}

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
