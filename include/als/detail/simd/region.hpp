// SPDX-License-Identifier: MIT
// The macros of the kernel files. dispatch.hpp includes these files once for each instruction set,
// through table.hpp, which removes the macros and the files' guards again. dispatch.hpp defines
//
//     ALS_SIMD_SET     the set: an enumerator of InstructionSet, and the namespace of its kernels
//     ALS_SIMD_TARGET  the compiler's names of its instructions; not defined for the portable set
//     ALS_SIMD_PLAIN   only for a set that rounds: the set that it shares all other kernels with
//
// A kernel file that is opened or compiled alone sees the portable set.
//
// No function of the standard library may be called between ALS_SIMD_BEGIN and ALS_SIMD_END. The
// linker might keep a copy that was compiled there for the whole program, which would then fail on
// another processor.
#ifndef ALS_SIMD_REGION_HPP
#define ALS_SIMD_REGION_HPP

#include <als/detail/base/compiler.hpp>

#ifndef ALS_SIMD_SET
#define ALS_SIMD_SET portable
#endif

#ifdef ALS_SIMD_TARGET
#define ALS_SIMD_BEGIN ALS_QUIET_BEGIN ALS_TARGET_BEGIN(ALS_SIMD_TARGET)
#define ALS_SIMD_END ALS_TARGET_END ALS_QUIET_END
#else
#define ALS_SIMD_BEGIN ALS_QUIET_BEGIN
#define ALS_SIMD_END ALS_QUIET_END
#endif

#endif
