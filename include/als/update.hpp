// SPDX-License-Identifier: MIT
// `update`: adds fresh interactions to a model by solving only the rows that changed. For use
// between two trainings; see fit.hpp for those.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/types.hpp>

#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Users and items whose rows of the interactions have changed since the model was made. In any
/// order; repeated ones count once.
struct ChangedRows {
    std::vector<User> users = {};  ///< users with other rows
    std::vector<Item> items = {};  ///< items with other rows
};

/// Options of `update`.
struct UpdateOptions {
    /// Whether to solve also the rows that the changed ones touch: the users of changed items and
    /// the items of changed users. This comes closer to a full iteration but is much slower,
    /// because a popular item touches most users.
    bool touched = false;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

/// Returns a model in which the changed rows are solved again, each as `fold_in` would solve it.
///
///     als::update(model, data, {.users = {als::User{3}}, .items = {als::Item{7}}});
///
/// First the changed items are solved against the users of `model`, then the changed users against
/// the new items. This is one iteration of `fit` that starts from `model` and leaves all other rows
/// as they are, so the objective for these interactions does not rise. Up to rounding, each changed
/// item is the `fold_in` of its row into `model`, and each changed user the `fold_in` of its row
/// into the result. If all rows have changed, the result is that of a full iteration.
///
/// `fresh` may have more users and items than `model`, at the end. These new rows always count as
/// changed. They are 0 before they are solved, so an item that only new users know keeps factors of
/// 0 until the next update. Only the changed rows (and touched ones) of `fresh` are read: they have
/// to be complete, and the others may be absent. mu and the objective stay those of `model`; the
/// range of the ratings grows with the changed rows. Use `fit` from time to time: the rows that are
/// not solved drift away from their minimum.
///
/// `model` stays as it is. If nothing has changed, the result shares its numbers. Throws
/// `InputError` if a changed user or item is out of range, if `fresh` has fewer users or items than
/// `model` or stands for other ids, or if the objective does not give alpha or lambda;
/// `NumericError` naming a row whose factors are not finite. Runs in parallel, with the same bits
/// for any number of threads.
///
/// Cost: that of `fold_in` for each row solved, O((users + items) k) to copy the other rows, and
/// O(k^3) for implicit feedback. The first update of an implicit model also computes its Gram
/// matrices, O((users + items) k^2); later models have them from the earlier ones. Because these
/// are updated and not summed again, a `fold_in` into the result agrees only up to rounding with
/// one into a model made of the same numbers.
template <Real Scalar>
[[nodiscard]] Model<Scalar> update(const Model<Scalar>& model, const Interactions<Scalar>& fresh,
                                   const ChangedRows& changed, const UpdateOptions& options = {});

/// Like `update` above, with the same bits, for a model that the caller gives up: the solved rows
/// are written into its numbers, and no other row is copied.
///
///     als::Model<float> spare = als::load<float>("model.safetensors");
///     spare = als::update(std::move(spare), data, {.users = {als::User{3}}});
///
/// If another copy of `model` is left, in any thread, this one copies the numbers too, and that
/// copy stays as it is. A side with new rows is copied, and one of which at least half is solved.
/// Afterwards, `model` is also the result; if the call throws, it is as before. References to its
/// numbers are no longer valid.
///
/// Cost: that of `fold_in` for each row solved, O(k^3) for implicit feedback, and up to 12 bytes
/// for each row to be moved in memory (the order by norm). A model with biases also reads all of
/// them.
template <Real Scalar>
[[nodiscard]] Model<Scalar> update(Model<Scalar>&& model, const Interactions<Scalar>& fresh,
                                   const ChangedRows& changed, const UpdateOptions& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/update.hpp>
#endif
