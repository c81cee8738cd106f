// SPDX-License-Identifier: MIT
// Turns the entries of a row into its equations, for each objective.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/solve/row_system.hpp>
#include <als/detail/solve/row_weights.hpp>
#include <als/detail/solve/side.hpp>
#include <als/objective.hpp>
#include <als/types.hpp>

#include <concepts>
#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// d and c of an entry's term in the equations of its row.
struct EntryWeights {
    double d, c;
};
template <Real Scalar>
EntryWeights weights_of(const Implicit& objective, const Fixed<Scalar>&, std::int32_t,
                        double value) {
    const double extra = extra_confidence(objective, value);
    return {extra, value > 0 ? 1 + extra : 0};
}
template <Real Scalar>
EntryWeights weights_of(const Explicit& objective, const Fixed<Scalar>& fixed, std::int32_t id,
                        double value) {
    const double bias = objective.biases ? static_cast<double>(fixed.side.biases(id)) : 0.0;
    return {1, value - fixed.mean - bias};
}

/// Fills a system with the terms of a row's entries.
template <Real Scalar, Objective ObjectiveType>
void take_entries(const ObjectiveType& objective, const Fixed<Scalar>& fixed,
                  const RowEntries<Scalar>& entries, const FixedTable<Scalar>& table,
                  RowSystem<Scalar>& system) {
    const auto take = [&](const auto& weight_of) {
        system.take(entries.count, [&](std::int64_t j) -> typename RowSystem<Scalar>::Term {
            const std::int32_t id = entries.ids[j];
            const auto [d, c] =
                weights_of(objective, fixed, id, static_cast<double>(entries.values[j]));
            const double weight = weight_of(j);
            return {table.row_of(id, j), weight * d, weight * c};
        });
    };
    // The usual loop does not mention weights: a test for each entry would take measurable time.
    if constexpr (std::same_as<ObjectiveType, Explicit>)
        if (entries.weights != nullptr)
            return take([&](std::int64_t j) { return entries.weight(j); });
    take([](std::int64_t) { return 1.0; });
}

/// Fills a system with one row of implicit feedback. Every cell of the matrix counts: the whitening
/// accounts for all cells as if they were absent, and the terms of the row add the extra
/// confidences of its observations. `regularization` is lambda of the solved side; `table` holds
/// the fixed rows.
template <Real Scalar>
void load_row(const Implicit& objective, double regularization, const Fixed<Scalar>& fixed,
              const RowEntries<Scalar>& entries, const FixedTable<Scalar>& table,
              RowSystem<Scalar>& system) {
    system.clear(fixed.unknowns());
    const double scale = row_scale(objective, entries.all_values(), fixed.whole_count);
    fixed.whitening.penalty(regularization * scale, system.penalty);
    if (objective.non_negative) system.non_negative = fixed.factors();
    system.base = fixed.whitening.gram();
    take_entries(objective, fixed, entries, table, system);
}

/// Fills a system with one row of ratings: only the stored cells count. The mean and the biases of
/// the fixed side are subtracted. The row's own bias is one more unknown, with a column of ones.
template <Real Scalar>
void load_row(const Explicit& objective, double regularization, const Fixed<Scalar>& fixed,
              const RowEntries<Scalar>& entries, const FixedTable<Scalar>& table,
              RowSystem<Scalar>& system) {
    system.clear(fixed.unknowns());
    const double weight = entries.total_weight();
    const double scale = row_scale(objective, weight);
    system.penalty.setConstant(regularization * scale);
    const bool has_zero = regularization * scale == 0;
    if (objective.biases) {
        const double bias_penalty = objective.bias_regularization * scale;
        system.penalty(system.penalty.size() - 1) = bias_penalty;
        system.has_bias = weight > 0;
    }
    system.minimum_norm = weight > 0 && has_zero;
    if (objective.non_negative) system.non_negative = fixed.factors();
    take_entries(objective, fixed, entries, table, system);
}

}  // namespace detail
}  // inline namespace
}  // namespace als
