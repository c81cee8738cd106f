// SPDX-License-Identifier: MIT
// The values that options take if none are given.
#include "catch.hpp"
#include "data.hpp"
#include "samples.hpp"

#include <cmath>
#include <variant>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

namespace {

/// 3 users and 4 items, of which one each has no entry that counts; 4 entries of 2, 4, -6 and 8.
als::Interactions<double> small(double unit = 1) {
    return {3, 4,
            std::vector<als::Entry<double>>{{{0}, {0}, 2 * unit},
                                            {{0}, {1}, 4 * unit},
                                            {{1}, {1}, -6 * unit},
                                            {{1}, {2}, 8 * unit},
                                            {{2}, {3}, 0}}};
}

}  // namespace

TEST_CASE("fitted_to: alpha makes the observations 3 % of the weight of all cells") {
    const als::Implicit fitted = als::fitted_to(small(), als::Implicit{});
    CHECK_THAT(*fitted.alpha, WithinRel(0.03 * 2 * 3 / (2 + 4 + 6 + 8), 1e-12));
    CHECK_THAT(*fitted.regularization, WithinRel(0.3 * (1 + *fitted.alpha * 20 / 4), 1e-12));

    const als::Implicit logarithmic =
        als::fitted_to(small(), als::Implicit{.confidence = als::Confidence::logarithmic});
    const double logs = std::log(3 * 5 * 7 * 9);
    CHECK_THAT(*logarithmic.alpha, WithinRel(0.03 * 6 / logs, 1e-12));
}

TEST_CASE("fitted_to: the unit of the values does not matter") {
    const auto check = [&](const auto& objective) {
        const auto one = als::fitted_to(small(), objective);
        const auto other = als::fitted_to(small(64), objective);
        if constexpr (std::is_same_v<decltype(one), const als::Implicit>) {
            CHECK_THAT(*one.alpha, WithinRel(64 * *other.alpha, 1e-12));
            CHECK_THAT(*one.regularization, WithinRel(*other.regularization, 1e-12));
        } else {
            CHECK_THAT(*other.regularization, WithinRel(64 * *one.regularization, 1e-12));
            CHECK(one.bias_regularization == other.bias_regularization);
        }
    };
    check(als::Implicit{});
    check(als::Explicit{});

    // Powers of two change no digit of an implicit model; those of ratings grow with the unit.
    const als::Training training{.factors = 3, .iterations = 3};
    CHECK(als::fit(small(), als::Implicit{}, training).user_factors() ==
          als::fit(small(64), als::Implicit{}, training).user_factors());
    const auto one = als::fit(small(), als::Explicit{}, training);
    const auto other = als::fit(small(4096), als::Explicit{},
                                {.factors = 3, .iterations = 3, .initial_scale = 64});
    for (int u = 0; u < 3; ++u)
        for (int i = 0; i < 4; ++i)
            CHECK_THAT(als::predict(other, User{u}, Item{i}) / 4096,
                       WithinAbs(als::predict(one, User{u}, Item{i}), 1e-8));
}

TEST_CASE("fitted_to: a row of mean weight is penalised alike at any exponent") {
    const double entries = 4 / std::sqrt(2. * 3);  // of a mean row
    const als::Implicit usual = als::fitted_to(small(), als::Implicit{});
    const double penalty = *usual.regularization * std::pow(entries, 0.75);
    for (const double exponent : {0.0, 0.4, 1.0}) {
        const auto flat =
            als::fitted_to(small(), als::Implicit{.regularization_exponent = exponent});
        CHECK_THAT(*flat.regularization * std::pow(entries, exponent), WithinRel(penalty, 1e-12));
        const auto by_confidence =
            als::fitted_to(small(), als::Implicit{.regularization_exponent = exponent,
                                                  .row_weight = als::RowWeight::confidence});
        // The extra confidence is 0.18 in all, over 2 users of 3 items.
        const double weight = std::sqrt((3 + 0.18 / 2) * (2 + 0.18 / 3));
        CHECK_THAT(*by_confidence.regularization * std::pow(weight, exponent),
                   WithinRel(penalty, 1e-12));
    }
}

TEST_CASE("fitted_to: lambda of ratings is in proportion to their standard deviation") {
    // With the rating of 0, which counts here: mean 1.6 and squares 120 of 5 ratings, 3 by 4.
    const double deviation = std::sqrt(120. / 5 - 1.6 * 1.6);
    CHECK_THAT(*als::fitted_to(small(), als::Explicit{}).regularization,
               WithinRel(0.08 * deviation, 1e-12));
    CHECK_THAT(*als::fitted_to(small(), als::Explicit{.regularization_exponent = 0}).regularization,
               WithinRel(0.08 * deviation * 5 / std::sqrt(12.), 1e-12));
}

TEST_CASE("fitted_to: what is given stays, and the model has what was used") {
    const als::Implicit given{.alpha = 3, .regularization = 0.25, .item_regularization = 2};
    CHECK(als::fitted_to(small(), given) == given);
    const als::Implicit half = als::fitted_to(small(), als::Implicit{.alpha = 3});
    CHECK(*half.alpha == 3);
    CHECK_THAT(*half.regularization, WithinRel(0.3 * (1 + 3 * 5), 1e-12));

    const auto check = [&](const auto& objective) {
        const auto model = als::fit(small(), objective, {.factors = 2, .iterations = 1});
        CHECK(model.objective() == als::AnyObjective(als::fitted_to(small(), objective)));
        CHECK(same_bits(model, als::fit(small(), als::fitted_to(small(), objective),
                                        {.factors = 2, .iterations = 1})));
        const Folder folder;
        als::save(model, folder / "model");
        CHECK(als::load<double>(folder / "model").objective() == model.objective());
    };
    check(als::Implicit{});
    check(als::Explicit{});
}

TEST_CASE("fitted_to: data without a scale get plain values") {
    const als::Interactions<float> nothing(2, 2, {});
    CHECK(*als::fitted_to(nothing, als::Implicit{}).alpha == 1);
    CHECK(*als::fitted_to(nothing, als::Implicit{}).regularization == 0.3);
    CHECK(*als::fitted_to(nothing, als::Explicit{}).regularization == 0.08);
    const als::Interactions<float> alike(
        1, 2, std::vector<als::Entry<float>>{{{0}, {0}, 3.0f}, {{0}, {1}, 3.0f}});
    CHECK(*als::fitted_to(alike, als::Explicit{}).regularization == 0.08);
    REQUIRE_THROWS_MATCHES(als::fitted_to(alike, als::Implicit{.alpha = -1}), als::InputError,
                           says("als::Implicit::alpha is -1"));
}

TEST_CASE("fitted_to: a model whose objective says no alpha can be queried but not solved for") {
    const auto trained = als::fit(small(), als::Implicit{}, {.factors = 2, .iterations = 1});
    const als::Model<double> model(trained.parts(), als::Implicit{});
    CHECK(als::predict(model, User{0}, Item{1}) == als::predict(trained, User{0}, Item{1}));
    const auto refused = [&](const auto& call, const char* name) {
        REQUIRE_THROWS_MATCHES(call(), als::InputError,
                               says(name) && says("does not give its alpha"));
    };
    refused([&] { return als::fold_in(model, small()[User{0}]); }, "als::fold_in");
    refused([&] { return als::fold_in_users(model, small()); }, "als::fold_in");
    refused([&] { return als::explain(model, small()[User{0}], Item{2}); }, "als::explain");
    refused([&] { return als::objective_value(model, small()); }, "als::objective_value");
}
