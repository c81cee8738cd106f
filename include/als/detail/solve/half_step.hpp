// SPDX-License-Identifier: MIT
// Half an iteration: solves all rows of one side against the other, fixed side. One class serves
// users and items, and both objectives.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/base/prefetch.hpp>
#include <als/detail/base/reduce.hpp>
#include <als/detail/solve/load_row.hpp>
#include <als/detail/solve/row_solver.hpp>
#include <als/detail/solve/side.hpp>
#include <als/detail/solve/subspace.hpp>
#include <als/interactions.hpp>
#include <als/objective.hpp>
#include <als/training.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Returns the rows of one side, long ones first, so that no thread still works on a long row at
/// the end. Rows of about the same length (up to a factor of 2) stay in memory order.
template <Real Scalar>
std::vector<std::int32_t> longest_first(const SideEntries<Scalar>& rows) {
    constexpr std::size_t magnitudes = 65;
    const auto bucket_of = [&](std::int32_t row) {
        return magnitudes - 1 -
               to_size(std::bit_width(static_cast<std::uint64_t>(rows[row].count)));
    };
    // Counting sort. next[m] is the place of the next row of magnitude m.
    std::array<std::size_t, magnitudes + 1> next{};
    for (std::int32_t row = 0; row < rows.count(); ++row) ++next[bucket_of(row) + 1];
    for (std::size_t m = 1; m < next.size(); ++m) next[m] += next[m - 1];
    std::vector<std::int32_t> order(to_size(rows.count()));
    for (std::int32_t row = 0; row < rows.count(); ++row) order[next[bucket_of(row)]++] = row;
    return order;
}

/// Reports a row that has no finite solution. `side` is "user" or "item".
[[noreturn]] inline void throw_unsolvable(std::string_view function, std::string_view side,
                                          std::int64_t row) {
    throw NumericError(message(function, ": the factors of ", side, " ", row,
                               " are not finite: its values or confidences are too large for the "
                               "arithmetic; scale them down, lower alpha or raise regularization"));
}

/// How rows are solved: exactly, or from their present factors by a few steps of conjugate gradient
/// or by one block of unknowns after the other.
struct Method {
    Solver solver = Solver::exact;
    int steps = 0;
    std::int64_t block = 0;
};

template <Real Scalar>
Method method_of(const Training& training) {
    return {training.solver, training.conjugate_gradient_steps,
            padded<Scalar>(training.subspace_factors)};
}

/// A side to solve; it is the same in every iteration.
template <Real Scalar>
struct SolvedSide {
    SideEntries<Scalar> entries;
    std::vector<std::int32_t> order;  ///< each row once, longest first
    double regularization;            ///< lambda
    std::string_view name;            ///< "user" or "item"
    std::int64_t first_row = 0;       ///< the index of row 0, for messages
};

/// Solves every row of one side against the other. Each row becomes the minimum of the objective
/// with everything else fixed, or comes closer to it.
template <Real Scalar, Objective ObjectiveType>
class HalfStep {
public:
    /// `table` holds the fixed rows that the entries refer to (see `write_table`).
    HalfStep(const SolvedSide<Scalar>& side, const ObjectiveType& objective,
             const Fixed<Scalar>& fixed, const FixedTable<Scalar>& table, const Method& method,
             const Workers& workers)
        : side_(side),
          objective_(objective),
          fixed_(fixed),
          table_(table),
          method_(method),
          workers_(workers) {}

    /// Throws `NumericError` naming a row whose solution is not finite.
    void run(Side<Scalar>& solved) {
        const bool whitened = !fixed_.whitening.is_identity();
        if (is_warm() && whitened)
            change_coordinates(fixed_.whitening.solved_to_white(), solved.factors);
        const std::size_t shared = solve_shared_rows(solved);
        parallel_for(
            to_count(side_.order.size() - shared), 8, workers_,
            [&] { return Queue(workers_.instructions); },
            [&](Queue& queue, std::int64_t i) {
                solve_row(queue, shared + to_size(i), Workers{}, solved);
            });
        if (whitened) change_coordinates(fixed_.whitening.from_white(), solved.factors);
    }

private:
    /// What a thread needs to solve rows one after the other. The next row is loaded before the
    /// present one is solved.
    struct Queue {
        explicit Queue(InstructionSet instructions)
            : solver(instructions), subspace(instructions) {}

        RowSystem<Scalar> system, upcoming;
        std::size_t upcoming_position = std::numeric_limits<std::size_t>::max();
        RowSolver<Scalar> solver;
        SubspaceSolver<Scalar> subspace;
    };

    static constexpr std::int64_t block_rows = 64;

    [[nodiscard]] bool is_warm() const { return method_.solver != Solver::exact; }

    [[nodiscard]] RowEntries<Scalar> entries_at(std::size_t position) const {
        return side_.entries[side_.order[position]];
    }

    /// rows *= matrix, a block at a time. Throws `NumericError` naming a row of the result that is
    /// not finite.
    void change_coordinates(const CoordinateChange<Scalar>& matrix,
                            FactorMatrix<Scalar>& rows) const {
        const std::int64_t columns = rows.cols();
        const std::int64_t width = matrix.width();
        for_blocks(rows.rows(), block_rows, workers_, [&](std::int64_t first, std::int64_t count) {
            std::vector<Scalar> block(to_size(count * width));
            Scalar* const to = rows.data() + first * columns;
            multiply_rows(to, columns, count, matrix, block.data(), width, workers_.instructions);
            for (std::int64_t r = 0; r < count; ++r) {
                std::copy_n(block.data() + r * width, columns, to + r * columns);
                if (!all_finite(to + r * columns, columns))
                    throw_unsolvable("als::fit", side_.name, side_.first_row + first + r);
            }
        });
    }

    /// Solves the first, very long rows one by one; all threads share each of them. These rows are
    /// summed in parts and are a large part of the work. Returns the number of rows solved, which
    /// is 0 with one thread.
    std::size_t solve_shared_rows(Side<Scalar>& solved) const {
        std::size_t count = 0;
        if (workers_.threads == 1) return count;
        const std::int64_t large =
            std::max(RowSolver<Scalar>::part_rows, side_.entries.size() / (4 * workers_.threads));
        Queue queue(workers_.instructions);
        while (count < side_.order.size() && entries_at(count).count > large)
            solve_row(queue, count++, workers_, solved);
        return count;
    }

    void load(std::size_t position, RowSystem<Scalar>& system) const {
        load_row(objective_, side_.regularization, fixed_, entries_at(position), table_, system);
    }

    /// Loads the system of this row, unless it is already loaded, and that of the next row. Returns
    /// the latter, or null at the end.
    const RowSystem<Scalar>* load_ahead(Queue& queue, std::size_t position) const {
        if (position == queue.upcoming_position)
            std::swap(queue.system, queue.upcoming);
        else
            load(position, queue.system);
        if (position + 2 < side_.order.size()) {
            const RowEntries<Scalar> later = entries_at(position + 2);
            const std::size_t count = std::min<std::size_t>(to_size(later.count), 1024);
            prefetch(later.ids, count * sizeof(std::int32_t));
            prefetch(later.values, count * sizeof(Scalar));
        }
        if (position + 1 == side_.order.size()) return nullptr;
        load(queue.upcoming_position = position + 1, queue.upcoming);
        return &queue.upcoming;
    }

    /// Solves one row, shared by the workers `sharing`.
    void solve_row(Queue& queue, std::size_t position, const Workers& sharing,
                   Side<Scalar>& solved) const {
        const RowSystem<Scalar>* const next = load_ahead(queue, position);
        const std::int32_t row = side_.order[position];
        const std::int64_t factors = solved.factors.cols();
        Scalar* const numbers = solved.factors.data() + row * factors;
        const bool has_bias = solved.biases.size() > 0;

        RowSolver<Scalar>& solver = queue.solver;
        if (is_warm() || objective_.non_negative) {
            solver.solution.resize(fixed_.unknowns());
            std::copy_n(numbers, factors, solver.solution.data());
            if (has_bias) solver.solution(factors) = solved.biases(row);
        }
        if (!solve(queue, next, sharing))
            throw_unsolvable("als::fit", side_.name, side_.first_row + row);
        std::copy_n(solver.solution.data(), factors, numbers);
        if (has_bias) solved.biases(row) = solver.solution(factors);
    }

    /// Solves the system of the queue, from the solver's `solution` and into it.
    bool solve(Queue& queue, const RowSystem<Scalar>* next, const Workers& sharing) const {
        RowSolver<Scalar>& solver = queue.solver;
        if (method_.solver == Solver::conjugate_gradient)
            return solver.conjugate_gradient(queue.system, method_.steps);
        if (method_.solver == Solver::subspace &&
            SubspaceSolver<Scalar>::pays(queue.system, method_.block))
            return queue.subspace.run(queue.system, method_.block, solver, sharing);
        return solver.solve(queue.system, next, sharing);
    }

    const SolvedSide<Scalar>& side_;
    const ObjectiveType& objective_;
    const Fixed<Scalar>& fixed_;
    const FixedTable<Scalar> table_;
    const Method& method_;
    const Workers& workers_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
