// SPDX-License-Identifier: MIT
// Block coordinate descent on one row, against the plain solution in double.
#include "../catch.hpp"
#include "problems.hpp"
#include <als/detail/solve/subspace.hpp>

using namespace als_test;
using als::InstructionSet;
using als::detail::RowSolver;
using als::detail::RowSystem;
using als::detail::SubspaceSolver;
using als::detail::Workers;

namespace {

/// The function that a row minimises, without its constant.
double value_of(const Problem& problem, const Eigen::VectorXd& x) {
    const Eigen::VectorXd scores = problem.w * x;
    return scores.cwiseAbs2().dot(problem.d) + x.cwiseAbs2().dot(problem.p) -
           2 * scores.dot(problem.c);
}

/// Calls check(problem, system, solver, pass) for rows with and without a bias, where pass() is one
/// pass by blocks of 16.
template <typename Scalar, typename Check>
void for_each_set_and_size(const Check& check) {
    std::uint32_t seed = 40;
    for (const InstructionSet set : als::supported_instruction_sets()) {
        RowSystem<Scalar> system;
        RowSolver<Scalar> solver(set);
        SubspaceSolver<Scalar> subspace(set);
        for (const bool has_bias : {false, true})
            for (const Eigen::Index m : {33, 64})
                for (const Eigen::Index n : {17, 120}) {
                    CAPTURE(als::name_of(set), has_bias, m, n);
                    Problem problem = random_problem(seed += 3, n, m);
                    problem.p.tail(2) << 0.5, 3;
                    if (has_bias) problem.w.col(m - 1).setOnes();
                    const auto rows = load(problem, system);
                    system.has_bias = has_bias;
                    REQUIRE(SubspaceSolver<Scalar>::pays(system, 16));
                    check(problem, system, solver,
                          [&] { return subspace.run(system, 16, solver, Workers{}); });
                }
    }
}

}  // namespace

TEMPLATE_TEST_CASE("subspace: passes never raise the row's function and come to its solution", "",
                   float, double) {
    for_each_set_and_size<TestType>(
        [](const Problem& problem, const auto&, auto& solver, const auto& pass) {
            const Eigen::Index m = problem.p.size();
            solver.solution.setConstant(m, TestType(0.3));
            double before = value_of(problem, solver.solution.template cast<double>());
            for (int i = 0; i < 4; ++i) {
                REQUIRE(pass());
                const double value = value_of(problem, solver.solution.template cast<double>());
                CHECK(value < before + 1e-6 * std::abs(before));
                before = value;
            }
            for (int i = 0; i < 400; ++i) REQUIRE(pass());
            CHECK(error_of(solver, problem.solution()) < 5 * limit<TestType>);
        });
}

TEMPLATE_TEST_CASE("subspace: a pass is what block coordinate descent does", "", float, double) {
    for_each_set_and_size<TestType>(
        [](const Problem& problem, const auto& system, auto& solver, const auto& pass) {
            const Eigen::Index m = problem.p.size();
            const Eigen::Index factors = m - (system.has_bias ? 1 : 0);
            Eigen::MatrixXd matrix = problem.w.transpose() * problem.d.asDiagonal() * problem.w;
            matrix += problem.p.asDiagonal();
            Eigen::VectorXd x = Eigen::VectorXd::Constant(m, 0.25);
            solver.solution.setConstant(m, TestType(0.25));
            for (Eigen::Index first = 0; first < factors; first += 16) {
                const Eigen::Index size = first + 16 >= factors ? m - first : 16;
                const Eigen::VectorXd residual = problem.w.transpose() * problem.c - matrix * x;
                x.segment(first, size) += symmetric_solution(matrix.block(first, first, size, size),
                                                             residual.segment(first, size));
            }
            REQUIRE(pass());
            CHECK(error_of(solver, x) < limit<TestType>);
        });
}

TEMPLATE_TEST_CASE("subspace: it stays where the solution is", "", float, double) {
    for_each_set_and_size<TestType>(
        [](const Problem& problem, const auto& system, auto& solver, const auto& pass) {
            REQUIRE(solver.solve(system));
            REQUIRE(pass());
            CHECK(error_of(solver, problem.solution()) < limit<TestType>);
        });
}

TEST_CASE(
    "subspace: short rows, few factors and solutions of minimum norm are for the exact solver") {
    RowSystem<float> system;
    const Problem problem = random_problem(7, 20, 40);
    const auto rows = load(problem, system);
    CHECK(SubspaceSolver<float>::pays(system, 16));
    CHECK_FALSE(SubspaceSolver<float>::pays(system, 32));  // 20 terms
    CHECK_FALSE(SubspaceSolver<float>::pays(system, 48));  // 40 unknowns
    system.minimum_norm = true;
    CHECK_FALSE(SubspaceSolver<float>::pays(system, 16));
}
