// SPDX-License-Identifier: MIT
// The best of the candidates offered.
#include "../catch.hpp"
#include "../random_models.hpp"
#include <als/detail/rank/top_k.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

using namespace als_test;
using als::Item;
using als::detail::TopK;

TEMPLATE_TEST_CASE("top k: what is kept is what sorting all candidates gives", "", float, double) {
    std::mt19937 generator(83);
    for (int round = 0; round < 300; ++round) {
        const std::int64_t count = round % 17;
        const double minimum = round % 3 == 0 ? 0.5 : -std::numeric_limits<double>::infinity();
        TopK<Item, TestType> best({count, minimum});
        List<TestType> all;
        const int offered = static_cast<int>(generator() % 60);
        for (int i = 0; i < offered; ++i) {
            // Few different scores: many ties, in no order of the index.
            const auto score = static_cast<TestType>(static_cast<int>(generator() % 9) - 4);
            const Item item{static_cast<std::int32_t>((i * 37) % 1009)};
            all.push_back({item, score});
            best.offer(item, score);
        }
        CAPTURE(round, count, offered);
        REQUIRE(best.take() == sorted(all, count, minimum));
    }
}

TEMPLATE_TEST_CASE("top k: a score that is not finite is never kept", "", float, double) {
    TopK<Item, TestType> best({5});
    for (const TestType score :
         {std::numeric_limits<TestType>::quiet_NaN(), std::numeric_limits<TestType>::infinity(),
          -std::numeric_limits<TestType>::infinity()})
        best.offer(Item{1}, score);
    best.offer(Item{2}, std::numeric_limits<TestType>::lowest());
    best.offer(Item{3}, std::numeric_limits<TestType>::max());
    CHECK(best.take() == List<TestType>{{Item{3}, std::numeric_limits<TestType>::max()},
                                        {Item{2}, std::numeric_limits<TestType>::lowest()}});
}

TEST_CASE("top k: the threshold is the minimum until enough are kept, then the worst of them") {
    TopK<Item, float> best({2, 1});
    best.offer(Item{1}, 5);
    CHECK(best.threshold() == 1);
    best.offer(Item{2}, 3);
    CHECK(best.threshold() == 3);
    best.offer(Item{3}, 4);
    CHECK(best.threshold() == 4);
    best.offer(Item{4}, 2);
    CHECK(best.threshold() == 4);
}

TEST_CASE("top k: -0 and 0 are one score, and the lower index comes first") {
    TopK<Item, double> best({2});
    best.offer(Item{2}, 0.0);
    best.offer(Item{1}, -0.0);
    const auto list = best.take();
    REQUIRE(list.size() == 2);
    CHECK(list[0].id == Item{1});
    CHECK_FALSE(std::signbit(list[0].score));
}
