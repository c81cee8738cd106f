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
#include <concepts>
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

/// Returns the side of the users (items) in a state.
template <Id Index, typename State>
auto& side_in(State& state) {
    if constexpr (std::same_as<Index, User>)
        return state.parts.users;
    else
        return state.parts.items;
}
/// Returns what a state keeps of that side.
template <Id Index, typename State>
auto& kept_in(State& state) {
    if constexpr (std::same_as<Index, User>)
        return state.users;
    else
        return state.items;
}

template <Real Scalar>
void share_lazy(const KeptSide<Scalar>& from, KeptSide<Scalar>& to) {
    to.gram.share(from.gram);
    to.whitening.share(from.whitening);
    to.plain.share(from.plain);
}

/// One side of a model in the making. It has memory of its own, or that of the model before; the
/// destructor gives that back, with the old numbers, unless `keep` was reached.
template <Id Solved, Real Scalar>
class NextSide {
public:
    /// Writes the side of `before`, and new rows of 0 up to `count`, to `next`. `given` is null, or
    /// `before` if it may be written to.
    NextSide(RowList rows, std::int64_t count, const ModelState<Scalar>& before,
             ModelState<Scalar>* given, ModelState<Scalar>& next, const Workers& workers)
        : rows_(std::move(rows)),
          few_(2 * to_count(rows_.size()) < count),
          next_(next),
          workers_(workers) {
        const Side<Scalar>& from = side_in<Solved>(before);
        Side<Scalar>& side = side_in<Solved>(next);
        const NormOrder& order = kept_in<Solved>(before).order;
        share_lazy(kept_in<Solved>(before), kept_in<Solved>(next));
        if (few_) from_ = order.positions_of(places_of(rows_, from, workers));
        if (given != nullptr && few_ && from.factors.rows() == count) {
            old_ = gathered(from, rows_);
            std::swap(side, side_in<Solved>(*given));
            lender_ = given;
            return;
        }
        side = grown(from, count, has_biases(before.objective), workers);
        if (!few_) return;
        old_ = gathered(side, rows_);
        kept_in<Solved>(next).order = order;
        kept_in<Solved>(next).order.reserve(count);
    }

    ~NextSide() {
        if (lender_ == nullptr) return;
        Side<Scalar>& side = side_in<Solved>(next_);
        for (std::size_t n = 0; n < rows_.size(); ++n) copy_row(old_, to_count(n), side, rows_[n]);
        std::swap(side, side_in<Solved>(*lender_));
    }
    NextSide(const NextSide&) = delete;
    NextSide& operator=(const NextSide&) = delete;

    /// Solves the rows against the other side of `model`, which is that in the making.
    void solve(const Interactions<Scalar>& fresh, const Model<Scalar>& model) {
        if (rows_.empty()) return;
        Side<Scalar>& side = side_in<Solved>(next_);
        const SideEntries<Scalar> entries(InteractionsAccess::rows_of<Solved>(fresh));
        fold_in_each<Solved>(
            "als::update", model, fixed_for<Solved>(model), entries, to_count(rows_.size()),
            [&](std::int64_t n) { return rows_[to_size(n)]; }, workers_,
            [&](std::int64_t n, const FactorRow<Scalar>& factors, Scalar bias) {
                const std::int32_t row = rows_[to_size(n)];
                side.factors.row(row) = factors;
                if (side.biases.size() > 0) side.biases(row) = bias;
            });
        if (!model.is_implicit()) take_range(entries);
        if (few_) {
            to_ = places_of(rows_, side, workers_);
            std::sort(to_.begin(), to_.end());
        } else {
            kept_in<Solved>(next_).order = norm_order_of(side, workers_);
        }
        if (model.is_implicit()) take_gram(side);
    }

    /// Makes the changes final.
    void keep() noexcept {
        NormOrder& order = kept_in<Solved>(next_).order;
        if (lender_ != nullptr) order = std::move(kept_in<Solved>(*lender_).order);
        lender_ = nullptr;
        if (rows_.empty() || !few_) return;
        order.move(from_, to_);
        order.take_biases(side_in<Solved>(next_).biases);
    }

private:
    void take_range(const SideEntries<Scalar>& entries) {
        for (const std::int32_t row : rows_)
            for (const Scalar value : entries[row].all_values()) {
                next_.parts.lowest = std::min(next_.parts.lowest, value);
                next_.parts.highest = std::max(next_.parts.highest, value);
            }
    }

    void take_gram(const Side<Scalar>& side) {
        const Side<Scalar> now = few_ ? gathered(side, rows_) : Side<Scalar>();
        Eigen::MatrixXd gram = gram_of((few_ ? now : side).factors, workers_);
        if (few_) {
            const Eigen::MatrixXd& before = gram_of_model(next_, std::same_as<Solved, User>);
            const Eigen::MatrixXd taken = gram_of(old_.factors, workers_);
            for (Eigen::Index n = 0; n < gram.size(); ++n)
                gram.data()[n] = before.data()[n] + (gram.data()[n] - taken.data()[n]);
        }
        KeptSide<Scalar>& kept = kept_in<Solved>(next_);
        share_lazy({}, kept);
        kept.gram.set(std::move(gram));
    }

    const RowList rows_;
    const bool few_;  // less than half of the rows
    ModelState<Scalar>& next_;
    const Workers& workers_;
    ModelState<Scalar>* lender_ = nullptr;
    Side<Scalar> old_;                // the rows before, if they are few,
    std::vector<std::int64_t> from_;  // the positions in the order that they had,
    std::vector<Place> to_;           // and their new places
};

/// Returns the ids that the indices of the next model stand for.
template <Real Scalar>
SharedOrigin next_origin(const Model<Scalar>& model, const Interactions<Scalar>& fresh) {
    const SharedOrigin& origin = InteractionsAccess::origin(fresh);
    // The ids of new rows are not known unless `fresh` says them.
    return origin || sizes_of(fresh) != sizes_of(model) ? origin : ModelAccess::origin(model);
}

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
    const auto state = std::make_shared<ModelState<Scalar>>();
    state->objective = before.objective;
    state->origin = next_origin(model, fresh);
    state->parts.mean = before.parts.mean;
    state->parts.lowest = before.parts.lowest;
    state->parts.highest = before.parts.highest;
    const Model<Scalar> next = ModelAccess::model<Scalar>(state);
    NextSide<User, Scalar> next_users(std::move(users), sizes.users, before, given, *state,
                                      workers);
    NextSide<Item, Scalar> next_items(std::move(items), sizes.items, before, given, *state,
                                      workers);
    next_items.solve(fresh, next);
    next_users.solve(fresh, next);
    next_users.keep();
    next_items.keep();
    return next;
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
