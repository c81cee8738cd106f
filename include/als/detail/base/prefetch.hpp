// SPDX-License-Identifier: MIT
// Prefetching of memory that is needed soon.
#pragma once

#include <als/detail/base/compiler.hpp>
#include <als/version.hpp>

#include <cstddef>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Prefetches `bytes` bytes, starting at `begin`, into the second-level cache.
inline void prefetch(const void* begin, std::size_t bytes) {
    constexpr std::size_t cache_line = 64;
    const auto* const first = static_cast<const char*>(begin);
    for (std::size_t byte = 0; byte < bytes; byte += cache_line) ALS_PREFETCH(first + byte);
}

}  // namespace detail
}  // inline namespace
}  // namespace als
