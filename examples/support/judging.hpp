// SPDX-License-Identifier: MIT
// How the examples judge predictions and ranked lists, and what they hold beside them: predictions
// by any rule, and the lists that show everybody what is most popular.
#pragma once

#include <als/interactions.hpp>
#include <als/metrics.hpp>
#include <als/recommend.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace support {

/// Root mean square error of prediction(user, item), whatever it is, for the cells of `test`.
template <typename Prediction>
double rmse_of(const als::Interactions<float>& test, const Prediction& prediction) {
    double sum = 0;
    for (const auto& [user, item, value] : test.entries())
        sum += std::pow(static_cast<double>(value) - prediction(user, item), 2);
    return std::sqrt(sum / static_cast<double>(test.size()));
}

using Ranked = std::vector<als::Scored<als::Item, float>>;

/// Those who have anything in `test`.
inline std::vector<als::User> users_of(const als::Interactions<float>& test) {
    std::vector<als::User> users;
    for (std::int32_t u = 0; u < test.user_count(); ++u)
        if (!test[als::User{u}].empty()) users.push_back({u});
    return users;
}

/// All items, those with the most entries first.
inline std::vector<als::Item> by_popularity(const als::Interactions<float>& data) {
    std::vector<als::Item> items(static_cast<std::size_t>(data.item_count()));
    for (std::size_t i = 0; i < items.size(); ++i) items[i].index = static_cast<std::int32_t>(i);
    std::stable_sort(items.begin(), items.end(),
                     [&](als::Item a, als::Item b) { return data[a].size() > data[b].size(); });
    return items;
}

/// For each user the most popular items of `train` that the user does not have yet.
inline std::vector<Ranked> popularity_lists(const als::Interactions<float>& train,
                                            std::span<const als::User> users, std::size_t count) {
    const std::vector<als::Item> items = by_popularity(train);
    std::vector<Ranked> lists;
    for (const als::User user : users) {
        const auto had = train[user].ids();
        Ranked& list = lists.emplace_back();
        for (std::size_t i = 0; i < items.size() && list.size() < count; ++i)
            if (!std::binary_search(had.begin(), had.end(), items[i]))
                list.push_back({items[i], static_cast<float>(train[items[i]].size())});
    }
    return lists;
}

/// The users' mean recall and mean normalised discounted cumulative gain of the first k.
struct Ranking {
    double recall = 0;
    double ndcg = 0;
};

inline Ranking judge(std::span<const als::User> users, const std::vector<Ranked>& lists,
                     const als::Interactions<float>& test, std::int64_t k) {
    Ranking sum;
    for (std::size_t i = 0; i < users.size(); ++i) {
        sum.recall += als::recall(lists[i], test[users[i]].ids(), k);
        sum.ndcg += als::ndcg(lists[i], test[users[i]].ids(), k);
    }
    const auto count = static_cast<double>(users.size());
    return {sum.recall / count, sum.ndcg / count};
}

}  // namespace support
