// SPDX-License-Identifier: MIT
// The main function of every test program and the slowest line of the reference, compiled once.
#define CATCH_CONFIG_RUNNER  // Catch2 version 2 keeps its implementation behind this name
#include "catch.hpp"
#include "reference.hpp"

#include <Eigen/QR>

Eigen::VectorXd als_test::least_norm_solution(const Eigen::MatrixXd& matrix,
                                              const Eigen::VectorXd& right) {
    return matrix.completeOrthogonalDecomposition().solve(right);
}

int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
