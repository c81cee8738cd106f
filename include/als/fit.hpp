// SPDX-License-Identifier: MIT
// `fit`: from interactions and an objective to a model; and the value of the function that it
// minimises.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/objective.hpp>
#include <als/training.hpp>

namespace als {
inline namespace ALS_ABI {

/// Trains a model by alternating least squares: each iteration solves all items against the users,
/// then all users against the items, exactly, so that no half of it raises the objective; or by
/// steps of conjugate gradient (`Training::solver`). Factors that have to be >= 0 are the exact
/// minimum too.
///
/// For implicit feedback see `Implicit` (Hu, Koren, Volinsky 2008). Users and items without entries
/// get zero factors. Users are solved last: with the exact solver `fold_in(model, data[user])`
/// gives the user's factors again.
///
/// Throws `InputError` for options out of range and for data without entries, `NumericError` naming
/// side and row where a solution is not finite, `Cancelled` through `Training::cancel`, and
/// whatever the observer throws. Cost per iteration: O(sum over rows of min(n k^2 + k^3, n^2 k +
/// n^3) + (users + items) k^2), n entries of a row, k factors; O(entries k) in the place of the sum
/// for conjugate gradient. Memory: see docs/mathematics.md. The result is the same, bit for bit,
/// for any number of threads.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data, const Implicit& objective,
                                const Training& training = {});

/// The same for explicit ratings: see `Explicit` (Zhou et al. 2008; Koren, Bell, Volinsky 2009).
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data, const Explicit& objective,
                                const Training& training = {});

/// Trains from an earlier model on: a warm start, for data that have grown. Users and items may
/// have been added at the end; `training.factors` has to be the model's (InputError). The seed
/// plays no part. The exact solver needs the earlier users only, conjugate gradient the items too.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data, const Implicit& objective,
                                const Training& training, const Model<Scalar>& earlier);

/// The same for explicit ratings.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data, const Explicit& objective,
                                const Training& training, const Model<Scalar>& earlier);

/// The value that the model's objective takes on these interactions: exactly the function that
/// `fit` minimises (see `Implicit` and `Explicit`), summed in double. Throws `InputError` where the
/// sizes differ. Cost: O(entries k + (users + items) k^2) on one thread.
template <Real Scalar>
[[nodiscard]] double objective_value(const Model<Scalar>& model, const Interactions<Scalar>& data);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/fit.hpp>
#endif
