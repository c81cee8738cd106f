// SPDX-License-Identifier: MIT
// `similar_items` and `similar_users`: neighbours in the factor space.
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

/// How similarity is measured.
enum class Similarity {
    cosine,  ///< a . b / (|a| |b|), from -1 to 1: compares taste, whatever its strength
    dot,     ///< a . b: prefers popular items and active users
};

/// Options of `similar_items` (`Index` = `Item`) and `similar_users` (`User`).
template <Id Index>
struct SimilarOptions {
    /// Number of neighbours wanted, >= 0.
    std::int64_t count = 10;

    /// How similarity is measured.
    Similarity similarity = Similarity::cosine;

    /// Neighbours that must not appear, in any order.
    std::span<const Index> exclude = {};

    /// Only neighbours with at least this similarity appear; not NaN. Raising it can make the list
    /// shorter.
    double minimum_score = -std::numeric_limits<double>::infinity();

    /// Threads of a query for many users or items, >= 0; 0 means as many as OpenMP would use, 1
    /// starts none.
    int threads = 0;
};

/// Returns the items whose factors are most similar to those of an item, most similar first, then
/// by index ascending. The item itself, excluded items and items without history never appear. The
/// list of an item without history is empty. Throws `InputError` if an index is out of range, the
/// count is negative, or the minimum is not a number. Cost: O(items k). Starts no threads.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> similar_items(
    const Model<Scalar>& model, Item item, const SimilarOptions<Item>& options = {});

/// Like `similar_items` above, for a folded-in item: all items of the model are candidates.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> similar_items(
    const Model<Scalar>& model, const FoldedIn<Item, Scalar>& item,
    const SimilarOptions<Item>& options = {});

/// Like `similar_items` above, for many items, in parallel. Returns one list for each, in their
/// order.
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<Item, Scalar>>> similar_items(
    const Model<Scalar>& model, std::type_identity_t<std::span<const Item>> items,
    const SimilarOptions<Item>& options = {});

/// Returns the users whose factors are most similar to those of a user. Otherwise like
/// `similar_items`.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<User, Scalar>> similar_users(
    const Model<Scalar>& model, User user, const SimilarOptions<User>& options = {});

/// Like `similar_users` above, for a folded-in user: all users of the model are candidates.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<User, Scalar>> similar_users(
    const Model<Scalar>& model, const FoldedIn<User, Scalar>& user,
    const SimilarOptions<User>& options = {});

/// Like `similar_users` above, for many users, in parallel. Returns one list for each, in their
/// order.
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<User, Scalar>>> similar_users(
    const Model<Scalar>& model, std::type_identity_t<std::span<const User>> users,
    const SimilarOptions<User>& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/similar.hpp>
#endif
