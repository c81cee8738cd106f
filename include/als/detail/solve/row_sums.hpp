// SPDX-License-Identifier: MIT
// Sums over the terms of a row system, in Scalar or in double.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/detail/solve/row_system.hpp>
#include <als/types.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <concepts>
#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

template <typename Number>
using VectorOf = Eigen::Matrix<Number, Eigen::Dynamic, 1>;

/// Computes sums of one system after the other, in vectors of `Number`: Scalar or double. Results
/// are valid until the next call with the same `Number`.
template <Real Scalar>
class RowSums {
public:
    explicit RowSums(const TrainingKernels<Scalar>& kernels) : kernels_(kernels) {}

    void begin(const RowSystem<Scalar>& system) {
        system_ = &system;
        unknowns_ = system.unknowns();
        width_ = padded<Scalar>(unknowns_);
        if (x_.size() == width_) return;
        x_.setZero(width_);
        sum_.setZero(width_);
        wide_x_.setZero(width_);
        wide_sum_.setZero(width_);
    }

    /// sum of weights_j w_j, over all terms.
    template <typename Number>
    const Number* sum_rows(const double* weights) {
        const Terms<Scalar> terms = with(weights);
        if constexpr (std::same_as<Number, Scalar>) {
            sum_.setZero();
            kernels_.sum_rows(terms, width_, sum_.data());
            return sum_.data();
        } else {
            wide_sum_.setZero();
            kernels_.sum_residuals_in_double(terms, nullptr, width_, wide_sum_.data());
            return wide_sum_.data();
        }
    }

    /// sum of (c_j - d_j (w_j . x)) w_j, with `weights` instead of c if it is not null.
    template <typename Number>
    const Number* sum_residuals(const VectorOf<Number>& x, const double* weights = nullptr) {
        const Terms<Scalar> terms = weights == nullptr ? system_->terms() : with(weights);
        if constexpr (std::same_as<Number, Scalar>) {
            std::copy_n(x.data(), unknowns_, x_.data());
            sum_.setZero();
            kernels_.sum_residuals(terms, x_.data(), width_, sum_.data());
            return sum_.data();
        } else {
            std::copy_n(x.data(), unknowns_, wide_x_.data());
            wide_sum_.setZero();
            kernels_.sum_residuals_in_double(terms, wide_x_.data(), width_, wide_sum_.data());
            return wide_sum_.data();
        }
    }

    /// w_j . x of every term.
    template <typename Number>
    const Number* dots(const VectorOf<Number>& x) {
        const Terms<Scalar> terms = system_->terms();
        if constexpr (std::same_as<Number, Scalar>) {
            std::copy_n(x.data(), unknowns_, x_.data());
            dots_.reserve(terms.count);
            kernels_.multiply(terms, x_.data(), width_, dots_.data());
            return dots_.data();
        } else {
            std::copy_n(x.data(), unknowns_, wide_x_.data());
            wide_dots_.reserve(terms.count);
            kernels_.multiply_in_double(terms, wide_x_.data(), width_, wide_dots_.data());
            return wide_dots_.data();
        }
    }

    /// w_j of one term. Valid until the next call.
    const Eigen::VectorXd& row_in_double(std::int64_t j) {
        const Scalar* const row = system_->terms().rows[j];
        wide_row_.resize(unknowns_);
        for (std::int64_t f = 0; f < unknowns_; ++f) wide_row_(f) = static_cast<double>(row[f]);
        return wide_row_;
    }

private:
    [[nodiscard]] Terms<Scalar> with(const double* weights) const {
        Terms<Scalar> terms = system_->terms();
        terms.c = weights;
        return terms;
    }

    const TrainingKernels<Scalar>& kernels_;
    const RowSystem<Scalar>* system_ = nullptr;
    std::int64_t unknowns_ = 0, width_ = 0;
    VectorOf<Scalar> x_, sum_;  // padded
    Buffer<Scalar> dots_;
    Eigen::VectorXd wide_row_, wide_x_, wide_sum_;  // the last two padded
    Buffer<double> wide_dots_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
