// SPDX-License-Identifier: MIT
// `recommend`: the best items for a user of the model, for a folded-in one, for many users, and for
// everyone.
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

/// Options of `recommend` for one user. Lists of items may be in any order and are only looked at
/// during the call.
struct RecommendOptions {
    /// Number of items wanted, >= 0.
    std::int64_t count = 10;

    /// Items that must not appear: a user's row of the training data, or a `History`.
    std::span<const Item> exclude = {};

    /// More items that must not appear: not in stock, blocked by the user.
    std::span<const Item> deny = {};

    /// Only these items may appear, less those excluded and denied; not given: all. An empty list
    /// allows none.
    std::optional<std::span<const Item>> allow = std::nullopt;

    /// Only items with this score or more appear; not NaN.
    double minimum_score = -std::numeric_limits<double>::infinity();

    /// Clip the scores of explicit models to the range of the training ratings. The order stays
    /// that of the scores before, as does what `minimum_score` is compared with.
    bool clip = false;

    /// What is recommended to a user of whom the model knows nothing, in this order, less what may
    /// not appear, whatever `minimum_score` says; the most popular items, for example (see
    /// `popular_items`). Such a user gets an empty list otherwise.
    std::span<const Item> fallback = {};
};

/// The lists of one of many users.
struct ItemLists {
    /// As `RecommendOptions::deny`.
    std::span<const Item> deny = {};

    /// As `RecommendOptions::allow`.
    std::optional<std::span<const Item>> allow = std::nullopt;
};

/// Options of `recommend` for many users and of `recommend_everyone`.
template <Real Scalar>
struct BatchOptions {
    /// Number of items wanted for each user, >= 0.
    std::int64_t count = 10;

    /// Interactions whose items must not appear for their users (the training data), or null. For
    /// folded-in users: row n is that of the n-th.
    const Interactions<Scalar>* exclude = nullptr;

    /// As in `RecommendOptions`, for all users.
    std::span<const Item> deny = {};

    /// As in `RecommendOptions`, for all users.
    std::optional<std::span<const Item>> allow = std::nullopt;

    /// Each user's own lists, beside the common ones: called with the position in the users asked
    /// for (`recommend_everyone`: the user's index), from several threads at once. What it answers
    /// has to stay valid during the call.
    std::function<ItemLists(std::size_t)> own_lists = {};

    /// As in `RecommendOptions`.
    double minimum_score = -std::numeric_limits<double>::infinity();

    /// As in `RecommendOptions`.
    bool clip = false;

    /// As in `RecommendOptions`.
    std::span<const Item> fallback = {};

    /// Users of `recommend_everyone` whose lists are held at a time, >= 1: about 8 count (16 for
    /// double) bytes each. Raising it beyond some thousands for each thread gains nothing.
    std::int64_t block_users = 16384;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

/// The items with the highest scores (see `predict`) for a user, score descending, then index
/// ascending: exactly the list that scoring and sorting all items would give.
///
/// Items that are excluded, denied or not allowed never appear, nor does a score that is not
/// finite; where fewer candidates than `count` are left, the list is shorter. Explicit models rank
/// by the predicted rating, biases included. Of a user without history an explicit model with
/// biases says mean + item bias; any other knows nothing: the list is empty, or `fallback`.
///
/// Throws `InputError` for an index out of range, a negative count and a minimum that is not a
/// number. Cost: O(items k) at most; it ends where no further item can be among the best. Starts no
/// threads.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> recommend(const Model<Scalar>& model, User user,
                                                          const RecommendOptions& options = {});

/// The same for a folded-in user.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> recommend(const Model<Scalar>& model,
                                                          const FoldedIn<User, Scalar>& user,
                                                          const RecommendOptions& options = {});

/// The same for many users, in parallel: one list for each, in their order.
///
///     als::recommend(model, users, {.count = 10, .exclude = &train});
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<Item, Scalar>>> recommend(
    const Model<Scalar>& model, std::type_identity_t<std::span<const User>> users,
    const BatchOptions<Scalar>& options = {});

/// The same for many folded-in users; row n of `exclude` is that of the n-th.
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<Item, Scalar>>> recommend(
    const Model<Scalar>& model, std::type_identity_t<std::span<const FoldedIn<User, Scalar>>> users,
    const BatchOptions<Scalar>& options = {});

namespace detail {

template <Real Scalar>
using TakeList = std::function<void(User, std::span<const Scored<Item, Scalar>>)>;

template <Real Scalar>
void recommend_by_blocks(const Model<Scalar>& model, const BatchOptions<Scalar>& options,
                         const TakeList<Scalar>& take);

}  // namespace detail

/// Recommends to every user of the model and hands each list to `take(User,
/// std::span<const Scored<Item, Scalar>>)`, users ascending, in the calling thread.
///
///     als::recommend_everyone(model, {.count = 10, .exclude = &train},
///                             [&](als::User user, auto items) { write(user, items); });
///
/// The lists of `block_users` users are computed at a time, in parallel: memory does not grow with
/// the number of users. An exception from `take` ends it and is thrown to the caller. Otherwise as
/// `recommend`.
template <Real Scalar, typename Take>
void recommend_everyone(const Model<Scalar>& model, const BatchOptions<Scalar>& options,
                        const Take& take) {
    static_assert(
        std::is_invocable_v<const Take&, User, std::span<const Scored<Item, Scalar>>>,
        "als::recommend_everyone calls take(als::User, std::span<const als::Scored<als::Item, "
        "Scalar>>) for each user: write [&](als::User user, auto items) { ... }");
    detail::recommend_by_blocks<Scalar>(model, options, std::ref(take));
}

/// All items by their number of users, descending, then by index: what to recommend to somebody of
/// whom nothing is known (`RecommendOptions::fallback`), and the simplest model to compare with.
/// Stored zeros count. Cost: O(items log items).
template <Real Scalar>
[[nodiscard]] std::vector<Item> popular_items(const Interactions<Scalar>& interactions);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/recommend.hpp>
#endif
