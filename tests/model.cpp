// SPDX-License-Identifier: MIT
// `Model`: which numbers it accepts, and what it computes from them.
#include "catch.hpp"
#include "samples.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

using namespace als_test;
using als::Item;
using als::User;

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
        als::fit(sample_data<float>(31), als::Implicit{}, {.factors = 7, .iterations = 2});
    const Eigen::MatrixXd users = model.user_factors().cast<double>();
    const Eigen::MatrixXd items = model.item_factors().cast<double>();
    CHECK(relative_difference(model.user_gram(), users.transpose() * users) < 1e-14);
    CHECK(relative_difference(model.item_gram(), items.transpose() * items) < 1e-14);
}

TEST_CASE("model: negative factors are refused for an objective that forbids them") {
    const auto model =
        als::fit(sample_data<double>(), als::Implicit{}, {.factors = 4, .iterations = 2});
    REQUIRE(model.user_factors().minCoeff() < 0);
    REQUIRE_THROWS_MATCHES(als::Model<double>(model.parts(), als::Implicit{.non_negative = true}),
                           als::InputError,
                           says("but the objective is non_negative; set .non_negative = false"));
}

TEST_CASE("model: there are no Gram matrices for explicit feedback") {
    const auto model =
        als::fit(sample_data<float>(31), als::Explicit{}, {.factors = 7, .iterations = 2});
    CHECK(model.user_gram().size() == 0);
    CHECK(model.item_gram().size() == 0);
}

TEST_CASE("model: copies share the numbers, and the Gram matrices that either computes") {
    const als::Model<float> model(
        als::fit(sample_data<float>(31), als::Implicit{}, {.factors = 7, .iterations = 2}).parts(),
        als::Implicit{});
    const als::Model<float> copy = model;
    CHECK(&copy.parts() == &model.parts());
    CHECK(copy.user_factors().data() == model.user_factors().data());
    CHECK(&copy.user_gram() == &model.user_gram());
    CHECK(&model.item_gram() == &copy.item_gram());
    als::Model<float> other =
        als::fit(sample_data<float>(32), als::Explicit{}, {.factors = 3, .iterations = 1});
    other = model;
    CHECK(&other.parts() == &model.parts());
    CHECK(other.is_implicit());
}

TEST_CASE("model: one that was moved from is whole") {
    als::Model<float> model =
        als::fit(sample_data<float>(31), als::Implicit{}, {.factors = 7, .iterations = 2});
    const auto before = als::recommend(model, als::User{3});
    const als::Model<float> constructed = std::move(model);
    CHECK(als::recommend(model, als::User{3}) == before);  // NOLINT(bugprone-use-after-move)
    als::Model<float> assigned = constructed;
    assigned = std::move(model);
    CHECK(&model.parts() == &assigned.parts());  // NOLINT(bugprone-use-after-move)
    CHECK(als::recommend(assigned, als::User{3}) == before);
    STATIC_REQUIRE_FALSE(std::is_default_constructible_v<als::Model<float>>);
}
