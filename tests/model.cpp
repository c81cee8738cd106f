// SPDX-License-Identifier: MIT
// `Model`: which numbers it takes, and what it computes from them.
#include "catch.hpp"
#include "samples.hpp"

#include <cmath>
#include <limits>
#include <string>
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
