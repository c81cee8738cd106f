// SPDX-License-Identifier: MIT
// Small data, models and lists that many tests use.
#pragma once

#include "reference.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace als_test {

/// What queries return.
template <typename Scalar, typename Index = als::Item>
using List = std::vector<als::Scored<Index, Scalar>>;

/// 60 users and 45 items, with dislikes.
template <typename Scalar>
als::Interactions<Scalar> sample_data(std::uint32_t seed = 7) {
    return random_table(seed, {.users = 60, .items = 45, .density = 0.2, .dislikes = 0.1})
        .interactions<Scalar>();
}

/// A model with these factors, for feedback without biases.
template <typename Scalar>
als::Model<Scalar> model_of(als::FactorMatrix<Scalar> users, als::FactorMatrix<Scalar> items) {
    als::ModelParts<Scalar> parts;
    parts.users.factors = std::move(users);
    parts.items.factors = std::move(items);
    return als::Model<Scalar>(std::move(parts), als::Implicit{});
}

/// A map with these ids, in their order.
template <als::Id Index>
als::IdMap<Index> ids_of(const std::vector<std::string>& names) {
    als::IdMap<Index> ids;
    for (const std::string& name : names) static_cast<void>(ids.add(name));
    return ids;
}

/// The users 0 to count - 1.
inline std::vector<als::User> everyone(int count) {
    std::vector<als::User> all;
    for (int u = 0; u < count; ++u) all.push_back(als::User{u});
    return all;
}

template <typename Matrix>
bool same_bits(const Matrix& a, const Matrix& b) {
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           (a.size() == 0 ||
            std::memcmp(a.data(), b.data(),
                        static_cast<std::size_t>(a.size()) * sizeof *a.data()) == 0);
}

template <typename Scalar>
bool same_bits(const als::Model<Scalar>& a, const als::Model<Scalar>& b) {
    const auto& [ua, ia, mean_a, lowest_a, highest_a] = a.parts();
    const auto& [ub, ib, mean_b, lowest_b, highest_b] = b.parts();
    return same_bits(ua.factors, ub.factors) && same_bits(ia.factors, ib.factors) &&
           same_bits(ua.biases, ub.biases) && same_bits(ia.biases, ib.biases) && mean_a == mean_b &&
           lowest_a == lowest_b && highest_a == highest_b && a.objective() == b.objective();
}

/// A model whose numbers come from formulas, not from training, so they are the same in every
/// version.
template <typename Scalar>
als::Model<Scalar> model_by_formula(const als::AnyObjective& objective, int users, int items,
                                    int factors) {
    als::ModelParts<Scalar> parameters;
    parameters.users.factors.resize(users, factors);
    parameters.items.factors.resize(items, factors);
    for (int f = 0; f < factors; ++f) {
        for (int u = 0; u < users; ++u)
            parameters.users.factors(u, f) = static_cast<Scalar>((u + 1) * (f % 2 ? 0.125 : -0.5));
        for (int i = 0; i < items; ++i)
            parameters.items.factors(i, f) = static_cast<Scalar>((i - 1) * 0.0625 + f);
    }
    if (std::holds_alternative<als::Explicit>(objective)) {
        parameters.users.biases = als::BiasVector<Scalar>::LinSpaced(users, -1, 1);
        parameters.items.biases = als::BiasVector<Scalar>::LinSpaced(items, -2, 2);
        parameters.mean = 3.5;
        parameters.lowest = 1;
        parameters.highest = 5;
    }
    return {std::move(parameters), objective};
}

}  // namespace als_test
