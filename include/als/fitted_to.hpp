// SPDX-License-Identifier: MIT
// `fitted_to`: gives the options of an objective that are not given the values that fit the data.
#pragma once

#include <als/interactions.hpp>
#include <als/objective.hpp>

namespace als {
inline namespace ALS_ABI {

/// The objective that `fit` minimises: options that are not given have the values that fit the
/// data.
///
///     alpha  = 0.03 users items / sum f(r),  f(r) = |r| or log(1 + |r| / epsilon), as `confidence`
///              says
///     lambda = 0.3 c n^0.75 / w^exponent
///
/// n, c and w are the mean number of entries of a row, the mean confidence of an entry, and the mean
/// weight of a row (of users and items, the geometric mean); with weight = entries and an exponent
/// of 0.75, lambda is 0.3 c. Users, items and entries count if they have, or are, a value other than
/// 0. The unit of the values changes nothing, except in a logarithm. docs/parameters.md says how the
/// numbers were chosen. If all f(r) are 0, or there are none, alpha is 1 and c too.
///
/// Throws `InputError` if an option is out of range. Cost: O(entries + users + items).
template <Real Scalar>
[[nodiscard]] Implicit fitted_to(const Interactions<Scalar>& data, const Implicit& objective);

/// The objective for explicit ratings, with
///
///     lambda = 0.08 s n^(1 - exponent)
///
/// for a standard deviation s of the ratings, or s = 1 if all ratings are equal; n as above.
/// Otherwise as `fitted_to` above.
template <Real Scalar>
[[nodiscard]] Explicit fitted_to(const Interactions<Scalar>& data, const Explicit& objective);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/fitted_to.hpp>
#endif
