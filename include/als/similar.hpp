// SPDX-License-Identifier: MIT
// `similar_items` and `similar_users`: neighbours in the space of factors.
#pragma once

#include <als/detail/parallel.hpp>
#include <als/detail/top_k.hpp>
#include <als/predict.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace als::inline ALS_ABI {

/// What similar means.
enum class Similarity {
    cosine,  ///< a . b / (|a| |b|), from -1 to 1: the same taste, whatever the strength
    dot,     ///< a . b: popular items and active users come first
};

/// Options of `similar_items` (`Index` = `Item`) and `similar_users` (`User`).
template <Id Index>
struct SimilarOptions {
    /// Number of neighbours wanted, >= 0.
    std::int64_t count = 10;

    /// How they are compared.
    Similarity similarity = Similarity::cosine;

    /// Neighbours that must not appear, in any order.
    std::span<const Index> exclude = {};

    /// Only neighbours as similar as this, or more, appear; not NaN.
    double minimum_score = -std::numeric_limits<double>::infinity();

    /// Threads of a query for many, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

namespace detail {

/// Answers `count` queries: position n is the row row_at(n); row itself_at(n) (-1:
/// none) is left out.
template <Id Index, Real Scalar, typename RowAt, typename ItselfAt>
std::vector<std::vector<Scored<Index, Scalar>>> similar_rows(
    const std::string& function, const Model<Scalar>& model, const SimilarOptions<Index>& options,
    std::int64_t count, int threads, const RowAt& row_at, const ItselfAt& itself_at) {
    const bool users = std::same_as<Index, User>;
    const Side<Scalar>& side = users ? model.parameters().users : model.parameters().items;
    const Wanted wanted{options.count, options.minimum_score};
    check_wanted(function, wanted);
    check_range("als::SimilarOptions::threads", options.threads, 0, unbounded);
    for (const Index id : options.exclude)
        check_index<Index>(function + ": exclude", id.index, side.factors.rows(),
                           users ? model.item_count() : model.user_count());
    const SortedIds<Index> excluded(options.exclude);
    const NormOrder& order = model.template norm_order<Index>();
    const Candidates<Scalar> candidates{side.factors, nullptr, order, order.nonzero(),
                                        options.similarity == Similarity::cosine};

    std::vector<std::vector<Scored<Index, Scalar>>> lists(static_cast<std::size_t>(count));
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
                         if (is_zero(row, model.factors())) continue;  // similar to nothing
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
                         lists[static_cast<std::size_t>(positions[q])] = std::move(found[q]);
                 });
    return lists;
}

/// The neighbours of some users or items of the model.
template <Id Index, Real Scalar>
std::vector<std::vector<Scored<Index, Scalar>>> similar_to(const std::string& function,
                                                           const Model<Scalar>& model,
                                                           std::span<const Index> ids, int threads,
                                                           const SimilarOptions<Index>& options) {
    const bool users = std::same_as<Index, User>;
    const Side<Scalar>& side = users ? model.parameters().users : model.parameters().items;
    for (const Index id : ids)
        check_index<Index>(function, id.index, side.factors.rows(),
                           users ? model.item_count() : model.user_count());
    const auto index_at = [&](std::int64_t n) { return ids[static_cast<std::size_t>(n)].index; };
    return similar_rows<Index>(
        function, model, options, static_cast<std::int64_t>(ids.size()), threads,
        [&](std::int64_t n) { return side.factors.row(index_at(n)).data(); }, index_at);
}

/// The neighbours of a folded-in user or item.
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

/// The items whose factors are most similar to an item's, most similar first, then index ascending;
/// the item itself, those excluded and items without history never appear; an item without history
/// has no neighbours. Throws `InputError` for an index out of range, a negative count and a minimum
/// that is not a number. Cost: O(items k); starts no threads.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> similar_items(
    const Model<Scalar>& model, Item item, const SimilarOptions<Item>& options = {}) {
    return std::move(detail::similar_to("als::similar_items", model,
                                        std::span(&std::as_const(item), 1), 1, options)[0]);
}

/// The same for a folded-in item: all items of the model are candidates.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> similar_items(
    const Model<Scalar>& model, const FoldedIn<Item, Scalar>& item,
    const SimilarOptions<Item>& options = {}) {
    return detail::similar_to("als::similar_items", model, item, options);
}

/// The same for many items, in parallel: one list for each, in their order.
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<Item, Scalar>>> similar_items(
    const Model<Scalar>& model, std::type_identity_t<std::span<const Item>> items,
    const SimilarOptions<Item>& options = {}) {
    return detail::similar_to("als::similar_items", model, items, options.threads, options);
}

/// The users whose factors are most similar to a user's; else as `similar_items`.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<User, Scalar>> similar_users(
    const Model<Scalar>& model, User user, const SimilarOptions<User>& options = {}) {
    return std::move(detail::similar_to("als::similar_users", model,
                                        std::span(&std::as_const(user), 1), 1, options)[0]);
}

/// The same for a folded-in user: all users of the model are candidates.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<User, Scalar>> similar_users(
    const Model<Scalar>& model, const FoldedIn<User, Scalar>& user,
    const SimilarOptions<User>& options = {}) {
    return detail::similar_to("als::similar_users", model, user, options);
}

/// The same for many users, in parallel: one list for each, in their order.
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<User, Scalar>>> similar_users(
    const Model<Scalar>& model, std::type_identity_t<std::span<const User>> users,
    const SimilarOptions<User>& options = {}) {
    return detail::similar_to("als::similar_users", model, users, options.threads, options);
}

}  // namespace als::inline ALS_ABI
