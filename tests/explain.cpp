// SPDX-License-Identifier: MIT
// `explain`: the contributions to a score.
#include "catch.hpp"
#include "samples.hpp"

#include <type_traits>

using namespace als_test;
using als::Item;
using als::User;

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
        const auto why = als::explain(model, data[User{u}], Item{3});
        CHECK(why.base == 0);
        for (const auto& [item, part] : why.contributions) {
            const double value = table.value(u, item.index);
            const double c = value > 0 ? confidence(objective, value) : 0;
            const Eigen::VectorXd other =
                symmetric_solution(matrix, items.row(item.index).transpose());
            CHECK_THAT(part, WithinAbs(items.row(3).dot(other) * c, 1e-10));
        }
    }
}

TEST_CASE("explain: an empty history explains the base alone") {
    const auto model =
        als::fit(sample_data<float>(54), als::Explicit{}, {.factors = 3, .iterations = 2});
    const auto why = als::explain(model, als::History<Item, float>{}, Item{4});
    CHECK(why.contributions.empty());
    CHECK_THAT(why.score,
               WithinRel(model.mean() + static_cast<double>(model.item_biases()(4)), 1e-12));
}

TEST_CASE("explain: an item or a history out of range is refused") {
    const auto data = sample_data<float>(54);
    const auto model = als::fit(data, als::Explicit{}, {.factors = 3, .iterations = 2});
    REQUIRE_THROWS_MATCHES(als::explain(model, data[User{0}], Item{45}), als::InputError,
                           says("als::explain: item 45 is out of range"));
    const als::History<Item, float> unknown{{Item{45}, 1.0F}};
    REQUIRE_THROWS_MATCHES(als::explain(model, unknown, Item{0}), als::InputError,
                           says("als::explain: item 45"));
}
