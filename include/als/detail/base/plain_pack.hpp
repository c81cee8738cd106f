// SPDX-License-Identifier: MIT
// Vectors in standard C++, for compilers without vector types: arrays, and loops over them that
// compilers turn into vector instructions.
#pragma once

#include <als/version.hpp>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// N numbers with the operators of the compiler's vectors that the kernels use.
template <typename S, int N>
struct PlainVector {
    S at[N];

    template <typename Other>
    static PlainVector converted(const Other& from) {
        PlainVector result;
        for (int i = 0; i < N; ++i) result.at[i] = static_cast<S>(from.at[i]);
        return result;
    }

    S& operator[](int i) { return at[i]; }
    const S& operator[](int i) const { return at[i]; }

    PlainVector& operator+=(const PlainVector& b) {
        for (int i = 0; i < N; ++i) at[i] += b.at[i];
        return *this;
    }
    PlainVector& operator-=(const PlainVector& b) {
        for (int i = 0; i < N; ++i) at[i] -= b.at[i];
        return *this;
    }
    PlainVector& operator*=(const PlainVector& b) {
        for (int i = 0; i < N; ++i) at[i] *= b.at[i];
        return *this;
    }
    PlainVector& operator*=(S b) { return *this *= all(b); }

    friend PlainVector operator+(PlainVector a, const PlainVector& b) { return a += b; }
    friend PlainVector operator-(PlainVector a, const PlainVector& b) { return a -= b; }
    friend PlainVector operator*(PlainVector a, const PlainVector& b) { return a *= b; }
    friend PlainVector operator+(PlainVector a, S b) { return a += all(b); }
    friend PlainVector operator-(S a, const PlainVector& b) { return all(a) -= b; }
    friend PlainVector operator*(S a, PlainVector b) { return b *= a; }
    friend PlainVector operator*(PlainVector a, S b) { return a *= b; }

private:
    static PlainVector all(S value) {
        PlainVector result;
        for (int i = 0; i < N; ++i) result.at[i] = value;
        return result;
    }
};

/// N numbers as a vector that can be read from and written to any address.
template <typename S, int N>
struct Pack {
    using Vector = PlainVector<S, N>;

    static Vector load(const S* from) {
        Vector result;
        for (int i = 0; i < N; ++i) result.at[i] = from[i];
        return result;
    }
    static void store(S* to, const Vector& value) {
        for (int i = 0; i < N; ++i) to[i] = value.at[i];
    }
};

}  // namespace detail
}  // inline namespace
}  // namespace als
