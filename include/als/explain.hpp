// SPDX-License-Identifier: MIT
// `explain`: how much each item of a history contributes to the score of an item.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/types.hpp>

#include <type_traits>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// A score as a sum over the items of a history.
template <Real Scalar>
struct Explanation {
    /// base + the sum of the contributions: the score of `recommend` and `predict`, up to rounding.
    double score = 0;

    /// The score without a history: mu + b_i for a model with biases, else 0.
    double base = 0;

    /// What each item of the history adds: the highest first, then by index.
    std::vector<Scored<Item, Scalar>> contributions;
};

/// Explains the score that the model gives an item for a user with this history (Hu, Koren,
/// Volinsky 2008, section 5).
///
/// The user's factors are x = A^-1 sum_j c_j y_j, where A is the matrix of the user's row system,
/// with one term for each item j of the history. Hence the score y_i . x is a sum over the history,
///
///     sum_j (y_i' A^-1 y_j) c_j,     c_j the confidence, 0 for dislikes.
///
/// For ratings, c_j = r_j - mu - b_j and base = mu + b_i; the user's bias is one more factor of x,
/// for which each y has a one. With `non_negative`, the user's factors that are 0 are left out of A
/// and y. Contributions can be negative.
///
/// The sum is the score of the user that `fold_in` makes from the history. If the history is the
/// user's row of the training data and the solver was exact, it is also the model's own score for
/// the user. The item may be part of the history.
///
/// Throws `InputError` as `fold_in` does, and if the item is out of range; `NumericError` if the
/// result is not finite. Cost: O(n k^2 + k^3) for n items. Starts no threads.
template <Real Scalar>
[[nodiscard]] Explanation<Scalar> explain(const Model<Scalar>& model,
                                          const std::type_identity_t<Row<Item, Scalar>>& history,
                                          Item item);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/explain.hpp>
#endif
