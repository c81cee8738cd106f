// SPDX-License-Identifier: MIT
// The kernels, the inner loops of row solves and rankings. They are compiled for several
// instruction sets and chosen at run time: a program that is built by plain `g++ -O2` runs them at
// the full speed of its processor. Everything else in the library uses them through this header.
//
//     layout.hpp       padding and distances of rows      arguments.hpp   what kernels work on
//     tables.hpp       the tables of kernels              sets.hpp        the instruction sets
//     dispatch.hpp     compiles the kernels for each set and chooses one
#pragma once

#include <als/detail/simd/arguments.hpp>
#include <als/detail/simd/layout.hpp>
#include <als/detail/simd/tables.hpp>
#include <als/instruction_set.hpp>
#include <als/types.hpp>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// The kernels of training, for a set that the processor has.
template <Real S>
const TrainingKernels<S>& training_kernels(InstructionSet set);

/// Like `training_kernels`, but `accumulate` and `factorize` round the panel to bfloat16, so the
/// solution has to be refined. Null if the set has no such kernels.
template <Real S>
const TrainingKernels<S>* rounding_training_kernels(InstructionSet set);

/// The kernels of queries, for a set that the processor has.
template <Real S>
const QueryKernels<S>& query_kernels(InstructionSet set);

/// Like `query_kernels`, but `scan` rounds both sides to bfloat16. Null if the set has no such
/// kernels.
template <Real S>
const QueryKernels<S>* rounding_query_kernels(InstructionSet set);

/// The `accumulate` of `training_kernels`. It does not compile the other kernels.
template <Real S>
AccumulateKernel<S> accumulate_kernel(InstructionSet set);

/// The `dot` of `query_kernels`, likewise.
template <Real S>
DotKernel<S> dot_kernel(InstructionSet set);

/// The `multiply_in_double` of `training_kernels`, likewise.
template <Real S>
WideMultiplyKernel<S> wide_multiply_kernel(InstructionSet set);

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/simd/dispatch.hpp>
#endif
