// SPDX-License-Identifier: MIT
// The simplest models, to compare others with: popularity, and biases alone. They are ordinary
// models: every query and every metric accepts them.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/objective.hpp>

namespace als {
inline namespace ALS_ABI {

/// Returns a model that recommends the most popular items to everybody. It has one factor: x_u = 1
/// and y_i = (users of item i) / (all users). Throws `InputError` if there are no entries. Cost:
/// O(entries + users + items).
template <Real Scalar>
[[nodiscard]] Model<Scalar> popularity_model(const Interactions<Scalar>& data);

/// Returns a model that predicts mu + b_u + b_i. It minimises the objective of `Explicit` with x =
/// y = 0, alternating between users and items until the biases settle, at most 100 times. The model
/// has one factor, which is 0.
///
/// Throws `InputError` if an option of the objective is out of range, if the objective has no
/// biases, or if there are no entries. Cost: O(iterations entries).
template <Real Scalar>
[[nodiscard]] Model<Scalar> bias_model(const Interactions<Scalar>& data,
                                       const Explicit& objective = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/baselines.hpp>
#endif
