// SPDX-License-Identifier: MIT
// Conjugate gradient on one row, against the plain solution in double.
#include "../catch.hpp"
#include "problems.hpp"

using namespace als_test;
using als::InstructionSet;
using als::detail::RowSolver;
using als::detail::RowSystem;

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
