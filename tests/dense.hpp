// SPDX-License-Identifier: MIT
// Eigen's decompositions, compiled once in dense.cpp: each takes seconds.
#pragma once

#include <Eigen/Core>

#include <cstdint>

namespace als_test {

/// Uniform in [-scale, scale).
Eigen::MatrixXd random_matrix(std::uint32_t seed, Eigen::Index rows, Eigen::Index columns,
                              double scale);

/// Random, with orthonormal columns.
Eigen::MatrixXd random_orthonormal(std::uint32_t seed, Eigen::Index rows, Eigen::Index columns);

/// The x of least norm with matrix x = right; the matrix is symmetric and positive semidefinite.
Eigen::VectorXd least_norm_solution(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right);

/// The x with matrix x = right; the matrix is symmetric.
Eigen::VectorXd symmetric_solution(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right);

/// The upper triangular U with U'U = matrix.
Eigen::MatrixXd cholesky_factor(const Eigen::MatrixXd& matrix);

/// Eigenvalues, ascending, and eigenvectors of a symmetric matrix.
struct Decomposition {
    Eigen::VectorXd values;
    Eigen::MatrixXd vectors;
};
Decomposition eigen_decomposition(const Eigen::MatrixXd& matrix);

/// |a - b| / |b|, 0 for two zeros.
double relative_difference(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);

}  // namespace als_test
