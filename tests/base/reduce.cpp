// SPDX-License-Identifier: MIT
// Reductions in lanes against plain loops, for counts around the number of lanes.
#include "../catch.hpp"
#include <als/detail/base/reduce.hpp>

#include <algorithm>
#include <limits>
#include <random>
#include <utility>
#include <vector>

using namespace als_test;

namespace {

template <typename Number>
std::vector<Number> random_numbers(std::int64_t count) {
    std::mt19937 generator(static_cast<std::uint32_t>(count) + 1);
    std::vector<Number> numbers;
    for (std::int64_t n = 0; n < count; ++n)
        numbers.push_back(static_cast<Number>(1 + generator() % 1000) / Number(100));
    return numbers;
}

}  // namespace

TEMPLATE_TEST_CASE("reduce: sums of squares and ratios of extremes are those of plain loops", "",
                   float, double) {
    for (std::int64_t count = 1; count < 40; ++count) {
        CAPTURE(count);
        const auto numbers = random_numbers<TestType>(count);
        double squares = 0;
        for (const TestType x : numbers) squares += static_cast<double>(x) * static_cast<double>(x);
        CHECK_THAT(static_cast<double>(als::detail::sum_of_squares(numbers.data(), count)),
                   WithinRel(squares, 1e-5));
        const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
        CHECK(als::detail::ratio_of_extremes(numbers.data(), count) == *low / *high);
    }
    CHECK(als::detail::sum_of_squares(static_cast<const TestType*>(nullptr), 0) == 0);
}

TEMPLATE_TEST_CASE("reduce: a NaN or an infinity anywhere is found", "", float, double) {
    using Limits = std::numeric_limits<TestType>;
    for (std::int64_t count = 0; count < 40; ++count) {
        auto numbers = random_numbers<TestType>(count);
        CHECK(als::detail::all_finite(numbers.data(), count));
        for (TestType& number : numbers)
            for (const TestType bad :
                 {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
                CAPTURE(count, &number - numbers.data(), bad);
                const TestType kept = std::exchange(number, bad);
                CHECK_FALSE(als::detail::all_finite(numbers.data(), count));
                number = kept;
            }
    }
    const std::vector<TestType> largest(20, Limits::max());
    CHECK(als::detail::all_finite(largest.data(), 20));
}
