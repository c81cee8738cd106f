// SPDX-License-Identifier: MIT
// CoreRec's tutorial of ALS in seven steps, for als: load, split, fit, predict one and many,
// recommend, evaluate, save and load.
//
// docs/migration/corerec.md goes through it. For your own data: pass a file with a header that
// names users, items and ratings, such as ratings.csv of MovieLens.
#include <als/als.hpp>

#include <filesystem>
#include <iomanip>
#include <iostream>
#include <random>
#include <sstream>

namespace {

/// Stands for a file: 200 users rate 30 of 80 movies, those of a genre that they like higher.
als::Ratings<float> made_up_ratings() {
    std::mt19937 random(1);
    std::stringstream csv("userId,movieId,rating\n", std::ios::in | std::ios::out | std::ios::ate);
    for (int user = 1; user <= 200; ++user)
        for (int n = 0; n < 30; ++n) {
            const auto draw = static_cast<int>(random() % 1000);
            const int movie = n % 3 != 0 ? user % 4 + 4 * (draw % 20) : draw % 80;
            csv << user << ',' << movie + 1 << ','
                << (movie % 4 == user % 4 ? 3 : 1) + draw / 500 + movie / 60 << '\n';
        }
    return als::read_ratings<float>(csv, "ratings.csv", {.duplicates = als::Duplicates::last});
}

}  // namespace

int main(int argc, char** argv) try {
    // 1. Load and split
    const als::Ratings<float> data =
        argc > 1 ? als::read_ratings<float>(argv[1]) : made_up_ratings();
    const als::Split<float> parts =
        als::split(data.interactions, {.test_fraction = 0.2, .seed = 42});
    std::cout << std::fixed << std::setprecision(2) << data.interactions.size() << " ratings\n";

    // 2. and 3. Choose and train. ALS(n_factors=100, regularization=0.01, alpha=40, iterations=15)
    // says .alpha and .regularization; not given, they are fitted to the data.
    const als::Model<float> model =
        als::fit(parts.train, als::Implicit{}, {.factors = 16, .iterations = 15});

    // 4. Predict, for one pair and for many
    const als::User user = data.users.at("1");
    std::cout << "score of movie 5: " << als::predict(model, user, data.items.at("5")) << '\n';
    const std::vector<float> scores = als::predict(model, parts.test);
    std::cout << scores.size() << " scores\n";

    // 5. Recommend
    std::cout << "top 5 of user 1:";
    for (const auto& [item, score] :
         als::recommend(model, user, {.count = 5, .exclude = parts.train[user]}))
        std::cout << ' ' << data.items.name(item);
    std::cout << '\n';

    // 6. Evaluate. An implicit model has no RMSE: its scores are no ratings. Judge its lists ...
    try {
        std::cout << als::rmse(model, parts.test) << '\n';
    } catch (const als::InputError& error) {
        std::cout << error.what() << '\n';
    }
    const auto ndcg = [&](const als::Model<float>& judged) {
        return als::evaluate(judged, parts.test, {.k = 10, .exclude = &parts.train}).ndcg.mean;
    };
    std::cout << "NDCG@10: " << ndcg(model) << ", of the most popular movies "
              << ndcg(als::popularity_model(parts.train)) << '\n';
    // ... or train a model of the ratings.
    const als::Model<float> stars = als::fit(parts.train, als::Explicit{}, {.factors = 16});
    std::cout << "RMSE: " << als::rmse(stars, parts.test, {.clip = true})
              << ", of the biases alone " << als::rmse(als::bias_model(parts.train), parts.test)
              << '\n';

    // 7. Save and load, with the ids
    const auto path = std::filesystem::temp_directory_path() /
                      ("als-" + std::to_string(std::random_device()()) + ".safetensors");
    als::save(model, path, {.users = &data.users, .items = &data.items});
    const als::ModelFile<float> loaded = als::load_all<float>(path);
    std::cout << "loaded: score of movie 5: "
              << als::predict(loaded.model, loaded.users.at("1"), loaded.items.at("5")) << '\n';
    std::filesystem::remove(path);
} catch (const als::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
}

// Output:
//
// 4150 ratings
// score of movie 5: 0.10
// 830 scores
// top 5 of user 1: 2 58 30 22 70
// als::rmse: the model is implicit: its scores estimate a preference, not the values of the test set; use als::evaluate, or als::recall or als::ndcg on recommended lists
// NDCG@10: 0.46, of the most popular movies 0.12
// RMSE: 0.69, of the biases alone 1.12
// loaded: score of movie 5: 0.10
