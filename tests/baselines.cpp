// SPDX-License-Identifier: MIT
// The models to compare with.
#include "catch.hpp"
#include "samples.hpp"

using namespace als_test;
using als::Item;
using als::User;

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
