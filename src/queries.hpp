// SPDX-License-Identifier: MIT
// Explicit instantiations for the scalar ALS_SCALAR: models, and all queries.
#include <als/detail/diversify.hpp>
#include <als/detail/evaluate.hpp>
#include <als/detail/features.hpp>
#include <als/detail/metrics.hpp>
#include <als/detail/model.hpp>
#include <als/detail/predict.hpp>
#include <als/detail/recommend.hpp>
#include <als/detail/recommend_users.hpp>
#include <als/detail/similar.hpp>

namespace als {
inline namespace ALS_ABI {

template class Model<ALS_SCALAR>;

template ALS_SCALAR predict(const Model<ALS_SCALAR>&, User, Item, const PredictOptions&);
template ALS_SCALAR predict(const Model<ALS_SCALAR>&, const FoldedIn<User, ALS_SCALAR>&, Item,
                            const PredictOptions&);
template std::vector<ALS_SCALAR> predict(const Model<ALS_SCALAR>&, std::span<const Pair>,
                                         const PredictOptions&);
template std::vector<ALS_SCALAR> predict(const Model<ALS_SCALAR>&, const Interactions<ALS_SCALAR>&,
                                         const PredictOptions&);
template double rmse(const Model<ALS_SCALAR>&, const Interactions<ALS_SCALAR>&,
                     const PredictOptions&);
template double mae(const Model<ALS_SCALAR>&, const Interactions<ALS_SCALAR>&,
                    const PredictOptions&);

template std::vector<Scored<Item, ALS_SCALAR>> recommend(const Model<ALS_SCALAR>&, User,
                                                         const RecommendOptions&);
template std::vector<Scored<Item, ALS_SCALAR>> recommend(const Model<ALS_SCALAR>&,
                                                         const FoldedIn<User, ALS_SCALAR>&,
                                                         const RecommendOptions&);
template std::vector<std::vector<Scored<Item, ALS_SCALAR>>> recommend(
    const Model<ALS_SCALAR>&, std::span<const User>, const BatchOptions<ALS_SCALAR>&);
template std::vector<std::vector<Scored<Item, ALS_SCALAR>>> recommend(
    const Model<ALS_SCALAR>&, std::span<const FoldedIn<User, ALS_SCALAR>>,
    const BatchOptions<ALS_SCALAR>&);
template void detail::recommend_by_blocks(const Model<ALS_SCALAR>&, const BatchOptions<ALS_SCALAR>&,
                                          const TakeList<ALS_SCALAR, Item>&);
template std::vector<Item> popular_items(const Interactions<ALS_SCALAR>&);

template std::vector<Scored<User, ALS_SCALAR>> recommend_users(const Model<ALS_SCALAR>&, Item,
                                                               const RecommendUsersOptions&);
template std::vector<Scored<User, ALS_SCALAR>> recommend_users(const Model<ALS_SCALAR>&,
                                                               const FoldedIn<Item, ALS_SCALAR>&,
                                                               const RecommendUsersOptions&);
template std::vector<std::vector<Scored<User, ALS_SCALAR>>> recommend_users(
    const Model<ALS_SCALAR>&, std::span<const Item>, const BatchUsersOptions<ALS_SCALAR>&);
template std::vector<std::vector<Scored<User, ALS_SCALAR>>> recommend_users(
    const Model<ALS_SCALAR>&, std::span<const FoldedIn<Item, ALS_SCALAR>>,
    const BatchUsersOptions<ALS_SCALAR>&);
template void detail::recommend_users_by_blocks(const Model<ALS_SCALAR>&,
                                                const BatchUsersOptions<ALS_SCALAR>&,
                                                const TakeList<ALS_SCALAR, User>&);
template std::vector<User> active_users(const Interactions<ALS_SCALAR>&);

template std::vector<Scored<Item, ALS_SCALAR>> diversify(const Model<ALS_SCALAR>&,
                                                         std::span<const Scored<Item, ALS_SCALAR>>,
                                                         const DiversifyOptions&);

template std::vector<Scored<Item, ALS_SCALAR>> similar_items(const Model<ALS_SCALAR>&, Item,
                                                             const SimilarOptions<Item>&);
template std::vector<Scored<Item, ALS_SCALAR>> similar_items(const Model<ALS_SCALAR>&,
                                                             const FoldedIn<Item, ALS_SCALAR>&,
                                                             const SimilarOptions<Item>&);
template std::vector<std::vector<Scored<Item, ALS_SCALAR>>> similar_items(
    const Model<ALS_SCALAR>&, std::span<const Item>, const SimilarOptions<Item>&);
template std::vector<Scored<User, ALS_SCALAR>> similar_users(const Model<ALS_SCALAR>&, User,
                                                             const SimilarOptions<User>&);
template std::vector<Scored<User, ALS_SCALAR>> similar_users(const Model<ALS_SCALAR>&,
                                                             const FoldedIn<User, ALS_SCALAR>&,
                                                             const SimilarOptions<User>&);
template std::vector<std::vector<Scored<User, ALS_SCALAR>>> similar_users(
    const Model<ALS_SCALAR>&, std::span<const User>, const SimilarOptions<User>&);

template double precision(const std::vector<Scored<Item, ALS_SCALAR>>&, std::span<const Item>,
                          std::int64_t);
template double recall(const std::vector<Scored<Item, ALS_SCALAR>>&, std::span<const Item>,
                       std::int64_t);
template double capped_recall(const std::vector<Scored<Item, ALS_SCALAR>>&, std::span<const Item>,
                              std::int64_t);
template double hit_rate(const std::vector<Scored<Item, ALS_SCALAR>>&, std::span<const Item>,
                         std::int64_t);
template double ndcg(const std::vector<Scored<Item, ALS_SCALAR>>&, std::span<const Item>,
                     std::span<const double>, std::int64_t);
template double ndcg(const std::vector<Scored<Item, ALS_SCALAR>>&, std::span<const Item>,
                     std::int64_t);
template double average_precision(const std::vector<Scored<Item, ALS_SCALAR>>&,
                                  std::span<const Item>, std::int64_t);
template double reciprocal_rank(const std::vector<Scored<Item, ALS_SCALAR>>&, std::span<const Item>,
                                std::int64_t);
template Evaluation evaluate(const Model<ALS_SCALAR>&, const Interactions<ALS_SCALAR>&,
                             const EvaluateOptions<ALS_SCALAR>&);

template class FeatureMap<User, ALS_SCALAR>;
template class FeatureMap<Item, ALS_SCALAR>;
template FeatureMap<User, ALS_SCALAR> fit_feature_map(const Model<ALS_SCALAR>&,
                                                      const FeatureMatrix<ALS_SCALAR>&,
                                                      const FeatureMapOptions&);
template FeatureMap<Item, ALS_SCALAR> fit_feature_map(const Model<ALS_SCALAR>&,
                                                      const FeatureMatrix<ALS_SCALAR>&,
                                                      const FeatureMapOptions&);
template FoldedIn<User, ALS_SCALAR> from_features(const FeatureMap<User, ALS_SCALAR>&,
                                                  const FeatureRow<ALS_SCALAR>&);
template FoldedIn<Item, ALS_SCALAR> from_features(const FeatureMap<Item, ALS_SCALAR>&,
                                                  const FeatureRow<ALS_SCALAR>&);
template Model<ALS_SCALAR> with_cold_rows(const Model<ALS_SCALAR>&,
                                          const FeatureMap<User, ALS_SCALAR>&,
                                          const FeatureMatrix<ALS_SCALAR>&);
template Model<ALS_SCALAR> with_cold_rows(const Model<ALS_SCALAR>&,
                                          const FeatureMap<Item, ALS_SCALAR>&,
                                          const FeatureMatrix<ALS_SCALAR>&);

}  // inline namespace
}  // namespace als

#undef ALS_SCALAR
