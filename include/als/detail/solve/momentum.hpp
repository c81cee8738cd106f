// SPDX-License-Identifier: MIT
// Nesterov's momentum: an accelerated training solves the items against users that have been moved
// on in the direction of the last iteration.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/solve/objective_value.hpp>
#include <als/types.hpp>

#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// What an accelerated training keeps from one iteration to the next.
template <Real Scalar>
struct Momentum {
    Side<Scalar> start;     ///< users from which the next iteration starts
    Side<Scalar> previous;  ///< users that the last iteration reached
    int age = 0;            ///< iterations since the momentum was 0; 0 before the first iteration
};

/// Adds (start - reached) . (reached - previous) of these users to `sum`, row by row; see
/// `sum_over_rows`. Adds nothing before the second iteration.
template <Real Scalar>
double add_slope(double sum, const Momentum<Scalar>& momentum, const Side<Scalar>& reached,
                 const Workers& workers) {
    if (momentum.age == 0) return sum;
    const Side<Scalar>& start = momentum.start;
    const Side<Scalar>& previous = momentum.previous;
    const auto product = [](Scalar from, Scalar to, Scalar before) {
        return static_cast<double>(from - to) * static_cast<double>(to - before);
    };
    return sum_over_rows(
        sum, reached.factors.rows(), workers, [] { return 0; },
        [&](int, std::int64_t row) {
            double slope = 0;
            for (std::int64_t f = 0; f < reached.factors.cols(); ++f)
                slope += product(start.factors(row, f), reached.factors(row, f),
                                 previous.factors(row, f));
            if (reached.biases.size() > 0)
                slope += product(start.biases(row), reached.biases(row), previous.biases(row));
            return slope;
        });
}

/// start = reached + weight (reached - previous); previous = reached.
template <Real Scalar>
void move_on(const Scalar* reached, Scalar weight, std::int64_t count, const Workers& workers,
             Scalar* start, Scalar* previous) {
    constexpr std::int64_t block = 4096;
    for_blocks(count, block, workers, [&](std::int64_t first, std::int64_t size) {
        for (std::int64_t n = first; n < first + size; ++n) {
            start[n] = reached[n] + weight * (reached[n] - previous[n]);
            previous[n] = reached[n];
        }
    });
}

/// Sets the start of the next iteration after one that reached `reached` from `momentum.start`. The
/// momentum grows with its age (Nesterov 1983). It becomes 0 after an iteration that went back,
/// which is the case if the `slope` of all users is above 0; see `add_slope` (O'Donoghue and Candes
/// 2015, the gradient scheme; start - reached replaces the gradient).
template <Real Scalar>
void advance(Momentum<Scalar>& momentum, const Side<Scalar>& reached, double slope,
             const Workers& workers) {
    auto& [start, previous, age] = momentum;
    if (age == 0)
        start = previous = reached;
    else if (slope > 0)
        age = 0;
    const auto weight = static_cast<Scalar>(age / (age + 3.0));
    move_on(reached.factors.data(), weight, reached.factors.size(), workers, start.factors.data(),
            previous.factors.data());
    move_on(reached.biases.data(), weight, reached.biases.size(), workers, start.biases.data(),
            previous.biases.data());
    ++age;
}

}  // namespace detail
}  // inline namespace
}  // namespace als
