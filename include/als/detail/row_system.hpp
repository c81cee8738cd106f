// SPDX-License-Identifier: MIT
// The mathematics of one row, for both objectives, for training and fold-in alike: a diagonal plus a
// matrix of low rank, solved from whichever side is smaller.
#pragma once

#include <als/types.hpp>

#include <Eigen/Cholesky>
#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace als::inline ALS_ABI::detail {

/// What solving in one type needs room for.
template <Real Scalar>
struct RowBuffers {
    using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
    FactorMatrix<Scalar> panel;
    Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> matrix;
    Vector scale, right, z;
};

/// Solves (diag(p) + sum_j s_j^2 w_j w_j') x = sum_j c_j w_j for one row; w_j are m numbers of the fixed
/// side, s_j and c_j belong to the row's j-th cell. With t = p^-1/2 and the panel P whose row j is
/// s_j (w_j .* t), x = t .* z where
///
///     primal   (I + P'P) z = sum_j c_j (w_j .* t)         n m^2 + m^3 / 3 operations
///     dual     (I + PP') v = c / s,   z = P' v            n^2 m + n^3 / 3 operations
///
/// (Woodbury; for ratings the kernel ridge form of Pilaszy and Tikk 2009). Both are exact, and the matrix
/// is the identity plus a positive semidefinite one, which keeps float accurate. Where float is not
/// enough, the row is solved again in double, and then by orthogonal decomposition.
///
/// One object serves many rows, one after the other; its buffers are kept.
template <Real Scalar>
class RowSystem {
public:
    /// Forgets the cells of the row before. `with_bias`: a last column of ones belongs to each w.
    void clear(std::int64_t factors, bool with_bias) {
        cells_.clear();
        factors_ = factors;
        columns_ = factors + (with_bias ? 1 : 0);
        penalty.resize(columns_);
    }

    /// Adds a cell: its row of the fixed side, s and c.
    void add(const Scalar* row, double s, double c) { cells_.push_back({row, s, c}); }

    /// p, one number >= 0 per column; to be filled in between `clear` and `solve`.
    Eigen::VectorXd penalty;

    /// Solves for x, which is then in `solution`. False where not even double gives finite numbers.
    bool solve() {
        const auto pulls = [](const Cell& cell) { return cell.c != 0; };
        if (std::none_of(cells_.begin(), cells_.end(), pulls)) {
            solution.setZero(columns_);
            return true;
        }
        if (solve_in(narrow_)) return true;
        if constexpr (std::same_as<Scalar, float>)
            if (solve_in(wide_)) return true;
        return solve_least_squares();
    }

    /// The same by a complete orthogonal decomposition in double, which gives the solution of minimum
    /// norm where p has zeros. Needs s > 0 in each cell.
    bool solve_least_squares() {
        if (!has_dual()) return false;
        const auto n = static_cast<Eigen::Index>(cells_.size());
        Eigen::MatrixXd stacked = Eigen::MatrixXd::Zero(n + columns_, columns_);
        Eigen::VectorXd right = Eigen::VectorXd::Zero(n + columns_);
        for (Eigen::Index j = 0; j < n; ++j) {
            const Cell& cell = cells_[static_cast<std::size_t>(j)];
            stacked.row(j).setConstant(cell.s);
            stacked.row(j).head(factors_) *= factors_of(cell).template cast<double>().asDiagonal();
            right(j) = cell.c / cell.s;
        }
        stacked.bottomRows(columns_).diagonal() = penalty.cwiseSqrt();
        const Eigen::VectorXd x = stacked.completeOrthogonalDecomposition().solve(right);
        solution = x.template cast<Scalar>();
        return solution.allFinite();
    }

    /// x: the factors, and the bias at the end where there is one.
    Eigen::Matrix<Scalar, Eigen::Dynamic, 1> solution;

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

    [[nodiscard]] bool has_dual() const {
        return std::all_of(cells_.begin(), cells_.end(), [](const Cell& c) { return c.s > 0; });
    }

    /// Number of cells up to which the dual is the cheaper one (measured).
    [[nodiscard]] Eigen::Index crossover() const {
        return columns_ > 32 ? columns_ - 8 : columns_ * 3 / 4;
    }

    template <typename T>
    bool solve_in(RowBuffers<T>& buffers) {
        reserve(buffers);
        buffers.scale = (penalty.array() > 0).select(penalty.array().rsqrt(), 0).template cast<T>();
        const auto n = static_cast<Eigen::Index>(cells_.size());
        const bool solved = n <= crossover() && has_dual() ? solve_dual(buffers, n)
                                                           : solve_primal(buffers, n);
        if (!solved) return false;
        solution = buffers.z.cwiseProduct(buffers.scale).template cast<Scalar>();
        return solution.allFinite();
    }

    /// Buffers for the largest panel and matrix of this width; they stay until the width changes.
    template <typename T>
    void reserve(RowBuffers<T>& buffers) const {
        if (buffers.matrix.cols() == columns_) return;
        buffers.panel.resize(std::max(block_rows, crossover()), columns_);
        buffers.matrix.resize(columns_, columns_);
    }

    /// Rows w_j .* t of the cells from `first` on.
    template <typename T>
    void gather(RowBuffers<T>& buffers, Eigen::Index first, Eigen::Index count) const {
        for (Eigen::Index j = 0; j < count; ++j) {
            auto row = buffers.panel.row(j);
            row.head(factors_) = factors_of(cells_[static_cast<std::size_t>(first + j)])
                                     .template cast<T>()
                                     .cwiseProduct(buffers.scale.head(factors_).transpose());
            if (columns_ > factors_) row(factors_) = buffers.scale(factors_);
        }
    }

    template <typename T>
    bool solve_primal(RowBuffers<T>& buffers, Eigen::Index n) {
        buffers.matrix.setIdentity();
        buffers.z.setZero(columns_);
        for (Eigen::Index first = 0; first < n; first += block_rows) {
            const Eigen::Index count = std::min(block_rows, n - first);
            gather(buffers, first, count);
            for (Eigen::Index j = 0; j < count; ++j) {
                const Cell& cell = cells_[static_cast<std::size_t>(first + j)];
                auto row = buffers.panel.row(j);
                buffers.z += static_cast<T>(cell.c) * row.transpose();
                row *= static_cast<T>(cell.s);
            }
            buffers.matrix.template selfadjointView<Eigen::Lower>().rankUpdate(
                buffers.panel.topRows(count).transpose());
        }
        return cholesky_solve<T>(buffers.matrix, buffers.z);
    }

    template <typename T>
    bool solve_dual(RowBuffers<T>& buffers, Eigen::Index n) {
        auto panel = buffers.panel.topRows(n);
        auto matrix = buffers.matrix.topLeftCorner(n, n);
        buffers.right.resize(n);
        gather(buffers, 0, n);
        for (Eigen::Index j = 0; j < n; ++j) {
            const Cell& cell = cells_[static_cast<std::size_t>(j)];
            panel.row(j) *= static_cast<T>(cell.s);
            buffers.right(j) = static_cast<T>(cell.c / cell.s);
        }
        matrix.setIdentity();
        matrix.template selfadjointView<Eigen::Lower>().rankUpdate(panel);
        if (!cholesky_solve<T>(matrix, buffers.right)) return false;
        buffers.z.noalias() = panel.transpose() * buffers.right;
        return true;
    }

    /// Solves in place. False where the factorisation fails, is not finite (Eigen reports success on NaN),
    /// or is so badly conditioned that a wider type should try.
    template <typename T>
    static bool cholesky_solve(Eigen::Ref<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>> matrix,
                               Eigen::Matrix<T, Eigen::Dynamic, 1>& right) {
        const Eigen::LLT<decltype(matrix)> factor(matrix);
        if (factor.info() != Eigen::Success) return false;
        const auto diagonal = matrix.diagonal().array();
        constexpr T least_ratio = std::same_as<T, float> ? T(1e-5) : T(1e-13);
        const T ratio = diagonal.minCoeff() / diagonal.maxCoeff();
        if (!(ratio * ratio > least_ratio)) return false;
        factor.solveInPlace(right);
        return right.allFinite();
    }

    std::int64_t factors_ = 0;
    std::int64_t columns_ = 0;
    std::vector<Cell> cells_;
    RowBuffers<Scalar> narrow_;
    RowBuffers<double> wide_;
};

}  // namespace als::inline ALS_ABI::detail
