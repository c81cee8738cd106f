// SPDX-License-Identifier: MIT
// The mathematics of one row, for both objectives, for training and fold-in alike: a diagonal plus
// a matrix of low rank, solved from whichever side is smaller.
#pragma once

#include <als/detail/buffer.hpp>
#include <als/detail/kernels.hpp>
#include <als/detail/parallel.hpp>
#include <als/types.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <vector>

namespace als::inline ALS_ABI::detail {

/// Solves (diag(p) + sum_j d_j w_j w_j') x = sum_j c_j w_j for one row; w_j are m numbers of the
/// fixed side, d_j >= 0 and c_j belong to the row's j-th cell. With t = p^-1/2, s_j = d_j^1/2 and
/// the panel P whose row j is s_j (w_j .* t), x = t .* z where
///
///     primal   (I + P'P) z = sum_j c_j (w_j .* t)         n m^2 + m^3 / 3 operations
///     dual     (I + PP') v = c / s,   z = P' v            n^2 m + n^3 / 3 operations
///
/// (Woodbury; for ratings the kernel ridge form of Pilaszy and Tikk 2009). Both are exact, and the
/// matrix is the identity plus a positive semidefinite one, which keeps float accurate. Where it is
/// not enough, the solution is refined, or the row solved again, in double.
///
/// One object serves many rows, one after the other; its buffers are kept.
template <Real Scalar>
class RowSystem {
public:
    using Vector = BiasVector<Scalar>;

    /// A row of more cells is summed in parts, which several threads can share.
    static constexpr std::int64_t part_rows = 8192;

    explicit RowSystem(InstructionSet instructions)
        : kernels_(kernels_for<Scalar>(instructions)),
          rounding_(rounding_kernels<Scalar>(instructions)) {}

    /// Forgets the row before. The next one has this many unknowns and at most so many cells.
    void clear(std::int64_t columns, std::int64_t most_cells) {
        rows_.reserve(most_cells);
        d_.reserve(most_cells);
        c_.reserve(most_cells);
        size_ = 0;
        upcoming_.clear();
        has_dual_ = true;
        has_pull_ = false;
        if (columns == columns_) return;
        columns_ = columns;
        width_ = padded<Scalar>(columns);
        penalty.resize(columns);
        solution.resize(columns);
        for (Vector* vector : {&scale_, &sum_, &x_}) vector->setZero(width_);
    }

    /// Adds a cell: its row of the fixed side, padded with zeros to whole cache lines, d and c.
    void add(const Scalar* row, double d, double c) {
        rows_.data()[size_] = row;
        d_.data()[size_] = d;
        c_.data()[size_] = c;
        ++size_;
        has_dual_ = has_dual_ && d > 0;
        has_pull_ = has_pull_ || c != 0;
    }

    /// Names the cells of the system after this one, to be fetched from memory meanwhile.
    template <typename Ids, typename RowOf>
    void expect(const Ids& ids, const RowOf& row_of) {
        const std::int64_t count = rows_of_panel(static_cast<std::int64_t>(ids.size()));
        upcoming_.resize(static_cast<std::size_t>(count));
        for (std::size_t j = 0; j < upcoming_.size(); ++j)
            upcoming_[j] = row_of(ids[j], static_cast<std::int64_t>(j));
    }

    /// p, one number >= 0 per column, to be filled in between `clear` and `solve`. Where p is 0, x
    /// is 0.
    Eigen::VectorXd penalty;

    /// x, once solved.
    Vector solution;

    /// Solves for x. False where not even double gives finite numbers. `workers` share a row that
    /// is very long; the result does not depend on them.
    bool solve(const Workers& workers = {}) {
        if (!has_pull_) {
            solution.setZero();
            return true;
        }
        scale_.head(columns_) = penalty.template cast<Scalar>();
        scale_ = (scale_.array() > 0).select(scale_.array().rsqrt(), Scalar(0));
        gather_scale_ = (penalty.array() == 1).all() ? nullptr : scale_.data();
        const bool dual = has_dual_ && size_ <= crossover();
        const std::int64_t order = dual ? size_ : columns_;
        const std::int64_t depth = dual ? columns_ : size_;
        const auto solve_by = [&](const Kernels<Scalar>& kernels) {
            return dual ? solve_dual(kernels) : solve_primal(kernels, workers);
        };
        if (rounding_ != nullptr && order >= 96 && depth >= 96 && solve_by(*rounding_)) return true;
        return solve_by(kernels_) || solve_in_double();
    }

    /// Takes some steps of conjugate gradient from `solution` towards the solution, preconditioned
    /// by p. Cost: O(n m) a step. False where the result is not finite.
    bool improve(int steps) {
        if (!has_pull_) {
            solution.setZero();
            return true;
        }
        const Vector diagonal = penalty.template cast<Scalar>();
        const Vector inverse = (diagonal.array() > 0).select(diagonal.array().inverse(), 0);
        solution = (diagonal.array() > 0).select(solution, 0);
        Vector residual = weighted_rows(cells(), &solution) - diagonal.cwiseProduct(solution);
        Vector direction = inverse.cwiseProduct(residual);
        Scalar size = residual.dot(direction);
        weights_.reserve(size_);
        std::fill_n(weights_.data(), size_, 0.0);
        // Further steps would only stir the rounding.
        constexpr Scalar rounding = std::numeric_limits<Scalar>::epsilon();
        const Scalar smallest = size * rounding * rounding;
        for (int step = 0; step < steps && size > smallest; ++step) {
            const Vector image =
                diagonal.cwiseProduct(direction) - weighted_rows(weighted_cells(), &direction);
            const Scalar length = size / direction.dot(image);
            solution += length * direction;
            residual -= length * image;
            const Vector preconditioned = inverse.cwiseProduct(residual);
            const Scalar next = residual.dot(preconditioned);
            direction = preconditioned + next / size * direction;
            size = next;
        }
        return solution.allFinite();
    }

    /// The same as `solve` as plainly as Eigen can say it, in double: by Cholesky, or where the
    /// matrix is close to singular by its eigenvectors. Directions that cannot be told from
    /// rounding get 0, which gives the solution of minimum norm where p has zeros. Cost: O(n m^2 +
    /// m^3), far above `solve`.
    bool solve_in_double() {
        Eigen::MatrixXd matrix = penalty.asDiagonal();
        Eigen::VectorXd right = Eigen::VectorXd::Zero(columns_);
        for (std::int64_t j = 0; j < size_; ++j) {
            const Eigen::VectorXd row = row_in_double(j);
            matrix.selfadjointView<Eigen::Lower>().rankUpdate(row, d_.data()[j]);
            right += c_.data()[j] * row;
        }
        if (!matrix.allFinite() || !right.allFinite()) return false;
        const Eigen::LLT<Eigen::MatrixXd> cholesky(matrix);
        const auto pivots = cholesky.matrixLLT().diagonal().array();
        if (cholesky.info() == Eigen::Success && pivots.minCoeff() > 1e-6 * pivots.maxCoeff()) {
            solution = cholesky.solve(right).template cast<Scalar>();
            return solution.allFinite();
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
        return solution.allFinite();
    }

private:
    static constexpr std::int64_t panel_rows = 256;
    /// Rows of each panel but the last, where `count` cells are summed: panels of about one size.
    static constexpr std::int64_t rows_of_panel(std::int64_t count) {
        const std::int64_t panels = (count + panel_rows - 1) / panel_rows;
        return panels == 0 ? 0 : (count + panels - 1) / panels;
    }
    static constexpr std::int64_t most_parts = 16;

    /// Number of cells up to which the dual is the cheaper one (measured).
    [[nodiscard]] std::int64_t crossover() const {
        return columns_ > 32 ? columns_ - 8 : columns_ * 3 / 4;
    }

    [[nodiscard]] Cells<Scalar> cells(std::int64_t first, std::int64_t count) const {
        return {rows_.data() + first, d_.data() + first, c_.data() + first, count};
    }
    [[nodiscard]] Cells<Scalar> cells() const { return cells(0, size_); }

    [[nodiscard]] Eigen::VectorXd row_in_double(std::int64_t j) const {
        return Eigen::Map<const Vector>(rows_.data()[j], columns_).template cast<double>();
    }

    /// What to fetch while the panel that ends before cell `end` is in work.
    [[nodiscard]] Upcoming<Scalar> upcoming_after(std::int64_t end) const {
        const bool own = end < size_;
        return {
            own ? rows_.data() + end : upcoming_.data(),
            own ? std::min(panel_rows, size_ - end) : static_cast<std::int64_t>(upcoming_.size()),
            width_ * static_cast<std::int64_t>(sizeof(Scalar))};
    }

    /// The cells with weights_ in the place of c.
    [[nodiscard]] Cells<Scalar> weighted_cells() const {
        return {rows_.data(), d_.data(), weights_.data(), size_};
    }

    /// sum of (c_j - d_j (w_j . x)) w_j, or of c_j w_j without x. Valid until the next call.
    auto weighted_rows(const Cells<Scalar>& weighted, const Vector* x) {
        if (x != nullptr) x_.head(columns_) = *x;
        sum_.setZero();
        kernels_.combine(weighted, x != nullptr ? x_.data() : nullptr, width_, sum_.data());
        return sum_.head(columns_);
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
        const std::int64_t stride = spread<Scalar>(columns_);
        const std::int64_t most = rows_of_panel(count);
        panel.reserve(most * stride);
        std::fill_n(sum.right, width_, Scalar(0));
        for (const std::int64_t end = first + count; first < end; first += most) {
            const std::int64_t rows = std::min(most, end - first);
            kernels.gather(cells(first, rows), gather_scale_, width_, panel.data(), stride,
                           sum.right);
            kernels.accumulate({panel.data(), stride, rows, upcoming_after(first + rows)}, sum);
            sum.holds_sum = true;
        }
    }

    /// The sum over all cells of a very long row, in parts that depend on its length alone.
    void add_parts(const Kernels<Scalar>& kernels, const Workers& workers, Factor<Scalar>& sum) {
        const std::int64_t parts = std::min(most_parts, (size_ + part_rows - 1) / part_rows);
        parts_.resize(static_cast<std::size_t>(parts));
        parallel_for(
            parts, 1, workers, [] { return Buffer<Scalar>(); },
            [&](Buffer<Scalar>& panel, std::int64_t part) {
                Factor<Scalar> partial = parts_[static_cast<std::size_t>(part)].of_order(columns_);
                const std::int64_t first = size_ * part / parts;
                add_cells(kernels, first, size_ * (part + 1) / parts - first, panel, partial);
            });
        const auto add = [](const Scalar* from, std::int64_t count, Scalar* to, bool first) {
            for (std::int64_t i = 0; i < count; ++i) to[i] = first ? from[i] : to[i] + from[i];
        };
        for (std::int64_t part = 0; part < parts; ++part) {
            const auto partial = parts_[static_cast<std::size_t>(part)].of_order(columns_);
            add(partial.matrix, width_ * sum.stride, sum.matrix, part == 0);
            add(partial.right, width_, sum.right, part == 0);
        }
        sum.holds_sum = true;
    }

    bool solve_primal(const Kernels<Scalar>& kernels, const Workers& workers) {
        Factor<Scalar> u = matrix_.of_order(columns_);
        const std::int64_t stride = spread<Scalar>(columns_);
        Panel<Scalar> panel{u.matrix, stride, 0};  // empty: all cells are summed beforehand
        if (size_ <= panel_rows) {
            panel_.reserve(size_ * stride);
            std::fill_n(u.right, width_, Scalar(0));
            kernels.gather(cells(), gather_scale_, width_, panel_.data(), stride, u.right);
            panel = {panel_.data(), stride, size_, upcoming_after(size_)};
        } else if (size_ <= part_rows) {
            add_cells(kernels, 0, size_, panel_, u);
        } else {
            add_parts(kernels, workers, u);
        }
        if (!kernels.factor(panel, u)) return false;
        kernels.solve_back(u);
        const auto scale = scale_.head(columns_);
        solution = scale.cwiseProduct(Eigen::Map<const Vector>(u.solution, columns_));
        if (is_accurate(u)) {
            if (&kernels == &kernels_) return solution.allFinite();
            return refine<Scalar>(u, solution, scale, [&](const Vector& x) -> Vector {
                return weighted_rows(cells(), &x) - penalty.template cast<Scalar>().cwiseProduct(x);
            });
        }
        Eigen::VectorXd x = solution.template cast<double>();
        if (&kernels != &kernels_ ||
            !refine<double>(u, x, scale.template cast<double>(), [&](const Eigen::VectorXd& at) {
                Eigen::VectorXd residual = -penalty.cwiseProduct(at);
                for (std::int64_t j = 0; j < size_; ++j) {
                    const Eigen::VectorXd row = row_in_double(j);
                    residual += (c_.data()[j] - d_.data()[j] * row.dot(at)) * row;
                }
                return residual;
            }))
            return false;
        solution = x.template cast<Scalar>();
        return solution.allFinite();
    }

    bool solve_dual(const Kernels<Scalar>& kernels) {
        Factor<Scalar> u = matrix_.of_order(size_);
        const std::int64_t stride = spread<Scalar>(size_);
        panel_.reserve(width_ * stride);
        kernels.gather_transposed(cells(), gather_scale_, width_, panel_.data(), stride);
        const Eigen::ArrayXd s = Eigen::Map<const Eigen::ArrayXd>(d_.data(), size_).sqrt();
        const Eigen::ArrayXd right = Eigen::Map<const Eigen::ArrayXd>(c_.data(), size_) / s;
        std::fill_n(u.right, u.width, Scalar(0));
        Eigen::Map<Vector>(u.right, size_) = right.template cast<Scalar>();
        if (!kernels.factor({panel_.data(), stride, columns_, upcoming_after(size_)}, u))
            return false;
        kernels.solve_back(u);

        Vector v = Eigen::Map<const Vector>(u.solution, size_);
        weights_.reserve(size_);
        const auto weigh = [&](const auto& at) {  // x of v, in float
            Eigen::Map<Eigen::ArrayXd>(weights_.data(), size_) =
                s * at.array().template cast<double>();
            solution = weighted_rows(weighted_cells(), nullptr).array() *
                       scale_.head(columns_).array().square();
        };
        if (is_accurate(u)) {
            if (&kernels != &kernels_ &&
                !refine<Scalar>(u, v, Vector::Ones(size_), [&](const Vector& at) {
                    weigh(at);
                    x_.head(columns_) = solution;
                    Vector dots(size_);
                    kernels.multiply(cells(), x_.data(), width_, dots.data());
                    return ((right - s * dots.array().template cast<double>())
                                .template cast<Scalar>() -
                            at.array())
                        .matrix()
                        .eval();
                }))
                return false;
            weigh(v);
            return solution.allFinite();
        }
        if (&kernels != &kernels_) return false;
        const Eigen::VectorXd inverse = (penalty.array() > 0).select(penalty.array().inverse(), 0);
        const auto x_of = [&](const Eigen::VectorXd& at) {
            Eigen::VectorXd x = Eigen::VectorXd::Zero(columns_);
            for (std::int64_t j = 0; j < size_; ++j) x += s(j) * at(j) * row_in_double(j);
            return x.cwiseProduct(inverse).eval();
        };
        Eigen::VectorXd exact = v.template cast<double>();
        if (!refine<double>(u, exact, Eigen::VectorXd::Ones(size_), [&](const Eigen::VectorXd& at) {
                const Eigen::VectorXd x = x_of(at);
                Eigen::VectorXd residual = right.matrix() - at;
                for (std::int64_t j = 0; j < size_; ++j)
                    residual(j) -= s(j) * row_in_double(j).dot(x);
                return residual;
            }))
            return false;
        solution = x_of(exact).template cast<Scalar>();
        return solution.allFinite();
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
    bool refine(const Factor<Scalar>& u, Eigen::Matrix<Number, Eigen::Dynamic, 1>& x,
                const Scale& scale, const Residual& residual) {
        for (int step = 0; step < 4; ++step) {
            const Eigen::Matrix<Number, Eigen::Dynamic, 1> right = scale.cwiseProduct(residual(x));
            std::fill_n(u.right, u.width, Scalar(0));
            Eigen::Map<Vector>(u.right, u.order) = right.template cast<Scalar>();
            kernels_.solve_forward(u);
            kernels_.solve_back(u);
            const Eigen::Matrix<Number, Eigen::Dynamic, 1> change = scale.cwiseProduct(
                Eigen::Map<const Vector>(u.solution, u.order).template cast<Number>());
            x += change;
            if (change.norm() <= Number(1e-3) * x.norm()) return x.allFinite();
        }
        return false;
    }

    const Kernels<Scalar>& kernels_;
    const Kernels<Scalar>* rounding_;  // sums products of rounded numbers; null without such
    std::int64_t columns_ = 0;
    std::int64_t width_ = 0;
    std::int64_t size_ = 0;
    Buffer<const Scalar*> rows_;
    Buffer<double> d_, c_, weights_;
    std::vector<const Scalar*> upcoming_;
    bool has_dual_ = true;   // all d > 0
    bool has_pull_ = false;  // any c != 0
    Vector scale_, sum_, x_;
    const Scalar* gather_scale_ = nullptr;  // scale_, or null where it is 1
    Buffer<Scalar> panel_;
    Sum matrix_;
    std::vector<Sum> parts_;
};

}  // namespace als::inline ALS_ABI::detail
