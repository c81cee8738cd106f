// SPDX-License-Identifier: MIT
// Half an iteration: all rows of one side against the other side, held fixed. One function serves
// users and items, both objectives, and (for a single row) fold-in.
#pragma once

#include <als/detail/parallel.hpp>
#include <als/detail/row_system.hpp>
#include <als/detail/whitening.hpp>
#include <als/interactions.hpp>
#include <als/objective.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
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

/// The coordinates for solving `Solved` rows against a side with this Gram matrix.
template <Id Solved, Real Scalar>
Whitening<Scalar> whitening_for(const Implicit& objective, const Eigen::MatrixXd& gram) {
    return {gram, regularization_of<Solved>(objective), objective.regularization_exponent == 0};
}

/// Solves one row: every cell of the matrix counts, which the whitening has taken care of; what is
/// left to the row are its observations' extra confidences. row_of(id) are the cells' fixed rows,
/// whitened. False if the row cannot be solved.
template <Id Solved, Real Scalar, typename RowOf>
bool solve_row(const Implicit& objective, const Fixed<Scalar>& fixed,
               const Row<Opposite<Solved>, Scalar>& cells, const RowOf& row_of,
               RowSystem<Scalar>& system) {
    system.clear(fixed.side.factors.cols(), false);
    const double scale = row_scale(objective, cells.values(), fixed.side.factors.rows());
    fixed.whitening.penalty(regularization_of<Solved>(objective) * scale, system.penalty);
    for (const auto [id, value] : cells) {
        if (value == 0) continue;
        const double extra = extra_confidence(objective, static_cast<double>(value));
        system.add(row_of(id), std::sqrt(extra), value > 0 ? 1 + extra : 0);
    }
    return system.solve();
}

/// The same for ratings: only the stored cells count. Mean and the fixed side's biases are
/// subtracted; the row's own bias is one more unknown, with a column of ones.
template <Id Solved, Real Scalar, typename RowOf>
bool solve_row(const Explicit& objective, const Fixed<Scalar>& fixed,
               const Row<Opposite<Solved>, Scalar>& cells, const RowOf& row_of,
               RowSystem<Scalar>& system) {
    system.clear(fixed.side.factors.cols(), objective.biases);
    const double scale = row_scale(objective, cells.values(), 0);
    system.penalty.setConstant(regularization_of<Solved>(objective) * scale);
    if (objective.biases)
        system.penalty(system.penalty.size() - 1) = objective.bias_regularization * scale;
    for (const auto [id, value] : cells) {
        const double bias =
            objective.biases ? static_cast<double>(fixed.side.biases(id.index)) : 0.0;
        system.add(row_of(id), 1, static_cast<double>(value) - fixed.mean - bias);
    }
    const bool determined = cells.empty() || system.penalty.minCoeff() > 0;
    return determined ? system.solve() : system.solve_minimum_norm();
}

/// The rows of one side, longest first: long rows start early, so that no thread is left with one
/// at the end.
template <Id Solved, Real Scalar>
std::vector<std::int32_t> longest_first(const Interactions<Scalar>& data, std::int32_t count) {
    std::vector<std::int32_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
        return data[Solved{a}].size() > data[Solved{b}].size();
    });
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

/// Solves every row of one side against the other: each becomes the argmin of the objective, all
/// else held fixed. `order` names each row once; `table` is a buffer of at least as many rows as
/// the fixed side has, unused where the whitening is the identity. Throws `NumericError` naming a
/// row whose solution is not finite.
template <Id Solved, Real Scalar, typename Objective>
void half_step(const Interactions<Scalar>& data, const Objective& objective,
               const Fixed<Scalar>& fixed, const std::vector<std::int32_t>& order,
               const Workers& workers, FactorMatrix<Scalar>& table, Side<Scalar>& solved) {
    const Whitening<Scalar>& whitening = fixed.whitening;
    const FactorMatrix<Scalar>& fixed_rows = whitening.is_identity() ? fixed.side.factors : table;
    if (!whitening.is_identity())
        for_blocks(fixed.side.factors.rows(), workers, [&](std::int64_t first, std::int64_t count) {
            whitening.whiten(fixed.side.factors.middleRows(first, count),
                             table.middleRows(first, count));
        });

    const auto row_of = [&](auto id) { return fixed_rows.row(id.index).data(); };
    parallel_for(
        static_cast<std::int64_t>(order.size()), 8, workers, [] { return RowSystem<Scalar>(); },
        [&](RowSystem<Scalar>& system, std::int64_t position) {
            const std::int32_t row = order[static_cast<std::size_t>(position)];
            if (!solve_row<Solved>(objective, fixed, data[Solved{row}], row_of, system))
                throw_unsolvable<Solved>("als::fit", row);
            solved.factors.row(row) = system.solution.head(solved.factors.cols()).transpose();
            if (solved.biases.size() > 0)
                solved.biases(row) = system.solution(system.solution.size() - 1);
        });

    if (!whitening.is_identity())
        for_blocks(solved.factors.rows(), workers, [&](std::int64_t first, std::int64_t count) {
            auto block = solved.factors.middleRows(first, count);
            const FactorMatrix<Scalar> white = block;
            whitening.restore(white, block);
            for (std::int64_t r = 0; r < count; ++r)
                if (!block.row(r).allFinite()) throw_unsolvable<Solved>("als::fit", first + r);
        });
}

}  // namespace detail
}  // namespace als::inline ALS_ABI
