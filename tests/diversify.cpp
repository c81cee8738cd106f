// SPDX-License-Identifier: MIT
// `diversify` against the formula, step by step.
#include "catch.hpp"
#include "random_models.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

namespace {

double cosine_of(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
    const double norms = a.stableNorm() * b.stableNorm();
    return norms > 0 ? (a / a.stableNorm()).dot(b / b.stableNorm()) : 0;
}

/// The value of a candidate after some were chosen, by the formula.
template <typename Scalar>
double value_by_hand(const als::Model<Scalar>& model, const List<Scalar>& candidates,
                     const als::Scored<Item, Scalar>& one, const List<Scalar>& chosen,
                     double diversity) {
    const auto [low, high] =
        std::minmax_element(candidates.begin(), candidates.end(),
                            [](const auto& a, const auto& b) { return a.score < b.score; });
    const double range = static_cast<double>(high->score) - static_cast<double>(low->score);
    const double relevance =
        range > 0 ? (static_cast<double>(one.score) - static_cast<double>(low->score)) / range : 1;
    const auto row = [&](Item item) -> Eigen::VectorXd {
        return model.item_factors().row(item.index).transpose().template cast<double>();
    };
    double cosine = chosen.empty() ? 0 : -1;
    for (const auto& other : chosen)
        cosine = std::max(cosine, cosine_of(row(one.id), row(other.id)));
    return (1 - diversity) * relevance - diversity * cosine;
}

/// Fails for a list in which a step did not choose the best, up to rounding.
template <typename Scalar>
void check_steps(const als::Model<Scalar>& model, const List<Scalar>& candidates,
                 const als::DiversifyOptions& options) {
    const auto found = als::diversify(model, candidates, options);
    REQUIRE(found.size() == std::min(candidates.size(), static_cast<std::size_t>(options.count)));
    List<Scalar> left = candidates;
    List<Scalar> chosen;
    for (const auto& next : found) {
        double best = -std::numeric_limits<double>::infinity();
        for (const auto& other : left)
            best =
                std::max(best, value_by_hand(model, candidates, other, chosen, options.diversity));
        CHECK(value_by_hand(model, candidates, next, chosen, options.diversity) >=
              best - (std::is_same_v<Scalar, float> ? 1e-6 : 1e-13));
        const auto at = std::find(left.begin(), left.end(), next);
        REQUIRE(at != left.end());
        left.erase(at);
        chosen.push_back(next);
    }
}

/// Five items in a plane: two equal ones, one between, one at a right angle, and one without
/// history.
als::Model<float> plane() {
    als::FactorMatrix<float> items(5, 2);
    items << 2, 0, 1, 0, 3, 4, 0, 5, 0, 0;
    return model_of<float>(als::FactorMatrix<float>::Ones(1, 2), items);
}

std::vector<int> indices_of(const auto& list) {
    std::vector<int> ids;
    for (const auto& [item, score] : list) ids.push_back(item.index);
    return ids;
}

}  // namespace

TEST_CASE("diversify: the worked example") {
    const auto model = plane();
    const List<float> candidates{{Item{0}, 10}, {Item{1}, 9}, {Item{2}, 8}, {Item{3}, 6}};
    // Relevances 1, 3/4, 1/2, 0. After item 0 the cosines are 1, 3/5, 0, and the values with
    // diversity 1/2 are -1/8, -1/20 and 0; after item 3, of items 1 and 2: -1/8 and -3/20.
    const auto half = als::diversify(model, candidates, {.count = 4, .diversity = 0.5});
    CHECK(half == List<float>{{Item{0}, 10}, {Item{3}, 6}, {Item{1}, 9}, {Item{2}, 8}});
    CHECK(als::diversify(model, candidates, {.count = 2, .diversity = 0.5}) ==
          List<float>{{Item{0}, 10}, {Item{3}, 6}});
    CHECK(indices_of(als::diversify(model, candidates, {.diversity = 0.2})) ==
          std::vector{0, 1, 2, 3});
}

TEMPLATE_TEST_CASE("diversify: every step chooses the best by the formula", "", float, double) {
    std::mt19937 generator(71);
    for (const Kind kind : kinds) {
        const auto model = random_model<TestType>(generator, kind, 3, 120, 11, false);
        for (const double diversity : {0.0, 0.1, 0.5, 0.9, 1.0}) {
            List<TestType> candidates;
            for (int i = 0; i < 120; i += 3)
                candidates.push_back({Item{i}, static_cast<TestType>(uniform(generator) - 0.5)});
            std::shuffle(candidates.begin(), candidates.end(), generator);
            check_steps(model, candidates, {.count = 15, .diversity = diversity});
        }
        const auto list = als::recommend(model, User{0}, {.count = 30, .unknown_items = true});
        check_steps(model, list, {.count = 30});
    }
}

TEST_CASE("diversify: without diversity a recommended list keeps its order") {
    std::mt19937 generator(72);
    const auto model = random_model<float>(generator, Kind::integers, 9, 60, 5, true);
    for (const User user : everyone(9)) {
        auto list = als::recommend(model, user, {.count = 40});
        auto found = als::diversify(model, list, {.count = 100, .diversity = 0});
        CHECK(found == list);
        list.resize(7);
        found.resize(7);
        CHECK(found == list);
    }
    // By score, and of equal scores by place.
    const List<float> candidates{{Item{7}, 1}, {Item{3}, 2}, {Item{9}, 1}, {Item{1}, 2}};
    CHECK(indices_of(als::diversify(model, candidates, {.diversity = 0})) ==
          std::vector{3, 1, 7, 9});
}

TEST_CASE("diversify: with nothing but diversity the best comes first, then the least alike") {
    const List<float> candidates{{Item{1}, 5}, {Item{2}, 9}, {Item{3}, 1}, {Item{0}, 7}};
    // Item 2 has cosines of 3/5 with 0 and 1, 4/5 with 3. Item 0 has the higher score of the two.
    CHECK(indices_of(als::diversify(plane(), candidates, {.diversity = 1})) ==
          std::vector{2, 0, 3, 1});
}

TEST_CASE("diversify: equal scores are equally relevant, an item without history is unlike all") {
    const List<float> candidates{{Item{1}, 2}, {Item{0}, 2}, {Item{4}, 2}, {Item{3}, 2}};
    CHECK(indices_of(als::diversify(plane(), candidates, {.diversity = 0.5})) ==
          std::vector{1, 4, 3, 0});
    CHECK(indices_of(als::diversify(plane(), candidates, {.diversity = 0})) ==
          std::vector{1, 0, 4, 3});
}

TEST_CASE("diversify: a candidate, no candidate, none wanted") {
    const auto model = plane();
    const List<float> one{{Item{2}, -3}};
    CHECK(als::diversify(model, one) == one);
    CHECK(als::diversify(model, List<float>{}).empty());
    CHECK(als::diversify(model, one, {.count = 0}).empty());
}

TEMPLATE_TEST_CASE("diversify: scores at the ends of the range of numbers", "", float, double) {
    const auto largest = std::numeric_limits<TestType>::max();
    als::FactorMatrix<TestType> items =
        als::FactorMatrix<TestType>::Identity(3, 3) * TestType(1e-30);
    const auto model = model_of<TestType>(als::FactorMatrix<TestType>::Ones(1, 3), items);
    const List<TestType> candidates{{Item{0}, -largest}, {Item{1}, largest}, {Item{2}, 0}};
    CHECK(indices_of(als::diversify(model, candidates)) == std::vector{1, 2, 0});
}

TEST_CASE("diversify: bad candidates and options are refused, and say why") {
    const auto model = plane();
    const auto refuses = [&](const List<float>& candidates, const als::DiversifyOptions& options,
                             const std::string& place, const std::string& part) {
        REQUIRE_THROWS_MATCHES(als::diversify(model, candidates, options), als::InputError,
                               says(place) && says(part));
    };
    const std::string place = "als::diversify: candidates: item ";
    refuses({{Item{5}, 1}}, {}, place + "5", "5 items");
    refuses({{Item{1}, 1}, {Item{3}, 1}, {Item{1}, 0}}, {}, place + "1", "occurs twice");
    refuses({{Item{1}, std::nanf("")}}, {}, place + "1", "finite");
    refuses({{Item{1}, std::numeric_limits<float>::infinity()}}, {}, place + "1", "finite");
    refuses({}, {.count = -1}, "als::diversify", "-1");
    refuses({}, {.diversity = 1.5}, "als::DiversifyOptions::diversity is 1.5", "1");
    refuses({}, {.diversity = std::nan("")}, "als::DiversifyOptions::diversity", "nan");
}
