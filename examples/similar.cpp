// SPDX-License-Identifier: MIT
// Which items are alike, and which users?
//
// For your own data: als::read_ratings<float>("plays.csv") in the place of the stream.
#include <als/als.hpp>

#include <iomanip>
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
    std::cout << std::fixed << std::setprecision(2);

    const als::Item davis = data.items.at("Miles Davis");
    std::cout << "The same taste as Miles Davis (cosine):\n";
    for (const auto& [item, cosine] : als::similar_items(model, davis, {.count = 3}))
        std::cout << "  " << cosine << "  " << data.items.name(item) << '\n';

    std::cout << "The same taste, and popular (dot product):\n";
    for (const auto& [item, product] :
         als::similar_items(model, davis, {.count = 3, .similarity = als::Similarity::dot}))
        std::cout << "  " << product << "  " << data.items.name(item) << '\n';

    std::cout << "Users like dan:\n";
    for (const auto& [user, cosine] : als::similar_users(model, data.users.at("dan"), {.count = 2}))
        std::cout << "  " << cosine << "  " << data.users.name(user) << '\n';

    // Many at once, in parallel.
    const std::vector<als::Item> some{data.items.at("Slayer"), data.items.at("Air")};
    const auto nearest = als::similar_items(model, some, {.count = 1});
    for (std::size_t n = 0; n < some.size(); ++n)
        for (const auto& [item, cosine] : nearest[n])
            std::cout << "Nearest to " << data.items.name(some[n]) << ": " << data.items.name(item)
                      << '\n';
}

// Output:
//
// The same taste as Miles Davis (cosine):
//   1.00  Bill Evans
//   1.00  Chet Baker
//   0.96  John Coltrane
// The same taste, and popular (dot product):
//   0.61  Bill Evans
//   0.61  Chet Baker
//   0.46  John Coltrane
// Users like dan:
//   1.00  eve
//   1.00  fay
// Nearest to Slayer: Megadeth
// Nearest to Air: Kraftwerk
