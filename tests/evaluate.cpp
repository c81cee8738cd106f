// SPDX-License-Identifier: MIT
// `evaluate`: the means of the metrics, and the measures that need every item.
#include "catch.hpp"
#include "samples.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <set>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

TEST_CASE("evaluate: means of the metrics of the recommended lists, with intervals") {
    const auto data = sample_data<double>(64);
    const auto parts = als::split(data, {.test_fraction = 0.4});
    const auto& train = parts.train;
    const auto& test = parts.test;
    const auto model = als::fit(train, als::Implicit{}, {.factors = 6, .iterations = 4});
    for (const int threads : {1, 3}) {
        const auto found = als::evaluate(
            model, test, {.k = 7, .exclude = &train, .relevance_threshold = 2, .threads = threads});
        std::vector<double> recalls, ndcgs;
        std::set<Item> listed;
        for (int u = 0; u < 60; ++u) {
            std::vector<Item> relevant;
            for (const auto [item, value] : test[User{u}])
                if (value >= 2) relevant.push_back(item);
            if (relevant.empty()) continue;
            const auto list =
                als::recommend(model, User{u}, {.count = 7, .exclude = train[User{u}]});
            for (const auto& [item, score] : list) listed.insert(item);
            recalls.push_back(als::recall(list, relevant, 7));
            ndcgs.push_back(als::ndcg(list, relevant, 7));
        }
        CHECK(found.users.size() == recalls.size());
        CHECK(found.recall.values == recalls);
        CHECK(found.ndcg.values == ndcgs);
        const auto n = static_cast<double>(recalls.size());
        const double mean = std::accumulate(recalls.begin(), recalls.end(), 0.0) / n;
        double squares = 0;
        for (const double value : recalls) squares += (value - mean) * (value - mean);
        CHECK_THAT(found.recall.mean, WithinRel(mean, 1e-12));
        CHECK_THAT(found.recall.high - mean,
                   WithinRel(1.96 * std::sqrt(squares / (n - 1) / n), 1e-9));
        CHECK_THAT(mean - found.recall.low,
                   WithinRel(1.96 * std::sqrt(squares / (n - 1) / n), 1e-9));
        CHECK_THAT(found.coverage, WithinRel(static_cast<double>(listed.size()) / 45, 1e-12));
        CHECK_FALSE(found.auc.has_value());
    }
}

TEST_CASE("evaluate: AUC, percentile rank and popularity bias, worked by hand") {
    // One user, scores 5 4 4 3 2 for items 0 to 4; items 1 and 3 are relevant, with values 2 and 1.
    als::ModelParts<double> parameters;
    parameters.users.factors = als::FactorMatrix<double>::Ones(2, 1);
    parameters.items.factors.resize(5, 1);
    parameters.items.factors << 5, 4, 4, 3, 2;
    const als::Model<double> model(parameters, als::Implicit{});
    const als::Interactions<double> test(
        2, 5, std::vector<als::Entry<double>>{{User{0}, Item{1}, 2}, {User{0}, Item{3}, 1}});
    const auto found = als::evaluate(model, test, {.k = 2, .all_places = true});
    REQUIRE(found.users == std::vector<User>{User{0}});
    // Item 1 beats item 4, ties with 2 and loses to 0: 1.5 of 3. Item 3 beats 4 alone: 1 of 3.
    REQUIRE(found.auc.has_value());
    CHECK_THAT(found.auc->mean, WithinRel(2.5 / 6, 1e-12));
    // Places, from 0: item 1 shares 1 and 2, item 3 has 3, of 4.
    CHECK_THAT(*found.expected_percentile_rank, WithinRel((2 * 1.5 / 4 + 1 * 3.0 / 4) / 3, 1e-12));
    CHECK_THAT(found.coverage, WithinRel(2.0 / 5, 1e-12));
    // The lists hold items 0 and 1, with 0 and 1 users; the relevant ones have 1 each.
    CHECK_THAT(found.popularity_bias, WithinRel(0.5, 1e-12));
    // With item 0 seen, item 1 has lost to nobody.
    const als::Interactions<double> seen(2, 5,
                                         std::vector<als::Entry<double>>{{User{0}, Item{0}, 1}});
    const auto less = als::evaluate(model, test, {.k = 2, .exclude = &seen, .all_places = true});
    CHECK_THAT(less.auc->mean, WithinRel(2.5 / 4, 1e-12));
}

TEST_CASE("evaluate: sampled candidates are asked for, seeded, and rank among themselves") {
    const auto data = sample_data<float>(65);
    const auto parts = als::split(data, {.test_fraction = 0.4});
    const auto& train = parts.train;
    const auto& test = parts.test;
    const auto model = als::fit(train, als::Implicit{}, {.factors = 6, .iterations = 4});
    const auto sampled = [&](std::int64_t count, std::uint64_t seed) {
        return als::evaluate(model, test,
                             {.k = 5,
                              .exclude = &train,
                              .all_places = true,
                              .sampled_candidates = count,
                              .seed = seed});
    };
    CHECK(sampled(8, 1).recall.values == sampled(8, 1).recall.values);
    CHECK(sampled(8, 1).recall.values != sampled(8, 2).recall.values);
    CHECK(sampled(8, 1).recall.mean > sampled(1000, 1).recall.mean);  // fewer rivals
    const auto full = als::evaluate(model, test, {.k = 5, .exclude = &train, .all_places = true});
    CHECK(sampled(1000, 1).recall.values == full.recall.values);
    CHECK_THAT(sampled(1000, 1).auc->mean, WithinRel(full.auc->mean, 1e-12));
}

TEST_CASE("evaluate: given candidates are ranked among themselves") {
    const auto data = sample_data<double>(67);
    const auto parts = als::split(data, {.test_fraction = 0.4});
    const auto& train = parts.train;
    const auto& test = parts.test;
    const auto model = als::fit(train, als::Implicit{}, {.factors = 6, .iterations = 4});
    const std::vector<Item> candidates{{40}, {3}, {7}, {12}, {3}, {21}, {33}, {34}, {2}};
    const std::set<Item> among(candidates.begin(), candidates.end());
    std::vector<User> users;
    std::vector<double> recalls, ndcgs, aucs;
    std::set<Item> listed;
    for (int u = 0; u < 60; ++u) {
        als_test::List<double> scored;
        for (const Item item : among) {
            const auto seen = train[User{u}].ids();
            if (std::find(seen.begin(), seen.end(), item) == seen.end())
                scored.push_back({item, als::predict(model, User{u}, item)});
        }
        std::sort(scored.begin(), scored.end(), [](const auto& a, const auto& b) {
            return a.score != b.score ? a.score > b.score : a.id < b.id;
        });
        std::vector<Item> relevant;
        for (const auto [item, value] : test[User{u}])
            if (value > 0 && among.contains(item)) relevant.push_back(item);
        if (relevant.empty()) continue;
        users.push_back(User{u});
        double ordered = 0;
        double pairs = 0;
        for (const auto& good : scored)
            for (const auto& other : scored)
                if (std::count(relevant.begin(), relevant.end(), good.id) > 0 &&
                    std::count(relevant.begin(), relevant.end(), other.id) == 0) {
                    ordered += good.score > other.score ? 1 : 0;
                    ++pairs;
                }
        if (pairs > 0) aucs.push_back(ordered / pairs);
        scored.resize(std::min<std::size_t>(scored.size(), 3));
        for (const auto& [item, score] : scored) listed.insert(item);
        recalls.push_back(als::recall(scored, relevant, 3));
        ndcgs.push_back(als::ndcg(scored, relevant, 3));
    }
    REQUIRE(users.size() > 20);
    const als::EvaluateOptions<double> options{
        .k = 3, .exclude = &train, .candidates = candidates, .all_places = true};
    const auto found = als::evaluate(model, test, options);
    CHECK(found.users == users);
    CHECK(found.recall.values == recalls);
    CHECK(found.ndcg.values == ndcgs);
    REQUIRE(found.auc.has_value());
    REQUIRE(found.auc->values.size() == aucs.size());
    for (std::size_t n = 0; n < aucs.size(); ++n)
        CHECK_THAT(found.auc->values[n], WithinAbs(aucs[n], 1e-12));
    CHECK_THAT(found.coverage, WithinRel(static_cast<double>(listed.size()) / 8, 1e-12));

    // If there are more samples than candidates, all of them are used.
    als::EvaluateOptions<double> sampled = options;
    sampled.sampled_candidates = 100;
    CHECK(als::evaluate(model, test, sampled).recall.values == recalls);
    std::vector<Item> all;
    for (int i = 0; i < 45; ++i) all.push_back(Item{i});
    CHECK(als::evaluate(model, test, {.exclude = &train, .candidates = all}).ndcg.values ==
          als::evaluate(model, test, {.exclude = &train}).ndcg.values);
    const std::vector<Item> none;
    REQUIRE_THROWS_MATCHES(als::evaluate(model, test, {.candidates = none}), als::InputError,
                           says("not among the candidates"));
    const std::vector<Item> beyond{{45}};
    REQUIRE_THROWS_MATCHES(als::evaluate(model, test, {.candidates = beyond}), als::InputError,
                           says("als::EvaluateOptions::candidates") && says("45"));
}

TEST_CASE("evaluate: what cannot be judged is refused") {
    const auto data = sample_data<float>(66);
    const auto model = als::fit(data, als::Implicit{}, {.factors = 3, .iterations = 1});
    REQUIRE_THROWS_MATCHES(als::evaluate(model, data, {.k = 0}), als::InputError,
                           says("als::EvaluateOptions::k is 0"));
    REQUIRE_THROWS_MATCHES(als::evaluate(model, data, {.exclude = &data}), als::InputError,
                           says("no user has a relevant item"));
    REQUIRE_THROWS_MATCHES(als::evaluate(model, als::Interactions<float>(45, 60, {})),
                           als::InputError, says("als::evaluate: test") && says("wrong way round"));
    REQUIRE_THROWS_MATCHES(als::evaluate(model, data, {.relevance_threshold = std::nan("")}),
                           als::InputError, says("relevance_threshold is not a number"));
}

TEST_CASE("evaluate: to an implicit model zeros and dislikes are not relevant, unless asked for") {
    const std::vector<als::Entry<float>> seen{
        {User{0}, Item{0}, 1}, {User{1}, Item{0}, 1}, {User{2}, Item{0}, 1}, {User{1}, Item{1}, 1},
        {User{2}, Item{1}, 1}, {User{2}, Item{2}, 1}, {User{3}, Item{3}, 1}, {User{3}, Item{4}, 1}};
    const als::Interactions<float> train(4, 5, seen);
    const auto model = als::popularity_model(train);
    const auto test_of = [](const std::vector<als::Entry<float>>& entries) {
        return als::Interactions<float>(4, 5, entries);
    };
    const auto disliked = test_of({{User{3}, Item{0}, -1}, {User{0}, Item{1}, 0}});
    REQUIRE_THROWS_MATCHES(als::evaluate(model, disliked, {.k = 1, .exclude = &train}),
                           als::InputError, says("0 or a dislike"));
    CHECK(als::evaluate(model, disliked, {.exclude = &train, .relevance_threshold = -1})
              .users.size() == 2);

    const auto mixed = test_of({{User{3}, Item{2}, 2},
                                {User{3}, Item{0}, -1},
                                {User{0}, Item{4}, 2},
                                {User{0}, Item{1}, -1}});
    for (const std::optional<double> threshold : {std::optional<double>(), std::optional(-5.0)}) {
        const auto found = als::evaluate(
            model, mixed,
            {.k = 1, .exclude = &train, .relevance_threshold = threshold, .all_places = true});
        REQUIRE(found.expected_percentile_rank.has_value());
        CHECK(*found.expected_percentile_rank >= 0);
        CHECK(*found.expected_percentile_rank <= 1);
        CHECK(found.recall.mean == (threshold ? 0.5 : 0));
    }
    // To an explicit model a low rating is a rating.
    const auto ratings = als::bias_model(train);
    CHECK(als::evaluate(ratings, disliked, {.exclude = &train}).users.size() == 2);
}

TEST_CASE("evaluate: graded relevance counts values, or powers of 2, in NDCG alone") {
    const auto data = sample_data<double>(64);
    const auto parts = als::split(data, {.test_fraction = 0.4});
    const auto model = als::fit(parts.train, als::Implicit{}, {.factors = 6, .iterations = 4});
    const auto judge = [&](als::Gain gain) {
        return als::evaluate(model, parts.test, {.k = 7, .exclude = &parts.train, .gain = gain});
    };
    const auto plain = judge(als::Gain::binary);
    for (const als::Gain gain : {als::Gain::linear, als::Gain::exponential}) {
        const auto graded = judge(gain);
        CHECK(graded.recall.values == plain.recall.values);
        REQUIRE(graded.users == plain.users);
        for (std::size_t n = 0; n < graded.users.size(); ++n) {
            const User user = graded.users[n];
            const auto row = parts.test[user];
            const auto list =
                als::recommend(model, user, {.count = 7, .exclude = parts.train[user]});
            const auto gain_of = [&](double value) {
                return value <= 0 ? 0 : gain == als::Gain::linear ? value : std::pow(2, value) - 1;
            };
            double reached = 0;
            std::vector<double> gains;
            for (const auto [item, value] : row) {
                if (value <= 0) continue;
                gains.push_back(gain_of(value));
                for (std::size_t at = 0; at < list.size(); ++at)
                    if (list[at].id == item)
                        reached += gain_of(value) / std::log2(static_cast<double>(at) + 2);
            }
            std::sort(gains.rbegin(), gains.rend());
            double ideal = 0;
            for (std::size_t at = 0; at < std::min<std::size_t>(7, gains.size()); ++at)
                ideal += gains[at] / std::log2(static_cast<double>(at) + 2);
            CHECK_THAT(graded.ndcg.values[n], WithinAbs(reached / ideal, 1e-12));
        }
    }
}

TEST_CASE("evaluate: items of which the model knows nothing count as misses") {
    const std::vector<als::Entry<double>> seen{
        {User{0}, Item{0}, 1}, {User{1}, Item{0}, 1}, {User{1}, Item{1}, 1}};
    const als::Interactions<double> train(2, 4, seen);
    const std::vector<als::Entry<double>> hidden{{User{0}, Item{3}, 1}, {User{0}, Item{1}, 1}};
    const auto found =
        als::evaluate(als::popularity_model(train), als::Interactions<double>(2, 4, hidden),
                      {.k = 4, .exclude = &train});
    CHECK(found.recall.mean == 0.5);
}
