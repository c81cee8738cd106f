// SPDX-License-Identifier: MIT
// The dot product of a score. It has the same bits with every instruction set.
#ifndef ALS_SIMD_DOT_HPP
#define ALS_SIMD_DOT_HPP

#include <als/detail/simd/region.hpp>
#include <als/detail/simd/vectors.hpp>

#include <cstdint>

ALS_SIMD_BEGIN
namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace ALS_SIMD_SET {

/// Eight sums of doubles.
struct Octet {
    static constexpr int lanes = shape.bytes / 8;
    using Vector = Pack<double, lanes>::Vector;
    Vector part[8 / lanes];

    /// Adds products of eight pairs.
    template <typename S>
    ALS_ALWAYS_INLINE void add_products(const S* a, const S* b) {
        ALS_UNROLL
        for (int v = 0; v < 8 / lanes; ++v)
            part[v] += ALS_CONVERTED(load<lanes>(a + v * lanes), Vector) *
                       ALS_CONVERTED(load<lanes>(b + v * lanes), Vector);
    }

    [[nodiscard]] ALS_ALWAYS_INLINE double operator[](int i) const {
        return part[i / lanes][i % lanes];
    }
};

/// Returns a . b in double. Products of floats are exact in double, and every instruction set sums
/// them in the same order, so floats give the same bits everywhere. The arguments need no padding.
template <typename S>
double dot(const S* a, const S* b, std::int64_t count) {
    Octet even = {};
    Octet odd = {};
    std::int64_t f = 0;
    for (; f + 16 <= count; f += 16) {
        even.add_products(a + f, b + f);
        odd.add_products(a + f + 8, b + f + 8);
    }
    if (f + 8 <= count) {
        even.add_products(a + f, b + f);
        f += 8;
    }
    ALS_UNROLL
    for (int v = 0; v < 8 / Octet::lanes; ++v) even.part[v] += odd.part[v];
    double sum =
        ((even[0] + even[4]) + (even[1] + even[5])) + ((even[2] + even[6]) + (even[3] + even[7]));
    for (; f < count; ++f) sum += static_cast<double>(a[f]) * static_cast<double>(b[f]);
    return sum;
}

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
