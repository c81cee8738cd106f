// SPDX-License-Identifier: MIT
// Conversions between the integers of indices and sizes: `User` and `Item` have 32 bits, counts of
// entries 64, and containers use std::size_t.
#pragma once

#include <als/version.hpp>

#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Converts an index or a count >= 0 to the index type of containers; asserted in debug builds.
template <std::integral Integer>
constexpr std::size_t to_size(Integer index) {
    if constexpr (std::signed_integral<Integer>) assert(index >= 0);
    return static_cast<std::size_t>(index);
}

/// Converts a number that fits the 32 bits of `User` and `Item`; asserted in debug builds.
template <std::integral Integer>
constexpr std::int32_t to_int32(Integer number) {
    assert(number <= static_cast<Integer>(std::numeric_limits<std::int32_t>::max()));
    return static_cast<std::int32_t>(number);
}

/// A container's size as a signed count.
constexpr std::int64_t to_count(std::size_t size) { return static_cast<std::int64_t>(size); }

}  // namespace detail
}  // inline namespace
}  // namespace als
