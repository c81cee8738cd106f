// SPDX-License-Identifier: MIT
// `diversify`: chooses items that are good and not all alike from a list of candidates, such as one
// that `recommend` returns.
#pragma once

#include <als/model.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Options of `diversify`.
struct DiversifyOptions {
    /// Number of items wanted, >= 0.
    std::int64_t count = 10;

    /// Weight of dissimilarity against relevance, 0 to 1 (the paper's 1 - lambda). 0 returns the
    /// candidates with the highest scores. 1 starts with the highest score and then looks at the
    /// similarity alone. Raising it makes the list more diverse and its scores lower.
    double diversity = 0.5;
};

/// Returns up to `count` of the candidates, chosen one after the other by maximal marginal
/// relevance (Carbonell, Goldstein 1998): the next one is the candidate i with the greatest
///
///     (1 - diversity) relevance_i - diversity max_j cosine(y_i, y_j),   j the items chosen so far;
///
/// the maximum is 0 for the first one. The relevance is the score, scaled linearly so that the
/// lowest score of the candidates becomes 0 and the highest 1; this makes it comparable with the
/// cosine. It is 1 if all scores are equal. The cosine is 0 if one of the items has no history,
/// because its factors are 0. Among equal candidates, the one with the higher score is chosen, then
/// the one that comes first in the list.
///
///     const auto candidates = als::recommend(model, user, {.count = 100, .exclude = train[user]});
///     als::diversify(model, candidates, {.count = 10});
///
/// The candidates may be in any order, but the scale depends on all of them: one outlying score
/// makes the relevances of the others nearly equal. Five to ten times `count` candidates are usual.
/// The items returned keep their scores and are in the order in which they were chosen. With a
/// diversity of 0, that is the order of the scores, so a list of `recommend` keeps its order.
///
/// Throws `InputError` if an item is out of range or occurs twice, a score is not finite, the count
/// is negative, or the diversity is out of range. Cost: O(candidates count k); memory: a copy of
/// the candidates' factors. Starts no threads.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> diversify(
    const Model<Scalar>& model,
    std::type_identity_t<std::span<const Scored<Item, Scalar>>> candidates,
    const DiversifyOptions& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/diversify.hpp>
#endif
