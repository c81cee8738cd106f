// SPDX-License-Identifier: MIT
// The numbers of a row that are not held at 0, for factors that have to be >= 0: `RowSolver` sums
// the equations of all numbers, and solves the part of those that are free.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/reduce.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/detail/solve/factorization_memory.hpp>
#include <als/detail/solve/row_sums.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Searches the z that minimises z' (I + S) z / 2 - r . z and whose first `bounded` numbers are
/// >= 0. Some of these are held at 0; the free numbers are solved for, as if there were no bound.
/// One object serves many rows, one after the other; its memory is kept.
template <Real Scalar>
class FreeNumbers {
public:
    explicit FreeNumbers(const TrainingKernels<Scalar>& kernels) : kernels_(kernels) {}

    VectorOf<Scalar> right;  ///< r
    VectorOf<Scalar> z;      ///< 0 where a number is held

    /// Takes S, on and right of the diagonal, and r from `sum`, which must outlive the use. Of the
    /// bounded numbers, those above 0 in `start` are free; none is if `start` is null.
    void begin(const Factorization<Scalar>& sum, std::int64_t bounded, const Scalar* start) {
        sum_ = sum;
        bounded_ = bounded;
        is_free_.resize(to_size(sum.order));
        for (std::int64_t f = 0; f < sum.order; ++f)
            is_free_[to_size(f)] = f >= bounded || (start != nullptr && start[f] > 0);
        right.resize(sum.order);
        std::copy_n(sum.right, sum.order, right.data());
        z.setZero(sum.order);
        is_factorized_ = false;
    }

    [[nodiscard]] bool is_free(std::int64_t f) const { return is_free_[to_size(f)] != 0; }
    void set_free(std::int64_t f, bool value) {
        is_free_[to_size(f)] = value;
        is_factorized_ = false;
    }

    /// 1 + S_ff.
    [[nodiscard]] Scalar curvature(std::int64_t f) const {
        return 1 + sum_.matrix[f * sum_.stride + f];
    }

    /// Whether the free numbers are those that `solve` last factorized.
    [[nodiscard]] bool is_factorized() const { return is_factorized_; }

    /// The factorization of the free numbers' part. Its order may be 0.
    [[nodiscard]] Factorization<Scalar> part() {
        Factorization<Scalar> u = memory_.of_order(to_count(order_.size()));
        u.holds_sum = true;
        return u;
    }

    /// Solves and exchanges until z is the minimum, up to rounding, or that takes too many steps.
    void search() {
        constexpr int most_steps = 12;
        for (int step = 0; step < most_steps && solve() && exchange(); ++step) {
        }
        for (std::int64_t f = 0; f < bounded_; ++f) z(f) = std::max(z(f), Scalar(0));
    }

    /// Solves for the free numbers. Returns false if their part is not positive definite.
    bool solve() {
        if (!is_factorized_) list();
        const Factorization<Scalar> u = part();
        std::fill_n(u.right, u.width, Scalar(0));
        for (std::int64_t i = 0; i < u.order; ++i) u.right[i] = right(order_[to_size(i)]);
        if (is_factorized_) {
            kernels_.solve_forward(u);
        } else {
            load(u);
            if (!kernels_.factorize({u.matrix, u.stride, 0}, u)) return false;
            is_factorized_ = true;
        }
        kernels_.solve_back(u);
        z.setZero();
        for (std::int64_t i = 0; i < u.order; ++i) z(order_[to_size(i)]) = u.solution[i];
        return true;
    }

private:
    /// Holds the numbers that are below 0, and frees those held whose slope would lift them by more
    /// than rounding (block principal pivoting: Kim and Park 2011). Returns whether there are any.
    bool exchange() {
        const Scalar least =
            std::sqrt(sum_of_squares(z.data(), z.size())) * std::numeric_limits<Scalar>::epsilon();
        bool changed = false;
        for (std::int64_t f = 0; f < bounded_; ++f) {
            if (is_free(f) ? z(f) >= 0 : !(slope(f) > least * curvature(f))) continue;
            set_free(f, !is_free(f));
            changed = true;
        }
        return changed;
    }

    /// r_f - S_f . z, for a number that is held.
    [[nodiscard]] Scalar slope(std::int64_t f) const {
        Scalar result = right(f);
        for (const std::int64_t g : order_)
            result -= sum_.matrix[std::min(f, g) * sum_.stride + std::max(f, g)] * z(g);
        return result;
    }

    void list() {
        order_.clear();
        for (std::int64_t f = 0; f < sum_.order; ++f)
            if (is_free(f)) order_.push_back(f);
    }

    /// Copies the part of the free numbers, on and right of the diagonal.
    void load(const Factorization<Scalar>& u) const {
        for (std::int64_t i = 0; i < u.width; ++i) {
            Scalar* const to = u.matrix + i * u.stride;
            std::fill_n(to, u.width, Scalar(0));
            if (i >= u.order) continue;
            const Scalar* const from = sum_.matrix + order_[to_size(i)] * sum_.stride;
            for (std::int64_t j = i; j < u.order; ++j) to[j] = from[order_[to_size(j)]];
        }
    }

    const TrainingKernels<Scalar>& kernels_;
    Factorization<Scalar> sum_ = {};
    std::int64_t bounded_ = 0;
    std::vector<char> is_free_;
    std::vector<std::int64_t> order_;  // the free numbers at the last factorization
    bool is_factorized_ = false;
    FactorizationMemory<Scalar> memory_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
