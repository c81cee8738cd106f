// SPDX-License-Identifier: MIT
// `predict`: the score of one pair, of many pairs, or of all entries of a test set. `rmse` and
// `mae`: the error of predicted ratings.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/types.hpp>

#include <span>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Options of `predict` and `rmse`.
struct PredictOptions {
    /// Clip predictions to the range of the training ratings. Implicit models have no such range.
    bool clip = false;
};

/// Returns the model's score for a user and an item: x_u . y_i, or mu + b_u + b_i + x_u . y_i for
/// explicit models with biases. An explicit score is a predicted rating. An implicit score
/// estimates the preference (roughly 0 to 1) and is meant for ranking.
///
/// The score is summed in double and rounded once, so it equals the score that `recommend` ranks
/// by. For float, every instruction set gives the same bits. Throws `InputError` for an index out
/// of range. Cost: O(k).
template <Real Scalar>
[[nodiscard]] Scalar predict(const Model<Scalar>& model, User user, Item item,
                             const PredictOptions& options = {});

/// Like `predict` above, for a folded-in user.
template <Real Scalar>
[[nodiscard]] Scalar predict(const Model<Scalar>& model, const FoldedIn<User, Scalar>& user,
                             Item item, const PredictOptions& options = {});

/// One pair to predict.
struct Pair {
    User user;  ///< the user
    Item item;  ///< the item
};

/// Returns the scores of many pairs, in their order. Throws like `predict` for one pair, before any
/// work.
template <Real Scalar>
[[nodiscard]] std::vector<Scalar> predict(const Model<Scalar>& model, std::span<const Pair> pairs,
                                          const PredictOptions& options = {});

/// Returns the scores of all entries of `cells`, by user and then by item, in the order of
/// `Interactions::entries()`. Throws `InputError` if the sizes differ from the model's.
template <Real Scalar>
[[nodiscard]] std::vector<Scalar> predict(const Model<Scalar>& model,
                                          const Interactions<Scalar>& cells,
                                          const PredictOptions& options = {});

/// Returns the root mean square error of the predictions for the entries of `test`,
///
///     sqrt(sum (r - prediction)^2 / number of entries),   in double.
///
/// Throws `InputError` if the model is implicit (its scores estimate a preference, not the values;
/// use `evaluate`), if sizes differ from the model's, or if the test set is empty. Cost: O(entries
/// k).
template <Real Scalar>
[[nodiscard]] double rmse(const Model<Scalar>& model, const Interactions<Scalar>& test,
                          const PredictOptions& options = {});

/// Returns the mean absolute error, sum |r - prediction| / number of entries. Otherwise like
/// `rmse`.
template <Real Scalar>
[[nodiscard]] double mae(const Model<Scalar>& model, const Interactions<Scalar>& test,
                         const PredictOptions& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/predict.hpp>
#endif
