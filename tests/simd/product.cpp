// SPDX-License-Identifier: MIT
// `product` against the product in double.
#include "kernel_data.hpp"

using namespace simd_test;

TEMPLATE_TEST_CASE("product: a triangle on the right gives what its whole matrix gives", "", float,
                   double) {
    using als::detail::Triangle;
    for_training_kernels<TestType>([](const auto& kernels, bool) {
        std::mt19937 generator(2);
        for (const Triangle triangle : {Triangle::upper, Triangle::lower})
            for (const std::int64_t rows : {1, 8, 9})
                for (const std::int64_t order : {1, 3, 16, 17, 48, 50, 100, 129}) {
                    CAPTURE(rows, order);
                    const std::int64_t width = padded<TestType>(order);
                    const auto left = random_rows<TestType>(generator, rows, order, order);
                    FactorMatrix<TestType> right =
                        random_rows<TestType>(generator, order, order, width);
                    for (std::int64_t f = 0; f < order; ++f)
                        for (std::int64_t g = 0; g < order; ++g)
                            if (triangle == Triangle::upper ? f > g : f < g) right(f, g) = 0;
                    FactorMatrix<TestType> result(rows, width), whole(rows, width);
                    kernels.product({numbers_of(left), order, right.data(), width, result.data(),
                                     width, rows, order, width, triangle});
                    kernels.product({numbers_of(left), order, right.data(), width, whole.data(),
                                     width, rows, order, width});
                    CHECK(result == whole);
                }
    });
}

TEMPLATE_TEST_CASE("product: writes left times right for any number of rows", "", float, double) {
    for_training_kernels<TestType>([](const auto& kernels, bool) {
        std::mt19937 generator(1);
        for (const std::int64_t rows : {0, 1, 2, 5, 8, 9, 16, 23})
            for (const std::int64_t depth : {0, 1, 3, 64, 257})
                for (const std::int64_t columns : {1, 16, 17, 48, 50, 100}) {
                    CAPTURE(rows, depth, columns);
                    const std::int64_t width = padded<TestType>(columns);
                    const std::int64_t stride = width + 3;
                    const auto left = random_rows<TestType>(generator, rows, depth, depth + 2);
                    const auto right = random_rows<TestType>(generator, depth, columns, width + 1);
                    FactorMatrix<TestType> result =
                        FactorMatrix<TestType>::Constant(rows + 1, stride, untouched<TestType>);
                    kernels.product({numbers_of(left), depth + 2, numbers_of(right), width + 1,
                                     result.data(), stride, rows, depth, width});
                    const MatrixXd expected = left.leftCols(depth).template cast<double>() *
                                              right.leftCols(width).template cast<double>();
                    const MatrixXd error =
                        result.topLeftCorner(rows, width).template cast<double>() - expected;
                    CHECK((error.array().abs() <= rounding<TestType>(depth)).all());
                    CHECK((result.rightCols(3).array() == untouched<TestType>).all());
                    CHECK((result.bottomRows(1).array() == untouched<TestType>).all());
                }
    });
}
