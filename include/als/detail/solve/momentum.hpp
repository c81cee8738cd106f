// SPDX-License-Identifier: MIT
// Nesterov's momentum: an accelerated training solves the items against users that have been moved
// on in the direction of the last iteration.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <numeric>
#include <vector>

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

inline constexpr std::int64_t momentum_block = 4096;

/// Returns the sum of (start - reached) (reached - previous), in fixed blocks.
template <Real Scalar>
double slope_of(const Scalar* start, const Scalar* reached, const Scalar* previous,
                std::int64_t count, const Workers& workers) {
    std::vector<double> sums(to_size((count + momentum_block - 1) / momentum_block));
    for_blocks(count, momentum_block, workers, [&](std::int64_t first, std::int64_t size) {
        double sum = 0;
        for (std::int64_t n = first; n < first + size; ++n)
            sum += static_cast<double>(start[n] - reached[n]) *
                   static_cast<double>(reached[n] - previous[n]);
        sums[to_size(first / momentum_block)] = sum;
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// start = reached + weight (reached - previous); previous = reached.
template <Real Scalar>
void move_on(const Scalar* reached, Scalar weight, std::int64_t count, const Workers& workers,
             Scalar* start, Scalar* previous) {
    for_blocks(count, momentum_block, workers, [&](std::int64_t first, std::int64_t size) {
        for (std::int64_t n = first; n < first + size; ++n) {
            start[n] = reached[n] + weight * (reached[n] - previous[n]);
            previous[n] = reached[n];
        }
    });
}

/// Sets the start of the next iteration after one that reached `reached` from `momentum.start`. The
/// momentum grows with its age (Nesterov 1983). It becomes 0 after an iteration that went back
/// (O'Donoghue and Candes 2015, the gradient scheme, with start - reached in place of the
/// gradient).
template <Real Scalar>
void advance(Momentum<Scalar>& momentum, const Side<Scalar>& reached, const Workers& workers) {
    auto& [start, previous, age] = momentum;
    const auto slope = [&](const auto& from, const auto& to, const auto& before) {
        return slope_of(from.data(), to.data(), before.data(), to.size(), workers);
    };
    if (age == 0)
        start = previous = reached;
    else if (slope(start.factors, reached.factors, previous.factors) +
                 slope(start.biases, reached.biases, previous.biases) >
             0)
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
