// SPDX-License-Identifier: MIT
// Sorted lists of ids, for lookup.
#pragma once

#include <als/types.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Ids in ascending order: the list itself, or a copy.
template <Id Index>
class SortedIds {
public:
    SortedIds() = default;
    explicit SortedIds(std::span<const Index> ids) : ids_(ids) {
        if (std::is_sorted(ids.begin(), ids.end())) return;
        copy_.assign(ids.begin(), ids.end());
        std::sort(copy_.begin(), copy_.end());
        ids_ = copy_;
    }
    SortedIds(SortedIds&&) noexcept = default;
    SortedIds& operator=(SortedIds&&) noexcept = default;
    SortedIds(const SortedIds&) = delete;  // ids_ would refer to the other object
    SortedIds& operator=(const SortedIds&) = delete;
    ~SortedIds() = default;

    [[nodiscard]] bool contains(Index id) const {
        return std::binary_search(ids_.begin(), ids_.end(), id);
    }
    [[nodiscard]] std::span<const Index> ids() const { return ids_; }

private:
    std::vector<Index> copy_;
    std::span<const Index> ids_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
