// SPDX-License-Identifier: MIT
// The two objectives: what their options mean, and which values are refused.
#include "catch.hpp"
#include "samples.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

namespace {

/// Weights 0, 1, 2 and 3 for the cells of the data.
template <typename Scalar>
als::Interactions<Scalar> weights_for(const als::Interactions<Scalar>& data) {
    return als::with_values(
        data, [](User user, Item item, Scalar) { return (7 * user.index + 3 * item.index) % 4; });
}

/// The model with `copies` of each item, one after the other.
template <typename Scalar>
als::Model<Scalar> with_copies(const als::Model<Scalar>& model, int copies) {
    als::ModelParts<Scalar> parts = model.parts();
    const als::Side<Scalar> items = parts.items;
    const auto count = static_cast<Eigen::Index>(model.item_count());
    parts.items.factors.resize(copies * count, items.factors.cols());
    parts.items.biases.resize(copies * items.biases.size());
    for (Eigen::Index n = 0; n < copies * count; ++n) {
        parts.items.factors.row(n) = items.factors.row(n / copies);
        if (items.biases.size() > 0) parts.items.biases(n) = items.biases(n / copies);
    }
    return {std::move(parts), model.objective()};
}

std::vector<als::Explicit> weighted_objectives() {
    return {{.regularization = 0.1},
            {.regularization = 0.4, .regularization_exponent = 0.5},
            {.regularization = 0.5, .regularization_exponent = 0, .biases = false},
            {.regularization = 0.1, .bias_regularization = 0.2, .non_negative = true}};
}

}  // namespace

TEMPLATE_TEST_CASE("fit: weights of 1 give the bits of ratings without weights", "", float,
                   double) {
    const auto data = sample_data<TestType>();
    const auto ones = als::with_values(data, [](User, Item, TestType) { return 1; });
    const auto earlier = als::fit(data, als::Explicit{}, {.factors = 5, .iterations = 1});
    for (const auto& objective : weighted_objectives()) {
        const als::Training training{.factors = 5, .iterations = 3};
        const auto model = als::fit(data, objective, training);
        CHECK(same_bits(model, als::fit(data, ones, objective, training)));
        CHECK(als::objective_value(model, data) == als::objective_value(model, data, ones));
        CHECK(same_bits(als::fold_in(model, data[User{3}], ones[User{3}].values()).factors,
                        als::fold_in(model, data[User{3}]).factors));
        if (objective.biases)
            CHECK(same_bits(als::fit(data, ones, objective, training, earlier),
                            als::fit(data, objective, training, earlier)));
    }
}

TEMPLATE_TEST_CASE("fold_in: a weight of 2 is a rating given twice, 0 one not given", "", float,
                   double) {
    const double limit = std::is_same_v<TestType, float> ? 1e-4 : 1e-11;
    const auto data = sample_data<TestType>();
    const auto weights = weights_for(data);
    for (const auto& objective : weighted_objectives()) {
        const auto model = als::fit(data, objective, {.factors = 5, .iterations = 2});
        const auto copied = with_copies(model, 3);
        for (int u = 0; u < 60; ++u) {
            std::vector<als::Cell<Item, TestType>> cells;
            const auto row = data[User{u}];
            for (std::size_t n = 0; n < row.ids().size(); ++n)
                for (int copy = 0; copy < static_cast<int>(weights[User{u}].values()[n]); ++copy)
                    cells.push_back({Item{3 * row.ids()[n].index + copy}, row.values()[n]});
            const auto expected = als::fold_in(copied, als::History<Item, TestType>(cells));
            const auto found = als::fold_in(model, row, weights[User{u}].values());
            CHECK(static_cast<double>((found.factors - expected.factors).norm()) < limit);
            CHECK(std::abs(found.bias - expected.bias) < static_cast<TestType>(limit));
        }
    }
}

TEST_CASE("fit: each half of an iteration with weights solves what fold_in solves") {
    const auto data = sample_data<double>();
    const auto weights = weights_for(data);
    for (const auto& objective : weighted_objectives()) {
        const als::Training once{.factors = 5, .iterations = 1};
        const auto before = als::fit(data, weights, objective, once);
        const auto after = als::fit(data, weights, objective, once, before);
        for (int u = 0; u < 60; ++u) {
            const auto user = als::fold_in(after, data[User{u}], weights[User{u}].values());
            CHECK((user.factors - after.user_factors().row(u)).norm() < 1e-10);
        }
        for (int i = 0; i < 45; ++i) {
            const auto item = als::fold_in(before, data[Item{i}], weights[Item{i}].values());
            CHECK((item.factors - after.item_factors().row(i)).norm() < 1e-10);
            if (objective.biases) CHECK_THAT(item.bias, WithinAbs(after.item_biases()(i), 1e-10));
        }
        CHECK(als::objective_value(after, data, weights) <
              als::objective_value(before, data, weights));
    }
}

TEST_CASE("fit: ratings of weight 0 are as if they were not there") {
    const auto data = sample_data<double>();
    const auto zero_or_one = als::with_values(
        data, [](User user, Item item, double) { return (user.index + item.index) % 3 != 0; });
    std::vector<als::Entry<double>> kept;
    for (const auto& entry : data.entries())
        if ((entry.user.index + entry.item.index) % 3 != 0) kept.push_back(entry);
    const als::Interactions<double> part(60, 45, kept);
    for (const auto& objective : weighted_objectives())
        for (const auto solver : {als::Solver::exact, als::Solver::conjugate_gradient}) {
            if (objective.non_negative && solver != als::Solver::exact) continue;
            const als::Training training{.factors = 5, .iterations = 3, .solver = solver};
            const auto weighted = als::fit(data, zero_or_one, objective, training);
            const auto expected = als::fit(part, objective, training);
            CHECK((weighted.user_factors() - expected.user_factors()).norm() < 1e-9);
            CHECK((weighted.item_factors() - expected.item_factors()).norm() < 1e-9);
            CHECK_THAT(weighted.mean(), WithinAbs(expected.mean(), 1e-13));
            CHECK(weighted.parts().highest == expected.parts().highest);
            CHECK_THAT(als::objective_value(weighted, data, zero_or_one),
                       WithinRel(als::objective_value(weighted, part), 1e-12));
        }
}

TEST_CASE(
    "objective_value: with weights, the sum of weighted squares and the "
    "penalty") {
    const auto data = sample_data<double>();
    const auto weights = weights_for(data);
    const als::Explicit objective{.regularization = 0.3, .item_regularization = 0.7};
    const auto model = als::fit(data, weights, objective, {.factors = 4, .iterations = 2});
    Eigen::VectorXd users = Eigen::VectorXd::Zero(60);
    Eigen::VectorXd items = Eigen::VectorXd::Zero(45);
    double sum = 0;
    double mean = 0;
    for (const auto& [user, item, weight] : weights.entries()) {
        const als::Row<Item, double> row = data[user];
        for (const auto [id, value] : row)
            if (id == item) {
                sum += weight * std::pow(value - als::predict(model, user, item), 2);
                mean += weight * value;
            }
        users(user.index) += weight;
        items(item.index) += weight;
    }
    CHECK_THAT(model.mean(), WithinRel(mean / users.sum(), 1e-12));
    const auto& parts = model.parts();
    for (int u = 0; u < 60; ++u)
        sum += users(u) * (0.3 * parts.users.factors.row(u).squaredNorm() +
                           0.08 * std::pow(parts.users.biases(u), 2));
    for (int i = 0; i < 45; ++i)
        sum += items(i) * (0.7 * parts.items.factors.row(i).squaredNorm() +
                           0.08 * std::pow(parts.items.biases(i), 2));
    CHECK_THAT(als::objective_value(model, data, weights), WithinRel(sum, 1e-12));
}

TEST_CASE("fit: weights that do not fit the ratings are refused") {
    const auto data = sample_data<float>();
    const auto ones = als::with_values(data, [](User, Item, float) { return 1; });
    const als::Training training{.factors = 2, .iterations = 1};
    const auto fit_with = [&](const als::Interactions<float>& weights) {
        return als::fit(data, weights, als::Explicit{}, training);
    };
    const auto model = fit_with(ones);
    REQUIRE_THROWS_MATCHES(
        fit_with(sample_data<float>(8)), als::InputError,
        says("als::fit: the weights have other cells") && says("als::with_values"));
    REQUIRE_THROWS_MATCHES(als::objective_value(model, data, als::Interactions<float>(60, 46, {})),
                           als::InputError,
                           says("als::objective_value: the weights have other cells"));
    const auto first = data.entries().front();
    REQUIRE_THROWS_MATCHES(
        fit_with(als::with_values(data,
                                  [&](User user, Item item, float) {
                                      return user == first.user && item == first.item ? -2 : 1;
                                  })),
        als::InputError, says("the weight of user 0 and item") && says("is -2"));
    REQUIRE_THROWS_MATCHES(fit_with(als::with_values(data, [](User, Item, float) { return 0; })),
                           als::InputError, says("all weights are 0"));
    const std::vector<float> two{1, 2};
    const std::vector<float> bad{std::numeric_limits<float>::quiet_NaN()};
    const als::History<Item, float> history{{Item{3}, 4.0F}};
    REQUIRE_THROWS_MATCHES(als::fold_in(model, history, two), als::InputError,
                           says("als::fold_in: there are 2 weights for 1 values"));
    REQUIRE_THROWS_MATCHES(als::fold_in(model, history, bad), als::InputError,
                           says("als::fold_in: a weight is nan"));
    const auto implicit = als::fit(data, als::Implicit{}, training);
    REQUIRE_THROWS_MATCHES(als::fold_in(implicit, history, std::vector<float>{1}), als::InputError,
                           says("only explicit ratings have weights"));
    REQUIRE_THROWS_MATCHES(als::objective_value(implicit, data, ones), als::InputError,
                           says("only explicit ratings have weights"));
}

TEST_CASE("fit: a dislike, a stored zero and an absent cell are told apart as documented") {
    const auto factors_with = [](double value, bool stored, const auto& objective) {
        Table table = random_table(12, {.users = 12, .items = 10, .density = 0.4});
        table.stored(4, 4) = stored;
        table.value(4, 4) = value;
        return Eigen::MatrixXd(
            als::fit(table.interactions<double>(), objective, {.factors = 3, .iterations = 2})
                .user_factors());
    };
    const als::Implicit implicit;
    CHECK(factors_with(0, true, implicit) == factors_with(0, false, implicit));
    CHECK(factors_with(-3, true, implicit) != factors_with(0, false, implicit));
    CHECK(factors_with(-3, true, implicit) != factors_with(3, true, implicit));
    const als::Explicit ratings;
    CHECK(factors_with(0, true, ratings) != factors_with(0, false, ratings));
}

TEST_CASE("fit: confidences up to the limit of float give finite factors or name the row") {
    for (int exponent = 0; exponent <= 38; ++exponent) {
        const auto value = static_cast<float>(std::pow(10.0, exponent));
        Table table = random_table(16, {.users = 30, .items = 20, .density = 0.3});
        table.stored(3, 4) = 1;
        table.value(3, 4) = static_cast<double>(value);
        CAPTURE(exponent);
        for (const double power : {0.0, 1.0}) {
            const als::Implicit objective{
                .alpha = 40, .regularization = 0.6, .regularization_exponent = power};
            try {
                const auto model = als::fit(table.interactions<float>(), objective,
                                            {.factors = 10, .iterations = 3});
                CHECK(model.user_factors().allFinite());
                CHECK(model.item_factors().allFinite());
                if (exponent < 9)  // the user surely likes it, and the model agrees
                    CHECK(als::predict(model, als::User{3}, als::Item{4}) > 0.5f);
            } catch (const als::NumericError& error) {
                CHECK(exponent > 20);
                CHECK_THAT(error.what(), contains("user") || contains("item") || contains("side"));
            }
        }
    }
}

TEST_CASE("fit: options of the objective out of range are refused with name, value and range") {
    using als::Explicit;
    using als::Implicit;
    const auto data = sample_data<float>();
    const double nan = std::nan("");
    const auto refuses = [&](const auto& objective, const std::string& name,
                             const std::string& value) {
        REQUIRE_THROWS_MATCHES(als::fit(data, objective), als::InputError,
                               says(name + " is " + value) && says("it has to be"));
    };
    refuses(Implicit{.alpha = -1}, "als::Implicit::alpha", "-1");
    refuses(Implicit{.alpha = nan}, "als::Implicit::alpha", "nan");
    refuses(Implicit{.regularization = -0.5}, "als::Implicit::regularization", "-0.5");
    refuses(Implicit{.item_regularization = -2}, "als::Implicit::item_regularization", "-2");
    refuses(Implicit{.regularization_exponent = 1.5}, "als::Implicit::regularization_exponent",
            "1.5");
    refuses(Implicit{.epsilon = 0}, "als::Implicit::epsilon", "0");
    refuses(Explicit{.regularization = nan}, "als::Explicit::regularization", "nan");
    refuses(Explicit{.item_regularization = -2}, "als::Explicit::item_regularization", "-2");
    refuses(Explicit{.regularization_exponent = -1}, "als::Explicit::regularization_exponent",
            "-1");
    refuses(Explicit{.bias_regularization = -1}, "als::Explicit::bias_regularization", "-1");
}
