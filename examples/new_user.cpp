// SPDX-License-Identifier: MIT
// What can be recommended to somebody who came after the training?
//
// For your own data: als::read_ratings<float>("plays.csv") in the place of the stream. A history
// has the same units as the training data: here, plays.
#include <als/als.hpp>

#include <iostream>
#include <sstream>

namespace {

const char* const csv =
    "user,artist,plays\n"
    "ann,Miles Davis,12\nann,John Coltrane,7\nann,Bill Evans,9\nann,Chet Baker,2\n"
    "bob,Miles Davis,5\nbob,Bill Evans,8\nbob,Chet Baker,6\nbob,Daft Punk,2\n"
    "cid,John Coltrane,11\ncid,Bill Evans,3\ncid,Chet Baker,4\n"
    "dan,Slayer,20\ndan,Megadeth,14\neve,Slayer,6\neve,Anthrax,9\n"
    "fay,Megadeth,8\nfay,Anthrax,12\nfay,Slayer,3\n"
    "gus,Kraftwerk,10\ngus,Daft Punk,13\nhal,Daft Punk,7\nhal,Air,9\nida,Kraftwerk,4\nida,Air,6\n";

}  // namespace

int main() {
    std::istringstream stream(csv);
    const als::Ratings<float> data = als::read_ratings<float>(stream, "plays.csv");
    const auto model = als::fit(data.interactions, als::Implicit{}, {.factors = 3});

    using History = als::History<als::Item, float>;
    const auto show = [&](const char* who, const als::FoldedIn<als::User, float>& user,
                          const History& history) {
        std::cout << who << ':';
        for (const auto& [item, score] :
             als::recommend(model, user, {.count = 3, .exclude = history}))
            std::cout << "  " << data.items.name(item);
        std::cout << '\n';
    };

    // The model does not change: a newcomer is one row solved against the items it has.
    const History jazz{{data.items.at("Miles Davis"), 3}, {data.items.at("Bill Evans"), 2}};
    show("a newcomer   ", als::fold_in(model, jazz), jazz);

    // One more play of another kind; without() takes one away again.
    const History mixed = jazz.with(data.items.at("Slayer"), 8);
    show("and now metal", als::fold_in(model, mixed), mixed);

    // It is the same row that the training solved: a known history gives that user's factors again.
    const als::User ann = data.users.at("ann");
    const als::FoldedIn<als::User, float> again = als::fold_in(model, data.interactions[ann]);
    std::cout << "ann's factors folded in again: "
              << (again.factors.isApprox(model.user_factors().row(ann.index), 1e-4F) ? "the same\n"
                                                                                     : "others\n");

    // Little is known of somebody who has played once: draws try what such a user may like.
    const History once{{data.items.at("Daft Punk"), 1}};
    for (std::uint64_t request = 1; request <= 3; ++request)
        show("draw         ", als::draw(model, once, request, 0.3), once);
}

// Output:
//
// a newcomer   :  Chet Baker  John Coltrane  Daft Punk
// and now metal:  Chet Baker  John Coltrane  Megadeth
// ann's factors folded in again: the same
// draw         :  Kraftwerk  Air  Bill Evans
// draw         :  Kraftwerk  Air  Miles Davis
// draw         :  Kraftwerk  Air  Bill Evans
