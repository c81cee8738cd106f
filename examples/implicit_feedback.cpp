// SPDX-License-Identifier: MIT
// Plays, clicks, purchases: how is a model trained on them, and how well do its lists hit what
// users choose next?
//
// For your own data: als::read_ratings<float>("plays.csv").interactions in the place of
// made_up_plays(). If the counts span magnitudes, keep Confidence::logarithmic, else leave it out.
#include <als/als.hpp>

#include <iomanip>
#include <iostream>
#include <random>

namespace {

/// 400 users and 120 songs of 6 genres. A user likes two genres, and plays a song of them often.
als::Interactions<float> made_up_plays() {
    std::mt19937 random(1);
    const auto below = [&](unsigned count) { return static_cast<std::int32_t>(random() % count); };
    std::vector<als::Entry<float>> entries;
    for (als::User user; user.index < 400; ++user.index) {
        const std::int32_t liked[] = {below(6), below(6)};
        for (int n = 0; n < 20; ++n) {
            const bool is_liked = below(10) < 7;
            const std::int32_t genre = is_liked ? liked[n % 2] : below(6);
            const als::Item song{genre + 6 * std::min(below(20), below(20))};  // some are popular
            entries.push_back({user, song, static_cast<float>(is_liked ? 1 + below(50) : 1)});
        }
    }
    return {400, 120, entries, {.duplicates = als::Duplicates::sum}};
}

}  // namespace

int main() {
    const als::Interactions<float> plays = made_up_plays();
    const als::Split<float> parts = als::split_each_user(plays, {.test_fraction = 0.2});

    // alpha and regularization are fitted to the data; the model has the values that were used.
    const als::Model<float> model = als::fit(
        parts.train, als::Implicit{.confidence = als::Confidence::logarithmic}, {.factors = 16});
    const auto& used = std::get<als::Implicit>(model.objective());
    std::cout << std::fixed << std::setprecision(2) << "alpha " << *used.alpha
              << ", regularization " << *used.regularization << "\n\n";

    std::cout << "Lists of 10 songs   recall   NDCG\n";
    const auto judge = [&](const char* name, const als::Model<float>& judged) {
        const als::Evaluation found =
            als::evaluate(judged, parts.test, {.k = 10, .exclude = &parts.train});
        std::cout << name << found.recall.mean << "     " << found.ndcg.mean << '\n';
    };
    judge("most popular        ", als::popularity_model(parts.train));
    judge("model               ", model);

    const als::User user{0};
    std::cout << "\nUser 0 may like songs";
    for (const auto& [song, score] :
         als::recommend(model, user, {.count = 5, .exclude = parts.train[user]}))
        std::cout << ' ' << song.index << " (genre " << song.index % 6 << ')';
    std::cout << '\n';
}

// Output:
//
// alpha 0.11, regularization 0.38
//
// Lists of 10 songs   recall   NDCG
// most popular        0.17     0.10
// model               0.39     0.26
//
// User 0 may like songs 29 (genre 5) 47 (genre 5) 53 (genre 5) 17 (genre 5) 13 (genre 1)
