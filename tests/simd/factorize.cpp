// SPDX-License-Identifier: MIT
// `factorize` against the Cholesky factorization of Eigen in double.
#include "kernel_data.hpp"

#include <Eigen/Cholesky>

using namespace simd_test;

namespace {

/// The factor U that the kernel has left: in each diagonal block R' is stored, and U's block is
/// diag(inverse_diagonal)^-1 R.
template <typename S>
MatrixXd factor_of(const RandomMatrix<S>& u, std::int64_t block) {
    MatrixXd result = upper(u.in_double());
    const VectorXd inverse = u.vector(0);
    for (std::int64_t i = 0; i < u.order; ++i) {
        const std::int64_t end = std::min(u.order, (i / block + 1) * block);
        for (std::int64_t j = i + 1; j < end; ++j)
            result(i, j) = static_cast<double>(u.matrix(j, i)) / inverse(i);
        result(i, i) = 1 / inverse(i);
    }
    return result;
}

/// The order of diagonal blocks.
template <typename S>
std::int64_t block_of(InstructionSet set) {
    const als::detail::Shape shape = als::detail::shape_of(set);
    return std::min(shape.block, shape.bytes / static_cast<int>(sizeof(S)));
}

}  // namespace

TEMPLATE_TEST_CASE("factorize: U'U is I + matrix + Q'Q, and the solution is begun", "", float,
                   double) {
    for (const InstructionSet set : als::supported_instruction_sets())
        for (const bool rounds : {false, true}) {
            const auto* const kernels = rounds
                                            ? als::detail::rounding_training_kernels<TestType>(set)
                                            : &als::detail::training_kernels<TestType>(set);
            if (kernels == nullptr) continue;
            std::mt19937 generator(1);
            for (const auto order : orders)
                for (const auto depth : depths)
                    for (const bool holds_sum : {false, true}) {
                        CAPTURE(als::name_of(set), order, depth, holds_sum, rounds);
                        RandomMatrix<TestType> u(generator, order,
                                                 0.5 / static_cast<double>(order));
                        auto panel = random_rows<TestType>(generator, depth, order, u.stride);
                        MatrixXd expected =
                            MatrixXd::Identity(order, order) + gram_of(panel, order);
                        if (holds_sum) expected += u.in_double();
                        const VectorXd right = u.vector(1);
                        REQUIRE(kernels->factorize({numbers_of(panel), u.stride, depth},
                                                   u.argument(holds_sum)));
                        const MatrixXd factor = factor_of(u, block_of<TestType>(set));
                        const double limit = 4 * (rounds ? coarse_rounding(depth)
                                                         : rounding<TestType>(order + depth));
                        CHECK((factor.transpose() * factor - expected).cwiseAbs().maxCoeff() <=
                              limit);

                        // solution = D^-1 of each block of U'^-1 right; D U'... is the block's R'.
                        const VectorXd begun = u.vector(2);
                        VectorXd y =
                            factor.transpose().template triangularView<Eigen::Lower>().solve(right);
                        CHECK((begun - y.cwiseProduct(u.vector(0))).cwiseAbs().maxCoeff() <= limit);
                        CHECK(u.is_untouched_behind_rows());
                    }
        }
}

TEMPLATE_TEST_CASE("factorize: says that a matrix is not positive definite, wherever it fails", "",
                   float, double) {
    for_training_kernels<TestType>([](const auto& kernels, bool) {
        std::mt19937 generator(2);
        for (const std::int64_t order : {1, 9, 40})
            for (const std::int64_t bad : {std::int64_t{0}, order / 2, order - 1})
                for (const TestType value :
                     {TestType(-1), TestType(-5), std::numeric_limits<TestType>::quiet_NaN()}) {
                    CAPTURE(order, bad, value);
                    RandomMatrix<TestType> u(generator, order, 0);
                    u.matrix(bad, bad) = value;
                    CHECK_FALSE(
                        kernels.factorize({u.matrix.data(), u.stride, 0}, u.argument(true)));
                }
    });
}
