// SPDX-License-Identifier: MIT
// What to show to whom, and what never? Usage: recommend [FOLDER with MovieLens]
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
          const std::vector<als::Scored<als::Item, float>>& list) {
    for (const auto& [movie, score] : list)
        std::cout << "   " << fixed(score, 3) << "  " << data.title(movie) << '\n';
}

}  // namespace

int main(int argc, char** argv) try {
    const auto data = support::open_movielens_or_made_up<float>(argc, argv, {.minimum = 4});
    const als::Interactions<float>& likes = data.ratings.interactions;
    const als::Model<float> model = als::fit(likes, als::Implicit{}, {.factors = 32});
    const als::User user = data.ratings.users.find("196").value_or(als::User{0});

    heading("For user " + data.ratings.users.name(user) + ", without what is known already");
    const auto best = als::recommend(model, user, {.count = 4, .exclude = likes[user]});
    show(data, best);

    heading("Out of the best hundred, movies that are less alike");
    const auto candidates = als::recommend(model, user, {.count = 100, .exclude = likes[user]});
    show(data, als::diversify(model, candidates, {.count = 4, .diversity = 0.5}));

    heading("The first two of the best are out of stock");
    const std::vector<als::Item> out_of_stock{best[0].id, best[1].id};
    show(data,
         als::recommend(model, user, {.count = 4, .exclude = likes[user], .deny = out_of_stock}));

    heading("Only from tonight's programme, and only what suits");
    std::vector<als::Item> tonight;
    for (als::Item movie{0}; movie.index < model.item_count(); movie.index += 10)
        tonight.push_back(movie);
    show(data, als::recommend(model, user,
                              {.count = 4,
                               .exclude = likes[user],
                               .deny = out_of_stock,
                               .allow = tonight,
                               .minimum_score = 0.1}));

    // An implicit model knows nothing of somebody without a history, and says so.
    heading("For a stranger");
    const als::FoldedIn<als::User, float> stranger =
        als::fold_in(model, als::History<als::Item, float>{});
    std::cout << "   " << als::recommend(model, stranger).size()
              << " recommendations; or, on demand, the popular:\n";
    const std::vector<als::Item> popular = als::popular_items(likes);
    show(data, als::recommend(model, stranger, {.count = 3, .fallback = popular}));

    // However many users there are, only the lists of a block of them are held at a time.
    heading("For everyone");
    std::vector<int> times(static_cast<std::size_t>(model.item_count()));
    als::recommend_everyone(model, {.count = 10, .exclude = &likes}, [&](als::User, auto list) {
        for (const auto& [movie, score] : list) ++times[static_cast<std::size_t>(movie.index)];
    });
    const auto most = std::max_element(times.begin(), times.end());
    std::cout << "   " << support::grouped(model.user_count()) << " lists of 10; in " << *most
              << " of them: "
              << data.title(als::Item{static_cast<std::int32_t>(most - times.begin())}) << '\n';
} catch (const std::exception& error) {
    std::cerr << "recommend: " << error.what() << '\n';
    return EXIT_FAILURE;
}

// Output, on MovieLens 100K:
//
// For user 196, without what is known already
// -------------------------------------------
//    0.289  Full Monty, The (1997)
//    0.279  Postino, Il (1994)
//    0.269  Young Frankenstein (1974)
//    0.257  Cold Comfort Farm (1995)
//
// Out of the best hundred, movies that are less alike
// ---------------------------------------------------
//    0.289  Full Monty, The (1997)
//    0.269  Young Frankenstein (1974)
//    0.279  Postino, Il (1994)
//    0.211  Jerry Maguire (1996)
//
// The first two of the best are out of stock
// ------------------------------------------
//    0.269  Young Frankenstein (1974)
//    0.257  Cold Comfort Farm (1995)
//    0.253  Four Weddings and a Funeral (1994)
//    0.238  Sense and Sensibility (1995)
//
// Only from tonight's programme, and only what suits
// --------------------------------------------------
//    0.173  Shine (1996)
//    0.156  Men in Black (1997)
//    0.133  Marvin's Room (1996)
//    0.117  Tin Men (1987)
//
// For a stranger
// --------------
//    0 recommendations; or, on demand, the popular:
//    0.000  Star Wars (1977)
//    0.000  Fargo (1996)
//    0.000  Return of the Jedi (1983)
//
// For everyone
// ------------
//    942 lists of 10; in 191 of them: Contact (1997)
