// SPDX-License-Identifier: MIT
// Who would like this movie? Usage: audience [FOLDER with MovieLens]
#include "support/console.hpp"
#include "support/movielens.hpp"
#include <als/als.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <vector>

using support::fixed, support::heading;

namespace {

void show(const support::MovieLens<float>& data,
          const std::vector<als::Scored<als::User, float>>& list) {
    for (const auto& [user, score] : list)
        std::cout << "   " << fixed(score, 3) << "  user " << data.ratings.users.name(user) << ", "
                  << data.ratings.interactions[user].size() << " likes\n";
}

}  // namespace

int main(int argc, char** argv) try {
    const auto data = support::open_movielens_or_made_up<float>(argc, argv, {.minimum = 4});
    const als::Interactions<float>& likes = data.ratings.interactions;
    const als::Model<float> model = als::fit(likes, als::Implicit{}, {.factors = 32});
    const als::Item movie = data.ratings.items.find("50").value_or(als::Item{0});

    heading("Those who do not like " + data.title(movie) + " yet, but should");
    show(data, als::recommend_users(model, movie, {.count = 4, .exclude = likes[movie]}));

    heading("Only those who agreed to be told");
    std::vector<als::User> agreed;
    for (als::User user{0}; user.index < model.user_count(); user.index += 10)
        agreed.push_back(user);
    show(data, als::recommend_users(model, movie,
                                    {.count = 4, .exclude = likes[movie], .allow = agreed}));

    // A movie that the model has not seen is folded in from the first who liked it.
    heading("For a new movie, which users 1 to 5 liked");
    std::vector<als::Cell<als::User, float>> first;
    for (const char* name : {"1", "2", "3", "4", "5"})
        if (const auto user = data.ratings.users.find(name)) first.push_back({*user, 5});
    const als::History<als::User, float> history(first);
    show(data, als::recommend_users(model, als::fold_in(model, history),
                                    {.count = 4, .exclude = history}));

    // However many movies there are, only the lists of a block of them are held at a time.
    heading("For every movie");
    std::vector<int> times(static_cast<std::size_t>(model.user_count()));
    als::recommend_users_for_all(model, {.count = 10, .exclude = &likes},
                                 [&](als::Item, auto list) {
                                     for (const auto& [user, score] : list)
                                         ++times[static_cast<std::size_t>(user.index)];
                                 });
    const auto most = std::max_element(times.begin(), times.end());
    const als::User user{static_cast<std::int32_t>(most - times.begin())};
    std::cout << "   " << support::grouped(model.item_count()) << " lists of 10; in " << *most
              << " of them: user " << data.ratings.users.name(user) << '\n';
} catch (const std::exception& error) {
    std::cerr << "audience: " << error.what() << '\n';
    return EXIT_FAILURE;
}

// Output, on MovieLens 100K:
//
// Those who do not like Star Wars (1977) yet, but should
// ------------------------------------------------------
//    0.835  user 881, 122 likes
//    0.804  user 551, 232 likes
//    0.784  user 16, 116 likes
//    0.754  user 532, 208 likes
//
// Only those who agreed to be told
// --------------------------------
//    0.835  user 881, 122 likes
//    0.804  user 551, 232 likes
//    0.614  user 764, 68 likes
//    0.606  user 374, 135 likes
//
// For a new movie, which users 1 to 5 liked
// -----------------------------------------
//    0.091  user 523, 88 likes
//    0.078  user 758, 244 likes
//    0.062  user 22, 74 likes
//    0.061  user 307, 69 likes
//
// For every movie
// ---------------
//    1,447 lists of 10; in 260 of them: user 450
