// SPDX-License-Identifier: MIT
// Judging a model: splits, metrics, evaluate, baselines, early stopping; and weightings of the
// data.
#include "catch.hpp"
#include "reference.hpp"
#include <als/detail/base/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <sstream>
#include <stop_token>

using namespace als_test;
using als::Item;
using als::User;
using als::detail::Stream;

namespace {

template <typename Scalar>
using List = std::vector<als::Scored<Item, Scalar>>;

template <typename Scalar>
als::Interactions<Scalar> data_of(std::uint32_t seed) {
    return random_table(seed, {.users = 60, .items = 45, .density = 0.2, .dislikes = 0.1})
        .interactions<Scalar>();
}

/// Parts together are the data: each entry in one of them, unchanged.
template <typename Scalar>
void check_partition(const als::Interactions<Scalar>& data,
                     const std::vector<const als::Interactions<Scalar>*>& parts) {
    std::vector<als::Entry<Scalar>> all;
    for (const auto* part : parts) {
        CHECK(part->user_count() == data.user_count());
        CHECK(part->item_count() == data.item_count());
        for (const auto& entry : part->entries()) all.push_back(entry);
    }
    // A pair in two parts would be refused.
    CHECK(als::Interactions<Scalar>(data.user_count(), data.item_count(), all) == data);
}

}  // namespace

TEST_CASE("split: two parts that together are the data") {
    const auto data = data_of<float>(32);
    for (const double fraction : {0.1, 0.25, 0.9}) {
        const auto [train, test] = als::split(data, {.test_fraction = fraction, .seed = 5});
        CHECK(test.size() == std::llround(fraction * static_cast<double>(data.size())));
        CHECK(train.size() + test.size() == data.size());
        CHECK(train.user_count() == data.user_count());
        CHECK(test.item_count() == data.item_count());
        auto all = train.entries();
        for (const auto& entry : test.entries()) all.push_back(entry);  // refused if a pair repeats
        CHECK(als::Interactions<float>(data.user_count(), data.item_count(), all) == data);
    }
}

TEST_CASE("split: the seed decides, on every platform alike") {
    const auto data = data_of<float>(33);
    const auto once = als::split(data, {.seed = 5});
    CHECK(once.test == als::split(data, {.seed = 5}).test);
    CHECK_FALSE(once.test == als::split(data, {.seed = 6}).test);
    // The generator, once and for all: SplitMix64's first output for seed 0, and its own
    // compositions.
    CHECK(als::detail::scatter(0) == 0xe220a8397b1dcdafu);
    CHECK(als::detail::random_bits(1, Stream{2}, 3, 4) == als::detail::random_bits(1, Stream{2}, 3, 4));
    CHECK(als::detail::random_bits(1, Stream{2}, 3, 4) != als::detail::random_bits(1, Stream{2}, 4, 3));
    double mean = 0;
    double square = 0;
    for (std::uint64_t n = 0; n < 10000; ++n) {
        const double value = als::detail::random_normal(1, Stream{2}, n, 3);
        mean += value / 10000;
        square += value * value / 10000;
    }
    CHECK(std::abs(mean) < 0.05);
    CHECK(std::abs(square - 1) < 0.05);
}

TEST_CASE("split: a fraction out of range is refused") {
    for (const double fraction : {0.0, 1.0, -0.5, std::nan("")})
        REQUIRE_THROWS_MATCHES(als::split(data_of<float>(34), {.test_fraction = fraction}),
                               als::InputError, says("als::split") && says("> 0 and < 1"));
}

TEST_CASE("metrics: numbers worked by hand") {
    const List<float> ranked{{Item{4}, 9}, {Item{1}, 8}, {Item{7}, 7}, {Item{2}, 6}};
    const std::vector<Item> relevant{Item{1}, Item{2}, Item{9}};
    CHECK_THAT(als::recall(ranked, relevant, 2), WithinRel(1.0 / 3, 1e-12));
    CHECK_THAT(als::recall(ranked, relevant, 10), WithinRel(2.0 / 3, 1e-12));
    // Hits at positions 2 and 4; the ideal list has hits at 1, 2 and 3.
    const double ideal = 1 + 1 / std::log2(3) + 0.5;
    CHECK_THAT(als::ndcg(ranked, relevant, 4),
               WithinRel((1 / std::log2(3) + 1 / std::log2(5)) / ideal, 1e-12));
    CHECK_THAT(als::ndcg(ranked, relevant, 1), WithinAbs(0, 1e-12));
    CHECK_THAT(als::ndcg(ranked, std::vector<Item>{Item{4}}, 3), WithinRel(1.0, 1e-12));
    REQUIRE_THROWS_MATCHES(als::recall(ranked, std::vector<Item>{}, 3), als::InputError,
                           says("no relevant item"));
    REQUIRE_THROWS_MATCHES(als::ndcg(ranked, relevant, 0), als::InputError, says("k is 0"));
}

TEST_CASE("metrics: RMSE by hand, clipped, and refused for implicit models") {
    als::ModelParts<double> parameters;
    parameters.users.factors = als::FactorMatrix<double>::Ones(2, 1);
    parameters.items.factors = als::FactorMatrix<double>::Constant(2, 1, 4);
    parameters.lowest = 1;
    parameters.highest = 3.5;
    const als::Model<double> model(parameters, als::Explicit{.biases = false});
    const als::Interactions<double> test(
        2, 2, std::vector<als::Entry<double>>{{User{0}, Item{1}, 3}, {User{1}, Item{0}, 1}});
    CHECK_THAT(als::rmse(model, test), WithinRel(std::sqrt((1.0 + 9.0) / 2), 1e-12));
    CHECK_THAT(als::rmse(model, test, {.clip = true}),
               WithinRel(std::sqrt((0.25 + 6.25) / 2), 1e-12));
    REQUIRE_THROWS_MATCHES(als::rmse(model, als::Interactions<double>(2, 2, {})), als::InputError,
                           says("the test set is empty"));
    parameters.lowest = -1;
    const als::Model<double> implicit(parameters, als::Implicit{});
    REQUIRE_THROWS_MATCHES(als::rmse(implicit, test), als::InputError,
                           says("the model is implicit") && says("als::recall"));
}

TEST_CASE("split: each user's own fraction, whatever the others have") {
    const auto data = data_of<float>(60);
    const auto parts = als::split_each_user(data, {.test_fraction = 0.3, .seed = 9});
    check_partition(data, {&parts.train, &parts.test});
    for (int u = 0; u < 60; ++u)
        CHECK(parts.test[User{u}].size() ==
              static_cast<std::int64_t>(0.3 * static_cast<double>(data[User{u}].size())));
    CHECK(als::split_each_user(data, {.test_fraction = 0.3, .seed = 9}).test == parts.test);
    CHECK_FALSE(als::split_each_user(data, {.test_fraction = 0.3, .seed = 10}).test == parts.test);
    // Without the last user.
    auto entries = data.entries();
    std::erase_if(entries, [](const auto& entry) { return entry.user == User{59}; });
    const als::Interactions<float> less(60, 45, entries);
    const auto again = als::split_each_user(less, {.test_fraction = 0.3, .seed = 9});
    for (int u = 0; u < 59; ++u)
        CHECK(std::ranges::equal(again.test[User{u}].ids(), parts.test[User{u}].ids()));
}

TEST_CASE("split: leave k out takes k of each user, or none") {
    const auto data =
        random_table(61, {.users = 40, .items = 12, .density = 0.4}).interactions<double>();
    const auto parts = als::leave_out(data, {.count = 2, .least_left = 3, .seed = 4});
    check_partition(data, {&parts.train, &parts.test});
    int kept = 0;
    for (int u = 0; u < 40; ++u) {
        const bool enough = data[User{u}].size() >= 5;
        kept += enough ? 0 : 1;
        CHECK(parts.test[User{u}].size() == (enough ? 2 : 0));
    }
    CHECK(kept > 0);
    CHECK(als::leave_out(data, {.count = 2, .seed = 4}).test ==
          als::leave_out(data, {.count = 2, .seed = 4}).test);
    CHECK_FALSE(als::leave_out(data, {.seed = 4}).test == als::leave_out(data, {.seed = 5}).test);
    REQUIRE_THROWS_MATCHES(als::leave_out(data, {.count = 0}), als::InputError,
                           says("als::LeaveOutOptions::count is 0"));
    REQUIRE_THROWS_MATCHES(als::leave_out(data, {.least_left = -1}), als::InputError,
                           says("als::LeaveOutOptions::least_left is -1"));
}

TEST_CASE("split: the last of each user by time, as the file has it") {
    std::istringstream file(
        "a\tx\t5\t300\n"
        "a\ty\t4\t100\n"
        "a\tz\t3\t200\n"
        "b\tx\t2\t50\n"
        "b\tz\t1\t50\n"
        "c\ty\t1\t7\n");
    const auto data = als::read_ratings<float>(file, "ratings", {.time_column = 3});
    CHECK(data.times.size() == 6);
    CHECK(data.times[User{0}].values()[0] == 300);
    const auto parts = als::leave_last_out(data.interactions, data.times);
    check_partition(data.interactions, {&parts.train, &parts.test});
    const auto only = [&](const char* user) {
        return data.items.name(parts.test[data.users.at(user)].ids()[0]);
    };
    CHECK(only("a") == "x");
    CHECK(only("b") == "z");  // of the same time: the later index
    CHECK(parts.test[data.users.at("c")].empty());
    const als::Interactions<double> other(3, 3,
                                          std::vector<als::Entry<double>>{{User{0}, Item{0}, 1}});
    REQUIRE_THROWS_MATCHES(als::leave_last_out(data.interactions, other), als::InputError,
                           says("als::leave_last_out: user 0 has times for other items"));
    REQUIRE_THROWS_MATCHES(
        als::leave_last_out(data.interactions, als::Interactions<double>(3, 2, {})),
        als::InputError, says("times for 3 users and 2 items"));
}

TEST_CASE("ratings: times are kept, the latest of a repeated pair; bad ones are refused") {
    std::istringstream file("a,x,5,300\na,x,4,100\nb,y,1,2e3\n");
    const auto data =
        als::read_ratings<float>(file, "f", {.time_column = 3, .duplicates = als::Duplicates::sum});
    CHECK(data.times[User{0}].values()[0] == 300);
    CHECK(data.times[User{1}].values()[0] == 2000);
    std::istringstream plain("a,x,5,300\n");
    CHECK(als::read_ratings<float>(plain, "f").times.empty());
    std::istringstream bad("a,x,5,1\na,y,5,soon\n");
    REQUIRE_THROWS_MATCHES(als::read_ratings<float>(bad, "f", {.time_column = 3}), als::FormatError,
                           says("f:2:7: the time \"soon\" is not a number"));
    std::istringstream fine("a,x,5,1\n");
    REQUIRE_THROWS_MATCHES(als::read_ratings<float>(fine, "f", {.time_column = 2}), als::InputError,
                           says("time_column is 2; another option names that column"));
    REQUIRE_THROWS_MATCHES(als::read_ratings<float>(fine, "f", {.time_column = -2}),
                           als::InputError, says("time_column is -2"));
}

TEST_CASE("split: users held out are unknown to the training") {
    const auto data =
        random_table(62, {.users = 50, .items = 30, .density = 0.3, .empty_rows = true})
            .interactions<float>();
    const auto parts =
        als::hold_out_users(data, {.user_fraction = 0.2, .test_fraction = 0.25, .seed = 3});
    check_partition(data, {&parts.train, &parts.given, &parts.hidden});
    std::int64_t active = 0;
    for (int u = 0; u < 50; ++u) {
        const User user{u};
        active += data[user].empty() ? 0 : 1;
        const bool held = std::binary_search(parts.users.begin(), parts.users.end(), user);
        CHECK((held ? parts.train : parts.given)[user].empty());
        CHECK(parts.hidden[user].size() == (held ? data[user].size() / 4 : 0));
        if (held) CHECK_FALSE(data[user].empty());
    }
    CHECK(static_cast<std::int64_t>(parts.users.size()) ==
          std::llround(0.2 * static_cast<double>(active)));
    CHECK(als::hold_out_users(data, {.seed = 3}).users ==
          als::hold_out_users(data, {.seed = 3}).users);
    CHECK_FALSE(als::hold_out_users(data, {.seed = 3}).users ==
                als::hold_out_users(data, {.seed = 4}).users);
    REQUIRE_THROWS_MATCHES(als::hold_out_users(data, {.user_fraction = 1}), als::InputError,
                           says("user_fraction is 1"));
}

TEST_CASE("split: folds are disjoint, of one size, and together the data") {
    const auto data = data_of<float>(63);
    const auto all = als::folds(data, 4, 8);
    REQUIRE(all.size() == 4);
    check_partition(data, {&all[0].test, &all[1].test, &all[2].test, &all[3].test});
    for (const auto& fold : all) {
        check_partition(data, {&fold.train, &fold.test});
        CHECK(std::abs(fold.test.size() - data.size() / 4) <= 1);
    }
    CHECK(als::folds(data, 4, 8)[2].test == all[2].test);
    CHECK_FALSE(als::folds(data, 4, 9)[2].test == all[2].test);
    REQUIRE_THROWS_MATCHES(als::folds(data, 1), als::InputError, says("als::folds: count is 1"));
}

TEST_CASE("metrics: agree with ir-measures and ranx on random rankings") {
    // ir_measures 0.4.3 and ranx 0.3.21 give these numbers for the lists, k = 5 and then 10.
    const std::array<std::vector<int>, 5> ranked{{{19, 8, 23, 11, 25, 22, 27, 20, 16, 0, 14, 7},
                                                  {1, 28, 5, 3, 11, 15, 7, 12, 17, 26, 18, 23},
                                                  {13, 8, 5, 24, 12, 27, 2, 4, 19, 21, 14, 22},
                                                  {6, 5, 27, 28, 9, 10, 29, 17, 21, 20, 23, 26},
                                                  {9, 26, 19, 18, 0, 27, 21, 22, 10, 2, 29, 11}}};
    const std::array<std::vector<int>, 5> relevant{
        {{20},
         {0, 6, 23},
         {0, 4, 6, 24, 27, 28},
         {0, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13, 22},
         {0, 1, 5, 6, 8, 9, 10, 11, 12, 13, 15, 16, 18, 19, 21, 22, 23, 24, 26, 27}}};
    struct Expected {
        int k;
        std::array<double, 5> precision, recall, ndcg, average_precision, reciprocal_rank, hit_rate;
    };
    const std::array<Expected, 2> expected{
        {{5,
          {0, 0, 0.2, 0.6, 1},
          {0, 0, 0.1666666667, 0.25, 0.25},
          {0, 0, 0.1460683498, 0.6843515475, 1},
          {0, 0, 0.0416666667, 0.2166666667, 0.25},
          {0, 0, 0.25, 1, 1},
          {0, 0, 1, 1, 1}},
         {10,
          {0.1, 0, 0.3, 0.4, 0.9},
          {1, 0, 0.5, 0.3333333333, 0.45},
          {0.3154648768, 0, 0.3335733535, 0.5224955968, 0.9363792118},
          {0.125, 0, 0.1597222222, 0.2722222222, 0.45},
          {0.125, 0, 0.25, 1, 1},
          {1, 0, 1, 1, 1}}}};
    for (const Expected& e : expected)
        for (std::size_t q = 0; q < 5; ++q) {
            List<float> list;
            for (const int item : ranked[q])
                list.push_back({Item{item}, -static_cast<float>(list.size())});
            std::vector<Item> wanted;
            for (const int item : relevant[q]) wanted.push_back(Item{item});
            CHECK_THAT(als::precision(list, wanted, e.k), WithinAbs(e.precision[q], 1e-9));
            CHECK_THAT(als::recall(list, wanted, e.k), WithinAbs(e.recall[q], 1e-9));
            CHECK_THAT(als::ndcg(list, wanted, e.k), WithinAbs(e.ndcg[q], 1e-9));
            CHECK_THAT(als::average_precision(list, wanted, e.k),
                       WithinAbs(e.average_precision[q], 1e-9));
            CHECK_THAT(als::reciprocal_rank(list, wanted, e.k),
                       WithinAbs(e.reciprocal_rank[q], 1e-9));
            CHECK_THAT(als::hit_rate(list, wanted, e.k), WithinAbs(e.hit_rate[q], 1e-9));
            const double most = std::min<double>(e.k, static_cast<double>(wanted.size()));
            CHECK_THAT(als::capped_recall(list, wanted, e.k),
                       WithinAbs(e.precision[q] * e.k / most, 1e-9));
        }
    REQUIRE_THROWS_MATCHES(als::precision(List<float>{}, std::vector<Item>{}, 3), als::InputError,
                           says("als::precision: there is no relevant"));
    REQUIRE_THROWS_MATCHES(als::hit_rate(List<float>{}, std::vector<Item>{Item{1}}, 0),
                           als::InputError, says("als::hit_rate: k is 0"));
}

TEST_CASE("evaluate: means of the metrics of the recommended lists, with intervals") {
    const auto data = data_of<double>(64);
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
    const auto data = data_of<float>(65);
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

TEST_CASE("evaluate: what cannot be judged is refused") {
    const auto data = data_of<float>(66);
    const auto model = als::fit(data, als::Implicit{}, {.factors = 3, .iterations = 1});
    REQUIRE_THROWS_MATCHES(als::evaluate(model, data, {.k = 0}), als::InputError,
                           says("als::EvaluateOptions::k is 0"));
    REQUIRE_THROWS_MATCHES(als::evaluate(model, data, {.exclude = &data}), als::InputError,
                           says("no user has a relevant item"));
    REQUIRE_THROWS_MATCHES(als::evaluate(model, als::Interactions<float>(45, 60, {})),
                           als::InputError, says("als::evaluate: test") && says("wrong way round"));
    REQUIRE_THROWS_MATCHES(als::evaluate(model, data, {.relevance_threshold = std::nan("")}),
                           als::InputError, says("relevance_threshold is not a number"));
    REQUIRE_THROWS_MATCHES(als::mae(model, data), als::InputError,
                           says("als::mae: the model is implicit"));
}

TEST_CASE("baselines: popularity ranks by users, biases minimise their objective") {
    const auto data =
        random_table(67, {.users = 40, .items = 30, .density = 0.3, .empty_rows = true})
            .interactions<double>();
    const auto popular = als::popularity_model(data);
    const auto ranking = als::popular_items(data);
    const auto list = als::recommend(popular, User{2}, {.count = 30});
    REQUIRE(list.size() == 30);
    for (std::size_t n = 0; n < 30; ++n) CHECK(list[n].id == ranking[n]);

    const als::Explicit objective{.bias_regularization = 0.2};
    const auto model = als::bias_model(data, objective);
    const double least = als::objective_value(model, data);
    CHECK(model.user_factors().isZero(0));
    for (const double change : {-1e-3, 1e-3})
        for (int row = 0; row < 30; row += 4) {
            auto other = model.parts();
            other.items.biases(row) += change;
            CHECK(als::objective_value(als::Model<double>(other, objective), data) >= least - 1e-9);
            other = model.parts();
            other.users.biases(row) += change;
            CHECK(als::objective_value(als::Model<double>(other, objective), data) >= least - 1e-9);
        }
    CHECK(als::mae(model, data) <= als::rmse(model, data));
    REQUIRE_THROWS_MATCHES(als::bias_model(data, {.biases = false}), als::InputError,
                           says("als::bias_model: the objective has no biases"));
    REQUIRE_THROWS_MATCHES(als::popularity_model(als::Interactions<float>(2, 2, {})),
                           als::InputError, says("als::popularity_model"));
}

TEST_CASE("fit_until_best: the best iteration of the full curve, as fit gives it") {
    const auto data = data_of<float>(68);
    const auto parts = als::split(data, {.test_fraction = 0.3});
    const auto& train = parts.train;
    const auto& validation = parts.test;
    const auto metric = [&](const als::Model<float>& model) {
        return als::evaluate(model, validation, {.exclude = &train}).ndcg.mean;
    };
    std::vector<double> curve;
    const als::Implicit objective{.regularization = 1e-4};
    als::Training training{.factors = 12, .iterations = 12};
    for (int n = 1; n <= 12; ++n)
        curve.push_back(metric(als::fit(train, objective, {.factors = 12, .iterations = n})));
    const auto top = std::max_element(curve.begin(), curve.end());
    const auto best = als::fit_until_best(train, objective, training, metric, {.patience = 12});
    CHECK(best.metrics == curve);
    CHECK(best.iteration == top - curve.begin() + 1);
    CHECK(best.metric == *top);
    CHECK(best.model.item_factors() ==
          als::fit(train, objective, {.factors = 12, .iterations = best.iteration}).item_factors());

    // So it is with every objective and solver.
    const auto error = [&](const als::Model<float>& made) {
        return als::objective_value(made, train);
    };
    for (const auto solver : {als::Solver::exact, als::Solver::conjugate_gradient}) {
        const als::Training four{.factors = 12, .iterations = 4, .solver = solver};
        const auto ratings = als::fit_until_best(train, als::Explicit{}, four, error,
                                                 {.patience = 4, .lower_is_better = true});
        als::Training same = four;
        CHECK(ratings.iteration == 4);  // the objective falls
        same.iterations = ratings.iteration;
        const auto once = als::fit(train, als::Explicit{}, same);
        CHECK(ratings.model.user_factors() == once.user_factors());
        CHECK(ratings.model.item_biases() == once.item_biases());
        const auto likes = als::fit_until_best(train, objective, four, error,
                                               {.patience = 4, .lower_is_better = true});
        same.iterations = likes.iteration;
        CHECK(likes.model.user_factors() == als::fit(train, objective, same).user_factors());
    }

    // Patience: the curve goes up, and then down for good.
    int iteration = 0;
    const std::array<double, 6> values{1, 2, 3, 2.5, 2.9, 2};
    const auto scripted = [&](const als::Model<float>&) {
        return values[static_cast<std::size_t>(iteration++)];
    };
    training.iterations = 6;
    const auto stopped = als::fit_until_best(train, objective, training, scripted, {.patience = 2});
    CHECK(stopped.iteration == 3);
    CHECK(stopped.metrics.size() == 5);
    iteration = 0;
    CHECK(als::fit_until_best(train, objective, training, scripted,
                              {.patience = 2, .lower_is_better = true})
              .iteration == 1);
    iteration = 0;
    CHECK(als::fit_until_best(train, objective, training, scripted,
                              {.patience = 5, .least_gain = 1.5})
              .iteration == 3);

    // The observer sees each metric and can end it.
    iteration = 0;
    std::vector<double> seen;
    training.observer = [&](const als::Progress& progress) {
        REQUIRE(progress.metric.has_value());
        seen.push_back(*progress.metric);
        return progress.iteration == 4 ? als::Next::stop : als::Next::go_on;
    };
    CHECK(als::fit_until_best(train, objective, training, scripted, {.patience = 5}).iteration ==
          3);
    CHECK(seen == std::vector<double>{1, 2, 3, 2.5});
    training.observer = {};
    const auto nothing = [](const als::Model<float>&) { return std::nan(""); };
    REQUIRE_THROWS_MATCHES(als::fit_until_best(train, objective, training, nothing),
                           als::InputError, says("the metric of iteration 1 is not a number"));
    REQUIRE_THROWS_MATCHES(als::fit_until_best(train, objective, training, metric, {.patience = 0}),
                           als::InputError, says("als::EarlyStopping::patience is 0"));
}

TEST_CASE("weighting: numbers worked by hand, cells unchanged") {
    // Item 0 is everybody's, item 1 of one of two.
    const als::Interactions<double> data(
        2, 3,
        std::vector<als::Entry<double>>{
            {User{0}, Item{0}, 2}, {User{0}, Item{1}, 4}, {User{1}, Item{0}, 1}});
    const auto values = [](const als::Interactions<double>& weighted) {
        std::vector<double> all;
        for (const auto& entry : weighted.entries()) all.push_back(entry.value);
        return all;
    };
    const auto close = [&](const als::Interactions<double>& weighted,
                           const std::vector<double>& expected) {
        const auto found = values(weighted);
        REQUIRE(found.size() == expected.size());
        for (std::size_t n = 0; n < found.size(); ++n)
            CHECK_THAT(found[n], WithinAbs(expected[n], 1e-12));
        for (int u = 0; u < 2; ++u)
            CHECK(std::ranges::equal(weighted[User{u}].ids(), data[User{u}].ids()));
    };
    close(als::tf_idf_weighted(data), {0, 4 * std::log(2), 0});
    // Totals 6 and 1, mean 3.5: user 0 is 12/7 long.
    const double length = 1 - 0.5 + 0.5 * 12 / 7;
    close(als::bm25_weighted(data, {.saturation = 2, .length_normalization = 0.5}),
          {0, std::log(2) * 4 * 3 / (4 + 2 * length), 0});
    const als::Interactions<double> times(
        2, 3,
        std::vector<als::Entry<double>>{
            {User{0}, Item{0}, 100}, {User{0}, Item{1}, 90}, {User{1}, Item{0}, 120}});
    close(als::time_decayed(data, times, 110, 10), {1, 1, 1});
    close(als::with_values(data, [](User, Item item, double value) { return value + item.index; }),
          {2, 5, 1});

    const als::Interactions<double> negative(
        2, 3, std::vector<als::Entry<double>>{{User{1}, Item{2}, -1}});
    REQUIRE_THROWS_MATCHES(als::bm25_weighted(negative), als::InputError,
                           says("the value of user 1, item 2 is -1"));
    REQUIRE_THROWS_MATCHES(als::bm25_weighted(data, {.length_normalization = 2}), als::InputError,
                           says("length_normalization is 2"));
    REQUIRE_THROWS_MATCHES(als::time_decayed(data, times, 110, 0), als::InputError,
                           says("half_life is 0"));
    REQUIRE_THROWS_MATCHES(als::time_decayed(data, als::Interactions<double>(2, 3, {}), 1, 1),
                           als::InputError,
                           says("als::time_decayed: user 0 has times for other items"));
}

TEST_CASE("tune: a grid is every combination, random candidates are the same anywhere") {
    using Candidate = als::Candidate<als::Implicit>;
    const auto all = als::grid(
        Candidate{.objective = {.epsilon = 3}},
        {als::axis<als::Implicit>({1, 4}, [](auto& c, double v) { c.objective.alpha = v; }),
         als::axis<als::Implicit>(
             {8, 16, 32}, [](auto& c, double v) { c.training.factors = static_cast<int>(v); })});
    REQUIRE(all.size() == 6);
    CHECK(all[0].objective.alpha == 1);
    CHECK(all[2].training.factors == 32);
    CHECK(all[3].objective.alpha == 4);
    CHECK(all[3].training.factors == 8);
    CHECK(all[5].objective.epsilon == 3);

    const auto draw = [](Candidate& c, als::Draw& d) {
        c.objective.alpha = d.log_uniform(0.5, 50);
        c.objective.regularization = d.uniform(1, 2);
        c.training.factors = d.integer(3, 5);
    };
    const auto few = als::random_candidates(Candidate{}, 5, 7, draw);
    const auto many = als::random_candidates(Candidate{}, 200, 7, draw);
    std::set<int> factors;
    for (std::size_t n = 0; n < many.size(); ++n) {
        if (n < few.size()) CHECK(few[n].objective == many[n].objective);
        CHECK((many[n].objective.alpha >= 0.5 && many[n].objective.alpha < 50));
        CHECK((many[n].objective.regularization >= 1 && many[n].objective.regularization < 2));
        factors.insert(many[n].training.factors);
    }
    CHECK(factors == std::set<int>{3, 4, 5});
    CHECK_FALSE(als::random_candidates(Candidate{}, 1, 8, draw)[0].objective == few[0].objective);
}

TEST_CASE("tune: trials are those of fit and the metric, the best first") {
    const auto data =
        random_table(69, {.users = 50, .items = 40, .density = 0.4}).interactions<double>();
    const auto splits = als::folds(data, 3);
    using Candidate = als::Candidate<als::Explicit>;
    const auto candidates = als::grid(
        Candidate{.training = {.factors = 3, .iterations = 6}},
        {als::axis<als::Explicit>({1e-3, 0.1, 100},
                                  [](auto& c, double v) { c.objective.regularization = v; })});
    const auto metric = [](const als::Model<double>& model, const als::Split<double>& split) {
        return als::rmse(model, split.test);
    };
    std::vector<std::size_t> numbers;
    const auto trials = als::tune<double>(
        splits, candidates, metric,
        {.lower_is_better = true, .observer = [&](const auto&, std::size_t n, std::size_t of) {
             CHECK(of == 3);
             numbers.push_back(n);
             return als::Next::go_on;
         }});
    CHECK(numbers == std::vector<std::size_t>{1, 2, 3});
    REQUIRE(trials.size() == 3);
    for (const auto& trial : trials) {
        double mean = 0;
        for (std::size_t f = 0; f < 3; ++f) {
            const auto model =
                als::fit(splits[f].train, trial.candidate.objective, trial.candidate.training);
            CHECK(trial.metrics[f] == als::rmse(model, splits[f].test));
            mean += trial.metrics[f] / 3;
        }
        CHECK_THAT(trial.metric, WithinRel(mean, 1e-12));
    }
    CHECK(trials[0].metric <= trials[1].metric);
    CHECK(trials[1].metric <= trials[2].metric);

    const auto patient =
        als::tune<double>(splits, candidates, metric, {.lower_is_better = true, .patience = 2});
    CHECK(patient[0].metric <= trials[0].metric);
    for (const auto& trial : patient)
        CHECK(
            (trial.candidate.training.iterations >= 1 && trial.candidate.training.iterations <= 6));

    const auto first = als::tune<double>(
        splits, candidates, metric,
        {.observer = [](const auto&, std::size_t, std::size_t) { return als::Next::stop; }});
    CHECK(first.size() == 1);
}

TEST_CASE("tune: cancelled, and what is out of range is refused before any work") {
    const auto data = data_of<float>(70);
    const auto splits = als::folds(data, 2);
    using Candidate = als::Candidate<als::Implicit>;
    int asked = 0;
    std::stop_source source;
    const auto metric = [&](const als::Model<float>&, const als::Split<float>&) {
        if (++asked == 2) source.request_stop();
        return 1.0;
    };
    const std::vector<Candidate> fine(3, Candidate{.training = {.factors = 2, .iterations = 1}});
    CHECK_THROWS_AS(als::tune<float>(splits, fine, metric, {.cancel = source.get_token()}),
                    als::Cancelled);
    CHECK(asked == 2);
    asked = 10;
    std::vector<Candidate> bad = fine;
    bad[2].objective.alpha = -1;
    REQUIRE_THROWS_MATCHES(als::tune<float>(splits, bad, metric), als::InputError,
                           says("als::Implicit::alpha is -1"));
    CHECK(asked == 10);
    REQUIRE_THROWS_MATCHES(als::tune<float>({}, fine, metric), als::InputError, says("no split"));
    REQUIRE_THROWS_MATCHES(als::tune<float>(splits, fine,
                                            [](const als::Model<float>&, const als::Split<float>&) {
                                                return std::nan("");
                                            }),
                           als::InputError, says("the metric of candidate 1 is not a number"));
}
