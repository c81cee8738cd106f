// SPDX-License-Identifier: MIT
// Solves a small dense system as safely as possible: for rare rows, and as the reference.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/reduce.hpp>
#include <als/detail/solve/cholesky.hpp>
#include <als/detail/solve/symmetric_eigen.hpp>

#include <Eigen/Core>

#include <cstdint>
#include <limits>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Solves for x with the eigenvectors of the matrix. Directions that are indistinguishable from
/// rounding get 0. Returns false if no eigenvectors are found.
inline bool solve_by_eigenvectors(const Eigen::MatrixXd& matrix, const double* right, double* x) {
    const SymmetricEigen eigen = symmetric_eigen(matrix);
    if (!eigen.converged) return false;
    const std::int64_t size = matrix.rows();
    const double smallest = eigen.values(size - 1) * 10 * static_cast<double>(size) *
                            std::numeric_limits<double>::epsilon();
    for (std::int64_t f = 0; f < size; ++f) x[f] = 0;
    for (std::int64_t n = 0; n < size; ++n) {
        if (!(eigen.values(n) > smallest)) continue;
        const double* const direction = eigen.vectors.data() + n * size;
        double length = 0;
        for (std::int64_t f = 0; f < size; ++f) length += direction[f] * right[f];
        for (std::int64_t f = 0; f < size; ++f) x[f] += length / eigen.values(n) * direction[f];
    }
    return true;
}

/// Solves matrix x = right for x; the matrix is symmetric and positive semidefinite. Uses Cholesky
/// or, if the matrix is close to singular, eigenvectors, which give the solution of minimum norm.
/// Returns false if there is none. Cost: O(m^3).
inline bool solve_symmetric(Cholesky& cholesky, const Eigen::MatrixXd& matrix,
                            const Eigen::VectorXd& right, Eigen::VectorXd& x) {
    x = right;
    if (!all_finite(matrix) || !all_finite(right)) return false;
    if (!cholesky.factorize(matrix) || !(cholesky.diagonal_ratio() > 1e-6))
        return solve_by_eigenvectors(matrix, right.data(), x.data());
    cholesky.solve(x.data());
    return all_finite(x);
}

}  // namespace detail
}  // inline namespace
}  // namespace als
