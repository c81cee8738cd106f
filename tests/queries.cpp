// SPDX-License-Identifier: MIT
// What can be asked of a model: predict, recommend, similar, fold_in; and how a model is put
// together.
#include "catch.hpp"
#include "reference.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#if defined(__unix__)
#include <sys/wait.h>
#include <unistd.h>
#endif
#ifndef __has_feature
#define __has_feature(feature) 0
#endif

using namespace als_test;
using als::Item;
using als::User;

namespace {

/// A model with the factors given, for feedback without biases.
template <typename Scalar>
als::Model<Scalar> model_of(als::FactorMatrix<Scalar> users, als::FactorMatrix<Scalar> items) {
    als::ModelParts<Scalar> parameters;
    parameters.users.factors = std::move(users);
    parameters.items.factors = std::move(items);
    return als::Model<Scalar>(std::move(parameters), als::Implicit{});
}

/// The hand-worked table: three users, seven items of which 0 to 2 have no factors to speak of.
als::Model<float> worked_model() {
    als::FactorMatrix<float> users(3, 2);
    users << 6, 4, 3, 4, 3, 6;
    als::FactorMatrix<float> items(7, 2);
    items << -1, -1, -2, -2, -3, -3, 5, 6, 6, 2, 3, 6, 4, 1;
    return model_of<float>(users, items);
}

/// The brute-force answer: score all, drop, sort.
template <typename Scalar>
std::vector<als::Scored<Item, Scalar>> ranked_by_hand(const als::Model<Scalar>& model, User user,
                                                      std::size_t count, std::set<Item> excluded) {
    std::vector<als::Scored<Item, Scalar>> all;
    for (int i = 0; i < model.item_count(); ++i)
        if (excluded.count(Item{i}) == 0)
            all.push_back({Item{i}, als::predict(model, user, Item{i})});
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.score != b.score ? a.score > b.score : a.id < b.id;
    });
    all.resize(std::min(all.size(), count));
    return all;
}

template <typename Scalar>
als::Interactions<Scalar> data_of(std::uint32_t seed) {
    return random_table(seed, {.users = 60, .items = 45, .density = 0.2, .dislikes = 0.1})
        .interactions<Scalar>();
}

}  // namespace

TEST_CASE("recommend: the worked example") {
    const auto model = worked_model();
    using Expected = std::vector<als::Scored<Item, float>>;
    CHECK(als::recommend(model, User{0}, {.count = 4}) ==
          Expected{{Item{3}, 54}, {Item{4}, 44}, {Item{5}, 42}, {Item{6}, 28}});
    CHECK(als::recommend(model, User{1}, {.count = 4}) ==
          Expected{{Item{3}, 39}, {Item{5}, 33}, {Item{4}, 26}, {Item{6}, 16}});
    CHECK(als::recommend(model, User{2}, {.count = 4}) ==
          Expected{{Item{3}, 51}, {Item{5}, 45}, {Item{4}, 30}, {Item{6}, 18}});
    CHECK(als::predict(model, User{0}, Item{3}) == 54);
}

TEMPLATE_TEST_CASE("recommend: agrees with scoring and sorting everything", "", float, double) {
    const auto data = data_of<TestType>(21);
    const auto check = [&](const auto& objective) {
        const auto model = als::fit(data, objective, {.factors = 5, .iterations = 2});
        for (int u = 0; u < 60; u += 7)
            for (const int count : {0, 1, 10, 45, 1000}) {
                const auto row = data[User{u}].ids();
                const auto list =
                    als::recommend(model, User{u}, {.count = count, .exclude = data[User{u}]});
                CHECK(list == ranked_by_hand(model, User{u}, static_cast<std::size_t>(count),
                                             {row.begin(), row.end()}));
                CHECK(als::recommend(model, User{u}, {.count = count}) ==
                      ranked_by_hand(model, User{u}, static_cast<std::size_t>(count), {}));
            }
    };
    check(als::Implicit{});
    check(als::Explicit{});
}

TEST_CASE("recommend: an excluded item never appears, whatever the order of the list") {
    const auto model = worked_model();
    const std::vector<Item> unsorted{Item{5}, Item{3}, Item{3}, Item{0}};
    const auto list = als::recommend(model, User{0}, {.count = 7, .exclude = unsorted});
    REQUIRE(list.size() == 4);
    CHECK(list[0].id == Item{4});
    for (const auto& [item, score] : list)
        CHECK(std::find(unsorted.begin(), unsorted.end(), item) == unsorted.end());
}

TEST_CASE("recommend: ties are in the order of the index, and all excluded gives an empty list") {
    const als::FactorMatrix<float> one = als::FactorMatrix<float>::Ones(1, 2);
    const auto model = model_of<float>(one, als::FactorMatrix<float>::Ones(9, 2));
    const auto list = als::recommend(model, User{0}, {.count = 4});
    REQUIRE(list.size() == 4);
    for (int i = 0; i < 4; ++i) CHECK(list[static_cast<std::size_t>(i)].id == Item{i});
    std::vector<Item> all;
    for (int i = 0; i < 9; ++i) all.push_back(Item{i});
    CHECK(als::recommend(model, User{0}, {.exclude = all}).empty());
}

TEST_CASE("recommend: a score that is not finite never appears") {
    als::FactorMatrix<float> items = als::FactorMatrix<float>::Ones(5, 2);
    items.row(1) *= 1e38f;
    items.row(3) *= -1e38f;
    const auto model = model_of<float>(als::FactorMatrix<float>::Constant(1, 2, 1e18f), items);
    const auto list = als::recommend(model, User{0});
    REQUIRE(list.size() == 3);
    for (const auto& [item, score] : list) CHECK(std::isfinite(score));
}

TEST_CASE("recommend: a batch gives each user's own list, for any number of threads") {
    const auto data = data_of<float>(22);
    const auto model = als::fit(data, als::Implicit{}, {.factors = 6, .iterations = 3});
    const std::vector<User> users{User{7}, User{0}, User{59}, User{7}};
    for (const int threads : {0, 1, 3}) {
        const auto lists =
            als::recommend(model, users, {.count = 5, .exclude = &data, .threads = threads});
        REQUIRE(lists.size() == users.size());
        for (std::size_t n = 0; n < users.size(); ++n)
            CHECK(lists[n] ==
                  als::recommend(model, users[n], {.count = 5, .exclude = data[users[n]]}));
    }
    CHECK(als::recommend(model, users)[1] == als::recommend(model, User{0}));
    CHECK(als::recommend(model, std::vector<User>{}).empty());
}

TEST_CASE("predict: mean, biases and factors add up; pairs and tables agree; clipping clips") {
    const auto data = data_of<double>(23);
    const auto model = als::fit(data, als::Explicit{}, {.factors = 4, .iterations = 3});
    const Reference numbers = as_reference(model);
    const auto all = als::predict(model, data);
    const auto entries = data.entries();
    REQUIRE(all.size() == entries.size());
    std::vector<als::Pair> pairs;
    for (const auto& entry : entries) pairs.push_back({entry.user, entry.item});
    CHECK(als::predict(model, pairs) == all);
    for (std::size_t n = 0; n < all.size(); ++n)
        CHECK_THAT(all[n],
                   WithinAbs(reference_score(numbers, entries[n].user.index, entries[n].item.index),
                             1e-12));

    als::ModelParts<double> high = model.parts();
    high.users.biases.array() += 100;
    const als::Model<double> above(high, als::Explicit{});
    CHECK(als::predict(above, User{0}, Item{0}) > 50);
    CHECK(als::predict(above, User{0}, Item{0}, {.clip = true}) == 5);
    CHECK(model.parts().lowest == -5);
    CHECK(model.parts().highest == 5);
}

TEMPLATE_TEST_CASE("fold_in: the history of a known user gives the user's factors", "", float,
                   double) {
    const double limit = std::is_same_v<TestType, float> ? 1e-5 : 1e-12;
    const auto data =
        random_table(24, {.users = 50, .items = 70, .density = 0.3, .empty_rows = true})
            .template interactions<TestType>();
    const auto check = [&](const auto& objective) {
        const auto model = als::fit(data, objective, {.factors = 12, .iterations = 3});
        for (int u = 0; u < 50; ++u) {
            const auto newcomer = als::fold_in(model, data[User{u}]);
            CHECK((newcomer.factors - model.user_factors().row(u)).norm() < limit);
            if (model.user_biases().size() > 0)
                CHECK(std::abs(newcomer.bias - model.user_biases()(u)) <
                      static_cast<TestType>(limit));
            if (u % 10 == 0 && !data[User{u}].empty())
                CHECK_THAT(als::predict(model, newcomer, Item{3}),
                           WithinAbs(static_cast<double>(als::predict(model, User{u}, Item{3})),
                                     20 * limit));
        }
    };
    check(als::Implicit{});
    check(als::Implicit{.alpha = 40, .regularization_exponent = 0});
    check(als::Explicit{});
    check(als::Explicit{.biases = false});
}

TEST_CASE("fold_in: a new item is solved as training solves items") {
    const Table table = random_table(25, {.users = 30, .items = 20, .density = 0.4});
    const auto data = table.interactions<double>();
    const als::Implicit implicit;
    const als::Explicit ratings;
    const auto check = [&](const auto& objective) {
        const auto model = als::fit(data, objective, {.factors = 6, .iterations = 2});
        Reference reference = as_reference(model);
        reference_half_step(objective, table.transposed(), objective.regularization,
                            reference.users, reference.user_biases, reference.mean, reference.items,
                            reference.item_biases);
        for (int i = 0; i < 20; ++i) {
            const auto item = als::fold_in(model, data[Item{i}]);
            CHECK((item.factors - reference.items.row(i)).norm() < 1e-9);
            CHECK_THAT(item.bias, WithinAbs(reference.item_biases(i), 1e-9));
        }
    };
    check(implicit);
    check(ratings);
}

TEST_CASE("fold_in: a newcomer's recommendations exclude the history") {
    const auto data = data_of<float>(26);
    const auto model = als::fit(data, als::Implicit{}, {.factors = 6, .iterations = 3});
    const als::History<Item, float> history{{Item{9}, 2.0f}, {Item{4}, 5.0f}};
    const auto newcomer = als::fold_in(model, history);
    const auto list = als::recommend(model, newcomer, {.count = 45, .exclude = history});
    CHECK(list.size() == 43);
    for (const auto& [item, score] : list) CHECK((item != Item{9} && item != Item{4}));
    CHECK(als::fold_in(model, als::History<Item, float>{}).factors.isZero(0));
}

TEST_CASE("fold_in: a bad history is refused with the place") {
    const auto model =
        als::fit(data_of<float>(27), als::Implicit{}, {.factors = 3, .iterations = 1});
    using History = als::History<Item, float>;
    REQUIRE_THROWS_MATCHES(als::fold_in(model, History{{Item{45}, 1.0f}}), als::InputError,
                           says("als::fold_in: item 45 is out of range; there are 45 items") &&
                               says("60 users: are users and items the wrong way round?"));
    const std::vector<Item> descending{Item{3}, Item{1}};
    const std::vector<float> values{1, 1};
    REQUIRE_THROWS_MATCHES(als::fold_in(model, als::Row<Item, float>(descending, values)),
                           als::InputError, says("item 1 follows 3") && says("als::History"));
    const std::vector<Item> one{Item{3}};
    const std::vector<float> bad{std::numeric_limits<float>::infinity()};
    REQUIRE_THROWS_MATCHES(als::fold_in(model, als::Row<Item, float>(one, bad)), als::InputError,
                           says("item 3") && says("finite"));
    const als::FoldedIn<User, float> other{als::FactorRow<float>::Ones(7), 0};
    REQUIRE_THROWS_MATCHES(als::recommend(model, other), als::InputError,
                           says("7 factors and the model 3") && says("same model"));
}

TEST_CASE("fold_in: a value beyond the arithmetic is an error") {
    const auto model = als::fit(data_of<float>(28), als::Implicit{.alpha = 1e300},
                                {.factors = 3, .iterations = 1});
    const als::History<Item, float> history{{Item{3}, 3e38f}};
    REQUIRE_THROWS_MATCHES(als::fold_in(model, history), als::NumericError, says("als::fold_in"));
}

TEMPLATE_TEST_CASE("fold_in: many rows give what each gives alone, for any threads", "", float,
                   double) {
    const double limit = std::is_same_v<TestType, float> ? 1e-5 : 1e-12;
    const auto data = data_of<TestType>(35);
    // Few cells are prepared row by row, many all at once.
    for (const double density : {0.05, 0.5}) {
        const auto others = random_table(36, {.users = 12, .items = 45, .density = density})
                                .template interactions<TestType>();
        const auto fans = random_table(37, {.users = 60, .items = 9, .density = density})
                              .template interactions<TestType>();
        const auto check = [&](const auto& objective) {
            const auto model = als::fit(data, objective, {.factors = 8, .iterations = 2});
            for (const int threads : {0, 1, 3}) {
                const auto users = als::fold_in_users(model, others, threads);
                REQUIRE(users.size() == 12);
                for (std::size_t n = 0; n < users.size(); ++n) {
                    const User user{static_cast<std::int32_t>(n)};
                    const auto alone = als::fold_in(model, others[user]);
                    CHECK((users[n].factors - alone.factors).norm() <= limit);
                    CHECK(std::abs(users[n].bias - alone.bias) <= static_cast<TestType>(limit));
                }
                const auto items = als::fold_in_items(model, fans, threads);
                REQUIRE(items.size() == 9);
                for (std::size_t n = 0; n < items.size(); ++n) {
                    const Item item{static_cast<std::int32_t>(n)};
                    const auto alone = als::fold_in(model, fans[item]);
                    CHECK((items[n].factors - alone.factors).norm() <= limit);
                    CHECK(std::abs(items[n].bias - alone.bias) <= static_cast<TestType>(limit));
                }
            }
        };
        check(als::Implicit{});
        check(als::Explicit{});
    }
}

TEST_CASE("fold_in: many rows of another size, or one beyond the arithmetic, are refused") {
    const auto data = data_of<float>(38);
    const auto model = als::fit(data, als::Implicit{}, {.factors = 3, .iterations = 1});
    const als::Interactions<float> swapped(45, 60, {});
    REQUIRE_THROWS_MATCHES(als::fold_in_users(model, swapped), als::InputError,
                           says("als::fold_in_users: the histories have 60 items and the model 45; "
                                "users and items are the wrong way round"));
    REQUIRE_THROWS_MATCHES(
        als::fold_in_items(model, swapped), als::InputError,
        says("als::fold_in_items: the histories have 45 users and the model 60"));
    REQUIRE_THROWS_MATCHES(als::fold_in_users(model, data, -1), als::InputError,
                           says("als::fold_in_users: threads is -1"));
    const auto huge =
        als::fit(data, als::Implicit{.alpha = 1e300}, {.factors = 3, .iterations = 1});
    const als::Interactions<float> bad(3, 45,
                                       std::vector<als::Entry<float>>{{User{2}, Item{3}, 3e38F}});
    REQUIRE_THROWS_MATCHES(als::fold_in_users(huge, bad), als::NumericError,
                           says("als::fold_in_users: the factors of user 2"));
}

TEST_CASE("history: one cell added, changed or taken out of a known user's row") {
    const auto data = data_of<double>(39);
    const auto model = als::fit(data, als::Implicit{}, {.factors = 5, .iterations = 3});
    const User user{7};
    const als::History history(data[user]);
    CHECK(history.size() == data[user].size());
    const Item known = data[user].ids()[1];
    Item unknown{0};
    while (data[user].ids()[0] == unknown || history.without(unknown).size() < history.size())
        ++unknown.index;

    // As if the row had been so in the data.
    const auto as_data = [&](const als::History<Item, double>& changed) {
        std::vector<als::Entry<double>> entries;
        for (const auto [item, value] : changed.row()) entries.push_back({User{0}, item, value});
        const als::Interactions<double> one(1, 45, entries);
        return als::fold_in(model, one[User{0}]).factors;
    };
    for (const auto& changed :
         {history.with(unknown, 4), history.with(known, 9), history.without(known)}) {
        CHECK(als::fold_in(model, changed).factors == as_data(changed));
        CHECK(std::is_sorted(changed.row().ids().begin(), changed.row().ids().end()));
    }
    CHECK(history.with(unknown, 4).size() == history.size() + 1);
    CHECK(history.with(known, 9).size() == history.size());
    CHECK(history.with(known, 9).row().values()[1] == 9);
    CHECK(history.without(known).size() == history.size() - 1);
    CHECK(history.without(unknown).size() == history.size());
    CHECK((als::fold_in(model, history.with(unknown, 4).without(unknown)).factors -
           als::fold_in(model, history).factors)
              .isZero(0));
    REQUIRE_THROWS_MATCHES(history.with(Item{-1}, 1), als::InputError, says("item -1 is negative"));
    REQUIRE_THROWS_MATCHES(history.with(known, std::nan("")), als::InputError, says("finite"));
}

TEMPLATE_TEST_CASE("explain: contributions sum to the score, for both objectives", "", float,
                   double) {
    const double limit = std::is_same_v<TestType, float> ? 1e-4 : 1e-10;
    const auto data =
        random_table(52, {.users = 40, .items = 50, .density = 0.3, .dislikes = 0.2, .zeros = 0.1})
            .template interactions<TestType>();
    const auto check = [&](const auto& objective) {
        const auto model = als::fit(data, objective, {.factors = 7, .iterations = 4});
        for (int u = 0; u < 40; u += 3)
            for (int i = 0; i < 50; i += 7) {
                const auto why = als::explain(model, data[User{u}], Item{i});
                double sum = why.base;
                REQUIRE(why.contributions.size() == static_cast<std::size_t>(data[User{u}].size()));
                for (const auto& [item, part] : why.contributions) sum += static_cast<double>(part);
                CHECK_THAT(sum, WithinAbs(why.score, limit));
                CHECK_THAT(
                    why.score,
                    WithinAbs(static_cast<double>(als::predict(model, User{u}, Item{i})), limit));
                for (std::size_t n = 1; n < why.contributions.size(); ++n)
                    CHECK(why.contributions[n - 1].score >= why.contributions[n].score);
            }
    };
    check(als::Implicit{});
    check(als::Implicit{.alpha = 40, .regularization = 5, .regularization_exponent = 0});
    check(als::Explicit{});
    check(als::Explicit{.regularization_exponent = 0, .biases = false});
    check(als::Implicit{.non_negative = true});
    check(als::Explicit{.non_negative = true});
    check(als::Explicit{.biases = false, .non_negative = true});
}

TEST_CASE("explain: the contributions are those of the formula, dense and in double") {
    // Hu, Koren, Volinsky 2008, section 5: s_ij = y_i' (Y'CY + lambda I)^-1 y_j, times c_j.
    const Table table =
        random_table(53, {.users = 8, .items = 12, .density = 0.5, .dislikes = 0.3});
    const als::Implicit objective{.alpha = 3, .regularization = 0.7, .regularization_exponent = 0};
    const auto data = table.interactions<double>();
    const auto model = als::fit(data, objective, {.factors = 4, .iterations = 3});
    const Eigen::MatrixXd items = model.item_factors();
    for (int u = 0; u < 8; ++u) {
        Eigen::MatrixXd matrix = 0.7 * Eigen::MatrixXd::Identity(4, 4);
        for (int i = 0; i < 12; ++i)
            matrix +=
                confidence(objective, table.value(u, i)) * items.row(i).transpose() * items.row(i);
        const Eigen::MatrixXd inverse = matrix.inverse();
        const auto why = als::explain(model, data[User{u}], Item{3});
        CHECK(why.base == 0);
        for (const auto& [item, part] : why.contributions) {
            const double value = table.value(u, item.index);
            const double c = value > 0 ? confidence(objective, value) : 0;
            const Eigen::VectorXd other = inverse * items.row(item.index).transpose();
            CHECK_THAT(part, WithinAbs(items.row(3).dot(other) * c, 1e-10));
        }
    }
}

TEST_CASE("explain: an empty history explains the base alone; bad input is refused") {
    const auto data = data_of<float>(54);
    const auto model = als::fit(data, als::Explicit{}, {.factors = 3, .iterations = 2});
    const auto why = als::explain(model, als::History<Item, float>{}, Item{4});
    CHECK(why.contributions.empty());
    CHECK_THAT(why.score,
               WithinRel(model.mean() + static_cast<double>(model.item_biases()(4)), 1e-12));
    REQUIRE_THROWS_MATCHES(als::explain(model, data[User{0}], Item{45}), als::InputError,
                           says("als::explain: item 45 is out of range"));
    const als::History<Item, float> unknown{{Item{45}, 1.0F}};
    REQUIRE_THROWS_MATCHES(als::explain(model, unknown, Item{0}), als::InputError,
                           says("als::explain: item 45"));
}

namespace {

/// Four readers ask all there is to ask, while models are trained and put in place until `enough`,
/// which is told how many were trained and how many answers were given. Returns how many answers
/// were wrong.
int wrong_answers_while_training(const std::function<bool(std::uint64_t, std::int64_t)>& enough) {
    const auto data = data_of<float>(55);
    const auto train = [&](std::uint64_t seed) {
        return std::make_shared<const als::Model<float>>(als::fit(
            data, als::Implicit{}, {.factors = 8, .iterations = 2, .seed = seed, .threads = 2}));
    };
    std::mutex guard;
    auto current = train(0);
    const auto get = [&] {
        const std::lock_guard lock(guard);
        return current;
    };
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0};
    std::atomic<std::int64_t> answers{0};
    std::vector<std::thread> readers;
    for (int reader = 0; reader < 4; ++reader)
        readers.emplace_back([&, reader] {
            for (int n = reader; !stop; n = (n + 1) % 60) {
                const auto model = get();
                const User user{n};
                const auto list = als::recommend(*model, user, {.exclude = data[user]});
                const auto newcomer = als::fold_in(*model, data[user]);
                if (list.empty() || als::recommend(*model, newcomer).size() != 10 ||
                    als::similar_items(*model, list[0].id, {.count = 3}).size() != 3 ||
                    als::explain(*model, data[user], list[0].id).contributions.empty())
                    ++wrong;
                ++answers;
            }
        });
    for (std::uint64_t trained = 1; !enough(trained, answers); ++trained) {
        auto next = train(trained);
        const std::lock_guard lock(guard);
        current.swap(next);
    }
    stop = true;
    for (std::thread& reader : readers) reader.join();
    return wrong;
}

#ifdef __linux__
/// Memory that the program has now, in KiB.
std::int64_t resident_kib() {
    std::ifstream statm("/proc/self/statm");
    std::int64_t pages = 0;
    statm >> pages >> pages;
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}
#endif

}  // namespace

TEST_CASE("queries: readers go on while a new model is trained and put in place") {
    CHECK(wrong_answers_while_training([](std::uint64_t trained, std::int64_t answers) {
              return trained > 10 && answers >= 100;
          }) == 0);
}

#ifdef __linux__
// Not among the tests: `./run soak`, for as many seconds as ALS_SOAK_SECONDS says.
TEST_CASE("queries: readers, training and hot swap go on for long without growing", "[.][soak]") {
    using Clock = std::chrono::steady_clock;
    const char* const asked = std::getenv("ALS_SOAK_SECONDS");
    const double seconds = asked == nullptr ? 60 : std::atof(asked);
    const auto begin = Clock::now();
    std::int64_t settled = 0;  // memory after half of the time
    int next_report = 1;
    const int wrong =
        wrong_answers_while_training([&](std::uint64_t trained, std::int64_t answers) {
            const double part =
                std::chrono::duration<double>(Clock::now() - begin).count() / seconds;
            if (4 * part < next_report) return false;
            if (next_report++ == 2) settled = resident_kib();
            std::cout << std::llround(100 * part) << " %: " << trained << " models, " << answers
                      << " answers, " << resident_kib() << " KiB" << std::endl;
            return part >= 1;
        });
    CHECK(wrong == 0);
    CHECK(resident_kib() < settled + 8 * 1024);
}
#endif

#if defined(__unix__) && !defined(__SANITIZE_THREAD__) && !__has_feature(thread_sanitizer)
TEST_CASE("queries: the child of a process that has used OpenMP can ask for one user") {
    const auto data = data_of<float>(56);
    const auto model =
        als::fit(data, als::Implicit{}, {.factors = 4, .iterations = 2, .threads = 2});
    const auto expected = als::recommend(model, User{3});
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        alarm(20);  // a query that hangs is a query that failed
        const auto newcomer = als::fold_in(model, data[User{3}]);
        const bool same =
            als::recommend(model, User{3}) == expected &&
            !als::recommend(model, newcomer).empty() &&
            !als::similar_items(model, Item{1}).empty() &&
            als::recommend(model, std::vector<User>{User{3}}, {.threads = 1})[0] == expected &&
            !als::explain(model, data[User{3}], Item{1}).contributions.empty();
        _exit(same ? 0 : 1);
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
#endif

TEST_CASE("similar: cosine and dot product agree with the formulas") {
    const auto data = data_of<double>(29);
    const auto model = als::fit(data, als::Implicit{}, {.factors = 5, .iterations = 3});
    const Eigen::MatrixXd items = model.item_factors();
    for (const auto similarity : {als::Similarity::cosine, als::Similarity::dot}) {
        std::vector<als::Scored<Item, double>> expected;
        for (int i = 0; i < 45; ++i) {
            double value = items.row(8).dot(items.row(i));
            if (similarity == als::Similarity::cosine)
                value /= items.row(8).norm() * items.row(i).norm();
            if (i != 8) expected.push_back({Item{i}, value});
        }
        std::sort(expected.begin(), expected.end(),
                  [](const auto& a, const auto& b) { return a.score > b.score; });
        const auto found =
            als::similar_items(model, Item{8}, {.count = 44, .similarity = similarity});
        REQUIRE(found.size() == 44);
        for (std::size_t n = 0; n < found.size(); ++n) {
            CHECK(found[n].id == expected[n].id);
            CHECK_THAT(found[n].score, WithinAbs(expected[n].score, 1e-12));
        }
    }
}

TEST_CASE("similar: users, folded-in users and items; itself and rows of zeros never appear") {
    const auto data =
        random_table(30, {.users = 50, .items = 30, .density = 0.4, .empty_rows = true})
            .interactions<float>();
    const auto model = als::fit(data, als::Implicit{}, {.factors = 5, .iterations = 3});
    const auto neighbours = als::similar_users(model, User{3}, {.count = 50});
    CHECK(neighbours.size() < 49);
    for (const auto& [user, score] : neighbours) {
        CHECK(user != User{3});
        CHECK_FALSE(data[user].empty());
        CHECK(std::abs(score) <= 1.0001f);
    }
    CHECK(als::similar_users(model, User{2}).empty());  // a user without history
    const auto again = als::similar_users(model, als::fold_in(model, data[User{3}]), {.count = 1});
    REQUIRE(again.size() == 1);
    CHECK(again[0].id == User{3});
    const auto item = als::similar_items(model, als::fold_in(model, data[Item{3}]), {.count = 1});
    REQUIRE(item.size() == 1);
    CHECK(item[0].score > 0.8f);
}

TEST_CASE("similar: tiny and huge factors have cosines") {
    als::FactorMatrix<float> items(3, 2);
    items << 1e-30f, 2e-30f, 1e30f, 2e30f, 2, -1;
    const auto model = model_of<float>(als::FactorMatrix<float>::Ones(1, 2), items * 1e-6f);
    const auto found = als::similar_items(model, Item{0});
    REQUIRE(found.size() == 2);
    CHECK(found[0].id == Item{1});
    CHECK_THAT(static_cast<double>(found[0].score), WithinAbs(1, 1e-5));
    CHECK_THAT(static_cast<double>(found[1].score), WithinAbs(0, 1e-5));
}

TEST_CASE("queries: indices out of range and negative counts are refused") {
    const auto model = worked_model();
    const auto refuses = [](const auto& call, const std::string& function,
                            const std::string& part) {
        REQUIRE_THROWS_MATCHES(call(), als::InputError, says(function) && says(part));
    };
    refuses([&] { return als::predict(model, User{3}, Item{0}); }, "als::predict",
            "user 3 is out of range; there are 3 users");
    refuses([&] { return als::predict(model, User{0}, Item{-1}); }, "als::predict", "item -1");
    refuses([&] { return als::recommend(model, User{-1}); }, "als::recommend", "user -1");
    refuses([&] { return als::recommend(model, User{5}); }, "als::recommend",
            "7 items: are users and items the wrong way round?");
    refuses([&] { return als::recommend(model, User{0}, {.count = -1}); }, "als::recommend", "-1");
    const std::vector<Item> unknown{Item{7}};
    refuses([&] { return als::recommend(model, User{0}, {.exclude = unknown}); },
            "als::recommend: exclude", "item 7");
    refuses(
        [&] {
            return als::recommend(model, std::vector<User>{User{0}, User{9}});
        },
        "als::recommend", "user 9");
    refuses([&] { return als::similar_items(model, Item{7}); }, "als::similar_items", "item 7");
    refuses([&] { return als::similar_users(model, User{3}); }, "als::similar_users", "user 3");
    refuses([&] { return als::similar_items(model, Item{0}, {.count = -2}); }, "als::similar_items",
            "-2");
    const als::Interactions<float> swapped(7, 3, {});
    const std::vector<User> users{User{0}};
    refuses([&] { return als::recommend(model, users, {.exclude = &swapped}); },
            "als::recommend: exclude", "users and items are the wrong way round");
    refuses([&] { return als::predict(model, swapped); }, "als::predict", "wrong way round");
    refuses([&] { return als::objective_value(model, swapped); }, "als::objective_value",
            "wrong way round");
}

TEST_CASE("model: numbers that do not fit are refused") {
    als::ModelParts<double> parameters;
    parameters.users.factors = als::FactorMatrix<double>::Ones(4, 3);
    parameters.items.factors = als::FactorMatrix<double>::Ones(5, 3);
    const auto refuses = [](als::ModelParts<double> p, const als::AnyObjective& objective,
                            const std::string& part) {
        REQUIRE_THROWS_MATCHES(als::Model<double>(std::move(p), objective), als::InputError,
                               says(part));
    };
    CHECK(als::Model<double>(parameters, als::Implicit{}).factors() == 3);
    refuses(parameters, als::Explicit{}, "an als::Explicit with biases needs one each");
    CHECK_FALSE(als::Model<double>(parameters, als::Explicit{.biases = false}).is_implicit());
    refuses(parameters, als::Implicit{.alpha = -1}, "als::Implicit::alpha is -1");

    auto other = parameters;
    other.items.factors = als::FactorMatrix<double>::Ones(3, 5);
    refuses(other, als::Implicit{}, "users have 3 factors and items 5");
    other = parameters;
    other.items.factors(4, 1) = std::nan("");
    refuses(other, als::Implicit{}, "the factors of item 4 are not finite");
    other = parameters;
    other.users.biases.setZero(4);
    refuses(other, als::Implicit{}, "4 user and 0 item biases");
    other.users.biases(2) = std::numeric_limits<double>::infinity();
    other.items.biases.setZero(5);
    refuses(other, als::Explicit{}, "a bias of the users is not finite");
}

TEST_CASE("model: the Gram matrices are those of the factors") {
    const auto model =
        als::fit(data_of<float>(31), als::Implicit{}, {.factors = 7, .iterations = 2});
    const Eigen::MatrixXd users = model.user_factors().cast<double>();
    const Eigen::MatrixXd items = model.item_factors().cast<double>();
    CHECK(relative_difference(model.user_gram(), users.transpose() * users) < 1e-14);
    CHECK(relative_difference(model.item_gram(), items.transpose() * items) < 1e-14);
}
