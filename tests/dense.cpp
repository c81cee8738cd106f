// SPDX-License-Identifier: MIT
// See dense.hpp.
#include "dense.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <limits>
#include <random>
#include <stdexcept>

namespace als_test {

Eigen::MatrixXd random_matrix(std::uint32_t seed, Eigen::Index rows, Eigen::Index columns,
                              double scale) {
    std::mt19937 generator(seed);
    Eigen::MatrixXd matrix(rows, columns);
    for (Eigen::Index r = 0; r < rows; ++r)
        for (Eigen::Index c = 0; c < columns; ++c)
            matrix(r, c) = scale * (2 * (static_cast<double>(generator()) / 4294967296.0) - 1);
    return matrix;
}

Eigen::MatrixXd random_orthonormal(std::uint32_t seed, Eigen::Index rows, Eigen::Index columns) {
    Eigen::MatrixXd matrix = random_matrix(seed, rows, columns, 1);
    // Gram and Schmidt, twice: the second pass removes what rounding has left.
    for (Eigen::Index c = 0; c < columns; ++c)
        for (int time = 0; time < 2; ++time) {
            for (Eigen::Index before = 0; before < c; ++before)
                matrix.col(c) -= matrix.col(before).dot(matrix.col(c)) * matrix.col(before);
            matrix.col(c).normalize();
        }
    return matrix;
}

Eigen::VectorXd least_norm_solution(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right) {
    const Decomposition eigen = eigen_decomposition(matrix);
    const double smallest = 10 * static_cast<double>(matrix.rows()) *
                            std::numeric_limits<double>::epsilon() * eigen.values.maxCoeff();
    Eigen::VectorXd x = Eigen::VectorXd::Zero(right.size());
    for (Eigen::Index n = 0; n < right.size(); ++n)
        if (eigen.values(n) > smallest)
            x += eigen.vectors.col(n).dot(right) / eigen.values(n) * eigen.vectors.col(n);
    return x;
}

Eigen::VectorXd symmetric_solution(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right) {
    return matrix.ldlt().solve(right);
}

Eigen::MatrixXd cholesky_factor(const Eigen::MatrixXd& matrix) { return matrix.llt().matrixU(); }

Decomposition eigen_decomposition(const Eigen::MatrixXd& matrix) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix);
    if (solver.info() != Eigen::Success) throw std::runtime_error("eigen_decomposition");
    return {solver.eigenvalues(), solver.eigenvectors()};
}

double relative_difference(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
    const double size = b.norm();
    return size > 0 ? (a - b).norm() / size : a.norm();
}

}  // namespace als_test
