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
#include <utility>
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

template <Real Scalar>
void copy_row(const Side<Scalar>& from, std::int64_t row, Side<Scalar>& to, std::int64_t to_row) {
    const std::int64_t factors = from.factors.cols();
    std::copy_n(from.factors.data() + row * factors, factors, to.factors.data() + to_row * factors);
    if (from.biases.size() > 0) to.biases(to_row) = from.biases(row);
}

/// Returns these rows of a side, one after the other.
template <Real Scalar>
Side<Scalar> gathered(const Side<Scalar>& side, const RowList& rows) {
    const std::int64_t count = to_count(rows.size());
    Side<Scalar> result;
    result.factors.resize(count, side.factors.cols());
    if (side.biases.size() > 0) result.biases.resize(count);
    for (std::int64_t n = 0; n < count; ++n) copy_row(side, rows[to_size(n)], result, n);
    return result;
}

/// The rows of one side that are solved again: in a copy of the side, or in place.
template <Real Scalar>
class SolvedRows {
public:
    /// Writes the rows of `before`, and new ones of 0 up to `count`, to `side`. `given` is null, or
    /// `before` if it may be written to.
    SolvedRows(RowList rows, const Side<Scalar>& before, Side<Scalar>* given, std::int64_t count,
               bool has_biases, const Workers& workers, Side<Scalar>& side)
        : rows_(std::move(rows)), few_(2 * to_count(rows_.size()) < count), side_(side) {
        const bool in_place = given != nullptr && few_ && before.factors.rows() == count;
        if (!in_place) side = grown(before, count, has_biases, workers);
        if (few_) old_ = gathered(in_place ? before : side, rows_);
        if (!in_place) return;
        std::swap(side, *given);
        lender_ = given;
    }

    /// Gives the memory back, with the old numbers, unless `keep` was called.
    ~SolvedRows() {
        if (lender_ == nullptr) return;
        for (std::size_t n = 0; n < rows_.size(); ++n) copy_row(old_, to_count(n), side_, rows_[n]);
        std::swap(side_, *lender_);
    }
    SolvedRows(const SolvedRows&) = delete;
    SolvedRows& operator=(const SolvedRows&) = delete;

    void keep() { lender_ = nullptr; }

    [[nodiscard]] const RowList& rows() const { return rows_; }
    [[nodiscard]] Side<Scalar>& side() const { return side_; }

    /// Computes the Gram matrix of the side from that before.
    [[nodiscard]] Eigen::MatrixXd gram_after(const Eigen::MatrixXd& gram,
                                             const Workers& workers) const {
        if (!few_) return gram_of(side_.factors, workers);
        const Eigen::MatrixXd taken = gram_of(old_.factors, workers);
        Eigen::MatrixXd result = gram_of(gathered(side_, rows_).factors, workers);
        for (Eigen::Index n = 0; n < result.size(); ++n)
            result.data()[n] = gram.data()[n] + (result.data()[n] - taken.data()[n]);
        return result;
    }

private:
    const RowList rows_;
    const bool few_;  // less than half of the side
    Side<Scalar>& side_;
    Side<Scalar>* lender_ = nullptr;
    Side<Scalar> old_;  // the rows before, if they are few
};

/// A model in the making: the successor of another one for fresh interactions.
template <Real Scalar>
class Successor {
public:
    /// `given` is null, or the state `before`, which no other model shares. Then its numbers are
    /// taken, and put back by the destructor unless `model` was reached.
    Successor(const ModelState<Scalar>& before, ModelState<Scalar>* given,
              const Interactions<Scalar>& fresh, RowList users, RowList items,
              const Workers& workers)
        : before_(before),
          fresh_(fresh),
          workers_(workers),
          state_(std::make_shared<ModelState<Scalar>>()),
          model_(ModelAccess::model<Scalar>(state_)),
          users_(std::move(users), before.parts.users, given ? &given->parts.users : nullptr,
                 fresh.user_count(), has_biases(before.objective), workers, state_->parts.users),
          items_(std::move(items), before.parts.items, given ? &given->parts.items : nullptr,
                 fresh.item_count(), has_biases(before.objective), workers, state_->parts.items) {
        state_->objective = before.objective;
        // The ids of new rows are not known unless `fresh` says them.
        const bool grows = fresh.user_count() != before.parts.users.factors.rows() ||
                           fresh.item_count() != before.parts.items.factors.rows();
        state_->origin = InteractionsAccess::origin(fresh);
        if (!state_->origin && !grows) state_->origin = before.origin;
        state_->parts.mean = before.parts.mean;
        state_->parts.lowest = before.parts.lowest;
        state_->parts.highest = before.parts.highest;
        share(before.users, state_->users);
        share(before.items, state_->items);
    }

    /// Solves the items against the users of the model before, then the users against the new
    /// items.
    [[nodiscard]] Model<Scalar> model() {
        solve<Item>(items_, before_.item_order, state_->item_order, state_->items);
        solve<User>(users_, before_.user_order, state_->user_order, state_->users);
        users_.keep();
        items_.keep();
        return model_;
    }

private:
    static void share(const FoldInSide<Scalar>& from, FoldInSide<Scalar>& to) {
        to.gram.share(from.gram);
        to.whitening.share(from.whitening);
        to.plain.share(from.plain);
    }

    template <Id Solved>
    void solve(const SolvedRows<Scalar>& solved, const SharedOrder& old_order, SharedOrder& order,
               FoldInSide<Scalar>& kept) {
        const RowList& rows = solved.rows();
        if (rows.empty()) {
            order = old_order;
            return;
        }
        Side<Scalar>& side = solved.side();
        const SideEntries<Scalar> entries(InteractionsAccess::rows_of<Solved>(fresh_));
        fold_in_each<Solved>(
            "als::update", model_, fixed_for<Solved>(model_), entries, to_count(rows.size()),
            [&](std::int64_t n) { return rows[to_size(n)]; }, workers_,
            [&](std::int64_t n, const FactorRow<Scalar>& factors, Scalar bias) {
                const std::int32_t row = rows[to_size(n)];
                side.factors.row(row) = factors;
                if (side.biases.size() > 0) side.biases(row) = bias;
            });
        order = std::make_shared<NormOrder>(norm_order_after(*old_order, side, rows, workers_));
        if (model_.is_implicit()) {
            const Eigen::MatrixXd gram = solved.gram_after(
                gram_of_model(*state_, std::same_as<Solved, User>, workers_), workers_);
            share({}, kept);
            kept.gram.set(gram);
        } else {
            for (const std::int32_t row : rows)
                for (const Scalar value : entries[row].all_values()) {
                    state_->parts.lowest = std::min(state_->parts.lowest, value);
                    state_->parts.highest = std::max(state_->parts.highest, value);
                }
        }
    }

    const ModelState<Scalar>& before_;
    const Interactions<Scalar>& fresh_;
    const Workers& workers_;
    const std::shared_ptr<ModelState<Scalar>> state_;
    const Model<Scalar> model_;  // of this state
    SolvedRows<Scalar> users_, items_;
};

/// Does the work of `update`. `given` is the state of `model` if it may be written to, else null.
template <Real Scalar>
Model<Scalar> updated(const Model<Scalar>& model, ModelState<Scalar>* given,
                      const Interactions<Scalar>& fresh, const ChangedRows& changed,
                      const UpdateOptions& options) {
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
    const ModelState<Scalar>& before = ModelAccess::state(model);
    // The bits of the new Gram matrices must not depend on whether the old ones were asked for.
    for (const bool of_users : {true, false}) (void)gram_of_model(before, of_users, workers);
    return Successor<Scalar>(before, given, fresh, std::move(users), std::move(items), workers)
        .model();
}

}  // namespace detail

template <Real Scalar>
Model<Scalar> update(const Model<Scalar>& model, const Interactions<Scalar>& fresh,
                     const ChangedRows& changed, const UpdateOptions& options) {
    return detail::updated<Scalar>(model, nullptr, fresh, changed, options);
}

template <Real Scalar>
Model<Scalar> update(Model<Scalar>&& model, const Interactions<Scalar>& fresh,
                     const ChangedRows& changed, const UpdateOptions& options) {
    model = detail::updated(model, detail::ModelAccess::sole_state(model), fresh, changed, options);
    return model;
}

}  // inline namespace
}  // namespace als
