// SPDX-License-Identifier: MIT
// The implementation of <als/similar.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/model.hpp>
#include <als/detail/predict.hpp>
#include <als/detail/rank/ranker.hpp>
#include <als/detail/rank/sorted_ids.hpp>
#include <als/similar.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {

namespace detail {

/// Answers `count` queries. Query n is the row row_at(n); its list omits the row itself_at(n) (-1:
/// none).
template <Id Index, Real Scalar, typename RowAt, typename ItselfAt>
std::vector<std::vector<Scored<Index, Scalar>>> similar_rows(
    const std::string& function, const Model<Scalar>& model, const SimilarOptions<Index>& options,
    std::int64_t count, int threads, const RowAt& row_at, const ItselfAt& itself_at) {
    const Side<Scalar>& side = side_of<Index>(model);
    const Wanted wanted{options.count, options.minimum_score};
    check_wanted(function, wanted);
    check_threads("als::SimilarOptions::threads", options.threads);
    for (const Index id : options.exclude) check_id(function + ": exclude", model, id);
    const SortedIds<Index> excluded(options.exclude);
    const NormOrder& order = ModelAccess::norm_order<Index>(model);
    const Candidates<Scalar> candidates{side.factors, nullptr, order, order.nonzero(),
                                        options.similarity == Similarity::cosine};

    std::vector<std::vector<Scored<Index, Scalar>>> lists(to_size(count));
    const Workers workers{thread_count(threads)};
    using Neighbours = Ranker<Index, Scalar>;
    const std::int64_t together =
        queries_together(count, workers.threads, Neighbours::queries_at_a_time(options.count));
    parallel_for((count + together - 1) / together, 1, workers,
                 [&] { return Neighbours(candidates, wanted, workers.instructions); },
                 [&](Neighbours& ranker, std::int64_t block) {
                     std::vector<Point<Scalar>> points;
                     std::vector<std::int64_t> positions;
                     const std::int64_t end = std::min(count, (block + 1) * together);
                     for (std::int64_t n = block * together; n < end; ++n) {
                         const Scalar* const row = row_at(n);
                         if (is_zero(row, model.factors())) continue;  // no history: no neighbours
                         points.push_back({row, 0});
                         positions.push_back(n);
                     }
                     std::vector<std::vector<Scored<Index, Scalar>>> found(points.size());
                     ranker.rank(
                         points,
                         [&](std::size_t q, Index id) {
                             return id.index != itself_at(positions[q]) && !excluded.contains(id);
                         },
                         found.data());
                     for (std::size_t q = 0; q < found.size(); ++q)
                         lists[to_size(positions[q])] = std::move(found[q]);
                 });
    return lists;
}

/// Returns the neighbours of some users or items of the model.
template <Id Index, Real Scalar>
std::vector<std::vector<Scored<Index, Scalar>>> similar_to(const std::string& function,
                                                           const Model<Scalar>& model,
                                                           std::span<const Index> ids, int threads,
                                                           const SimilarOptions<Index>& options) {
    const Side<Scalar>& side = side_of<Index>(model);
    for (const Index id : ids) check_id(function, model, id);
    const auto index_at = [&](std::int64_t n) { return ids[to_size(n)].index; };
    return similar_rows<Index>(
        function, model, options, to_count(ids.size()), threads,
        [&](std::int64_t n) { return side.factors.data() + index_at(n) * side.factors.cols(); },
        index_at);
}

/// Returns the neighbours of a folded-in user or item.
template <Id Index, Real Scalar>
std::vector<Scored<Index, Scalar>> similar_to(const std::string& function,
                                              const Model<Scalar>& model,
                                              const FoldedIn<Index, Scalar>& newcomer,
                                              const SimilarOptions<Index>& options) {
    const Point<Scalar> point = checked_point(function, model, newcomer);
    return std::move(similar_rows<Index>(
        function, model, options, 1, 1, [&](std::int64_t) { return point.factors; },
        [](std::int64_t) { return -1; })[0]);
}

}  // namespace detail

template <Real Scalar>
std::vector<Scored<Item, Scalar>> similar_items(const Model<Scalar>& model, Item item,
                                                const SimilarOptions<Item>& options) {
    return std::move(detail::similar_to("als::similar_items", model,
                                        std::span(&std::as_const(item), 1), 1, options)[0]);
}

template <Real Scalar>
std::vector<Scored<Item, Scalar>> similar_items(const Model<Scalar>& model,
                                                const FoldedIn<Item, Scalar>& item,
                                                const SimilarOptions<Item>& options) {
    return detail::similar_to("als::similar_items", model, item, options);
}

template <Real Scalar>
std::vector<std::vector<Scored<Item, Scalar>>> similar_items(
    const Model<Scalar>& model, std::type_identity_t<std::span<const Item>> items,
    const SimilarOptions<Item>& options) {
    return detail::similar_to("als::similar_items", model, items, options.threads, options);
}

template <Real Scalar>
std::vector<Scored<User, Scalar>> similar_users(const Model<Scalar>& model, User user,
                                                const SimilarOptions<User>& options) {
    return std::move(detail::similar_to("als::similar_users", model,
                                        std::span(&std::as_const(user), 1), 1, options)[0]);
}

template <Real Scalar>
std::vector<Scored<User, Scalar>> similar_users(const Model<Scalar>& model,
                                                const FoldedIn<User, Scalar>& user,
                                                const SimilarOptions<User>& options) {
    return detail::similar_to("als::similar_users", model, user, options);
}

template <Real Scalar>
std::vector<std::vector<Scored<User, Scalar>>> similar_users(
    const Model<Scalar>& model, std::type_identity_t<std::span<const User>> users,
    const SimilarOptions<User>& options) {
    return detail::similar_to("als::similar_users", model, users, options.threads, options);
}

}  // inline namespace
}  // namespace als
