// SPDX-License-Identifier: MIT
// Minima under bounds, compared with a search of all supports and with the conditions of a minimum.
#include "../catch.hpp"
#include "../reference.hpp"
#include <als/detail/solve/non_negative.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

using namespace als_test;
using als::detail::BoundedMinimum;

namespace {

BoundedMinimum problem_of(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right,
                          std::int64_t bounded) {
    BoundedMinimum minimum(als::automatic_instruction_set());
    minimum.matrix = matrix;
    minimum.right = right;
    minimum.x.setZero(right.size());
    minimum.bounded = bounded;
    return minimum;
}

/// The function that is minimised, at x.
double value_of(const BoundedMinimum& minimum, const Eigen::VectorXd& x) {
    return x.dot(minimum.matrix * x) / 2 - minimum.right.dot(x);
}

}  // namespace

TEST_CASE("bounded minimum: it is the best of all supports, from any start") {
    std::uint32_t seed = 91;
    for (const Eigen::Index size : {1, 2, 5, 7})
        for (Eigen::Index bounded = 0; bounded <= size; ++bounded)
            for (int round = 0; round < 8; ++round) {
                CAPTURE(size, bounded, round);
                const Eigen::MatrixXd a = random_matrix(++seed, size + 2, size, 1);
                const Eigen::VectorXd right = random_matrix(++seed, size, 1, 3);
                auto minimum = problem_of(a.transpose() * a, right, bounded);
                minimum.x = random_matrix(++seed, size, 1, round);
                REQUIRE(minimum.find());
                if (bounded > 0) CHECK(minimum.x.head(bounded).minCoeff() >= 0);
                const Eigen::VectorXd expected = reference_solution(minimum.matrix, right, bounded);
                CHECK((minimum.x - expected).norm() < 1e-9 * (1 + expected.norm()));
            }
}

TEST_CASE("bounded minimum: numbers above 0 have no slope, numbers at 0 would only rise") {
    for (const Eigen::Index size : {30, 90}) {
        const Eigen::MatrixXd a = random_matrix(92, size + 20, size, 1);
        const Eigen::VectorXd right = random_matrix(93, size, 1, 3);
        auto minimum = problem_of(a.transpose() * a, right, size);
        REQUIRE(minimum.find());
        const Eigen::VectorXd slope = minimum.matrix * minimum.x - right;
        int held = 0;
        for (Eigen::Index f = 0; f < size; ++f) {
            CHECK(minimum.x(f) >= 0);
            if (minimum.x(f) > 0) {
                CHECK(std::abs(slope(f)) < 1e-9);
            } else {
                CHECK(slope(f) > -1e-9);
                ++held;
            }
        }
        CHECK(held > 0);
        CHECK(held < size);
    }
}

TEST_CASE("bounded minimum: a singular matrix gives a minimum, though not the only one") {
    const Eigen::MatrixXd a = random_matrix(94, 3, 6, 1);  // rank 3
    const Eigen::VectorXd right = a.transpose() * random_matrix(95, 3, 1, 1);
    auto minimum = problem_of(a.transpose() * a, right, 6);
    REQUIRE(minimum.find());
    CHECK(minimum.x.minCoeff() >= 0);
    const Eigen::VectorXd best = reference_solution(minimum.matrix, right, 6);
    CHECK_THAT(value_of(minimum, minimum.x), WithinAbs(value_of(minimum, best), 1e-9));
}

TEST_CASE("bounded minimum: what is not finite is reported") {
    for (const double bad :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(3, 3);
        auto minimum = problem_of(identity, Eigen::VectorXd::Ones(3), 3);
        minimum.right(1) = bad;
        CHECK_FALSE(minimum.find());
        auto other = problem_of(identity, Eigen::VectorXd::Ones(3), 3);
        other.x.setOnes();
        other.matrix(2, 1) = other.matrix(1, 2) = bad;
        CHECK_FALSE(other.find());
    }
}

TEST_CASE(
    "bounded minimum: with what is held at 0, the solution is linear in the right-hand side") {
    const Eigen::MatrixXd a = random_matrix(96, 12, 8, 1);
    auto minimum = problem_of(a.transpose() * a, random_matrix(97, 8, 1, 3), 6);
    REQUIRE(minimum.find());
    REQUIRE(minimum.x.head(6).minCoeff() == 0);
    CHECK((minimum.solve_free(minimum.right) - minimum.x).norm() < 1e-9);
    const Eigen::VectorXd z = minimum.solve_free(2 * minimum.right);
    CHECK((z - 2 * minimum.x).norm() < 1e-9);
    for (Eigen::Index f = 0; f < 6; ++f)
        if (minimum.x(f) == 0) CHECK(z(f) == 0);
}
