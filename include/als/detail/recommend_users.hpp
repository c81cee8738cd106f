// SPDX-License-Identifier: MIT
// The implementation of <als/recommend_users.hpp>.
#pragma once

#include <als/detail/recommend.hpp>
#include <als/recommend_users.hpp>

#include <span>
#include <type_traits>
#include <vector>

namespace als {
inline namespace ALS_ABI {

namespace detail {

template <typename Options>
ListOptions<User> users_listed(const Options& options) {
    return {{options.count, options.minimum_score},
            options.deny,
            options.allow,
            {options.clip},
            options.fallback,
            options.unknown_users};
}
template <Real Scalar>
ManyOptions<User, Scalar> many_options(const BatchUsersOptions<Scalar>& options) {
    return {users_listed(options), options.exclude, options.own_lists,
            options.block_items,   options.threads, "als::BatchUsersOptions"};
}

/// The implementation of `recommend_users_for_all`.
template <Real Scalar>
void recommend_users_by_blocks(const Model<Scalar>& model, const BatchUsersOptions<Scalar>& options,
                               const TakeList<Scalar, User>& take) {
    recommend_to_all<User>("als::recommend_users_for_all", model, many_options(options), take);
}

}  // namespace detail

template <Real Scalar>
std::vector<Scored<User, Scalar>> recommend_users(const Model<Scalar>& model, Item item,
                                                  const RecommendUsersOptions& options) {
    detail::check_id("als::recommend_users", model, item);
    return detail::recommend_to("als::recommend_users", model, detail::point_of(model, item),
                                options.exclude, detail::users_listed(options));
}

template <Real Scalar>
std::vector<Scored<User, Scalar>> recommend_users(const Model<Scalar>& model,
                                                  const FoldedIn<Item, Scalar>& item,
                                                  const RecommendUsersOptions& options) {
    return detail::recommend_to("als::recommend_users", model,
                                detail::checked_point("als::recommend_users", model, item),
                                options.exclude, detail::users_listed(options));
}

template <Real Scalar>
std::vector<std::vector<Scored<User, Scalar>>> recommend_users(
    const Model<Scalar>& model, std::type_identity_t<std::span<const Item>> items,
    const BatchUsersOptions<Scalar>& options) {
    return detail::recommend_to_ids<User>("als::recommend_users", model, items,
                                          detail::many_options(options));
}

template <Real Scalar>
std::vector<std::vector<Scored<User, Scalar>>> recommend_users(
    const Model<Scalar>& model, std::type_identity_t<std::span<const FoldedIn<Item, Scalar>>> items,
    const BatchUsersOptions<Scalar>& options) {
    return detail::recommend_to_newcomers<User>("als::recommend_users", model, items,
                                                detail::many_options(options));
}

template <Real Scalar>
std::vector<User> active_users(const Interactions<Scalar>& interactions) {
    return detail::by_entries<User>(interactions, interactions.user_count());
}

}  // inline namespace
}  // namespace als
