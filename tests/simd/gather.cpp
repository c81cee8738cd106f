// SPDX-License-Identifier: MIT
// `gather` and `gather_transposed` against plain loops.
#include "kernel_data.hpp"

#include <utility>

using namespace simd_test;

namespace {

constexpr std::int64_t counts[] = {0, 1, 2, 7, 8, 9, 16, 17, 63, 64, 65, 200};
constexpr std::int64_t widths[] = {1, 5, 16, 17, 32, 50, 64, 100, 129};

/// Whether rows are scaled, and shifted.
constexpr std::pair<bool, bool> maps[] = {{false, false}, {true, false}, {true, true}};

template <typename S>
FactorMatrix<S> random_scale(std::mt19937& generator, std::int64_t width) {
    FactorMatrix<S> scale = random_rows<S>(generator, 1, width, padded<S>(width));
    scale.leftCols(width).array() += S(2);
    return scale;
}

}  // namespace

TEMPLATE_TEST_CASE("gather: writes scaled rows to the panel and adds their sum to the right side",
                   "", float, double) {
    for_training_kernels<TestType>([](const auto& kernels, bool) {
        std::mt19937 generator(1);
        for (const auto count : counts)
            for (const auto factors : widths)
                for (const auto& [scaled, shifted] : maps) {
                    CAPTURE(count, factors, scaled, shifted);
                    const RandomTerms<TestType> data(generator, count, factors);
                    const std::int64_t width = data.width;
                    const std::int64_t stride = width + als::detail::line<TestType>;
                    const auto scale = random_scale<TestType>(generator, factors);
                    const auto shift = random_rows<TestType>(generator, 1, factors, width);
                    auto right = random_rows<TestType>(generator, 1, factors, width);
                    VectorXd expected = right.row(0).transpose().template cast<double>();
                    FactorMatrix<TestType> panel =
                        FactorMatrix<TestType>::Constant(count + 1, stride, untouched<TestType>);
                    kernels.gather(
                        data.terms(),
                        {scaled ? scale.data() : nullptr, shifted ? shift.data() : nullptr}, width,
                        panel.data(), stride, right.data());
                    double error = 0;
                    for (std::int64_t j = 0; j < count; ++j) {
                        VectorXd row = data.row(j);
                        if (scaled)
                            row.array() *= scale.row(0).transpose().template cast<double>().array();
                        const auto at = static_cast<std::size_t>(j);
                        expected += data.c[at] * row;
                        if (shifted) row -= shift.row(0).transpose().template cast<double>();
                        const VectorXd written =
                            panel.row(j).head(width).transpose().template cast<double>();
                        error = std::max(
                            error, (written - std::sqrt(data.d[at]) * row).cwiseAbs().maxCoeff());
                    }
                    CHECK(error <= rounding<TestType>(1));
                    CHECK((right.row(0).transpose().template cast<double>() - expected)
                              .cwiseAbs()
                              .maxCoeff() <= 3 * rounding<TestType>(count));
                    // Columns of padding become zeros; the memory after them is not touched.
                    CHECK(
                        (panel.topRows(count).leftCols(width).rightCols(width - factors).array() ==
                         0)
                            .all());
                    CHECK((panel.rightCols(stride - width).array() == untouched<TestType>).all());
                    CHECK((panel.bottomRows(1).array() == untouched<TestType>).all());
                }
    });
}

TEMPLATE_TEST_CASE("gather_transposed: writes scaled rows as columns, padded with zeros", "", float,
                   double) {
    for_training_kernels<TestType>([](const auto& kernels, bool) {
        std::mt19937 generator(2);
        for (const auto count : counts)
            for (const auto factors : widths)
                for (const auto& [scaled, shifted] : maps) {
                    CAPTURE(count, factors, scaled, shifted);
                    const RandomTerms<TestType> data(generator, count, factors);
                    const std::int64_t stride = padded<TestType>(count + 1);
                    const auto scale = random_scale<TestType>(generator, factors);
                    const auto shift = random_rows<TestType>(generator, 1, factors, data.width);
                    FactorMatrix<TestType> panel = FactorMatrix<TestType>::Constant(
                        data.width + 1, stride, untouched<TestType>);
                    kernels.gather_transposed(
                        data.terms(),
                        {scaled ? scale.data() : nullptr, shifted ? shift.data() : nullptr},
                        data.width, panel.data(), stride);
                    double error = 0;
                    for (std::int64_t j = 0; j < count; ++j)
                        for (std::int64_t f = 0; f < data.width; ++f) {
                            const double t = scaled ? static_cast<double>(scale(0, f)) : 1;
                            const double v = shifted ? static_cast<double>(shift(0, f)) : 0;
                            const double expected = std::sqrt(data.d[static_cast<std::size_t>(j)]) *
                                                    (static_cast<double>(data.w(j, f)) * t - v);
                            error = std::max(error,
                                             std::abs(static_cast<double>(panel(f, j)) - expected));
                        }
                    CHECK(error <= rounding<TestType>(1));
                    const auto behind = panel.topRows(data.width).rightCols(stride - count).array();
                    CHECK((behind == 0 || behind == untouched<TestType>).all());
                    CHECK((panel.bottomRows(1).array() == untouched<TestType>).all());
                }
    });
}

TEMPLATE_TEST_CASE("gather_transposed: a table of queries has the same function", "", float,
                   double) {
    for (const InstructionSet set : als::supported_instruction_sets()) {
        const auto& training = als::detail::training_kernels<TestType>(set);
        const auto& query = als::detail::query_kernels<TestType>(set);
        CHECK(training.gather_transposed == query.gather_transposed);
        CHECK(training.multiply == query.multiply);
    }
}
