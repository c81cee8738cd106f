// SPDX-License-Identifier: MIT
// The implementation of <als/id_map.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/error.hpp>
#include <als/id_map.hpp>

#include <functional>
#include <limits>
#include <utility>

namespace als {
inline namespace ALS_ABI {

namespace detail {

/// The index after `count` others. Throws `InputError` if it does not fit the 32 bits of an index.
template <Id Index>
Index next_index(std::size_t count) {
    constexpr auto most = detail::to_size(std::numeric_limits<std::int32_t>::max());
    if (count >= most)
        throw InputError(message("als::IdMap: there are ", count, " ", name_of<Index>(),
                                 "s; no more than ", most, " can be numbered"));
    return Index{static_cast<std::int32_t>(count)};
}

/// What the rest of the library may see of `IdMap`.
struct IdMapAccess {
    /// Marks all ids that the map has now as those of one source, and returns its marks. Cost:
    /// O(length of the ids that are not marked yet).
    template <Id Index>
    static const IdsMarks& mark(IdMap<Index>& ids) {
        IdsMark mark = ids.marks_.empty() ? IdsMark{0, hash_of_no_ids} : ids.marks_.back();
        if (!ids.marks_.empty() && mark.count == ids.size()) return ids.marks_;
        for (; mark.count < ids.size(); ++mark.count)
            mark.hash = hash_with(mark.hash, ids.names_[to_size(mark.count)]);
        ids.marks_.push_back(mark);
        return ids.marks_;
    }
};

}  // namespace detail

template <Id Index>
Index IdMap<Index>::add(std::string_view id) {
    if (slots_.empty()) slots_.assign(smallest, vacant);
    std::size_t slot = slot_of(slots_, id);
    if (slots_[slot] != vacant) return Index{slots_[slot]};

    const auto index = detail::next_index<Index>(names_.size());
    if (2 * (names_.size() + 1) > slots_.size()) {
        grow();
        slot = slot_of(slots_, id);
    }
    names_.emplace_back(id);
    slots_[slot] = index.index;
    return index;
}

template <Id Index>
Index IdMap<Index>::at(std::string_view id) const {
    if (const auto index = find(id)) return *index;
    throw InputError(detail::message("als::IdMap: there is no ", detail::name_of<Index>(), " ",
                                     detail::excerpt(id), " among the ", size(), " ",
                                     detail::name_of<Index>(), "s"));
}

template <Id Index>
std::optional<Index> IdMap<Index>::find(std::string_view id) const {
    if (slots_.empty()) return std::nullopt;
    const std::int32_t index = slots_[slot_of(slots_, id)];
    if (index == vacant) return std::nullopt;
    return Index{index};
}

template <Id Index>
const std::string& IdMap<Index>::name(Index index) const {
    detail::check_index<Index>("als::IdMap", index.index, size(), 0);
    return names_[detail::to_size(index.index)];
}

template <Id Index>
std::size_t IdMap<Index>::slot_of(const Slots& table, std::string_view id) const {
    const std::size_t mask = table.size() - 1;
    std::size_t slot = std::hash<std::string_view>{}(id)&mask;
    while (table[slot] != vacant && names_[detail::to_size(table[slot])] != id)
        slot = (slot + 1) & mask;
    return slot;
}

template <Id Index>
void IdMap<Index>::grow() {
    Slots larger(2 * slots_.size(), vacant);
    for (std::size_t i = 0; i < names_.size(); ++i)
        larger[slot_of(larger, names_[i])] = detail::to_int32(i);
    slots_ = std::move(larger);
}

}  // inline namespace
}  // namespace als
