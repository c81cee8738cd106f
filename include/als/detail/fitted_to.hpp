// SPDX-License-Identifier: MIT
// The implementation of <als/fitted_to.hpp>.
#pragma once

#include <als/detail/base/validate.hpp>
#include <als/detail/interactions.hpp>
#include <als/detail/solve/half_step.hpp>
#include <als/detail/solve/row_weights.hpp>
#include <als/fitted_to.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Whether an entry counts, and f(r).
inline bool counts(const Implicit&, double value) { return value != 0; }
inline bool counts(const Explicit&, double) { return true; }
inline double confidence_unit(const Explicit&, double) { return 0; }

/// Sums over the entries that count, and the numbers of rows that have such entries.
struct Totals {
    double users = 0, items = 0, entries = 0;
    double confidence = 0;              ///< sum f(r)
    double mean = 0, squared_size = 0;  ///< mean of the values, and sum of (r - mean)^2

    /// Mean number of entries of a row.
    [[nodiscard]] double mean_entries() const { return entries / std::sqrt(users * items); }
    [[nodiscard]] bool has_confidence() const { return confidence > 0; }
};

/// Returns the number of rows with an entry that counts.
template <Real Scalar, Objective ObjectiveType>
double rows_that_count(const SideEntries<Scalar>& rows, const ObjectiveType& objective) {
    double found = 0;
    for (std::int32_t row = 0; row < rows.count(); ++row)
        if (std::ranges::any_of(rows[row].all_values(), [&](Scalar value) {
                return counts(objective, static_cast<double>(value));
            }))
            ++found;
    return found;
}

/// Adds the entries of these users, in order.
template <Real Scalar, Objective ObjectiveType>
void add_users(const SideEntries<Scalar>& users, const ObjectiveType& objective, Totals& totals) {
    totals.users += rows_that_count(users, objective);
    for (std::int32_t user = 0; user < users.count(); ++user)
        for (const Scalar each : users[user].all_values()) {
            const auto value = static_cast<double>(each);
            if (!counts(objective, value)) continue;
            // Welford 1962, so that values far from 0 lose no digits.
            const double distance = value - totals.mean;
            totals.mean += distance / ++totals.entries;
            totals.squared_size += distance * (value - totals.mean);
            totals.confidence += confidence_unit(objective, value);
        }
}

template <Real Scalar, Objective ObjectiveType>
Totals totals_of(const Interactions<Scalar>& data, const ObjectiveType& objective) {
    Totals totals;
    add_users(SideEntries<Scalar>(InteractionsAccess::rows_of<User>(data)), objective, totals);
    totals.items =
        rows_that_count(SideEntries<Scalar>(InteractionsAccess::rows_of<Item>(data)), objective);
    return totals;
}

inline Implicit fitted_to(const Totals& totals, Implicit objective) {
    if (!objective.alpha)
        objective.alpha =
            totals.has_confidence() ? 0.03 * totals.users * totals.items / totals.confidence : 1;
    if (objective.regularization) return objective;
    objective.regularization = 0.3;
    if (totals.entries == 0) return objective;
    const double extra = *objective.alpha * totals.confidence;
    const bool by_entries = objective.row_weight == RowWeight::entries;
    const double mean_weight = by_entries ? totals.mean_entries()
                                          : std::sqrt((totals.items + extra / totals.users) *
                                                      (totals.users + extra / totals.items));
    *objective.regularization *= (1 + extra / totals.entries) *
                                 std::pow(totals.mean_entries(), 0.75) /
                                 std::pow(mean_weight, objective.regularization_exponent);
    return objective;
}

inline Explicit fitted_to(const Totals& totals, Explicit objective) {
    if (objective.regularization) return objective;
    objective.regularization = 0.08;
    if (totals.entries == 0) return objective;
    const double deviation = std::sqrt(totals.squared_size / totals.entries);
    *objective.regularization *=
        (deviation > 0 ? deviation : 1) *
        std::pow(totals.mean_entries(), 1 - objective.regularization_exponent);
    return objective;
}

}  // namespace detail

template <Real Scalar>
Implicit fitted_to(const Interactions<Scalar>& data, const Implicit& objective) {
    detail::validate(objective);
    if (objective.alpha && objective.regularization) return objective;
    return detail::fitted_to(detail::totals_of(data, objective), objective);
}

template <Real Scalar>
Explicit fitted_to(const Interactions<Scalar>& data, const Explicit& objective) {
    detail::validate(objective);
    if (objective.regularization) return objective;
    return detail::fitted_to(detail::totals_of(data, objective), objective);
}

}  // inline namespace
}  // namespace als
