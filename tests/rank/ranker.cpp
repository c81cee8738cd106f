// SPDX-License-Identifier: MIT
// Compares ranked lists with scoring and sorting everything, over random models with everything
// that makes rankings difficult.
#include "../catch.hpp"
#include "../random_models.hpp"
#include <als/detail/model.hpp>
#include <als/detail/predict.hpp>
#include <als/detail/rank/ranker.hpp>

#include <array>
#include <limits>

using namespace als_test;
using als::Item;
using als::User;

TEMPLATE_TEST_CASE("ranking: lists are those of scoring and sorting, with every instruction set",
                   "", float, double) {
    std::mt19937 generator(41);
    for (const Kind kind : kinds)
        for (const auto set : als::supported_instruction_sets())
            for (std::size_t round = 0; round < 12; ++round) {
                const int items = 1 + static_cast<int>(uniform(generator) * 900);
                const int factors = 1 + static_cast<int>(uniform(generator) * 70);
                const int users = 1 + static_cast<int>(uniform(generator) * 40);
                const std::int64_t count = std::array{0, 1, 3, 10, 50, 1000}[round % 6];
                const bool cosine = round % 4 == 3;
                const auto model = random_model<TestType>(generator, kind, users, items, factors,
                                                          round % 2 == 1 && !cosine);
                INFO("kind " << static_cast<int>(kind) << ", set " << name_of(set) << ", " << users
                             << " users, " << items << " items, " << factors << " factors, count "
                             << count << (cosine ? ", cosine" : ""));
                const auto dot = als::detail::dot_kernel<TestType>(set);
                const auto& order = als::detail::ModelAccess::norm_order<Item>(model);
                const auto& side = model.parts().items;
                const als::detail::Candidates<TestType> candidates{
                    side.factors, side.biases.size() > 0 ? &side.biases : nullptr, order,
                    cosine ? order.nonzero() : order.size(), cosine};
                std::vector<als::detail::Point<TestType>> points;
                for (const User user : everyone(users))
                    if (!cosine || !model.user_factors().row(user.index).isZero(0))
                        points.push_back(als::detail::point_of(model, user));
                const auto allowed = [](std::size_t query, Item item) {
                    return (static_cast<int>(query) + item.index) % 5 != 0;
                };
                std::vector<List<TestType>> lists(points.size());
                als::detail::Ranker<Item, TestType>(candidates, {count}, set)
                    .rank(points, allowed, lists.data());

                for (std::size_t q = 0; q < points.size(); ++q) {
                    List<TestType> all;
                    const double norm = als::detail::norm_of(dot, points[q].factors, factors);
                    als::FactorRow<TestType> unit(factors);
                    for (int f = 0; f < factors; ++f)
                        unit(f) =
                            static_cast<TestType>(static_cast<double>(points[q].factors[f]) / norm);
                    for (int i = 0; i < items; ++i) {
                        const auto row = side.factors.row(i);
                        if (!allowed(q, Item{i}) || (cosine && row.isZero(0))) continue;
                        const auto item = als::detail::point_of(model, Item{i});
                        const double length = als::detail::norm_of(dot, row.data(), factors);
                        all.push_back(
                            {Item{i}, cosine ? static_cast<TestType>(
                                                   dot(unit.data(), row.data(), factors) / length)
                                             : als::detail::score(dot, points[q], item, factors)});
                    }
                    REQUIRE(lists[q] == sorted(all, count));
                }
            }
}

TEST_CASE("ranking: what rounding to bfloat16 makes smaller, or infinite, is not lost") {
    const int users = 16;
    const auto check = [&](const als::FactorMatrix<float>& user,
                           const als::FactorMatrix<float>& items, std::int64_t count) {
        als::ModelParts<float> parameters;
        parameters.users.factors = user.replicate(users, 1);
        parameters.items.factors = items;
        const als::Model<float> model(parameters, als::Explicit{.biases = false});
        for (const auto& list :
             als::recommend(model, everyone(users), {.count = count, .threads = 1}))
            CHECK(list == by_hand(model, User{0}, count, [](Item) { return true; }));
    };
    // Half a unit of bfloat16's last place above 1, nearly, rounds to 1. The first items are longer
    // and score less than the last ten, which rounding makes less than them.
    const float above_one = 1 + 0x1.ffp-9F;
    als::FactorMatrix<float> user = als::FactorMatrix<float>::Constant(1, 32, above_one);
    user(0, 31) = 0;
    als::FactorMatrix<float> items = als::FactorMatrix<float>::Ones(70, 32);
    items.bottomRows(10) *= above_one;
    items.bottomRightCorner(10, 1).setZero();
    check(user, items, 1);

    // The largest number rounds to infinity.
    user = als::FactorMatrix<float>::Constant(1, 1, -std::numeric_limits<float>::max());
    items.resize(150, 1);
    for (int i = 0; i < 150; ++i) items(i, 0) = 1e-37F * static_cast<float>(i + 1);
    check(user, items, 5);
}

TEST_CASE("ranking: a score of floats is the same, bit for bit, with every instruction set") {
    std::mt19937 generator(42);
    for (int factors = 1; factors < 80; ++factors) {
        const auto model = random_model<float>(generator, Kind::plain, 1, 1, factors, true);
        const als::detail::Point<float> user = als::detail::point_of(model, User{0});
        const als::detail::Point<float> item = als::detail::point_of(model, Item{0});
        double sum = user.bias + item.bias;
        for (int f = 0; f < factors; ++f)
            sum += static_cast<double>(user.factors[f]) * static_cast<double>(item.factors[f]);
        for (const auto set : als::supported_instruction_sets()) {
            const auto dot = als::detail::dot_kernel<float>(set);
            const float score = als::detail::score(dot, user, item, factors);
            CHECK(score == als::predict(model, User{0}, Item{0}));
            CHECK_THAT(static_cast<double>(score), WithinRel(sum, 1e-7));
        }
    }
}
