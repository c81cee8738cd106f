// SPDX-License-Identifier: MIT
// The symmetric eigen solver: against Eigen's, and against the equations that define its result,
// over shapes and planted spectra.
#include "../catch.hpp"
#include "../dense.hpp"
#include <als/detail/solve/symmetric_eigen.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

using namespace als_test;
using als::detail::symmetric_eigen;
using als::detail::SymmetricEigen;

namespace {

/// V diag(values) V' with a random orthogonal V.
Eigen::MatrixXd with_eigenvalues(std::uint32_t seed, const Eigen::VectorXd& values) {
    const Eigen::MatrixXd v = random_orthonormal(seed, values.size(), values.size());
    const Eigen::MatrixXd matrix = v * values.asDiagonal() * v.transpose();
    return (matrix + matrix.transpose()) / 2;
}

/// Errors of a decomposition, as multiples of the rounding error of one operation.
struct Errors {
    double residual;       ///< ||A V - V D||, relative to ||A||
    double orthogonality;  ///< ||V'V - I||
};

Errors errors_of(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& values,
                 const Eigen::MatrixXd& vectors) {
    constexpr double epsilon = std::numeric_limits<double>::epsilon();
    const double size = std::max(matrix.norm(), std::numeric_limits<double>::min());
    const Eigen::MatrixXd residual = matrix * vectors - vectors * values.asDiagonal();
    const Eigen::Index n = matrix.rows();
    return {residual.norm() / size / epsilon,
            (vectors.transpose() * vectors - Eigen::MatrixXd::Identity(n, n)).norm() / epsilon};
}

/// Checks that the result is as accurate as that of Eigen's solver, up to a factor that rounding
/// explains.
void check(const Eigen::MatrixXd& matrix) {
    const SymmetricEigen own = symmetric_eigen(matrix);
    REQUIRE(own.converged);
    REQUIRE(own.values.size() == matrix.rows());
    for (Eigen::Index i = 1; i < own.values.size(); ++i) CHECK(own.values(i - 1) <= own.values(i));

    const Decomposition eigen = eigen_decomposition(matrix);
    const Errors ours = errors_of(matrix, own.values, own.vectors);
    const Errors theirs = errors_of(matrix, eigen.values, eigen.vectors);
    const double n = static_cast<double>(matrix.rows());
    CAPTURE(n, ours.residual, theirs.residual, ours.orthogonality, theirs.orthogonality);
    CHECK(ours.residual <= 2 * theirs.residual + std::sqrt(n) + 4);
    CHECK(ours.orthogonality <= 2 * theirs.orthogonality + std::sqrt(n) + 4);
    const double difference = (own.values - eigen.values).cwiseAbs().maxCoeff();
    CHECK(difference <= 1e-15 * (n + 10) * matrix.norm());
}

}  // namespace

TEST_CASE("symmetric eigen: a Gram matrix of any size is decomposed as accurately as by Eigen") {
    for (const Eigen::Index n : {1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 64, 100, 129, 200}) {
        const Eigen::MatrixXd x = random_matrix(static_cast<std::uint32_t>(n), 2 * n, n, 1);
        check(x.transpose() * x);
    }
}

TEST_CASE("symmetric eigen: an indefinite matrix is decomposed") {
    for (const Eigen::Index n : {2, 3, 6, 20, 65}) {
        const Eigen::MatrixXd x = random_matrix(static_cast<std::uint32_t>(n), n, n, 1);
        check(x + x.transpose());
    }
}

TEST_CASE("symmetric eigen: a matrix of low rank has its zero eigenvalues") {
    for (const Eigen::Index n : {2, 5, 16, 40, 100})
        for (const Eigen::Index rank : {1, 2, 10}) {
            if (rank >= n) continue;
            const Eigen::MatrixXd x = random_matrix(static_cast<std::uint32_t>(n), rank, n, 1);
            const Eigen::MatrixXd gram = x.transpose() * x;
            check(gram);
            const SymmetricEigen own = symmetric_eigen(gram);
            CHECK(own.values.head(n - rank).cwiseAbs().maxCoeff() < 1e-14 * gram.norm());
            CHECK(own.values(n - rank) > 1e-6 * gram.norm());
        }
}

TEST_CASE("symmetric eigen: eigenvalues that are planted are found, however they are spread") {
    for (const Eigen::Index n : {10, 33, 80}) {
        Eigen::VectorXd graded(n), clustered(n), split(n);
        for (Eigen::Index i = 0; i < n; ++i) {
            graded(i) = std::pow(10.0, -16 * static_cast<double>(i) / static_cast<double>(n - 1));
            clustered(i) = 1 + 1e-14 * static_cast<double>(i % 3);
            split(i) = i % 2 ? 1e-12 : 1;
        }
        for (const Eigen::VectorXd& values : {graded, clustered, split}) {
            const Eigen::MatrixXd matrix = with_eigenvalues(static_cast<std::uint32_t>(n), values);
            check(matrix);
            Eigen::VectorXd ascending = values;
            std::sort(ascending.data(), ascending.data() + n);
            const SymmetricEigen own = symmetric_eigen(matrix);
            CHECK((own.values - ascending).cwiseAbs().maxCoeff() < 1e-13);
        }
    }
}

TEST_CASE("symmetric eigen: a matrix graded by rows is decomposed in both directions") {
    for (const Eigen::Index n : {12, 50})
        for (const double sign : {-1.0, 1.0}) {
            Eigen::MatrixXd matrix = random_matrix(7, n, n, 1);
            matrix = (matrix + matrix.transpose()).eval();
            for (Eigen::Index i = 0; i < n; ++i)
                for (Eigen::Index j = 0; j < n; ++j)
                    matrix(i, j) *= std::pow(
                        10.0, sign * 8 * static_cast<double>(i + j) / static_cast<double>(n));
            check(matrix);
        }
}

TEST_CASE("symmetric eigen: a diagonal matrix gives exactly its diagonal, sorted") {
    check(Eigen::MatrixXd::Identity(20, 20));
    const Eigen::VectorXd diagonal = random_matrix(3, 37, 1, 1);
    const SymmetricEigen own = symmetric_eigen(diagonal.asDiagonal());
    Eigen::VectorXd ascending = diagonal;
    std::sort(ascending.data(), ascending.data() + ascending.size());
    CHECK(own.values == ascending);
    CHECK(own.vectors.cwiseAbs().sum() == 37);
    CHECK(own.vectors * own.values.asDiagonal() * own.vectors.transpose() ==
          Eigen::MatrixXd(diagonal.asDiagonal()));
}

TEST_CASE("symmetric eigen: a zero matrix gives zeros and orthonormal vectors") {
    for (const Eigen::Index n : {1, 2, 19}) {
        const SymmetricEigen own = symmetric_eigen(Eigen::MatrixXd::Zero(n, n));
        REQUIRE(own.converged);
        CHECK(own.values == Eigen::VectorXd::Zero(n));
        CHECK(own.vectors.transpose() * own.vectors == Eigen::MatrixXd::Identity(n, n));
    }
}

TEST_CASE("symmetric eigen: an empty matrix gives an empty result") {
    const SymmetricEigen own = symmetric_eigen(Eigen::MatrixXd(0, 0));
    CHECK(own.converged);
    CHECK(own.values.size() == 0);
    CHECK(own.vectors.size() == 0);
}

TEST_CASE("symmetric eigen: small matrices give the numbers of a calculation by hand") {
    CHECK(symmetric_eigen(Eigen::MatrixXd::Constant(1, 1, -3)).values(0) == -3);
    Eigen::MatrixXd two(2, 2);
    two << 2, 1, 1, 2;
    const SymmetricEigen own = symmetric_eigen(two);
    CHECK(std::abs(own.values(0) - 1) < 1e-15);
    CHECK(std::abs(own.values(1) - 3) < 1e-15);
    CHECK(std::abs(own.vectors(0, 1) - own.vectors(1, 1)) < 1e-15);
    CHECK(std::abs(own.vectors(0, 0) + own.vectors(1, 0)) < 1e-15);
}

TEST_CASE("symmetric eigen: only the lower triangle is read") {
    Eigen::MatrixXd matrix = random_matrix(5, 21, 21, 1);
    matrix = (matrix * matrix.transpose()).eval();
    const SymmetricEigen whole = symmetric_eigen(matrix);
    for (Eigen::Index j = 1; j < 21; ++j)
        for (Eigen::Index i = 0; i < j; ++i)
            matrix(i, j) = std::numeric_limits<double>::quiet_NaN();
    const SymmetricEigen lower = symmetric_eigen(matrix);
    REQUIRE(lower.converged);
    CHECK(lower.values == whole.values);
    CHECK(lower.vectors == whole.vectors);
}

TEST_CASE("symmetric eigen: a power of two scales the eigenvalues and nothing else") {
    const Eigen::MatrixXd x = random_matrix(11, 30, 18, 1);
    const Eigen::MatrixXd gram = x.transpose() * x;
    const SymmetricEigen own = symmetric_eigen(gram);
    for (const int exponent : {-900, -300, 300, 1000}) {
        const double factor = std::ldexp(1.0, exponent);
        const SymmetricEigen scaled = symmetric_eigen(gram * factor);
        REQUIRE(scaled.converged);
        CHECK(scaled.values / factor == own.values);
        CHECK(scaled.vectors == own.vectors);
    }
}

TEST_CASE("symmetric eigen: the smallest and the largest finite numbers do no harm") {
    for (const double size : {std::numeric_limits<double>::denorm_min(), 1e-310, 1e-200, 1e200,
                              std::numeric_limits<double>::max() / 8}) {
        Eigen::MatrixXd matrix = Eigen::MatrixXd::Identity(9, 9) * size;
        matrix(4, 2) = matrix(2, 4) = size;
        const SymmetricEigen own = symmetric_eigen(matrix);
        REQUIRE(own.converged);
        CHECK((own.vectors.transpose() * own.vectors - Eigen::MatrixXd::Identity(9, 9)).norm() <
              1e-14);
        CHECK(std::abs(own.values(8) / size - 2) < 1e-14);
        CHECK(std::abs(own.values(0) / size) < 1e-14);
    }
}

TEST_CASE("symmetric eigen: elements of very different sizes neither underflow nor overflow") {
    std::mt19937 generator(17);
    for (int trial = 0; trial < 200; ++trial) {
        const Eigen::Index n = 2 + static_cast<Eigen::Index>(generator() % 20);
        Eigen::MatrixXd matrix = random_matrix(static_cast<std::uint32_t>(generator()), n, n, 1);
        for (Eigen::Index j = 0; j < n; ++j)
            for (Eigen::Index i = j; i < n; ++i) {
                matrix(i, j) *= std::pow(10.0, -static_cast<double>(generator() % 320));
                if (generator() % 4 == 0) matrix(i, j) = 0;
                matrix(j, i) = matrix(i, j);
            }
        matrix(n - 1, n - 1) = 1;
        check(matrix);
    }
}

TEST_CASE("symmetric eigen: a NaN or an infinity anywhere in the lower triangle is reported") {
    for (const double bad :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
          -std::numeric_limits<double>::infinity()})
        for (const Eigen::Index n : {1, 2, 9})
            for (Eigen::Index j = 0; j < n; ++j)
                for (Eigen::Index i = j; i < n; ++i) {
                    Eigen::MatrixXd matrix = Eigen::MatrixXd::Identity(n, n);
                    matrix(i, j) = bad;
                    const SymmetricEigen own = symmetric_eigen(matrix);
                    CHECK_FALSE(own.converged);
                    CHECK(own.values.array().isNaN().all());
                    CHECK(own.vectors.array().isNaN().all());
                }
}

TEST_CASE("symmetric eigen: an eigenvalue beyond the range of double is reported") {
    const double size = std::numeric_limits<double>::max() / 2;
    CHECK_FALSE(symmetric_eigen(Eigen::MatrixXd::Constant(3, 3, size)).converged);
    CHECK_FALSE(symmetric_eigen(Eigen::MatrixXd::Constant(3, 3, -size)).converged);
}

TEST_CASE("symmetric eigen: the same matrix gives the same bits for any number of threads") {
    for (const int n : {70, 150}) {
        const Eigen::MatrixXd x = random_matrix(23, 180, n, 1);
        const Eigen::MatrixXd gram = x.transpose() * x;
        const SymmetricEigen first = symmetric_eigen(gram);
        for (const int threads : {1, 2, 3}) {
            const SymmetricEigen again = symmetric_eigen(gram, {.threads = threads});
            CHECK(first.values == again.values);
            CHECK(first.vectors == again.vectors);
        }
    }
}
