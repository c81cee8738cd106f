// SPDX-License-Identifier: MIT
// `dot` against a plain loop.
#include "kernel_data.hpp"

using namespace simd_test;

TEMPLATE_TEST_CASE("dot: is the sum of products in double for any length, aligned or not", "",
                   float, double) {
    for_query_kernels<TestType>([](const auto& kernels, bool) {
        std::mt19937 generator(1);
        for (std::int64_t count = 0; count < 100; ++count) {
            CAPTURE(count);
            const auto a = random_rows<TestType>(generator, 1, count + 4, count + 4);
            const auto b = random_rows<TestType>(generator, 1, count + 4, count + 4);
            double expected = 0;
            for (std::int64_t f = 0; f < count; ++f)
                expected += static_cast<double>(a(0, f + 1)) * static_cast<double>(b(0, f + 3));
            CHECK_THAT(kernels.dot(a.data() + 1, b.data() + 3, count),
                       als_test::WithinAbs(expected, rounding<double>(count)));
        }
    });
}

TEST_CASE("dot: floats give the same bits with every instruction set") {
    std::mt19937 generator(2);
    for (std::int64_t count = 0; count < 100; ++count) {
        const auto a = random_rows<float>(generator, 1, count, count);
        const auto b = random_rows<float>(generator, 1, count, count);
        const double portable = als::detail::query_kernels<float>(InstructionSet::portable)
                                    .dot(a.data(), b.data(), count);
        for_query_kernels<float>([&](const auto& kernels, bool) {
            CHECK(kernels.dot(a.data(), b.data(), count) == portable);
        });
    }
}
