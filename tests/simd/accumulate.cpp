// SPDX-License-Identifier: MIT
// `accumulate` against Q'Q by plain loops.
#include "kernel_data.hpp"

using namespace simd_test;

TEMPLATE_TEST_CASE("accumulate: adds Q'Q on and right of the diagonal", "", float, double) {
    for_training_kernels<TestType>([](const auto& kernels, bool rounds) {
        std::mt19937 generator(1);
        for (const auto order : orders)
            for (const auto depth : depths)
                for (const bool holds_sum : {false, true}) {
                    CAPTURE(order, depth, holds_sum, rounds);
                    RandomMatrix<TestType> sum(generator, order, 1);
                    auto panel = random_rows<TestType>(generator, depth, order, sum.stride);
                    MatrixXd expected = gram_of(panel, order);
                    if (holds_sum) expected += sum.in_double();
                    kernels.accumulate({numbers_of(panel), sum.stride, depth},
                                       sum.argument(holds_sum));
                    const double limit =
                        rounds ? coarse_rounding(depth) : rounding<TestType>(depth);
                    CHECK(upper(sum.in_double() - expected).cwiseAbs().maxCoeff() <= limit);
                    CHECK(sum.is_untouched_behind_rows());
                }
    });
}

TEMPLATE_TEST_CASE("accumulate: a matrix that holds no sum may hold anything, even NaN", "", float,
                   double) {
    for_training_kernels<TestType>([](const auto& kernels, bool) {
        std::mt19937 generator(2);
        RandomMatrix<TestType> sum(generator, 50, 1);
        sum.matrix.leftCols(sum.width).setConstant(std::numeric_limits<TestType>::quiet_NaN());
        FactorMatrix<TestType> panel = random_rows<TestType>(generator, 9, 50, sum.stride);
        kernels.accumulate({panel.data(), sum.stride, 9}, sum.argument(false));
        CHECK(upper(sum.in_double()).allFinite());
    });
}

TEMPLATE_TEST_CASE("accumulate: fetching upcoming rows does not change the sum", "", float,
                   double) {
    for_training_kernels<TestType>([](const auto& kernels, bool) {
        std::mt19937 generator(3);
        const RandomTerms<TestType> upcoming(generator, 70, 100);
        const auto bytes = static_cast<std::int64_t>(sizeof(TestType)) * upcoming.width;
        for (const std::int64_t depth : {1, 5, 120}) {
            RandomMatrix<TestType> with(generator, 60, 1);
            RandomMatrix<TestType> without = with;
            FactorMatrix<TestType> panel = random_rows<TestType>(generator, depth, 60, with.stride);
            FactorMatrix<TestType> copy = panel;
            kernels.accumulate(
                {panel.data(), with.stride, depth, {upcoming.rows.data(), 70, bytes}},
                with.argument(true));
            kernels.accumulate({copy.data(), with.stride, depth}, without.argument(true));
            CHECK(with.in_double() == without.in_double());
        }
    });
}

TEMPLATE_TEST_CASE("accumulate: one function serves whoever needs only that kernel", "", float,
                   double) {
    for (const InstructionSet set : als::supported_instruction_sets())
        CHECK(als::detail::accumulate_kernel<TestType>(set) ==
              als::detail::training_kernels<TestType>(set).accumulate);
}
