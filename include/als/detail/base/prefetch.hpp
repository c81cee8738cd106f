// SPDX-License-Identifier: MIT
// Prefetching of memory that is needed soon.
#pragma once

#include <als/version.hpp>

#include <cstddef>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Prefetches `bytes` bytes from `begin` on into the second-level cache.
inline void prefetch(const void* begin, std::size_t bytes) {
    constexpr std::size_t cache_line = 64;
    const auto* const first = static_cast<const char*>(begin);
    for (std::size_t byte = 0; byte < bytes; byte += cache_line)
        __builtin_prefetch(first + byte, 0, 2);
}

}  // namespace detail
}  // inline namespace
}  // namespace als
