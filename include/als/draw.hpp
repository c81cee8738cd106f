// SPDX-License-Identifier: MIT
// `draw`: a random sample of the factors that a user may have, for recommenders that explore
// (Thompson sampling). fold_in.hpp gives the most likely factors instead.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <type_traits>

namespace als {
inline namespace ALS_ABI {

/// Draws random factors for a user with this history. The less the history determines them, the
/// farther they are from those of `fold_in` (Thompson sampling: Thompson 1933; Chapelle, Li 2011).
///
///     x ~ N(x_hat, scale^2 A^-1),   objective of the row = (x - x_hat)' A (x - x_hat) + constant
///
/// x_hat is the result of `fold_in`, with the bias as one more number; 2 A is the Hessian of the
/// objective in the row. This distribution is the posterior of the row if the other side is known,
/// the value of a cell with confidence c is normal with variance scale^2 / c, and x has the prior
/// N(0, scale^2 / lambda_row). So `scale` (>= 0, finite) is the standard deviation of a rating, for
/// which the RMSE of the model is a good value, or, for implicit feedback, that of the preference
/// of an absent cell. Raising it explores more; 0 gives `fold_in`.
///
///     const auto sample = als::draw(model, train[user], 17);
///     als::recommend(model, sample, {.count = 10, .exclude = train[user]});
///
/// The same model, history, seed and scale give the same result. Users drawn with the same seed
/// deviate in the same direction, so give each request its own seed. Throws what `fold_in` throws;
/// also `InputError` for an objective with `non_negative`, whose posterior is not normal, and
/// `NumericError` if A is singular: if nothing regularizes the row, or if ratings have an empty
/// history and the exponent of the regularization is not 0. Cost: that of `fold_in`, plus O(n k^2 +
/// k^3).
template <Real Scalar>
[[nodiscard]] FoldedIn<User, Scalar> draw(const Model<Scalar>& model,
                                          const std::type_identity_t<Row<Item, Scalar>>& history,
                                          std::uint64_t seed, double scale = 1);

/// Draws random factors for an item from the users who used it. Otherwise like `draw` for a user.
template <Real Scalar>
[[nodiscard]] FoldedIn<Item, Scalar> draw(const Model<Scalar>& model,
                                          const std::type_identity_t<Row<User, Scalar>>& history,
                                          std::uint64_t seed, double scale = 1);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/draw.hpp>
#endif
