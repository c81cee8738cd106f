// SPDX-License-Identifier: MIT
// The models to compare with.
#include "catch.hpp"
#include "samples.hpp"

#include <cstddef>

using namespace als_test;
using als::Item;
using als::User;

namespace {

als::Interactions<double> ratings_with_empty_rows() {
    return random_table(67, {.users = 40, .items = 30, .density = 0.3, .empty_rows = true})
        .interactions<double>();
}

}  // namespace

TEST_CASE("baselines: the popularity model ranks by the number of users") {
    const auto data = ratings_with_empty_rows();
    const auto ranking = als::popular_items(data);
    const auto list =
        als::recommend(als::popularity_model(data), User{2}, {.count = 30, .unknown_items = true});
    REQUIRE(list.size() == 30);
    for (std::size_t n = 0; n < 30; ++n) {
        CHECK(list[n].id == ranking[n]);
        CHECK_THAT(list[n].score,
                   WithinAbs(static_cast<double>(data[ranking[n]].size()) / 40, 1e-12));
    }
}

TEST_CASE("baselines: the bias model minimises the objective without factors") {
    const auto data = ratings_with_empty_rows();
    const als::Explicit objective{.bias_regularization = 0.2};
    const auto model = als::bias_model(data, objective);
    const double least = als::objective_value(model, data);
    CHECK(model.user_factors().isZero(0));
    CHECK(model.item_factors().isZero(0));
    for (const double change : {-1e-3, 1e-3})
        for (int row = 0; row < 30; row += 4) {
            auto other = model.parts();
            other.items.biases(row) += change;
            CHECK(als::objective_value(als::Model<double>(other, model.objective()), data) >=
                  least - 1e-9);
            other = model.parts();
            other.users.biases(row) += change;
            CHECK(als::objective_value(als::Model<double>(other, model.objective()), data) >=
                  least - 1e-9);
        }
}

TEST_CASE("baselines: data without entries and objectives without biases are refused") {
    REQUIRE_THROWS_MATCHES(als::bias_model(ratings_with_empty_rows(), {.biases = false}),
                           als::InputError, says("als::bias_model: the objective has no biases"));
    REQUIRE_THROWS_MATCHES(als::bias_model(als::Interactions<float>(2, 2, {})), als::InputError,
                           says("no entry to train on"));
    REQUIRE_THROWS_MATCHES(als::popularity_model(als::Interactions<float>(2, 2, {})),
                           als::InputError, says("als::popularity_model"));
}
