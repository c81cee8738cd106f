// SPDX-License-Identifier: MIT
// `recommend_users`: the best users for an item of the model, for a folded-in item, and for many
// items. `recommend_users_for_all`: the best users for all items of the model.
#pragma once

#include <als/recommend.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Options of `recommend_users` for one item: those of `RecommendOptions`, for lists of users.
struct RecommendUsersOptions {
    /// Number of users wanted, >= 0.
    std::int64_t count = 10;

    /// Users that must not appear: usually the item's row of the training data, or a `History`.
    std::span<const User> exclude = {};

    /// More users that must not appear, for example because they do not want to be told.
    std::span<const User> deny = {};

    /// Only these users may appear, except those excluded or denied. If not given, all users may
    /// appear; an empty list allows none.
    std::optional<std::span<const User>> allow = std::nullopt;

    /// Only users with at least this score appear; not NaN. Raising it can make the list shorter.
    double minimum_score = -std::numeric_limits<double>::infinity();

    /// Clip the scores of explicit models to the range of the training ratings. The unclipped
    /// scores still decide the order and are compared with `minimum_score`.
    bool clip = false;

    /// Which users to return, in this order, for an item that the model knows nothing of: for
    /// example the most active users (see `active_users`). Users that must not appear are left out;
    /// `minimum_score` is ignored. Without a fallback, such an item gets an empty list.
    std::span<const User> fallback = {};

    /// Whether users that the model knows nothing of may appear: their factors and biases are 0,
    /// like those of users without entries in the training data. An explicit model would rank them
    /// before all users for whom it predicts less than the item's mean, an implicit one before
    /// those with a negative score.
    bool unknown_users = false;
};

/// Options of `recommend_users` for many items and of `recommend_users_for_all`.
template <Real Scalar>
struct BatchUsersOptions {
    /// Number of users wanted for each item, >= 0.
    std::int64_t count = 10;

    /// Interactions whose users must not appear for their items (the training data), or null. For
    /// folded-in items, `(*exclude)[Item{n}]` belongs to the n-th item.
    const Interactions<Scalar>* exclude = nullptr;

    /// As in `RecommendUsersOptions`, for all items.
    std::span<const User> deny = {};

    /// As in `RecommendUsersOptions`, for all items.
    std::optional<std::span<const User>> allow = std::nullopt;

    /// Returns an item's own lists, which add to the common ones. It is called from several threads
    /// at once, with the item's position among the items asked for (in `recommend_users_for_all`,
    /// the item's index). The lists that it returns must stay valid during the call of
    /// `recommend_users`.
    std::function<UserLists(std::size_t)> own_lists = {};

    /// As in `RecommendUsersOptions`.
    double minimum_score = -std::numeric_limits<double>::infinity();

    /// As in `RecommendUsersOptions`.
    bool clip = false;

    /// As in `RecommendUsersOptions`.
    std::span<const User> fallback = {};

    /// As in `RecommendUsersOptions`.
    bool unknown_users = false;

    /// How many items' lists `recommend_users_for_all` holds at a time, >= 1; each takes about
    /// 8 count bytes (16 count for double). Raising it beyond a few thousand per thread gains
    /// nothing.
    std::int64_t block_items = 16384;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

/// Returns the users with the highest scores (see `predict`) for an item, by score descending, then
/// by index ascending: exactly the list that scoring and sorting all users would give.
///
///     als::recommend_users(model, item, {.count = 100, .exclude = train[item]});
///
/// Users never appear if they are excluded, denied or not allowed, if their score is not finite,
/// or, unless `unknown_users`, if the model knows nothing of them. If fewer than `count` candidates
/// remain, the list is shorter. Explicit models rank by the predicted rating: with biases, users
/// who rate highly come first. For an item without history, an explicit model with biases ranks by
/// mean + user bias. Any other model knows nothing of such an item: the list is `fallback`, or
/// empty.
///
/// Throws `InputError` if an index is out of range, the count is negative, or the minimum is not a
/// number. Cost: at most O(users k); the search ends as soon as no further user can be among the
/// best. Starts no threads.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<User, Scalar>> recommend_users(
    const Model<Scalar>& model, Item item, const RecommendUsersOptions& options = {});

/// Like `recommend_users` above, for a folded-in item.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<User, Scalar>> recommend_users(
    const Model<Scalar>& model, const FoldedIn<Item, Scalar>& item,
    const RecommendUsersOptions& options = {});

/// Lists users for many items, in parallel. Returns one list for each item, in their order.
/// Otherwise like `recommend_users` for one item.
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<User, Scalar>>> recommend_users(
    const Model<Scalar>& model, std::type_identity_t<std::span<const Item>> items,
    const BatchUsersOptions<Scalar>& options = {});

/// Lists users for many folded-in items, in parallel. `(*exclude)[Item{n}]` belongs to the n-th
/// item.
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<User, Scalar>>> recommend_users(
    const Model<Scalar>& model, std::type_identity_t<std::span<const FoldedIn<Item, Scalar>>> items,
    const BatchUsersOptions<Scalar>& options = {});

namespace detail {

template <Real Scalar>
void recommend_users_by_blocks(const Model<Scalar>& model, const BatchUsersOptions<Scalar>& options,
                               const TakeList<Scalar, User>& take);

}  // namespace detail

/// Lists users for every item of the model and passes each list to
/// `take(Item, std::span<const Scored<User, Scalar>>)`, items ascending, in the calling thread.
///
///     als::recommend_users_for_all(model, {.count = 10, .exclude = &train},
///                                  [&](als::Item item, auto users) { write(item, users); });
///
/// Computes the lists of `block_items` items at a time, in parallel, so memory does not grow with
/// the number of items. An exception from `take` ends the call and reaches the caller. Otherwise
/// like `recommend_users`.
template <Real Scalar, typename Take>
void recommend_users_for_all(const Model<Scalar>& model, const BatchUsersOptions<Scalar>& options,
                             Take&& take) {
    static_assert(
        std::is_invocable_v<Take&, Item, std::span<const Scored<User, Scalar>>>,
        "als::recommend_users_for_all calls take(als::Item, std::span<const als::Scored<als::User, "
        "Scalar>>) for each item: write [&](als::Item item, auto users) { ... }");
    detail::recommend_users_by_blocks<Scalar>(model, options, std::ref(take));
}

/// Returns all users by their number of items, descending, then by index. Use it as
/// `RecommendUsersOptions::fallback`. Stored zeros count. Cost: O(users log users).
template <Real Scalar>
[[nodiscard]] std::vector<User> active_users(const Interactions<Scalar>& interactions);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/recommend_users.hpp>
#endif
