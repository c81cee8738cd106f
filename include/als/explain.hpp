// SPDX-License-Identifier: MIT
// `explain`: which items of a history make the model recommend an item, and how much each.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/types.hpp>

#include <type_traits>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// A score as a sum.
template <Real Scalar>
struct Explanation {
    /// base + the sum of the contributions: the score of `recommend` and `predict`, up to rounding.
    double score = 0;

    /// What is there without a history: mu + b_i of a model with biases, else 0.
    double base = 0;

    /// What each item of the history adds, the highest first, then by index.
    std::vector<Scored<Item, Scalar>> contributions;
};

/// Why the model gives an item its score, for a user with this history (Hu, Koren, Volinsky 2008,
/// section 5).
///
/// The user's factors are linear in what the history says, x = A^-1 sum_j c_j y_j, with the matrix
/// A of the user's row system. Hence the score y_i . x is a sum over the history,
///
///     sum_j (y_i' A^-1 y_j) c_j,     c_j the confidence, 0 for dislikes,
///
/// for ratings with c_j = r_j - mu - b_j, and with the user's bias, a one behind the factors,
/// beside base = mu + b_i. Contributions can be negative. The sum is the score for the user whom
/// `fold_in` makes of the history: a user of the model, if the history is that user's row of the
/// training data and the solver was the exact one.
///
/// The item may be part of the history, or not. Throws `InputError` as `fold_in` does and for an
/// item out of range; `NumericError` if the result is not finite. Where factors have to be >= 0,
/// those of the user that are 0 are left out of A and the y. Cost: O(n k^2 + k^3) for n items;
/// starts no threads.
template <Real Scalar>
[[nodiscard]] Explanation<Scalar> explain(const Model<Scalar>& model,
                                          const std::type_identity_t<Row<Item, Scalar>>& history,
                                          Item item);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/explain.hpp>
#endif
