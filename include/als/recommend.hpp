// SPDX-License-Identifier: MIT
// `recommend`: the best items for a user of the model, for a folded-in user, and for many users.
// `recommend_everyone`: the best items for all users of the model.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/types.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Options of `recommend` for one user. Lists of items may be in any order and are only read during
/// the call.
struct RecommendOptions {
    /// Number of items wanted, >= 0.
    std::int64_t count = 10;

    /// Items that must not appear: usually the user's row of the training data, or a `History`.
    std::span<const Item> exclude = {};

    /// More items that must not appear, for example because they are out of stock or the user
    /// blocked them.
    std::span<const Item> deny = {};

    /// Only these items may appear, except those excluded or denied. If not given, all items may
    /// appear; an empty list allows none.
    std::optional<std::span<const Item>> allow = std::nullopt;

    /// Only items with at least this score appear; not NaN. Raising it can make the list shorter.
    double minimum_score = -std::numeric_limits<double>::infinity();

    /// Clip the scores of explicit models to the range of the training ratings. The unclipped
    /// scores still decide the order and are compared with `minimum_score`.
    bool clip = false;

    /// What to recommend, in this order, to a user that the model knows nothing of: for example the
    /// most popular items (see `popular_items`). Items that must not appear are left out;
    /// `minimum_score` is ignored. Without a fallback, such a user gets an empty list.
    std::span<const Item> fallback = {};

    /// Whether items that the model knows nothing of may appear: their factors and biases are 0,
    /// like those of items without entries in the training data. An explicit model would rank them
    /// before all items that it predicts below the user's mean, an implicit one before those with a
    /// negative score.
    bool unknown_items = false;
};

/// The own lists of one of many users (or items).
template <Id Listed>
struct OwnLists {
    /// See `RecommendOptions::deny`.
    std::span<const Listed> deny = {};

    /// See `RecommendOptions::allow`.
    std::optional<std::span<const Listed>> allow = std::nullopt;
};
using ItemLists = OwnLists<Item>;  ///< a user's lists of items
using UserLists = OwnLists<User>;  ///< an item's lists of users

/// Options of `recommend` for many users and of `recommend_everyone`.
template <Real Scalar>
struct BatchOptions {
    /// Number of items wanted for each user, >= 0.
    std::int64_t count = 10;

    /// Interactions whose items must not appear for their users (the training data), or null. For
    /// folded-in users, row n belongs to the n-th user.
    const Interactions<Scalar>* exclude = nullptr;

    /// As in `RecommendOptions`, for all users.
    std::span<const Item> deny = {};

    /// As in `RecommendOptions`, for all users.
    std::optional<std::span<const Item>> allow = std::nullopt;

    /// Returns a user's own lists, which add to the common ones. It is called from several threads
    /// at once, with the user's position among the users asked for (in `recommend_everyone`, the
    /// user's index). The lists that it returns must stay valid during the call of `recommend`.
    std::function<ItemLists(std::size_t)> own_lists = {};

    /// As in `RecommendOptions`.
    double minimum_score = -std::numeric_limits<double>::infinity();

    /// As in `RecommendOptions`.
    bool clip = false;

    /// As in `RecommendOptions`.
    std::span<const Item> fallback = {};

    /// As in `RecommendOptions`.
    bool unknown_items = false;

    /// How many users' lists `recommend_everyone` holds at a time, >= 1; each takes about 8 count
    /// bytes (16 count for double). Raising it beyond a few thousand per thread gains nothing.
    std::int64_t block_users = 16384;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

/// Returns the items with the highest scores (see `predict`) for a user, by score descending, then
/// by index ascending: exactly the list that scoring and sorting all items would give.
///
/// Items never appear if they are excluded, denied or not allowed, if their score is not finite,
/// or, unless `unknown_items`, if the model knows nothing of them. If fewer than `count` candidates
/// remain, the list is shorter. Explicit models rank by the predicted rating, biases included. For
/// a user without history, an explicit model with biases ranks by mean + item bias. Any other model
/// knows nothing of such a user: the list is `fallback`, or empty.
///
/// Throws `InputError` if an index is out of range, the count is negative, or the minimum is not a
/// number. Cost: at most O(items k); the search ends as soon as no further item can be among the
/// best. Starts no threads.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> recommend(const Model<Scalar>& model, User user,
                                                          const RecommendOptions& options = {});

/// Like `recommend` above, for a folded-in user.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> recommend(const Model<Scalar>& model,
                                                          const FoldedIn<User, Scalar>& user,
                                                          const RecommendOptions& options = {});

/// Recommends items to many users, in parallel. Returns one list for each user, in their order.
/// Otherwise like `recommend` for one user.
///
///     als::recommend(model, users, {.count = 10, .exclude = &train});
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<Item, Scalar>>> recommend(
    const Model<Scalar>& model, std::type_identity_t<std::span<const User>> users,
    const BatchOptions<Scalar>& options = {});

/// Recommends items to many folded-in users, in parallel. Row n of `exclude` belongs to the n-th
/// user.
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<Item, Scalar>>> recommend(
    const Model<Scalar>& model, std::type_identity_t<std::span<const FoldedIn<User, Scalar>>> users,
    const BatchOptions<Scalar>& options = {});

namespace detail {

template <Real Scalar, Id Listed>
using TakeList = std::function<void(Opposite<Listed>, std::span<const Scored<Listed, Scalar>>)>;

template <Real Scalar>
void recommend_by_blocks(const Model<Scalar>& model, const BatchOptions<Scalar>& options,
                         const TakeList<Scalar, Item>& take);

}  // namespace detail

/// Recommends items to every user of the model and passes each list to
/// `take(User, std::span<const Scored<Item, Scalar>>)`, users ascending, in the calling thread.
///
///     als::recommend_everyone(model, {.count = 10, .exclude = &train},
///                             [&](als::User user, auto items) { write(user, items); });
///
/// Computes the lists of `block_users` users at a time, in parallel, so memory does not grow with
/// the number of users. An exception from `take` ends the call and reaches the caller. Otherwise
/// like `recommend`.
template <Real Scalar, typename Take>
void recommend_everyone(const Model<Scalar>& model, const BatchOptions<Scalar>& options,
                        Take&& take) {
    static_assert(
        std::is_invocable_v<Take&, User, std::span<const Scored<Item, Scalar>>>,
        "als::recommend_everyone calls take(als::User, std::span<const als::Scored<als::Item, "
        "Scalar>>) for each user: write [&](als::User user, auto items) { ... }");
    detail::recommend_by_blocks<Scalar>(model, options, std::ref(take));
}

/// Returns all items by their number of users, descending, then by index. Use it as
/// `RecommendOptions::fallback` and as the simplest baseline. Stored zeros count. Cost: O(items log
/// items).
template <Real Scalar>
[[nodiscard]] std::vector<Item> popular_items(const Interactions<Scalar>& interactions);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/recommend.hpp>
#endif
