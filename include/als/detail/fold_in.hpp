// SPDX-License-Identifier: MIT
// The implementation of <als/fold_in.hpp>.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/base/prefetch.hpp>
#include <als/detail/base/reduce.hpp>
#include <als/detail/base/validate.hpp>
#include <als/detail/model.hpp>
#include <als/detail/solve/half_step.hpp>
#include <als/detail/solve/load_row.hpp>
#include <als/detail/solve/row_solver.hpp>
#include <als/detail/solve/side.hpp>
#include <als/detail/solve/whitening.hpp>
#include <als/fold_in.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Returns the fixed side that rows of users (items) are solved against.
template <Id Solved, Real Scalar>
Fixed<Scalar> fixed_for(const Model<Scalar>& model) {
    check_given("als::fold_in, als::explain", model.objective());
    constexpr bool users = std::same_as<Solved, User>;
    const ModelState<Scalar>& state = ModelAccess::state(model);
    const auto make_whitening = [&]() -> Whitening<Scalar> {
        const auto* const implicit = std::get_if<Implicit>(&state.objective);
        if (implicit == nullptr) return {};
        return whitening_for<Solved, Scalar>(*implicit, gram_of_model(state, !users), Workers{});
    };
    return {users ? state.parts.items : state.parts.users,
            (users ? state.items : state.users).whitening.get(make_whitening), state.parts.mean};
}

/// Returns `fixed` with the Gram matrix as part of each row's system, for an implicit model.
template <Id Solved, Real Scalar>
Fixed<Scalar> plain_fixed_for(const Model<Scalar>& model, const Fixed<Scalar>& fixed) {
    constexpr bool users = std::same_as<Solved, User>;
    const ModelState<Scalar>& state = ModelAccess::state(model);
    return {fixed.side, (users ? state.items : state.users).plain.get([&] {
                return Whitening<Scalar>::none(gram_of_model(state, !users));
            }),
            fixed.mean};
}

/// The rows of the fixed side that the entries of one row refer to, one after the other.
template <Real Scalar>
class GatheredRows {
public:
    FixedTable<Scalar> gather(const Fixed<Scalar>& fixed, const std::int32_t* ids,
                              std::int64_t count, InstructionSet instructions) {
        const std::int64_t factors = fixed.factors();
        if (fixed.whitening.is_identity() && factors == fixed.stride()) {
            const FixedTable<Scalar> all{fixed.side.factors.data(), factors};
            for (std::int64_t j = 0; j < count; ++j)
                prefetch(all.row_of(ids[j], j), to_size(factors) * sizeof(Scalar));
            return all;
        }
        plain_.reserve(count * factors);
        for (std::int64_t j = 0; j < count; ++j)
            std::copy_n(fixed.side.factors.data() + ids[j] * factors, factors,
                        plain_.data() + j * factors);
        table_.reserve(count * fixed.stride());
        write_rows(fixed, plain_.data(), count, table_.data(), instructions);
        return {table_.data(), fixed.stride(), true};
    }

private:
    Buffer<Scalar> plain_, table_;
};

/// Solves the rows of newcomers against a model, one after the other.
template <Real Scalar>
class FoldIn {
public:
    /// `regularization` is lambda of the newcomers' side; `plain` is for long rows (see
    /// `plain_fixed_for`), or nothing.
    FoldIn(const AnyObjective& objective, double regularization, const Fixed<Scalar>& fixed,
           const std::optional<Fixed<Scalar>>& plain)
        : objective_(objective),
          regularization_(regularization),
          fixed_(fixed),
          plain_(plain),
          instructions_(automatic_instruction_set()),
          solver_(instructions_) {}

    /// Writes the factors and the bias of a newcomer with these entries. Returns false if they are
    /// not finite.
    bool solve(const RowEntries<Scalar>& entries, FactorRow<Scalar>& factors, Scalar& bias) {
        if (plain_ && pays_to_stay_plain(entries.count) && solve_plainly(entries, factors))
            return true;
        return solve(entries, rows_.gather(fixed_, entries.ids, entries.count, instructions_),
                     factors, bias);
    }

    /// Like `solve` above, with a table of all fixed rows, or of those of the entries.
    bool solve(const RowEntries<Scalar>& entries, const FixedTable<Scalar>& table,
               FactorRow<Scalar>& factors, Scalar& bias) {
        load_row_of(entries, fixed_, table);
        solver_.solution.setZero(system_.unknowns());
        if (!solver_.solve(system_)) return false;
        take(factors, bias);
        return all_finite(factors);
    }

    /// Loads the system of a row and solves for z with z . right_side = right . x, where x is its
    /// solution.
    bool solve_adjoint(const RowEntries<Scalar>& entries, const FixedTable<Scalar>& table,
                       const Scalar* right) {
        load_row_of(entries, fixed_, table);
        return solver_.solve_adjoint(system_, right);
    }
    [[nodiscard]] const BiasVector<Scalar>& adjoint() const { return solver_.solution; }

private:
    void load_row_of(const RowEntries<Scalar>& entries, const Fixed<Scalar>& fixed,
                     const FixedTable<Scalar>& table) {
        std::visit(
            [&](const auto& objective) {
                load_row(objective, regularization_, fixed, entries, table, system_);
            },
            objective_);
    }

    /// Whether whitening the fixed rows of a lone row costs more than refining its solution in
    /// double (measured).
    [[nodiscard]] bool pays_to_stay_plain(std::int64_t entries) const {
        return fixed_.factors() >= 32 && 2 * entries >= fixed_.factors();
    }

    /// Solves with the unchanged Gram matrix. Returns false if it is too close to singular.
    bool solve_plainly(const RowEntries<Scalar>& entries, FactorRow<Scalar>& factors) {
        load_row_of(entries, *plain_,
                    rows_.gather(*plain_, entries.ids, entries.count, instructions_));
        if (!solver_.solve_with_base(system_)) return false;
        factors = solver_.solution;
        return true;
    }

    /// Takes the factors and the bias from the solution.
    void take(FactorRow<Scalar>& factors, Scalar& bias) const {
        const std::int64_t count = fixed_.factors();
        if (fixed_.has_biases()) bias = solver_.solution(count);
        factors.resize(count);
        if (fixed_.whitening.is_identity()) {
            std::copy_n(solver_.solution.data(), count, factors.data());
            return;
        }
        const CoordinateChange<Scalar>& from_white = fixed_.whitening.from_white();
        std::vector<Scalar> plain(to_size(from_white.width()));
        multiply_rows(solver_.solution.data(), count, 1, from_white, plain.data(),
                      from_white.width(), instructions_);
        std::copy_n(plain.data(), count, factors.data());
    }

    const AnyObjective& objective_;
    const double regularization_;
    const Fixed<Scalar> fixed_;
    const std::optional<Fixed<Scalar>> plain_;
    const InstructionSet instructions_;
    GatheredRows<Scalar> rows_;
    RowSystem<Scalar> system_;
    RowSolver<Scalar> solver_;
};

/// `fixed` is that of the model, or another with the same Gram matrix.
template <Id Newcomer, Real Scalar>
FoldIn<Scalar> make_fold_in(const Model<Scalar>& model, const Fixed<Scalar>& fixed) {
    const double regularization =
        std::visit([](const auto& objective) { return regularization_of<Newcomer>(objective); },
                   model.objective());
    std::optional<Fixed<Scalar>> plain;
    if (!fixed.whitening.is_identity() && fixed.whitening.keeps_all_directions())
        plain.emplace(plain_fixed_for<Newcomer>(model, fixed));
    return FoldIn<Scalar>(model.objective(), regularization, fixed, plain);
}

template <Id Newcomer, Real Scalar>
FoldIn<Scalar> make_fold_in(const Model<Scalar>& model) {
    return make_fold_in<Newcomer>(model, fixed_for<Newcomer>(model));
}

/// `weights` are those of the history's values, or null.
template <Id Newcomer, Real Scalar>
FoldedIn<Newcomer, Scalar> fold_in_row(std::string_view function, const Model<Scalar>& model,
                                       const Row<Opposite<Newcomer>, Scalar>& history,
                                       const Scalar* weights = nullptr) {
    const Sizes sizes = sizes_of(model);
    constexpr bool users = std::same_as<Newcomer, User>;
    // The types of users and items differ, so a bad index does not suggest that they are mixed up.
    check_row(function, history, users ? sizes.items : sizes.users, 0);
    FoldedIn<Newcomer, Scalar> result;
    RowEntries<Scalar> entries = history;
    entries.weights = weights;
    if (!make_fold_in<Newcomer>(model).solve(entries, result.factors, result.bias))
        throw NumericError(message(function,
                                   ": the factors are not finite: a value of the history is too "
                                   "large for the arithmetic; scale it down"));
    return result;
}

/// Like `fold_in_row`, with one weight for each value.
template <Id Newcomer, Real Scalar>
FoldedIn<Newcomer, Scalar> fold_in_weighted(const Model<Scalar>& model,
                                            const Row<Opposite<Newcomer>, Scalar>& history,
                                            std::span<const Scalar> weights) {
    if (!std::holds_alternative<Explicit>(model.objective()))
        throw InputError(
            "als::fold_in: only explicit ratings have weights; the values of an implicit model are "
            "its confidences");
    if (to_count(weights.size()) != history.size())
        throw InputError(message("als::fold_in: there are ", weights.size(), " weights for ",
                                 history.size(), " values; each value needs one"));
    for (const Scalar weight : weights)
        check_range("als::fold_in: a weight", static_cast<double>(weight), 0);
    return fold_in_row<Newcomer>("als::fold_in", model, history, weights.data());
}

/// Throws if the other side of the histories is not that of the model.
inline void check_histories(std::string_view function, std::string_view names, std::int64_t columns,
                            std::int64_t count, std::int64_t fixed_count) {
    if (columns == fixed_count) return;
    throw InputError(message(function, ": the histories have ", columns, " ", names,
                             " and the model ", fixed_count,
                             count == fixed_count ? "; users and items are the wrong way round"
                                                  : "; indices have to be the model's"));
}

/// Folds in the rows row_at(0) ... row_at(count - 1) of one side, in parallel: calls take(n,
/// factors, bias) for each. If they hold more entries than the fixed side has rows, the whole fixed
/// side is transformed once up front. Throws `NumericError` naming a row whose factors are not
/// finite.
template <Id Newcomer, Real Scalar, typename RowAt, typename Take>
void fold_in_each(std::string_view function, const Model<Scalar>& model, const Fixed<Scalar>& fixed,
                  const SideEntries<Scalar>& rows, std::int64_t count, const RowAt& row_at,
                  const Workers& workers, const Take& take) {
    std::int64_t entries = 0;
    for (std::int64_t n = 0; n < count; ++n) entries += rows[row_at(n)].count;
    const bool prepared = entries > fixed.count();
    Buffer<Scalar> memory;
    const FixedTable<Scalar> table =
        prepared ? write_table(fixed, workers, memory) : FixedTable<Scalar>();
    struct Worker {
        FoldIn<Scalar> fold_in;
        FactorRow<Scalar> factors = {};
    };
    parallel_for(
        count, 8, workers, [&] { return Worker{make_fold_in<Newcomer>(model, fixed)}; },
        [&](Worker& worker, std::int64_t n) {
            Scalar bias = 0;
            const RowEntries<Scalar> row = rows[row_at(n)];
            if (!(prepared ? worker.fold_in.solve(row, table, worker.factors, bias)
                           : worker.fold_in.solve(row, worker.factors, bias)))
                throw_unsolvable(function, name_of<Newcomer>(), row_at(n));
            take(n, worker.factors, bias);
        });
}

/// Folds in all rows of one side of `histories`, in parallel.
template <Id Newcomer, Real Scalar>
std::vector<FoldedIn<Newcomer, Scalar>> fold_in_rows(const Model<Scalar>& model,
                                                     const Interactions<Scalar>& histories,
                                                     int threads) {
    constexpr bool users = std::same_as<Newcomer, User>;
    const std::string function = users ? "als::fold_in_users" : "als::fold_in_items";
    const Sizes sizes = sizes_of(histories);
    const std::int64_t count = users ? sizes.users : sizes.items;
    const std::int64_t columns = users ? sizes.items : sizes.users;
    check_same_ids(function, "histories", InteractionsAccess::origin(histories), "model",
                   ModelAccess::origin(model), users ? OnSides::items : OnSides::users);
    check_histories(function, users ? "items" : "users", columns, count,
                    users ? model.item_count() : model.user_count());
    check_threads(function + ": threads", threads);
    std::vector<FoldedIn<Newcomer, Scalar>> results(to_size(count));
    fold_in_each<Newcomer>(
        function, model, fixed_for<Newcomer>(model),
        SideEntries<Scalar>(InteractionsAccess::rows_of<Newcomer>(histories)), count,
        [](std::int64_t n) { return to_int32(n); }, Workers{thread_count(threads)},
        [&](std::int64_t n, const FactorRow<Scalar>& factors, Scalar bias) {
            results[to_size(n)] = {factors, bias};
        });
    return results;
}

}  // namespace detail

template <Real Scalar>
FoldedIn<User, Scalar> fold_in(const Model<Scalar>& model,
                               const std::type_identity_t<Row<Item, Scalar>>& history) {
    return detail::fold_in_row<User>("als::fold_in", model, history);
}

template <Real Scalar>
FoldedIn<Item, Scalar> fold_in(const Model<Scalar>& model,
                               const std::type_identity_t<Row<User, Scalar>>& history) {
    return detail::fold_in_row<Item>("als::fold_in", model, history);
}

template <Real Scalar>
FoldedIn<User, Scalar> fold_in(const Model<Scalar>& model,
                               const std::type_identity_t<Row<Item, Scalar>>& history,
                               std::span<const std::type_identity_t<Scalar>> weights) {
    return detail::fold_in_weighted<User>(model, history, weights);
}

template <Real Scalar>
FoldedIn<Item, Scalar> fold_in(const Model<Scalar>& model,
                               const std::type_identity_t<Row<User, Scalar>>& history,
                               std::span<const std::type_identity_t<Scalar>> weights) {
    return detail::fold_in_weighted<Item>(model, history, weights);
}

template <Real Scalar>
std::vector<FoldedIn<User, Scalar>> fold_in_users(const Model<Scalar>& model,
                                                  const Interactions<Scalar>& histories,
                                                  int threads) {
    return detail::fold_in_rows<User>(model, histories, threads);
}

template <Real Scalar>
std::vector<FoldedIn<Item, Scalar>> fold_in_items(const Model<Scalar>& model,
                                                  const Interactions<Scalar>& histories,
                                                  int threads) {
    return detail::fold_in_rows<Item>(model, histories, threads);
}

}  // inline namespace
}  // namespace als
