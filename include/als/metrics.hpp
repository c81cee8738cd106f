// SPDX-License-Identifier: MIT
// Metrics: the error of predicted ratings, and the quality of one ranked list. `evaluate` takes
// means of them over users.
#pragma once

#include <als/predict.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace als::inline ALS_ABI {

namespace detail {

/// The mean of loss(rating - prediction) over the cells of `test`, in double.
template <Real Scalar, typename Loss>
double mean_loss(std::string_view function, const Model<Scalar>& model,
                 const Interactions<Scalar>& test, const PredictOptions& options,
                 const Loss& loss) {
    if (model.is_implicit())
        throw InputError(message(
            function,
            ": the model is implicit: its scores estimate a preference, not the values of the test "
            "set; use als::evaluate, or als::recall or als::ndcg on recommended lists"));
    if (test.empty()) throw InputError(message(function, ": the test set is empty"));
    const std::vector<Scalar> predicted = predict(model, test, options);
    double sum = 0;
    std::size_t at = 0;
    for (User user; user.index < test.user_count(); ++user.index)
        for (const Scalar value : test[user].values())
            sum += loss(static_cast<double>(value) - static_cast<double>(predicted[at++]));
    return sum / static_cast<double>(test.size());
}

}  // namespace detail

/// Root mean square error of the predictions for the cells of `test`,
///
///     sqrt(sum (r - prediction)^2 / number of cells),   in double.
///
/// Throws `InputError` for an implicit model (its scores estimate a preference, not the values:
/// rank with it and use `evaluate`), sizes that differ from the model's, and an empty test set.
template <Real Scalar>
[[nodiscard]] double rmse(const Model<Scalar>& model, const Interactions<Scalar>& test,
                          const PredictOptions& options = {}) {
    return std::sqrt(detail::mean_loss("als::rmse", model, test, options,
                                       [](double error) { return error * error; }));
}

/// Mean absolute error, sum |r - prediction| / number of cells; else as `rmse`.
template <Real Scalar>
[[nodiscard]] double mae(const Model<Scalar>& model, const Interactions<Scalar>& test,
                         const PredictOptions& options = {}) {
    return detail::mean_loss("als::mae", model, test, options,
                             [](double error) { return std::abs(error); });
}

namespace detail {

inline void check_metric(std::string_view function, std::size_t relevant, std::int64_t k) {
    if (relevant == 0)
        throw InputError(message(function,
                                 ": there is no relevant item, and the metric is not defined; "
                                 "leave such users out of the mean"));
    if (k < 1) throw InputError(message(function, ": k is ", k, "; it has to be >= 1"));
}

/// Where the first k of a list are relevant: positions from 1, ascending.
template <Real Scalar>
std::vector<double> hits(std::string_view function, std::span<const Scored<Item, Scalar>> ranked,
                         std::span<const Item> relevant, std::int64_t k) {
    check_metric(function, relevant.size(), k);
    std::vector<double> positions;
    const auto end = std::min(static_cast<std::size_t>(k), ranked.size());
    for (std::size_t position = 0; position < end; ++position)
        if (std::binary_search(relevant.begin(), relevant.end(), ranked[position].id))
            positions.push_back(static_cast<double>(position + 1));
    return positions;
}

inline double count_of(const std::vector<double>& hits) { return static_cast<double>(hits.size()); }

/// What a hit at this position (from 1) is worth.
inline double discount(double position) { return 1 / std::log2(position + 1); }

}  // namespace detail

// In the metrics of a list, `ranked` is a list as `recommend` gives it, best first; `relevant` are
// the n relevant items, ascending, as a row of a test set is; "hits" are relevant items among the
// first k. All throw `InputError` for k < 1 and where nothing is relevant.

/// Precision at k: hits / k, also where the list is shorter.
template <Real Scalar>
[[nodiscard]] double precision(const std::vector<Scored<Item, Scalar>>& ranked,
                               std::span<const Item> relevant, std::int64_t k) {
    return detail::count_of(detail::hits<Scalar>("als::precision", ranked, relevant, k)) /
           static_cast<double>(k);
}

/// Recall at k: hits / n.
template <Real Scalar>
[[nodiscard]] double recall(const std::vector<Scored<Item, Scalar>>& ranked,
                            std::span<const Item> relevant, std::int64_t k) {
    return detail::count_of(detail::hits<Scalar>("als::recall", ranked, relevant, k)) /
           static_cast<double>(relevant.size());
}

/// Hits / min(k, n): 1 where no list of k could do better. It is called recall by Liang et al. 2018
/// and precision by some libraries; it is neither.
template <Real Scalar>
[[nodiscard]] double capped_recall(const std::vector<Scored<Item, Scalar>>& ranked,
                                   std::span<const Item> relevant, std::int64_t k) {
    return detail::count_of(detail::hits<Scalar>("als::capped_recall", ranked, relevant, k)) /
           static_cast<double>(std::min(static_cast<std::size_t>(k), relevant.size()));
}

/// Hit rate at k: 1 if there is a hit, else 0.
template <Real Scalar>
[[nodiscard]] double hit_rate(const std::vector<Scored<Item, Scalar>>& ranked,
                              std::span<const Item> relevant, std::int64_t k) {
    return detail::hits<Scalar>("als::hit_rate", ranked, relevant, k).empty() ? 0 : 1;
}

/// Normalised discounted cumulative gain at k with binary relevance (Jaervelin, Kekaelaeinen 2002):
/// sum over hits of 1 / log2(position + 1), positions from 1, divided by the same sum for an ideal
/// list of min(k, n) hits.
template <Real Scalar>
[[nodiscard]] double ndcg(const std::vector<Scored<Item, Scalar>>& ranked,
                          std::span<const Item> relevant, std::int64_t k) {
    double reached = 0;
    for (const double position : detail::hits<Scalar>("als::ndcg", ranked, relevant, k))
        reached += detail::discount(position);
    double ideal = 0;
    const auto best = std::min(static_cast<std::size_t>(k), relevant.size());
    for (std::size_t position = 1; position <= best; ++position)
        ideal += detail::discount(static_cast<double>(position));
    return reached / ideal;
}

/// Average precision at k: the sum over hits of (hits up to there / position), divided by n (as
/// trec_eval does; not by min(k, n)). Its mean over users is MAP.
template <Real Scalar>
[[nodiscard]] double average_precision(const std::vector<Scored<Item, Scalar>>& ranked,
                                       std::span<const Item> relevant, std::int64_t k) {
    double found = 0;
    double sum = 0;
    for (const double position :
         detail::hits<Scalar>("als::average_precision", ranked, relevant, k))
        sum += ++found / position;
    return sum / static_cast<double>(relevant.size());
}

/// Reciprocal rank at k: 1 / position of the first hit, 0 without one. Its mean over users is MRR.
template <Real Scalar>
[[nodiscard]] double reciprocal_rank(const std::vector<Scored<Item, Scalar>>& ranked,
                                     std::span<const Item> relevant, std::int64_t k) {
    const auto hits = detail::hits<Scalar>("als::reciprocal_rank", ranked, relevant, k);
    return hits.empty() ? 0 : 1 / hits.front();
}

}  // namespace als::inline ALS_ABI
