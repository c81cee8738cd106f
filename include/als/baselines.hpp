// SPDX-License-Identifier: MIT
// The simplest models, to compare with: popularity, and biases alone. They are models like any
// other, so that every query and every metric takes them.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/objective.hpp>

namespace als {
inline namespace ALS_ABI {

/// Everybody gets the most popular items: x_u = 1, y_i = users of the item / all users. A model of
/// one factor. Throws `InputError` for interactions without entries.
template <Real Scalar>
[[nodiscard]] Model<Scalar> popularity_model(const Interactions<Scalar>& data);

/// Ratings as mu + b_u + b_i, without factors: minimises the objective of `Explicit` with x = y = 0
/// by alternating over users and items until the biases settle. A model of one factor, which is 0.
/// Throws `InputError` for an objective out of range or without biases, and for interactions
/// without entries. Cost: O(iterations entries).
template <Real Scalar>
[[nodiscard]] Model<Scalar> bias_model(const Interactions<Scalar>& data,
                                       const Explicit& objective = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/baselines.hpp>
#endif
