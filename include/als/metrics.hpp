// SPDX-License-Identifier: MIT
// Metrics: the quality of one ranked list. `evaluate` averages them over users. The errors of
// predicted ratings, `rmse` and `mae`, are in predict.hpp.
#pragma once

#include <als/types.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace als {
inline namespace ALS_ABI {

// In all metrics, `ranked` is a list like those of `recommend`, best first. `relevant` holds the n
// relevant items, ascending, like a row of a test set. "Hits" are the relevant items among the
// first k. All metrics throw `InputError` if k < 1 or no item is relevant.

/// Precision at k: hits / k, even if the list is shorter.
template <Real Scalar>
[[nodiscard]] double precision(const std::vector<Scored<Item, Scalar>>& ranked,
                               std::span<const Item> relevant, std::int64_t k);

/// Recall at k: hits / n.
template <Real Scalar>
[[nodiscard]] double recall(const std::vector<Scored<Item, Scalar>>& ranked,
                            std::span<const Item> relevant, std::int64_t k);

/// Capped recall at k: hits / min(k, n). It is 1 if no list of k items could do better. Liang et
/// al. 2018 call it recall and some libraries call it precision; it is neither.
template <Real Scalar>
[[nodiscard]] double capped_recall(const std::vector<Scored<Item, Scalar>>& ranked,
                                   std::span<const Item> relevant, std::int64_t k);

/// Hit rate at k: 1 if there is a hit, else 0.
template <Real Scalar>
[[nodiscard]] double hit_rate(const std::vector<Scored<Item, Scalar>>& ranked,
                              std::span<const Item> relevant, std::int64_t k);

/// Normalised discounted cumulative gain at k with binary relevance (Jaervelin, Kekaelaeinen 2002):
/// the sum over hits of 1 / log2(position + 1), positions from 1, divided by the same sum for an
/// ideal list of min(k, n) hits.
template <Real Scalar>
[[nodiscard]] double ndcg(const std::vector<Scored<Item, Scalar>>& ranked,
                          std::span<const Item> relevant, std::int64_t k);

/// NDCG at k with graded relevance. `gains` are those of the relevant items, in their order:
/// finite, >= 0, and at least one above 0. A hit counts gain / log2(position + 1); the ideal list
/// has the greatest gains first. Throws `InputError` also for illegal gains.
template <Real Scalar>
[[nodiscard]] double ndcg(const std::vector<Scored<Item, Scalar>>& ranked,
                          std::span<const Item> relevant, std::span<const double> gains,
                          std::int64_t k);

/// Average precision at k: the sum over hits of (hits up to this position / position), divided by
/// n, not by min(k, n), as trec_eval does. Its mean over users is MAP.
template <Real Scalar>
[[nodiscard]] double average_precision(const std::vector<Scored<Item, Scalar>>& ranked,
                                       std::span<const Item> relevant, std::int64_t k);

/// Reciprocal rank at k: 1 / (position of the first hit), or 0 without a hit. Its mean over users
/// is MRR.
template <Real Scalar>
[[nodiscard]] double reciprocal_rank(const std::vector<Scored<Item, Scalar>>& ranked,
                                     std::span<const Item> relevant, std::int64_t k);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/metrics.hpp>
#endif
