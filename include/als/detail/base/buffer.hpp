// SPDX-License-Identifier: MIT
// Working memory that begins on a cache line and uses huge pages if it is large.
#pragma once

#include <als/version.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace als {
inline namespace ALS_ABI {
namespace detail {

struct FreeAligned {
    std::size_t alignment = 64;
    void operator()(void* memory) const;
};

/// Uninitialised bytes that begin on a cache line (or a huge page). Debug builds fill them with
/// NaNs, so that reading them shows.
using AlignedBytes = std::unique_ptr<void, FreeAligned>;
AlignedBytes allocate_aligned(std::size_t bytes);

/// Asks the system to use huge pages for memory that has not been written to yet: the first write
/// is then several times faster.
void prefer_huge_pages(void* memory, std::size_t bytes);

/// Uninitialised numbers, which must be written before they are read.
template <typename T>
class Buffer {
public:
    /// Makes room for `count` numbers. If the buffer has to grow, the old numbers are lost.
    void reserve(std::int64_t count) {
        if (count <= size_) return;
        memory_.reset();  // frees the old memory first, because both at once could be too much
        size_ = 0;
        memory_ = allocate_aligned(static_cast<std::size_t>(count) * sizeof(T));
        size_ = count;
    }

    [[nodiscard]] T* data() const { return static_cast<T*>(memory_.get()); }

private:
    AlignedBytes memory_;
    std::int64_t size_ = 0;
};

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/base/buffer_impl.hpp>
#endif
