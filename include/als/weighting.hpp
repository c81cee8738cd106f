// SPDX-License-Identifier: MIT
// Weightings of implicit feedback: they change the values of the cells before training. The
// logarithmic one is part of the objective (`Confidence::logarithmic`), so that fold-in applies it
// too.
#pragma once

#include <als/interactions.hpp>
#include <als/types.hpp>

#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Returns the same cells with the values value_of(User, Item, Scalar). The function is called by
/// user and then by item. Throws `InputError` if a value is not finite. Cost: O(entries).
template <Real Scalar, typename ValueOf>
[[nodiscard]] Interactions<Scalar> with_values(const Interactions<Scalar>& data,
                                               ValueOf&& value_of) {
    std::vector<Entry<Scalar>> entries = data.entries();
    for (auto& [user, item, value] : entries)
        value = static_cast<Scalar>(value_of(user, item, value));
    return detail::InteractionsAccess::like(data, entries);
}

/// Returns the data weighted by TF-IDF, with users as documents and items as terms: r * log(users /
/// users of the item) (Sparck Jones 1972). Popular items count less. An item that all users have
/// gets 0. Cost: O(entries).
template <Real Scalar>
[[nodiscard]] Interactions<Scalar> tf_idf_weighted(const Interactions<Scalar>& data);

/// Options of `bm25_weighted`.
struct Bm25Options {
    /// s, the count at which the weight saturates, >= 0. Raising it gives large counts more weight.
    double saturation = 1.2;

    /// b, how much a user's total lowers each of the user's values, 0 to 1. Raising it holds back
    /// heavy users.
    double length_normalization = 0.75;
};

/// Returns the data weighted by BM25, with users as documents and items as terms (Robertson,
/// Zaragoza 2009, eq. 3.15):
///
///     idf_i r (s + 1) / (r + s (1 - b + b total_u / mean total)),  idf_i = log(users / users of i)
///
/// Throws `InputError` if a value is below 0. Cost: O(entries).
template <Real Scalar>
[[nodiscard]] Interactions<Scalar> bm25_weighted(const Interactions<Scalar>& data,
                                                 const Bm25Options& options = {});

/// Returns the data with the values r 2^-((now - time) / half_life): older values count less.
/// `times` has the same cells as `data`, in the unit of `now` and `half_life` (> 0). Values with a
/// time after `now` keep their full weight. Throws `InputError` if a cell has no time. Cost:
/// O(entries).
template <Real Scalar>
[[nodiscard]] Interactions<Scalar> time_decayed(const Interactions<Scalar>& data,
                                                const Interactions<double>& times, double now,
                                                double half_life);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/weighting.hpp>
#endif
