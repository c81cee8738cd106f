// SPDX-License-Identifier: MIT
// `explain`: which items of a history make the model recommend an item, and how much each.
#pragma once

#include <als/detail/kernels.hpp>
#include <als/fold_in.hpp>
#include <als/predict.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

namespace als::inline ALS_ABI {

/// A score as a sum.
template <Real Scalar>
struct Explanation {
    /// base + the sum of the contributions: the score of `recommend` and `predict`, up to rounding.
    double score = 0;

    /// What is there without a history: mu + b_i of a model with biases, else 0.
    double base = 0;

    /// What each item of the history adds, the highest first, then by index.
    std::vector<Scored<Item, Scalar>> contributions;
};

namespace detail {

template <Real Scalar>
Explanation<Scalar> explained(const Model<Scalar>& model, const Row<Item, Scalar>& history,
                              Item item) {
    check_row("als::explain", history, model.item_count(), model.user_count());
    check_item("als::explain", model, item);
    const InstructionSet instructions = automatic_instruction_set();
    const Fixed<Scalar> fixed = model.template fixed_for<User>();
    FixedRows<Scalar> rows(fixed, instructions);
    std::vector<Item> ids(history.ids().begin(), history.ids().end());
    ids.push_back(item);
    rows.write(std::span<const Item>(ids));

    RowSystem<Scalar> system;
    std::visit(
        [&](const auto& objective) {
            const auto row_of = [&](auto, std::int64_t position) { return rows[position]; };
            load_row<User>(objective, fixed, history, row_of, system);
        },
        model.objective());
    const Scalar* const row = rows[history.size()];
    RowSolver<Scalar> solver(instructions);
    if (!solver.solve_adjoint(system, row))
        throw NumericError(
            "als::explain: the contributions are not finite: a value of the history is too large "
            "for the arithmetic; scale it down");

    Explanation<Scalar> result;
    result.base = model.mean() + point_of(model, item).bias;
    result.score = result.base;
    const Cells<Scalar> cells = system.cells();
    const Kernels<Scalar>& kernels = kernels_for<Scalar>(instructions);
    std::int64_t cell = 0;  // of the system, which has no cells without effect
    for (std::int64_t position = 0; position < history.size(); ++position) {
        double contribution = 0;
        if (cell < cells.count && cells.rows[cell] == rows[position]) {
            contribution = cells.c[cell] *
                           kernels.dot(rows[position], solver.solution.data(), system.unknowns());
            ++cell;
        }
        result.score += contribution;
        result.contributions.push_back(
            {history.ids()[static_cast<std::size_t>(position)], static_cast<Scalar>(contribution)});
    }
    std::stable_sort(result.contributions.begin(), result.contributions.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    return result;
}

}  // namespace detail

/// Why the model gives an item its score, for a user with this history (Hu, Koren, Volinsky 2008,
/// section 5).
///
/// The user's factors are linear in what the history says, x = A^-1 sum_j c_j y_j, with the matrix
/// A of the user's row system. Hence the score y_i . x is a sum over the history,
///
///     sum_j (y_i' A^-1 y_j) c_j,     c_j the confidence, 0 for dislikes,
///
/// for ratings with c_j = r_j - mu - b_j, and with the user's bias, a one behind the factors,
/// beside base = mu + b_i. Contributions can be negative. The sum is the score for the user whom
/// `fold_in` makes of the history: a user of the model, if the history is that user's row of the
/// training data and the solver was the exact one.
///
/// The item may be part of the history, or not. Throws `InputError` as `fold_in` does and for an
/// item out of range; `NumericError` if the result is not finite. Where factors have to be >= 0,
/// those of the user that are 0 are left out of A and the y. Cost: O(n k^2 + k^3) for n items;
/// starts no threads.
template <Real Scalar>
[[nodiscard]] Explanation<Scalar> explain(const Model<Scalar>& model,
                                          const std::type_identity_t<Row<Item, Scalar>>& history,
                                          Item item) {
    return detail::explained(model, history, item);
}

}  // namespace als::inline ALS_ABI
