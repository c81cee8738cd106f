// SPDX-License-Identifier: MIT
// Conversions of indices and counts: no number changes.
#include "../catch.hpp"
#include <als/detail/base/index.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

using als::detail::to_count;
using als::detail::to_int32;
using als::detail::to_size;

TEST_CASE("index: an index of any type keeps its value as a size") {
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    STATIC_REQUIRE(std::is_same_v<decltype(to_size(1)), std::size_t>);
    STATIC_REQUIRE(to_size(0) == 0);
    STATIC_REQUIRE(to_size(std::int32_t{2147483647}) == 2147483647U);
    STATIC_REQUIRE(to_size(largest) == 9223372036854775807U);
    STATIC_REQUIRE(to_size(std::uint64_t{3}) == 3);
}

TEST_CASE("index: what fits 32 bits keeps its value, and a size is a signed count") {
    STATIC_REQUIRE(std::is_same_v<decltype(to_int32(1L)), std::int32_t>);
    STATIC_REQUIRE(to_int32(std::int64_t{2147483647}) == 2147483647);
    STATIC_REQUIRE(to_int32(std::int64_t{-1}) == -1);
    STATIC_REQUIRE(to_int32(std::size_t{2147483647}) == 2147483647);
    STATIC_REQUIRE(std::is_same_v<decltype(to_count(1)), std::int64_t>);
    STATIC_REQUIRE(to_count(std::size_t{1} << 40) == std::int64_t{1} << 40);
}
