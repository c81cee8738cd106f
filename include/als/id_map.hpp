// SPDX-License-Identifier: MIT
// `IdMap`: the ids that the outside world uses (numbers, names, anything) to the dense indices that
// interactions and models use, and back.
#pragma once

#include <als/detail/excerpt.hpp>
#include <als/error.hpp>
#include <als/interactions.hpp>
#include <als/types.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als::inline ALS_ABI {

namespace detail {

/// The index after `count` others. Throws `InputError` where that would leave the 32 bits of an
/// index.
template <Id Index>
Index next_index(std::size_t count) {
    constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
    if (count >= most)
        throw InputError(message("als::IdMap: there are ", count, " ", name_of<Index>(),
                                 "s; no more than ", most, " can be numbered"));
    return Index{static_cast<std::int32_t>(count)};
}

}  // namespace detail

/// External ids <-> dense indices of one side: `IdMap<User>` or `IdMap<Item>`.
///
/// An id is a string of any bytes. It is kept as given: never read as a number, cut or changed
/// ("7", "07" and " 7" are three ids). Indices count up from 0 in the order in which ids are added.
///
/// A value: copies are independent, a moved-from map is empty. Const members may be called from
/// many threads. References from `name` hold until the next `add`. Memory: about 60 bytes an id,
/// and its text where that is longer than 15 bytes.
template <Id Index>
class IdMap {
public:
    /// The index of `id`, which becomes the next free one if `id` is new.
    ///
    /// Throws `InputError` when 2^31 - 1 ids are there already. A map whose `add` throws is
    /// unchanged. Cost: O(length of id), amortised.
    Index add(std::string_view id) {
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

    /// The index of `id`. Throws `InputError` when it is not there. Cost: O(length of id).
    [[nodiscard]] Index at(std::string_view id) const {
        if (const auto index = find(id)) return *index;
        throw InputError(detail::message("als::IdMap: there is no ", detail::name_of<Index>(), " ",
                                         detail::excerpt(id), " among the ", size(), " ",
                                         detail::name_of<Index>(), "s"));
    }

    /// The index of `id`, or nothing. Cost: O(length of id).
    [[nodiscard]] std::optional<Index> find(std::string_view id) const {
        if (slots_.empty()) return std::nullopt;
        const std::int32_t index = slots_[slot_of(slots_, id)];
        if (index == vacant) return std::nullopt;
        return Index{index};
    }

    /// The id at `index`. Throws `InputError` when `index` is out of range.
    [[nodiscard]] const std::string& name(Index index) const {
        detail::check_index<Index>("als::IdMap", index.index, size(), 0);
        return names_[static_cast<std::size_t>(index.index)];
    }

    /// Number of ids.
    [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(names_.size()); }
    [[nodiscard]] bool empty() const { return names_.empty(); }

    /// Equal maps give the same ids the same indices.
    friend bool operator==(const IdMap& a, const IdMap& b) { return a.names_ == b.names_; }

private:
    // Open addressing: slots hold positions in names_, so that an id is stored once and copies and
    // moves need no care. At most half of the slots, whose number is a power of two, are taken.
    using Slots = std::vector<std::int32_t>;
    static constexpr std::int32_t vacant = -1;
    static constexpr std::size_t smallest = 16;

    /// The slot that holds `id`, else the vacant one where it belongs.
    std::size_t slot_of(const Slots& slots, std::string_view id) const {
        const std::size_t mask = slots.size() - 1;
        std::size_t slot = std::hash<std::string_view>{}(id)&mask;
        while (slots[slot] != vacant && names_[static_cast<std::size_t>(slots[slot])] != id)
            slot = (slot + 1) & mask;
        return slot;
    }

    void grow() {
        Slots larger(2 * slots_.size(), vacant);
        for (std::size_t i = 0; i < names_.size(); ++i)
            larger[slot_of(larger, names_[i])] = static_cast<std::int32_t>(i);
        slots_ = std::move(larger);
    }

    std::vector<std::string> names_;
    Slots slots_;
};

}  // namespace als::inline ALS_ABI
