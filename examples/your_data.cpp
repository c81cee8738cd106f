// SPDX-License-Identifier: MIT
// How do I get from a file of my own to recommendations?
//
// For your own data: pass the path of your file, `your_data FILE`. Columns are found by their names
// in the header; if yours has others, name them: {.user = "who", .item = "what", .value = "how
// often"}.
#include <als/als.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

namespace {

/// Stands for your file: a line for each user and song.
std::filesystem::path made_up_file() {
    const std::string name = "plays-" + std::to_string(std::random_device()()) + ".csv";
    const std::filesystem::path path = std::filesystem::temp_directory_path() / name;
    std::ofstream(path) << "date,user,song,plays\n"
                           "2024-01-03,ann,Harvest Moon,12\n"
                           "2024-01-09,bob,Heart of Gold,3\n"
                           "2024-01-17,ann,Heart of Gold,5\n"
                           "2024-01-20,cid,Harvest Moon,8\n"
                           "2024-01-28,bob,Old Man,7\n"
                           "2024-02-03,dan,So What,4\n"
                           "2024-02-04,dan,Blue in Green,6\n"
                           "2024-02-09,eve,So What,9\n"
                           "2024-02-11,eve,All Blues,2\n";
    return path;
}

}  // namespace

int main(int argc, char** argv) try {
    const std::filesystem::path path = argc > 1 ? argv[1] : made_up_file();
    const als::Ratings<float> data = als::read_ratings<float>(path);
    if (argc == 1) std::filesystem::remove(path);

    // Users and items have indices; data.users and data.items know their names.
    const als::Interactions<float>& plays = data.interactions;
    std::cout << plays.user_count() << " users, " << plays.item_count() << " items, "
              << plays.size() << " entries\n";

    // The numbers are plays. Were they ratings, als::Explicit{} would be right.
    const als::Model<float> model = als::fit(plays, als::Implicit{}, {.factors = 8});
    for (als::User user; user.index < plays.user_count() && user.index < 5; ++user.index) {
        std::cout << data.users.name(user) << ':';
        for (const auto& [item, score] :
             als::recommend(model, user, {.count = 1, .exclude = plays[user]}))
            std::cout << ' ' << data.items.name(item);
        std::cout << '\n';
    }
} catch (const als::Error& error) {
    std::cerr << error.what() << '\n';  // the file, line and column, and what to do
    return 1;
}

// Output:
//
// 5 users, 6 items, 9 entries
// ann: Old Man
// bob: Harvest Moon
// cid: Heart of Gold
// dan: All Blues
// eve: Blue in Green
