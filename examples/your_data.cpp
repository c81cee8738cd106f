// SPDX-License-Identifier: MIT
// From files to `Interactions`: columns by name, the same ids in two files, the next month, a split at a
// date, and what the library says of data that may mean two things.
#include <als/als.hpp>

#include <iostream>
#include <sstream>
#include <string>

namespace {

const std::string january =
    "date,customer,plays,song\n"
    "2024-01-03,ann,12,Harvest Moon\n"
    "2024-01-09,bob,3,Heart of Gold\n"
    "2024-01-17,ann,5,Heart of Gold\n"
    "2024-01-20,cid,8,Harvest Moon\n"
    "2024-01-28,bob,7,Old Man\n";
const std::string february =
    "date,customer,plays,song\n"
    "2024-02-01,cid,2,Old Man\n"
    "2024-02-11,dan,9,Harvest Moon\n"
    "2024-02-14,ann,4,After the Gold Rush\n";

/// Reads a text as if it were a file.
als::Ratings<float> read(const std::string& text, const als::RatingsOptions& options = {}) {
    std::istringstream stream(text);
    return als::read_ratings<float>(stream, "plays.csv", options);
}

void show(const als::Ratings<float>& ratings) {
    for (const auto& [user, item, value] : ratings.interactions.entries())
        std::cout << "  " << ratings.users.name(user) << " played " << ratings.items.name(item)
                  << ' ' << value << " times\n";
}

/// Runs `use` and prints why it is refused.
template <typename Use>
void refused(const Use& use) {
    try {
        use();
    } catch (const als::Error& error) {
        std::cout << "  " << error.what() << '\n';
    }
}

}  // namespace

int main() {
    // The header says which columns are users, items and values; times are kept if asked for.
    const als::Ratings<float> first = read(january, {.time = "date"});
    std::cout << "January:\n";
    show(first);

    // The next month has the indices of the first; who is new gets the next ones.
    std::istringstream stream(february);
    const als::Ratings<float> next = als::read_ratings<float>(
        stream, "february.csv", first.users, first.items, {.unknown_ids = als::UnknownIds::add});
    std::cout << "February, with the ids of January: dan is user " << next.users.at("dan").index
              << '\n';
    show(next);

    // A model of January goes on with the data of February.
    const als::Training training{.factors = 2, .iterations = 5};
    const auto model = als::fit(first.interactions, als::Implicit{}, training);
    const auto later = als::fit(next.interactions, als::Implicit{}, training, model);
    std::cout << "The later model knows " << later.user_count() << " users\n";

    // Tested on the last third of January.
    const auto [train, test] = als::split_at(first.interactions, first.times, 1705708800);
    std::cout << train.size() << " entries before 2024-01-20, " << test.size()
              << " from then on\n\n";

    std::cout << "What may mean two things is refused:\n";
    refused([&] {  // read on its own, February numbers its users anew
        (void)als::evaluate(model, read(february).interactions);
    });
    refused([] { (void)read("when,who,what\n1,ann,Old Man\n"); });
    refused([] { (void)read("1;Crosby, Stills\n2;Heat, The\n", {.value_column = -1}); });
    refused([] { (void)read("#ann,Old Man,3\nbob,Old Man,2\n"); });
    refused([] { (void)read("NULL,Old Man,3\n"); });
    refused([] { (void)read("0 1 2 3 4\n1 5 6 7\n"); });
    refused([] { (void)read("%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 3\n"); });
}
