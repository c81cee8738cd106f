// SPDX-License-Identifier: MIT
// The inexact solver of a row: a few steps of conjugate gradient.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/check.hpp>
#include <als/detail/base/reduce.hpp>
#include <als/detail/solve/row_sums.hpp>
#include <als/detail/solve/row_system.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Takes steps of conjugate gradient from `x` towards the solution of a row system, preconditioned
/// by p (Hestenes, Stiefel 1952; Takacs, Pilaszy, Tikk 2011). Cost: O(n m) a step, for n terms and
/// m unknowns. One object serves many rows, one after the other; its memory is kept.
template <Real Scalar>
class ConjugateGradient {
public:
    /// `sums` must be set to the system. Returns false if the result is not finite.
    bool run(const RowSystem<Scalar>& system, RowSums<Scalar>& sums, int steps,
             VectorOf<Scalar>& x) {
        start(system, sums, x);
        zeros_.reserve(system.size());
        std::fill_n(zeros_.data(), system.size(), 0.0);
        const std::int64_t m = system.unknowns();
        Scalar size = residual_.dot(direction_);
        // Below this size, further steps would only change rounding errors.
        constexpr Scalar rounding = std::numeric_limits<Scalar>::epsilon();
        const Scalar smallest = size * rounding * rounding;
        for (int step = 0; step < steps && size > smallest; ++step) {
            const Scalar* const sum =
                sums.template sum_residuals<Scalar>(direction_, zeros_.data());
            for (std::int64_t f = 0; f < m; ++f) image_(f) = penalty_(f) * direction_(f) - sum[f];
            const Scalar length = size / direction_.dot(image_);
            for (std::int64_t f = 0; f < m; ++f) {
                x(f) += length * direction_(f);
                residual_(f) -= length * image_(f);
                image_(f) = inverse_(f) * residual_(f);  // preconditioned
            }
            const Scalar next = residual_.dot(image_);
            const Scalar ratio = next / size;
            for (std::int64_t f = 0; f < m; ++f) direction_(f) = image_(f) + ratio * direction_(f);
            size = next;
        }
        return all_finite(x);
    }

private:
    /// Computes the residual at x and the first direction. If a number of p is 0, that number of x
    /// becomes 0; a bias without penalty is preconditioned by the sum of d instead.
    void start(const RowSystem<Scalar>& system, RowSums<Scalar>& sums, VectorOf<Scalar>& x) {
        const std::int64_t m = system.unknowns();
        const bool free_bias = system.has_bias && system.penalty(m - 1) == 0;
        for (VectorOf<Scalar>* vector : {&penalty_, &inverse_, &residual_, &direction_, &image_})
            vector->resize(m);
        for (std::int64_t f = 0; f < m; ++f) {
            penalty_(f) = static_cast<Scalar>(system.penalty(f));
            inverse_(f) = penalty_(f) > 0 ? 1 / penalty_(f) : Scalar(0);
            if (!(penalty_(f) > 0) && !(free_bias && f == m - 1)) x(f) = 0;
        }
        if (free_bias) {
            double curvature = 0;
            for (std::int64_t j = 0; j < system.size(); ++j) curvature += system.terms().d[j];
            inverse_(m - 1) = static_cast<Scalar>(1 / curvature);
        }
        const Scalar* const sum = sums.template sum_residuals<Scalar>(x);
        for (std::int64_t f = 0; f < m; ++f) {
            residual_(f) = sum[f] - penalty_(f) * x(f);
            direction_(f) = inverse_(f) * residual_(f);
        }
    }

    VectorOf<Scalar> penalty_, inverse_, residual_, direction_, image_;
    Buffer<double> zeros_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
