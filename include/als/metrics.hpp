// SPDX-License-Identifier: MIT
// How good a model is: the error of predicted ratings, and the quality of ranked lists.
#pragma once

#include <als/predict.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace als::inline ALS_ABI {

/// Root mean square error of the predictions for the cells of `test`,
///
///     sqrt(sum (r - prediction)^2 / number of cells),   in double.
///
/// Throws `InputError` for an implicit model (its scores estimate a preference, not the values:
/// rank with it and use `recall` or `ndcg`), sizes that differ from the model's, and an empty test
/// set.
template <Real Scalar>
[[nodiscard]] double rmse(const Model<Scalar>& model, const Interactions<Scalar>& test,
                          const PredictOptions& options = {}) {
    if (model.is_implicit())
        throw InputError(
            "als::rmse: the model is implicit: its scores estimate a preference, not the values of "
            "the "
            "test set; use als::recall or als::ndcg on recommended lists");
    if (test.empty()) throw InputError("als::rmse: the test set is empty");
    const std::vector<Scalar> predicted = predict(model, test, options);
    double sum = 0;
    std::size_t at = 0;
    for (std::int32_t u = 0; u < test.user_count(); ++u)
        for (const Scalar value : test[User{u}].values()) {
            const double error = static_cast<double>(value) - static_cast<double>(predicted[at++]);
            sum += error * error;
        }
    return std::sqrt(sum / static_cast<double>(test.size()));
}

namespace detail {

inline void check_metric(std::string_view function, std::size_t relevant, std::int64_t k) {
    if (relevant == 0)
        throw InputError(message(function,
                                 ": there is no relevant item, and the metric is not defined; "
                                 "leave such users out of the mean"));
    if (k < 1) throw InputError(message(function, ": k is ", k, "; it has to be >= 1"));
}

/// Calls hit(position) for each of the first k items of the list that is relevant, positions from
/// 0.
template <Real Scalar, typename Hit>
void for_hits(std::span<const Scored<Item, Scalar>> ranked, std::span<const Item> relevant,
              std::int64_t k, const Hit& hit) {
    const auto end = std::min(static_cast<std::size_t>(k), ranked.size());
    for (std::size_t position = 0; position < end; ++position)
        if (std::binary_search(relevant.begin(), relevant.end(), ranked[position].id))
            hit(position);
}

}  // namespace detail

/// Recall at k of one ranked list: hits among the first k / number of relevant items. `relevant` is
/// ascending, as a row of a test set is. Throws `InputError` for k < 1 and where nothing is
/// relevant.
template <Real Scalar>
[[nodiscard]] double recall(const std::vector<Scored<Item, Scalar>>& ranked,
                            std::span<const Item> relevant, std::int64_t k) {
    detail::check_metric("als::recall", relevant.size(), k);
    double hits = 0;
    detail::for_hits<Scalar>(ranked, relevant, k, [&](std::size_t) { ++hits; });
    return hits / static_cast<double>(relevant.size());
}

/// Normalised discounted cumulative gain at k of one ranked list with binary relevance (Jaervelin,
/// Kekaelaeinen 2002): sum over hits of 1 / log2(position + 1), positions from 1, divided by the
/// same sum for an ideal list of min(k, number of relevant items) hits. Else as `recall`.
template <Real Scalar>
[[nodiscard]] double ndcg(const std::vector<Scored<Item, Scalar>>& ranked,
                          std::span<const Item> relevant, std::int64_t k) {
    detail::check_metric("als::ndcg", relevant.size(), k);
    const auto gain = [](std::size_t position) {
        return 1 / std::log2(static_cast<double>(position) + 2);
    };
    double reached = 0;
    detail::for_hits<Scalar>(ranked, relevant, k,
                             [&](std::size_t position) { reached += gain(position); });
    double ideal = 0;
    const auto best = std::min(static_cast<std::size_t>(k), relevant.size());
    for (std::size_t position = 0; position < best; ++position) ideal += gain(position);
    return reached / ideal;
}

}  // namespace als::inline ALS_ABI
