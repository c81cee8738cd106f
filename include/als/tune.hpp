// SPDX-License-Identifier: MIT
// `tune`: finds good parameters for the data. It trains candidates, from a grid or drawn at random,
// on splits of the data, and judges them by any metric.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
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
#include <type_traits>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Parameters to try; `ObjectiveType` is `Implicit` or `Explicit`.
template <Objective ObjectiveType>
struct Candidate {
    ObjectiveType objective = {};  ///< what to minimise
    Training training = {};        ///< how to minimise it
};

/// The result of a candidate.
template <Objective ObjectiveType>
struct Trial {
    Candidate<ObjectiveType>
        candidate;      ///< the candidate, with the number of iterations that was best on average
    double metric = 0;  ///< mean of `metrics`
    std::vector<double> metrics;  ///< the metric on each split
    double seconds = 0;           ///< time for training and judging
};

/// Options of `tune`.
template <Objective ObjectiveType>
struct TuneOptions {
    /// Whether lower is better: true for an error, such as RMSE, false for a quality, such as NDCG.
    bool lower_is_better = false;

    /// If above 0, each training runs `fit_until_best` with this patience, and its best iteration
    /// counts. If 0, each training runs all iterations and is judged once at the end.
    int patience = 0;

    /// Called after each candidate with its trial, its number from 1, and the number of candidates.
    /// It can end the search by returning `Next::stop`.
    std::function<Next(const Trial<ObjectiveType>&, std::size_t, std::size_t)> observer = {};

    /// If a stop is requested through this token's source, `tune` throws `Cancelled`.
    StopToken cancel = {};
};

/// One dimension of a grid: the alternatives for one parameter, each a function that sets it.
template <Objective ObjectiveType>
using Axis = std::vector<std::function<void(Candidate<ObjectiveType>&)>>;

/// Makes an axis from values; set(candidate, value) sets one of them in a candidate.
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

/// Returns all combinations of the axes' values; the last axis changes fastest. Parameters that no
/// axis sets are those of `base`.
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
    /// The numbers of the candidate with this number, from 0.
    Draw(std::uint64_t seed, std::uint64_t candidate) : seed_(seed), candidate_(candidate) {}

    /// Returns a number that is uniform in [low, high).
    double uniform(double low, double high) {
        return low + (high - low) *
                         detail::random_uniform(seed_, detail::Stream::tuning, candidate_, next_++);
    }

    /// Returns a number that is log-uniform in [low, high), low > 0: for parameters that span
    /// orders of magnitude.
    double log_uniform(double low, double high) {
        return std::exp(uniform(std::log(low), std::log(high)));
    }

    /// Returns an integer that is uniform in [low, high].
    int integer(int low, int high) {
        return static_cast<int>(std::floor(uniform(low, static_cast<double>(high) + 1)));
    }

private:
    std::uint64_t seed_, candidate_;
    std::uint64_t next_ = 0;
};

/// Makes `count` candidates: set(candidate, draw) changes a copy of `base`. The n-th candidate does
/// not depend on `count`.
///
///     als::random_candidates(base, 20, 7, [](auto& c, als::Draw& draw) {
///         c.objective.alpha = draw.log_uniform(0.5, 50);
///     });
template <Objective ObjectiveType, typename Set>
[[nodiscard]] std::vector<Candidate<ObjectiveType>> random_candidates(
    const Candidate<ObjectiveType>& base, int count, std::uint64_t seed, const Set& set) {
    detail::check_range("als::random_candidates: count", count, 0);
    std::vector<Candidate<ObjectiveType>> candidates(detail::to_size(count), base);
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

/// Trains each candidate on each split's training set, calls metric(model, split), and returns one
/// trial for each candidate, the best first. Among equals, the earlier candidate comes first.
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
/// Candidates run one after the other, each on all threads. Every candidate starts from scratch.
/// With `patience` > 0, its iterations continue from one another, which does not change the result.
/// If `fit` refuses a candidate, the search ends with its error: none is dropped silently. If the
/// observer stops the search, the trials so far are returned. Throws what `fit` throws, and
/// `InputError` if there are no splits or a metric is not a number.
template <Real Scalar, Objective ObjectiveType, typename MetricOf>
[[nodiscard]] std::vector<Trial<ObjectiveType>> tune(
    std::type_identity_t<std::span<const Split<Scalar>>> splits,
    const std::vector<Candidate<ObjectiveType>>& candidates, MetricOf&& metric_of,
    const std::type_identity_t<TuneOptions<ObjectiveType>>& options = {}) {
    static_assert(
        std::is_invocable_r_v<double, MetricOf&, const Model<Scalar>&, const Split<Scalar>&>,
        "als::tune asks metric(const als::Model<Scalar>&, const als::Split<Scalar>&) for a number");
    return detail::tune<Scalar, ObjectiveType>(splits, candidates, std::ref(metric_of), options);
}

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/tune.hpp>
#endif
