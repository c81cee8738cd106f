// SPDX-License-Identifier: MIT
// One row: every instruction set and every path against the plain solution in double, over random
// shapes and planted spectra.
#include "../catch.hpp"
#include "problems.hpp"

#include <cstdint>
#include <cstring>
#include <vector>

template class als::detail::RowSolver<float>;
template class als::detail::RowSolver<double>;

using namespace als_test;
using als::InstructionSet;
using als::detail::RowSolver;
using als::detail::RowSystem;

TEMPLATE_TEST_CASE("row system: every instruction set gives the solution in double", "", float,
                   double) {
    for (const InstructionSet set : als::supported_instruction_sets()) {
        CAPTURE(als::name_of(set));
        RowSystem<TestType> system;  // kept: a row must not see the one before it
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

TEMPLATE_TEST_CASE("row system: a bias, with and without a penalty", "", float, double) {
    for (const InstructionSet set : als::supported_instruction_sets()) {
        CAPTURE(als::name_of(set));
        RowSystem<TestType> system;
        RowSolver<TestType> solver(set);
        std::uint32_t seed = 700;
        for (const Eigen::Index m : {2, 9, 16, 17, 41, 65, 129})
            for (const Eigen::Index n : {1, 2, 7, 30, 57, 92, 121, 257, 600, 9000}) {
                CAPTURE(m, n);
                Problem problem = random_problem(seed += 3, n, m);
                problem.p.array() *= 3;
                problem.p(m - 1) = seed % 2 == 0 ? 0 : 0.7;
                problem.w.array() += 0.25;  // rows whose mean is not 0
                problem.w.col(m - 1).setOnes();
                const auto rows = load(problem, system);
                system.has_bias = true;
                const Eigen::VectorXd expected = problem.solution();
                REQUIRE(solver.solve(system));
                CHECK(error_of(solver, expected) < limit<TestType>);
                solver.solution.setZero(m);
                REQUIRE(solver.conjugate_gradient(system, 200));
                CHECK(error_of(solver, expected) < 10 * limit<TestType>);
            }
    }
}

TEST_CASE("row system: the normal equations of the literature, with and without a penalty") {
    // Rows (1,2) -> 4, (1,3) -> 9, (1,4) -> 16.
    als::FactorMatrix<double> rows = als::FactorMatrix<double>::Zero(3, 8);
    rows.leftCols(2) << 1, 2, 1, 3, 1, 4;
    const std::vector<double> targets{4, 9, 16};
    RowSystem<double> system;
    RowSolver<double> solver(als::automatic_instruction_set());
    const auto load = [&](double lambda) {
        system.clear(2);
        system.penalty.setConstant(lambda);
        system.take(3, [&](std::int64_t j) -> RowSystem<double>::Term {
            return {rows.row(j).data(), 1, targets[static_cast<std::size_t>(j)]};
        });
    };
    load(0);
    REQUIRE(solver.solve_in_double(system));
    CHECK_THAT(solver.solution(0), WithinAbs(-8.333333, 1e-6));
    CHECK_THAT(solver.solution(1), WithinAbs(6, 1e-6));
    load(1.5);
    REQUIRE(solver.solve(system));
    CHECK_THAT(solver.solution(0), WithinAbs(-0.1155556, 1e-6));
    CHECK_THAT(solver.solution(1), WithinAbs(3.28, 1e-6));
    load(1.5);
    REQUIRE(solver.solve_in_double(system));
    CHECK_THAT(solver.solution(1), WithinAbs(3.28, 1e-6));
}

TEST_CASE("row system: weighted rows, worked by hand") {
    // (1,2) -> 3 with weight 1 and (4,5) with weight 2 and weighted right-hand side 12:
    // A'A = 33 42 54, A'b = 51 66; with lambda = 1 the solution is (34 42; 42 55)^-1 (51, 66).
    als::FactorMatrix<double> two = als::FactorMatrix<double>::Zero(2, 8);
    two.leftCols(2) << 1, 2, 4, 5;
    const Eigen::Vector2d expected =
        symmetric_solution(Eigen::Matrix2d{{34, 42}, {42, 55}}, Eigen::Vector2d(51, 66));
    RowSystem<double> system;
    RowSolver<double> solver(als::automatic_instruction_set());
    system.clear(2);
    system.penalty.setOnes();
    system.take(2, [&](std::int64_t j) -> RowSystem<double>::Term {
        return j == 0 ? RowSystem<double>::Term{two.row(0).data(), 1, 3}
                      : RowSystem<double>::Term{two.row(1).data(), 2, 12};
    });
    REQUIRE(solver.solve(system));
    CHECK((solver.solution - expected).norm() < 1e-12);
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
            problem.d(5) = problem.c(5) = 0;  // no effect, so left out
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
            problem.p(7) = 0;  // the unknown is 0, as with a huge penalty
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

TEMPLATE_TEST_CASE("row system: a base matrix beside the penalty, accurate or refused", "", float,
                   double) {
    const auto check = [](Eigen::Index n, Eigen::Index m, double condition) {
        Problem problem = random_problem(5, n, m);
        problem.w = (0.1 * problem.w).template cast<float>().template cast<double>();
        problem.p.setConstant(0.01 / condition);
        const Eigen::MatrixXd rows = with_condition(6, 2 * m, m, condition);
        const Eigen::MatrixXd base = rows.transpose() * rows;
        Eigen::MatrixXd matrix = problem.w.transpose() * problem.d.asDiagonal() * problem.w;
        matrix += base;
        matrix += problem.p.asDiagonal();
        const Eigen::VectorXd expected =
            symmetric_solution(matrix, problem.w.transpose() * problem.c);
        for (const InstructionSet set : als::supported_instruction_sets()) {
            CAPTURE(als::name_of(set), n, m, condition);
            RowSystem<TestType> system;
            RowSolver<TestType> solver(set);
            const auto kept = load(problem, system);
            system.base = &base;
            const bool solved = solver.solve_with_base(system);
            if (condition <= 1e3) REQUIRE(solved);
            if (solved)
                CHECK(error_of(solver, expected) < (condition <= 1e3 ? limit<TestType> : 1e-4));
        }
    };
    for (const Eigen::Index m : {9, 33, 65})
        for (const Eigen::Index n : {5, 70, 300})
            for (const double condition : {1e1, 1e3, 1e6, 1e10}) check(n, m, condition);
    check(9000, 20, 1e2);  // in parts
}

TEMPLATE_TEST_CASE("row system: numbers that have to be >= 0 reach the minimum, from any start", "",
                   float, double) {
    const auto check = [](Eigen::Index n, Eigen::Index m, bool has_base, bool has_bias) {
        CAPTURE(n, m, has_base, has_bias);
        const auto seed = static_cast<std::uint32_t>(n + 31 * m);
        Problem problem = random_problem(seed, n, m);
        if (has_bias) {
            problem.p(m - 1) = 0.7;
            problem.w.col(m - 1).setOnes();
        }
        Eigen::MatrixXd base = Eigen::MatrixXd::Zero(m, m);
        if (has_base) {
            const Eigen::MatrixXd rows = random_matrix(seed + 9, 2 * m, m, 0.3);
            base = rows.transpose() * rows;
        }
        als::detail::BoundedMinimum minimum(als::automatic_instruction_set());
        minimum.matrix = problem.w.transpose() * problem.d.asDiagonal() * problem.w + base;
        minimum.matrix += problem.p.asDiagonal();
        minimum.right = problem.w.transpose() * problem.c;
        minimum.x.setZero(m);
        minimum.bounded = has_bias ? m - 1 : m;
        REQUIRE(minimum.find());
        for (const InstructionSet set : als::supported_instruction_sets()) {
            CAPTURE(als::name_of(set));
            RowSystem<TestType> system;
            RowSolver<TestType> solver(set);
            const auto kept = load(problem, system);
            system.has_bias = has_bias;
            system.non_negative = minimum.bounded;
            if (has_base) system.base = &base;
            for (const double start : {0.0, 1.0}) {
                solver.solution = random_matrix(seed + 5, m, 1, start).template cast<TestType>();
                REQUIRE(solver.solve(system));
                if (minimum.bounded > 0)
                    CHECK(solver.solution.head(minimum.bounded).minCoeff() >= 0);
                CHECK(error_of(solver, minimum.x) < limit<TestType>);
            }
        }
    };
    for (const Eigen::Index m : {2, 9, 16, 41, 130})
        for (const Eigen::Index n : {1, 12, 70, 300, 600})
            for (const bool has_base : {false, true}) check(n, m, has_base, !has_base);
    check(9000, 20, false, true);  // in parts
}

TEST_CASE("row system: numbers that are almost 0 or almost free end on the right side of it") {
    constexpr Eigen::Index m = 100;
    const auto check = [](bool has_base, double almost, int most_misplaced) {
        Problem problem = random_problem(31, 300, m);
        if (!has_base) {  // a condition of 1e5: float alone misplaces some
            problem.w = with_condition(34, 300, m, 1e5).cast<float>().cast<double>();
            problem.p.setConstant(1e-5);
        }
        const Eigen::MatrixXd rows = random_matrix(32, 2 * m, m, 0.1);
        const Eigen::MatrixXd base = rows.transpose() * rows;
        Eigen::MatrixXd sum = problem.w.transpose() * problem.d.asDiagonal() * problem.w;
        Eigen::MatrixXd matrix = sum;
        matrix += problem.p.asDiagonal();
        if (has_base) matrix += base;
        Eigen::VectorXd expected = random_matrix(33, m, 1, 1).cwiseAbs().array() + 0.1;
        Eigen::VectorXd slope = Eigen::VectorXd::Zero(m);
        for (Eigen::Index f = 0; f < m; ++f) {
            if (f % 3 == 0) slope(f) = almost * matrix(f, f) * expected(f);
            if (f % 3 == 1) expected(f) *= almost;
            if (f % 3 == 0) expected(f) = 0;
        }
        // The right-hand side sum_j c_j w_j that has this minimum.
        problem.c =
            problem.d.cwiseProduct(problem.w * symmetric_solution(sum, matrix * expected - slope));
        for (const InstructionSet set : als::supported_instruction_sets()) {
            CAPTURE(als::name_of(set), has_base);
            RowSystem<float> system;
            RowSolver<float> solver(set);
            const auto kept = load(problem, system);
            system.non_negative = m;
            if (has_base) system.base = &base;
            REQUIRE(solver.solve(system));
            CHECK(error_of(solver, expected) < limit<float>);
            CHECK(solver.solution.minCoeff() >= 0);
            int misplaced = 0;
            for (Eigen::Index f = 0; f < m; ++f)
                misplaced += (solver.solution(f) > 0) != (expected(f) > 0);
            CHECK(misplaced <= most_misplaced);
        }
    };
    check(true, 1e-4, 0);
    check(false, 1e-3, 0);
    check(false, 1e-4, 5);  // too near to 0 for float's digits, but never below it
}
