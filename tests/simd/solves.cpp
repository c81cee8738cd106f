// SPDX-License-Identifier: MIT
// `solve_forward` and `solve_back` against the solution in double.
#include "kernel_data.hpp"

#include <Eigen/Cholesky>

using namespace simd_test;

namespace {

/// I + Q'Q with its factorization.
template <typename S>
struct Solved {
    RandomMatrix<S> u;
    MatrixXd matrix;
    VectorXd right;

    Solved(std::mt19937& generator, const als::detail::TrainingKernels<S>& kernels,
           std::int64_t order, std::int64_t depth)
        : u(generator, order, 0), right(u.vector(1)) {
        auto panel = random_rows<S>(generator, depth, order, u.stride);
        panel /= static_cast<S>(std::sqrt(static_cast<double>(depth)));
        matrix = MatrixXd::Identity(order, order) + gram_of(panel, order);
        REQUIRE(kernels.factorize({panel.data(), u.stride, depth}, u.argument(false)));
    }

    [[nodiscard]] double error() const {
        const VectorXd expected = matrix.llt().solve(right);
        return (u.vector(2) - expected).norm() / expected.norm();
    }
};

}  // namespace

TEMPLATE_TEST_CASE("solve_back: completes the solution that factorize has begun", "", float,
                   double) {
    for_training_kernels<TestType>([](const auto& kernels, bool rounds) {
        std::mt19937 generator(1);
        for (const auto order : orders) {
            CAPTURE(order, rounds);
            Solved<TestType> solved(generator, kernels, order, 2 * order);
            kernels.solve_back(solved.u.argument(false));
            CHECK(solved.error() <= (rounds ? 2e-2 : rounding<TestType>(order)));
        }
    });
}

TEMPLATE_TEST_CASE("solve_forward: begins the solution of one more right-hand side", "", float,
                   double) {
    for_training_kernels<TestType>([](const auto& kernels, bool rounds) {
        std::mt19937 generator(2);
        for (const auto order : orders) {
            CAPTURE(order, rounds);
            Solved<TestType> solved(generator, kernels, order, 2 * order);
            const MatrixXd factor = solved.u.in_double();
            for (std::int64_t f = 0; f < order; ++f)
                solved.u.vectors(1, f) = static_cast<TestType>(random_number(generator));
            solved.right = solved.u.vector(1);
            const auto argument = solved.u.argument(false);
            kernels.solve_forward(argument);
            kernels.solve_back(argument);
            CHECK(solved.error() <= (rounds ? 2e-2 : rounding<TestType>(order)));
            CHECK(solved.u.in_double() == factor);
            CHECK((solved.u.vectors.rightCols(solved.u.width - order).bottomRows(1).array() == 0)
                      .all());
        }
    });
}
