// SPDX-License-Identifier: MIT
// How is a second file read, so that the same users and items keep their indices? And what does the
// library say of files that may mean two things?
//
// For your own data: give read_ratings a path in the place of the streams.
#include <als/als.hpp>

#include <iostream>
#include <sstream>

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
    "2024-02-11,dan,9,Harvest Moon\n";

als::Ratings<float> read(const std::string& text, const als::RatingsOptions& options = {}) {
    std::istringstream stream(text);
    return als::read_ratings<float>(stream, "plays.csv", options);
}

void show_error_of(const std::string& text, const als::RatingsOptions& options = {}) {
    try {
        (void)read(text, options);
    } catch (const als::Error& error) {
        std::cout << "  " << error.what() << '\n';
    }
}

}  // namespace

int main() {
    const als::Ratings<float> first = read(january, {.time = "date"});
    const auto model = als::fit(first.interactions, als::Implicit{}, {.factors = 2});

    // Known users and songs keep their indices; new ones get the next.
    std::istringstream stream(february);
    const als::Ratings<float> next = als::read_ratings<float>(
        stream, "february.csv", first.users, first.items, {.unknown_ids = als::UnknownIds::add});
    std::cout << "dan is user " << next.users.at("dan").index << '\n';

    // The model of January goes on with the data of February.
    const auto later = als::fit(next.interactions, als::Implicit{}, {.factors = 2}, model);
    std::cout << "the later model knows " << later.user_count() << " users\n";

    // Trained on what was before 2024-01-20 (in seconds since 1970), tested on the rest of January.
    const auto [train, test] = als::split_at(first.interactions, first.times, 1705708800);
    std::cout << train.size() << " entries to train on, " << test.size() << " to test\n";

    std::cout << "Refused:\n";
    try {  // read on its own, February numbers its users anew
        (void)als::evaluate(model, read(february).interactions);
    } catch (const als::Error& error) {
        std::cout << "  " << error.what() << '\n';
    }
    show_error_of("when,who,what\n1,ann,Old Man\n");
    show_error_of("1;Crosby, Stills\n2;Heat, The\n", {.value_column = -1});
    show_error_of("#ann,Old Man,3\nbob,Old Man,2\n");
    show_error_of("NULL,Old Man,3\n");
    show_error_of("0 1 2 3 4\n1 5 6 7\n");
}

// Output:
//
