// SPDX-License-Identifier: MIT
// `suggest`: a short search for good parameters, around those that `fitted_to` gives.
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
    /// The most that the trials may cost, > 0, in trainings with `training` on all the data. The cost
    /// of training and judging is counted in operations, not in time, so the result does not depend
    /// on the machine. Raising it tries more.
    double budget = 3;

    /// The training for which parameters are wanted: factors, most iterations, seed, threads. A stop
    /// requested through its token ends the search with `Cancelled`. Its observer is not called.
    Training training = {};
};

/// What `suggest` found.
template <Objective ObjectiveType>
struct Suggestion {
    ObjectiveType objective = {};  ///< with all its options given
    Training training = {};        ///< as asked for, with fewer iterations where these are better

    /// What was tried: the last round, then the first one, each with the best first. Metrics of
    /// different rounds cannot be compared: the first one's models are small.
    std::vector<Trial<ObjectiveType>> trials = {};

    double cost = 0;  ///< of the trials, in trainings
};

/// Searches for parameters that suit the data, and returns them with a table of what was tried.
///
///     const auto found = als::suggest(data, als::Implicit{});
///     const auto model = als::fit(data, found.objective, found.training);
///
/// A fifth of each user's entries (implicit feedback) or a tenth of all ratings is held out.
/// Candidates are multiples of what `fitted_to` gives: of alpha and lambda, or of lambda and beta.
/// Options that are given in `objective` stay as they are: to have lambda alone searched for, give
/// alpha. The first round trains all candidates with half the factors for 4 iterations, the second
/// the best of them in full, with early stopping, as far as the budget goes. Models are judged by
/// NDCG@20 of at most 2000 users, or by RMSE. The result is the same for any number of threads.
///
/// If the budget or the data do not suffice for a single trial, the result is what `fitted_to`
/// gives, and `trials` is empty. The metric of the winner is too good, because it chose the winner:
/// judge on data that were kept apart from `data`. Throws as `fit` does, and `InputError` if an
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
