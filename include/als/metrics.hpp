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

// In all metrics, `ranked` is a list as `recommend` returns it, best first. `relevant` holds the n
// relevant items, ascending, like a row of a test set. "Hits" are the relevant items among the
// first k. All throw `InputError` if k < 1 or no item is relevant.

/// Precision at k: hits / k, even if the list is shorter.
template <Real Scalar>
[[nodiscard]] double precision(const std::vector<Scored<Item, Scalar>>& ranked,
                               std::span<const Item> relevant, std::int64_t k);

/// Recall at k: hits / n.
template <Real Scalar>
[[nodiscard]] double recall(const std::vector<Scored<Item, Scalar>>& ranked,
                            std::span<const Item> relevant, std::int64_t k);

/// Hits / min(k, n): 1 if no list of k items could do better. Liang et al. 2018 call it recall and
/// some libraries precision; it is neither.
template <Real Scalar>
[[nodiscard]] double capped_recall(const std::vector<Scored<Item, Scalar>>& ranked,
                                   std::span<const Item> relevant, std::int64_t k);

/// Hit rate at k: 1 if there is a hit, else 0.
template <Real Scalar>
[[nodiscard]] double hit_rate(const std::vector<Scored<Item, Scalar>>& ranked,
                              std::span<const Item> relevant, std::int64_t k);

/// Normalised discounted cumulative gain at k with binary relevance (Jaervelin, Kekaelaeinen 2002):
/// sum over hits of 1 / log2(position + 1), positions from 1, divided by that sum for an ideal list
/// of min(k, n) hits.
template <Real Scalar>
[[nodiscard]] double ndcg(const std::vector<Scored<Item, Scalar>>& ranked,
                          std::span<const Item> relevant, std::int64_t k);

/// The same with graded relevance: `gains` are those of the relevant items, in their order, >= 0 and
/// finite, at least one above 0. A hit counts its gain / log2(position + 1); the ideal list has the
/// greatest gains first. Also throws `InputError` for other gains.
template <Real Scalar>
[[nodiscard]] double ndcg(const std::vector<Scored<Item, Scalar>>& ranked,
                          std::span<const Item> relevant, std::span<const double> gains,
                          std::int64_t k);

/// Average precision at k: the sum over hits of (hits up to there / position), divided by n (as
/// trec_eval does; not by min(k, n)). Its mean over users is MAP.
template <Real Scalar>
[[nodiscard]] double average_precision(const std::vector<Scored<Item, Scalar>>& ranked,
                                       std::span<const Item> relevant, std::int64_t k);

/// Reciprocal rank at k: 1 / position of the first hit, 0 without one. Its mean over users is MRR.
template <Real Scalar>
[[nodiscard]] double reciprocal_rank(const std::vector<Scored<Item, Scalar>>& ranked,
                                     std::span<const Item> relevant, std::int64_t k);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/metrics.hpp>
#endif
