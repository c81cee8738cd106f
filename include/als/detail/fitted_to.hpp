// SPDX-License-Identifier: MIT
// The implementation of <als/fitted_to.hpp>.
#pragma once

#include <als/detail/base/validate.hpp>
#include <als/detail/solve/row_weights.hpp>
#include <als/fitted_to.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Sums over the entries that count, and the numbers of rows that have such.
struct Totals {
    double users = 0, items = 0, entries = 0;
    double confidence = 0;              ///< sum f(r)
    double mean = 0, squared_size = 0;  ///< of the values: mean, and sum of (r - mean)^2

    /// Mean number of entries of a row.
    [[nodiscard]] double mean_entries() const { return entries / std::sqrt(users * items); }
    [[nodiscard]] bool has_confidence() const { return confidence > 0; }
};

template <Real Scalar, typename Counts, typename UnitOf>
Totals totals_of(const Interactions<Scalar>& data, const Counts& counts, const UnitOf& unit_of) {
    const auto rows_that_count = [&]<Id Side>(Side row, std::int64_t count) {
        double found = 0;
        for (; row.index < count; ++row.index)
            if (std::ranges::any_of(data[row].values(), counts)) ++found;
        return found;
    };
    Totals totals;
    totals.users = rows_that_count(User{}, data.user_count());
    totals.items = rows_that_count(Item{}, data.item_count());
    for (User user; user.index < data.user_count(); ++user.index)
        for (const Scalar each : data[user].values()) {
            if (!counts(each)) continue;
            // Welford 1962: values far from 0 lose no digits.
            const auto value = static_cast<double>(each);
            const double distance = value - totals.mean;
            totals.mean += distance / ++totals.entries;
            totals.squared_size += distance * (value - totals.mean);
            totals.confidence += unit_of(value);
        }
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
    return detail::fitted_to(
        detail::totals_of(
            data, [](Scalar value) { return value != 0; },
            [&](double value) { return detail::confidence_unit(objective, value); }),
        objective);
}

template <Real Scalar>
Explicit fitted_to(const Interactions<Scalar>& data, const Explicit& objective) {
    detail::validate(objective);
    if (objective.regularization) return objective;
    return detail::fitted_to(detail::totals_of(
                                 data, [](Scalar) { return true; }, [](double) { return 0.0; }),
                             objective);
}

}  // inline namespace
}  // namespace als
