// SPDX-License-Identifier: MIT
// The implementation of <als/id_map.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/error.hpp>
#include <als/id_map.hpp>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <utility>

namespace als {
inline namespace ALS_ABI {

namespace detail {

/// Returns the index after `count` others. Throws `InputError` if it does not fit the 32 bits of an
/// index.
template <Id Index>
Index next_index(std::size_t count) {
    constexpr auto most = detail::to_size(std::numeric_limits<std::int32_t>::max());
    if (count >= most)
        throw InputError(message("als::IdMap: there are ", count, " ", name_of<Index>(),
                                 "s; no more than ", most, " can be numbered"));
    return Index{static_cast<std::int32_t>(count)};
}

/// A text of at most 16 bytes as two words. Texts of the same length are equal if their words are.
struct ShortText {
    static constexpr std::size_t longest = 16;

    explicit ShortText(std::string_view text) {
        const std::size_t size = text.size();
        const char* const begin = text.data();
        if (size >= 8) {
            first = load<std::uint64_t>(begin);
            last = load<std::uint64_t>(begin + size - 8);
        } else if (size >= 4) {
            first = load<std::uint32_t>(begin);
            last = load<std::uint32_t>(begin + size - 4);
        } else if (size > 0) {
            first = load<std::uint8_t>(begin) | std::uint64_t{load<std::uint8_t>(begin + size / 2)}
                                                    << 8;
            last = load<std::uint8_t>(begin + size - 1);
        }
    }

    friend bool operator==(const ShortText&, const ShortText&) = default;

    std::uint64_t first = 0, last = 0;

private:
    template <typename Word>
    static Word load(const char* from) {
        Word word;
        std::memcpy(&word, from, sizeof(word));
        return word;
    }
};

/// Returns the number that a text is, if it is a whole number below 10^9 as programs write it,
/// without sign and leading zeros; else `no_plain_number`.
inline constexpr std::uint32_t no_plain_number = std::numeric_limits<std::uint32_t>::max();
inline std::uint32_t plain_number(std::string_view text) {
    if (text.empty() || text.size() > 9 || (text.front() == '0' && text.size() > 1))
        return no_plain_number;
    std::uint32_t number = 0;
    for (const char c : text) {
        const auto digit = static_cast<unsigned char>(c - '0');
        if (digit > 9) return no_plain_number;
        number = 10 * number + digit;
    }
    return number;
}

/// An id, and the number that it is.
struct IdText {
    std::string_view text;
    std::uint32_t number = no_plain_number;

    IdText() = default;
    explicit IdText(std::string_view id) : text(id), number(plain_number(id)) {}
};

/// A hash for tables in memory. It differs between platforms.
inline std::uint32_t table_hash(std::string_view text) {
    if (text.size() > ShortText::longest)
        return static_cast<std::uint32_t>(std::hash<std::string_view>{}(text));
    // The multiplications carry each bit upwards, the shifts bring it down.
    const ShortText words(text);
    std::uint64_t hash = (words.first ^ text.size()) * 0x9E3779B97F4A7C15;
    hash = (hash ^ (hash >> 32) ^ words.last) * 0xD6E8FEB86659FD93;
    hash ^= hash >> 32;
    return static_cast<std::uint32_t>(hash * 0xD6E8FEB86659FD93 >> 32);
}

inline bool are_equal(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    return a.size() > ShortText::longest ? a == b : ShortText(a) == ShortText(b);
}

/// The access that the rest of the library has to `IdMap`.
struct IdMapAccess {
    /// The index of `id`, or nothing.
    template <Id Index>
    static std::optional<Index> find(const IdMap<Index>& ids, const IdText& id) {
        if (ids.slots_.empty()) return std::nullopt;
        const std::int32_t index =
            id.number < ids.by_number_.size()
                ? ids.by_number_[id.number]
                : ids.slots_[ids.slot_of(id.text, table_hash(id.text))].index;
        if (index == IdMap<Index>::vacant) return std::nullopt;
        return Index{index};
    }

    /// Marks all present ids of the map as those of one source, and returns the map's marks. Cost:
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

    /// Gives a map these marks, which must be those of its ids.
    template <Id Index>
    static void mark_as(IdMap<Index>& ids, const IdsMarks& marks) {
        ids.marks_ = marks;
    }
};

}  // namespace detail

template <Id Index>
Index IdMap<Index>::add(std::string_view id) {
    if (const auto index = find(id)) return *index;
    const auto index = detail::next_index<Index>(names_.size());
    if (2 * (names_.size() + 1) > slots_.size()) grow();
    names_.emplace_back(id);
    put(names_.back(), index.index);
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
    return detail::IdMapAccess::find(*this, detail::IdText(id));
}

template <Id Index>
const std::string& IdMap<Index>::name(Index index) const {
    detail::check_index<Index>("als::IdMap", index.index, size(), 0);
    return names_[detail::to_size(index.index)];
}

template <Id Index>
std::size_t IdMap<Index>::slot_of(std::string_view id, std::uint32_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    for (; slots_[slot].index != vacant; slot = (slot + 1) & mask)
        if (slots_[slot].hash == hash &&
            detail::are_equal(names_[detail::to_size(slots_[slot].index)], id))
            break;
    return slot;
}

template <Id Index>
void IdMap<Index>::put(std::string_view id, std::int32_t index) {
    const std::uint32_t number = detail::plain_number(id);
    if (number < by_number_.size()) {
        by_number_[number] = index;
        return;
    }
    const std::uint32_t hash = detail::table_hash(id);
    slots_[slot_of(id, hash)] = {index, hash};
}

template <Id Index>
void IdMap<Index>::grow() {
    const std::size_t size = std::max(smallest, 2 * slots_.size());
    std::vector<Slot> larger(size);
    std::vector<std::int32_t> by_number(size, vacant);
    slots_ = std::move(larger);
    by_number_ = std::move(by_number);
    for (std::size_t n = 0; n < names_.size(); ++n) put(names_[n], detail::to_int32(n));
}

}  // inline namespace
}  // namespace als
