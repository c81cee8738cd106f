// SPDX-License-Identifier: MIT
// `update`: a model with fresh interactions, in which only the rows that changed are solved again.
// Between two trainings; see fit.hpp for those.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/types.hpp>

#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Users and items whose rows of the interactions are not those that a model was made from. In any
/// order; repeated ones count once.
struct ChangedRows {
    std::vector<User> users = {};
    std::vector<Item> items = {};
};

/// Options of `update`.
struct UpdateOptions {
    /// Whether to solve the rows that the changed ones touch, too: the users of changed items, and
    /// the items of changed users. Closer to a full iteration, and much slower: a popular item
    /// touches most users.
    bool touched = false;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

/// Returns a model in which the changed rows are solved again, each as `fold_in` would solve it.
///
/// First the changed items are solved against the users of `model`, then the changed users against
/// the new items: one iteration of `fit` that starts from `model` and leaves all other rows as they
/// are. So the value of the objective for these interactions does not rise. Each changed item is the `fold_in` of its row into `model`,
/// and each changed user the `fold_in` of its row into the result, up to rounding. If all rows are
/// changed, the result is that of a full iteration.
///
///     als::update(model, data, {.users = {als::User{3}}, .items = {als::Item{7}}});
///
/// `fresh` may have more users and items than `model`, at the end. These new rows always count as
/// changed. Before they are solved they are 0, so that an item which only new users know keeps factors
/// of 0 until the next update. Only changed rows (and touched ones) of `fresh` are read: they
/// have to be complete, and the others may be absent. mu and the objective stay those of `model`; the
/// range of the ratings grows with the changed rows. Use `fit` from time to time: the rows that are
/// not solved drift from their minimum.
///
/// `model` stays as it is. If nothing has changed, the result shares its numbers. Throws
/// `InputError` if a changed user or item is out of range, if `fresh` has fewer users or items than
/// `model` or stands for other ids, or if the objective does not give alpha or lambda; `NumericError`
/// naming a row whose factors are not finite. Runs in parallel, with the same bits for any number
/// of threads. Cost: that of `fold_in` for each row solved, O((users + items) k) to copy the other
/// rows, and for implicit feedback O(k^3). The first update of an implicit model also computes
/// its Gram matrices, O((users + items) k^2); the models that follow from it have them. Because these are
/// updated and not summed again, a `fold_in` into the result agrees with one into a model made of
/// the same numbers only up to rounding.
template <Real Scalar>
[[nodiscard]] Model<Scalar> update(const Model<Scalar>& model, const Interactions<Scalar>& fresh,
                                   const ChangedRows& changed, const UpdateOptions& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/update.hpp>
#endif
