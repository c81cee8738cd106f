// SPDX-License-Identifier: MIT
// The solver of rows with many factors: solves for one block of the unknowns after the other.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/detail/solve/row_solver.hpp>
#include <als/detail/solve/row_system.hpp>
#include <als/types.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// One pass of block coordinate descent over a row system, from `RowSolver::solution` (iALS++:
/// Rendle, Krichene, Zhang, Koren 2021): one block of unknowns after the other moves to its minimum
/// while the other unknowns are fixed. The system is whitened, so only the row's own terms couple
/// the blocks, and only the solution of the system stays unchanged.
///
/// The move z of a block B solves its own row system, in which w_j and p are the parts that belong
/// to B, and s_j = w_j . x are the scores of all unknowns:
///
///     (diag(p) + sum_j d_j w_j w_j') z = sum_j (c_j - d_j s_j) w_j - p .* x_B
///
/// Cost: O(n m b + m b^2) for n terms, m unknowns and blocks of b. One object serves many rows, one
/// after the other; its memory is kept.
template <Real Scalar>
class SubspaceSolver {
public:
    explicit SubspaceSolver(InstructionSet instructions)
        : kernels_(training_kernels<Scalar>(instructions)) {}

    /// Whether a pass costs less than the exact solution, for which `RowSolver` chooses the better
    /// of two forms.
    static bool pays(const RowSystem<Scalar>& system, std::int64_t block) {
        return system.unknowns() > block && system.size() > block && !system.minimum_norm;
    }

    /// `block` is a multiple of the numbers in a cache line. Returns false if the result is not
    /// finite. `workers` share a very long row; the result does not depend on them.
    bool run(const RowSystem<Scalar>& system, std::int64_t block, RowSolver<Scalar>& solver,
             const Workers& workers) {
        begin(system, solver.solution);
        const std::int64_t factors = system.unknowns() - (system.has_bias ? 1 : 0);
        for (std::int64_t first = 0; first < factors; first += block) {
            const bool is_last = first + block >= factors;
            const std::int64_t end = is_last ? system.unknowns() : first + block;
            load_block(system, first, end);
            if (!solver.solve(block_, nullptr, workers)) return false;
            move(solver.solution, first, system.size());
        }
        solver.solution.resize(system.unknowns());
        std::copy_n(x_.data(), system.unknowns(), solver.solution.data());
        return all_finite(solver.solution);
    }

private:
    using Term = typename RowSystem<Scalar>::Term;

    void begin(const RowSystem<Scalar>& system, const VectorOf<Scalar>& x) {
        const std::int64_t count = system.size();
        x_.reserve(x.size());
        std::copy_n(x.data(), x.size(), x_.data());
        rows_.reserve(count);
        std::copy_n(system.terms().rows, count, rows_.data());
        dots_.reserve(count);
        multiply(count, x);
        scores_.reserve(count);
        std::copy_n(dots_.data(), count, scores_.data());
    }

    /// Computes the dot products of x with the terms' rows, from the present block on.
    void multiply(std::int64_t count, const VectorOf<Scalar>& x) {
        const std::int64_t width = padded<Scalar>(x.size());
        padded_.reserve(width);
        std::fill_n(std::copy_n(x.data(), x.size(), padded_.data()), width - x.size(), Scalar(0));
        kernels_.multiply({rows_.data(), nullptr, nullptr, count}, padded_.data(), width,
                          dots_.data());
    }

    /// Loads the system of the unknowns [first, end). The last term is -p .* x.
    void load_block(const RowSystem<Scalar>& system, std::int64_t first, std::int64_t end) {
        const std::int64_t count = system.size();
        const std::int64_t size = end - first;
        const Terms<Scalar> terms = system.terms();
        pull_.reserve(padded<Scalar>(size));
        std::fill_n(pull_.data(), padded<Scalar>(size), Scalar(0));
        block_.clear(size);
        block_.has_bias = system.has_bias && end == system.unknowns();
        for (std::int64_t f = 0; f < size; ++f) {
            block_.penalty(f) = system.penalty(first + f);
            pull_.data()[f] = -static_cast<Scalar>(block_.penalty(f)) * x_.data()[first + f];
        }
        double sum = 0;
        block_.take(count + 1, [&](std::int64_t j) -> Term {
            if (j == count) return {pull_.data(), 0, 1};
            const double rest = terms.c[j] - terms.d[j] * scores_.data()[j];
            sum += rest;
            return {rows_.data()[j], terms.d[j], rest};
        });
        if (block_.has_bias)
            block_.set_bias_pull(sum + static_cast<double>(pull_.data()[size - 1]));
    }

    /// Adds the move of a block to x and to the scores, and proceeds to the next block.
    void move(const VectorOf<Scalar>& change, std::int64_t first, std::int64_t count) {
        for (std::int64_t f = 0; f < change.size(); ++f) x_.data()[first + f] += change(f);
        multiply(count, change);
        for (std::int64_t j = 0; j < count; ++j) {
            scores_.data()[j] += static_cast<double>(dots_.data()[j]);
            rows_.data()[j] += change.size();
        }
    }

    const TrainingKernels<Scalar>& kernels_;
    RowSystem<Scalar> block_;
    Buffer<Scalar> x_, padded_, pull_;
    Buffer<const Scalar*> rows_;  // the w_j, from the present block on
    Buffer<Scalar> dots_;
    Buffer<double> scores_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
