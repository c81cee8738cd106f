// SPDX-License-Identifier: MIT
// What can be recommended to somebody who came after the training?
#include "support/console.hpp"
#include "support/planted_world.hpp"
#include <als/als.hpp>

#include <iomanip>
#include <iostream>

namespace {

using History = als::History<als::Item, float>;

void show(const als::Model<float>& model, const support::PlantedWorld& world,
          const History& history) {
    std::cout << "Played:     ";
    for (const auto [item, plays] : history.row())
        std::cout << "  " << support::left(world.items().name(item), 15);
    std::cout << "\nRecommended:";

    const als::FoldedIn<als::User, float> newcomer = als::fold_in(model, history);
    for (const auto& [item, score] :
         als::recommend(model, newcomer, {.count = 4, .exclude = history}))
        std::cout << "  " << support::left(world.items().name(item), 15);
    std::cout << "\n\n";
}

}  // namespace

int main() {
    const support::PlantedWorld world;
    const als::Interactions<float> plays = world.plays();
    const als::Model<float> model = als::fit(plays, als::Implicit{}, {.factors = 32});

    // The model does not change: a newcomer is one row solved against the items it has.
    const als::Item noir_5 = world.items().at("Noir #5");
    const als::Item noir_7 = world.items().at("Noir #7");
    const als::Item western_4 = world.items().at("Western #4");
    show(model, world, {{noir_5, 3}, {noir_7, 2}});
    show(model, world, {{noir_5, 3}, {noir_7, 2}, {western_4, 8}});

    // It is the same row that the training solved: a known history gives that user's factors again.
    const als::User known{17};
    const als::FoldedIn<als::User, float> again = als::fold_in(model, plays[known]);
    std::cout << std::setprecision(3) << "Folded in again, " << world.users().name(known)
              << " differs by "
              << (again.factors - model.user_factors().row(known.index)).norm() /
                     again.factors.norm()
              << " of the length\n";

    // Somebody known has played one more: only that user's row is solved again.
    const History before(plays[known]);
    const auto interest = [&](const History& history) {
        return als::predict(model, als::fold_in(model, history), noir_7);
    };
    std::cout << "Their score of Noir #7: " << interest(before)
              << ", and once they have played Noir #5: " << interest(before.with(noir_5, 10))
              << "\n\n";

    // And many newcomers at once, in parallel.
    const als::Interactions<float> later = support::PlantedWorld({.users = 50, .seed = 2}).plays();
    const std::vector<als::FoldedIn<als::User, float>> newcomers = als::fold_in_users(model, later);
    const auto lists = als::recommend(model, newcomers, {.count = 3, .exclude = &later});
    std::cout << lists.size() << " newcomers folded in, with " << lists[0].size()
              << " recommendations each\n\n";

    // Little is known of somebody who has played one film: lists from draws try what they may like.
    const History one{{noir_5, 1}};
    for (const std::uint64_t request : {1, 2, 3}) {
        std::cout << "Request " << request << ":";
        const auto drawn = als::draw(model, one, request, 0.1);
        for (const auto& [item, score] : als::recommend(model, drawn, {.count = 4, .exclude = one}))
            std::cout << "  " << support::left(world.items().name(item), 15);
        std::cout << '\n';
    }
}

// Output:
//
// Played:       Noir #5          Noir #7
// Recommended:  Noir #3          Noir #2          Noir #4          Noir #1
//
// Played:       Noir #5          Western #4       Noir #7
// Recommended:  Noir #2          Noir #3          Noir #1          Noir #4
//
// Folded in again, user 17 (western, musical) differs by 3.58e-07 of the length
// Their score of Noir #7: 0.248, and once they have played Noir #5: 0.278
//
// 50 newcomers folded in, with 3 recommendations each
//
// Request 1:  Noir #1          Noir #2          Noir #3          Noir #4
// Request 2:  Noir #3          Noir #1          Noir #4          Screwball Come~
// Request 3:  Noir #3          Noir #2          Noir #4          Noir #7
//
// The training solves the users last, by the same function: any difference is rounding.
