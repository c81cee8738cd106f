// SPDX-License-Identifier: MIT
// Instructions for which GCC and clang have no operator. They are written as assembly because
// <immintrin.h> takes about as long to compile as the kernels of one set, and because the compilers
// disagree about the names of the built-in functions behind it. Both dialects of the assembler are
// given: {AT&T|Intel}.
#ifndef ALS_SIMD_INSTRUCTIONS_HPP
#define ALS_SIMD_INSTRUCTIONS_HPP

#include <als/detail/simd/region.hpp>
#include <als/detail/simd/vectors.hpp>

#include <cstdint>

ALS_SIMD_BEGIN
namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace ALS_SIMD_SET {

/// Bit n of the result says that x[n] is not below the limit: it is at or above, or one of them is
/// not a number.
template <typename S>
ALS_ALWAYS_INLINE std::uint64_t not_below(typename Tile<S>::Vector x, S limit) {
    using T = Tile<S>;
#if defined(ALS_X86_KERNELS)
    constexpr bool single = sizeof(S) == 4;
    const typename T::Vector limits = limit - typename T::Vector{};
    // Predicate 0x15: not less than, or unordered.
    if constexpr (shape.bytes == 64) {
        unsigned bits;
        if constexpr (single)
            asm("vcmpps {$0x15, %2, %1, %0|%0, %1, %2, 0x15}" : "=k"(bits) : "v"(x), "v"(limits));
        else
            asm("vcmppd {$0x15, %2, %1, %0|%0, %1, %2, 0x15}" : "=k"(bits) : "v"(x), "v"(limits));
        return bits;
    }
    if constexpr (shape.bytes == 32) {
        typename T::Vector mask;
        unsigned bits;
        if constexpr (single) {
            asm("vcmpps {$0x15, %2, %1, %0|%0, %1, %2, 0x15}" : "=x"(mask) : "x"(x), "x"(limits));
            asm("vmovmskps {%1, %0|%0, %1}" : "=r"(bits) : "x"(mask));
        } else {
            asm("vcmppd {$0x15, %2, %1, %0|%0, %1, %2, 0x15}" : "=x"(mask) : "x"(x), "x"(limits));
            asm("vmovmskpd {%1, %0|%0, %1}" : "=r"(bits) : "x"(mask));
        }
        return bits;
    }
#endif
    std::uint64_t all = 0;
    for (int n = 0; n < T::lanes; ++n) all |= static_cast<std::uint64_t>(!(x[n] < limit)) << n;
    return all;
}

/// The square root of each lane.
template <typename S>
ALS_ALWAYS_INLINE typename Tile<S>::Vector square_roots(typename Tile<S>::Vector x) {
#if defined(ALS_X86_KERNELS)
    if constexpr (shape.bytes > 16) {
        typename Tile<S>::Vector roots;
        if constexpr (sizeof(S) == 4)
            asm("vsqrtps {%1, %0|%0, %1}" : "=v"(roots) : "v"(x));
        else
            asm("vsqrtpd {%1, %0|%0, %1}" : "=v"(roots) : "v"(x));
        return roots;
    }
#endif
    for (int n = 0; n < Tile<S>::lanes; ++n) x[n] = square_root(x[n]);
    return x;
}

#if defined(ALS_X86_KERNELS)
/// Rounds a vector of floats to bfloat16: to the nearest, ties to even.
template <typename Vector>
ALS_ALWAYS_INLINE auto rounded(Vector x) {
    typename Pack<unsigned short, sizeof(Vector) / 4>::Vector result;
    asm("vcvtneps2bf16 {%1, %0|%0, %1}" : "=v"(result) : "v"(x));
    return result;
}

/// acc += a b + a' b' in each lane. `down` and `across` hold the pairs (a, a') and (b, b') of
/// bfloat16.
template <typename Vector>
ALS_ALWAYS_INLINE void add_pairs(Vector& acc, float down, Vector across) {
    const Vector pairs = down - Vector{};
    asm("vdpbf16ps {%2, %1, %0|%0, %1, %2}" : "+v"(acc) : "v"(pairs), "v"(across));
}
#endif

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
