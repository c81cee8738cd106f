// SPDX-License-Identifier: MIT
// Why was this recommended? Usage: explain [FOLDER with MovieLens]
#include "support/console.hpp"
#include "support/movielens.hpp"
#include <als/als.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <span>

using support::fixed, support::heading;

namespace {

/// The first recommendation of a model, and the items of the history that speak for it and against.
void explain_first(const support::MovieLens<float>& data, const als::Model<float>& model,
                   const als::Interactions<float>& train, als::User user) {
    for (const auto& [movie, score] :
         als::recommend(model, user, {.count = 1, .exclude = train[user]})) {
        std::cout << "   " << fixed(score, 3) << "  " << data.title(movie) << ", because of\n";
        const als::Explanation<float> why = als::explain(model, train[user], movie);
        const std::span all(why.contributions);
        const auto line = [&](const auto& contribution, float value) {
            std::cout << support::right(fixed(contribution.score, 3), 11) << "  "
                      << data.title(contribution.id) << ", " << value << " stars\n";
        };
        const auto stars = [&](als::Item item) {
            for (const auto cell : train[user])
                if (cell.id == item) return cell.value;
            return 0.0F;
        };
        for (const auto& part : all.first(3)) line(part, stars(part.id));
        std::cout << "        ...  " << all.size() - 5 << " others\n";
        for (const auto& part : all.last(2)) line(part, stars(part.id));
        if (why.base != 0)
            std::cout << support::right(fixed(why.base, 3), 11) << "  mean and bias of the movie\n";
        std::cout << support::right(fixed(why.score, 3), 11) << "  in all\n";
    }
}

}  // namespace

int main(int argc, char** argv) try {
    const auto data = support::open_movielens_or_made_up<float>(argc, argv);
    const als::Interactions<float>& ratings = data.ratings.interactions;
    const als::User user = data.ratings.users.find("196").value_or(als::User{0});

    heading("Implicit: what was seen, whatever the stars");
    explain_first(data, als::fit(ratings, als::Implicit{}, {.factors = 32}), ratings, user);

    heading("Explicit: the predicted rating");
    explain_first(data, als::fit(ratings, als::Explicit{}, {.factors = 16}), ratings, user);
} catch (const std::exception& error) {
    std::cerr << "explain: " << error.what() << '\n';
    return EXIT_FAILURE;
}

// Output, on MovieLens 100K:
//
// Implicit: what was seen, whatever the stars
// -------------------------------------------
//    0.361  Sense and Sensibility (1995), because of
//       0.042  Secrets & Lies (1996), 5 stars
//       0.036  Cold Comfort Farm (1995), 3 stars
//       0.035  English Patient, The (1996), 5 stars
//         ...  34 others
//      -0.007  Boogie Nights (1997), 3 stars
//      -0.010  Harold and Maude (1971), 4 stars
//       0.361  in all
//
// Explicit: the predicted rating
// ------------------------------
//    4.924  Winnie the Pooh and the Blustery Day (1968), because of
//       0.169  Mighty Aphrodite (1995), 2 stars
//       0.162  English Patient, The (1996), 5 stars
//       0.125  Shall We Dance? (1996), 3 stars
//         ...  34 others
//      -0.038  Cold Comfort Farm (1995), 3 stars
//      -0.125  Princess Bride, The (1987), 2 stars
//       3.688  mean and bias of the movie
//       4.924  in all
