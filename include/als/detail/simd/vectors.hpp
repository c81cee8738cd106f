// SPDX-License-Identifier: MIT
// Vectors: one register of the set, loads and stores, and the few shuffles that the kernels need.
#ifndef ALS_SIMD_VECTORS_HPP
#define ALS_SIMD_VECTORS_HPP

#include <als/detail/simd/region.hpp>
#include <als/detail/simd/sets.hpp>
#include <als/instruction_set.hpp>

ALS_SIMD_BEGIN
namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace ALS_SIMD_SET {

inline constexpr Shape shape = shape_of(InstructionSet::ALS_SIMD_SET);

/// The tile of sums that stays in registers: `rows` rows of `vectors` vectors. `block` is the order
/// of the diagonal blocks of a factorization.
template <typename S>
struct Tile {
    static constexpr int lanes = shape.bytes / static_cast<int>(sizeof(S));
    static constexpr int block = shape.block < lanes ? shape.block : lanes;
    static constexpr int rows = shape.rows < lanes ? shape.rows : lanes;
    static constexpr int vectors = shape.vectors;
    using Vector = typename Pack<S, lanes>::Vector;
    using Short = typename Pack<S, block>::Vector;  ///< a row of a diagonal block
};

template <int N, typename S>
ALS_ALWAYS_INLINE typename Pack<S, N>::Vector load(const S* from) {
    return ALS_LOAD(S, N, from);
}
template <int N, typename S>
ALS_ALWAYS_INLINE void store(S* to, typename Pack<S, N>::Vector value) {
    ALS_STORE(S, N, to, value);
}

/// Returns the chosen lanes of a and b; the lanes of b have the numbers after those of a.
template <int... chosen, typename V>
ALS_ALWAYS_INLINE auto shuffled(V a, V b) {
#ifdef ALS_SHUFFLED
    return ALS_SHUFFLED(a, b, chosen...);
#else
    using S = decltype(a[0] * 1);
    constexpr int lanes = static_cast<int>(sizeof(V) / sizeof(S));
    return typename Pack<S, sizeof...(chosen)>::Vector{
        (chosen < lanes ? a[chosen % lanes] : b[chosen % lanes])...};
#endif
}

ALS_ALWAYS_INLINE float square_root(float x) { return ALS_SQRTF(x); }
ALS_ALWAYS_INLINE double square_root(double x) { return ALS_SQRT(x); }

/// Returns these numbers as a vector.
template <typename S>
ALS_ALWAYS_INLINE typename Tile<S>::Short packed(const S (&x)[Tile<S>::block]) {
    if constexpr (Tile<S>::block == 8)
        return typename Tile<S>::Short{x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]};
    else if constexpr (Tile<S>::block == 4)
        return typename Tile<S>::Short{x[0], x[1], x[2], x[3]};
    else
        return typename Tile<S>::Short{x[0], x[1]};
}

/// Lane i of the result is the sum of all lanes of whole[i] and half[i].
template <typename S>
ALS_ALWAYS_INLINE typename Tile<S>::Short sums(
    const typename Tile<S>::Vector (&whole)[Tile<S>::block],
    const typename Tile<S>::Short (&half)[Tile<S>::block]) {
    using T = Tile<S>;
    typename T::Short part[T::block];
    ALS_UNROLL
    for (int i = 0; i < T::block; ++i) {
        const typename T::Vector x = whole[i];
        if constexpr (T::lanes == T::block)
            part[i] = x;
        else if constexpr (T::lanes == 16)
            part[i] = shuffled<0, 1, 2, 3, 4, 5, 6, 7>(x, x) +
                      shuffled<8, 9, 10, 11, 12, 13, 14, 15>(x, x);
        else
            part[i] = shuffled<0, 1, 2, 3>(x, x) + shuffled<4, 5, 6, 7>(x, x);
        part[i] += half[i];
    }
    // Two vectors become one, by sums of neighbours.
    ALS_UNROLL
    for (int count = T::block / 2; count > 0; count /= 2) {
        ALS_UNROLL
        for (int i = 0; i < count; ++i) {
            const typename T::Short a = part[2 * i];
            const typename T::Short b = part[2 * i + 1];
            if constexpr (T::block == 8) {
                // The halves of vectors are added last; until then nothing moves between them.
                if (count > 1)
                    part[i] = shuffled<0, 2, 8, 10, 4, 6, 12, 14>(a, b) +
                              shuffled<1, 3, 9, 11, 5, 7, 13, 15>(a, b);
                else
                    part[i] = shuffled<0, 1, 2, 3, 8, 9, 10, 11>(a, b) +
                              shuffled<4, 5, 6, 7, 12, 13, 14, 15>(a, b);
            } else if constexpr (T::block == 4)
                part[i] = shuffled<0, 2, 4, 6>(a, b) + shuffled<1, 3, 5, 7>(a, b);
            else
                part[i] = shuffled<0, 2>(a, b) + shuffled<1, 3>(a, b);
        }
    }
    return part[0];
}

/// Transposes lanes x lanes numbers: log2(lanes) perfect shuffles of all of them.
template <typename S>
ALS_ALWAYS_INLINE void transpose(typename Tile<S>::Vector (&x)[Tile<S>::lanes]) {
    using T = Tile<S>;
    constexpr int half = T::lanes / 2;
    ALS_UNROLL
    for (int stage = 1; stage < T::lanes; stage *= 2) {
        typename T::Vector y[T::lanes];
        ALS_UNROLL
        for (int i = 0; i < half; ++i) {
            const typename T::Vector a = x[i];
            const typename T::Vector b = x[i + half];
            if constexpr (T::lanes == 16) {
                y[2 * i] = shuffled<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(a, b);
                y[2 * i + 1] =
                    shuffled<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(a, b);
            } else if constexpr (T::lanes == 8) {
                y[2 * i] = shuffled<0, 8, 1, 9, 2, 10, 3, 11>(a, b);
                y[2 * i + 1] = shuffled<4, 12, 5, 13, 6, 14, 7, 15>(a, b);
            } else if constexpr (T::lanes == 4) {
                y[2 * i] = shuffled<0, 4, 1, 5>(a, b);
                y[2 * i + 1] = shuffled<2, 6, 3, 7>(a, b);
            } else {
                y[2 * i] = shuffled<0, 2>(a, b);
                y[2 * i + 1] = shuffled<1, 3>(a, b);
            }
        }
        ALS_UNROLL
        for (int i = 0; i < T::lanes; ++i) x[i] = y[i];
    }
}

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
