// SPDX-License-Identifier: MIT
// The Cholesky factor, with every instruction set: against Eigen's, and against the equations that
// define it.
#include "../catch.hpp"
#include "../dense.hpp"
#include <als/detail/solve/cholesky.hpp>

#include <cstdint>
#include <limits>
#include <vector>

using namespace als_test;
using als::detail::Cholesky;

namespace {

/// Positive definite, with a condition below about 1e3 n.
Eigen::MatrixXd definite_matrix(std::uint32_t seed, Eigen::Index size) {
    const Eigen::MatrixXd x = random_matrix(seed, size + 5, size, 1);
    Eigen::MatrixXd matrix = x.transpose() * x;
    matrix.diagonal().array() += 0.1;
    return matrix;
}

/// U, zeros below the diagonal.
Eigen::MatrixXd factor_of(const Cholesky& cholesky) {
    Eigen::MatrixXd factor = Eigen::MatrixXd::Zero(cholesky.size(), cholesky.size());
    for (Eigen::Index i = 0; i < cholesky.size(); ++i)
        for (Eigen::Index j = i; j < cholesky.size(); ++j) factor(i, j) = cholesky(i, j);
    return factor;
}

/// Sizes around every tile and block, large after small and small after large.
std::vector<Eigen::Index> sizes() {
    std::vector<Eigen::Index> all;
    for (Eigen::Index n = 1; n <= 130; ++n) all.push_back(n);
    all.push_back(300);
    all.push_back(7);
    return all;
}

/// Calls check(cholesky) with an object of every instruction set.
template <typename Check>
void with_every_set(const Check& check) {
    for (const als::InstructionSet set : als::supported_instruction_sets()) {
        CAPTURE(als::name_of(set));
        Cholesky cholesky(set);
        check(cholesky);
    }
}

}  // namespace

TEST_CASE("cholesky: U times the result of solving back is the vector again") {
    with_every_set([](Cholesky& cholesky) {
        for (const Eigen::Index n : {1, 5, 33}) {
            REQUIRE(cholesky.factorize(definite_matrix(3, n)));
            const Eigen::VectorXd z = random_matrix(4, n, 1, 1);
            Eigen::VectorXd x = z;
            cholesky.solve_back(x.data());
            CHECK((factor_of(cholesky) * x - z).norm() <= 1e-11 * z.norm());
        }
    });
}

TEST_CASE("cholesky: a matrix of any size has the factor that Eigen finds") {
    with_every_set([](Cholesky& cholesky) {
        for (const Eigen::Index n : sizes()) {
            CAPTURE(n);
            const Eigen::MatrixXd matrix = definite_matrix(static_cast<std::uint32_t>(n), n);
            REQUIRE(cholesky.factorize(matrix));
            REQUIRE(cholesky.size() == n);
            const Eigen::MatrixXd factor = factor_of(cholesky);
            CHECK(relative_difference(factor.transpose() * factor, matrix) < 1e-14);
            const Eigen::MatrixXd expected = cholesky_factor(matrix);
            CHECK(relative_difference(factor, expected) < 1e-12);
        }
    });
}

TEST_CASE("cholesky: a solution agrees with Eigen's") {
    with_every_set([](Cholesky& cholesky) {
        for (const Eigen::Index n : sizes()) {
            CAPTURE(n);
            const Eigen::MatrixXd matrix = definite_matrix(static_cast<std::uint32_t>(n), n);
            const Eigen::VectorXd right = random_matrix(5, n, 1, 1);
            REQUIRE(cholesky.factorize(matrix));
            Eigen::VectorXd x = right;
            cholesky.solve(x.data());
            CHECK(relative_difference(matrix * x, right) < 1e-11);
            CHECK(relative_difference(x, symmetric_solution(matrix, right)) < 1e-11);
        }
    });
}

TEST_CASE("cholesky: the inverse of the factor is upper triangular, and the inverse") {
    with_every_set([](Cholesky& cholesky) {
        for (const Eigen::Index n : sizes()) {
            CAPTURE(n);
            const Eigen::MatrixXd matrix = definite_matrix(static_cast<std::uint32_t>(n), n);
            REQUIRE(cholesky.factorize(matrix));
            const Eigen::MatrixXd inverse = cholesky.inverse_of_factor();
            const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(n, n);
            CHECK((factor_of(cholesky) * inverse - identity).norm() < 1e-11);
            CHECK(inverse.triangularView<Eigen::StrictlyLower>().toDenseMatrix().isZero(0));
        }
    });
}

TEST_CASE("cholesky: a small matrix gives the numbers of a calculation by hand") {
    with_every_set([](Cholesky& cholesky) {
        Eigen::MatrixXd matrix(2, 2);
        matrix << 4, 2, 2, 5;
        REQUIRE(cholesky.factorize(matrix));
        CHECK(cholesky(0, 0) == 2);
        CHECK(cholesky(0, 1) == 1);
        CHECK(cholesky(1, 1) == 2);
        CHECK(cholesky.diagonal_ratio() == 1);
        Eigen::Vector2d x(8, 12);  // = A (1, 2)
        cholesky.solve(x.data());
        CHECK(x == Eigen::Vector2d(1, 2));

        REQUIRE(cholesky.factorize(Eigen::Vector3d(4, 1, 9).asDiagonal()));
        CHECK(cholesky.diagonal_ratio() == 1.0 / 3);
    });
}

TEST_CASE("cholesky: only the lower triangle is read") {
    with_every_set([](Cholesky& cholesky) {
        Eigen::MatrixXd matrix = definite_matrix(3, 37);
        REQUIRE(cholesky.factorize(matrix));
        const Eigen::MatrixXd whole = factor_of(cholesky);
        for (Eigen::Index j = 1; j < 37; ++j)
            for (Eigen::Index i = 0; i < j; ++i)
                matrix(i, j) = std::numeric_limits<double>::quiet_NaN();
        REQUIRE(cholesky.factorize(matrix));
        CHECK(factor_of(cholesky) == whole);
    });
}

TEST_CASE("cholesky: a singular matrix is refused") {
    with_every_set([](Cholesky& cholesky) {
        for (const Eigen::Index n : {1, 2, 16, 17, 40}) {
            CAPTURE(n);
            CHECK_FALSE(cholesky.factorize(Eigen::MatrixXd::Zero(n, n)));
            if (n > 1) CHECK_FALSE(cholesky.factorize(Eigen::MatrixXd::Ones(n, n)));
            // Of full rank except for one row, at any place.
            for (Eigen::Index row = 0; row < n; ++row) {
                Eigen::MatrixXd matrix = definite_matrix(9, n);
                matrix.row(row).setZero();
                matrix.col(row).setZero();
                CHECK_FALSE(cholesky.factorize(matrix));
            }
        }
    });
}

TEST_CASE("cholesky: an indefinite matrix is refused") {
    with_every_set([](Cholesky& cholesky) {
        for (const Eigen::Index n : {1, 2, 16, 17, 40})
            for (Eigen::Index row = 0; row < n; ++row) {
                CAPTURE(n, row);
                Eigen::MatrixXd matrix = definite_matrix(11, n);
                matrix(row, row) = -0.1;
                CHECK_FALSE(cholesky.factorize(matrix));
            }
    });
}

TEST_CASE("cholesky: a NaN or an infinity anywhere in the lower triangle is refused") {
    with_every_set([](Cholesky& cholesky) {
        for (const double bad :
             {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
              -std::numeric_limits<double>::infinity()})
            for (const Eigen::Index n : {1, 2, 18, 35})
                for (Eigen::Index j = 0; j < n; ++j)
                    for (Eigen::Index i = j; i < n; ++i) {
                        CAPTURE(bad, n, i, j);
                        Eigen::MatrixXd matrix = 2 * Eigen::MatrixXd::Identity(n, n);
                        matrix(i, j) = bad;
                        CHECK_FALSE(cholesky.factorize(matrix));
                    }
    });
}
