// SPDX-License-Identifier: MIT
// The equations of one row of either side, for both objectives, for training and fold-in alike: a
// diagonal plus a matrix of low rank. `RowSolver` solves them.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/types.hpp>

#include <Eigen/Core>

#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// (diag(p) + sum_j d_j w_j w_j') x = sum_j c_j w_j. Each entry of the row has a term: a row w_j of
/// the fixed side, with one number per unknown, d_j >= 0 and c_j. If factors have to be >= 0, x is
/// the minimum of x' (...) x / 2 - x . sum_j c_j w_j instead. One object serves many rows, one
/// after the other; its memory is kept.
template <Real Scalar>
class RowSystem {
public:
    /// A term: its row of the fixed side, padded with zeros to whole cache lines, d and c.
    struct Term {
        const Scalar* w;
        double d, c;
    };

    /// Forgets the previous row.
    void clear(std::int64_t unknowns) {
        if (unknowns != penalty.size()) penalty.resize(unknowns);
        minimum_norm = false;
        has_bias = false;
        non_negative = 0;
        base = nullptr;
        size_ = 0;
        has_pull_ = false;
    }

    /// Takes the terms term_at(0) ... term_at(count - 1), once after `clear`. Terms whose d and c
    /// are 0 have no effect and are left out.
    template <typename TermAt>
    void take(std::int64_t count, const TermAt& term_at) {
        w_.reserve(count);
        d_.reserve(count);
        c_.reserve(count);
        const Scalar** const w = w_.data();
        double* const d = d_.data();
        double* const c = c_.data();
        std::int64_t size = 0;
        bool has_dual = true;
        bool has_pull = false;
        double sum = 0;
        for (std::int64_t j = 0; j < count; ++j) {
            const Term term = term_at(j);
            w[size] = term.w;
            d[size] = term.d;
            c[size] = term.c;
            const bool counts = (term.d != 0) | (term.c != 0);
            has_dual &= !counts | (term.d > 0);
            has_pull |= term.c != 0;
            sum += term.c;
            size += counts;
        }
        size_ = size;
        has_dual_ = has_dual;
        has_pull_ = has_pull;
        bias_pull_ = sum;
    }

    /// p, one number >= 0 per unknown, which the caller fills in after `clear`. If a number of p is
    /// 0, that number of x is 0, unless `minimum_norm` or `has_bias` says otherwise.
    Eigen::VectorXd penalty;

    /// If true and p has zeros, x is the solution of minimum norm instead.
    bool minimum_norm = false;

    /// Whether the last unknown is a bias: its w is 1 in every term whose d is above 0, and there
    /// is such a term. A bias whose p is 0 does not become 0. p must be above 0 for some other
    /// unknown.
    bool has_bias = false;

    /// How many of the first unknowns have to be >= 0.
    std::int64_t non_negative = 0;

    /// For systems with such unknowns: a matrix [unknowns, unknowns] that is added to diag(p), or
    /// null.
    const Eigen::MatrixXd* base = nullptr;

    [[nodiscard]] std::int64_t unknowns() const { return penalty.size(); }

    /// Number of terms.
    [[nodiscard]] std::int64_t size() const { return size_; }
    [[nodiscard]] Terms<Scalar> terms(std::int64_t first, std::int64_t count) const {
        return {w_.data() + first, d_.data() + first, c_.data() + first, count};
    }
    [[nodiscard]] Terms<Scalar> terms() const { return terms(0, size_); }

    /// Whether all d are above 0, so that the terms can be the unknowns.
    [[nodiscard]] bool has_dual() const { return has_dual_; }
    /// Whether any c is not 0; else x is 0.
    [[nodiscard]] bool has_pull() const { return has_pull_; }
    /// The bias's number on the right-hand side.
    [[nodiscard]] double bias_pull() const { return bias_pull_; }

    /// Returns the equations with another right-hand side: `right`, padded like the rows of the
    /// terms.
    [[nodiscard]] RowSystem with_right_side(const Scalar* right) const {
        RowSystem other;
        other.clear(unknowns());
        other.penalty = penalty;
        other.minimum_norm = minimum_norm;
        other.has_bias = has_bias;
        other.take(size_ + 1, [&](std::int64_t j) -> Term {
            if (j == size_) return {right, 0, 1};
            return {w_.data()[j], d_.data()[j], 0};
        });
        if (has_bias) other.set_bias_pull(static_cast<double>(right[unknowns() - 1]));
        return other;
    }

    /// Sets the bias's number on the right-hand side. Call it after `take` if the w of a term whose
    /// d is 0 does not end with a one.
    void set_bias_pull(double pull) { bias_pull_ = pull; }

private:
    Buffer<const Scalar*> w_;
    Buffer<double> d_, c_;
    std::int64_t size_ = 0;
    bool has_dual_ = true;
    bool has_pull_ = false;
    double bias_pull_ = 0;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
