// SPDX-License-Identifier: MIT
// `predict`, `rmse` and `mae`.
#include "catch.hpp"
#include "samples.hpp"

#include <cmath>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

TEST_CASE("predict: mean, biases and factors add up, pairs and tables agree, clipping clips") {
    const auto data = sample_data<double>(23);
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
