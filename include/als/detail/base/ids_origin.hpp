// SPDX-License-Identifier: MIT
// Which ids the indices of interactions and models stand for, by a fingerprint.
#pragma once

#include <als/version.hpp>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// The number of a map's first ids, and a hash of them in their order.
struct IdsMark {
    std::int32_t count = 0;
    std::uint64_t hash = 0;
    friend bool operator==(const IdsMark&, const IdsMark&) = default;
};

/// The ids of one side: a mark for each map that they continue, then one for all of them.
using IdsMarks = std::vector<IdsMark>;

/// The ids that the indices of users and items stand for.
struct IdsOrigin {
    IdsMarks users, items;
};

/// Null: nothing is known of the ids.
using SharedOrigin = std::shared_ptr<const IdsOrigin>;

/// Returns the hash of a sequence of ids after one more id, by FNV-1a. `hash_of_no_ids` is that of
/// the empty sequence.
inline constexpr std::uint64_t hash_of_no_ids = 0xCBF29CE484222325;
constexpr std::uint64_t hash_with(std::uint64_t hash, std::string_view id) {
    constexpr std::uint64_t prime = 0x100000001B3;
    for (const char byte : id) hash = (hash ^ static_cast<unsigned char>(byte)) * prime;
    // The length keeps "a", "b" and "ab" apart.
    return (hash ^ (id.size() + 256)) * prime;
}

/// The sides on which ids are compared.
enum class OnSides { both, users, items };

/// Throws `InputError` if `a` and `b` are known and their indices do not mean the same: neither
/// continues the ids of the other.
void check_same_ids(std::string_view function, std::string_view name_of_a, const SharedOrigin& a,
                    std::string_view name_of_b, const SharedOrigin& b,
                    OnSides sides = OnSides::both);

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/base/ids_origin_impl.hpp>
#endif
