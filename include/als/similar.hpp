// SPDX-License-Identifier: MIT
// `similar_items` and `similar_users`: neighbours in the space of factors.
#pragma once

#include <als/detail/top_k.hpp>
#include <als/predict.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

namespace als::inline ALS_ABI {

/// What similar means.
enum class Similarity {
    cosine,  ///< a . b / (|a| |b|), from -1 to 1: the same taste, whatever the strength
    dot,     ///< a . b: popular items and active users come first
};

/// Options of `similar_items` and `similar_users`.
struct SimilarOptions {
    /// Number of neighbours wanted, >= 0.
    std::int64_t count = 10;

    /// How they are compared.
    Similarity similarity = Similarity::cosine;
};

namespace detail {

/// Neighbours of `factors` within one side; row `itself` (-1: none) is left out, and so are rows of
/// zeros, which are similar to nothing.
template <Id Index, Real Scalar>
std::vector<Scored<Index, Scalar>> similar_rows(std::string_view function, const Side<Scalar>& side,
                                                const FactorRow<Scalar>& factors,
                                                std::int32_t itself,
                                                const SimilarOptions& options) {
    check_result_count(function, options.count);
    TopK<Index, Scalar> best(options.count);
    // stableNorm: squares of very small or large factors leave the range of float.
    const Scalar norm = factors.stableNorm();
    for (std::int32_t row = 0; row < side.factors.rows(); ++row) {
        const auto other = side.factors.row(row);
        if (row == itself || norm == 0 || other.isZero(0)) continue;
        best.offer(Index{row}, options.similarity == Similarity::dot
                                   ? factors.dot(other)
                                   : (factors / norm).dot(other / other.stableNorm()));
    }
    return std::move(best).take();
}

}  // namespace detail

/// The items whose factors are most similar to an item's, most similar first, then index ascending;
/// the item itself and items without history never appear, an item without history has no
/// neighbours. Throws `InputError` for an index out of range and a negative count. Cost: O(items
/// k); starts no threads.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> similar_items(const Model<Scalar>& model, Item item,
                                                              const SimilarOptions& options = {}) {
    detail::check_item("als::similar_items", model, item);
    return detail::similar_rows<Item, Scalar>("als::similar_items", model.parameters().items,
                                              model.item_factors().row(item.index), item.index,
                                              options);
}

/// The same for a folded-in item: all items of the model are candidates.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> similar_items(const Model<Scalar>& model,
                                                              const FoldedIn<Item, Scalar>& item,
                                                              const SimilarOptions& options = {}) {
    detail::checked_query("als::similar_items", model, item);
    return detail::similar_rows<Item, Scalar>("als::similar_items", model.parameters().items,
                                              item.factors, -1, options);
}

/// The users whose factors are most similar to a user's; else as `similar_items`.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<User, Scalar>> similar_users(const Model<Scalar>& model, User user,
                                                              const SimilarOptions& options = {}) {
    detail::check_user("als::similar_users", model, user);
    return detail::similar_rows<User, Scalar>("als::similar_users", model.parameters().users,
                                              model.user_factors().row(user.index), user.index,
                                              options);
}

/// The same for a folded-in user: all users of the model are candidates.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<User, Scalar>> similar_users(const Model<Scalar>& model,
                                                              const FoldedIn<User, Scalar>& user,
                                                              const SimilarOptions& options = {}) {
    detail::checked_query("als::similar_users", model, user);
    return detail::similar_rows<User, Scalar>("als::similar_users", model.parameters().users,
                                              user.factors, -1, options);
}

}  // namespace als::inline ALS_ABI
