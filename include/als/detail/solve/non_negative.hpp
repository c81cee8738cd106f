// SPDX-License-Identifier: MIT
// Solves the equations of a row whose factors have to be >= 0, dense and in double: for the rows
// that `RowSolver` cannot solve with its kernels, and for adjoints.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/reduce.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/detail/solve/dense.hpp>
#include <als/detail/solve/row_matrix.hpp>
#include <als/detail/solve/row_system.hpp>
#include <als/types.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Minimises x' A x / 2 - b . x over all x whose first `bounded` numbers are >= 0. A step of
/// coordinate descent sets one number to its minimum,
///
///     x_f = max(0, x_f - (A x - b)_f / A_ff)
///
/// (Hsieh and Dhillon 2011). Sweeps of these steps find the numbers that are 0. These are then held
/// at 0, and the others are solved for, as in the active sets of Lawson and Hanson 1974. Both
/// alternate until no sweep changes the result. No step raises the function. All numbers are
/// double.
class BoundedMinimum {
public:
    explicit BoundedMinimum(InstructionSet instructions) : cholesky_(instructions) {}

    Eigen::MatrixXd matrix;    ///< A, symmetric
    Eigen::VectorXd right;     ///< b
    Eigen::VectorXd x;         ///< the start, then the minimum
    std::int64_t bounded = 0;  ///< how many of the first numbers have to be >= 0

    /// Moves x from the start to the minimum. Returns false if the function is not finite on the
    /// way. Cost: O(rounds m^3) for m unknowns, mostly a few rounds.
    bool find() {
        for (std::int64_t f = 0; f < bounded; ++f) x(f) = std::max(x(f), 0.0);
        walk();  // most zeros of the start stay zeros
        Eigen::VectorXd best = x;
        double lowest = std::numeric_limits<double>::infinity();
        for (int round = 0; round < most_rounds; ++round) {
            const double value = set_gradient();
            if (!std::isfinite(value)) return false;
            const double gain = lowest - value;
            if (gain >= 0) best = x;
            if (gain <= 1e-14 * std::abs(value)) break;  // only rounding
            lowest = value;
            Sweep last = sweep();
            if (is_settled(last)) break;
            for (int n = 1; n < most_sweeps && last.changed_support; ++n) last = sweep();
            walk();
        }
        x = best;
        return true;
    }

    /// Returns z with A z = target for the free numbers; those held at 0 stay 0.
    [[nodiscard]] Eigen::VectorXd solve_free(const Eigen::VectorXd& target) {
        free_.clear();
        for (std::int64_t f = 0; f < x.size(); ++f)
            if (f >= bounded || x(f) > 0) free_.push_back(f);
        const std::int64_t count = to_count(free_.size());
        Eigen::MatrixXd part(count, count);
        Eigen::VectorXd right_part(count);
        for (std::int64_t f = 0; f < count; ++f) {
            const double* const column = matrix.data() + free_[to_size(f)] * x.size();
            for (std::int64_t g = 0; g < count; ++g) part(g, f) = column[free_[to_size(g)]];
            right_part(f) = target(free_[to_size(f)]);
        }
        Eigen::VectorXd z = Eigen::VectorXd::Zero(x.size());
        Eigen::VectorXd solution;
        if (count == 0) return z;
        if (!solve_symmetric(cholesky_, part, right_part, solution))
            z.setConstant(std::numeric_limits<double>::quiet_NaN());
        else
            for (std::int64_t f = 0; f < count; ++f) z(free_[to_size(f)]) = solution(f);
        return z;
    }

private:
    static constexpr int most_rounds = 200;
    static constexpr int most_sweeps = 8;

    struct Sweep {
        double gain = 0;  ///< twice the decrease of the function
        bool changed_support = false;
    };

    /// Computes the gradient A x - b, and returns the value of the function.
    double set_gradient() {
        const std::int64_t m = x.size();
        gradient_.resize(m);
        for (std::int64_t f = 0; f < m; ++f) gradient_(f) = -right(f);
        for (std::int64_t f = 0; f < m; ++f)
            if (x(f) != 0) add_column(x(f), f);
        double twice = 0;
        for (std::int64_t f = 0; f < m; ++f) twice += x(f) * (gradient_(f) - right(f));
        return twice / 2;
    }

    /// One step for each number.
    Sweep sweep() {
        Sweep result;
        for (std::int64_t f = 0; f < x.size(); ++f) {
            const double curvature = matrix(f, f);
            if (!(curvature > 0)) continue;
            double to = x(f) - gradient_(f) / curvature;
            if (f < bounded) to = std::max(to, 0.0);
            const double change = to - x(f);
            if (change == 0) continue;
            result.gain += change * change * curvature;
            result.changed_support |= f < bounded && (x(f) == 0 || to == 0);
            x(f) = to;
            add_column(change, f);
        }
        return result;
    }

    /// gradient += change times column f of A.
    void add_column(double change, std::int64_t f) {
        const std::int64_t m = x.size();
        const double* const column = matrix.data() + f * m;
        double* const gradient = gradient_.data();
        for (std::int64_t g = 0; g < m; ++g) gradient[g] += change * column[g];
    }

    /// Whether the gain of a sweep is only rounding.
    [[nodiscard]] bool is_settled(const Sweep& last) const {
        constexpr double rounding = 1e-13;
        double size = 0;
        for (std::int64_t f = 0; f < x.size(); ++f) size += x(f) * x(f) * matrix(f, f);
        return last.gain <= rounding * rounding * size;
    }

    /// Moves to the minimum over the free numbers, or as far as the bounds allow.
    void walk() {
        Eigen::VectorXd way = solve_free(right);
        double step = 1;
        for (std::int64_t f = 0; f < x.size(); ++f) {
            way(f) -= x(f);
            if (f < bounded && x(f) + way(f) < 0) step = std::min(step, -x(f) / way(f));
        }
        for (std::int64_t f = 0; f < x.size(); ++f) {
            const double to = x(f) + step * way(f);
            const bool reaches_bound = f < bounded && (to < 0 || -x(f) >= step * way(f));
            x(f) = reaches_bound ? 0 : to;
        }
    }

    Cholesky cholesky_;
    Eigen::VectorXd gradient_;
    std::vector<std::int64_t> free_;  // the numbers that are not held at 0
};

/// Solves row systems with factors that have to be >= 0. One object serves many rows, one after the
/// other; its memory is kept.
template <Real Scalar>
class NonNegativeSolver {
public:
    using Vector = BiasVector<Scalar>;

    explicit NonNegativeSolver(InstructionSet instructions)
        : matrix_(instructions), minimum_(instructions) {}

    /// Moves `solution` to the minimum; starts from 0 if it has another size. Returns false if the
    /// result is not finite. Cost: O(n m^2) for n terms and m unknowns, plus that of
    /// `BoundedMinimum`.
    bool solve(const RowSystem<Scalar>& system, Vector& solution) {
        load(system);
        const std::int64_t m = system.unknowns();
        minimum_.x.setZero(m);
        if (solution.size() == m)
            for (std::int64_t f = 0; f < m; ++f) minimum_.x(f) = static_cast<double>(solution(f));
        if (!minimum_.find()) return false;
        round(minimum_.x, solution);
        return all_finite(solution);
    }

    /// As long as the same numbers are 0, the minimum is linear in b: x = Z b. Z is the inverse of
    /// A on the free numbers (those above 0, and those that may be negative), else 0. Returns Z
    /// times `right`, for the minimum that `solve` found last.
    void solve_free(const Scalar* right, Vector& result) {
        Eigen::VectorXd wide(minimum_.x.size());
        for (std::int64_t f = 0; f < wide.size(); ++f) wide(f) = static_cast<double>(right[f]);
        round(minimum_.solve_free(wide), result);
    }

private:
    static void round(const Eigen::VectorXd& wide, Vector& result) {
        result.resize(wide.size());
        for (std::int64_t f = 0; f < wide.size(); ++f) result(f) = static_cast<Scalar>(wide(f));
    }

    /// Loads A and b of a system.
    void load(const RowSystem<Scalar>& system) {
        const std::int64_t m = system.unknowns();
        const Terms<Scalar> terms = system.terms();
        minimum_.bounded = system.non_negative;
        minimum_.right.setZero(m);
        for (std::int64_t j = 0; j < terms.count; ++j)
            for (std::int64_t f = 0; f < m; ++f)
                minimum_.right(f) += terms.c[j] * static_cast<double>(terms.rows[j][f]);
        matrix_.set(system, minimum_.matrix);
    }

    RowMatrix<Scalar> matrix_;
    BoundedMinimum minimum_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
