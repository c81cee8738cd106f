// SPDX-License-Identifier: MIT
// Working memory that begins on a cache line, and in huge pages where it is large.
#pragma once

#include <als/version.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace als::inline ALS_ABI::detail {

/// Numbers without a value, to be written before they are read.
template <typename T>
class Buffer {
public:
    /// Makes room for `count` numbers; where there was less, the old ones are lost.
    void reserve(std::int64_t count) {
        if (count <= size_) return;
        const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(T);
        const bool huge = bytes >= huge_page;
        memory_.reset();
        size_ = 0;
        const std::align_val_t alignment{huge ? huge_page : cache_line};
        memory_ = {static_cast<T*>(::operator new(bytes, alignment)), Free{alignment}};
        size_ = count;
#ifndef NDEBUG
        std::memset(static_cast<void*>(memory_.get()), 0xff, bytes);  // NaNs: reading them shows
#endif
#if defined(__linux__) && defined(MADV_HUGEPAGE)
        if (huge) madvise(memory_.get(), bytes, MADV_HUGEPAGE);  // a wish: failure is harmless
#endif
    }

    [[nodiscard]] T* data() const { return memory_.get(); }

private:
    static constexpr std::size_t cache_line = 64;
    static constexpr std::size_t huge_page = std::size_t{2} << 20;

    struct Free {
        std::align_val_t alignment{cache_line};
        void operator()(T* memory) const { ::operator delete(memory, alignment); }
    };

    std::unique_ptr<T, Free> memory_;
    std::int64_t size_ = 0;
};

}  // namespace als::inline ALS_ABI::detail
