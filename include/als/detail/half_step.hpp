// SPDX-License-Identifier: MIT
// Half an iteration: all rows of one side against the other side, held fixed. One function serves
// users and items, both objectives, and (for a single row) fold-in.
#pragma once

#include <als/detail/buffer.hpp>
#include <als/detail/parallel.hpp>
#include <als/detail/row_solver.hpp>
#include <als/detail/whitening.hpp>
#include <als/interactions.hpp>
#include <als/objective.hpp>
#include <als/training.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace als::inline ALS_ABI {

/// What a model knows of one side, its users or its items.
template <Real Scalar>
struct Side {
    FactorMatrix<Scalar> factors;  ///< [count, factors]
    BiasVector<Scalar> biases;     ///< [count]; empty for a model without biases
};

namespace detail {

/// What a row is solved against.
template <Real Scalar>
struct Fixed {
    const Side<Scalar>& side;
    const Whitening<Scalar>& whitening;  ///< of that side
    double mean;                         ///< mu
};

/// Unknowns of a row: its factors, and its bias behind them where there is one.
template <Real Scalar>
std::int64_t unknowns(const Fixed<Scalar>& fixed) {
    return fixed.side.factors.cols() + (fixed.side.biases.size() > 0 ? 1 : 0);
}

/// Writes `count` fixed rows as a `RowSystem` reads them: in the coordinates of the whitening or,
/// if there is none, as they are, with a one behind them for the bias.
template <Real Scalar>
void write_rows(const Fixed<Scalar>& fixed, const Scalar* rows, std::int64_t count, Scalar* table,
                InstructionSet instructions) {
    const std::int64_t factors = fixed.side.factors.cols();
    const std::int64_t stride = padded<Scalar>(unknowns(fixed));
    if (!fixed.whitening.is_identity())
        return multiply_rows(rows, factors, count, fixed.whitening.to_white(), table, stride,
                             instructions);
    for (std::int64_t r = 0; r < count; ++r, rows += factors, table += stride) {
        std::copy_n(rows, factors, table);
        std::fill(table + factors, table + stride, Scalar(0));
        std::fill(table + factors, table + unknowns(fixed), Scalar(1));
    }
}

/// The coordinates for solving `Solved` rows against a side with this Gram matrix.
template <Id Solved, Real Scalar>
Whitening<Scalar> whitening_for(const Implicit& objective, const Eigen::MatrixXd& gram) {
    if (objective.non_negative) return Whitening<Scalar>::none(gram);
    return {gram, regularization_of<Solved>(objective), objective.regularization_exponent == 0};
}

/// Fills a system with one row: every cell of the matrix counts, which the whitening has taken care
/// of; what is left to the row are its observations' extra confidences. row_of(id, position) are
/// the cells' fixed rows, as `write_rows` writes them.
template <Id Solved, Real Scalar, typename RowOf>
void load_row(const Implicit& objective, const Fixed<Scalar>& fixed,
              const Row<Opposite<Solved>, Scalar>& cells, const RowOf& row_of,
              RowSystem<Scalar>& system) {
    system.clear(unknowns(fixed));
    const double scale = row_scale(objective, cells.values(), fixed.side.factors.rows());
    fixed.whitening.penalty(regularization_of<Solved>(objective) * scale, system.penalty);
    if (objective.non_negative) system.non_negative = fixed.side.factors.cols();
    system.base = fixed.whitening.gram();
    const auto ids = cells.ids();
    const auto values = cells.values();
    system.take(cells.size(), [&](std::int64_t j) -> typename RowSystem<Scalar>::Cell {
        const auto at = static_cast<std::size_t>(j);
        const auto value = static_cast<double>(values[at]);
        const double extra = extra_confidence(objective, value);
        return {row_of(ids[at], j), extra, value > 0 ? 1 + extra : 0};
    });
}

/// The same for ratings: only the stored cells count. Mean and the fixed side's biases are
/// subtracted; the row's own bias is one more unknown, with a column of ones.
template <Id Solved, Real Scalar, typename RowOf>
void load_row(const Explicit& objective, const Fixed<Scalar>& fixed,
              const Row<Opposite<Solved>, Scalar>& cells, const RowOf& row_of,
              RowSystem<Scalar>& system) {
    system.clear(unknowns(fixed));
    const double scale = row_scale(objective, cells.values(), 0);
    system.penalty.setConstant(regularization_of<Solved>(objective) * scale);
    if (objective.biases)
        system.penalty(system.penalty.size() - 1) = objective.bias_regularization * scale;
    system.minimum_norm = !cells.empty() && system.penalty.minCoeff() == 0;
    if (objective.non_negative) system.non_negative = fixed.side.factors.cols();
    const auto ids = cells.ids();
    const auto values = cells.values();
    system.take(cells.size(), [&](std::int64_t j) -> typename RowSystem<Scalar>::Cell {
        const auto at = static_cast<std::size_t>(j);
        const double bias =
            objective.biases ? static_cast<double>(fixed.side.biases(ids[at].index)) : 0.0;
        return {row_of(ids[at], j), 1, static_cast<double>(values[at]) - fixed.mean - bias};
    });
}

/// The rows of one side, the long ones first, so that no thread is left with one at the end. Rows
/// of about the same length (up to a factor of 2) stay in the order in which they lie in memory.
template <Id Solved, Real Scalar>
std::vector<std::int32_t> longest_first(const Interactions<Scalar>& data, std::int32_t count) {
    std::vector<std::int32_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    const auto magnitude = [&](std::int32_t row) {
        return std::bit_width(static_cast<std::uint64_t>(data[Solved{row}].size()));
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::int32_t a, std::int32_t b) { return magnitude(a) > magnitude(b); });
    return order;
}

template <Id Solved>
[[noreturn]] void throw_unsolvable(std::string_view function, std::int64_t row) {
    throw NumericError(message(function, ": the factors of ", name_of<Solved>(), " ", row,
                               " are not finite: its values or confidences are too large for the "
                               "arithmetic; scale them down, lower alpha or raise regularization"));
}

/// Calls body(first, count) for fixed blocks of rows.
template <typename Body>
void for_blocks(std::int64_t rows, const Workers& workers, const Body& body) {
    constexpr std::int64_t block_rows = 64;
    parallel_for((rows + block_rows - 1) / block_rows, 1, workers, [&](std::int64_t block) {
        const std::int64_t first = block * block_rows;
        body(first, std::min(block_rows, rows - first));
    });
}

/// rows *= matrix, a block at a time. Throws `NumericError` naming a row that is not finite then.
template <Id Solved, Real Scalar>
void change_coordinates(FactorMatrix<Scalar>& rows, const FactorMatrix<Scalar>& matrix,
                        const Workers& workers) {
    for_blocks(rows.rows(), workers, [&](std::int64_t first, std::int64_t count) {
        FactorMatrix<Scalar> block(count, matrix.cols());
        multiply_rows(rows.row(first).data(), rows.cols(), count, matrix, block.data(),
                      block.cols(), workers.instructions);
        rows.middleRows(first, count) = block.leftCols(rows.cols());
        if (all_finite(block)) return;
        std::int64_t bad = first;
        while (all_finite(rows.row(bad))) ++bad;
        throw_unsolvable<Solved>("als::fit", bad);
    });
}

/// Asks for the beginning of a row of interactions.
template <typename Cells>
void prefetch(const Cells& cells) {
    const auto bytes = std::min<std::size_t>(cells.ids().size_bytes(), 4096);
    const auto* const ids = reinterpret_cast<const char*>(cells.ids().data());
    const auto* const values = reinterpret_cast<const char*>(cells.values().data());
    for (std::size_t byte = 0; byte < bytes; byte += 64) {
        __builtin_prefetch(ids + byte);
        __builtin_prefetch(values + byte);
    }
}

/// What a thread needs to solve rows one after the other: while one is solved, the next is loaded.
template <Real Scalar>
struct RowQueue {
    explicit RowQueue(InstructionSet instructions) : solver(instructions) {}

    RowSystem<Scalar> system, upcoming;
    std::size_t upcoming_position = std::numeric_limits<std::size_t>::max();
    RowSolver<Scalar> solver;
};

/// How rows are solved: exactly, or by some steps of conjugate gradient from where they are.
struct Method {
    Solver solver = Solver::exact;
    int steps = 0;
};

/// Solves every row of one side against the other: each becomes the argmin of the objective, all
/// else held fixed, or comes closer to it. `order` names each row once, longest first; `memory` is
/// a buffer that is kept from one half step to the next. Throws `NumericError` naming a row whose
/// solution is not finite.
template <Id Solved, Real Scalar, typename Objective>
void half_step(const Interactions<Scalar>& data, const Objective& objective,
               const Fixed<Scalar>& fixed, const Method& method,
               const std::vector<std::int32_t>& order, const Workers& workers,
               Buffer<Scalar>& memory, Side<Scalar>& solved) {
    const FactorMatrix<Scalar>& rows = fixed.side.factors;
    const std::int64_t stride = padded<Scalar>(unknowns(fixed));
    const bool warm = method.solver == Solver::conjugate_gradient;
    memory.reserve(rows.rows() * stride);
    Scalar* const table = memory.data();
    for_blocks(rows.rows(), workers, [&](std::int64_t first, std::int64_t count) {
        write_rows(fixed, rows.row(first).data(), count, table + first * stride,
                   workers.instructions);
    });
    if (warm && !fixed.whitening.is_identity())
        change_coordinates<Solved>(solved.factors, fixed.whitening.solved_to_white(), workers);

    const auto cells_of = [&](std::size_t position) { return data[Solved{order[position]}]; };
    const auto load = [&](std::size_t position, RowSystem<Scalar>& system) {
        const auto row_of = [&](auto id, std::int64_t) { return table + id.index * stride; };
        load_row<Solved>(objective, fixed, cells_of(position), row_of, system);
    };
    const auto solve = [&](RowQueue<Scalar>& queue, std::size_t position, const Workers& shared) {
        const std::int32_t row = order[position];
        if (position == queue.upcoming_position)
            std::swap(queue.system, queue.upcoming);
        else
            load(position, queue.system);
        const bool last = position + 1 == order.size();
        if (!last) load(queue.upcoming_position = position + 1, queue.upcoming);
        if (position + 2 < order.size()) prefetch(cells_of(position + 2));

        RowSolver<Scalar>& solver = queue.solver;
        if (warm || objective.non_negative) {
            solver.solution.resize(unknowns(fixed));
            solver.solution.head(rows.cols()) = solved.factors.row(row).transpose();
            if (solved.biases.size() > 0) solver.solution(rows.cols()) = solved.biases(row);
        }
        const bool done =
            warm ? solver.improve(queue.system, method.steps)
                 : solver.solve(queue.system, last ? nullptr : &queue.upcoming, shared);
        if (!done) throw_unsolvable<Solved>("als::fit", row);
        solved.factors.row(row) = solver.solution.head(rows.cols()).transpose();
        if (solved.biases.size() > 0) solved.biases(row) = solver.solution(rows.cols());
    };
    // Rows at the beginning that are summed in parts, and are a large part of the work, are shared
    // by the threads, the others are dealt out; and all that the solver does not share.
    const std::int64_t large =
        std::max(RowSolver<Scalar>::part_rows, data.size() / (4 * workers.threads));
    std::size_t shared = 0;
    if (workers.threads > 1 && !objective.non_negative) {
        RowQueue<Scalar> queue(workers.instructions);
        while (shared < order.size() && cells_of(shared).size() > large)
            solve(queue, shared++, workers);
    }
    parallel_for(
        static_cast<std::int64_t>(order.size() - shared), 8, workers,
        [&] { return RowQueue<Scalar>(workers.instructions); },
        [&](RowQueue<Scalar>& queue, std::int64_t i) {
            solve(queue, shared + static_cast<std::size_t>(i), Workers{});
        });

    if (!fixed.whitening.is_identity())
        change_coordinates<Solved>(solved.factors, fixed.whitening.from_white(), workers);
}

}  // namespace detail
}  // namespace als::inline ALS_ABI
