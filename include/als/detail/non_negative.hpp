// SPDX-License-Identifier: MIT
// How the equations of a row are solved where its factors have to be >= 0: by coordinate descent.
#pragma once

#include <als/detail/dense.hpp>
#include <als/detail/kernels.hpp>
#include <als/detail/row_system.hpp>
#include <als/types.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace als::inline ALS_ABI::detail {

/// Minimises x' A x / 2 - b . x over the x whose first `system.non_negative` numbers are >= 0, with
/// A and b of a `RowSystem`. A step of coordinate descent sets one number to its minimum,
///
///     x_f = max(0, x_f - (A x - b)_f / A_ff)
///
/// (Hsieh and Dhillon 2011). Sweeps of these find out which numbers are 0; with those held, the
/// minimum of the others is solved for, as in the active sets of Lawson and Hanson 1974, and found
/// when no sweep changes it any more. Nothing on the way raises the function. All in double. One
/// object serves many rows, one after the other; its memory is kept.
template <Real Scalar>
class NonNegativeSolver {
public:
    using System = RowSystem<Scalar>;
    using Vector = BiasVector<Scalar>;

    explicit NonNegativeSolver(InstructionSet instructions)
        : kernels_(kernels_for<double>(instructions)) {}

    /// From `solution`, or from 0 where it has another size, to the minimum. False where the result
    /// is not finite. Cost: O(n m^2 + rounds m^3) for n cells and m unknowns, mostly a few rounds.
    bool solve(const System& system, Vector& solution) {
        load(system);
        const std::int64_t m = system.unknowns();
        x_.setZero(m);
        if (solution.size() == m) x_ = solution.template cast<double>();
        x_.head(bounded_) = x_.head(bounded_).cwiseMax(0);
        best_ = x_;
        double lowest = std::numeric_limits<double>::infinity();
        for (int round = 0; round < most_rounds; ++round) {
            gradient_.noalias() = matrix_ * x_ - right_;
            const double value = x_.dot(gradient_ - right_) / 2;
            if (!std::isfinite(value)) return false;
            const double gain = lowest - value;
            if (gain >= 0) best_ = x_;
            if (gain <= 1e-14 * std::abs(value)) break;  // rounding alone
            lowest = value;
            Sweep last = sweep();
            constexpr double rounding = 1e-13;
            const double size = x_.cwiseAbs2().dot(matrix_.diagonal());
            if (last.gain <= rounding * rounding * size) break;
            for (int n = 1; n < most_sweeps && last.changed_support; ++n) last = sweep();
            walk();
        }
        x_ = best_;
        solution = x_.template cast<Scalar>();
        return all_finite(solution);
    }

    /// Where the minimum lies is linear in b while no further number becomes 0: x = Z b, and Z is
    /// the inverse of A on the numbers above 0 (and those that may be negative), else 0. Z times
    /// `right`, at the minimum that `solve` has found last.
    [[nodiscard]] Vector solve_free(const Scalar* right) const {
        const auto row = Eigen::Map<const Vector>(right, x_.size()).template cast<double>();
        return solve_held(row).template cast<Scalar>();
    }

private:
    static constexpr int most_rounds = 200;
    static constexpr int most_sweeps = 8;
    static constexpr std::int64_t panel_rows = 128;

    struct Sweep {
        double gain = 0;  ///< twice what the function has fallen by
        bool changed_support = false;
    };

    /// One step for each number.
    Sweep sweep() {
        Sweep result;
        for (std::int64_t f = 0; f < x_.size(); ++f) {
            const double curvature = matrix_(f, f);
            if (!(curvature > 0)) continue;
            double to = x_(f) - gradient_(f) / curvature;
            if (f < bounded_) to = std::max(to, 0.0);
            const double change = to - x_(f);
            if (change == 0) continue;
            result.gain += change * change * curvature;
            result.changed_support |= f < bounded_ && (x_(f) == 0 || to == 0);
            x_(f) = to;
            gradient_ += change * matrix_.col(f);
        }
        return result;
    }

    /// z with A z = right on the numbers that are not held at 0, which stay 0.
    [[nodiscard]] Eigen::VectorXd solve_held(const Eigen::VectorXd& right) const {
        Eigen::VectorXd free = Eigen::VectorXd::Ones(x_.size());
        for (std::int64_t f = 0; f < bounded_; ++f) free(f) = x_(f) > 0 ? 1 : 0;
        Eigen::MatrixXd matrix = free.asDiagonal() * matrix_ * free.asDiagonal();
        matrix.diagonal().array() += 1 - free.array();
        return solve_symmetric<double>(matrix, free.cwiseProduct(right));
    }

    /// Goes to the minimum of the numbers that are not held, or as far as the bounds allow.
    void walk() {
        const Eigen::VectorXd way = solve_held(right_) - x_;
        double step = 1;
        for (std::int64_t f = 0; f < bounded_; ++f)
            if (x_(f) + way(f) < 0) step = std::min(step, -x_(f) / way(f));
        for (std::int64_t f = 0; f < x_.size(); ++f) {
            const double to = x_(f) + step * way(f);
            const bool reaches_bound = f < bounded_ && (to < 0 || -x_(f) >= step * way(f));
            x_(f) = reaches_bound ? 0 : to;
        }
    }

    /// A and b, the products summed a panel at a time.
    void load(const System& system) {
        const std::int64_t m = system.unknowns();
        bounded_ = system.non_negative;
        const std::int64_t width = padded<double>(m);
        const std::int64_t stride = spread<double>(m);
        sum_.setZero(width, width);
        right_.setZero(m);
        panel_.setZero(panel_rows, stride);
        for (std::int64_t first = 0; first < system.size(); first += panel_rows) {
            const Cells<Scalar> cells =
                system.cells(first, std::min(panel_rows, system.size() - first));
            for (std::int64_t j = 0; j < cells.count; ++j) {
                const auto row = Eigen::Map<const Vector>(cells.rows[j], m).template cast<double>();
                right_ += cells.c[j] * row;
                panel_.row(j).head(m) = std::sqrt(cells.d[j]) * row.transpose();
            }
            kernels_.accumulate({panel_.data(), stride, cells.count},
                                {sum_.data(), width, m, width, true, nullptr, nullptr, nullptr});
        }
        matrix_ = sum_.topLeftCorner(m, m).template selfadjointView<Eigen::Upper>();
        matrix_.diagonal() += system.penalty;
        if (system.base != nullptr) matrix_ += *system.base;
    }

    const Kernels<double>& kernels_;
    FactorMatrix<double> sum_, panel_;
    Eigen::MatrixXd matrix_;
    Eigen::VectorXd right_, gradient_, x_, best_;
    std::int64_t bounded_ = 0;
};

}  // namespace als::inline ALS_ABI::detail
