// SPDX-License-Identifier: MIT
// The generator: its numbers are the same on every platform and never change.
#include "../catch.hpp"
#include <als/detail/base/random.hpp>

#include <array>
#include <cmath>
#include <cstdint>

using als::detail::Stream;

TEST_CASE("random: the first output of SplitMix64 for seed 0") {
    CHECK(als::detail::scatter(0) == 0xe220a8397b1dcdafu);
}

TEST_CASE("random: a number depends on its key, and on every part of it") {
    using als::detail::random_bits;
    const std::uint64_t bits = random_bits(1, Stream{2}, 3, 4);
    CHECK(bits == random_bits(1, Stream{2}, 3, 4));
    CHECK(bits != random_bits(2, Stream{2}, 3, 4));
    CHECK(bits != random_bits(1, Stream{3}, 3, 4));
    CHECK(bits != random_bits(1, Stream{2}, 4, 4));
    CHECK(bits != random_bits(1, Stream{2}, 3, 5));
    CHECK(bits != random_bits(1, Stream{2}, 4, 3));
}

TEST_CASE("random: normal numbers have mean 0 and variance 1") {
    double mean = 0;
    double square = 0;
    for (std::uint64_t n = 0; n < 10000; ++n) {
        const double value = als::detail::random_normal(1, Stream{2}, n, 3);
        mean += value / 10000;
        square += value * value / 10000;
    }
    CHECK(std::abs(mean) < 0.05);
    CHECK(std::abs(square - 1) < 0.05);
}

TEST_CASE("random: uniform numbers fill the range from 0 to 1 evenly") {
    std::array<int, 10> counts{};
    for (std::uint64_t n = 0; n < 10000; ++n) {
        const double value = als::detail::random_uniform(5, Stream{1}, 7, n);
        REQUIRE(value >= 0);
        REQUIRE(value < 1);
        ++counts[static_cast<std::size_t>(10 * value)];
    }
    for (const int count : counts) CHECK(std::abs(count - 1000) < 150);
}

TEST_CASE("random: integers below a bound are equally frequent") {
    for (const std::uint64_t row : {0U, 1U, 9999U})
        CHECK(als::detail::random_below(1, 3, Stream{6}, row) == 0);
    std::array<int, 7> counts{};
    for (std::uint64_t row = 0; row < 7000; ++row)
        ++counts.at(als::detail::random_below(7, 3, Stream{6}, row));
    for (const int count : counts) CHECK(std::abs(count - 1000) < 150);
    // A bound for which half of all bits are rejected.
    const std::uint64_t bound = (std::uint64_t{1} << 63) + 1;
    for (std::uint64_t row = 0; row < 100; ++row)
        CHECK(als::detail::random_below(bound, 3, Stream{6}, row) < bound);
}
