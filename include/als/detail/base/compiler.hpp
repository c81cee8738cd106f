// SPDX-License-Identifier: MIT
// What compilers spell differently. Everything else is standard C++20, except the assembly in
// detail/simd/instructions.hpp. With ALS_NO_EXTENSIONS (see version.hpp) nothing here is an
// extension, and the kernels are plain loops.
#pragma once

#include <als/version.hpp>

#ifndef ALS_NO_EXTENSIONS

#define ALS_COLD [[gnu::cold]]
#define ALS_NOINLINE [[gnu::noinline]]
#define ALS_ALWAYS_INLINE [[gnu::always_inline]] inline
#define ALS_PREFETCH(address) __builtin_prefetch(address, 0, 2)
#define ALS_SQRT(x) __builtin_sqrt(x)  // not std::sqrt: see detail/simd/region.hpp
#define ALS_SQRTF(x) __builtin_sqrtf(x)

// Lets a program recognise exceptions that leave a shared library whose symbols are hidden.
#if defined(_WIN32)
#define ALS_EXPORTED
#else
#define ALS_EXPORTED [[gnu::visibility("default")]]
#endif

// A class that refers to the data of its constructor's arguments, not to the arguments themselves.
// Without this, g++ 14 would warn of `data[user].values()` in a range-for.
#if __has_cpp_attribute(gnu::no_dangling)
#define ALS_VIEW [[gnu::no_dangling]]
#else
#define ALS_VIEW
#endif

// Whether the kernels for x86-64 are compiled. (clang-cl's linker lacks what the choice among them
// needs.)
#if defined(__x86_64__) && !defined(_MSC_VER)
#define ALS_X86_KERNELS
#define ALS_CPU_SUPPORTS(name) __builtin_cpu_supports(name)
#endif

// Every processor of arm64 has NEON.
#if defined(__aarch64__)
#define ALS_NEON_KERNELS
#endif

#if defined(__clang__)
#define ALS_UNROLL _Pragma("clang loop unroll(full)")
#else
#define ALS_UNROLL _Pragma("GCC unroll 16")
#endif

// For code whose sizes are of the type int, and whose vectors are reinterpreted by old-style casts,
// for which there is no other spelling.
#define ALS_QUIET_BEGIN                                                                    \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wsign-conversion\"") \
        _Pragma("GCC diagnostic ignored \"-Wold-style-cast\"")
#define ALS_QUIET_END _Pragma("GCC diagnostic pop")

// For functions that are compiled for other instructions than the rest of the program.
#define ALS_PRAGMA_EXPANDED(...) _Pragma(#__VA_ARGS__)
#define ALS_PRAGMA(...) ALS_PRAGMA_EXPANDED(__VA_ARGS__)
#if defined(__clang__)
#define ALS_TARGET_BEGIN(names) \
    ALS_PRAGMA(clang attribute push(__attribute__((target(names))), apply_to = function))
#define ALS_TARGET_END _Pragma("clang attribute pop")
#else
#define ALS_TARGET_BEGIN(names) _Pragma("GCC push_options") ALS_PRAGMA(GCC target(names))
#define ALS_TARGET_END _Pragma("GCC pop_options")
#endif

// What the compiler's vectors (`Pack` below) can do besides arithmetic. g++ 11 has no shuffles.
#if __has_builtin(__builtin_shufflevector)
#define ALS_SHUFFLED(...) __builtin_shufflevector(__VA_ARGS__)
#endif
#define ALS_CONVERTED(from, ToVector) __builtin_convertvector(from, ToVector)
#define ALS_LOAD(S, N, from) \
    (*reinterpret_cast<const typename ::als::detail::Pack<S, N>::InMemory*>(from))
#define ALS_STORE(S, N, to, value) \
    (*reinterpret_cast<typename ::als::detail::Pack<S, N>::InMemory*>(to) = (value))

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// N numbers as the compiler's vector, and a type to read and write them at any address.
template <typename S, int N>
struct Pack {
    typedef S Vector __attribute__((vector_size(N * sizeof(S))));
    typedef S InMemory __attribute__((vector_size(N * sizeof(S)), aligned(alignof(S)), may_alias));
};

}  // namespace detail
}  // inline namespace
}  // namespace als

#else

#define ALS_COLD
#define ALS_NOINLINE
#define ALS_ALWAYS_INLINE inline
#define ALS_PREFETCH(address) static_cast<void>(address)
#define ALS_SQRT(x) (std::sqrt(x))
#define ALS_SQRTF(x) (std::sqrt(x))
#define ALS_EXPORTED
#define ALS_VIEW
#define ALS_UNROLL
#define ALS_QUIET_BEGIN
#define ALS_QUIET_END
#define ALS_CONVERTED(from, ToVector) (ToVector::converted(from))
#define ALS_LOAD(S, N, from) (::als::detail::Pack<S, N>::load(from))
#define ALS_STORE(S, N, to, value) (::als::detail::Pack<S, N>::store(to, value))

#include <als/detail/base/plain_pack.hpp>

#include <cmath>

#endif
