// SPDX-License-Identifier: MIT
// `fitted_to`: sets the options of an objective that are not given to values that fit the data.
#pragma once

#include <als/interactions.hpp>
#include <als/objective.hpp>

namespace als {
inline namespace ALS_ABI {

/// Returns the objective that `fit` minimises: options that are not given get values that fit the
/// data.
///
///     alpha  = 0.03 users items / sum f(r),   f(r) = |r| or log(1 + |r| / epsilon) (`Confidence`)
///     lambda = 0.3 c n^0.75 / w^exponent
///
/// Here n is the mean number of entries of a row and w its mean weight (geometric means of users
/// and items), and c is the mean confidence of an entry. With `RowWeight::entries` and an exponent
/// of 0.75, lambda is 0.3 c. Entries with the value 0 do not count, nor do users and items that
/// have no others. The unit of the values does not matter, except in a logarithm. If all f(r) are 0
/// or there are none, alpha and c are 1. docs/parameters.md says how the numbers were chosen.
///
/// Throws `InputError` if an option is out of range. Cost: O(entries + users + items).
template <Real Scalar>
[[nodiscard]] Implicit fitted_to(const Interactions<Scalar>& data, const Implicit& objective);

/// Returns the objective for explicit ratings, with
///
///     lambda = 0.08 s n^(1 - exponent)
///
/// where s is the standard deviation of the ratings, or 1 if all ratings are equal; n as above.
/// Otherwise like `fitted_to` above.
template <Real Scalar>
[[nodiscard]] Explicit fitted_to(const Interactions<Scalar>& data, const Explicit& objective);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/fitted_to.hpp>
#endif
