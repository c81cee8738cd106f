// SPDX-License-Identifier: MIT
// The score of two points. No other place computes scores.
#pragma once

#include <als/detail/simd/kernels.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// A row of factors, and the bias that is added to its dot products.
template <Real Scalar>
struct Point {
    const Scalar* factors;
    double bias;
};

/// The score of two points, a.bias + b.bias + a . b, summed in double and rounded once. For float,
/// every instruction set gives the same bits.
template <Real Scalar>
Scalar score(DotKernel<Scalar> dot, const Point<Scalar>& a, const Point<Scalar>& b,
             std::int64_t factors) {
    return static_cast<Scalar>(a.bias + b.bias + dot(a.factors, b.factors, factors));
}

/// Whether all factors of a row are 0, as for a user or item without history.
template <Real Scalar>
bool is_zero(const Scalar* row, std::int64_t factors) {
    return std::all_of(row, row + factors, [](Scalar x) { return x == 0; });
}

}  // namespace detail
}  // inline namespace
}  // namespace als
