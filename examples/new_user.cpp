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
}

// Output:
//
// Played:       Noir #5          Noir #7
// Recommended:  Noir #3          Noir #6          Noir #4          Noir #2
//
// Played:       Noir #5          Western #4       Noir #7
// Recommended:  Noir #1          Western #3       Western #1       Western #5
//
// Folded in again, user 17 (western, musical) differs by 9.03e-08 of the length
//
// The rest is rounding: the training solves the users last, against these same items.
