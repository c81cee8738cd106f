// SPDX-License-Identifier: MIT
// Conjugate gradient on one row, against the plain solution in double.
#include "../catch.hpp"
#include "problems.hpp"

using namespace als_test;
using als::InstructionSet;
using als::detail::RowSolver;
using als::detail::RowSystem;

namespace {

/// Calls check(solution, terms, system, solver) for rows with fewer and with more terms than
/// unknowns.
template <typename Scalar, typename Check>
void for_each_set_and_length(const Check& check) {
    for (const InstructionSet set : als::supported_instruction_sets())
        for (const Eigen::Index n : {5, 60, 300}) {
            CAPTURE(als::name_of(set), n);
            Problem problem = random_problem(9, n, 40);
            problem.p(4) = 0;
            problem.p(5) = 7;
            RowSystem<Scalar> system;
            RowSolver<Scalar> solver(set);
            const auto rows = load(problem, system);
            problem.p(4) = 1e30;  // a penalty of 0 holds the unknown at 0, as a huge one does
            check(problem.solution(), n, system, solver);
        }
}

}  // namespace

TEMPLATE_TEST_CASE("conjugate gradient: each call comes closer to the solution", "", float,
                   double) {
    for_each_set_and_length<TestType>(
        [](const Eigen::VectorXd& solution, Eigen::Index, auto& system, auto& solver) {
            solver.solution.setConstant(40, TestType(0.3));
            double before = error_of(solver, solution);
            for (int call = 0; call < 3; ++call) {
                REQUIRE(solver.conjugate_gradient(system, 2));
                CHECK(error_of(solver, solution) < before);
                before = error_of(solver, solution);
            }
        });
}

TEMPLATE_TEST_CASE("conjugate gradient: one more step than the row has terms is enough", "", float,
                   double) {
    for_each_set_and_length<TestType>(
        [](const Eigen::VectorXd& solution, Eigen::Index terms, auto& system, auto& solver) {
            // Identity plus rank n takes n + 1 steps, unless they repeat each other.
            solver.solution.setConstant(40, TestType(0.3));
            REQUIRE(solver.conjugate_gradient(system, terms == 5 ? 6 : 100));
            CHECK(error_of(solver, solution) < limit<TestType>);
        });
}

TEMPLATE_TEST_CASE("conjugate gradient: it stays where the solution is", "", float, double) {
    for_each_set_and_length<TestType>(
        [](const Eigen::VectorXd& solution, Eigen::Index, auto& system, auto& solver) {
            REQUIRE(solver.solve(system));
            REQUIRE(solver.conjugate_gradient(system, 2));
            CHECK(error_of(solver, solution) < limit<TestType>);
        });
}
