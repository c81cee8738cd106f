// SPDX-License-Identifier: MIT
// Which movies, and which users, are alike in MovieLens, and does a ten times larger model know better?
// Usage: movielens FOLDER [ITERATIONS of the large model]   (examples/fetch_movielens.sh fetches one)
#include <als/als.hpp>

#include "support/console.hpp"
#include "support/movielens.hpp"
#include "support/planted_world.hpp"
#include "support/summary.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

using support::fixed, support::heading, support::right;

namespace {

/// Without a folder: one with a small planted world, in the place for temporary files.
std::filesystem::path made_up_folder() {
    std::cout << "No folder given: this is a made-up one, and the large model is a small one.\n";
    const auto folder = std::filesystem::temp_directory_path() / "als_example_movielens";
    std::filesystem::create_directories(folder);
    support::write_as_movielens(
        support::PlantedWorld({.users = 300, .items = 200, .ratings_per_user = 50, .whole_stars = true}),
        folder);
    return folder;
}

template <als::Id Index>
void show_spread(const std::string& name, const als::Interactions<float>& likes) {
    const auto each = support::entries_of_each<Index>(likes);
    const auto count = static_cast<double>(each.size());
    std::cout << right(name, 8) << right(std::to_string(each.size()), 8)
              << right(fixed(static_cast<double>(likes.size()) / count, 6), 13)
              << right(std::to_string(each.front()), 6) << right(std::to_string(each.back()), 6) << '\n';
}

std::vector<als::User> show_similar_users(const als::Model<float>& model, als::User user,
                                          const als::IdMap<als::User>& users) {
    std::vector<als::User> neighbours;
    for (const auto& [neighbour, similarity] : als::similar_users(model, user, {.count = 5})) {
        std::cout << "   " << fixed(similarity, 3) << "  user " << users.name(neighbour) << '\n';
        neighbours.push_back(neighbour);
    }
    return neighbours;
}

}  // namespace

int main(int argc, char** argv) try {
    const bool is_real = argc > 1;
    const std::filesystem::path folder = is_real ? argv[1] : made_up_folder();
    als::Training large{.factors = is_real ? 500 : 100, .iterations = is_real ? 1500 : 10};
    if (argc > 2) large.iterations = std::stoi(argv[2]);

    // Four stars and more are likes. Ids become indices without gaps, and rows are users: both are in
    // the types, so that users cannot be taken for items here.
    const auto data = support::open_movielens<float>(folder, {.minimum = 4});
    const als::Interactions<float>& likes = data.ratings.interactions;
    heading(data.format + ", ratings of 4 and more: " + support::grouped(likes.size()));
    std::cout << "           count   likes: mean   min   max\n";
    show_spread<als::User>("users", likes);
    show_spread<als::Item>("movies", likes);

    const als::Implicit objective{.alpha = 1, .regularization = 0.01, .regularization_exponent = 0};
    const support::Stopwatch small_time;
    const als::Model<float> model = als::fit(likes, objective, {.factors = 50, .iterations = 15});
    std::cout << "\n50 factors, 15 iterations: " << fixed(small_time.seconds(), 2) << " s\n";

    const als::User user = data.ratings.users.find("196").value_or(als::User{0});
    heading("Recommended to user " + data.ratings.users.name(user) + ", not yet liked");
    for (const auto& [movie, score] : als::recommend(model, user, {.count = 5, .exclude = likes[user]}))
        std::cout << "   " << fixed(score, 3) << "  " << data.title(movie) << '\n';

    const als::Item movie = data.ratings.items.find("50").value_or(als::Item{0});
    heading("Liked by the same users as " + data.title(movie));
    for (const auto& [other, similarity] : als::similar_items(model, movie, {.count = 5}))
        std::cout << "   " << fixed(similarity, 3) << "  " << data.title(other) << '\n';

    heading("Users most similar to user " + data.ratings.users.name(user));
    const auto before = show_similar_users(model, user, data.ratings.users);

    heading(std::to_string(large.factors) + " factors, " + std::to_string(large.iterations) +
            " iterations: the same users?");
    const support::Stopwatch large_time;
    large.observer = support::progress_line();
    const als::Model<float> huge = als::fit(likes, objective, large);
    std::cout << "   " << fixed(large_time.seconds(), 1) << " s\n";
    const auto after = show_similar_users(huge, user, data.ratings.users);
    const auto common = std::count_if(after.begin(), after.end(), [&](als::User other) {
        return std::find(before.begin(), before.end(), other) != before.end();
    });
    std::cout << "\n" << common << " of 5 are the same.\n";
} catch (const std::exception& error) {
    std::cerr << "movielens: " << error.what() << '\n';
    return EXIT_FAILURE;
}
