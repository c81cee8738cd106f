// SPDX-License-Identifier: MIT
// The implementation of <als/instruction_set.hpp>: which sets this processor has, and which one to
// use.
#pragma once

#include <als/detail/base/text.hpp>
#include <als/detail/simd/sets.hpp>
#include <als/error.hpp>
#include <als/instruction_set.hpp>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

ALS_INLINE bool has_every_instruction() { return true; }

#if defined(ALS_NEON_KERNELS)
ALS_INLINE bool has_neon() { return true; }
#else
ALS_INLINE bool has_neon() { return false; }
#endif

#if defined(ALS_X86_KERNELS)
ALS_INLINE bool has_avx2() { return ALS_CPU_SUPPORTS("avx2") && ALS_CPU_SUPPORTS("fma"); }
ALS_INLINE bool has_avx512() {
    return has_avx2() && ALS_CPU_SUPPORTS("avx512f") && ALS_CPU_SUPPORTS("avx512vl") &&
           ALS_CPU_SUPPORTS("avx512dq") && ALS_CPU_SUPPORTS("avx512bw");
}
ALS_INLINE bool has_avx512_bf16() { return has_avx512() && ALS_CPU_SUPPORTS("avx512bf16"); }
#else
ALS_INLINE bool has_avx2() { return false; }
ALS_INLINE bool has_avx512() { return false; }
ALS_INLINE bool has_avx512_bf16() { return false; }
#endif

}  // namespace detail

ALS_INLINE bool is_supported(InstructionSet set) {
    const detail::SetEntry* const entry = detail::entry_of(set);
    return entry != nullptr ? entry->is_supported() : set == InstructionSet::automatic;
}

ALS_INLINE std::vector<InstructionSet> supported_instruction_sets() {
    std::vector<InstructionSet> sets;
    for (const detail::SetEntry& entry : detail::instruction_sets)
        if (entry.is_supported()) sets.push_back(entry.set);
    return sets;
}

ALS_INLINE InstructionSet automatic_instruction_set() {
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
                                         "); unset it to use the best one"));
    }();
    return chosen;
}

namespace detail {

ALS_INLINE InstructionSet chosen_instruction_set(InstructionSet asked) {
    if (asked == InstructionSet::automatic) return automatic_instruction_set();
    if (is_supported(asked)) return asked;
    throw InputError(message("als::Training::instruction_set is ", als::name_of(asked),
                             ", which this processor does not have; the best that it has is ",
                             als::name_of(automatic_instruction_set())));
}

}  // namespace detail
}  // inline namespace
}  // namespace als
