// SPDX-License-Identifier: MIT
// Explicit instantiations for the scalar ALS_SCALAR: the kernels of all instruction sets.
#include <als/detail/simd/dispatch.hpp>

namespace als {
inline namespace ALS_ABI {
namespace detail {

template const TrainingKernels<ALS_SCALAR>& training_kernels<ALS_SCALAR>(InstructionSet);
template const TrainingKernels<ALS_SCALAR>* rounding_training_kernels<ALS_SCALAR>(InstructionSet);
template const QueryKernels<ALS_SCALAR>& query_kernels<ALS_SCALAR>(InstructionSet);
template const QueryKernels<ALS_SCALAR>* rounding_query_kernels<ALS_SCALAR>(InstructionSet);
template AccumulateKernel<ALS_SCALAR> accumulate_kernel<ALS_SCALAR>(InstructionSet);
template DotKernel<ALS_SCALAR> dot_kernel<ALS_SCALAR>(InstructionSet);
template WideMultiplyKernel<ALS_SCALAR> wide_multiply_kernel<ALS_SCALAR>(InstructionSet);

}  // namespace detail
}  // inline namespace
}  // namespace als

#undef ALS_SCALAR
