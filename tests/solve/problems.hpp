// SPDX-License-Identifier: MIT
// Random rows to be solved, and their plain solution in double.
#pragma once

#include "../reference.hpp"
#include <als/detail/solve/row_solver.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>

// Compiled once, in row_solver.cpp.
extern template class als::detail::RowSolver<float>;
extern template class als::detail::RowSolver<double>;

namespace als_test {

/// The numbers of one row: w [n, m], d, c [n] and p [m].
struct Problem {
    Eigen::MatrixXd w;
    Eigen::VectorXd d, c, p;

    /// (diag(p) + W' D W)^-1 W' c, in double.
    [[nodiscard]] Eigen::VectorXd solution() const {
        Eigen::MatrixXd matrix = w.transpose() * d.asDiagonal() * w;
        matrix += p.asDiagonal();
        return symmetric_solution(matrix, w.transpose() * c);
    }
};

inline Problem random_problem(std::uint32_t seed, Eigen::Index n, Eigen::Index m) {
    Problem problem{random_matrix(seed, n, m, 1 / std::sqrt(static_cast<double>(m))),
                    random_matrix(seed + 1, n, 1, 1).cwiseAbs().array() + 0.1,
                    random_matrix(seed + 2, n, 1, 3), Eigen::VectorXd::Constant(m, 1)};
    problem.w = problem.w.cast<float>().cast<double>();
    return problem;
}

/// Singular values fall evenly from 1 to condition^-1/2.
inline Eigen::MatrixXd with_condition(std::uint32_t seed, Eigen::Index rows, Eigen::Index columns,
                                      double condition) {
    const Eigen::Index rank = std::min(rows, columns);
    Eigen::VectorXd values(rank);
    for (Eigen::Index i = 0; i < rank; ++i)
        values(i) =
            std::pow(condition, -0.5 * static_cast<double>(i) /
                                    static_cast<double>(std::max<Eigen::Index>(1, rank - 1)));
    return random_orthonormal(seed, rows, rank) * values.asDiagonal() *
           random_orthonormal(seed + 1, columns, rank).transpose();
}

/// Loads a problem into a system. The padded rows returned must outlive the use of the system.
template <typename Scalar>
als::FactorMatrix<Scalar> load(const Problem& problem, als::detail::RowSystem<Scalar>& system) {
    const Eigen::Index m = problem.w.cols();
    als::FactorMatrix<Scalar> rows =
        als::FactorMatrix<Scalar>::Zero(problem.w.rows(), als::detail::padded<Scalar>(m));
    rows.leftCols(m) = problem.w.cast<Scalar>();
    system.clear(m);
    system.penalty = problem.p;
    system.take(rows.rows(), [&](std::int64_t j) -> typename als::detail::RowSystem<Scalar>::Term {
        return {rows.row(j).data(), problem.d(j), problem.c(j)};
    });
    return rows;
}

template <typename Scalar>
double error_of(const als::detail::RowSolver<Scalar>& solver, const Eigen::VectorXd& expected) {
    return relative_difference(solver.solution.template cast<double>(), expected);
}

template <typename Scalar>
constexpr double limit = std::is_same_v<Scalar, float> ? 2e-5 : 1e-11;

}  // namespace als_test
