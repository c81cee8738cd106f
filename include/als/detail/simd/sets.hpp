// SPDX-License-Identifier: MIT
// The one table of instruction sets: the name of each, whether this processor has it, and how its
// kernels use the registers. Names, support and the choice of kernels all derive from it.
//
// To add a set: an enumerator in instruction_set.hpp, a line in this table, and a block in
// dispatch.hpp that compiles the kernels.

// The guard follows this include, because instruction_set.hpp includes this file too, after its
// enumeration.
#include <als/instruction_set.hpp>

#ifndef ALS_DETAIL_SIMD_SETS_HPP
#define ALS_DETAIL_SIMD_SETS_HPP

#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// How a set's kernels use the registers.
struct Shape {
    int bytes;    ///< bytes of a vector
    int block;    ///< order of the diagonal blocks of a factorization; at most one vector's lanes
    int rows;     ///< of a tile, the sums that stay in registers; `block` is a multiple of them
    int vectors;  ///< in each row of a tile
    bool rounds = false;   ///< has kernels that round floats to bfloat16 before they multiply them
    bool by_lane = false;  ///< multiplies a vector by a lane of another in one instruction
};

struct SetEntry {
    InstructionSet set;
    Shape shape;
    std::string_view name;
    bool (*is_supported)();
};

// Whether this processor has these instructions and their kernels are compiled.
bool has_every_instruction();
bool has_neon();
bool has_avx2();
bool has_avx512();
bool has_avx512_bf16();

/// The best set first.
inline constexpr SetEntry instruction_sets[] = {
    {InstructionSet::avx512_bf16, {64, 8, 8, 3, true}, "avx512_bf16", has_avx512_bf16},
    {InstructionSet::avx512, {64, 8, 8, 3}, "avx512", has_avx512},
    {InstructionSet::avx2, {32, 8, 4, 3}, "avx2", has_avx2},
    {InstructionSet::neon, {16, 4, 4, 6, false, true}, "neon", has_neon},
    {InstructionSet::portable, {16, 4, 4, 2}, "portable", has_every_instruction},
};

/// The set's entry, or null: `InstructionSet::automatic` has none.
constexpr const SetEntry* entry_of(InstructionSet set) {
    for (const SetEntry& entry : instruction_sets)
        if (entry.set == set) return &entry;
    return nullptr;
}

constexpr Shape shape_of(InstructionSet set) { return entry_of(set)->shape; }

/// All values of `InstructionSet` with their names.
constexpr auto named_instruction_sets() {
    std::array<std::pair<std::string_view, InstructionSet>, std::size(instruction_sets) + 1> named;
    named[0] = {als::name_of(InstructionSet::automatic), InstructionSet::automatic};
    for (std::size_t i = 0; i < std::size(instruction_sets); ++i)
        named[i + 1] = {instruction_sets[i].name, instruction_sets[i].set};
    return named;
}

}  // namespace detail

constexpr std::string_view name_of(InstructionSet set) {
    const detail::SetEntry* const entry = detail::entry_of(set);
    return entry != nullptr ? entry->name : "automatic";
}

}  // inline namespace
}  // namespace als

#endif
