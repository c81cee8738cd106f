// SPDX-License-Identifier: MIT
// Which movies are alike, and which users? Usage: similar [FOLDER with MovieLens]
#include "support/console.hpp"
#include "support/movielens.hpp"
#include <als/als.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <vector>

using support::fixed, support::heading;

int main(int argc, char** argv) try {
    const auto data = support::open_movielens_or_made_up<float>(argc, argv, {.minimum = 4});
    const als::Interactions<float>& likes = data.ratings.interactions;
    const als::Model<float> model = als::fit(likes, als::Implicit{}, {.factors = 32});
    const als::Item movie = data.ratings.items.find("50").value_or(als::Item{0});

    heading("By the angle between factors: the same taste as " + data.title(movie));
    for (const auto& [other, cosine] : als::similar_items(model, movie, {.count = 4}))
        std::cout << "   " << fixed(cosine, 3) << "  " << data.title(other) << '\n';

    heading("By their dot product: and popular");
    for (const auto& [other, product] :
         als::similar_items(model, movie, {.count = 4, .similarity = als::Similarity::dot}))
        std::cout << "   " << fixed(product, 3) << "  " << data.title(other) << '\n';

    heading("Many at once: the nearest of each of the most popular, but none of these");
    std::vector<als::Item> popular = als::popular_items(likes);
    popular.resize(4);
    const auto nearest = als::similar_items(model, popular, {.count = 1, .exclude = popular});
    for (std::size_t n = 0; n < popular.size(); ++n)
        for (const auto& [other, cosine] : nearest[n])
            std::cout << "   " << support::left(data.title(popular[n]), 34) << "  "
                      << fixed(cosine, 3) << "  " << data.title(other) << '\n';

    const als::User user = data.ratings.users.find("196").value_or(als::User{0});
    heading("Users like user " + data.ratings.users.name(user));
    for (const auto& [other, cosine] : als::similar_users(model, user, {.count = 3}))
        std::cout << "   " << fixed(cosine, 3) << "  user " << data.ratings.users.name(other)
                  << ", " << likes[other].size() << " likes\n";
} catch (const std::exception& error) {
    std::cerr << "similar: " << error.what() << '\n';
    return EXIT_FAILURE;
}

// Output, on MovieLens 100K:
//
// By the angle between factors: the same taste as Star Wars (1977)
// ----------------------------------------------------------------
//    0.971  Return of the Jedi (1983)
//    0.833  Empire Strikes Back, The (1980)
//    0.829  Toy Story (1995)
//    0.826  Raiders of the Lost Ark (1981)
//
// By their dot product: and popular
// ---------------------------------
//    2.049  Return of the Jedi (1983)
//    1.679  Godfather, The (1972)
//    1.656  Raiders of the Lost Ark (1981)
//    1.649  Fargo (1996)
//
// Many at once: the nearest of each of the most popular, but none of these
// ------------------------------------------------------------------------
//    Star Wars (1977)                    0.833  Empire Strikes Back, The (1980)
//    Fargo (1996)                        0.853  Leaving Las Vegas (1995)
//    Return of the Jedi (1983)           0.833  Men in Black (1997)
//    Godfather, The (1972)               0.769  Boot, Das (1981)
//
// Users like user 196
// -------------------
//    0.775  user 523, 88 likes
//    0.720  user 888, 19 likes
//    0.656  user 98, 13 likes
