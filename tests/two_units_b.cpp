// SPDX-License-Identifier: MIT
// See two_units_a.cpp.
#include <als/als.hpp>

#include <vector>

als::Model<float> trained_in_b(const als::Interactions<float>& plays);
std::vector<als::Scored<als::Item, float>> recommended_in_b(const als::Model<float>& model,
                                                            als::User user);

als::Model<float> trained_in_b(const als::Interactions<float>& plays) {
    return als::fit(plays, als::Implicit{.alpha = 10}, {.factors = 2, .iterations = 5});
}

std::vector<als::Scored<als::Item, float>> recommended_in_b(const als::Model<float>& model,
                                                            als::User user) {
    return als::recommend(model, user, {.count = 3});
}
