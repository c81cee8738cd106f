// SPDX-License-Identifier: MIT
// With two_units_b.cpp: two translation units that include the whole library make one program, and
// values pass between them.
#include "catch.hpp"
#include <als/als.hpp>

#include <vector>

als::Model<float> trained_in_b(const als::Interactions<float>& plays);
std::vector<als::Scored<als::Item, float>> recommended_in_b(const als::Model<float>& model,
                                                            als::User user);

TEST_CASE("two units: a model trained in one unit answers alike in both") {
    using als::Item;
    using als::User;
    const std::vector<als::Entry<float>> entries{{User{0}, Item{0}, 1}, {User{0}, Item{1}, 1},
                                                 {User{1}, Item{0}, 1}, {User{2}, Item{2}, 1},
                                                 {User{2}, Item{3}, 1}, {User{3}, Item{3}, 1}};
    const als::Interactions<float> plays(4, 4, entries);
    const als::Model<float> model = trained_in_b(plays);

    const auto in_a = als::recommend(model, User{1}, {.count = 3, .exclude = plays[User{1}]});
    REQUIRE(in_a.size() == 3);
    CHECK(in_a.front().id == Item{1});
    CHECK(recommended_in_b(model, User{1}) == als::recommend(model, User{1}, {.count = 3}));
}
