// SPDX-License-Identifier: MIT
// The mathematics of one row, for both objectives, for training and fold-in alike: a diagonal plus
// a matrix of low rank, solved from whichever side is smaller.
#pragma once

#include <als/types.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace als::inline ALS_ABI::detail {

/// Solves (diag(p) + sum_j s_j^2 w_j w_j') x = sum_j c_j w_j for one row; w_j are m numbers of the
/// fixed side, s_j and c_j belong to the row's j-th cell. With t = p^-1/2 and the panel P whose row
/// j is s_j (w_j .* t), x = t .* z where
///
///     primal   (I + P'P) z = sum_j c_j (w_j .* t)         n m^2 + m^3 / 3 operations
///     dual     (I + PP') v = c / s,   z = P' v            n^2 m + n^3 / 3 operations
///
/// (Woodbury; for ratings the kernel ridge form of Pilaszy and Tikk 2009). Both are exact, and the
/// matrix is the identity plus a positive semidefinite one, which keeps float accurate. Where
/// Cholesky is not enough, the row is solved again in double by its eigenvectors.
///
/// One object serves many rows, one after the other; its buffers are kept.
template <Real Scalar>
class RowSystem {
public:
    using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

    /// Forgets the cells of the row before. `with_bias`: a last column of ones belongs to each w.
    void clear(std::int64_t factors, bool with_bias) {
        cells_.clear();
        factors_ = factors;
        const Eigen::Index columns = factors + (with_bias ? 1 : 0);
        if (columns == columns_) return;
        columns_ = columns;
        penalty.resize(columns);
        panel_.resize(std::max(block_rows, crossover()), columns);
        matrix_.resize(columns, columns);
    }

    /// Adds a cell: its row of the fixed side, s and c.
    void add(const Scalar* row, double s, double c) { cells_.push_back({row, s, c}); }

    /// p, one number >= 0 per column, to be filled in between `clear` and `solve`. Where p is 0, x
    /// is 0.
    Eigen::VectorXd penalty;

    /// Solves for x, which is then in `solution`. False where not even double gives finite numbers.
    bool solve() {
        if (!is_finite()) return false;
        const auto pulls = [](const Cell& cell) { return cell.c != 0; };
        if (std::none_of(cells_.begin(), cells_.end(), pulls)) {
            solution.setZero(columns_);
            return true;
        }
        return solve_by_cholesky() || solve_minimum_norm();
    }

    /// The same in double, by the eigenvectors of the matrix itself: directions that cannot be told
    /// from rounding get 0, which gives the solution of minimum norm where p has zeros. Cost: O(n
    /// m^2 + m^3), far above `solve`.
    bool solve_minimum_norm() {
        if (!is_finite()) return false;
        Eigen::MatrixXd matrix = penalty.asDiagonal();
        Eigen::VectorXd right = Eigen::VectorXd::Zero(columns_);
        Eigen::VectorXd row = Eigen::VectorXd::Ones(columns_);
        for (const Cell& cell : cells_) {
            row.head(factors_) = factors_of(cell).template cast<double>();
            matrix.selfadjointView<Eigen::Lower>().rankUpdate(row, cell.s * cell.s);
            right += cell.c * row;
        }
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(matrix);
        if (eigen.info() != Eigen::Success) return false;
        const auto values = eigen.eigenvalues().array();
        const double smallest = values.maxCoeff() * 10 * static_cast<double>(columns_) *
                                std::numeric_limits<double>::epsilon();
        const Eigen::VectorXd inverse = (values > smallest).select(values.inverse(), 0);
        const Eigen::VectorXd x =
            eigen.eigenvectors() * inverse.cwiseProduct(eigen.eigenvectors().transpose() * right);
        solution = x.template cast<Scalar>();
        return matrix.allFinite() && solution.allFinite();
    }

    /// x: the factors, and the bias at the end where there is one.
    Vector solution;

private:
    struct Cell {
        const Scalar* row;
        double s;
        double c;
    };

    static constexpr Eigen::Index block_rows = 256;

    auto factors_of(const Cell& cell) const {
        return Eigen::Map<const FactorRow<Scalar>>(cell.row, factors_);
    }

    [[nodiscard]] bool is_finite() const {
        return penalty.allFinite() && std::all_of(cells_.begin(), cells_.end(), [](const Cell& c) {
                   return std::isfinite(c.s) && std::isfinite(c.c);
               });
    }

    [[nodiscard]] bool has_dual() const {
        return std::all_of(cells_.begin(), cells_.end(), [](const Cell& c) { return c.s > 0; });
    }

    /// Number of cells up to which the dual is the cheaper one (measured).
    [[nodiscard]] Eigen::Index crossover() const {
        return columns_ > 32 ? columns_ - 8 : columns_ * 3 / 4;
    }

    bool solve_by_cholesky() {
        scale_ = (penalty.array() > 0).select(penalty.array().rsqrt(), 0).template cast<Scalar>();
        const auto n = static_cast<Eigen::Index>(cells_.size());
        if (!(n <= crossover() && has_dual() ? solve_dual(n) : solve_primal(n))) return false;
        solution = z_.cwiseProduct(scale_);
        return solution.allFinite();
    }

    /// Puts w_j .* t of `count` cells from `first` on into the panel.
    void gather(Eigen::Index first, Eigen::Index count) {
        for (Eigen::Index j = 0; j < count; ++j) {
            const Cell& cell = cells_[static_cast<std::size_t>(first + j)];
            panel_.row(j).head(factors_) =
                factors_of(cell).cwiseProduct(scale_.head(factors_).transpose());
            if (columns_ > factors_) panel_(j, factors_) = scale_(factors_);
        }
    }

    bool solve_primal(Eigen::Index n) {
        matrix_.setIdentity();
        z_.setZero(columns_);
        for (Eigen::Index first = 0; first < n; first += block_rows) {
            const Eigen::Index count = std::min(block_rows, n - first);
            gather(first, count);
            for (Eigen::Index j = 0; j < count; ++j) {
                const Cell& cell = cells_[static_cast<std::size_t>(first + j)];
                z_ += static_cast<Scalar>(cell.c) * panel_.row(j).transpose();
                panel_.row(j) *= static_cast<Scalar>(cell.s);
            }
            matrix_.template selfadjointView<Eigen::Lower>().rankUpdate(
                panel_.topRows(count).transpose());
        }
        return cholesky_solve(matrix_, z_);
    }

    bool solve_dual(Eigen::Index n) {
        auto panel = panel_.topRows(n);
        auto matrix = matrix_.topLeftCorner(n, n);
        right_.resize(n);
        gather(0, n);
        for (Eigen::Index j = 0; j < n; ++j) {
            const Cell& cell = cells_[static_cast<std::size_t>(j)];
            panel.row(j) *= static_cast<Scalar>(cell.s);
            right_(j) = static_cast<Scalar>(cell.c / cell.s);
        }
        matrix.setIdentity();
        matrix.template selfadjointView<Eigen::Lower>().rankUpdate(panel);
        if (!cholesky_solve(matrix, right_)) return false;
        z_.noalias() = panel.transpose() * right_;
        return true;
    }

    /// Solves in place. False where the factorisation fails, is not finite (Eigen reports success
    /// on NaN), or where the factor's diagonal shows a condition that would cost too many of the
    /// digits.
    static bool cholesky_solve(
        Eigen::Ref<Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>> matrix, Vector& right) {
        const Eigen::LLT<decltype(matrix)> factor(matrix);
        if (factor.info() != Eigen::Success) return false;
        const Scalar ratio = matrix.diagonal().minCoeff() / matrix.diagonal().maxCoeff();
        if (!(ratio * ratio > 100 * std::numeric_limits<Scalar>::epsilon())) return false;
        factor.solveInPlace(right);
        return right.allFinite();
    }

    std::int64_t factors_ = 0;
    Eigen::Index columns_ = 0;
    std::vector<Cell> cells_;
    FactorMatrix<Scalar> panel_;
    Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> matrix_;
    Vector scale_, right_, z_;
};

}  // namespace als::inline ALS_ABI::detail
