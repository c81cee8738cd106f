// SPDX-License-Identifier: MIT
// A small dense system, solved as safely as there is: for the rare cases, and as the reference.
#pragma once

#include <als/types.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <concepts>
#include <limits>

namespace als::inline ALS_ABI::detail {

/// x with matrix x = right, the matrix symmetric and positive semidefinite: by Cholesky, or where
/// it is close to singular by its eigenvectors. Directions that cannot be told from rounding get 0,
/// which gives the solution of minimum norm. Not finite where there is none. Cost: O(m^3).
template <std::same_as<double> Number>  // a template: compiled where it is used
Eigen::VectorX<Number> solve_symmetric(const Eigen::MatrixX<Number>& matrix,
                                       const Eigen::VectorX<Number>& right) {
    if (matrix.size() == 0) return right;
    const auto none = [&] {
        return Eigen::VectorXd::Constant(right.size(), std::numeric_limits<double>::quiet_NaN());
    };
    if (!all_finite(matrix) || !all_finite(right)) return none();
    const Eigen::LLT<Eigen::MatrixXd> cholesky(matrix);
    const auto pivots = cholesky.matrixLLT().diagonal().array();
    if (cholesky.info() == Eigen::Success && pivots.minCoeff() > 1e-6 * pivots.maxCoeff())
        return cholesky.solve(right);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(matrix);
    if (eigen.info() != Eigen::Success) return none();
    const auto values = eigen.eigenvalues().array();
    const double smallest = values.maxCoeff() * 10 * static_cast<double>(right.size()) *
                            std::numeric_limits<double>::epsilon();
    const Eigen::VectorXd inverse = (values > smallest).select(values.inverse(), 0);
    return eigen.eigenvectors() * inverse.cwiseProduct(eigen.eigenvectors().transpose() * right);
}

}  // namespace als::inline ALS_ABI::detail
