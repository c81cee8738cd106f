// SPDX-License-Identifier: MIT
// Random models with everything that makes rankings difficult, and the ranking by hand.
#pragma once

#include "samples.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

namespace als_test {

/// What the factors of a random model are like.
enum class Kind {
    plain,      ///< uniform numbers, norms of all sizes
    integers,   ///< -1, 0 and 1: many ties, also of norms
    near_ties,  ///< scores near 0 that differ by less than the rounding of their sum
    zeros,      ///< two of three rows are zero
    extreme,    ///< norms from 1e-36 to 1e36 (1e-150 to 1e150 for double)
};
inline constexpr std::array kinds{Kind::plain, Kind::integers, Kind::near_ties, Kind::zeros,
                                  Kind::extreme};

template <typename Scalar>
als::FactorMatrix<Scalar> random_factors(std::mt19937& generator, Kind kind, int rows, int factors,
                                         double quarter = 0) {
    als::FactorMatrix<Scalar> matrix(rows, factors);
    const double widest = std::is_same_v<Scalar, float> ? 36 : 150;
    for (int r = 0; r < rows; ++r) {
        const double power = 2 * uniform(generator) - 1;
        const double scale =
            kind == Kind::extreme ? std::pow(10.0, widest * power) : std::exp(3 * power);
        for (int f = 0; f < factors; ++f) {
            const double number = 2 * uniform(generator) - 1;
            const double tiny = (std::is_same_v<Scalar, float> ? 1e-7 : 1e-16) * number;
            const double value = kind == Kind::integers    ? std::round(1.5 * number)
                                 : kind == Kind::near_ties ? std::sin(f + quarter) + tiny
                                 : kind == Kind::zeros     ? (r % 3 == 0 ? number : 0)
                                                           : scale * number;
            matrix(r, f) = static_cast<Scalar>(value);
        }
    }
    return matrix;
}

template <typename Scalar>
als::Model<Scalar> random_model(std::mt19937& generator, Kind kind, int users, int items,
                                int factors, bool biases) {
    als::ModelParts<Scalar> parameters;
    parameters.users.factors = random_factors<Scalar>(generator, kind, users, factors);
    parameters.items.factors = random_factors<Scalar>(generator, kind, items, factors, 1.5708);
    if (biases) {
        parameters.mean = 3.5;
        parameters.users.biases = random_factors<Scalar>(generator, Kind::plain, users, 1);
        parameters.items.biases = random_factors<Scalar>(generator, Kind::plain, items, 1);
    }
    return {std::move(parameters), als::Explicit{.biases = biases}};
}

/// Returns the finite results that are not below the minimum, best first.
template <typename Index, typename Scalar>
List<Scalar, Index> sorted(List<Scalar, Index> all, std::int64_t count,
                           double minimum = -std::numeric_limits<double>::infinity()) {
    std::erase_if(all, [&](const auto& x) {
        return !std::isfinite(x.score) || static_cast<double>(x.score) < minimum;
    });
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.score != b.score ? a.score > b.score : a.id < b.id;
    });
    all.resize(std::min(all.size(), static_cast<std::size_t>(count)));
    return all;
}

/// The brute-force answer: scores all items, drops some, sorts.
template <typename Scalar, typename Permitted>
List<Scalar> by_hand(const als::Model<Scalar>& model, als::User user, std::int64_t count,
                     const Permitted& permitted,
                     double minimum = -std::numeric_limits<double>::infinity()) {
    List<Scalar> all;
    for (int i = 0; i < model.item_count(); ++i)
        if (permitted(als::Item{i}))
            all.push_back({als::Item{i}, als::predict(model, user, als::Item{i})});
    return sorted(all, count, minimum);
}

}  // namespace als_test
