// SPDX-License-Identifier: MIT
// What an objective defines for one row: its regularization, and the confidence of its values. All
// options of the objective must be given: see `fitted_to` and `check_given`.
#pragma once

#include <als/objective.hpp>
#include <als/types.hpp>

#include <cmath>
#include <cstdint>
#include <span>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// lambda of one side.
template <Id Side, Objective ObjectiveType>
double regularization_of(const ObjectiveType& objective) {
    if constexpr (std::same_as<Side, Item>)
        return objective.item_regularization.value_or(*objective.regularization);
    else
        return *objective.regularization;
}

/// (c - 1) / alpha of a value.
inline double confidence_unit(const Implicit& objective, double value) {
    const double size = std::abs(value);
    return objective.confidence == Confidence::linear ? size : std::log1p(size / objective.epsilon);
}

/// c - 1 of a value: the confidence of an observation beyond that of an absent cell.
inline double extra_confidence(const Implicit& objective, double value) {
    return *objective.alpha * confidence_unit(objective, value);
}

/// Returns weight^exponent, by which a row's regularization is scaled. For explicit ratings, the
/// weight is the total weight of the entries: their number, unless they have weights.
inline double row_scale(const Explicit& objective, double total_weight) {
    return std::pow(total_weight, objective.regularization_exponent);
}

/// Returns weight^exponent for implicit feedback. Stored zeros do not count; `fixed_count` is the
/// size of the other side.
template <Real Scalar>
double row_scale(const Implicit& objective, std::span<const Scalar> values,
                 std::int64_t fixed_count) {
    if (objective.regularization_exponent == 0) return 1;
    const bool by_entries = objective.row_weight == RowWeight::entries;
    double weight = by_entries ? 0 : static_cast<double>(fixed_count);
    for (const Scalar value : values) {
        if (value == 0) continue;
        weight += by_entries ? 1 : extra_confidence(objective, static_cast<double>(value));
    }
    return std::pow(weight, objective.regularization_exponent);
}

}  // namespace detail
}  // inline namespace
}  // namespace als
