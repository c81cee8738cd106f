// SPDX-License-Identifier: MIT
// `IdMap`: maps external ids (numbers, names, anything) to the dense indices that interactions and
// models use, and back.
#pragma once

#include <als/detail/base/ids_origin.hpp>
#include <als/types.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace als {
inline namespace ALS_ABI {

namespace detail {

struct IdMapAccess;

}  // namespace detail

/// Maps external ids to dense indices of one side, and back: `IdMap<User>` or `IdMap<Item>`.
///
/// An id is a string of any bytes. It is kept as given, never read as a number, cut or changed:
/// "7", "07" and " 7" are three ids. Indices count up from 0 in the order in which ids are added.
///
/// Copies are independent; a moved-from map is empty. Const members may be called from many
/// threads. References from `name` are valid until the next `add`. Memory: about 90 bytes an id,
/// plus its text if that is longer than 15 bytes.
template <Id Index>
class IdMap {
public:
    /// Returns the index of `id`. A new `id` gets the next free index.
    ///
    /// Throws `InputError` if the map already has 2^31 - 1 ids. If `add` throws, the map is
    /// unchanged. Cost: O(length of id), amortised.
    Index add(std::string_view id);

    /// Returns the index of `id`. Throws `InputError` if the map does not have it. Cost: O(length
    /// of id).
    [[nodiscard]] Index at(std::string_view id) const;

    /// Returns the index of `id`, or nothing if the map does not have it. Cost: O(length of id).
    [[nodiscard]] std::optional<Index> find(std::string_view id) const;

    /// Returns the id at `index`. Throws `InputError` if `index` is out of range.
    [[nodiscard]] const std::string& name(Index index) const;

    /// Number of ids.
    [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(names_.size()); }
    /// Whether the map has no ids.
    [[nodiscard]] bool empty() const { return names_.empty(); }

    /// Equal maps give the same ids the same indices.
    friend bool operator==(const IdMap& a, const IdMap& b) { return a.names_ == b.names_; }

private:
    friend struct detail::IdMapAccess;

    // Small whole numbers, the ids of most files, are looked up in a table that has as many places
    // as there are slots. All other ids use open addressing. A slot holds the position of an id in
    // names_, so that an id is stored once and copies and moves need no care. It also holds the
    // hash, which tells most other ids apart without reading them. The number of slots is a power
    // of two; at most half of them are taken.
    struct Slot {
        std::int32_t index = vacant;
        std::uint32_t hash = 0;
    };
    static constexpr std::int32_t vacant = -1;
    static constexpr std::size_t smallest = 16;

    /// Returns the slot that holds `id`, else the vacant slot that `id` would get.
    std::size_t slot_of(std::string_view id, std::uint32_t hash) const;

    /// Stores the index of an id that the map does not have.
    void put(std::string_view id, std::int32_t index);

    void grow();

    std::vector<std::string> names_;
    std::vector<Slot> slots_;
    std::vector<std::int32_t> by_number_;
    detail::IdsMarks marks_;  // marks of the maps that this one continues
};

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/id_map.hpp>
#endif
