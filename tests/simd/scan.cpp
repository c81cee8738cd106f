// SPDX-License-Identifier: MIT
// `scan`, `at_or_above` and `write_queries` against plain loops.
#include "kernel_data.hpp"

using namespace simd_test;
using als::detail::scan_columns;
using als::detail::scan_rows;

TEMPLATE_TEST_CASE("scan: finds the candidates whose sums are not below a query's limit", "", float,
                   double) {
    for_query_kernels<TestType>([](const auto& kernels, bool rounds) {
        std::mt19937 generator(1);
        for (const std::int64_t depth : {1, 2, 15, 16, 33, 100})
            for (const std::int64_t count : {scan_rows, 3 * scan_rows}) {
                CAPTURE(depth, count, rounds);
                const std::int64_t width = padded<TestType>(depth);
                const std::int64_t stride = rounds ? width / 2 : width;
                const auto queries = random_rows<TestType>(generator, count, depth, width);
                auto panel = random_rows<TestType>(generator, depth, scan_columns, scan_columns);
                const MatrixXd sums = (queries.leftCols(depth).template cast<double>() *
                                       panel.template cast<double>());
                const auto start = random_rows<TestType>(generator, 1, scan_columns, scan_columns);
                const auto limits = random_rows<TestType>(generator, 1, count, count);
                FactorMatrix<TestType> written(count, width);
                kernels.write_queries(queries.data(), count * width, written.data());
                std::vector<std::uint64_t> above(static_cast<std::size_t>(count + 1), 77);
                kernels.scan({written.data(), stride, count, panel.data(), depth, start.data(),
                              limits.data(), above.data()});
                const double margin = rounds ? coarse_rounding(depth) : rounding<TestType>(depth);
                int wrong = 0;
                for (std::int64_t q = 0; q < count; ++q)
                    for (std::int64_t j = 0; j < scan_columns; ++j) {
                        const double excess = sums(q, j) + static_cast<double>(start(0, j)) -
                                              static_cast<double>(limits(0, q));
                        const bool bit = (above[static_cast<std::size_t>(q)] >> j & 1) != 0;
                        wrong += std::abs(excess) > margin && bit != (excess > 0);
                    }
                CHECK(wrong == 0);
                for (std::int64_t q = 0; q < count; ++q)
                    CHECK(above[static_cast<std::size_t>(q)] >> scan_columns == 0);
                CHECK(above.back() == 77);
            }
    });
}

TEMPLATE_TEST_CASE("at_or_above: equal scores and those that are not numbers count as above", "",
                   float, double) {
    constexpr TestType nan = std::numeric_limits<TestType>::quiet_NaN();
    constexpr TestType infinity = std::numeric_limits<TestType>::infinity();
    for_query_kernels<TestType>([&](const auto& kernels, bool) {
        std::mt19937 generator(2);
        for (int round = 0; round < 20; ++round) {
            auto scores = random_rows<TestType>(generator, 1, scan_columns, scan_columns);
            scores(0, round) = nan;
            scores(0, round + 1) = infinity;
            scores(0, round + 2) = -infinity;
            for (const TestType limit : {scores(0, 47), TestType(0), -infinity, infinity, nan}) {
                std::uint64_t expected = 0;
                for (std::int64_t j = 0; j < scan_columns; ++j)
                    expected |= static_cast<std::uint64_t>(!(scores(0, j) < limit)) << j;
                CHECK(kernels.at_or_above(scores.data(), limit) == expected);
            }
        }
    });
}

TEMPLATE_TEST_CASE("write_queries: writes as many numbers as it reads, or half of the words", "",
                   float, double) {
    for_query_kernels<TestType>([](const auto& kernels, bool rounds) {
        std::mt19937 generator(3);
        for (const std::int64_t count : {0, 16, 32, 160}) {
            const auto numbers = random_rows<TestType>(generator, 1, count, count);
            FactorMatrix<TestType> written =
                FactorMatrix<TestType>::Constant(1, count + 1, untouched<TestType>);
            kernels.write_queries(numbers.data(), count, written.data());
            const std::int64_t words = rounds ? count / 2 : count;
            if (!rounds) CHECK(written.leftCols(words) == numbers);
            CHECK((written.rightCols(count + 1 - words).array() == untouched<TestType>).all());
        }
    });
}

using Words = Eigen::Matrix<std::uint16_t, 1, 16>;

TEST_CASE("write_queries: bfloat16 is the nearest one, the even one of two") {
    // The upper half of a float's bits is a bfloat16.
    const auto* const kernels =
        als::detail::rounding_query_kernels<float>(InstructionSet::avx512_bf16);
    if (!als::is_supported(InstructionSet::avx512_bf16)) return;
    REQUIRE(kernels != nullptr);
    FactorMatrix<float> numbers = FactorMatrix<float>::Zero(1, 16);
    numbers(0, 0) = 1;
    numbers(0, 1) = 1 + 0x1p-8F;      // half way, to the even 1
    numbers(0, 2) = 1 + 0x1.8p-7F;    // half way, to the even 1 + 2^-6
    numbers(0, 3) = -1 - 0x1.01p-8F;  // just above half way
    Words expected = Words::Zero();
    expected(0, 0) = 0x3f80;
    expected(0, 1) = 0x3f80;
    expected(0, 2) = 0x3f82;
    expected(0, 3) = 0xbf81;
    Words written;
    kernels->write_queries(numbers.data(), 16, reinterpret_cast<float*>(written.data()));
    CHECK(written == expected);
}
