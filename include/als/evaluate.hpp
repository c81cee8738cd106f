// SPDX-License-Identifier: MIT
// `evaluate`: how well a model ranks each user's items of a test set, averaged over the users.
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

    /// Interactions whose items are no candidates for their users: usually the training data. Null:
    /// all items are candidates, which rewards a model for repeating its training data.
    const Interactions<Scalar>* exclude = nullptr;

    /// Only these items, in any order, are candidates, except those of `exclude`. No other item is
    /// relevant, and users without a relevant candidate do not count. Use it to judge items without
    /// history (see features.hpp) among themselves. The list is only read during the call.
    std::optional<std::span<const Item>> candidates = std::nullopt;

    /// Test entries below this value are not relevant; not NaN. Not given: all entries are relevant
    /// to an explicit model, and those above 0 to an implicit one (0 is an absent cell to it, and a
    /// negative value a dislike). For ratings, 4 of 5 stars is usual. Raising it makes fewer items
    /// relevant.
    std::optional<double> relevance_threshold = std::nullopt;

    /// What a relevant item is worth to `Evaluation::ndcg`. With a gain other than binary, only
    /// values above 0 are relevant.
    Gain gain = Gain::binary;

    /// Whether to compute AUC and the expected percentile rank, which need the places of all
    /// candidates and not just of the first k. Costs O(items factors) for each user, because this
    /// ranking cannot stop early like that of `recommend`.
    bool all_places = false;

    /// Number of candidates drawn at random for each user, in addition to the relevant items, >= 0;
    /// 0: all items are candidates. **Metrics of sampled candidates do not rank models as the full
    /// metrics do** (Krichene, Rendle 2020). Use them only to compare with publications that used
    /// them.
    std::int64_t sampled_candidates = 0;

    /// Seed of the sampled candidates.
    std::uint64_t seed = 42;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

/// A metric of each user judged, and its mean. The interval [low, high] is mean +- 1.96 standard
/// errors; 95 % of such intervals contain the mean over all possible users.
struct Metric {
    double mean = 0;             ///< mean of `values`
    double low = 0;              ///< lower end of the interval
    double high = 0;             ///< upper end of the interval
    std::vector<double> values;  ///< one for each user, in the order of `Evaluation::users`
};

/// The result of `evaluate`. The metrics are those of the same names in metrics.hpp, with the same
/// k.
struct Evaluation {
    std::vector<User> users;  ///< the users judged: those with a relevant candidate

    Metric precision;          ///< hits / k
    Metric recall;             ///< hits / relevant items
    Metric capped_recall;      ///< hits / the most that are possible
    Metric hit_rate;           ///< its mean is the fraction of users with a hit
    Metric ndcg;               ///< with the gains of `EvaluateOptions::gain`
    Metric average_precision;  ///< its mean is MAP
    Metric reciprocal_rank;    ///< its mean is MRR

    /// AUC: the fraction of pairs of a relevant and another candidate that are in the right order;
    /// ties count half. Only with `all_places`, and only over users who have both kinds.
    std::optional<Metric> auc;

    /// Mean place of the relevant entries among the candidates, weighted by their values (Hu,
    /// Koren, Volinsky 2008, eq. 8); values <= 0 have no weight. 0 is the first place, 1 the last,
    /// and 0.5 is chance. Only with `all_places`, and only if a value is above 0.
    std::optional<double> expected_percentile_rank;

    double coverage = 0;  ///< (items that occur in a list) / (all items, or `candidates`)

    /// How popular the recommended items are: their mean number of users, divided by that of the
    /// relevant items. Users are counted in `exclude` if it is given, else in the test set. If it
    /// is above 1, the lists favour popular items more than the users do.
    double popularity_bias = 0;
};

/// Judges the lists that a model recommends against a test set. A user's relevant items are those
/// in the user's row of `test`. The candidates are all items, or `candidates`, except those of
/// `exclude`:
///
///     als::evaluate(model, test, {.k = 10, .exclude = &train});
///
/// Works for implicit and explicit models and for the baselines (`popularity_model`, `bias_model`).
/// Compare with a baseline: a number alone says little. Users without history get empty lists from
/// a model without biases, and items that the model knows nothing of are not recommended; both
/// count as misses.
///
/// Throws `InputError` if an option is out of range, if ids or sizes differ from the model's, or if
/// no user has a relevant item. Cost: that of `recommend` for all users judged. Runs in parallel,
/// with the same result for any number of threads.
template <Real Scalar>
[[nodiscard]] Evaluation evaluate(const Model<Scalar>& model, const Interactions<Scalar>& test,
                                  const EvaluateOptions<Scalar>& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/evaluate.hpp>
#endif
