// SPDX-License-Identifier: MIT
// The simplest models, to compare with: popularity, and biases alone. They are models like any
// other, so that every query and every metric takes them.
#pragma once

#include <als/error.hpp>
#include <als/fit.hpp>
#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/objective.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace als::inline ALS_ABI {

/// Everybody gets the most popular items: x_u = 1, y_i = users of the item / all users. A model of
/// one factor. Throws `InputError` for interactions without entries.
template <Real Scalar>
[[nodiscard]] Model<Scalar> popularity_model(const Interactions<Scalar>& data) {
    if (data.empty())
        throw InputError(
            "als::popularity_model: there is no entry to count; check what was filtered out");
    Parameters<Scalar> parameters;
    parameters.users.factors = FactorMatrix<Scalar>::Ones(data.user_count(), 1);
    parameters.items.factors.resize(data.item_count(), 1);
    for (Item item; item.index < data.item_count(); ++item.index)
        parameters.items.factors(item.index, 0) =
            static_cast<Scalar>(data[item].size()) / static_cast<Scalar>(data.user_count());
    return {std::move(parameters), Implicit{}};
}

/// Ratings as mu + b_u + b_i, without factors: minimises the objective of `Explicit` with x = y = 0
/// by alternating over users and items until the biases settle. A model of one factor, which is 0.
/// Throws `InputError` for an objective out of range or without biases, and for interactions
/// without entries. Cost: O(iterations entries).
template <Real Scalar>
[[nodiscard]] Model<Scalar> bias_model(const Interactions<Scalar>& data,
                                       const Explicit& objective = {}) {
    detail::check_trainable(data, objective, {});
    if (!objective.biases)
        throw InputError("als::bias_model: the objective has no biases; set .biases = true");
    Parameters<Scalar> parameters;
    detail::summarise_ratings(data, objective, parameters);
    parameters.users = {FactorMatrix<Scalar>::Zero(data.user_count(), 1),
                        BiasVector<Scalar>::Zero(data.user_count())};
    parameters.items = {FactorMatrix<Scalar>::Zero(data.item_count(), 1),
                        BiasVector<Scalar>::Zero(data.item_count())};
    // The ridge solution for one side; returns how far a bias has moved.
    const auto solve = [&]<Id Solved>(Solved, const BiasVector<Scalar>& fixed,
                                      BiasVector<Scalar>& solved) {
        double moved = 0;
        for (Solved row; row.index < solved.size(); ++row.index) {
            const auto cells = data[row];
            if (cells.empty()) continue;
            double sum = 0;
            for (const auto [id, value] : cells)
                sum += static_cast<double>(value) - parameters.mean -
                       static_cast<double>(fixed(id.index));
            const double penalty =
                objective.bias_regularization * detail::row_scale(objective, cells.values(), 0);
            const auto bias =
                static_cast<Scalar>(sum / (static_cast<double>(cells.size()) + penalty));
            moved = std::max(moved, static_cast<double>(std::abs(bias - solved(row.index))));
            solved(row.index) = bias;
        }
        return moved;
    };
    constexpr int most = 100;
    constexpr double settled = 1e-6;
    for (int iteration = 0; iteration < most; ++iteration) {
        const double items = solve(Item{}, parameters.users.biases, parameters.items.biases);
        const double users = solve(User{}, parameters.items.biases, parameters.users.biases);
        if (std::max(items, users) <= settled) break;
    }
    return {std::move(parameters), objective};
}

}  // namespace als::inline ALS_ABI
