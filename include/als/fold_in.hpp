// SPDX-License-Identifier: MIT
// `fold_in`: computes the factors of one or many newcomers from their histories, without training.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/types.hpp>

#include <span>
#include <type_traits>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Computes the factors of a user from a history of items: solves one row of the training against
/// the model's items.
///
/// `history` is a row of interactions or a `History<Item, Scalar>`, with values in the units of the
/// training data; an empty one gives zeros. The model does not change.
///
/// Throws `InputError` if the model does not have an item, if ids are out of order, or if a value
/// is not finite; `NumericError` if the result is not finite. Cost: O(n k^2 + min(k^3, n^3)) for n
/// items and k factors. For an implicit model that `fit` did not make, the first call also computes
/// what all later calls share: O(items k^2 + k^3). Starts no threads.
template <Real Scalar>
[[nodiscard]] FoldedIn<User, Scalar> fold_in(
    const Model<Scalar>& model, const std::type_identity_t<Row<Item, Scalar>>& history);

/// Computes the factors of an item from the users who used it. Otherwise like `fold_in` for a user.
template <Real Scalar>
[[nodiscard]] FoldedIn<Item, Scalar> fold_in(
    const Model<Scalar>& model, const std::type_identity_t<Row<User, Scalar>>& history);

/// Like `fold_in` above, for a model of explicit ratings, with a weight >= 0 for each value of the
/// history, in its order: see `fit` with weights. Throws `InputError` also for a weight out of
/// range or a model of implicit feedback.
template <Real Scalar>
[[nodiscard]] FoldedIn<User, Scalar> fold_in(const Model<Scalar>& model,
                                             const std::type_identity_t<Row<Item, Scalar>>& history,
                                             std::span<const std::type_identity_t<Scalar>> weights);

/// Computes the factors of an item from ratings with weights. Otherwise like `fold_in` for a user.
template <Real Scalar>
[[nodiscard]] FoldedIn<Item, Scalar> fold_in(const Model<Scalar>& model,
                                             const std::type_identity_t<Row<User, Scalar>>& history,
                                             std::span<const std::type_identity_t<Scalar>> weights);

/// Folds in all users of `histories`. Returns one result for each user, in their order.
///
/// The items of `histories` are those of the model. Its users may be new, or users of the model
/// with new histories. `threads` >= 0; 0 means as many as OpenMP would use, 1 starts none. Throws
/// `InputError` if the number of items differs from the model's, `NumericError` naming a user whose
/// factors are not finite. Otherwise like `fold_in`. The result is the same for any number of
/// threads.
template <Real Scalar>
[[nodiscard]] std::vector<FoldedIn<User, Scalar>> fold_in_users(
    const Model<Scalar>& model, const Interactions<Scalar>& histories, int threads = 0);

/// Folds in all items of `histories`, whose users are those of the model. Otherwise like
/// `fold_in_users`.
template <Real Scalar>
[[nodiscard]] std::vector<FoldedIn<Item, Scalar>> fold_in_items(
    const Model<Scalar>& model, const Interactions<Scalar>& histories, int threads = 0);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/fold_in.hpp>
#endif
