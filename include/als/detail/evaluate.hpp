// SPDX-License-Identifier: MIT
// The implementation of <als/evaluate.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/base/random.hpp>
#include <als/detail/metrics.hpp>
#include <als/detail/predict.hpp>
#include <als/evaluate.hpp>
#include <als/recommend.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {

namespace detail {

/// The mean of values, with its confidence interval.
inline Metric metric_of(std::vector<double> values) {
    Metric metric;
    const auto count = static_cast<double>(values.size());
    for (const double value : values) metric.mean += value / count;
    double squares = 0;
    for (const double value : values) squares += (value - metric.mean) * (value - metric.mean);
    const double error = count > 1 ? 1.96 * std::sqrt(squares / (count - 1) / count) : 0;
    metric.low = metric.mean - error;
    metric.high = metric.mean + error;
    metric.values = std::move(values);
    return metric;
}

/// A user whose list is judged.
struct Judged {
    User user;
    std::vector<Item> relevant;    ///< ascending; candidates only
    std::vector<double> value;     ///< values of the relevant items in the test set
    std::vector<Item> candidates;  ///< if candidates are sampled
};

/// Whether the item is not a candidate for the user. `options.candidates` must ascend.
template <Real Scalar>
bool is_excluded(const EvaluateOptions<Scalar>& options, User user, Item item) {
    if (options.candidates &&
        !std::binary_search(options.candidates->begin(), options.candidates->end(), item))
        return true;
    if (options.exclude == nullptr) return false;
    const auto ids = (*options.exclude)[user].ids();
    return std::binary_search(ids.begin(), ids.end(), item);
}

/// Draws distinct candidates that are neither excluded nor relevant, or takes all of them if there
/// are too few. Adds the relevant items.
template <Real Scalar>
void sample_candidates(const EvaluateOptions<Scalar>& options, std::int32_t item_count,
                       std::int32_t first_user, Judged& judged) {
    std::vector<Item> others;
    for (Item item; item.index < item_count; ++item.index)
        if (!is_excluded(options, judged.user, item) &&
            !std::binary_search(judged.relevant.begin(), judged.relevant.end(), item))
            others.push_back(item);
    const std::uint64_t own =
        random_bits(options.seed, Stream::sampled_candidates,
                    static_cast<std::uint64_t>(first_user + judged.user.index), 0);
    const auto wanted = std::min(others.size(), to_size(options.sampled_candidates));
    for (std::size_t n = 0; n < wanted; ++n)
        std::swap(others[n],
                  others[n + random_below(others.size() - n, own, Stream::sampled_candidates, n)]);
    others.resize(wanted);
    judged.candidates = std::move(others);
    judged.candidates.insert(judged.candidates.end(), judged.relevant.begin(),
                             judged.relevant.end());
}

/// Returns the users who have relevant items, with these items. `first_user` is the index of the
/// first user of `test` for the random numbers.
template <Real Scalar>
std::vector<Judged> judged_users(const Interactions<Scalar>& test,
                                 const EvaluateOptions<Scalar>& options, bool is_implicit,
                                 std::int32_t first_user) {
    const bool only_above_0 =
        options.gain != Gain::binary || (is_implicit && !options.relevance_threshold);
    const double least = options.relevance_threshold.value_or(-unbounded);
    std::vector<Judged> all;
    for (User user; user.index < test.user_count(); ++user.index) {
        Judged judged{user, {}, {}, {}};
        for (const auto [item, value] : test[user]) {
            const auto number = static_cast<double>(value);
            if (number < least || (only_above_0 && number <= 0) || is_excluded(options, user, item))
                continue;
            judged.relevant.push_back(item);
            judged.value.push_back(number);
        }
        if (judged.relevant.empty()) continue;
        if (options.sampled_candidates > 0)
            sample_candidates(options, test.item_count(), first_user, judged);
        all.push_back(std::move(judged));
    }
    return all;
}

/// The places of a user's relevant items among all candidates.
struct Places {
    double auc = 0;
    bool has_auc = false;
    double weighted = 0;  ///< sum of value * place, 0 to 1
    double weight = 0;    ///< sum of the values above 0
};

/// `scored` are all candidates with their scores, in any order.
template <Real Scalar>
Places places_of(std::vector<Scored<Item, Scalar>> scored, const Judged& judged) {
    std::sort(scored.begin(), scored.end(),
              [](const auto& a, const auto& b) { return a.score > b.score; });
    const auto count = static_cast<double>(scored.size());
    const auto relevant = static_cast<double>(judged.relevant.size());
    Places places;
    double above = 0;           // number of candidates with a higher score
    double relevant_above = 0;  // how many of these are relevant
    double ordered = 0;         // number of pairs in the right order
    for (std::size_t first = 0; first < scored.size();) {
        std::size_t end = first;
        double tied_relevant = 0;
        double value = 0;
        for (; end < scored.size() && scored[end].score == scored[first].score; ++end) {
            const auto found =
                std::lower_bound(judged.relevant.begin(), judged.relevant.end(), scored[end].id);
            if (found == judged.relevant.end() || *found != scored[end].id) continue;
            ++tied_relevant;
            value += std::max(0.0, judged.value[to_size(found - judged.relevant.begin())]);
        }
        const auto tied = static_cast<double>(end - first);
        const double tied_others = tied - tied_relevant;
        const double others_below = count - relevant - (above - relevant_above) - tied_others;
        ordered += tied_relevant * (others_below + tied_others / 2);
        const double place = count > 1 ? (above + (tied - 1) / 2) / (count - 1) : 0;
        places.weighted += value * place;
        places.weight += value;
        above += tied;
        relevant_above += tied_relevant;
        first = end;
    }
    places.has_auc = count > relevant;
    if (places.has_auc) places.auc = ordered / (relevant * (count - relevant));
    return places;
}

/// All candidates of a user with their scores.
template <Real Scalar>
std::vector<Scored<Item, Scalar>> scored_candidates(const Model<Scalar>& model,
                                                    const EvaluateOptions<Scalar>& options,
                                                    const Judged& judged) {
    std::vector<Scored<Item, Scalar>> scored;
    const Point<Scalar> point = point_of(model, judged.user);
    const auto add = [&](Item item) { scored.push_back({item, score(model, point, item)}); };
    if (options.sampled_candidates > 0) {
        for (const Item item : judged.candidates) add(item);
    } else {
        for (Item item; item.index < model.item_count(); ++item.index)
            if (!is_excluded(options, judged.user, item)) add(item);
    }
    return scored;
}

/// The results for the judged users, who may be only some of all.
struct Judgements {
    std::vector<User> users;
    std::vector<double> precision, recall, capped_recall, hit_rate, ndcg, average_precision,
        reciprocal_rank;                                     ///< of each user
    std::vector<double> auc;                                 ///< of each user who has one
    std::vector<double> weighted_places, weights_of_places;  ///< of each user, see `Places`
    std::vector<char> occurs;                                ///< 1 for each item that is in a list
    std::int64_t candidates = 0;  ///< number of items that may be in a list
    struct Sums {
        double listed = 0, listed_users = 0, relevant = 0, relevant_users = 0;
    } sums;  ///< items of lists, their users, relevant items, and theirs

    [[nodiscard]] std::vector<std::vector<double>*> per_user() {
        return {&precision,        &recall, &capped_recall,
                &hit_rate,         &ndcg,   &average_precision,
                &reciprocal_rank,  &auc,    &weighted_places,
                &weights_of_places};
    }
};

/// Sets AUC and expected percentile rank.
template <Real Scalar>
void judge_all_places(const Model<Scalar>& model, const std::vector<Judged>& judged,
                      const EvaluateOptions<Scalar>& options, Judgements& result) {
    std::vector<Places> places(judged.size());
    parallel_for(
        to_count(judged.size()), 4, Workers{thread_count(options.threads)}, [&](std::int64_t n) {
            const auto at = to_size(n);
            places[at] = places_of(scored_candidates(model, options, judged[at]), judged[at]);
        });
    for (const Places& each : places) {
        if (each.has_auc) result.auc.push_back(each.auc);
        result.weighted_places.push_back(each.weighted);
        result.weights_of_places.push_back(each.weight);
    }
}

/// Sets the numbers for the coverage and popularity bias of the lists.
template <Real Scalar>
void judge_items(const std::vector<std::vector<Scored<Item, Scalar>>>& lists,
                 const std::vector<Judged>& judged, std::span<const std::int64_t> users_of_item,
                 Judgements& result) {
    result.occurs.assign(users_of_item.size(), 0);
    auto& [listed, listed_users, relevant, relevant_users] = result.sums;
    for (std::size_t n = 0; n < lists.size(); ++n) {
        for (const auto& [item, score] : lists[n]) {
            result.occurs[to_size(item.index)] = 1;
            listed_users += static_cast<double>(users_of_item[to_size(item.index)]);
            ++listed;
        }
        for (const Item item : judged[n].relevant) {
            relevant_users += static_cast<double>(users_of_item[to_size(item.index)]);
            ++relevant;
        }
    }
}

}  // namespace detail

namespace detail {

/// NDCG of each list with the gains of the options.
template <Real Scalar>
std::vector<double> graded_ndcg(const std::vector<std::vector<Scored<Item, Scalar>>>& lists,
                                const std::vector<Judged>& judged,
                                const EvaluateOptions<Scalar>& options) {
    std::vector<double> values;
    for (std::size_t n = 0; n < judged.size(); ++n) {
        std::vector<double> gains = judged[n].value;
        for (double& gain : gains)
            gain = options.gain == Gain::binary   ? 1
                   : options.gain == Gain::linear ? gain
                                                  : std::exp2(gain) - 1;
        values.push_back(ndcg(lists[n], judged[n].relevant, gains, options.k));
    }
    return values;
}

/// The candidates, ascending, each once.
inline std::vector<Item> sorted_candidates(std::span<const Item> candidates,
                                           std::int32_t item_count, std::int32_t user_count) {
    std::vector<Item> sorted(candidates.begin(), candidates.end());
    for (const Item item : sorted)
        check_index<Item>("als::EvaluateOptions::candidates", item.index, item_count, user_count);
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    return sorted;
}

/// Judges the lists of the users of `test`. `users_of_item` holds the number of users who know each
/// item.
template <Real Scalar>
Judgements judge(const Model<Scalar>& model, const Interactions<Scalar>& test,
                 EvaluateOptions<Scalar> options, std::span<const std::int64_t> users_of_item,
                 std::int32_t first_user = 0) {
    check_range("als::EvaluateOptions::k", static_cast<double>(options.k), 1);
    check_range("als::EvaluateOptions::sampled_candidates",
                static_cast<double>(options.sampled_candidates), 0);
    if (options.relevance_threshold && std::isnan(*options.relevance_threshold))
        throw InputError(
            "als::EvaluateOptions::relevance_threshold is not a number; leave it out for the "
            "default");
    std::vector<Item> candidates;
    if (options.candidates) {
        candidates = sorted_candidates(*options.candidates, model.item_count(), model.user_count());
        options.candidates = candidates;
    }
    const std::vector<Judged> judged = judged_users(test, options, model.is_implicit(), first_user);
    Judgements result;
    for (const Judged& each : judged) result.users.push_back(each.user);
    BatchOptions<Scalar> batch{
        .count = options.k, .exclude = options.exclude, .allow = options.candidates};
    batch.threads = options.threads;
    if (options.sampled_candidates > 0)
        batch.own_lists = [&](std::size_t n) { return ItemLists{.allow = judged[n].candidates}; };
    const auto lists = recommend(model, result.users, batch);

    const auto values_of = [&](const auto& metric) {
        std::vector<double> values;
        values.reserve(judged.size());
        for (std::size_t n = 0; n < judged.size(); ++n)
            values.push_back(metric(lists[n], judged[n].relevant, options.k));
        return values;
    };
    result.precision = values_of(precision<Scalar>);
    result.recall = values_of(recall<Scalar>);
    result.capped_recall = values_of(capped_recall<Scalar>);
    result.hit_rate = values_of(hit_rate<Scalar>);
    result.ndcg = graded_ndcg(lists, judged, options);
    result.average_precision = values_of(average_precision<Scalar>);
    result.reciprocal_rank = values_of(reciprocal_rank<Scalar>);
    judge_items(lists, judged, users_of_item, result);
    result.candidates = options.candidates ? to_count(candidates.size()) : model.item_count();
    if (options.all_places) judge_all_places(model, judged, options, result);
    return result;
}

/// The means of all users' metrics.
template <Real Scalar>
Evaluation evaluation_of(Judgements all, const EvaluateOptions<Scalar>& options) {
    if (all.users.empty())
        throw InputError(
            "als::evaluate: no user has a relevant item: the test set is empty, or all of it is "
            "excluded, not among the candidates, below relevance_threshold or, to an implicit "
            "model, "
            "0 or a dislike");
    Evaluation result;
    result.users = std::move(all.users);
    result.precision = metric_of(std::move(all.precision));
    result.recall = metric_of(std::move(all.recall));
    result.capped_recall = metric_of(std::move(all.capped_recall));
    result.hit_rate = metric_of(std::move(all.hit_rate));
    result.ndcg = metric_of(std::move(all.ndcg));
    result.average_precision = metric_of(std::move(all.average_precision));
    result.reciprocal_rank = metric_of(std::move(all.reciprocal_rank));
    const auto& [listed, listed_users, relevant, relevant_users] = all.sums;
    result.coverage = static_cast<double>(std::count(all.occurs.begin(), all.occurs.end(), 1)) /
                      static_cast<double>(all.candidates);
    if (listed > 0 && relevant_users > 0)
        result.popularity_bias = (listed_users / listed) / (relevant_users / relevant);
    if (!options.all_places) return result;
    const double weight =
        std::accumulate(all.weights_of_places.begin(), all.weights_of_places.end(), 0.0);
    if (!all.auc.empty()) result.auc = metric_of(std::move(all.auc));
    if (weight > 0)
        result.expected_percentile_rank =
            std::accumulate(all.weighted_places.begin(), all.weighted_places.end(), 0.0) / weight;
    return result;
}

}  // namespace detail

template <Real Scalar>
Evaluation evaluate(const Model<Scalar>& model, const Interactions<Scalar>& test,
                    const EvaluateOptions<Scalar>& options) {
    using namespace detail;
    check_fits("als::evaluate: test", test, model);
    if (options.exclude != nullptr) check_fits("als::evaluate: exclude", *options.exclude, model);
    const Interactions<Scalar>& counted = options.exclude != nullptr ? *options.exclude : test;
    std::vector<std::int64_t> users_of_item;
    for (Item item; item.index < counted.item_count(); ++item.index)
        users_of_item.push_back(counted[item].size());
    return evaluation_of(judge(model, test, options, users_of_item), options);
}

}  // inline namespace
}  // namespace als
