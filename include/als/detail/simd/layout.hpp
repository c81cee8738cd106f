// SPDX-License-Identifier: MIT
// How the kernels expect numbers in memory: rows are padded with zeros to whole cache lines, and
// the rows of a panel are spaced so that a column spreads over the whole cache.
#pragma once

#include <als/types.hpp>

#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Numbers in a cache line of 64 bytes. It is a whole number of vectors for every instruction set.
template <Real S>
inline constexpr std::int64_t line = 64 / static_cast<std::int64_t>(sizeof(S));

/// A width rounded up to whole cache lines.
template <Real S>
constexpr std::int64_t padded(std::int64_t width) {
    return (width + line<S> - 1) / line<S> * line<S>;
}

/// The distance between rows of this width in a panel or a matrix: an odd number of cache lines. An
/// even one would put the numbers of a column into a few of the cache's sets.
template <Real S>
constexpr std::int64_t spread(std::int64_t width) {
    return (padded<S>(width) / line<S> | 1) * line<S>;
}

}  // namespace detail
}  // inline namespace
}  // namespace als
