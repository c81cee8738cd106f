// SPDX-License-Identifier: MIT
// The implementation of <als/baselines.hpp>.
#pragma once

#include <als/baselines.hpp>
#include <als/detail/fit.hpp>
#include <als/detail/fitted_to.hpp>
#include <als/detail/model.hpp>
#include <als/error.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace als {
inline namespace ALS_ABI {

template <Real Scalar>
Model<Scalar> popularity_model(const Interactions<Scalar>& data) {
    if (data.empty())
        throw InputError(
            "als::popularity_model: there is no entry to count; check what was filtered out");
    ModelParts<Scalar> parts;
    parts.users.factors = FactorMatrix<Scalar>::Ones(data.user_count(), 1);
    parts.items.factors.resize(data.item_count(), 1);
    for (Item item; item.index < data.item_count(); ++item.index)
        parts.items.factors(item.index, 0) =
            static_cast<Scalar>(data[item].size()) / static_cast<Scalar>(data.user_count());
    return detail::ModelAccess::with_origin(std::move(parts), als::fitted_to(data, Implicit{}),
                                            detail::InteractionsAccess::origin(data));
}

template <Real Scalar>
Model<Scalar> bias_model(const Interactions<Scalar>& data, const Explicit& objective) {
    detail::validate(objective);
    if (data.empty())
        throw InputError(
            "als::bias_model: there is no entry to train on; check what was filtered out");
    if (!objective.biases)
        throw InputError("als::bias_model: the objective has no biases; set .biases = true");
    ModelParts<Scalar> parts;
    detail::summarise_ratings(detail::entries_of<User>(data), objective, detail::Workers{}, parts);
    parts.users = {FactorMatrix<Scalar>::Zero(data.user_count(), 1),
                   BiasVector<Scalar>::Zero(data.user_count())};
    parts.items = {FactorMatrix<Scalar>::Zero(data.item_count(), 1),
                   BiasVector<Scalar>::Zero(data.item_count())};
    // Solves one side's biases by ridge regression; returns the largest change of a bias.
    const auto solve = [&]<Id Solved>(Solved, const BiasVector<Scalar>& fixed,
                                      BiasVector<Scalar>& solved) {
        double moved = 0;
        for (Solved row; row.index < solved.size(); ++row.index) {
            const auto cells = data[row];
            if (cells.empty()) continue;
            double sum = 0;
            for (const auto [id, value] : cells)
                sum +=
                    static_cast<double>(value) - parts.mean - static_cast<double>(fixed(id.index));
            const double penalty = objective.bias_regularization *
                                   detail::row_scale(objective, static_cast<double>(cells.size()));
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
        const double items = solve(Item{}, parts.users.biases, parts.items.biases);
        const double users = solve(User{}, parts.items.biases, parts.users.biases);
        if (std::max(items, users) <= settled) break;
    }
    return detail::ModelAccess::with_origin(std::move(parts), als::fitted_to(data, objective),
                                            detail::InteractionsAccess::origin(data));
}

}  // inline namespace
}  // namespace als
