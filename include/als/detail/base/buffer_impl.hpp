// SPDX-License-Identifier: MIT
// The implementation of buffer.hpp.
#pragma once

#include <als/detail/base/buffer.hpp>

#include <cstring>
#include <memory>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace als {
inline namespace ALS_ABI {
namespace detail {

inline constexpr std::size_t huge_page = std::size_t{2} << 20;

ALS_INLINE void FreeAligned::operator()(void* memory) const {
    ::operator delete (memory, std::align_val_t{alignment});
}

ALS_INLINE AlignedBytes allocate_aligned(std::size_t bytes) {
    constexpr std::size_t cache_line = 64;
    const std::size_t alignment = bytes >= huge_page ? huge_page : cache_line;
    AlignedBytes memory(::operator new (bytes, std::align_val_t{alignment}), {alignment});
#ifndef NDEBUG
    std::memset(memory.get(), 0xff, bytes);
#endif
    prefer_huge_pages(memory.get(), bytes);
    return memory;
}

ALS_INLINE void prefer_huge_pages([[maybe_unused]] void* memory,
                                  [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    void* first = memory;
    // Only a hint: failure is harmless.
    if (std::align(huge_page, huge_page, first, bytes) != nullptr)
        madvise(first, bytes, MADV_HUGEPAGE);
#endif
}

}  // namespace detail
}  // inline namespace
}  // namespace als
