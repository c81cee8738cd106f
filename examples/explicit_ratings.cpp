// SPDX-License-Identifier: MIT
// How far off are predicted ratings? Usage: explicit_ratings [FILE with user, item, rating]
#include "support/console.hpp"
#include "support/judging.hpp"
#include "support/planted_world.hpp"
#include <als/als.hpp>

#include <cstdint>
#include <cstdlib>
#include <iostream>

using support::fixed, support::left, support::right;

namespace {

als::Ratings<float> planted_stars() {
    const support::PlantedWorld world({.whole_stars = true});
    return {world.ratings(), world.users(), world.items()};
}

}  // namespace

int main(int argc, char** argv) try {
    const auto data = argc > 1 ? als::read_ratings<float>(argv[1]) : planted_stars();

    // A fifth of the ratings is hidden from the training.
    const auto [train, test] = als::split(data.interactions, {.test_fraction = 0.2, .seed = 7});
    const als::Model<float> model =
        als::fit(train, als::Explicit{.regularization = 0.1}, {.factors = 16, .iterations = 15});

    const auto mean = [&](als::User, als::Item) { return model.mean(); };
    std::cout << "RMSE of " << support::grouped(test.size()) << " hidden ratings\n"
              << "  the mean      " << fixed(support::rmse_of(test, mean), 4) << '\n'
              << "  the model     " << fixed(als::rmse(model, test), 4) << '\n'
              << "  and clipped   " << fixed(als::rmse(model, test, {.clip = true}), 4)
              << "   to the range of the ratings\n\n";

    std::cout << left("user", 36) << left("item", 22) << "rated  predicted\n";
    for (std::int32_t u = 0; u < 8 && u < test.user_count(); ++u) {
        const als::User user{u};
        if (test[user].empty()) continue;
        const auto [item, rating] = *test[user].begin();
        const float predicted = als::predict(model, user, item, {.clip = true});
        std::cout << left(data.users.name(user), 34) << "  " << left(data.items.name(item), 22)
                  << right(fixed(rating, 1), 5) << right(fixed(predicted, 2), 11) << '\n';
    }
} catch (const als::Error& error) {
    std::cerr << "explicit_ratings: " << error.what() << '\n';
    return EXIT_FAILURE;
}

// Output, with the planted world:
//
// RMSE of 38,895 hidden ratings
//   the mean      1.0091
//   the model     0.6235
//   and clipped   0.6230   to the range of the ratings
//
// user                                item                  rated  predicted
// user 0 (screwball comedy, costume~  Screwball Comedy #1     4.0       3.62
// user 1 (screwball comedy, western~  Screwball Comedy #1     3.0       3.87
// user 2 (courtroom drama, heist)     Screwball Comedy #56    3.0       2.48
// user 3 (space opera, heist)         Heist #13               4.0       3.69
// user 4 (noir, screwball comedy, a~  Western #1              3.0       3.46
// user 5 (courtroom drama)            Courtroom Drama #89     4.0       4.13
// user 6 (horror)                     Musical #1              2.0       3.10
// user 7 (horror)                     Costume Drama #58       3.0       2.92
