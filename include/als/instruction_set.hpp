// SPDX-License-Identifier: MIT
// The instruction sets of processors that row solves and rankings can use.
#pragma once

#include <als/version.hpp>

#include <string_view>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// An instruction set that row solves and rankings may use. Each set gives the same bits on every
/// processor that has it and for any number of threads. Results of different sets differ by
/// rounding.
enum class InstructionSet {
    automatic,    ///< the one that ALS_INSTRUCTION_SET (environment) names, else the best
    portable,     ///< what the program was compiled for, in vectors of 16 bytes
    avx2,         ///< x86-64 with AVX2 and FMA
    avx512,       ///< x86-64 with AVX-512 F, VL, DQ and BW
    avx512_bf16,  ///< also bfloat16 products; solutions are refined, results scored exactly
    neon,         ///< arm64
};

/// Returns the name: "automatic", "portable", "avx2", "avx512", "avx512_bf16" or "neon".
[[nodiscard]] constexpr std::string_view name_of(InstructionSet set);

/// Whether this processor has this set.
[[nodiscard]] bool is_supported(InstructionSet set);

/// Returns the sets that this processor has, best first.
[[nodiscard]] std::vector<InstructionSet> supported_instruction_sets();

/// Returns the set that `InstructionSet::automatic` stands for in this process. Throws `InputError`
/// if the environment variable ALS_INSTRUCTION_SET is not the name of a set that the processor has.
[[nodiscard]] InstructionSet automatic_instruction_set();

namespace detail {

/// Returns the set to use if the user asks for `asked`. Throws `InputError` if the processor lacks
/// it.
[[nodiscard]] InstructionSet chosen_instruction_set(InstructionSet asked);

}  // namespace detail
}  // inline namespace
}  // namespace als

#include <als/detail/simd/sets.hpp>

#ifndef ALS_COMPILED
#include <als/detail/instruction_set.hpp>
#endif
