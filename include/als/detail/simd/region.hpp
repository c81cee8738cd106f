// SPDX-License-Identifier: MIT
// The macros of the kernel files. Those are included once for each instruction set, by dispatch.hpp
// through table.hpp, which removes these macros and the files' guards again. dispatch.hpp defines
//
//     ALS_SIMD_SET     the set: an enumerator of InstructionSet, and the namespace of its kernels
//     ALS_SIMD_TARGET  the compiler's names of its instructions; not defined for the portable set
//     ALS_SIMD_PLAIN   only for a set that rounds: the set that it shares all other kernels with
//
// A kernel file that is opened or compiled alone sees the portable set.
//
// Nothing of the standard library is called between ALS_SIMD_BEGIN and ALS_SIMD_END: the linker
// might keep a function that was compiled there for the whole program, which would then fail on
// another processor.
#ifndef ALS_SIMD_REGION_HPP
#define ALS_SIMD_REGION_HPP

#if !defined(__GNUC__)
#error "als: the row solves use vector types of GCC and clang"
#endif

#ifndef ALS_SIMD_SET
#define ALS_SIMD_SET portable
#endif

#define ALS_SIMD_TEXT_EXPANDED(...) #__VA_ARGS__
#define ALS_SIMD_TEXT(...) ALS_SIMD_TEXT_EXPANDED(__VA_ARGS__)

// Sizes of tiles are numbers of the type int, and vectors are reinterpreted by casts of the old style,
// for which there is no other spelling.
#define ALS_SIMD_QUIET                                                                     \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wsign-conversion\"") \
        _Pragma("GCC diagnostic ignored \"-Wold-style-cast\"")

#if !defined(ALS_SIMD_TARGET)
#define ALS_SIMD_BEGIN ALS_SIMD_QUIET
#define ALS_SIMD_END _Pragma("GCC diagnostic pop")
#elif defined(__clang__)
#define ALS_SIMD_BEGIN                    \
    ALS_SIMD_QUIET _Pragma(ALS_SIMD_TEXT( \
        clang attribute push(__attribute__((target(ALS_SIMD_TARGET))), apply_to = function)))
#define ALS_SIMD_END _Pragma("clang attribute pop") _Pragma("GCC diagnostic pop")
#else
#define ALS_SIMD_BEGIN \
    ALS_SIMD_QUIET _Pragma("GCC push_options") _Pragma(ALS_SIMD_TEXT(GCC target(ALS_SIMD_TARGET)))
#define ALS_SIMD_END _Pragma("GCC pop_options") _Pragma("GCC diagnostic pop")
#endif

#define ALS_SIMD_INLINE [[gnu::always_inline]] inline
#if defined(__clang__)
#define ALS_SIMD_UNROLL _Pragma("clang loop unroll(full)")
#else
#define ALS_SIMD_UNROLL _Pragma("GCC unroll 16")
#endif

#endif
