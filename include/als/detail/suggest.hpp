// SPDX-License-Identifier: MIT
// The implementation of <als/suggest.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/fit.hpp>
#include <als/detail/fitted_to.hpp>
#include <als/detail/interactions.hpp>
#include <als/detail/split.hpp>
#include <als/detail/tune.hpp>
#include <als/evaluate.hpp>
#include <als/predict.hpp>
#include <als/suggest.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Returns the number of operations of an iteration, up to a constant factor (see
/// docs/mathematics.md, the row system).
template <Real Scalar>
double work_of(const Interactions<Scalar>& data, int factors) {
    const double k = factors;
    double work = 0;
    const auto add_rows = [&]<Id Side>(Side row, std::int32_t count) {
        work += count * k * k;
        for (; row.index < count; ++row.index) {
            const auto n = static_cast<double>(data[row].size());
            work += std::min(n * k * k + k * k * k / 3, n * n * k + n * n * n / 3);
        }
    };
    add_rows(User{}, data.user_count());
    add_rows(Item{}, data.item_count());
    return work;
}

/// The factors by which a candidate multiplies alpha and lambda (implicit feedback) or beta and
/// lambda (ratings). The most promising come first, because a budget may end the list early.
struct Multiples {
    double first, regularization;
};
inline std::vector<Multiples> multiples_of(const Implicit&) {
    return {{1, 1},      {1, 1.6}, {1, 0.6},    {4, 1},  {0.25, 1}, {4, 0.6},
            {0.25, 1.6}, {4, 1.6}, {0.25, 0.6}, {16, 1}, {16, 0.6}, {1, 2.5}};
}
inline std::vector<Multiples> multiples_of(const Explicit&) {
    return {{1, 1},    {1, 0.75}, {1, 1.4}, {1, 2},   {3, 1}, {1, 0.5},
            {3, 0.75}, {3, 1.4},  {1, 3},   {0.4, 1}, {3, 2}, {0.4, 1.4}};
}

/// Returns the options with `multiples` of the values that fit the data, except options that are
/// given.
template <Real Scalar>
Implicit multiplied(const Interactions<Scalar>& data, Implicit objective, Multiples multiples) {
    if (!objective.alpha)
        objective.alpha = multiples.first * *als::fitted_to(data, objective).alpha;
    if (!objective.regularization)
        objective.regularization =
            multiples.regularization * *als::fitted_to(data, objective).regularization;
    return objective;
}
template <Real Scalar>
Explicit multiplied(const Interactions<Scalar>& data, Explicit objective, Multiples multiples) {
    if (!objective.regularization)
        objective.regularization =
            multiples.regularization * *als::fitted_to(data, objective).regularization;
    objective.bias_regularization *= multiples.first;
    return objective;
}

/// Holds out entries to judge models by, or none if there are too few.
template <Real Scalar>
Split<Scalar> judged_split(const Interactions<Scalar>& data, const Implicit&, std::uint64_t seed) {
    Split<Scalar> parts = als::split_each_user(data, {.seed = seed});
    if (parts.test.empty()) parts = als::leave_out(data, {.seed = seed});
    // The users to judge are a random sample of those who like something.
    constexpr std::size_t most = 2000;
    std::vector<User> users;
    for (User user; user.index < data.user_count(); ++user.index)
        if (std::ranges::any_of(parts.test[user].values(), [](Scalar value) { return value > 0; }))
            users.push_back(user);
    std::vector<bool> is_judged(to_size(data.user_count()));
    const std::size_t count = std::min(most, users.size());
    const auto drawn = draw(users.size(), count, seed, Stream::split_users);
    for (std::size_t n = 0; n < count; ++n) is_judged[to_size(users[drawn[n]].index)] = true;
    std::vector<Entry<Scalar>> entries = parts.test.entries();
    std::erase_if(entries,
                  [&](const auto& entry) { return !is_judged[to_size(entry.user.index)]; });
    return {std::move(parts.train), InteractionsAccess::like(data, entries)};
}
template <Real Scalar>
Split<Scalar> judged_split(const Interactions<Scalar>& data, const Explicit&, std::uint64_t seed) {
    return als::split(data, {.test_fraction = 0.1, .seed = seed});
}

/// The search: tries candidates in rounds, within a budget.
template <Real Scalar, Objective ObjectiveType>
class Search {
public:
    Search(const Interactions<Scalar>& data, const ObjectiveType& objective,
           const SuggestOptions& options)
        : data_(data), objective_(objective), options_(options) {
        check_range("als::SuggestOptions::budget", options.budget, 0, unbounded, true);
        check_trainable(data, objective, options.training);
        training_.observer = {};
        training_.cancel = {};
    }

    Suggestion<ObjectiveType> run() {
        const Suggestion<ObjectiveType> fitted{.objective = als::fitted_to(data_, objective_),
                                               .training = options_.training};
        parts_ = judged_split(data_, objective_, training_.seed);
        if (parts_.train.empty() || parts_.test.empty()) return fitted;
        Training reduced = training_;
        reduced.factors = std::max(1, training_.factors / 2);
        reduced.iterations = std::min(4, training_.iterations);
        // Half of the budget is for the first round, but one full trial takes precedence.
        const double of_first =
            std::min(options_.budget / 2, options_.budget - cost_of(training_, true));
        auto objectives = all_candidates();
        const auto first = round(objectives, reduced, of_first, false);
        if (!first.empty()) objectives.clear();
        for (const auto& trial : first) objectives.push_back(trial.candidate.objective);
        auto trials = round(objectives, training_, options_.budget - cost_, true);
        if (trials.empty()) return fitted;
        Suggestion<ObjectiveType> found = suggestion(trials.front().candidate);
        trials.insert(trials.end(), first.begin(), first.end());
        found.trials = std::move(trials);
        found.cost = cost_;
        return found;
    }

private:
    [[nodiscard]] std::vector<ObjectiveType> all_candidates() const {
        std::vector<ObjectiveType> candidates;
        for (const Multiples& multiples : multiples_of(objective_)) {
            const ObjectiveType candidate = multiplied(parts_.train, objective_, multiples);
            if (std::find(candidates.begin(), candidates.end(), candidate) == candidates.end())
                candidates.push_back(candidate);
        }
        return candidates;
    }

    /// Returns the cost of a training on the part, in trainings asked for. With early stopping, the
    /// model is judged after every second iteration, else at the end.
    [[nodiscard]] double cost_of(const Training& training, bool stops_early) const {
        const int judgements = stops_early ? (training.iterations + 1) / 2 : 1;
        double work = training.iterations * work_of(parts_.train, training.factors);
        if constexpr (std::same_as<ObjectiveType, Implicit>)
            work += judgements * work_of_judging(training.factors);
        return work / (training_.iterations * work_of(data_, training_.factors));
    }

    /// Half of all scores, because the search for the best items skips the others.
    [[nodiscard]] double work_of_judging(int factors) const {
        double users = 0;
        for (User user; user.index < data_.user_count(); ++user.index)
            users += parts_.test[user].empty() ? 0 : 1;
        return 0.5 * users * data_.item_count() * factors;
    }

    /// Tries as many of the first objectives as the budget allows. Returns their trials, the best
    /// first.
    std::vector<Trial<ObjectiveType>> round(const std::vector<ObjectiveType>& objectives,
                                            const Training& training, double budget,
                                            bool stops_early) {
        TuneOptions<ObjectiveType> options{.lower_is_better = std::same_as<ObjectiveType, Explicit>,
                                           .patience = stops_early ? 2 : 0};
        options.cancel = options_.training.cancel;
        const double most = cost_of(training, stops_early);
        std::vector<Trial<ObjectiveType>> trials;
        for (const ObjectiveType& objective : objectives) {
            if (most > budget) break;
            trials.push_back(try_on_all<Scalar, ObjectiveType>(
                {&parts_, 1}, {objective, training}, trials.size() + 1,
                stops_early ? every_second(training.iterations) : metric(), options));
            Training done = training;
            done.iterations =
                std::min(trials.back().candidate.training.iterations + options.patience,
                         training.iterations);
            const double cost = cost_of(done, stops_early);
            budget -= cost;
            cost_ += cost;
        }
        sort_trials(trials, options.lower_is_better);
        return trials;
    }

    /// Returns a metric that is computed after every second iteration and after the last one. In
    /// between, it keeps its value.
    [[nodiscard]] MetricOfSplit<Scalar> every_second(int iterations) const {
        double last = std::same_as<ObjectiveType, Explicit> ? unbounded : -unbounded;
        return [last, iterations, iteration = 0, judge = metric()](const auto& model,
                                                                   const auto& parts) mutable {
            ++iteration;
            if (iteration % 2 == 0 || iteration == iterations) last = judge(model, parts);
            return last;
        };
    }

    [[nodiscard]] MetricOfSplit<Scalar> metric() const {
        if constexpr (std::same_as<ObjectiveType, Implicit>)
            return [threads = training_.threads](const auto& model, const auto& parts) {
                return als::evaluate(model, parts.test,
                                     {.k = 20, .exclude = &parts.train, .threads = threads})
                    .ndcg.mean;
            };
        else
            return [](const auto& model, const auto& parts) {
                return als::rmse(model, parts.test, {.clip = true});
            };
    }

    /// Applies the multiples of the best candidate to the values that fit all the data.
    [[nodiscard]] Suggestion<ObjectiveType> suggestion(const Candidate<ObjectiveType>& best) const {
        Suggestion<ObjectiveType> found{.objective = {}, .training = options_.training};
        found.training.iterations = best.training.iterations;
        Multiples multiples{1, 1};
        ObjectiveType given = objective_;  // the objective, as tried on the part
        ObjectiveType whole = objective_;
        if constexpr (std::same_as<ObjectiveType, Implicit>) {
            multiples.first = *best.objective.alpha / *als::fitted_to(parts_.train, given).alpha;
            given.alpha = best.objective.alpha;
        } else {
            whole.bias_regularization = best.objective.bias_regularization;
        }
        multiples.regularization =
            *best.objective.regularization / *als::fitted_to(parts_.train, given).regularization;
        found.objective = multiplied(data_, whole, multiples);
        return found;
    }

    const Interactions<Scalar>& data_;
    const ObjectiveType& objective_;
    const SuggestOptions& options_;
    Training training_ = options_.training;
    Split<Scalar> parts_;
    double cost_ = 0;
};

}  // namespace detail

template <Real Scalar, Objective ObjectiveType>
Suggestion<ObjectiveType> suggest(const Interactions<Scalar>& data, const ObjectiveType& objective,
                                  const SuggestOptions& options) {
    return detail::Search<Scalar, ObjectiveType>(data, objective, options).run();
}

}  // inline namespace
}  // namespace als
