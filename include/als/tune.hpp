// SPDX-License-Identifier: MIT
// `tune`: which parameters serve the data? Candidates, from a grid or drawn at random, are trained
// on splits of the data and judged by any metric.
#pragma once

#include <als/detail/random.hpp>
#include <als/early_stopping.hpp>
#include <als/error.hpp>
#include <als/fit.hpp>
#include <als/model.hpp>
#include <als/split.hpp>
#include <als/training.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

namespace als::inline ALS_ABI {

/// Parameters that may be tried; `Kind` is `Implicit` or `Explicit`.
template <typename Kind>
struct Candidate {
    Kind objective = {};
    Training training = {};
};

/// What became of a candidate.
template <typename Kind>
struct Trial {
    Candidate<Kind> candidate;    ///< with the number of iterations that was best, on average
    double metric = 0;            ///< mean over the splits
    std::vector<double> metrics;  ///< of each split
    double seconds = 0;           ///< training and judging
};

/// How `tune` goes about it.
template <typename Kind>
struct TuneOptions {
    /// Whether the metric is an error, such as RMSE, and not a quality, such as NDCG.
    bool lower_is_better = false;

    /// Above 0: each training ends by `fit_until_best` with this patience, and counts with its best
    /// iteration. 0: all iterations are made, and judged once at the end.
    int patience = 0;

    /// Called after each candidate with its trial, its number from 1, and how many there are.
    std::function<Next(const Trial<Kind>&, std::size_t, std::size_t)> observer = {};

    /// Asking this token's source for a stop makes `tune` throw `Cancelled`.
    std::stop_token cancel = {};
};

/// One dimension of a grid: what may be set, one way or another.
template <typename Kind>
using Axis = std::vector<std::function<void(Candidate<Kind>&)>>;

/// The axis of some values: set(candidate, value) puts one into a candidate.
///
///     als::axis<als::Implicit>({1, 4, 16}, [](auto& c, double value) { c.objective.alpha = value;
///     })
template <typename Kind, typename Set>
[[nodiscard]] Axis<Kind> axis(const std::vector<double>& values, const Set& set) {
    Axis<Kind> result;
    for (const double value : values)
        result.push_back([=](Candidate<Kind>& candidate) { set(candidate, value); });
    return result;
}

/// All combinations of the axes' values, the last axis changing fastest; what no axis sets is as in
/// `base`.
template <typename Kind>
[[nodiscard]] std::vector<Candidate<Kind>> grid(const Candidate<Kind>& base,
                                                const std::vector<Axis<Kind>>& axes) {
    std::vector<Candidate<Kind>> candidates{base};
    for (const Axis<Kind>& axis : axes) {
        std::vector<Candidate<Kind>> more;
        for (const Candidate<Kind>& candidate : candidates)
            for (const auto& set : axis) {
                more.push_back(candidate);
                set(more.back());
            }
        candidates = std::move(more);
    }
    return candidates;
}

/// Random numbers for one candidate, the same on every platform.
class Draw {
public:
    Draw(std::uint64_t seed, std::uint64_t candidate) : seed_(seed), candidate_(candidate) {}

    /// Uniform in [low, high).
    double uniform(double low, double high) {
        constexpr std::uint64_t stream = 6;  // distinct from other uses of the generator
        return low + (high - low) * detail::random_uniform(seed_, stream, candidate_, next_++);
    }

    /// Uniform in its logarithm, in [low, high), low > 0: for what spans orders of magnitude.
    double log_uniform(double low, double high) {
        return std::exp(uniform(std::log(low), std::log(high)));
    }

    /// A whole number, low to high.
    int integer(int low, int high) {
        return static_cast<int>(std::floor(uniform(low, static_cast<double>(high) + 1)));
    }

private:
    std::uint64_t seed_, candidate_;
    std::uint64_t next_ = 0;
};

/// `count` candidates: set(candidate, draw) changes a copy of `base`. The n-th is the same however
/// many there are.
///
///     als::random_candidates(base, 20, 7, [](auto& c, als::Draw& draw) {
///         c.objective.alpha = draw.log_uniform(0.5, 50);
///     });
template <typename Kind, typename Set>
[[nodiscard]] std::vector<Candidate<Kind>> random_candidates(const Candidate<Kind>& base, int count,
                                                             std::uint64_t seed, const Set& set) {
    detail::check_range("als::random_candidates: count", count, 0, detail::unbounded);
    std::vector<Candidate<Kind>> candidates(static_cast<std::size_t>(count), base);
    for (std::size_t n = 0; n < candidates.size(); ++n) {
        Draw draw(seed, n);
        set(candidates[n], draw);
    }
    return candidates;
}

namespace detail {

/// A candidate on one split: its metric, and the iteration that it is of.
template <Real Scalar, typename Kind, typename MetricOf>
std::pair<double, int> tried(const Split<Scalar>& split, const Candidate<Kind>& candidate,
                             const MetricOf& metric_of, const TuneOptions<Kind>& options) {
    const auto metric = [&](const Model<Scalar>& model) -> double {
        return metric_of(model, split);
    };
    if (options.patience > 0) {
        const auto best = fit_until_best(
            split.train, candidate.objective, candidate.training, metric,
            {.patience = options.patience, .lower_is_better = options.lower_is_better});
        return {best.metric, best.iteration};
    }
    const Model<Scalar> model = fit(split.train, candidate.objective, candidate.training);
    return {metric(model), candidate.training.iterations};
}

}  // namespace detail

/// Trains each candidate on each split's training set, asks metric(model, split) for a number, and
/// returns one trial for each candidate, the best first; of equals, the earlier one.
///
///     const als::Split<float> parts = als::split_each_user(train);       // or als::folds(train,
///     5) const auto trials = als::tune<float>({&parts, 1}, candidates,
///         [](const als::Model<float>& model, const als::Split<float>& split) {
///             return als::evaluate(model, split.test, {.exclude = &split.train}).ndcg.mean;
///         }, {.patience = 3});
///     const auto model = als::fit(train, trials[0].candidate.objective,
///     trials[0].candidate.training);
///
/// One candidate after the other, each training on all threads. Starts are cold: a trial depends on
/// its candidate alone; with a patience, the iterations of a candidate share their work, which is
/// the warm start that changes nothing. A candidate that `fit` refuses ends the search with its
/// error: none is dropped silently. Where the observer stops it, the trials so far are returned.
/// Throws as `fit` does, and `InputError` without splits and for a metric that is not a number.
template <Real Scalar, typename Kind, typename MetricOf>
[[nodiscard]] std::vector<Trial<Kind>> tune(
    std::type_identity_t<std::span<const Split<Scalar>>> splits,
    const std::vector<Candidate<Kind>>& candidates, const MetricOf& metric_of,
    const std::type_identity_t<TuneOptions<Kind>>& options = {}) {
    static_assert(
        std::is_invocable_r_v<double, const MetricOf&, const Model<Scalar>&, const Split<Scalar>&>,
        "als::tune asks metric(const als::Model<Scalar>&, const als::Split<Scalar>&) for a number");
    if (splits.empty())
        throw InputError(
            "als::tune: there is no split to try candidates on; make one with "
            "als::split_each_user, or several with als::folds");
    detail::check_range("als::TuneOptions::patience", options.patience, 0, detail::unbounded);
    for (const Candidate<Kind>& candidate : candidates) {
        detail::validate(candidate.objective);
        detail::validate(candidate.training);
    }
    std::vector<Trial<Kind>> trials;
    for (const Candidate<Kind>& candidate : candidates) {
        const auto began = std::chrono::steady_clock::now();
        Trial<Kind> trial{candidate, 0, {}, 0};
        trial.candidate.training.cancel = options.cancel;
        double iterations = 0;
        for (const Split<Scalar>& split : splits) {
            if (options.cancel.stop_requested())
                throw Cancelled("als: cancelled through TuneOptions::cancel");
            const auto [metric, iteration] =
                detail::tried(split, trial.candidate, metric_of, options);
            if (std::isnan(metric))
                throw InputError(
                    detail::message("als::tune: the metric of candidate ", trials.size() + 1,
                                    " is not a number; return a large error, or a quality of 0, "
                                    "for a model that cannot be judged"));
            trial.metrics.push_back(metric);
            trial.metric += metric / static_cast<double>(splits.size());
            iterations += static_cast<double>(iteration) / static_cast<double>(splits.size());
        }
        trial.candidate.training = candidate.training;
        trial.candidate.training.iterations = static_cast<int>(std::lround(iterations));
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began;
        trial.seconds = elapsed.count();
        trials.push_back(std::move(trial));
        if (options.observer &&
            options.observer(trials.back(), trials.size(), candidates.size()) == Next::stop)
            break;
    }
    std::stable_sort(trials.begin(), trials.end(), [&](const auto& a, const auto& b) {
        return options.lower_is_better ? a.metric < b.metric : a.metric > b.metric;
    });
    return trials;
}

}  // namespace als::inline ALS_ABI
