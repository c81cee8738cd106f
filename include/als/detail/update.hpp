// SPDX-License-Identifier: MIT
// The implementation of <als/update.hpp>.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/check.hpp>
#include <als/detail/base/ids_origin.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/base/validate.hpp>
#include <als/detail/fold_in.hpp>
#include <als/detail/model.hpp>
#include <als/detail/rank/norm_order.hpp>
#include <als/detail/solve/gram.hpp>
#include <als/detail/solve/side.hpp>
#include <als/update.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Indices of rows of one side, ascending, each once.
using RowList = std::vector<std::int32_t>;

/// Returns the given rows and those that the model does not have yet.
template <Id Changed>
RowList changed_and_new(const std::vector<Changed>& given, std::int64_t known, std::int64_t count,
                        std::int64_t other_count) {
    RowList rows;
    for (const Changed id : given) {
        check_index<Changed>("als::update", id.index, count, other_count);
        rows.push_back(id.index);
    }
    for (std::int64_t row = known; row < count; ++row) rows.push_back(to_int32(row));
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

/// Returns `rows` and those that occur in the rows `others` of the other side.
template <Id Touched, Real Scalar>
RowList with_touched(const RowList& rows, const RowList& others, const Interactions<Scalar>& data) {
    std::vector<bool> chosen(to_size(InteractionsAccess::rows_of<Touched>(data).row_count()));
    for (const std::int32_t row : rows) chosen[to_size(row)] = true;
    for (const std::int32_t other : others)
        for (const Touched id : data[Opposite<Touched>{other}].ids())
            chosen[to_size(id.index)] = true;
    RowList result;
    for (std::size_t row = 0; row < chosen.size(); ++row)
        if (chosen[row]) result.push_back(to_int32(row));
    return result;
}

/// Returns these rows, one after the other, without those that `factors` does not have.
template <Real Scalar>
FactorMatrix<Scalar> gathered(const FactorMatrix<Scalar>& factors, const RowList& rows) {
    const auto end = std::lower_bound(rows.begin(), rows.end(), factors.rows());
    FactorMatrix<Scalar> result(end - rows.begin(), factors.cols());
    for (std::int64_t n = 0; n < result.rows(); ++n)
        std::copy_n(factors.data() + rows[to_size(n)] * factors.cols(), factors.cols(),
                    result.data() + n * factors.cols());
    return result;
}

/// Computes the Gram matrix of `after` from that of `before`; only the rows `changed` differ.
template <Real Scalar>
Eigen::MatrixXd gram_after(const Eigen::MatrixXd& gram, const FactorMatrix<Scalar>& before,
                           const FactorMatrix<Scalar>& after, const RowList& changed,
                           const Workers& workers) {
    if (2 * to_count(changed.size()) >= after.rows()) return gram_of(after, workers);
    const Eigen::MatrixXd taken = gram_of(gathered(before, changed), workers);
    Eigen::MatrixXd result = gram_of(gathered(after, changed), workers);
    for (Eigen::Index n = 0; n < result.size(); ++n)
        result.data()[n] = gram.data()[n] + (result.data()[n] - taken.data()[n]);
    return result;
}

/// A model in the making: the successor of `model` for fresh interactions.
template <Real Scalar>
class Successor {
public:
    Successor(const Model<Scalar>& model, const Interactions<Scalar>& fresh, const Workers& workers)
        : model_(model),
          before_(ModelAccess::state(model)),
          fresh_(fresh),
          workers_(workers),
          state_(std::make_shared<ModelState<Scalar>>()) {
        state_->objective = before_.objective;
        const SharedOrigin& origin = InteractionsAccess::origin(fresh);
        // The ids of new rows are not known unless `fresh` says them.
        if (origin || sizes_of(fresh) != sizes_of(model))
            state_->origin = origin;
        else
            state_->origin = before_.origin;
        ModelParts<Scalar>& parts = state_->parts;
        const bool biases = has_biases(before_.objective);
        parts.users = grown(before_.parts.users, fresh.user_count(), biases, workers);
        parts.items = grown(before_.parts.items, fresh.item_count(), biases, workers);
        parts.mean = before_.parts.mean;
        parts.lowest = before_.parts.lowest;
        parts.highest = before_.parts.highest;
    }

    /// Solves these items against the users, which must not have changed yet.
    void solve_items(const RowList& items) {
        if (!items.empty()) {
            const Fixed<Scalar> old = fixed_for<Item>(model_);
            solve<Item>(model_, {state_->parts.users, old.whitening, old.mean}, items,
                        state_->parts.items);
        }
        keep(before_.parts.items, before_.items, before_.item_order, false, items,
             state_->parts.items, state_->items, state_->item_order);
    }

    /// Solves these users against the items, which must be solved.
    void solve_users(const RowList& users) {
        if (!users.empty()) {
            const Model<Scalar> half_way = ModelAccess::model<Scalar>(state_);
            solve<User>(half_way, fixed_for<User>(half_way), users, state_->parts.users);
        }
        keep(before_.parts.users, before_.users, before_.user_order, true, users,
             state_->parts.users, state_->users, state_->user_order);
    }

    [[nodiscard]] Model<Scalar> model() const { return ModelAccess::model<Scalar>(state_); }

private:
    template <Id Solved>
    void solve(const Model<Scalar>& against, const Fixed<Scalar>& fixed, const RowList& rows,
               Side<Scalar>& side) {
        const SideEntries<Scalar> entries(InteractionsAccess::rows_of<Solved>(fresh_));
        fold_in_each<Solved>(
            "als::update", against, fixed, entries, to_count(rows.size()),
            [&](std::int64_t n) { return rows[to_size(n)]; }, workers_,
            [&](std::int64_t n, const FactorRow<Scalar>& factors, Scalar bias) {
                const std::int32_t row = rows[to_size(n)];
                side.factors.row(row) = factors;
                if (side.biases.size() > 0) side.biases(row) = bias;
            });
        if (!std::holds_alternative<Explicit>(before_.objective)) return;
        for (const std::int32_t row : rows)
            for (const Scalar value : entries[row].all_values()) {
                state_->parts.lowest = std::min(state_->parts.lowest, value);
                state_->parts.highest = std::max(state_->parts.highest, value);
            }
    }

    /// Sets what a model keeps of a side whose rows `changed` have changed.
    void keep(const Side<Scalar>& old, const FoldInSide<Scalar>& old_kept,
              const NormOrder& old_order, bool users, const RowList& changed,
              const Side<Scalar>& side, FoldInSide<Scalar>& kept, NormOrder& order) const {
        if (changed.empty()) {
            order = old_order;
            kept.gram.share(old_kept.gram);
            kept.whitening.share(old_kept.whitening);
            kept.plain.share(old_kept.plain);
            return;
        }
        order = norm_order_after(old_order, side, changed, workers_);
        // The bits of the new matrix must not depend on whether the old one was ever asked for.
        if (std::holds_alternative<Implicit>(before_.objective))
            kept.gram.set(gram_after(gram_of_model(before_, users, workers_), old.factors,
                                     side.factors, changed, workers_));
    }

    const Model<Scalar>& model_;
    const ModelState<Scalar>& before_;
    const Interactions<Scalar>& fresh_;
    const Workers& workers_;
    const std::shared_ptr<ModelState<Scalar>> state_;
};

}  // namespace detail

template <Real Scalar>
Model<Scalar> update(const Model<Scalar>& model, const Interactions<Scalar>& fresh,
                     const ChangedRows& changed, const UpdateOptions& options) {
    using namespace detail;
    check_given("als::update", model.objective());
    check_same_ids("als::update", "interactions", InteractionsAccess::origin(fresh), "model",
                   ModelAccess::origin(model));
    const Sizes sizes = sizes_of(fresh);
    const Sizes known = sizes_of(model);
    check_not_smaller("als::update", sizes, "model", known);
    check_threads("als::UpdateOptions::threads", options.threads);
    RowList users = changed_and_new(changed.users, known.users, sizes.users, sizes.items);
    RowList items = changed_and_new(changed.items, known.items, sizes.items, sizes.users);
    if (options.touched) {
        RowList all_users = with_touched<User>(users, items, fresh);
        items = with_touched<Item>(items, users, fresh);
        users = std::move(all_users);
    }
    if (users.empty() && items.empty()) return model;
    const Workers workers{thread_count(options.threads)};
    Successor<Scalar> next(model, fresh, workers);
    next.solve_items(items);
    next.solve_users(users);
    return next.model();
}

}  // inline namespace
}  // namespace als
