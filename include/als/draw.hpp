// SPDX-License-Identifier: MIT
// `draw`: a random sample of what a user's factors may be, for recommenders that explore (Thompson
// sampling). Beside fold_in.hpp, which gives the most likely factors.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <type_traits>

namespace als {
inline namespace ALS_ABI {

/// Draws the factors of a user with this history at random, as far from those of `fold_in` as the
/// history leaves them uncertain (Thompson 1933; Chapelle, Li 2011).
///
///     x ~ N(x_hat, scale^2 A^-1),   objective of the row = (x - x_hat)' A (x - x_hat) + constant
///
/// x_hat is the result of `fold_in`, with the bias as one more number; 2 A is the Hessian of the
/// objective in the row. That is the posterior of the row if the other side is known, if the
/// value of a cell with confidence c is normal with variance scale^2 / c, and if x has the prior
/// N(0, scale^2 / lambda_row). So `scale` is the standard deviation of a rating (the RMSE of the
/// model is a good value) or, for implicit feedback, of the preference of an absent cell; raising it
/// explores more, and 0 gives `fold_in`. `scale` >= 0, finite.
///
///     const auto sample = als::draw(model, train[user], 17);
///     als::recommend(model, sample, {.count = 10, .exclude = train[user]});
///
/// The same model, history, seed and scale give the same result. Users drawn with the same seed
/// deviate in the same direction: give each request a seed of its own. Throws as `fold_in` does;
/// also `InputError` for an objective with `non_negative`, whose posterior is not normal, and
/// `NumericError` if A is singular: for ratings without a history, unless the exponent of the
/// regularization is 0, and if nothing regularizes the row. Cost: that of `fold_in`, and O(n k^2 + k^3).
template <Real Scalar>
[[nodiscard]] FoldedIn<User, Scalar> draw(const Model<Scalar>& model,
                                          const std::type_identity_t<Row<Item, Scalar>>& history,
                                          std::uint64_t seed, double scale = 1);

/// Draws the factors of an item from the users who used it. Otherwise as `draw` of a user.
template <Real Scalar>
[[nodiscard]] FoldedIn<Item, Scalar> draw(const Model<Scalar>& model,
                                          const std::type_identity_t<Row<User, Scalar>>& history,
                                          std::uint64_t seed, double scale = 1);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/draw.hpp>
#endif
