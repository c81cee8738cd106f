// SPDX-License-Identifier: MIT
// `suggest`: a short search for good parameters, near those that `fitted_to` gives.
#pragma once

#include <als/interactions.hpp>
#include <als/objective.hpp>
#include <als/training.hpp>
#include <als/tune.hpp>

#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Options of `suggest`.
struct SuggestOptions {
    /// Greatest cost of all trials, > 0. The unit is one training with `training` on all the data.
    /// The cost of training and judging is counted in operations, not in time, so the result does
    /// not depend on the machine. Raising it tries more.
    double budget = 3;

    /// The training that needs parameters: factors, most iterations, seed, threads. A stop
    /// requested through its token ends the search with `Cancelled`. Its observer is not called.
    Training training = {};
};

/// The result of `suggest`.
template <Objective ObjectiveType>
struct Suggestion {
    ObjectiveType objective = {};  ///< the objective, with all its options given
    Training training = {};  ///< the training asked for, with fewer iterations if that is better

    /// The trials of the last round, then those of the first one, each with the best first. Metrics
    /// of different rounds cannot be compared, because the models of the first round are small.
    std::vector<Trial<ObjectiveType>> trials = {};

    double cost = 0;  ///< cost of the trials, in trainings
};

/// Searches for parameters that suit the data, and returns them with a table of what was tried.
///
///     const auto found = als::suggest(data, als::Implicit{});
///     const auto model = als::fit(data, found.objective, found.training);
///
/// A fifth of each user's entries (implicit feedback) or a tenth of all ratings is held out.
/// Candidates are multiples of the values of `fitted_to`: of alpha and lambda, or of lambda and
/// beta. Options that are given in `objective` stay as they are: to search for lambda alone, give
/// alpha. The first round trains all candidates with half the factors for 4 iterations. The second
/// round trains the best of them in full, with early stopping, as far as the budget goes. Models
/// are judged by NDCG@20 of at most 2000 users, or by RMSE. The result is the same for any number
/// of threads.
///
/// If the budget or the data do not suffice for a single trial, the result is that of `fitted_to`,
/// and `trials` is empty. The metric of the winner is too good, because it chose the winner: judge
/// the model on data that are not part of `data`. Throws what `fit` throws, and `InputError` if an
/// option is out of range.
template <Real Scalar, Objective ObjectiveType>
[[nodiscard]] Suggestion<ObjectiveType> suggest(const Interactions<Scalar>& data,
                                                const ObjectiveType& objective,
                                                const SuggestOptions& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/suggest.hpp>
#endif
