// SPDX-License-Identifier: MIT
// `fit`: trains a model on interactions for an objective. `objective_value`: the value of the
// function that `fit` minimises.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/objective.hpp>
#include <als/training.hpp>

namespace als {
inline namespace ALS_ABI {

/// Trains a model of implicit feedback by alternating least squares: see `Implicit` (Hu, Koren,
/// Volinsky 2008). Each iteration solves all items against the users, then all users against the
/// items.
///
/// The exact solver never raises the objective, not even with factors that have to be >= 0, unless
/// `Training::acceleration` is on. `Training::solver` can choose cheaper, inexact solvers. Options
/// of the objective that are not given are fitted to the data, see `fitted_to`. Users and items
/// without entries get zero factors. Users are solved last: with the exact solver,
/// `fold_in(model, data[user])` returns the user's factors again.
///
/// Throws `InputError` if an option is out of range or the data have no entries, `NumericError`
/// naming side and row if a solution is not finite, `Cancelled` if `Training::cancel` requests a
/// stop, and whatever the observer throws. Cost per iteration: O(sum over rows of min(n k^2 + k^3,
/// n^2 k + n^3) + (users + items) k^2), for n entries of a row and k factors; for conjugate
/// gradient, O(entries k) replaces the sum. Memory: see docs/mathematics.md. The result is the
/// same, bit for bit, for any number of threads.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data, const Implicit& objective,
                                const Training& training = {});

/// Trains a model of explicit ratings: see `Explicit` (Zhou et al. 2008; Koren, Bell, Volinsky
/// 2009). Otherwise like `fit` above.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data, const Explicit& objective,
                                const Training& training = {});

/// Like `fit` above, but starts from an earlier model (a warm start), for data that have grown. New
/// users and items come after the earlier ones. The seed is ignored. The exact solver uses the
/// earlier users only, the inexact ones also the items. Throws `InputError` also if
/// `training.factors` differs from the model's.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data, const Implicit& objective,
                                const Training& training, const Model<Scalar>& earlier);

/// Like `fit` above, but starts from an earlier model of explicit ratings.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data, const Explicit& objective,
                                const Training& training, const Model<Scalar>& earlier);

/// Trains a model of explicit ratings that have weights. It minimises
///
///     sum w_ui (r_ui - mu - b_u - b_i - x_u . y_i)^2 + the other terms of `Explicit`
///
/// with a weight w for each rating: lower for old ratings (`time_decayed` of ones, see
/// weighting.hpp) or higher for reliable ones. `weights` has the cells of `data`; its values are
/// finite and >= 0, and not all 0. mu is the weighted mean, and a row's regularization grows with
/// its total weight instead of its number of entries. So a rating with weight 2 counts like two
/// equal ratings, and one with weight 0 like none. Weights of 1 give the bits of `fit` without
/// weights. A regularization that is not given is fitted to `data` without weights. `fold_in` also
/// takes weights; `update` and `draw` do not. (Implicit feedback needs no weights: its values are
/// confidences.)
///
/// Throws `InputError` also if the weights have other cells, or if one is below 0. Otherwise like
/// `fit` above.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data,
                                const Interactions<Scalar>& weights, const Explicit& objective,
                                const Training& training = {});

/// Like `fit` with weights, but starts from an earlier model.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data,
                                const Interactions<Scalar>& weights, const Explicit& objective,
                                const Training& training, const Model<Scalar>& earlier);

/// Returns the value of the model's objective on these interactions: exactly the function that
/// `fit` minimises (see `Implicit` and `Explicit`), summed in double. Throws `InputError` if the
/// sizes differ. Cost: O(entries k + (users + items) k^2) on one thread.
template <Real Scalar>
[[nodiscard]] double objective_value(const Model<Scalar>& model, const Interactions<Scalar>& data);

/// Like `objective_value` above, for ratings with weights. Throws `InputError` also for a model of
/// implicit feedback.
template <Real Scalar>
[[nodiscard]] double objective_value(const Model<Scalar>& model, const Interactions<Scalar>& data,
                                     const Interactions<Scalar>& weights);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/fit.hpp>
#endif
