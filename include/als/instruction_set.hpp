// SPDX-License-Identifier: MIT
// Which of the processor's instructions the row solves and rankings use.
#pragma once

#include <als/error.hpp>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace als::inline ALS_ABI {

/// Instructions of the processor that the row solves and rankings may use. Each gives the same bits
/// on every processor that has it and for any number of threads; between them results differ by
/// rounding.
enum class InstructionSet {
    automatic,    ///< the environment variable ALS_INSTRUCTION_SET if set, else the best there is
    portable,     ///< what the program was compiled for, in vectors of 16 bytes
    avx2,         ///< x86-64 with AVX2 and FMA
    avx512,       ///< x86-64 with AVX-512 F, VL, DQ and BW
    avx512_bf16,  ///< and products of bfloat16: solutions are refined, ranked items scored anew
};

/// "automatic", "portable", "avx2", "avx512" or "avx512_bf16".
[[nodiscard]] constexpr std::string_view name_of(InstructionSet set) {
    switch (set) {
        case InstructionSet::portable:
            return "portable";
        case InstructionSet::avx2:
            return "avx2";
        case InstructionSet::avx512:
            return "avx512";
        case InstructionSet::avx512_bf16:
            return "avx512_bf16";
        default:
            return "automatic";
    }
}

/// Whether this processor has these instructions.
[[nodiscard]] inline bool is_supported(InstructionSet set) {
#if defined(__x86_64__)
    if (set == InstructionSet::avx2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (set == InstructionSet::avx512 || set == InstructionSet::avx512_bf16)
        return is_supported(InstructionSet::avx2) && __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512bw") &&
               (set == InstructionSet::avx512 || __builtin_cpu_supports("avx512bf16"));
#endif
    return set == InstructionSet::automatic || set == InstructionSet::portable;
}

/// The sets of this processor, the best one first.
[[nodiscard]] inline std::vector<InstructionSet> supported_instruction_sets() {
    std::vector<InstructionSet> sets;
    for (const auto set : {InstructionSet::avx512_bf16, InstructionSet::avx512,
                           InstructionSet::avx2, InstructionSet::portable})
        if (is_supported(set)) sets.push_back(set);
    return sets;
}

/// What `InstructionSet::automatic` stands for in this process. Throws `InputError` where the
/// environment variable ALS_INSTRUCTION_SET is not the name of a set that the processor has.
[[nodiscard]] inline InstructionSet automatic_instruction_set() {
    static const InstructionSet chosen = [] {
        const char* const asked = std::getenv("ALS_INSTRUCTION_SET");
        const std::string_view name = asked != nullptr ? asked : "";
        std::string names;
        for (const InstructionSet set : supported_instruction_sets()) {
            if (name.empty() || name == name_of(set)) return set;
            names.append(names.empty() ? "" : ", ").append(name_of(set));
        }
        throw InputError(detail::message("als: the environment variable ALS_INSTRUCTION_SET is '",
                                         name, "', which is none of this processor's sets (", names,
                                         "); unset it for the best that there is"));
    }();
    return chosen;
}

namespace detail {

/// The set to use where `asked` was asked for.
inline InstructionSet chosen_instruction_set(InstructionSet asked) {
    if (asked == InstructionSet::automatic) return automatic_instruction_set();
    if (is_supported(asked)) return asked;
    throw InputError(message("als::Training::instruction_set is ", als::name_of(asked),
                             ", which this processor does not have; the best that it has is ",
                             als::name_of(automatic_instruction_set())));
}

}  // namespace detail
}  // namespace als::inline ALS_ABI
