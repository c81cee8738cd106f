// SPDX-License-Identifier: MIT
// `predict`: the score of one pair, of many pairs, or of all cells of a test set; and the error of
// predicted ratings, `rmse` and `mae`.
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

/// The model's score for a user and an item: x_u . y_i, for explicit models with biases
/// mu + b_u + b_i + x_u . y_i, summed in double and rounded once, so that it is the same score that
/// `recommend` ranks by; of floats with the same bits for every instruction set. An explicit score
/// is a predicted rating; an implicit one estimates the preference (0 to 1, roughly) and serves to
/// rank. Throws `InputError` for an index out of range.
template <Real Scalar>
[[nodiscard]] Scalar predict(const Model<Scalar>& model, User user, Item item,
                             const PredictOptions& options = {});

/// The same for a folded-in user.
template <Real Scalar>
[[nodiscard]] Scalar predict(const Model<Scalar>& model, const FoldedIn<User, Scalar>& user,
                             Item item, const PredictOptions& options = {});

/// One pair to predict.
struct Pair {
    User user;
    Item item;
};

/// Scores of many pairs, in their order. Throws as the single one does, before any work.
template <Real Scalar>
[[nodiscard]] std::vector<Scalar> predict(const Model<Scalar>& model, std::span<const Pair> pairs,
                                          const PredictOptions& options = {});

/// Scores of all cells of `cells`, by user and then by item, as `Interactions::entries()` lists
/// them. Throws `InputError` where the sizes differ from the model's.
template <Real Scalar>
[[nodiscard]] std::vector<Scalar> predict(const Model<Scalar>& model,
                                          const Interactions<Scalar>& cells,
                                          const PredictOptions& options = {});

/// Root mean square error of the predictions for the cells of `test`,
///
///     sqrt(sum (r - prediction)^2 / number of cells),   in double.
///
/// Throws `InputError` for an implicit model (its scores estimate a preference, not the values:
/// rank with it and use `evaluate`), sizes that differ from the model's, and an empty test set.
template <Real Scalar>
[[nodiscard]] double rmse(const Model<Scalar>& model, const Interactions<Scalar>& test,
                          const PredictOptions& options = {});

/// Mean absolute error, sum |r - prediction| / number of cells; else as `rmse`.
template <Real Scalar>
[[nodiscard]] double mae(const Model<Scalar>& model, const Interactions<Scalar>& test,
                         const PredictOptions& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/predict.hpp>
#endif
