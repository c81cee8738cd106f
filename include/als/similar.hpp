// SPDX-License-Identifier: MIT
// `similar_items` and `similar_users`: neighbours in the space of factors.
#pragma once

#include <als/model.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

namespace als {
inline namespace ALS_ABI {

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

/// The items whose factors are most similar to an item's, most similar first, then index ascending;
/// the item itself, those excluded and items without history never appear; an item without history
/// has no neighbours. Throws `InputError` for an index out of range, a negative count and a minimum
/// that is not a number. Cost: O(items k); starts no threads.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> similar_items(
    const Model<Scalar>& model, Item item, const SimilarOptions<Item>& options = {});

/// The same for a folded-in item: all items of the model are candidates.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> similar_items(
    const Model<Scalar>& model, const FoldedIn<Item, Scalar>& item,
    const SimilarOptions<Item>& options = {});

/// The same for many items, in parallel: one list for each, in their order.
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<Item, Scalar>>> similar_items(
    const Model<Scalar>& model, std::type_identity_t<std::span<const Item>> items,
    const SimilarOptions<Item>& options = {});

/// The users whose factors are most similar to a user's; else as `similar_items`.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<User, Scalar>> similar_users(
    const Model<Scalar>& model, User user, const SimilarOptions<User>& options = {});

/// The same for a folded-in user: all users of the model are candidates.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<User, Scalar>> similar_users(
    const Model<Scalar>& model, const FoldedIn<User, Scalar>& user,
    const SimilarOptions<User>& options = {});

/// The same for many users, in parallel: one list for each, in their order.
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<User, Scalar>>> similar_users(
    const Model<Scalar>& model, std::type_identity_t<std::span<const User>> users,
    const SimilarOptions<User>& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/similar.hpp>
#endif
