// SPDX-License-Identifier: MIT
// The two objectives: what their options mean, and which values are refused.
#include "catch.hpp"
#include "samples.hpp"

#include <cmath>
#include <string>

using namespace als_test;

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
                if (exponent < 9)  // the user surely likes it, and the model says so
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
