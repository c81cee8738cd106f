// SPDX-License-Identifier: MIT
// `predict`, `rmse` and `mae`.
#include "catch.hpp"
#include "samples.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

namespace {

als::Model<double> model_of_ratings(const als::Interactions<double>& data) {
    return als::fit(data, als::Explicit{}, {.factors = 4, .iterations = 3});
}

/// Predicts 4 everywhere, of ratings from 1 to 3.5.
als::ModelParts<double> always_four() {
    als::ModelParts<double> parts;
    parts.users.factors = als::FactorMatrix<double>::Ones(2, 1);
    parts.items.factors = als::FactorMatrix<double>::Constant(2, 1, 4);
    parts.lowest = 1;
    parts.highest = 3.5;
    return parts;
}

als::Interactions<double> ratings_of_three_and_one() {
    return {2, 2, std::vector<als::Entry<double>>{{User{0}, Item{1}, 3}, {User{1}, Item{0}, 1}}};
}

}  // namespace

TEST_CASE("predict: mean, biases and factors add up") {
    const auto data = sample_data<double>(23);
    const auto model = model_of_ratings(data);
    const Reference numbers = as_reference(model);
    for (const auto& [user, item, value] : data.entries())
        CHECK_THAT(als::predict(model, user, item),
                   WithinAbs(reference_score(numbers, user.index, item.index), 1e-12));
}

TEST_CASE("predict: pairs, tables and single cells agree") {
    const auto data = sample_data<double>(23);
    const auto model = model_of_ratings(data);
    const auto all = als::predict(model, data);
    const auto entries = data.entries();
    REQUIRE(all.size() == entries.size());
    std::vector<als::Pair> pairs;
    for (const auto& entry : entries) pairs.push_back({entry.user, entry.item});
    CHECK(als::predict(model, pairs) == all);
    for (std::size_t n = 0; n < all.size(); ++n)
        CHECK(als::predict(model, entries[n].user, entries[n].item) == all[n]);
}

TEST_CASE("predict: a clipped prediction is within the range of the ratings") {
    als::ModelParts<double> parts = model_of_ratings(sample_data<double>(23)).parts();
    CHECK(parts.lowest == -5);
    CHECK(parts.highest == 5);
    parts.users.biases.array() += 100;
    const als::Model<double> above(parts, als::Explicit{});
    CHECK(als::predict(above, User{0}, Item{0}) > 50);
    CHECK(als::predict(above, User{0}, Item{0}, {.clip = true}) == 5);
    parts.users.biases.array() -= 200;
    const als::Model<double> below(parts, als::Explicit{});
    CHECK(als::predict(below, User{0}, Item{0}, {.clip = true}) == -5);
}

TEST_CASE("predict: indices out of range and swapped tables are refused") {
    const auto model =
        model_of<float>(als::FactorMatrix<float>::Ones(3, 2), als::FactorMatrix<float>::Ones(7, 2));
    REQUIRE_THROWS_MATCHES(
        als::predict(model, User{3}, Item{0}), als::InputError,
        says("als::predict") && says("user 3 is out of range; there are 3 users"));
    REQUIRE_THROWS_MATCHES(als::predict(model, User{0}, Item{-1}), als::InputError,
                           says("als::predict") && says("item -1"));
    REQUIRE_THROWS_MATCHES(als::predict(model, als::Interactions<float>(7, 3, {})), als::InputError,
                           says("als::predict") && says("wrong way round"));
}

TEST_CASE("rmse and mae: numbers worked by hand, as they are and clipped") {
    const als::Model<double> model(always_four(), als::Explicit{.biases = false});
    const auto test = ratings_of_three_and_one();
    CHECK_THAT(als::rmse(model, test), WithinRel(std::sqrt((1.0 + 9.0) / 2), 1e-12));
    CHECK_THAT(als::rmse(model, test, {.clip = true}),
               WithinRel(std::sqrt((0.25 + 6.25) / 2), 1e-12));
    CHECK_THAT(als::mae(model, test), WithinRel(2.0, 1e-12));
    CHECK_THAT(als::mae(model, test, {.clip = true}), WithinRel(1.5, 1e-12));
}

TEST_CASE("rmse and mae: implicit models and empty test sets are refused") {
    const als::Model<double> ratings(always_four(), als::Explicit{.biases = false});
    const als::Interactions<double> nothing(2, 2, {});
    REQUIRE_THROWS_MATCHES(als::rmse(ratings, nothing), als::InputError,
                           says("the test set is empty"));
    REQUIRE_THROWS_MATCHES(als::mae(ratings, nothing), als::InputError,
                           says("the test set is empty"));
    const als::Model<double> implicit(always_four(), als::Implicit{});
    const auto test = ratings_of_three_and_one();
    REQUIRE_THROWS_MATCHES(als::rmse(implicit, test), als::InputError,
                           says("the model is implicit") && says("als::recall"));
    REQUIRE_THROWS_MATCHES(als::mae(implicit, test), als::InputError,
                           says("als::mae: the model is implicit"));
}
