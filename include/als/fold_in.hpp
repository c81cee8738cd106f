// SPDX-License-Identifier: MIT
// `fold_in`: the factors of a newcomer, from a history, without training.
#pragma once

#include <als/detail/half_step.hpp>
#include <als/interactions.hpp>
#include <als/model.hpp>

#include <cmath>
#include <cstdint>
#include <type_traits>
#include <variant>

namespace als::inline ALS_ABI {

/// A newcomer's factors: what `fit` would have given a user (or item) with that history, all else
/// fixed.
template <Id Newcomer, Real Scalar>
struct FoldedIn {
    FactorRow<Scalar> factors;  ///< [factors]
    Scalar bias = 0;            ///< 0 for a model without biases
};

namespace detail {

/// Throws unless the ids are in range and strictly ascending and the values finite.
template <Id Column, Real Scalar>
void check_row(std::string_view function, const Row<Column, Scalar>& row, std::int64_t count,
               std::int64_t other_count) {
    std::int32_t last = -1;
    for (const auto [id, value] : row) {
        check_index<Column>(function, id.index, count, other_count);
        if (id.index <= last)
            throw InputError(message(function, ": ", name_of<Column>(), " ", id.index, " follows ",
                                     last, "; ids have to ascend (als::History sorts them)"));
        if (!std::isfinite(value))
            throw InputError(message(function, ": ", name_of<Column>(), " ", id.index,
                                     " has the value ", value, "; values have to be finite"));
        last = id.index;
    }
}

[[noreturn]] inline void throw_too_large() {
    throw NumericError(
        "als::fold_in: the factors are not finite: a value of the history is too large "
        "for the arithmetic; scale it down");
}

template <Id Newcomer, Real Scalar>
FoldedIn<Newcomer, Scalar> fold_in_row(const Model<Scalar>& model,
                                       const Row<Opposite<Newcomer>, Scalar>& history) {
    const Fixed<Scalar> fixed = model.template fixed_for<Newcomer>();
    const FactorMatrix<Scalar>& factors = fixed.side.factors;
    check_row("als::fold_in", history, factors.rows(),
              std::same_as<Newcomer, User> ? model.user_count() : model.item_count());

    const InstructionSet instructions = automatic_instruction_set();
    FactorMatrix<Scalar> rows(history.size(), factors.cols());
    Eigen::Index at = 0;
    for (const auto [id, value] : history) rows.row(at++) = factors.row(id.index);
    const std::int64_t stride = padded<Scalar>(unknowns(fixed));
    Buffer<Scalar> table;
    table.reserve(history.size() * stride);
    write_rows(fixed, rows.data(), history.size(), table.data(), instructions);

    const auto row_of = [&](auto, std::int64_t j) { return table.data() + j * stride; };
    RowSystem<Scalar> system;
    std::visit(
        [&](const auto& objective) {
            load_row<Newcomer>(objective, fixed, history, row_of, system);
        },
        model.objective());
    RowSolver<Scalar> solver(instructions);
    if (!solver.solve(system)) throw_too_large();
    FoldedIn<Newcomer, Scalar> result;
    result.factors = solver.solution.head(factors.cols()).transpose();
    if (fixed.side.biases.size() > 0) result.bias = solver.solution(factors.cols());
    if (!fixed.whitening.is_identity()) {
        FactorRow<Scalar> plain(fixed.whitening.from_white().cols());
        multiply_rows(result.factors.data(), factors.cols(), 1, fixed.whitening.from_white(),
                      plain.data(), plain.cols(), instructions);
        result.factors = plain.head(factors.cols());
    }
    if (!all_finite(result.factors)) throw_too_large();
    return result;
}

}  // namespace detail

/// The factors of a user with this history of items: one row of training against the model's items.
///
/// `history` is a row of interactions or a `History<Item, Scalar>`, its values in the units of the
/// training data; an empty one gives zeros. The model is not touched. Throws `InputError` for an
/// item that the model does not know, ids out of order, or a value that is not finite;
/// `NumericError` if the result is not finite. Cost: O(n k^2 + min(n k^2 + k^3, n^2 k + n^3)) for n
/// items; starts no threads.
template <Real Scalar>
[[nodiscard]] FoldedIn<User, Scalar> fold_in(
    const Model<Scalar>& model, const std::type_identity_t<Row<Item, Scalar>>& history) {
    return detail::fold_in_row<User>(model, history);
}

/// The same for an item, from the users who used it.
template <Real Scalar>
[[nodiscard]] FoldedIn<Item, Scalar> fold_in(
    const Model<Scalar>& model, const std::type_identity_t<Row<User, Scalar>>& history) {
    return detail::fold_in_row<Item>(model, history);
}

}  // namespace als::inline ALS_ABI
