// SPDX-License-Identifier: MIT
// The implementation of <als/tune.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/stopwatch.hpp>
#include <als/detail/base/validate.hpp>
#include <als/early_stopping.hpp>
#include <als/fit.hpp>
#include <als/tune.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// The metric of a candidate on one split, and the iteration that reached it.
struct Judgement {
    double metric;
    int iteration;
};

template <Real Scalar, Objective ObjectiveType>
Judgement try_candidate(const Split<Scalar>& split, const Candidate<ObjectiveType>& candidate,
                        const MetricOfSplit<Scalar>& metric_of,
                        const TuneOptions<ObjectiveType>& options) {
    const auto metric = [&](const Model<Scalar>& model) { return metric_of(model, split); };
    if (options.patience > 0) {
        const auto best = als::fit_until_best(
            split.train, candidate.objective, candidate.training, metric,
            {.patience = options.patience, .lower_is_better = options.lower_is_better});
        return {best.metric, best.iteration};
    }
    const Model<Scalar> model = fit(split.train, candidate.objective, candidate.training);
    return {metric(model), candidate.training.iterations};
}

/// Tries a candidate on all splits; `number` is its number, from 1.
template <Real Scalar, Objective ObjectiveType>
Trial<ObjectiveType> try_on_all(std::span<const Split<Scalar>> splits,
                                const Candidate<ObjectiveType>& candidate, std::size_t number,
                                const MetricOfSplit<Scalar>& metric_of,
                                const TuneOptions<ObjectiveType>& options) {
    const Stopwatch stopwatch;
    Trial<ObjectiveType> trial{candidate, 0, {}, 0};
    Candidate<ObjectiveType> cancellable = candidate;
    cancellable.training.cancel = options.cancel;
    double iterations = 0;
    for (const Split<Scalar>& split : splits) {
        if (options.cancel.stop_requested())
            throw Cancelled("als: cancelled through TuneOptions::cancel");
        const auto [metric, iteration] = try_candidate(split, cancellable, metric_of, options);
        if (std::isnan(metric))
            throw InputError(message("als::tune: the metric of candidate ", number,
                                     " is not a number; return a large error, or a quality of 0, "
                                     "for a model that cannot be judged"));
        trial.metrics.push_back(metric);
        trial.metric += metric / static_cast<double>(splits.size());
        iterations += static_cast<double>(iteration) / static_cast<double>(splits.size());
    }
    trial.candidate.training.iterations = static_cast<int>(std::lround(iterations));
    trial.seconds = stopwatch.seconds();
    return trial;
}

/// Sorts the best first; among equals, the earlier one comes first.
template <Objective ObjectiveType>
void sort_trials(std::vector<Trial<ObjectiveType>>& trials, bool lower_is_better) {
    std::stable_sort(trials.begin(), trials.end(), [&](const auto& a, const auto& b) {
        return lower_is_better ? a.metric < b.metric : a.metric > b.metric;
    });
}

template <Real Scalar, Objective ObjectiveType>
std::vector<Trial<ObjectiveType>> tune(std::span<const Split<Scalar>> splits,
                                       const std::vector<Candidate<ObjectiveType>>& candidates,
                                       const MetricOfSplit<Scalar>& metric_of,
                                       const TuneOptions<ObjectiveType>& options) {
    if (splits.empty())
        throw InputError(
            "als::tune: there is no split to try candidates on; make one with "
            "als::split_each_user, or several with als::folds");
    check_range("als::TuneOptions::patience", options.patience, 0);
    for (const Candidate<ObjectiveType>& candidate : candidates) {
        validate(candidate.objective);
        validate(candidate.training);
    }
    std::vector<Trial<ObjectiveType>> trials;
    for (const Candidate<ObjectiveType>& candidate : candidates) {
        trials.push_back(try_on_all(splits, candidate, trials.size() + 1, metric_of, options));
        if (options.observer &&
            options.observer(trials.back(), trials.size(), candidates.size()) == Next::stop)
            break;
    }
    sort_trials(trials, options.lower_is_better);
    return trials;
}

}  // namespace detail
}  // inline namespace
}  // namespace als
