// SPDX-License-Identifier: MIT
// `fold_in`: the factors of a newcomer, from a history, without training; of one or of many.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/types.hpp>

#include <type_traits>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// The factors of a user with this history of items: one row of training against the model's items.
///
/// `history` is a row of interactions or a `History<Item, Scalar>`, its values in the units of the
/// training data; an empty one gives zeros. The model is not touched. Throws `InputError` for an
/// item that the model does not know, ids out of order, or a value that is not finite;
/// `NumericError` if the result is not finite. Cost: O(n k^2 + min(n k^2 + k^3, n^2 k + n^3)) for n
/// items; starts no threads. The first call for a model of implicit feedback that was not made by
/// `fit` computes what all later calls share: O(items k^2 + k^3).
template <Real Scalar>
[[nodiscard]] FoldedIn<User, Scalar> fold_in(
    const Model<Scalar>& model, const std::type_identity_t<Row<Item, Scalar>>& history);

/// The same for an item, from the users who used it.
template <Real Scalar>
[[nodiscard]] FoldedIn<Item, Scalar> fold_in(
    const Model<Scalar>& model, const std::type_identity_t<Row<User, Scalar>>& history);

/// Folds in all users of `histories`, whose items are the model's: one for each, in their order.
///
/// The users may be other ones than the model's, or the same with new histories. `threads` >= 0; 0
/// means as many as OpenMP would use, 1 starts none. Throws `InputError` where the items are not as
/// many as the model's, `NumericError` naming a user whose factors are not finite. Otherwise as
/// `fold_in`.
template <Real Scalar>
[[nodiscard]] std::vector<FoldedIn<User, Scalar>> fold_in_users(
    const Model<Scalar>& model, const Interactions<Scalar>& histories, int threads = 0);

/// The same for all items of `histories`, whose users are the model's.
template <Real Scalar>
[[nodiscard]] std::vector<FoldedIn<Item, Scalar>> fold_in_items(
    const Model<Scalar>& model, const Interactions<Scalar>& histories, int threads = 0);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/fold_in.hpp>
#endif
