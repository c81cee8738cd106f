// SPDX-License-Identifier: MIT
// `evaluate`: how well a model ranks what users went on to use, averaged over users.
#pragma once

#include <als/interactions.hpp>
#include <als/metrics.hpp>
#include <als/model.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Options of `evaluate`.
template <Real Scalar>
struct EvaluateOptions {
    /// Length of the lists that are judged, >= 1.
    std::int64_t k = 10;

    /// Interactions whose items are no candidates for their users: the training data, usually.
    /// Null: all items are candidates, and a model that repeats its training data is rewarded for
    /// it.
    const Interactions<Scalar>* exclude = nullptr;

    /// Cells of the test set below this value are not relevant; not NaN. By default all are; for
    /// ratings, 4 of 5 stars is usual.
    double relevance_threshold = -std::numeric_limits<double>::infinity();

    /// Whether the places of all candidates are looked at, not the first k alone, for AUC and
    /// expected percentile rank. Costs O(items k) for each user, without the stop of `recommend`.
    bool all_places = false;

    /// Candidates drawn at random for each user, beside the relevant items; 0: all items are
    /// candidates. **Metrics of sampled candidates do not rank models as the full metrics do**
    /// (Krichene, Rendle 2020); use it only to compare with publications that did.
    std::int64_t sampled_candidates = 0;

    /// Chooses the sampled candidates.
    std::uint64_t seed = 42;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

/// A metric's values of all users judged, and their mean.
struct Metric {
    double mean = 0;
    double low = 0;              ///< mean +- 1.96 standard errors: 95 % of such intervals
    double high = 0;             ///< hold the mean over all users that there could be
    std::vector<double> values;  ///< of each user, in the order of `Evaluation::users`
};

/// What `evaluate` finds. The metrics are those of the same names in metrics.hpp, at the same k.
struct Evaluation {
    std::vector<User> users;  ///< with something relevant, which is a candidate; no others count

    Metric precision, recall, capped_recall, hit_rate, ndcg;
    Metric average_precision;  ///< its mean is MAP
    Metric reciprocal_rank;    ///< its mean is MRR

    /// Of pairs of a relevant candidate and another one, how many are in the right order, ties
    /// counting half. Only with `all_places`, and of users with both kinds.
    std::optional<Metric> auc;

    /// Hu, Koren, Volinsky 2008, eq. 8: mean place of the relevant cells among the candidates, 0
    /// the first and 1 the last, weighted by their values; 0.5 is chance. Only with `all_places`.
    std::optional<double> expected_percentile_rank;

    double coverage = 0;  ///< items that occur in any list / all items

    /// How popular the items of the lists are: mean number of users that they have in `exclude`
    /// (else in the test set) over the same mean for the relevant items. Above 1 the lists lean
    /// towards the popular more than users do.
    double popularity_bias = 0;
};

/// Judges the lists that a model recommends by a test set: each user's relevant items are those of
/// the user's row in `test`. All items are candidates, except those of `exclude`; say
///
///     als::evaluate(model, test, {.k = 10, .exclude = &train});
///
/// Works for implicit and explicit models and for the baselines (`popularity_model`, `bias_model`),
/// beside which a number has a meaning. Users of whom a model without biases knows nothing get
/// empty lists, and count as misses. Throws `InputError` for options out of range, sizes that
/// differ from the model's, and where no user has anything relevant. Cost: that of `recommend` for
/// all users judged; in parallel, with the same result for any number of threads.
template <Real Scalar>
[[nodiscard]] Evaluation evaluate(const Model<Scalar>& model, const Interactions<Scalar>& test,
                                  const EvaluateOptions<Scalar>& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/evaluate.hpp>
#endif
