// SPDX-License-Identifier: MIT
// How the equations of a row are solved: exactly, from whichever side is smaller, or by steps of
// conjugate gradient.
#pragma once

#include <als/detail/buffer.hpp>
#include <als/detail/dense.hpp>
#include <als/detail/kernels.hpp>
#include <als/detail/non_negative.hpp>
#include <als/detail/parallel.hpp>
#include <als/detail/row_system.hpp>
#include <als/types.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <vector>

namespace als::inline ALS_ABI::detail {

/// Solves a `RowSystem`. With t = p^-1/2, s_j = d_j^1/2 and the panel P whose row j is
/// s_j (w_j .* t), x = t .* z where
///
///     primal   (I + P'P) z = sum_j c_j (w_j .* t)         n m^2 + m^3 / 3 operations
///     dual     (I + PP') v = c / s,   z = P' v            n^2 m + n^3 / 3 operations
///
/// for n cells and m unknowns (Woodbury; for ratings the kernel ridge form of Pilaszy and Tikk
/// 2009). Both are exact, and the matrix is the identity plus a positive semidefinite one, which
/// keeps float accurate. Where it is not enough, the solution is refined, or the row solved again,
/// in double.
///
/// One object serves many rows, one after the other; its memory is kept.
template <Real Scalar>
class RowSolver {
public:
    using System = RowSystem<Scalar>;
    using Vector = BiasVector<Scalar>;

    /// A row of more cells is summed in parts, which several threads can share.
    static constexpr std::int64_t part_rows = 8192;

    explicit RowSolver(InstructionSet instructions)
        : kernels_(kernels_for<Scalar>(instructions)),
          rounding_(rounding_kernels<Scalar>(instructions)),
          non_negative_(instructions) {}

    /// x, once solved. Where factors have to be >= 0, the search for them starts here.
    Vector solution;

    /// Solves for x. False where not even double gives finite numbers. `upcoming` is the system to
    /// be solved next, whose rows are fetched from memory meanwhile. `workers` share a row that is
    /// very long; the result does not depend on them.
    bool solve(const System& system, const System* upcoming = nullptr,
               const Workers& workers = {}) {
        begin(system);
        upcoming_ = upcoming;
        if (!system.has_pull()) {
            solution.setZero(m_);
            return true;
        }
        if (system.non_negative > 0) return non_negative_.solve(system, solution);
        if (system.minimum_norm) return solve_in_double(system);
        set_scale();
        const bool dual = system.has_dual() && n_ <= crossover();
        const auto solve_by = [&](const Kernels<Scalar>& kernels) {
            return dual ? solve_dual(kernels) : solve_primal(kernels, workers);
        };
        if (rounding_ != nullptr && pays_to_round(dual) && solve_by(*rounding_)) return true;
        return solve_by(kernels_) || solve_in_double(system);
    }

    /// Makes `solution` the z with z . right_side = right . x, x the solution of `system`, for its
    /// right-hand side and those near it: what each cell adds to right . x is c_j z . w_j.
    bool solve_adjoint(const System& system, const Scalar* right) {
        if (system.non_negative == 0) return solve(system.with_right_side(right));
        solution.setZero(system.unknowns());
        if (!solve(system)) return false;
        if (system.has_pull()) solution = non_negative_.solve_free(right);
        return all_finite(solution);
    }

    /// Takes some steps of conjugate gradient from `solution` towards the solution, preconditioned
    /// by p. Cost: O(n m) a step. False where the result is not finite.
    bool improve(const System& system, int steps) {
        begin(system);
        if (!system.has_pull()) {
            solution.setZero(m_);
            return true;
        }
        if (system.minimum_norm) return solve_in_double(system);
        const Vector diagonal = system.penalty.template cast<Scalar>();
        const Vector inverse = (diagonal.array() > 0).select(diagonal.array().inverse(), 0);
        solution = (diagonal.array() > 0).select(solution, 0);
        Vector residual =
            sum_residuals<Scalar>(system.cells(), solution) - diagonal.cwiseProduct(solution);
        Vector direction = inverse.cwiseProduct(residual);
        Scalar size = residual.dot(direction);
        weights_.reserve(n_);
        std::fill_n(weights_.data(), n_, 0.0);
        // Further steps would only stir the rounding.
        constexpr Scalar rounding = std::numeric_limits<Scalar>::epsilon();
        const Scalar smallest = size * rounding * rounding;
        for (int step = 0; step < steps && size > smallest; ++step) {
            const Vector image =
                diagonal.cwiseProduct(direction) - sum_residuals<Scalar>(with_weights(), direction);
            const Scalar length = size / direction.dot(image);
            solution += length * direction;
            residual -= length * image;
            const Vector preconditioned = inverse.cwiseProduct(residual);
            const Scalar next = residual.dot(preconditioned);
            direction = preconditioned + next / size * direction;
            size = next;
        }
        return all_finite(solution);
    }

    /// The same as `solve` as plainly as Eigen can say it, in double; where p has zeros, the
    /// solution of minimum norm. Cost: O(n m^2 + m^3), far above `solve`.
    bool solve_in_double(const System& system) {
        begin(system);
        Eigen::MatrixXd matrix = system.penalty.asDiagonal();
        Eigen::VectorXd right = Eigen::VectorXd::Zero(m_);
        const Cells<Scalar> cells = system.cells();
        for (std::int64_t j = 0; j < n_; ++j) {
            const Eigen::VectorXd row = row_in_double(j);
            matrix.selfadjointView<Eigen::Lower>().rankUpdate(row, cells.d[j]);
            right += cells.c[j] * row;
        }
        solution = solve_symmetric<double>(matrix, right).template cast<Scalar>();
        return all_finite(solution);
    }

private:
    template <typename Number>
    using VectorOf = Eigen::Matrix<Number, Eigen::Dynamic, 1>;

    static constexpr std::int64_t panel_rows = 256;
    /// Rows of each panel but the last, where `count` cells are summed: panels of about one size.
    static constexpr std::int64_t rows_of_panel(std::int64_t count) {
        const std::int64_t panels = (count + panel_rows - 1) / panel_rows;
        return panels == 0 ? 0 : (count + panels - 1) / panels;
    }
    static constexpr std::int64_t most_parts = 16;

    /// Number of cells up to which the dual is the cheaper one (measured).
    [[nodiscard]] std::int64_t crossover() const { return m_ > 32 ? m_ - 8 : m_ * 3 / 4; }

    /// Below this size refinement costs more than products of rounded numbers save (measured).
    [[nodiscard]] bool pays_to_round(bool dual) const {
        return std::min(dual ? n_ : m_, dual ? m_ : n_) >= 64;
    }

    void begin(const System& system) {
        system_ = &system;
        n_ = system.size();
        if (system.unknowns() == m_) return;
        m_ = system.unknowns();
        width_ = padded<Scalar>(m_);
        for (Vector* vector : {&scale_, &sum_, &x_}) vector->setZero(width_);
    }

    void set_scale() {
        const auto& p = system_->penalty.array();
        const bool ones = (p - 1).abs().maxCoeff() == 0;  // as whitening by Cholesky has it
        gather_scale_ = ones ? nullptr : scale_.data();
        if (ones)
            scale_.head(m_).setOnes();
        else
            scale_.head(m_) = (p > 0).select(p.rsqrt(), 0).matrix().template cast<Scalar>();
    }

    [[nodiscard]] Eigen::VectorXd row_in_double(std::int64_t j) const {
        return Eigen::Map<const Vector>(system_->cells().rows[j], m_).template cast<double>();
    }

    /// What to fetch while the panel that ends before cell `end` is in work: the next panel of this
    /// system, or the first one of the next.
    [[nodiscard]] Upcoming<Scalar> upcoming_after(std::int64_t end) const {
        const std::int64_t bytes = width_ * static_cast<std::int64_t>(sizeof(Scalar));
        if (end < n_) return {system_->cells().rows + end, std::min(panel_rows, n_ - end), bytes};
        if (upcoming_ == nullptr) return {};
        return {upcoming_->cells().rows, rows_of_panel(upcoming_->size()), bytes};
    }

    /// The cells with weights_ in the place of c.
    [[nodiscard]] Cells<Scalar> with_weights() const {
        return {system_->cells().rows, system_->cells().d, weights_.data(), n_};
    }

    /// sum of c_j w_j, in the numbers of `Number`. Valid until the next sum.
    template <typename Number>
    auto sum_rows(const Cells<Scalar>& cells) {
        if constexpr (std::same_as<Number, Scalar>) {
            sum_.setZero();
            kernels_.sum_rows(cells, width_, sum_.data());
            return sum_.head(m_);
        } else {
            VectorOf<Number> sum = VectorOf<Number>::Zero(m_);
            for (std::int64_t j = 0; j < n_; ++j) sum += cells.c[j] * row_in_double(j);
            return sum;
        }
    }

    /// sum of (c_j - d_j (w_j . x)) w_j, likewise.
    template <typename Number>
    auto sum_residuals(const Cells<Scalar>& cells, const VectorOf<Number>& x) {
        if constexpr (std::same_as<Number, Scalar>) {
            x_.head(m_) = x;
            sum_.setZero();
            kernels_.sum_residuals(cells, x_.data(), width_, sum_.data());
            return sum_.head(m_);
        } else {
            VectorOf<Number> sum = VectorOf<Number>::Zero(m_);
            for (std::int64_t j = 0; j < n_; ++j) {
                const Eigen::VectorXd row = row_in_double(j);
                sum += (cells.c[j] - cells.d[j] * row.dot(x)) * row;
            }
            return sum;
        }
    }

    /// w_j . x of every cell.
    template <typename Number>
    Eigen::ArrayXd dots(const VectorOf<Number>& x) {
        if constexpr (std::same_as<Number, Scalar>) {
            x_.head(m_) = x;
            VectorOf<Number> result(n_);
            kernels_.multiply(system_->cells(), x_.data(), width_, result.data());
            return result.array().template cast<double>();
        } else {
            Eigen::ArrayXd result(n_);
            for (std::int64_t j = 0; j < n_; ++j) result(j) = row_in_double(j).dot(x);
            return result;
        }
    }

    /// A matrix with its right-hand side.
    struct Sum {
        Buffer<Scalar> memory;

        Factor<Scalar> of_order(std::int64_t order) {
            const std::int64_t width = padded<Scalar>(order);
            const std::int64_t stride = spread<Scalar>(order);
            memory.reserve(width * (stride + 3));
            Scalar* const vectors = memory.data() + width * stride;
            return {memory.data(), stride,  order,           width,
                    false,         vectors, vectors + width, vectors + 2 * width};
        }
    };

    /// sum += P'P and right += sum of c_j (w_j .* t) over `count` cells from `first` on.
    void add_cells(const Kernels<Scalar>& kernels, std::int64_t first, std::int64_t count,
                   Buffer<Scalar>& panel, Factor<Scalar>& sum) const {
        const std::int64_t stride = spread<Scalar>(m_);
        const std::int64_t most = rows_of_panel(count);
        panel.reserve(most * stride);
        std::fill_n(sum.right, width_, Scalar(0));
        for (const std::int64_t end = first + count; first < end; first += most) {
            const std::int64_t rows = std::min(most, end - first);
            kernels.gather(system_->cells(first, rows), gather_scale_, width_, panel.data(), stride,
                           sum.right);
            kernels.accumulate({panel.data(), stride, rows, upcoming_after(first + rows)}, sum);
            sum.holds_sum = true;
        }
    }

    /// The sum over all cells of a very long row, in parts that depend on its length alone.
    void add_parts(const Kernels<Scalar>& kernels, const Workers& workers, Factor<Scalar>& sum) {
        const std::int64_t parts = std::min(most_parts, (n_ + part_rows - 1) / part_rows);
        parts_.resize(static_cast<std::size_t>(parts));
        parallel_for(
            parts, 1, workers, [] { return Buffer<Scalar>(); },
            [&](Buffer<Scalar>& panel, std::int64_t part) {
                Factor<Scalar> partial = parts_[static_cast<std::size_t>(part)].of_order(m_);
                const std::int64_t first = n_ * part / parts;
                add_cells(kernels, first, n_ * (part + 1) / parts - first, panel, partial);
            });
        const auto add = [](const Scalar* from, std::int64_t count, Scalar* to, bool first) {
            for (std::int64_t i = 0; i < count; ++i) to[i] = first ? from[i] : to[i] + from[i];
        };
        for (std::int64_t part = 0; part < parts; ++part) {
            const auto partial = parts_[static_cast<std::size_t>(part)].of_order(m_);
            add(partial.matrix, width_ * sum.stride, sum.matrix, part == 0);
            add(partial.right, width_, sum.right, part == 0);
        }
        sum.holds_sum = true;
    }

    bool solve_primal(const Kernels<Scalar>& kernels, const Workers& workers) {
        Factor<Scalar> u = matrix_.of_order(m_);
        const std::int64_t stride = spread<Scalar>(m_);
        Panel<Scalar> panel{u.matrix, stride, 0};  // empty: all cells are summed beforehand
        if (n_ <= panel_rows) {
            panel_.reserve(n_ * stride);
            std::fill_n(u.right, width_, Scalar(0));
            kernels.gather(system_->cells(), gather_scale_, width_, panel_.data(), stride, u.right);
            panel = {panel_.data(), stride, n_, upcoming_after(n_)};
        } else if (n_ <= part_rows) {
            add_cells(kernels, 0, n_, panel_, u);
        } else {
            add_parts(kernels, workers, u);
        }
        if (!kernels.factor(panel, u)) return false;
        kernels.solve_back(u);
        const Vector x = scale_.head(m_).cwiseProduct(Eigen::Map<const Vector>(u.solution, m_));
        const auto residual = [&]<typename Number>(const VectorOf<Number>& at) -> VectorOf<Number> {
            return sum_residuals<Number>(system_->cells(), at) -
                   system_->penalty.template cast<Number>().cwiseProduct(at);
        };
        const auto finish = [&](const auto& at) { solution = at.template cast<Scalar>(); };
        return refine_as_needed(kernels, u, x, scale_.head(m_), residual, finish);
    }

    bool solve_dual(const Kernels<Scalar>& kernels) {
        Factor<Scalar> u = matrix_.of_order(n_);
        const std::int64_t stride = spread<Scalar>(n_);
        const Cells<Scalar> cells = system_->cells();
        panel_.reserve(width_ * stride);
        kernels.gather_transposed(cells, gather_scale_, width_, panel_.data(), stride);
        const Eigen::ArrayXd s = Eigen::Map<const Eigen::ArrayXd>(cells.d, n_).sqrt();
        const Eigen::ArrayXd right = Eigen::Map<const Eigen::ArrayXd>(cells.c, n_) / s;
        std::fill_n(u.right, u.width, Scalar(0));
        Eigen::Map<Vector>(u.right, n_) = right.template cast<Scalar>();
        if (!kernels.factor({panel_.data(), stride, m_, upcoming_after(n_)}, u)) return false;
        kernels.solve_back(u);

        weights_.reserve(n_);
        const auto x_of = [&]<typename Number>(const VectorOf<Number>& v) -> VectorOf<Number> {
            Eigen::Map<Eigen::ArrayXd>(weights_.data(), n_) = s * v.array().template cast<double>();
            const auto& sum = sum_rows<Number>(with_weights());
            if constexpr (std::same_as<Number, Scalar>)
                return sum.array() * scale_.head(m_).array().square();
            else
                return (system_->penalty.array() > 0)
                    .select(sum.cwiseQuotient(system_->penalty), 0);
        };
        const auto residual = [&]<typename Number>(const VectorOf<Number>& v) -> VectorOf<Number> {
            return (right - s * dots<Number>(x_of(v))).template cast<Number>().matrix() - v;
        };
        const auto finish = [&](const auto& v) { solution = x_of(v).template cast<Scalar>(); };
        return refine_as_needed(kernels, u, Eigen::Map<const Vector>(u.solution, n_),
                                Vector::Ones(n_), residual, finish);
    }

    /// Hands the solution that began as `first` to `finish`, once it is as accurate as it has to
    /// be. False where it is not to be had from these kernels.
    template <typename Scale, typename Residual, typename Finish>
    bool refine_as_needed(const Kernels<Scalar>& kernels, const Factor<Scalar>& u, Vector first,
                          const Scale& scale, const Residual& residual, const Finish& finish) {
        const bool rounded = &kernels != &kernels_;
        if (is_accurate(u)) {
            if (rounded && !refine<Scalar>(u, first, scale, residual)) return false;
            finish(first);
        } else {
            if (rounded) return false;
            Eigen::VectorXd exact = first.template cast<double>();
            if (!refine<double>(u, exact, scale.template cast<double>(), residual)) return false;
            finish(exact);
        }
        return all_finite(solution);
    }

    /// Whether the factor's diagonal shows a condition that leaves the solution its digits: most of
    /// float's, and as many as float has of double's.
    [[nodiscard]] static bool is_accurate(const Factor<Scalar>& u) {
        const auto inverse = Eigen::Map<const Vector>(u.inverse_diagonal, u.order).array();
        const Scalar ratio = inverse.maxCoeff() / inverse.minCoeff();
        return ratio * ratio <= (std::same_as<Scalar, float> ? Scalar(100) : Scalar(1e7));
    }

    /// Corrects x by what the factor makes of its residual, in the numbers of `Number`, until the
    /// next correction would be below float's rounding. False where that is not soon.
    template <typename Number, typename Scale, typename Residual>
    bool refine(const Factor<Scalar>& u, VectorOf<Number>& x, const Scale& scale,
                const Residual& residual) {
        for (int step = 0; step < 4; ++step) {
            const VectorOf<Number> right = scale.cwiseProduct(residual(x));
            std::fill_n(u.right, u.width, Scalar(0));
            Eigen::Map<Vector>(u.right, u.order) = right.template cast<Scalar>();
            kernels_.solve_forward(u);
            kernels_.solve_back(u);
            const VectorOf<Number> change = scale.cwiseProduct(
                Eigen::Map<const Vector>(u.solution, u.order).template cast<Number>());
            x += change;
            if (change.norm() <= Number(1e-3) * x.norm()) return all_finite(x);
        }
        return false;
    }

    const Kernels<Scalar>& kernels_;
    const Kernels<Scalar>* rounding_;  // sums products of rounded numbers; null without such
    NonNegativeSolver<Scalar> non_negative_;
    const System* system_ = nullptr;  // in work, of n_ cells and m_ unknowns
    const System* upcoming_ = nullptr;
    std::int64_t n_ = 0;
    std::int64_t m_ = 0;
    std::int64_t width_ = 0;  // m_ padded
    Vector scale_, sum_, x_;
    const Scalar* gather_scale_ = nullptr;  // scale_, or null where it is 1
    Buffer<double> weights_;
    Buffer<Scalar> panel_;
    Sum matrix_;
    std::vector<Sum> parts_;
};

}  // namespace als::inline ALS_ABI::detail
