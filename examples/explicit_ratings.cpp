// SPDX-License-Identifier: MIT
// How well does a model predict ratings that it has not seen?
//
// For your own data: als::read_ratings<float>("ratings.csv").interactions in the place of
// made_up_ratings(). RMSE has the unit of your ratings. Compare it with that of the biases alone.
#include <als/als.hpp>

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <random>

namespace {

/// 300 users and 100 movies of 5 genres, one to five stars. A user likes one genre, and some users
/// and movies get more stars than others.
als::Interactions<float> made_up_ratings() {
    std::mt19937 random(1);
    const auto below = [&](unsigned count) { return static_cast<std::int32_t>(random() % count); };
    std::vector<als::Entry<float>> entries;
    for (als::User user; user.index < 300; ++user.index) {
        const std::int32_t liked = below(5), generous = below(2);
        for (int n = 0; n < 40; ++n) {
            const als::Item movie{below(100)};
            const std::int32_t stars = 1 + generous + below(2) + (movie.index < 30 ? 1 : 0) +
                                       (movie.index % 5 == liked ? 2 : 0);
            entries.push_back({user, movie, static_cast<float>(std::min(stars, 5))});
        }
    }
    return {300, 100, entries, {.duplicates = als::Duplicates::last}};
}

}  // namespace

int main() {
    const als::Interactions<float> ratings = made_up_ratings();
    const auto [train, test] = als::split(ratings, {.test_fraction = 0.2});

    const als::Model<float> biases = als::bias_model(train);
    const als::Model<float> model = als::fit(train, als::Explicit{}, {.factors = 8});
    std::cout << std::fixed << std::setprecision(2) << "RMSE of " << test.size()
              << " hidden ratings\n  mean and biases   " << als::rmse(biases, test)
              << "\n  with factors      " << als::rmse(model, test) << "\n  and clipped       "
              << als::rmse(model, test, {.clip = true}) << '\n';

    const als::User user{0};
    std::cout << "Hidden ratings of user 0\n";
    for (const auto [movie, stars] : test[user])
        std::cout << "  movie " << std::setw(2) << movie.index << ": " << std::setprecision(0)
                  << stars << " stars, predicted " << std::setprecision(1)
                  << als::predict(model, user, movie, {.clip = true}) << '\n';
}

// Output:
//
// RMSE of 1975 hidden ratings
//   mean and biases   0.95
//   with factors      0.62
//   and clipped       0.62
// Hidden ratings of user 0
//   movie 18: 3 stars, predicted 3.4
//   movie 25: 5 stars, predicted 4.9
//   movie 29: 4 stars, predicted 3.0
//   movie 31: 2 stars, predicted 2.8
//   movie 37: 2 stars, predicted 2.1
//   movie 48: 3 stars, predicted 2.7
//   movie 63: 3 stars, predicted 2.7
//   movie 98: 3 stars, predicted 2.8
