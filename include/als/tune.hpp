// SPDX-License-Identifier: MIT
// `tune`: which parameters serve the data? Candidates, from a grid or drawn at random, are trained
// on splits of the data and judged by any metric.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/random.hpp>
#include <als/model.hpp>
#include <als/objective.hpp>
#include <als/split.hpp>
#include <als/training.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Parameters that may be tried; `ObjectiveType` is `Implicit` or `Explicit`.
template <Objective ObjectiveType>
struct Candidate {
    ObjectiveType objective = {};
    Training training = {};
};

/// What became of a candidate.
template <Objective ObjectiveType>
struct Trial {
    Candidate<ObjectiveType>
        candidate;                ///< with the number of iterations that was best, on average
    double metric = 0;            ///< mean over the splits
    std::vector<double> metrics;  ///< of each split
    double seconds = 0;           ///< training and judging
};

/// How `tune` goes about it.
template <Objective ObjectiveType>
struct TuneOptions {
    /// Whether the metric is an error, such as RMSE, and not a quality, such as NDCG.
    bool lower_is_better = false;

    /// Above 0: each training ends by `fit_until_best` with this patience, and counts with its best
    /// iteration. 0: all iterations are made, and judged once at the end.
    int patience = 0;

    /// Called after each candidate with its trial, its number from 1, and how many there are.
    std::function<Next(const Trial<ObjectiveType>&, std::size_t, std::size_t)> observer = {};

    /// Asking this token's source for a stop makes `tune` throw `Cancelled`.
    std::stop_token cancel = {};
};

/// One dimension of a grid: what may be set, one way or another.
template <Objective ObjectiveType>
using Axis = std::vector<std::function<void(Candidate<ObjectiveType>&)>>;

/// The axis of some values: set(candidate, value) puts one into a candidate.
///
///     als::axis<als::Implicit>({1, 4, 16},
///                              [](auto& c, double value) { c.objective.alpha = value; })
template <Objective ObjectiveType, typename Set>
[[nodiscard]] Axis<ObjectiveType> axis(const std::vector<double>& values, const Set& set) {
    Axis<ObjectiveType> result;
    for (const double value : values)
        result.push_back([=](Candidate<ObjectiveType>& candidate) { set(candidate, value); });
    return result;
}

/// All combinations of the axes' values, the last axis changing fastest; what no axis sets is as in
/// `base`.
template <Objective ObjectiveType>
[[nodiscard]] std::vector<Candidate<ObjectiveType>> grid(
    const Candidate<ObjectiveType>& base, const std::vector<Axis<ObjectiveType>>& axes) {
    std::vector<Candidate<ObjectiveType>> candidates{base};
    for (const Axis<ObjectiveType>& axis : axes) {
        std::vector<Candidate<ObjectiveType>> more;
        for (const Candidate<ObjectiveType>& candidate : candidates)
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
        return low + (high - low) *
                         detail::random_uniform(seed_, detail::Stream::tuning, candidate_, next_++);
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
template <Objective ObjectiveType, typename Set>
[[nodiscard]] std::vector<Candidate<ObjectiveType>> random_candidates(
    const Candidate<ObjectiveType>& base, int count, std::uint64_t seed, const Set& set) {
    detail::check_range("als::random_candidates: count", count, 0);
    std::vector<Candidate<ObjectiveType>> candidates(static_cast<std::size_t>(count), base);
    for (std::size_t n = 0; n < candidates.size(); ++n) {
        Draw draw(seed, n);
        set(candidates[n], draw);
    }
    return candidates;
}

namespace detail {

template <Real Scalar>
using MetricOfSplit = std::function<double(const Model<Scalar>&, const Split<Scalar>&)>;

template <Real Scalar, Objective ObjectiveType>
std::vector<Trial<ObjectiveType>> tune(std::span<const Split<Scalar>> splits,
                                       const std::vector<Candidate<ObjectiveType>>& candidates,
                                       const MetricOfSplit<Scalar>& metric_of,
                                       const TuneOptions<ObjectiveType>& options);

}  // namespace detail

/// Trains each candidate on each split's training set, asks metric(model, split) for a number, and
/// returns one trial for each candidate, the best first; of equals, the earlier one.
///
///     const als::Split<float> parts = als::split_each_user(train);   // or als::folds(train, 5)
///     const auto trials = als::tune<float>(
///         {&parts, 1}, candidates,
///         [](const als::Model<float>& model, const als::Split<float>& split) {
///             return als::evaluate(model, split.test, {.exclude = &split.train}).ndcg.mean;
///         },
///         {.patience = 3});
///     const auto& best = trials[0].candidate;
///     const auto model = als::fit(train, best.objective, best.training);
///
/// One candidate after the other, each training on all threads. Every candidate starts from
/// scratch. With `patience` > 0, its iterations continue from one another, which does not change
/// the result. A candidate that `fit` refuses ends the search with its
/// error: none is dropped silently. Where the observer stops it, the trials so far are returned.
/// Throws as `fit` does, and `InputError` without splits and for a metric that is not a number.
template <Real Scalar, Objective ObjectiveType, typename MetricOf>
[[nodiscard]] std::vector<Trial<ObjectiveType>> tune(
    std::type_identity_t<std::span<const Split<Scalar>>> splits,
    const std::vector<Candidate<ObjectiveType>>& candidates, const MetricOf& metric_of,
    const std::type_identity_t<TuneOptions<ObjectiveType>>& options = {}) {
    static_assert(
        std::is_invocable_r_v<double, const MetricOf&, const Model<Scalar>&, const Split<Scalar>&>,
        "als::tune asks metric(const als::Model<Scalar>&, const als::Split<Scalar>&) for a number");
    return detail::tune<Scalar, ObjectiveType>(splits, candidates, std::ref(metric_of), options);
}

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/tune.hpp>
#endif
