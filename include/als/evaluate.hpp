// SPDX-License-Identifier: MIT
// `evaluate`: how well a model ranks the items of a test set for each user, averaged over users.
#pragma once

#include <als/interactions.hpp>
#include <als/metrics.hpp>
#include <als/model.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// What a relevant item is worth to NDCG.
enum class Gain {
    binary,       ///< 1
    linear,       ///< its value r in the test set (Jaervelin, Kekaelaeinen 2002)
    exponential,  ///< 2^r - 1 (Burges et al. 2005)
};

/// Options of `evaluate`.
template <Real Scalar>
struct EvaluateOptions {
    /// Length of the lists that are judged, >= 1.
    std::int64_t k = 10;

    /// Interactions, usually the training data, whose items are no candidates for their users.
    /// Null: all items are candidates, which rewards a model for repeating its training data.
    const Interactions<Scalar>* exclude = nullptr;

    /// Only these items are candidates, except those of `exclude`; no other item is relevant, and users
    /// without a relevant candidate do not count. Use it to judge items without history (see
    /// features.hpp) among themselves. In any order; only read during the call.
    std::optional<std::span<const Item>> candidates = std::nullopt;

    /// Test entries below this value are not relevant; not NaN. Not given: for an implicit model the
    /// entries above 0 are relevant (0 is an absent cell to it, and less a dislike), for an explicit
    /// model all. For ratings, 4 of 5 stars is usual. Raising it makes fewer items relevant.
    std::optional<double> relevance_threshold = std::nullopt;

    /// What a relevant item is worth to `Evaluation::ndcg`. With gains other than binary, only values
    /// above 0 are relevant.
    Gain gain = Gain::binary;

    /// Whether to compute AUC and expected percentile rank, which need the places of all candidates
    /// and not just of the first k. Costs O(items factors) for each user: this ranking cannot stop
    /// early as `recommend` does.
    bool all_places = false;

    /// Number of candidates drawn at random for each user, in addition to the relevant items; 0:
    /// all are candidates. **Metrics of sampled candidates do not rank models as the full
    /// metrics do** (Krichene, Rendle 2020); use them only to compare with publications that used
    /// them.
    std::int64_t sampled_candidates = 0;

    /// Chooses the sampled candidates.
    std::uint64_t seed = 42;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

/// The values of a metric for all users judged, and their mean.
struct Metric {
    double mean = 0;
    double low = 0;              ///< low to high is mean +- 1.96 standard errors; 95 % of such
    double high = 0;             ///< intervals contain the mean over all possible users
    std::vector<double> values;  ///< of each user, in the order of `Evaluation::users`
};

/// What `evaluate` finds. The metrics are those of the same names in metrics.hpp, at the same k.
struct Evaluation {
    std::vector<User> users;  ///< those with a relevant candidate; no others count

    Metric precision, recall, capped_recall, hit_rate, ndcg;
    Metric average_precision;  ///< its mean is MAP
    Metric reciprocal_rank;    ///< its mean is MRR

    /// The fraction of pairs of a relevant and another candidate that are in the right order; ties
    /// count half. Only with `all_places`, and only over users who have both kinds.
    std::optional<Metric> auc;

    /// Hu, Koren, Volinsky 2008, eq. 8: mean place of the relevant entries among the candidates,
    /// weighted by their values; values <= 0 have no weight. 0 is the first place and 1 the last;
    /// 0.5 is chance. Only with `all_places`, and only if a value is above 0.
    std::optional<double> expected_percentile_rank;

    double coverage = 0;  ///< items that occur in any list / all items, or `candidates`

    /// How popular the items of the lists are: their mean number of users, divided by that of the
    /// relevant items. Users are counted in `exclude` if it is given, else in the test set. Above
    /// 1, the lists favour popular items more than users do.
    double popularity_bias = 0;
};

/// Judges the lists that a model recommends against a test set. A user's relevant items are those
/// of the user's row in `test`. All items are candidates, or `candidates`, except those of `exclude`:
///
///     als::evaluate(model, test, {.k = 10, .exclude = &train});
///
/// Works for implicit and explicit models and for the baselines (`popularity_model`, `bias_model`).
/// Compare with a baseline: a number alone says little. Users without history in a model without
/// biases get empty lists, and items of which the model knows nothing are not recommended; both
/// count as misses. Throws `InputError` if an option is out of range,
/// if ids or sizes differ from the model's, or if no user has a relevant item. Cost: that of `recommend`
/// for all users judged. Runs in parallel, with the same result for any number of threads.
template <Real Scalar>
[[nodiscard]] Evaluation evaluate(const Model<Scalar>& model, const Interactions<Scalar>& test,
                                  const EvaluateOptions<Scalar>& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/evaluate.hpp>
#endif
