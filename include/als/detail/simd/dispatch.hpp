// SPDX-License-Identifier: MIT
// Compiles the kernels for each instruction set, and chooses among them.
#pragma once

#include <als/detail/simd/kernels.hpp>
#include <als/detail/simd/sets.hpp>
#include <als/detail/simd/tables.hpp>
#include <als/instruction_set.hpp>
#include <als/types.hpp>

#include <cstddef>
#include <iterator>
#include <utility>

// Each block compiles the kernels for one set: see region.hpp.
#define ALS_SIMD_SET portable
#include <als/detail/simd/table.hpp>

#if defined(ALS_NEON_KERNELS)
#define ALS_SIMD_SET neon
#include <als/detail/simd/table.hpp>
#endif

#if defined(ALS_X86_KERNELS)
#define ALS_SIMD_SET avx2
#define ALS_SIMD_TARGET "avx2,fma"
#include <als/detail/simd/table.hpp>

#define ALS_SIMD_SET avx512
#define ALS_SIMD_TARGET "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"
#include <als/detail/simd/table.hpp>

#define ALS_SIMD_SET avx512_bf16
#define ALS_SIMD_TARGET "avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma"
#define ALS_SIMD_PLAIN avx512
#include <als/detail/simd/table.hpp>
#endif

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Returns of(KernelsOf<set, S>()), or the portable one if the table of sets lacks this set.
template <Real S, typename Of>
auto kernels_of(InstructionSet set, const Of& of) {
    auto result = of(KernelsOf<InstructionSet::portable, S>());
    const auto choose = [&]<std::size_t i>() {
        constexpr InstructionSet candidate = instruction_sets[i].set;
        if (candidate == set) result = of(KernelsOf<candidate, S>());
    };
    [&]<std::size_t... i>(std::index_sequence<i...>) { (choose.template operator()<i>(), ...); }
    (std::make_index_sequence<std::size(instruction_sets)>());
    return result;
}

template <Real S>
const TrainingKernels<S>& training_kernels(InstructionSet set) {
    return *kernels_of<S>(set, []<typename Kernels>(Kernels) { return &Kernels::training; });
}

template <Real S>
const TrainingKernels<S>* rounding_training_kernels(InstructionSet set) {
    return kernels_of<S>(set,
                         []<typename Kernels>(Kernels) { return Kernels::rounding_training(); });
}

template <Real S>
const QueryKernels<S>& query_kernels(InstructionSet set) {
    return *kernels_of<S>(set, []<typename Kernels>(Kernels) { return &Kernels::query; });
}

template <Real S>
const QueryKernels<S>* rounding_query_kernels(InstructionSet set) {
    return kernels_of<S>(set, []<typename Kernels>(Kernels) { return Kernels::rounding_query(); });
}

template <Real S>
AccumulateKernel<S> accumulate_kernel(InstructionSet set) {
    return kernels_of<S>(set, []<typename Kernels>(Kernels) { return Kernels::accumulate; });
}

template <Real S>
WideMultiplyKernel<S> wide_multiply_kernel(InstructionSet set) {
    return kernels_of<S>(set,
                         []<typename Kernels>(Kernels) { return Kernels::multiply_in_double; });
}

template <Real S>
DotKernel<S> dot_kernel(InstructionSet set) {
    return kernels_of<S>(set, []<typename Kernels>(Kernels) { return Kernels::dot; });
}

}  // namespace detail
}  // inline namespace
}  // namespace als
