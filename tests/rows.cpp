// SPDX-License-Identifier: MIT
// One row: every instruction set, every path and both solvers against the plain solution in double,
// over random shapes and planted spectra.
#include "catch.hpp"
#include "reference.hpp"
#include <als/detail/solve/row_solver.hpp>
#include <als/detail/solve/whitening.hpp>

#include <Eigen/QR>

#include <cstring>
#include <vector>

using namespace als_test;
using als::InstructionSet;
using als::detail::padded;
using als::detail::RowSolver;
using als::detail::RowSystem;

namespace {

/// The numbers of one row: w [n, m], d, c [n] and p [m].
struct Problem {
    Eigen::MatrixXd w;
    Eigen::VectorXd d, c, p;

    /// (diag(p) + W' D W)^-1 W' c, in double.
    [[nodiscard]] Eigen::VectorXd solution() const {
        Eigen::MatrixXd matrix = w.transpose() * d.asDiagonal() * w;
        matrix += p.asDiagonal();
        return matrix.ldlt().solve(w.transpose() * c);
    }
};

Problem random_problem(std::uint32_t seed, Eigen::Index n, Eigen::Index m) {
    Problem problem{random_matrix(seed, n, m, 1 / std::sqrt(static_cast<double>(m))),
                    random_matrix(seed + 1, n, 1, 1).cwiseAbs().array() + 0.1,
                    random_matrix(seed + 2, n, 1, 3), Eigen::VectorXd::Constant(m, 1)};
    problem.w = problem.w.cast<float>().cast<double>();
    return problem;
}

/// Singular values fall evenly from 1 to condition^-1/2.
Eigen::MatrixXd with_condition(std::uint32_t seed, Eigen::Index rows, Eigen::Index columns,
                               double condition) {
    const Eigen::Index rank = std::min(rows, columns);
    const auto orthogonal = [&](std::uint32_t from, Eigen::Index height) {
        const Eigen::MatrixXd random = random_matrix(from, height, rank, 1);
        return (random.householderQr().householderQ() * Eigen::MatrixXd::Identity(height, rank))
            .eval();
    };
    Eigen::VectorXd values(rank);
    for (Eigen::Index i = 0; i < rank; ++i)
        values(i) =
            std::pow(condition, -0.5 * static_cast<double>(i) /
                                    static_cast<double>(std::max<Eigen::Index>(1, rank - 1)));
    return orthogonal(seed, rows) * values.asDiagonal() * orthogonal(seed + 1, columns).transpose();
}

/// The padded rows have to outlive the system's use.
template <typename Scalar>
als::FactorMatrix<Scalar> load(const Problem& problem, RowSystem<Scalar>& system) {
    const Eigen::Index m = problem.w.cols();
    als::FactorMatrix<Scalar> rows =
        als::FactorMatrix<Scalar>::Zero(problem.w.rows(), padded<Scalar>(m));
    rows.leftCols(m) = problem.w.cast<Scalar>();
    system.clear(m);
    system.penalty = problem.p;
    system.take(rows.rows(), [&](std::int64_t j) -> typename RowSystem<Scalar>::Term {
        return {rows.row(j).data(), problem.d(j), problem.c(j)};
    });
    return rows;
}

template <typename Scalar>
double error_of(const RowSolver<Scalar>& solver, const Eigen::VectorXd& expected) {
    return relative_difference(solver.solution.template cast<double>(), expected);
}

template <typename Scalar>
constexpr double limit = std::is_same_v<Scalar, float> ? 2e-5 : 1e-11;

}  // namespace

TEMPLATE_TEST_CASE("row system: every instruction set gives the solution in double", "", float,
                   double) {
    for (const InstructionSet set : als::supported_instruction_sets()) {
        CAPTURE(als::name_of(set));
        RowSystem<TestType> system;  // kept: rows must not see the one before
        RowSolver<TestType> solver(set);
        std::uint32_t seed = 1;
        for (const Eigen::Index m : {1, 3, 8, 15, 16, 17, 40, 64, 65, 100, 128, 130})
            for (const Eigen::Index n : {1, 2, 7, 12, 30, 55, 57, 92, 95, 121, 256, 257, 600}) {
                CAPTURE(m, n);
                const Problem problem = random_problem(seed += 3, n, m);
                const auto rows = load(problem, system);
                REQUIRE(solver.solve(system));
                CHECK(error_of(solver, problem.solution()) < limit<TestType>);
                REQUIRE(solver.solve_in_double(system));
                CHECK(error_of(solver, problem.solution()) < limit<TestType>);
            }
    }
}

TEMPLATE_TEST_CASE("row system: penalties that differ or are 0, and cells without weight", "",
                   float, double) {
    for (const InstructionSet set : als::supported_instruction_sets())
        for (const Eigen::Index n : {20, 90, 150, 400}) {
            CAPTURE(als::name_of(set), n);
            Problem problem = random_problem(5, n, 100);
            for (Eigen::Index f = 0; f < 100; ++f)
                problem.p(f) = 0.5 + 0.1 * static_cast<double>(f);
            RowSystem<TestType> system;
            RowSolver<TestType> solver(set);
            {
                const auto rows = load(problem, system);
                REQUIRE(solver.solve(system));
                CHECK(error_of(solver, problem.solution()) < limit<TestType>);
            }
            problem.d(5) = problem.c(5) = 0;  // without effect, and left out
            {
                const auto rows = load(problem, system);
                CHECK(system.size() == n - 1);
                CHECK(system.has_dual());
                REQUIRE(solver.solve(system));
                CHECK(error_of(solver, problem.solution()) < limit<TestType>);
            }
            problem.d(3) = 0;  // no dual
            {
                const auto rows = load(problem, system);
                CHECK_FALSE(system.has_dual());
                REQUIRE(solver.solve(system));
                CHECK(error_of(solver, problem.solution()) < limit<TestType>);
            }
            problem.p(7) = 0;  // the unknown is 0: the same as a huge penalty
            const auto rows = load(problem, system);
            REQUIRE(solver.solve(system));
            problem.p(7) = 1e30;
            CHECK(solver.solution(7) == 0);
            CHECK(error_of(solver, problem.solution()) < limit<TestType>);
        }
}

TEST_CASE("row system: a very long row is summed in parts, the same for any number of threads") {
    const Problem problem = random_problem(3, 20000, 20);
    for (const InstructionSet set : als::supported_instruction_sets()) {
        RowSystem<float> system;
        RowSolver<float> solver(set);
        const auto rows = load(problem, system);
        REQUIRE(solver.solve(system));
        CHECK(error_of(solver, problem.solution()) < 2e-5);
        const Eigen::VectorXf one = solver.solution;
        for (const int threads : {2, 3, 8}) {
            const auto again = load(problem, system);
            REQUIRE(solver.solve(system, nullptr, als::detail::Workers{threads}));
            CHECK(std::memcmp(one.data(), solver.solution.data(), 20 * sizeof(float)) == 0);
        }
    }
}

TEST_CASE("row system: ratings with a condition of 1e5 keep the digits of float") {
    for (const InstructionSet set : als::supported_instruction_sets())
        for (const Eigen::Index m : {20, 64, 128})
            for (const Eigen::Index n : {m / 2, m - 9, m, 2 * m, 5 * m})
                for (const double scale : {1.0, 30.0}) {
                    CAPTURE(als::name_of(set), m, n, scale);
                    Problem problem = random_problem(7, n, m);
                    problem.w =
                        (scale * with_condition(11, n, m, 1e5)).cast<float>().cast<double>();
                    problem.d.setOnes();
                    problem.p.setConstant(1e-5 * scale * scale);
                    RowSystem<float> system;
                    RowSolver<float> solver(set);
                    const auto rows = load(problem, system);
                    REQUIRE(solver.solve(system));
                    CHECK(error_of(solver, problem.solution()) < 5e-5);
                }
}

namespace {

/// Solves rows of implicit feedback against a fixed side whose Gram matrix with lambda has this
/// condition, and compares with the dense matrix in double. The largest error.
double worst_implicit_error(InstructionSet set, double condition, double alpha, bool cholesky) {
    const Eigen::Index k = 64;
    const Eigen::Index count = 400;
    const double lambda = 1e-3;
    const double scale = std::sqrt(lambda * condition);
    const als::FactorMatrix<float> fixed =
        (scale * with_condition(21, count, k, condition)).cast<float>();
    const Eigen::MatrixXd fixed_in_double = fixed.cast<double>();
    const Eigen::MatrixXd gram = fixed_in_double.transpose() * fixed_in_double;

    const als::detail::Whitening<float> whitening(gram, lambda, cholesky, set);
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
        const Eigen::VectorXd expected = matrix.ldlt().solve(right);
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

TEMPLATE_TEST_CASE("row system: conjugate gradient arrives at the solution, or stays there", "",
                   float, double) {
    for (const InstructionSet set : als::supported_instruction_sets())
        for (const Eigen::Index n : {5, 60, 300}) {
            CAPTURE(als::name_of(set), n);
            Problem problem = random_problem(9, n, 40);
            problem.p(4) = 0;
            problem.p(5) = 7;
            RowSystem<TestType> system;
            RowSolver<TestType> solver(set);
            const auto rows = load(problem, system);
            problem.p(4) = 1e30;
            solver.solution.setConstant(40, TestType(0.3));
            double before = error_of(solver, problem.solution());
            for (int step = 0; step < 3; ++step) {
                REQUIRE(solver.conjugate_gradient(system, 2));
                CHECK(error_of(solver, problem.solution()) < before);
                before = error_of(solver, problem.solution());
            }
            // Identity plus rank n: n + 1 steps are enough, unless they repeat each other.
            solver.solution.setConstant(40, TestType(0.3));
            REQUIRE(solver.conjugate_gradient(system, n == 5 ? 6 : 100));
            CHECK(error_of(solver, problem.solution()) < limit<TestType>);
            REQUIRE(solver.solve(system));
            REQUIRE(solver.conjugate_gradient(system, 2));
            CHECK(error_of(solver, problem.solution()) < limit<TestType>);
        }
}

TEST_CASE("instruction set: names, what this processor has, and what it does not have") {
    CHECK(als::is_supported(InstructionSet::portable));
    CHECK(als::is_supported(als::automatic_instruction_set()));
    CHECK(als::supported_instruction_sets().back() == InstructionSet::portable);
    CHECK(als::name_of(InstructionSet::avx512_bf16) == "avx512_bf16");
    const auto data = random_table(1, {}).interactions<float>();
    for (const auto set :
         {InstructionSet::avx2, InstructionSet::avx512, InstructionSet::avx512_bf16})
        if (!als::is_supported(set))
            REQUIRE_THROWS_MATCHES(
                als::fit(data, als::Implicit{}, {.factors = 2, .instruction_set = set}),
                als::InputError,
                says("als::Training::instruction_set is " + std::string(als::name_of(set))));
}
