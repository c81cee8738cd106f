// SPDX-License-Identifier: MIT
// Rows of implicit feedback in the coordinates that make the Gram matrix diagonal, against the
// dense matrix in double.
#include "../catch.hpp"
#include "problems.hpp"
#include <als/detail/solve/whitening.hpp>

#include <random>

using namespace als_test;
using als::InstructionSet;
using als::detail::padded;
using als::detail::RowSolver;
using als::detail::RowSystem;

namespace {

/// Solves rows of implicit feedback against a fixed side whose Gram matrix with lambda has this
/// condition, and compares them with the dense matrix in double. Returns the largest error.
double worst_implicit_error(InstructionSet set, double condition, double alpha, bool cholesky) {
    const Eigen::Index k = 64;
    const Eigen::Index count = 400;
    const double lambda = 1e-3;
    const double scale = std::sqrt(lambda * condition);
    const als::FactorMatrix<float> fixed =
        (scale * with_condition(21, count, k, condition)).cast<float>();
    const Eigen::MatrixXd fixed_in_double = fixed.cast<double>();
    const Eigen::MatrixXd gram = fixed_in_double.transpose() * fixed_in_double;

    const als::detail::Whitening<float> whitening(gram, lambda, cholesky, {1, {}, set});
    als::FactorMatrix<float> white(count, padded<float>(k));
    als::detail::multiply_rows(fixed.data(), k, count, whitening.to_white(), white.data(),
                               white.cols(), set);
    RowSystem<float> system;
    RowSolver<float> solver(set);
    std::mt19937 generator(31);
    double worst = 0;
    for (const int n : {1, 5, 20, 54, 58, 100, 150, 300}) {
        Eigen::MatrixXd matrix = gram;
        matrix.diagonal().array() += lambda;
        Eigen::VectorXd right = Eigen::VectorXd::Zero(k);
        system.clear(k);
        whitening.penalty(lambda, system.penalty);
        system.take(n, [&](std::int64_t) -> RowSystem<float>::Term {
            const auto row = static_cast<Eigen::Index>((generator() % 400));
            const double extra = alpha * (1 + static_cast<double>(generator() % 5));
            const Eigen::VectorXd y = fixed_in_double.row(row);
            matrix += extra * y * y.transpose();
            right += (1 + extra) * y;
            return {white.row(row).data(), extra, 1 + extra};
        });
        REQUIRE(solver.solve(system));
        const als::FactorRow<float> solved = solver.solution.transpose();
        als::FactorRow<float> x(padded<float>(k));
        als::detail::multiply_rows(solved.data(), k, 1, whitening.from_white(), x.data(), x.cols(),
                                   set);
        const Eigen::VectorXd expected = symmetric_solution(matrix, right);
        worst =
            std::max(worst, relative_difference(x.head(k).transpose().cast<double>(), expected));
    }
    return worst;
}

}  // namespace

TEST_CASE("row system: implicit rows keep the digits of float at a condition of 1e5") {
    for (const InstructionSet set : als::supported_instruction_sets())
        for (const bool cholesky : {true, false}) {
            CAPTURE(als::name_of(set), cholesky);
            CHECK(worst_implicit_error(set, 1e5, 1, cholesky) < 5e-5);
            CHECK(worst_implicit_error(set, 1e5, 40, cholesky) < 5e-5);
        }
}

TEST_CASE("row system: no row fails at a condition of 4e6 with alpha 40") {
    for (const InstructionSet set : als::supported_instruction_sets())
        for (const bool cholesky : {true, false}) {
            CAPTURE(als::name_of(set), cholesky);
            CHECK(worst_implicit_error(set, 4e6, 40, cholesky) < 1e-3);
        }
}
