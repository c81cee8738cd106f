// SPDX-License-Identifier: MIT
// How far off are predicted ratings? Usage: explicit_ratings [FILE with user, item, rating]
#include "support/console.hpp"
#include "support/judging.hpp"
#include "support/planted_world.hpp"
#include <als/als.hpp>

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

    std::cout << left("user", 34) << left("item", 22) << "rated  predicted\n";
    for (std::int32_t u = 0; u < 8 && u < test.user_count(); ++u)
        for (const auto [item, rating] : test[als::User{u}]) {
            const float predicted = als::predict(model, als::User{u}, item, {.clip = true});
            std::cout << left(data.users.name({u}), 34) << left(data.items.name(item), 22)
                      << right(fixed(rating, 1), 5) << right(fixed(predicted, 2), 11) << '\n';
            break;  // one of each user is enough
        }
} catch (const als::Error& error) {
    std::cerr << "explicit_ratings: " << error.what() << '\n';
    return EXIT_FAILURE;
}
