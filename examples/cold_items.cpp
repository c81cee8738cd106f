// SPDX-License-Identifier: MIT
// Who will like an item that nobody has played yet? Its features tell.
//
// Without features, new items are tied and none is recommended. A genre says what kind of item it
// is, not which of its kind will be popular.
#include "support/console.hpp"
#include "support/planted_world.hpp"
#include <als/als.hpp>
#include <als/feature_file.hpp>

#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace {

/// The genre of every item, as a file would have it.
std::string genres_of(const support::PlantedWorld& world) {
    std::ostringstream text;
    text << "item,genre\n";
    for (als::Item item; item.index < world.items().size(); ++item.index)
        text << world.items().name(item) << ','
             << support::PlantedWorld::genre_name(world.genre(item)) << '\n';
    return text.str();
}

}  // namespace

int main() {
    const support::PlantedWorld world;
    const als::Interactions<float> plays = world.plays();

    // Every tenth item is new: its plays are kept from the training.
    std::vector<als::Item> cold;
    std::vector<als::Entry<float>> train_entries, test_entries;
    for (als::Item item; item.index < plays.item_count(); ++item.index) {
        const bool is_cold = item.index % 10 == 0;
        if (is_cold) cold.push_back(item);
        for (const auto [user, count] : plays[item])
            (is_cold ? test_entries : train_entries).push_back({user, item, count});
    }
    const als::Interactions<float> train(plays.user_count(), plays.item_count(), train_entries);
    const als::Interactions<float> test(plays.user_count(), plays.item_count(), test_entries);
    const als::Model<float> model = als::fit(train, als::Implicit{}, {.factors = 32});

    // How do genres make factors? Learned from the items that have a history.
    std::istringstream file(genres_of(world));
    const auto genres = als::read_features<float>(file, "genres.csv", world.items(),
                                                  {.columns = {{.name = "genre"}}});
    const auto map = als::fit_feature_map<als::Item>(model, genres.matrix, {.names = genres.names});
    const als::Model<float> with_cold = als::with_cold_rows(model, map, genres.matrix);

    // The new items, among themselves.
    const auto judge = [&](const char* name, const als::Model<float>& judged) {
        const als::Evaluation found =
            als::evaluate(judged, test, {.k = 10, .candidates = cold, .all_places = true});
        std::cout << support::left(name, 20) << std::fixed << std::setprecision(3) << std::setw(9)
                  << found.recall.mean << std::setw(8) << found.auc->mean << '\n';
    };
    std::cout << "New items only      Recall@10     AUC\n";
    judge("without features", model);
    judge("with their genres", with_cold);

    const als::User user{17};
    std::cout << '\n' << world.users().name(user) << " might like, of the new items:\n";
    for (const auto& [item, score] : als::recommend(with_cold, user, {.count = 3, .allow = cold}))
        std::cout << "  " << world.items().name(item) << '\n';

    // An item that is in no matrix: its row of features is enough for every query.
    const auto tomorrow = als::from_features(map, genres.matrix.row(cold[0].index));
    std::cout << "\nLike tomorrow's " << world.items().name(cold[0]) << ":\n";
    for (const auto& [item, score] : als::similar_items(model, tomorrow, {.count = 3}))
        std::cout << "  " << world.items().name(item) << '\n';
}

// Output:
//
// New items only      Recall@10     AUC
// without features        0.000   0.500
// with their genres       0.399   0.774
//
// user 17 (western, musical) might like, of the new items:
//   Western #38
//   Western #9
//   Western #52
//
// Like tomorrow's Horror #99:
//   Horror #21
//   Horror #34
//   Horror #23
