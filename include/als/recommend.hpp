// SPDX-License-Identifier: MIT
// `recommend`: the best items for a user of the model, for a folded-in one, or for many users.
#pragma once

#include <als/detail/parallel.hpp>
#include <als/detail/top_k.hpp>
#include <als/predict.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace als::inline ALS_ABI {

/// Options of `recommend` for one user.
struct RecommendOptions {
    /// Number of items wanted, >= 0.
    std::int64_t count = 10;

    /// Items that must not appear, in any order: a user's row of the training data, or a `History`.
    /// It is only looked at during the call.
    std::span<const Item> exclude = {};
};

/// Options of `recommend` for many users.
template <Real Scalar>
struct BatchOptions {
    /// Number of items wanted for each user, >= 0.
    std::int64_t count = 10;

    /// Interactions whose items must not appear for their users (the training data), or null.
    const Interactions<Scalar>* exclude = nullptr;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

namespace detail {

/// The best items for one user; `excluded` is sorted.
template <Real Scalar>
std::vector<Scored<Item, Scalar>> best_items(const Model<Scalar>& model, const Query<Scalar>& user,
                                             std::int64_t count, std::span<const Item> excluded) {
    TopK<Item, Scalar> best(count);
    auto skip = excluded.begin();
    for (std::int32_t i = 0; i < model.item_count(); ++i) {
        while (skip != excluded.end() && skip->index < i) ++skip;
        if (skip != excluded.end() && skip->index == i) continue;
        best.offer(Item{i}, score(model, user, row_of(model.parameters().items, i)));
    }
    return std::move(best).take();
}

template <Real Scalar>
std::vector<Scored<Item, Scalar>> recommend_to(const Model<Scalar>& model,
                                               const Query<Scalar>& user,
                                               const RecommendOptions& options) {
    check_result_count("als::recommend", options.count);
    for (const Item item : options.exclude) check_item("als::recommend: exclude", model, item);
    if (std::is_sorted(options.exclude.begin(), options.exclude.end()))
        return best_items(model, user, options.count, options.exclude);
    std::vector<Item> sorted(options.exclude.begin(), options.exclude.end());
    std::sort(sorted.begin(), sorted.end());
    return best_items<Scalar>(model, user, options.count, sorted);
}

}  // namespace detail

/// The items with the highest scores (see `predict`) for a user, score descending, then index
/// ascending.
///
/// Excluded items never appear; where fewer candidates than `count` are left, the list is shorter.
/// Explicit models rank by the predicted rating, biases included. A user without history has zero
/// factors: every implicit score is then 0 and tells nothing, an explicit one is mean + item bias.
/// Throws `InputError` for an index out of range and a negative count. Cost: O(items k); starts no
/// threads.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> recommend(const Model<Scalar>& model, User user,
                                                          const RecommendOptions& options = {}) {
    detail::check_user("als::recommend", model, user);
    return detail::recommend_to(model, detail::row_of(model.parameters().users, user.index),
                                options);
}

/// The same for a folded-in user.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> recommend(const Model<Scalar>& model,
                                                          const FoldedIn<User, Scalar>& user,
                                                          const RecommendOptions& options = {}) {
    return detail::recommend_to(model, detail::checked_query("als::recommend", model, user),
                                options);
}

/// The same for many users, in parallel: one list for each, in their order.
///
///     als::recommend(model, users, {.count = 10, .exclude = &train});
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<Item, Scalar>>> recommend(
    const Model<Scalar>& model, std::type_identity_t<std::span<const User>> users,
    const BatchOptions<Scalar>& options = {}) {
    detail::check_result_count("als::recommend", options.count);
    for (const User user : users) detail::check_user("als::recommend", model, user);
    if (options.exclude != nullptr)
        detail::check_fits("als::recommend: exclude", *options.exclude, model);

    std::vector<std::vector<Scored<Item, Scalar>>> lists(users.size());
    detail::check_range("als::BatchOptions::threads", options.threads, 0, detail::unbounded);
    detail::parallel_for(
        static_cast<std::int64_t>(users.size()), 16,
        detail::Workers{detail::thread_count(options.threads)}, [&](std::int64_t at) {
            const User user = users[static_cast<std::size_t>(at)];
            const std::span<const Item> excluded = options.exclude != nullptr
                                                       ? (*options.exclude)[user].ids()
                                                       : std::span<const Item>();
            lists[static_cast<std::size_t>(at)] =
                detail::best_items(model, detail::row_of(model.parameters().users, user.index),
                                   options.count, excluded);
        });
    return lists;
}

}  // namespace als::inline ALS_ABI
