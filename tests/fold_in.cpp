// SPDX-License-Identifier: MIT
// `fold_in`: solves newcomers as training solves its rows.
#include "catch.hpp"
#include "data.hpp"
#include "samples.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

namespace {

/// The first item that is not in the row.
template <typename Scalar>
Item not_in(const als::Row<Item, Scalar>& row) {
    Item item{0};
    while (std::find(row.ids().begin(), row.ids().end(), item) != row.ids().end()) ++item.index;
    return item;
}

}  // namespace

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

TEMPLATE_TEST_CASE("fold_in: a long history gives the factors of training too", "", float, double) {
    // Limit for both: training's rows in float have the larger error.
    const double limit = std::is_same_v<TestType, float> ? 2e-4 : 1e-11;
    const Table table = random_table(27, {.users = 60, .items = 90, .density = 0.6, .zeros = 0.05});
    const auto data = table.template interactions<TestType>();
    const auto check = [&](const als::Implicit& objective, int factors) {
        CAPTURE(factors, *objective.alpha, *objective.regularization);
        const auto model = als::fit(data, objective, {.factors = factors, .iterations = 2});
        for (int u = 0; u < 30; ++u) {
            const als::FactorRow<TestType> expected = model.user_factors().row(u);
            const auto newcomer = als::fold_in(model, data[User{u}]);
            CHECK((newcomer.factors - expected).norm() <= limit * expected.norm());
        }
    };
    for (const int factors : {32, 39}) {
        check({.alpha = 4, .regularization = 0.6}, factors);
        check({.alpha = 4, .regularization = 0.1, .regularization_exponent = 0}, factors);
        if (std::is_same_v<TestType, double>)  // beyond float
            check({.alpha = 1e4, .regularization = 1e-4, .regularization_exponent = 0}, factors);
    }
    check({.alpha = 4, .regularization = 0.1}, 100);  // more factors than items
}

TEST_CASE("fold_in: long histories and a matrix near singular give the factors of training") {
    // With fewer users than factors, most directions have only rounding and the penalty.
    const auto data = random_table(27, {.users = 30, .items = 90, .density = 0.6, .zeros = 0.05})
                          .template interactions<float>();
    for (const int factors : {32, 39}) {
        const auto model = als::fit(
            data, als::Implicit{.alpha = 1e4, .regularization = 1e-4, .regularization_exponent = 0},
            {.factors = factors, .iterations = 2});
        for (int u = 0; u < 30; ++u)
            CHECK(als::fold_in(model, data[User{u}]).factors == model.user_factors().row(u));
    }
}

TEST_CASE("fold_in: a history with stored zeros is the same row as in training") {
    const Table table = random_table(13, {.users = 30, .items = 20, .density = 0.4, .zeros = 0.3});
    const auto data = table.interactions<double>();
    const auto model = als::fit(data, als::Implicit{}, {.factors = 6, .iterations = 3});
    for (int u = 0; u < 30; ++u)
        CHECK(als::fold_in(model, data[als::User{u}]).factors == model.user_factors().row(u));
}

TEST_CASE("fold_in: a new item is solved as training solves items") {
    const Table table = random_table(25, {.users = 30, .items = 20, .density = 0.4});
    const auto data = table.interactions<double>();
    const als::Implicit implicit;
    const als::Explicit ratings;
    const auto check = [&](const auto& given) {
        const auto objective = als::fitted_to(data, given);
        const auto model = als::fit(data, objective, {.factors = 6, .iterations = 2});
        Reference reference = as_reference(model);
        reference_half_step(objective, table.transposed(), *objective.regularization,
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

TEMPLATE_TEST_CASE("fold_in: many rows give what each gives alone, for any threads", "", float,
                   double) {
    const double limit = std::is_same_v<TestType, float> ? 1e-5 : 1e-12;
    const auto data = sample_data<TestType>(35);
    // Few cells are prepared row by row, many cells all at once.
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

TEST_CASE("fold_in: a history that was changed is as if the data had been so") {
    const auto data = sample_data<double>(39);
    const auto model = als::fit(data, als::Implicit{}, {.factors = 5, .iterations = 3});
    const als::History history(data[User{7}]);
    const Item known = history.row().ids()[1];
    const Item unknown = not_in(history.row());
    const auto as_data = [&](const als::History<Item, double>& changed) {
        std::vector<als::Entry<double>> entries;
        for (const auto [item, value] : changed.row()) entries.push_back({User{0}, item, value});
        const als::Interactions<double> one(1, 45, entries);
        return als::fold_in(model, one[User{0}]).factors;
    };
    for (const auto& changed :
         {history.with(unknown, 4), history.with(known, 9), history.without(known)})
        CHECK(als::fold_in(model, changed).factors == as_data(changed));
    CHECK(als::fold_in(model, history.with(unknown, 4).without(unknown)).factors ==
          als::fold_in(model, history).factors);
}

TEMPLATE_TEST_CASE("fold_in: a model of the same numbers, saved or not, folds in to the same bits",
                   "", float, double) {
    const auto data = sample_data<TestType>(40);
    const Folder folder;
    const auto check = [&](const auto& objective, als::Solver solver = als::Solver::exact) {
        const auto fitted =
            als::fit(data, objective, {.factors = 9, .iterations = 2, .solver = solver});
        als::save(fitted, folder / "model");
        const auto loaded = als::load<TestType>(folder / "model");
        const als::Model<TestType> made(fitted.parts(), fitted.objective());
        for (const auto* const other : {&loaded, &made}) {
            for (int u = 0; u < 60; ++u) {
                const auto expected = als::fold_in(fitted, data[User{u}]);
                const auto found = als::fold_in(*other, data[User{u}]);
                CHECK(same_bits(found.factors, expected.factors));
                CHECK(found.bias == expected.bias);
            }
            for (int i = 0; i < 45; ++i)
                CHECK(same_bits(als::fold_in(*other, data[Item{i}]).factors,
                                als::fold_in(fitted, data[Item{i}]).factors));
        }
    };
    check(als::Implicit{});
    check(als::Implicit{.item_regularization = 3, .regularization_exponent = 0});
    check(als::Implicit{}, als::Solver::conjugate_gradient);
    check(als::Implicit{.non_negative = true});
    check(als::Explicit{});
}

TEST_CASE("fold_in: a bad history is refused with the place") {
    const auto model =
        als::fit(sample_data<float>(27), als::Implicit{}, {.factors = 3, .iterations = 1});
    using History = als::History<Item, float>;
    REQUIRE_THROWS_MATCHES(als::fold_in(model, History{{Item{45}, 1.0f}}), als::InputError,
                           Catch::Matchers::Message("als::fold_in: item 45 is out of range; there "
                                                    "are 45 items, numbered from 0"));
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
    const auto model =
        als::fit(sample_data<float>(28), als::Implicit{.alpha = 1e300, .regularization = 0.6},
                 {.factors = 3, .iterations = 1});
    const als::History<Item, float> history{{Item{3}, 3e38f}};
    REQUIRE_THROWS_MATCHES(als::fold_in(model, history), als::NumericError, says("als::fold_in"));
}

TEST_CASE("fold_in: many rows of another size, or one beyond the arithmetic, are refused") {
    const auto data = sample_data<float>(38);
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
    const auto huge = als::fit(data, als::Implicit{.alpha = 1e300, .regularization = 0.6},
                               {.factors = 3, .iterations = 1});
    const als::Interactions<float> bad(3, 45,
                                       std::vector<als::Entry<float>>{{User{2}, Item{3}, 3e38F}});
    REQUIRE_THROWS_MATCHES(als::fold_in_users(huge, bad), als::NumericError,
                           says("als::fold_in_users: the factors of user 2"));
}
