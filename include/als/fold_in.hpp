// SPDX-License-Identifier: MIT
// `fold_in`: the factors of a newcomer, from a history, without training; of one or of many.
#pragma once

#include <als/detail/half_step.hpp>
#include <als/interactions.hpp>
#include <als/model.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

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

/// Rows of the fixed side as a `RowSystem` reads them: those of some cells, one after the other.
template <Real Scalar>
class FixedRows {
public:
    explicit FixedRows(const Fixed<Scalar>& fixed, InstructionSet instructions)
        : fixed_(fixed), instructions_(instructions), stride_(padded<Scalar>(unknowns(fixed))) {}

    template <Id Index>
    void write(std::span<const Index> ids) {
        const FactorMatrix<Scalar>& factors = fixed_.side.factors;
        const auto count = static_cast<std::int64_t>(ids.size());
        plain_.reserve(count * factors.cols());
        Scalar* to = plain_.data();
        for (const Index id : ids)
            to = std::copy_n(factors.row(id.index).data(), factors.cols(), to);
        table_.reserve(count * stride_);
        write_rows(fixed_, plain_.data(), count, table_.data(), instructions_);
    }

    [[nodiscard]] const Scalar* operator[](std::int64_t position) const {
        return table_.data() + position * stride_;
    }

private:
    const Fixed<Scalar>& fixed_;
    InstructionSet instructions_;
    std::int64_t stride_;
    Buffer<Scalar> plain_, table_;
};

/// The factors and the bias that a solution stands for.
template <Id Newcomer, Real Scalar>
FoldedIn<Newcomer, Scalar> folded_in(const Fixed<Scalar>& fixed, const BiasVector<Scalar>& solution,
                                     InstructionSet instructions) {
    const std::int64_t factors = fixed.side.factors.cols();
    FoldedIn<Newcomer, Scalar> result;
    result.factors = solution.head(factors).transpose();
    if (fixed.side.biases.size() > 0) result.bias = solution(factors);
    if (!fixed.whitening.is_identity()) {
        FactorRow<Scalar> plain(fixed.whitening.from_white().cols());
        multiply_rows(result.factors.data(), factors, 1, fixed.whitening.from_white(), plain.data(),
                      plain.cols(), instructions);
        result.factors = plain.head(factors);
    }
    return result;
}

/// Folds in histories, one after the other.
template <Id Newcomer, Real Scalar>
class FoldIn {
public:
    explicit FoldIn(const Model<Scalar>& model)
        : objective_(model.objective()),
          fixed_(model.template fixed_for<Newcomer>()),
          instructions_(automatic_instruction_set()),
          rows_(fixed_, instructions_),
          solver_(instructions_) {}

    /// Null where the result is not finite.
    std::optional<FoldedIn<Newcomer, Scalar>> operator()(
        const Row<Opposite<Newcomer>, Scalar>& history) {
        rows_.write(history.ids());
        return solve(history, [&](auto, std::int64_t position) { return rows_[position]; });
    }

    /// The same with all fixed rows at hand: row_of(id, position).
    template <typename RowOf>
    std::optional<FoldedIn<Newcomer, Scalar>> solve(const Row<Opposite<Newcomer>, Scalar>& history,
                                                    const RowOf& row_of) {
        std::visit(
            [&](const auto& objective) {
                load_row<Newcomer>(objective, fixed_, history, row_of, system_);
            },
            objective_);
        solver_.solution.setZero(system_.unknowns());
        if (!solver_.solve(system_)) return std::nullopt;
        auto result = folded_in<Newcomer>(fixed_, solver_.solution, instructions_);
        if (!all_finite(result.factors)) return std::nullopt;
        return result;
    }

private:
    const Objective& objective_;
    const Fixed<Scalar> fixed_;
    const InstructionSet instructions_;
    FixedRows<Scalar> rows_;
    RowSystem<Scalar> system_;
    RowSolver<Scalar> solver_;
};

template <Id Newcomer, Real Scalar>
FoldedIn<Newcomer, Scalar> fold_in_row(const Model<Scalar>& model,
                                       const Row<Opposite<Newcomer>, Scalar>& history) {
    check_row("als::fold_in", history, model.template fixed_for<Newcomer>().side.factors.rows(),
              std::same_as<Newcomer, User> ? model.user_count() : model.item_count());
    const auto result = FoldIn<Newcomer, Scalar>(model)(history);
    if (!result)
        throw NumericError(
            "als::fold_in: the factors are not finite: a value of the history is too large for the "
            "arithmetic; scale it down");
    return *result;
}

/// All rows of one side of `histories`, in parallel. Where they have more cells than the fixed side
/// has rows, these are prepared once for all.
template <Id Newcomer, Real Scalar>
std::vector<FoldedIn<Newcomer, Scalar>> fold_in_rows(const Model<Scalar>& model,
                                                     const Interactions<Scalar>& histories,
                                                     int threads) {
    constexpr bool users = std::same_as<Newcomer, User>;
    const std::string function = users ? "als::fold_in_users" : "als::fold_in_items";
    const Fixed<Scalar> fixed = model.template fixed_for<Newcomer>();
    const std::int64_t count = users ? histories.user_count() : histories.item_count();
    const std::int64_t columns = users ? histories.item_count() : histories.user_count();
    if (columns != fixed.side.factors.rows())
        throw InputError(
            message(function, ": the histories have ", columns, " ", users ? "items" : "users",
                    " and the model ", fixed.side.factors.rows(),
                    count == fixed.side.factors.rows() ? "; users and items are the wrong way round"
                                                       : "; indices have to be the model's"));
    check_range(function + ": threads", threads, 0, unbounded);
    const Workers workers{thread_count(threads)};
    const std::int64_t stride = padded<Scalar>(unknowns(fixed));
    Buffer<Scalar> table;
    const bool prepared = histories.size() > columns;
    if (prepared) {
        table.reserve(columns * stride);
        for_blocks(columns, workers, [&](std::int64_t first, std::int64_t rows) {
            write_rows(fixed, fixed.side.factors.row(first).data(), rows,
                       table.data() + first * stride, workers.instructions);
        });
    }
    std::vector<FoldedIn<Newcomer, Scalar>> results(static_cast<std::size_t>(count));
    parallel_for(
        count, 8, workers, [&] { return FoldIn<Newcomer, Scalar>(model); },
        [&](FoldIn<Newcomer, Scalar>& fold_in, std::int64_t n) {
            const auto history = histories[Newcomer{static_cast<std::int32_t>(n)}];
            auto result = prepared ? fold_in.solve(history,
                                                   [&](auto id, std::int64_t) {
                                                       return table.data() + id.index * stride;
                                                   })
                                   : fold_in(history);
            if (!result) throw_unsolvable<Newcomer>(function, n);
            results[static_cast<std::size_t>(n)] = *std::move(result);
        });
    return results;
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

/// Folds in all users of `histories`, whose items are the model's: one for each, in their order.
///
/// The users may be other ones than the model's, or the same with new histories. `threads` >= 0; 0
/// means as many as OpenMP would use, 1 starts none. Throws `InputError` where the items are not as
/// many as the model's, `NumericError` naming a user whose factors are not finite. Otherwise as
/// `fold_in`.
template <Real Scalar>
[[nodiscard]] std::vector<FoldedIn<User, Scalar>> fold_in_users(
    const Model<Scalar>& model, const Interactions<Scalar>& histories, int threads = 0) {
    return detail::fold_in_rows<User>(model, histories, threads);
}

/// The same for all items of `histories`, whose users are the model's.
template <Real Scalar>
[[nodiscard]] std::vector<FoldedIn<Item, Scalar>> fold_in_items(
    const Model<Scalar>& model, const Interactions<Scalar>& histories, int threads = 0) {
    return detail::fold_in_rows<Item>(model, histories, threads);
}

}  // namespace als::inline ALS_ABI
