// SPDX-License-Identifier: MIT
// Solves the equations of a row exactly, in the smaller of two forms.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/base/reduce.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/detail/solve/conjugate_gradient.hpp>
#include <als/detail/solve/dense.hpp>
#include <als/detail/solve/factorization_memory.hpp>
#include <als/detail/solve/free_numbers.hpp>
#include <als/detail/solve/non_negative.hpp>
#include <als/detail/solve/row_sums.hpp>
#include <als/detail/solve/row_system.hpp>
#include <als/types.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Solves a `RowSystem`. With t = p^-1/2, s_j = d_j^1/2 and the panel P whose row j is
/// s_j (w_j .* t), x = t .* z with
///
///     primal   (I + P'P) z = sum_j c_j (w_j .* t)         n m^2 + m^3 / 3 operations
///     dual     (I + PP') v = c / s,   z = P' v            n^2 m + n^3 / 3 operations
///
/// for n terms and m unknowns (Woodbury; for ratings the kernel ridge form of Pilaszy and Tikk
/// 2009). A bias is eliminated beforehand (see `eliminate_bias`): it is not among the m. Both are
/// exact, and the matrix is the identity plus a positive semidefinite one, which
/// keeps float accurate. If float is not enough, the solution is refined in double, or the row is
/// solved again in double.
///
/// A system with a base matrix G has the same primal with t = (p + diag(G))^-1/2 and
/// diag(t) G diag(t), less its diagonal, beside P'P; it is always refined in double. So are rows
/// whose numbers have to be >= 0: they are solved by parts of the primal (`FreeNumbers`).
///
/// One object serves many rows, one after the other; its memory is kept.
template <Real Scalar>
class RowSolver {
public:
    using System = RowSystem<Scalar>;
    using Vector = BiasVector<Scalar>;

    /// A row with more terms is summed in parts, which several threads can share.
    static constexpr std::int64_t part_rows = 8192;

    explicit RowSolver(InstructionSet instructions)
        : kernels_(training_kernels<Scalar>(instructions)),
          rounding_(rounding_training_kernels<Scalar>(instructions)),
          dot_(dot_kernel<double>(instructions)),
          sums_(kernels_),
          cholesky_(instructions),
          non_negative_(instructions),
          free_(kernels_) {}

    /// x, once solved. Conjugate gradient and the search for factors >= 0 start from it.
    Vector solution;

    /// Solves for x. Returns false if even double does not give finite numbers. `upcoming` is the
    /// system to solve next; its rows are prefetched meanwhile. `workers` share a very long row;
    /// the result does not depend on them.
    bool solve(const System& system, const System* upcoming = nullptr,
               const Workers& workers = {}) {
        begin(system);
        upcoming_ = upcoming;
        if (!system.has_pull()) {
            solution.setZero(m_);
            return true;
        }
        if (system.minimum_norm) return solve_in_double(system);
        const bool bounded = system.non_negative > 0;
        dual_ = !bounded && system.has_dual() && n_ <= crossover();
        set_scale();
        eliminate_bias();
        if (bounded) return solve_bounded(workers) || solve_in_double(system);
        if (rounding_ != nullptr && pays_to_round() && solve_by(*rounding_, workers)) return true;
        return solve_by(kernels_, workers) || solve_in_double(system);
    }

    /// Solves for x in a system with a base matrix, which must not have a bias. Returns false if
    /// the condition is too large for refinement: the base must then be whitened.
    bool solve_with_base(const System& system) {
        begin(system);
        upcoming_ = nullptr;
        if (!system.has_pull()) {
            solution.setZero(m_);
            return true;
        }
        dual_ = false;
        set_scale();
        eliminate_bias();
        return solve_by(kernels_, Workers{1});
    }

    /// Sets `solution` to the z with z . right_side = right . x, where x solves `system`, for the
    /// system's right-hand side and for those near it. Each term then adds c_j z . w_j to
    /// right . x.
    bool solve_adjoint(const System& system, const Scalar* right) {
        if (system.non_negative == 0) return solve(system.with_right_side(right));
        solution.setZero(system.unknowns());
        if (!system.has_pull()) return true;
        if (!non_negative_.solve(system, solution)) return false;
        non_negative_.solve_free(right, solution);
        return all_finite(solution);
    }

    /// Takes steps of conjugate gradient from `solution` towards the exact one. Cost: O(n m) a
    /// step. Returns false if the result is not finite.
    bool conjugate_gradient(const System& system, int steps) {
        begin(system);
        if (!system.has_pull()) {
            solution.setZero(m_);
            return true;
        }
        if (system.minimum_norm) return solve_in_double(system);
        return conjugate_gradient_.run(system, sums_, steps, solution);
    }

    /// Solves in double, in the plainest way. If p has zeros, it gives the solution of minimum
    /// norm. Cost: O(n m^2 + m^3), far above `solve`.
    bool solve_in_double(const System& system) {
        if (system.non_negative > 0) return non_negative_.solve(system, solution);
        begin(system);
        Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(m_, m_);
        Eigen::VectorXd right = Eigen::VectorXd::Zero(m_);
        for (std::int64_t f = 0; f < m_; ++f) matrix(f, f) = system.penalty(f);
        const Terms<Scalar> terms = system.terms();
        for (std::int64_t j = 0; j < n_; ++j) {
            const Eigen::VectorXd& row = sums_.row_in_double(j);
            for (std::int64_t f = 0; f < m_; ++f) {
                right(f) += terms.c[j] * row(f);
                const double scaled = terms.d[j] * row(f);
                for (std::int64_t g = f; g < m_; ++g) matrix(g, f) += scaled * row(g);
            }
        }
        Eigen::VectorXd x;
        const bool solved = solve_symmetric(cholesky_, matrix, right, x);
        take(x);
        return solved && all_finite(solution);
    }

private:
    using Kernels = TrainingKernels<Scalar>;

    static constexpr std::int64_t panel_rows = 256;
    static constexpr std::int64_t most_parts = 16;

    /// Rows of each panel except the last, if `count` terms are summed. The panels have about the
    /// same size.
    static constexpr std::int64_t rows_of_panel(std::int64_t count) {
        const std::int64_t panels = (count + panel_rows - 1) / panel_rows;
        return panels == 0 ? 0 : (count + panels - 1) / panels;
    }

    /// Number of terms up to which the dual is cheaper (measured).
    [[nodiscard]] std::int64_t crossover() const { return k_ > 32 ? k_ - 8 : k_ * 3 / 4; }

    /// Whether products of rounded numbers save more than refinement costs (measured).
    [[nodiscard]] bool pays_to_round() const {
        return std::min(dual_ ? n_ : k_, dual_ ? k_ : n_) >= 64;
    }

    void begin(const System& system) {
        system_ = &system;
        sums_.begin(system);
        n_ = system.size();
        const std::int64_t others = system.unknowns() - (system.has_bias ? 1 : 0);
        if (system.unknowns() == m_ && others == k_) return;
        m_ = system.unknowns();
        k_ = others;
        width_ = padded<Scalar>(k_);
        for (Vector* vector : {&scale_, &shift_, &mean_}) renew(*vector, width_);
        renew(coupling_, width_);
    }

    /// Sets a vector to `size` zeros. (An Eigen vector whose own resize fails would be freed
    /// twice.)
    template <typename AnyVector>
    static void renew(AnyVector& vector, std::int64_t size) {
        AnyVector zeros = AnyVector::Zero(size);
        vector.swap(zeros);
    }

    /// Sets t. Kernels do not need it if all its numbers are 1, as after whitening by Cholesky.
    void set_scale() {
        const double* const p = system_->penalty.data();
        bool ones = !system_->has_bias && !has_base();
        for (std::int64_t f = 0; f < k_; ++f) ones &= p[f] == 1;
        affine_ = {ones ? nullptr : scale_.data(), nullptr};
        for (std::int64_t f = 0; f < k_; ++f) {
            const double diagonal = p[f] + (has_base() ? (*system_->base)(f, f) : 0);
            scale_(f) = ones           ? Scalar(1)
                        : diagonal > 0 ? static_cast<Scalar>(1 / std::sqrt(diagonal))
                                       : 0;
        }
    }

    [[nodiscard]] bool has_base() const { return system_->base != nullptr; }

    /// Eliminates the bias b, whose number of p is q and whose w are all 1. Its equation,
    ///
    ///     (q + sum_j d_j) b + B . x = sum_j c_j,   B = sum_j d_j w_j,
    ///
    /// is solved for b and put into the others. These become those of the rows w_j - u and the
    /// values c_j - r d_j, with D = q + sum_j d_j, u = g B and g = (1 - (q / D)^1/2) / sum_j d_j.
    /// If q is 0, u is the mean row. r is (sum_j c_j) / D in the primal, whose right-hand side is
    /// summed over the w_j themselves, and g sum_j c_j in the dual.
    void eliminate_bias() {
        terms_ = system_->terms();
        if (!system_->has_bias) return;
        double weight = 0;
        for (std::int64_t j = 0; j < n_; ++j) weight += terms_.d[j];
        pull_ = system_->bias_pull();
        curvature_ = system_->penalty(k_) + weight;
        const double root = std::sqrt(system_->penalty(k_) / curvature_);
        const double part = weight > 0 ? (1 - root) / weight : 0;
        sum_weighted_rows();
        for (std::int64_t f = 0; f < k_; ++f) {
            mean_(f) = static_cast<Scalar>(part * coupling_(f));
            shift_(f) = mean_(f) * scale_(f);
        }
        targets_.reserve(n_);
        const double step = dual_ ? part * pull_ : pull_ / curvature_;
        for (std::int64_t j = 0; j < n_; ++j) targets_.data()[j] = terms_.c[j] - step * terms_.d[j];
        terms_.c = targets_.data();
        affine_.shift = shift_.data();
    }

    /// Sets B: sums of a panel's rows in Scalar, which are added in double.
    void sum_weighted_rows() {
        coupling_.setZero();
        for (std::int64_t first = 0; first < n_; first += panel_rows) {
            mean_.setZero();
            const double* const d = terms_.d + first;
            kernels_.sum_rows({terms_.rows + first, d, d, std::min(panel_rows, n_ - first)}, width_,
                              mean_.data());
            for (std::int64_t f = 0; f < k_; ++f) coupling_(f) += static_cast<double>(mean_(f));
        }
    }

    /// (pull - B . x) / D: the bias that belongs to x.
    template <typename Number>
    [[nodiscard]] Number bias_of(const VectorOf<Number>& x, double pull) const {
        double sum = 0;
        for (std::int64_t f = 0; f < k_; ++f) sum += coupling_(f) * static_cast<double>(x(f));
        return static_cast<Number>((pull - sum) / curvature_);
    }

    /// The terms after the elimination of the bias.
    [[nodiscard]] Terms<Scalar> terms(std::int64_t first, std::int64_t count) const {
        return {terms_.rows + first, terms_.d + first, terms_.c + first, count};
    }

    /// What to prefetch while the kernel works on the panel that ends before term `end`: the next
    /// panel of this system, or the first panel of the next one.
    [[nodiscard]] Upcoming<Scalar> upcoming_after(std::int64_t end) const {
        const std::int64_t bytes = width_ * static_cast<std::int64_t>(sizeof(Scalar));
        if (end < n_) return {system_->terms().rows + end, std::min(panel_rows, n_ - end), bytes};
        if (upcoming_ == nullptr) return {};
        return {upcoming_->terms().rows, rows_of_panel(upcoming_->size()), bytes};
    }

    template <typename Number>
    void take(const VectorOf<Number>& x) {
        solution.resize(m_);
        for (std::int64_t f = 0; f < m_; ++f) solution(f) = static_cast<Scalar>(x(f));
    }

    bool solve_by(const Kernels& kernels, const Workers& workers) {
        const Factorization<Scalar> u = matrix_.of_order(dual_ ? n_ : k_);
        if (!(dual_ ? factorize_dual(kernels, u) : factorize_primal(kernels, workers, u)))
            return false;
        kernels.solve_back(u);
        return finish(&kernels != &kernels_, u);
    }

    // ------------------------------------------------------------------------------------ primal

    /// sum += P'P and right += sum of c_j (w_j .* t) over `count` terms from `first` on.
    void add_terms(const Kernels& kernels, std::int64_t first, std::int64_t count,
                   Buffer<Scalar>& panel, Factorization<Scalar>& sum) const {
        const std::int64_t stride = spread<Scalar>(k_);
        const std::int64_t most = rows_of_panel(count);
        panel.reserve(most * stride);
        std::fill_n(sum.right, width_, Scalar(0));
        for (const std::int64_t end = first + count; first < end; first += most) {
            const std::int64_t rows = std::min(most, end - first);
            kernels.gather(terms(first, rows), affine_, width_, panel.data(), stride, sum.right);
            kernels.accumulate({panel.data(), stride, rows, upcoming_after(first + rows)}, sum);
            sum.holds_sum = true;
        }
    }

    /// Sums all terms of a very long row, in parts that depend only on its length.
    void add_parts(const Kernels& kernels, const Workers& workers, Factorization<Scalar>& sum) {
        const std::int64_t parts = std::min(most_parts, (n_ + part_rows - 1) / part_rows);
        parts_.resize(to_size(parts));
        parallel_for(
            parts, 1, workers, [] { return Buffer<Scalar>(); },
            [&](Buffer<Scalar>& panel, std::int64_t part) {
                Factorization<Scalar> partial = parts_[to_size(part)].of_order(k_);
                const std::int64_t first = n_ * part / parts;
                add_terms(kernels, first, n_ * (part + 1) / parts - first, panel, partial);
            });
        const auto add = [](const Scalar* from, std::int64_t count, Scalar* to, bool first) {
            for (std::int64_t i = 0; i < count; ++i) to[i] = first ? from[i] : to[i] + from[i];
        };
        for (std::int64_t part = 0; part < parts; ++part) {
            const Factorization<Scalar> partial = parts_[to_size(part)].of_order(k_);
            add(partial.matrix, width_ * sum.stride, sum.matrix, part == 0 && !sum.holds_sum);
            add(partial.right, width_, sum.right, part == 0);
        }
        sum.holds_sum = true;
    }

    /// sum += P'P, over all terms.
    void add_all_terms(const Kernels& kernels, const Workers& workers, Factorization<Scalar>& sum) {
        n_ <= part_rows ? add_terms(kernels, 0, n_, panel_, sum) : add_parts(kernels, workers, sum);
    }

    /// Sets the sum to diag(t) G diag(t) without its diagonal, which is that of the identity.
    void load_base(Factorization<Scalar>& sum) const {
        for (std::int64_t f = 0; f < width_; ++f) {
            Scalar* const row = sum.matrix + f * sum.stride;
            std::fill_n(row, width_, Scalar(0));
            if (f >= k_) continue;
            const double* const base = system_->base->data() + f * k_;
            const auto t = static_cast<double>(scale_(f));
            for (std::int64_t g = f + 1; g < k_; ++g)
                row[g] = static_cast<Scalar>(t * base[g] * static_cast<double>(scale_(g)));
        }
        sum.holds_sum = true;
    }

    bool factorize_primal(const Kernels& kernels, const Workers& workers, Factorization<Scalar> u) {
        if (has_base()) load_base(u);
        const std::int64_t stride = spread<Scalar>(k_);
        Panel<Scalar> panel{u.matrix, stride, 0};  // empty, because all terms are already summed
        if (n_ <= panel_rows) {
            panel_.reserve(n_ * stride);
            std::fill_n(u.right, width_, Scalar(0));
            kernels.gather(terms_, affine_, width_, panel_.data(), stride, u.right);
            panel = {panel_.data(), stride, n_, upcoming_after(n_)};
        } else {
            add_all_terms(kernels, workers, u);
        }
        return kernels.factorize(panel, u);
    }

    /// (right - (diag(p) + sum_j d_j w_j w_j') x).
    template <typename Number>
    void primal_residual(const VectorOf<Number>& x, VectorOf<Number>& result) {
        const Number* const sum = sums_.template sum_residuals<Number>(x);
        result.resize(m_);
        for (std::int64_t f = 0; f < m_; ++f)
            result(f) = sum[f] - static_cast<Number>(system_->penalty(f)) * x(f);
        if constexpr (std::same_as<Number, double>)
            for (std::int64_t f = 0; has_base() && f < m_; ++f)
                result(f) -= dot_(system_->base->data() + f * m_, x.data(), m_);
    }

    /// Takes the bias' equation out of the others of a residual of the primal, as `eliminate_bias`
    /// does. Returns the residual of that equation, or 0 without a bias.
    template <typename Number>
    double eliminate_bias_from(VectorOf<Number>& residual) const {
        if (!system_->has_bias) return 0;
        const auto pull = static_cast<double>(residual(k_));
        for (std::int64_t f = 0; f < k_; ++f)
            residual(f) -= static_cast<Number>(coupling_(f) * pull / curvature_);
        return pull;
    }

    // ------------------------------------------------------------------- factors that must be >= 0

    /// Solves for x whose first numbers have to be >= 0, starting with those free that are above 0
    /// in `solution`. The primal's matrix is summed once, for all numbers. x is always refined,
    /// because rounding can put a number on the wrong side of 0. (The sum is not rounded: that
    /// would take more steps.) Returns false if the kernels cannot get there.
    bool solve_bounded(const Workers& workers) {
        Factorization<Scalar> sum = matrix_.of_order(k_);
        if (has_base()) load_base(sum);
        add_all_terms(kernels_, workers, sum);
        free_.begin(sum, system_->non_negative, solution.size() == m_ ? solution.data() : nullptr);
        free_.search();  // if it does not settle, refining goes on from there
        bounded_x_.setZero(m_);
        add_step(bounded_x_, pull_);
        return refine_bounded();
    }

    /// x += t .* z, and its bias.
    void add_step(Eigen::VectorXd& x, double pull) {
        step_.resize(m_);
        for (std::int64_t f = 0; f < k_; ++f)
            step_(f) = static_cast<double>(scale_(f)) * static_cast<double>(free_.z(f));
        if (system_->has_bias) step_(k_) = bias_of(step_, pull);
        for (std::int64_t f = 0; f < m_; ++f) x(f) += step_(f);
    }

    /// Corrects x from its residual in double, frees and holds numbers, until a correction is only
    /// rounding. Returns false if that takes too many steps.
    bool refine_bounded() {
        constexpr int most_steps = 12;
        constexpr double limit = std::same_as<Scalar, float> ? 1e-6 : 1e-11;
        for (int step = 0; step < most_steps; ++step) {
            primal_residual(bounded_x_, residual_);
            release();
            const double pull = eliminate_bias_from(residual_);
            for (std::int64_t f = 0; f < k_; ++f)
                free_.right(f) = static_cast<Scalar>(static_cast<double>(scale_(f)) * residual_(f));
            if (!free_.solve()) return false;
            const Factorization<Scalar> u = free_.part();
            if (has_base() && u.order > 0 && !can_be_refined(u)) return false;
            add_step(bounded_x_, pull);
            hold();
            const double changed = sum_of_squares(step_.data(), m_);
            const double size = sum_of_squares(bounded_x_.data(), m_);
            if (!free_.is_factorized() || !(changed <= limit * limit * size)) continue;
            take(bounded_x_);
            return all_finite(solution);
        }
        return false;
    }

    /// Frees the numbers held at 0 that the residual would lift by more than rounding.
    void release() {
        const double least = std::sqrt(sum_of_squares(bounded_x_.data(), m_)) *
                             static_cast<double>(std::numeric_limits<Scalar>::epsilon());
        for (std::int64_t f = 0; f < system_->non_negative; ++f) {
            const auto t = static_cast<double>(scale_(f));
            const auto curvature = static_cast<double>(free_.curvature(f));
            if (!free_.is_free(f) && t * t * residual_(f) > least * curvature)
                free_.set_free(f, true);
        }
    }

    /// Numbers that have fallen below 0 become 0 and are held there.
    void hold() {
        for (std::int64_t f = 0; f < system_->non_negative; ++f) {
            if (!(bounded_x_(f) < 0)) continue;
            bounded_x_(f) = 0;
            free_.set_free(f, false);
        }
    }

    // -------------------------------------------------------------------------------------- dual

    bool factorize_dual(const Kernels& kernels, const Factorization<Scalar>& u) {
        const std::int64_t stride = spread<Scalar>(n_);
        panel_.reserve(width_ * stride);
        kernels.gather_transposed(terms_, affine_, width_, panel_.data(), stride);
        roots_.reserve(n_);
        dual_right_.reserve(n_);
        weights_.reserve(n_);
        std::fill_n(u.right, u.width, Scalar(0));
        for (std::int64_t j = 0; j < n_; ++j) {
            roots_.data()[j] = std::sqrt(terms_.d[j]);
            dual_right_.data()[j] = terms_.c[j] / roots_.data()[j];
            u.right[j] = static_cast<Scalar>(dual_right_.data()[j]);
        }
        return kernels.factorize({panel_.data(), stride, k_, upcoming_after(n_)}, u);
    }

    /// Computes x from v: p^-1 sum_j s_j v_j (w_j - u), and its bias.
    template <typename Number>
    void x_of_dual(const VectorOf<Number>& v, VectorOf<Number>& x) {
        double total = 0;
        for (std::int64_t j = 0; j < n_; ++j) {
            weights_.data()[j] = roots_.data()[j] * static_cast<double>(v(j));
            total += weights_.data()[j];
        }
        if (!system_->has_bias) total = 0;
        const Number* const sum = sums_.template sum_rows<Number>(weights_.data());
        x.resize(m_);
        for (std::int64_t f = 0; f < k_; ++f) {
            const double p = system_->penalty(f);
            const Number centred =
                sum[f] - static_cast<Number>(total) * static_cast<Number>(mean_(f));
            if constexpr (std::same_as<Number, Scalar>)
                x(f) = centred * (scale_(f) * scale_(f));
            else
                x(f) = p > 0 ? centred / p : 0;
        }
        if (system_->has_bias) x(k_) = bias_of(x, pull_);
    }

    /// c / s - (I + PP') v.
    template <typename Number>
    void dual_residual(const VectorOf<Number>& v, VectorOf<Number>& result) {
        VectorOf<Number> x;
        x_of_dual(v, x);
        if (system_->has_bias) {  // w_j . x becomes (w_j - u) . x
            x(k_) = 0;
            for (std::int64_t f = 0; f < k_; ++f) x(k_) -= static_cast<Number>(mean_(f)) * x(f);
        }
        const Number* const dots = sums_.template dots<Number>(x);
        result.resize(n_);
        for (std::int64_t j = 0; j < n_; ++j)
            result(j) = static_cast<Number>(dual_right_.data()[j] -
                                            roots_.data()[j] * static_cast<double>(dots[j])) -
                        v(j);
    }

    // -------------------------------------------------------------------------------- refinement

    /// Refines the solution of the factorized equations until it is accurate enough, then takes it.
    /// Returns false if these kernels cannot get there.
    bool finish(bool rounded, const Factorization<Scalar>& u) {
        if (has_base()) return can_be_refined(u) && finish_in<double>(true, u);
        if (is_accurate(u)) return finish_in<Scalar>(rounded, u);
        return !rounded && finish_in<double>(true, u);
    }
    template <typename Number>
    bool finish_in(bool has_to_be_refined, const Factorization<Scalar>& u) {
        const Scalar* const scale = scale_of_unknowns();
        VectorOf<Number> x(dual_ ? n_ : m_);
        for (std::int64_t i = 0; i < u.order; ++i)
            x(i) = static_cast<Number>(scale[i] * u.solution[i]);
        if (!dual_ && system_->has_bias) x(k_) = bias_of(x, pull_);
        if (has_to_be_refined && !refine(u, x)) return false;
        take_refined(x);
        return all_finite(solution);
    }

    /// The scale of the unknowns of the factorized equations: t for the primal (x = t .* z), 1 for
    /// the dual (v).
    [[nodiscard]] const Scalar* scale_of_unknowns() {
        if (!dual_) return scale_.data();
        ones_.resize(std::max(ones_.size(), to_size(n_)), Scalar(1));
        return ones_.data();
    }

    template <typename Number>
    void take_refined(const VectorOf<Number>& x) {
        if (!dual_) return take(x);
        VectorOf<Number> from_dual;
        x_of_dual(x, from_dual);
        take(from_dual);
    }

    /// Whether the diagonal of the factorization shows a condition that keeps the digits of the
    /// solution: most of them for float, and at least as many as float has for double.
    [[nodiscard]] static bool is_accurate(const Factorization<Scalar>& u) {
        const Scalar ratio = ratio_of_extremes(u.inverse_diagonal, u.order);
        return ratio * ratio >= (std::same_as<Scalar, float> ? Scalar(1e-2) : Scalar(1e-7));
    }

    /// Whether the factorization of a system with a base can be trusted to refine the solution.
    /// With a larger condition, rounding can lift the smallest eigenvalues so far that corrections
    /// are small while the error is not.
    [[nodiscard]] static bool can_be_refined(const Factorization<Scalar>& u) {
        const Scalar ratio = ratio_of_extremes(u.inverse_diagonal, u.order);
        return ratio * ratio >= Scalar(1e-4);
    }

    /// Refines x in the precision of `Number`: solves for a correction from the residual and adds
    /// it, until the next correction would be below float's rounding. Returns false if four steps
    /// are not enough.
    template <typename Number>
    bool refine(const Factorization<Scalar>& u, VectorOf<Number>& x) {
        const Scalar* const scale = scale_of_unknowns();
        VectorOf<Number> residual;
        VectorOf<Number> change(x.size());
        const bool has_bias = !dual_ && system_->has_bias;
        Number before = sum_of_squares(x.data(), x.size());
        for (int step = 0; step < 4; ++step) {
            dual_ ? dual_residual(x, residual) : primal_residual(x, residual);
            const double pull = dual_ ? 0 : eliminate_bias_from(residual);
            std::fill_n(u.right, u.width, Scalar(0));
            for (std::int64_t i = 0; i < u.order; ++i)
                u.right[i] = static_cast<Scalar>(static_cast<Number>(scale[i]) * residual(i));
            kernels_.solve_forward(u);
            kernels_.solve_back(u);
            for (std::int64_t i = 0; i < u.order; ++i)
                change(i) = static_cast<Number>(scale[i]) * static_cast<Number>(u.solution[i]);
            if (has_bias) change(k_) = bias_of(change, pull);
            for (std::int64_t i = 0; i < x.size(); ++i) x(i) += change(i);
            const Number size = sum_of_squares(x.data(), x.size());
            const Number changed = sum_of_squares(change.data(), x.size());
            if (is_last_change(changed, before, size)) return all_finite(x);
            before = changed;
        }
        return false;
    }

    /// Whether no change is needed after this one. The arguments are the squared norms of the
    /// change, of the one before (or of x before the first) and of x.
    template <typename Number>
    [[nodiscard]] bool is_last_change(Number changed, Number before, Number size) const {
        if (!has_base()) return changed <= Number(1e-6) * size;
        // The next change would be smaller by the factor of this one.
        constexpr Number limit = 10 * static_cast<Number>(std::numeric_limits<Scalar>::epsilon());
        return changed * changed <= limit * limit * before * size;
    }

    const Kernels& kernels_;
    const Kernels* rounding_;  // sums products of rounded numbers; null if the set has none
    const DotKernel<double> dot_;
    RowSums<Scalar> sums_;
    Cholesky cholesky_;
    NonNegativeSolver<Scalar> non_negative_;
    ConjugateGradient<Scalar> conjugate_gradient_;
    const System* system_ = nullptr;  // the present system, with n_ terms and m_ unknowns,
    const System* upcoming_ = nullptr;
    Terms<Scalar> terms_ = {};  // and its terms, the bias eliminated
    bool dual_ = false;
    std::int64_t n_ = 0;
    std::int64_t m_ = 0;
    std::int64_t k_ = 0;        // m_ without the bias
    std::int64_t width_ = 0;    // k_ padded
    Vector scale_;              // t, padded
    Affine<Scalar> affine_;     // for the kernels: scale_ if it is not all ones, shift_ for a bias
    Vector mean_, shift_;       // for a bias: u, and u .* t
    Eigen::VectorXd coupling_;  // B, padded
    double pull_ = 0, curvature_ = 0;  // sum_j c_j and D
    Buffer<double> targets_;           // c_j - r d_j
    std::vector<Scalar> ones_;
    Buffer<double> roots_, dual_right_, weights_;
    FreeNumbers<Scalar> free_;
    Eigen::VectorXd bounded_x_, residual_, step_;
    Buffer<Scalar> panel_;
    FactorizationMemory<Scalar> matrix_;
    std::vector<FactorizationMemory<Scalar>> parts_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
