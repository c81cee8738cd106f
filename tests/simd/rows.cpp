// SPDX-License-Identifier: MIT
// `multiply`, `sum_rows` and `sum_residuals` against plain loops.
#include "kernel_data.hpp"

using namespace simd_test;

namespace {

constexpr std::int64_t row_counts[] = {0, 1, 2, 3, 7, 8, 9, 15, 17, 64, 65, 200};
constexpr std::int64_t row_widths[] = {1, 5, 16, 17, 33, 64, 100};

/// Compares a vector of `width` numbers with the expected one.
template <typename S>
double error_of(const FactorMatrix<S>& result, const VectorXd& expected) {
    if (expected.size() == 0) return 0;
    return (result.row(0).head(expected.size()).transpose().template cast<double>() - expected)
        .cwiseAbs()
        .maxCoeff();
}

}  // namespace

TEMPLATE_TEST_CASE("multiply: writes w . x for every term and nothing behind the last", "", float,
                   double) {
    for_training_kernels<TestType>([](const auto& kernels, bool) {
        std::mt19937 generator(1);
        for (const auto count : row_counts)
            for (const auto factors : row_widths) {
                CAPTURE(count, factors);
                const RandomTerms<TestType> data(generator, count, factors);
                const auto x = random_rows<TestType>(generator, 1, factors, data.width);
                FactorMatrix<TestType> result =
                    FactorMatrix<TestType>::Constant(1, count + 1, untouched<TestType>);
                kernels.multiply(data.terms(), x.data(), data.width, result.data());
                const VectorXd expected =
                    data.w.template cast<double>() * x.row(0).transpose().template cast<double>();
                CHECK(error_of(result, expected) <= rounding<TestType>(factors));
                CHECK(result(0, count) == untouched<TestType>);
            }
    });
}

TEMPLATE_TEST_CASE("multiply_in_double, sum_residuals_in_double: sums are in double", "", float,
                   double) {
    for_training_kernels<TestType>([](const auto& kernels, bool) {
        std::mt19937 generator(6);
        for (const auto count : row_counts)
            for (const auto factors : row_widths) {
                CAPTURE(count, factors);
                const RandomTerms<TestType> data(generator, count, factors);
                const auto x = random_rows<double>(generator, 1, factors, data.width);
                const VectorXd dots = data.w.template cast<double>() * x.row(0).transpose();
                FactorMatrix<double> result =
                    FactorMatrix<double>::Constant(1, count + 1, untouched<double>);
                kernels.multiply_in_double(data.terms(), x.data(), data.width, result.data());
                CHECK(error_of(result, dots) <= rounding<double>(factors));
                CHECK(result(0, count) == untouched<double>);

                for (const bool has_x : {true, false}) {
                    auto sum = random_rows<double>(generator, 1, factors, data.width + 1);
                    sum(0, data.width) = untouched<double>;
                    VectorXd expected = sum.row(0).head(data.width);
                    for (std::int64_t j = 0; j < count; ++j) {
                        const auto at = static_cast<std::size_t>(j);
                        expected += (data.c[at] - (has_x ? data.d[at] * dots(j) : 0)) * data.row(j);
                    }
                    kernels.sum_residuals_in_double(data.terms(), has_x ? x.data() : nullptr,
                                                    data.width, sum.data());
                    CHECK(error_of(sum, expected) <= 10 * rounding<double>(count + factors));
                    CHECK(sum(0, data.width) == untouched<double>);
                }
            }
    });
}

TEMPLATE_TEST_CASE("sum_rows: adds c_j w_j of every term", "", float, double) {
    for_training_kernels<TestType>([](const auto& kernels, bool) {
        std::mt19937 generator(2);
        for (const auto count : row_counts)
            for (const auto factors : row_widths) {
                CAPTURE(count, factors);
                const RandomTerms<TestType> data(generator, count, factors);
                auto result = random_rows<TestType>(generator, 1, factors, data.width + 1);
                result(0, data.width) = untouched<TestType>;
                VectorXd expected =
                    result.row(0).head(data.width).transpose().template cast<double>();
                for (std::int64_t j = 0; j < count; ++j)
                    expected += data.c[static_cast<std::size_t>(j)] * data.row(j);
                kernels.sum_rows(data.terms(), data.width, result.data());
                CHECK(error_of(result, expected) <= rounding<TestType>(count));
                CHECK(result(0, data.width) == untouched<TestType>);
            }
    });
}

TEMPLATE_TEST_CASE("sum_residuals: adds (c_j - d_j w_j . x) w_j of every term", "", float, double) {
    for_training_kernels<TestType>([](const auto& kernels, bool) {
        std::mt19937 generator(3);
        for (const auto count : row_counts)
            for (const auto factors : row_widths) {
                CAPTURE(count, factors);
                const RandomTerms<TestType> data(generator, count, factors);
                const auto x = random_rows<TestType>(generator, 1, factors, data.width);
                auto result = random_rows<TestType>(generator, 1, factors, data.width + 1);
                result(0, data.width) = untouched<TestType>;
                VectorXd expected =
                    result.row(0).head(data.width).transpose().template cast<double>();
                for (std::int64_t j = 0; j < count; ++j) {
                    const auto at = static_cast<std::size_t>(j);
                    const double product =
                        data.row(j).dot(x.row(0).transpose().template cast<double>());
                    expected += (data.c[at] - data.d[at] * product) * data.row(j);
                }
                kernels.sum_residuals(data.terms(), x.data(), data.width, result.data());
                CHECK(error_of(result, expected) <= 4 * rounding<TestType>(factors + 4 * count));
                CHECK(result(0, data.width) == untouched<TestType>);
            }
    });
}
