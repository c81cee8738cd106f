// SPDX-License-Identifier: MIT
// Explicit instantiations for the scalar ALS_SCALAR: models, and all queries.
#include <als/detail/evaluate.hpp>
#include <als/detail/metrics.hpp>
#include <als/detail/model.hpp>
#include <als/detail/predict.hpp>
#include <als/detail/recommend.hpp>
#include <als/detail/similar.hpp>

namespace als {
inline namespace ALS_ABI {

using Scalar = ALS_SCALAR;
using Data = Interactions<Scalar>;
using Items = std::vector<Scored<Item, Scalar>>;
using Users = std::vector<Scored<User, Scalar>>;

template class Model<Scalar>;

template Scalar predict(const Model<Scalar>&, User, Item, const PredictOptions&);
template Scalar predict(const Model<Scalar>&, const FoldedIn<User, Scalar>&, Item,
                        const PredictOptions&);
template std::vector<Scalar> predict(const Model<Scalar>&, std::span<const Pair>,
                                     const PredictOptions&);
template std::vector<Scalar> predict(const Model<Scalar>&, const Data&, const PredictOptions&);
template double rmse(const Model<Scalar>&, const Data&, const PredictOptions&);
template double mae(const Model<Scalar>&, const Data&, const PredictOptions&);

template Items recommend(const Model<Scalar>&, User, const RecommendOptions&);
template Items recommend(const Model<Scalar>&, const FoldedIn<User, Scalar>&,
                         const RecommendOptions&);
template std::vector<Items> recommend(const Model<Scalar>&, std::span<const User>,
                                      const BatchOptions<Scalar>&);
template std::vector<Items> recommend(const Model<Scalar>&, std::span<const FoldedIn<User, Scalar>>,
                                      const BatchOptions<Scalar>&);
template void detail::recommend_by_blocks(const Model<Scalar>&, const BatchOptions<Scalar>&,
                                          const TakeList<Scalar>&);
template std::vector<Item> popular_items(const Data&);

template Items similar_items(const Model<Scalar>&, Item, const SimilarOptions<Item>&);
template Items similar_items(const Model<Scalar>&, const FoldedIn<Item, Scalar>&,
                             const SimilarOptions<Item>&);
template std::vector<Items> similar_items(const Model<Scalar>&, std::span<const Item>,
                                          const SimilarOptions<Item>&);
template Users similar_users(const Model<Scalar>&, User, const SimilarOptions<User>&);
template Users similar_users(const Model<Scalar>&, const FoldedIn<User, Scalar>&,
                             const SimilarOptions<User>&);
template std::vector<Users> similar_users(const Model<Scalar>&, std::span<const User>,
                                          const SimilarOptions<User>&);

template double precision(const Items&, std::span<const Item>, std::int64_t);
template double recall(const Items&, std::span<const Item>, std::int64_t);
template double capped_recall(const Items&, std::span<const Item>, std::int64_t);
template double hit_rate(const Items&, std::span<const Item>, std::int64_t);
template double ndcg(const Items&, std::span<const Item>, std::int64_t);
template double average_precision(const Items&, std::span<const Item>, std::int64_t);
template double reciprocal_rank(const Items&, std::span<const Item>, std::int64_t);
template Evaluation evaluate(const Model<Scalar>&, const Data&, const EvaluateOptions<Scalar>&);

}  // inline namespace
}  // namespace als
