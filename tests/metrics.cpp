// SPDX-License-Identifier: MIT
// Metrics of one list, by hand and against other implementations.
#include "catch.hpp"
#include "samples.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

TEST_CASE("metrics: numbers worked by hand") {
    const List<float> ranked{{Item{4}, 9}, {Item{1}, 8}, {Item{7}, 7}, {Item{2}, 6}};
    const std::vector<Item> relevant{Item{1}, Item{2}, Item{9}};
    CHECK_THAT(als::recall(ranked, relevant, 2), WithinRel(1.0 / 3, 1e-12));
    CHECK_THAT(als::recall(ranked, relevant, 10), WithinRel(2.0 / 3, 1e-12));
    // Hits at positions 2 and 4; the ideal list has hits at 1, 2 and 3.
    const double ideal = 1 + 1 / std::log2(3) + 0.5;
    CHECK_THAT(als::ndcg(ranked, relevant, 4),
               WithinRel((1 / std::log2(3) + 1 / std::log2(5)) / ideal, 1e-12));
    CHECK_THAT(als::ndcg(ranked, relevant, 1), WithinAbs(0, 1e-12));
    CHECK_THAT(als::ndcg(ranked, std::vector<Item>{Item{4}}, 3), WithinRel(1.0, 1e-12));
}

TEST_CASE("metrics: agree with ir-measures and ranx on random rankings") {
    // ir_measures 0.4.3 and ranx 0.3.21 give these numbers for the lists, k = 5 and then 10.
    const std::array<std::vector<int>, 5> ranked{{{19, 8, 23, 11, 25, 22, 27, 20, 16, 0, 14, 7},
                                                  {1, 28, 5, 3, 11, 15, 7, 12, 17, 26, 18, 23},
                                                  {13, 8, 5, 24, 12, 27, 2, 4, 19, 21, 14, 22},
                                                  {6, 5, 27, 28, 9, 10, 29, 17, 21, 20, 23, 26},
                                                  {9, 26, 19, 18, 0, 27, 21, 22, 10, 2, 29, 11}}};
    const std::array<std::vector<int>, 5> relevant{
        {{20},
         {0, 6, 23},
         {0, 4, 6, 24, 27, 28},
         {0, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13, 22},
         {0, 1, 5, 6, 8, 9, 10, 11, 12, 13, 15, 16, 18, 19, 21, 22, 23, 24, 26, 27}}};
    struct Expected {
        int k;
        std::array<double, 5> precision, recall, ndcg, average_precision, reciprocal_rank, hit_rate;
    };
    const std::array<Expected, 2> expected{
        {{5,
          {0, 0, 0.2, 0.6, 1},
          {0, 0, 0.1666666667, 0.25, 0.25},
          {0, 0, 0.1460683498, 0.6843515475, 1},
          {0, 0, 0.0416666667, 0.2166666667, 0.25},
          {0, 0, 0.25, 1, 1},
          {0, 0, 1, 1, 1}},
         {10,
          {0.1, 0, 0.3, 0.4, 0.9},
          {1, 0, 0.5, 0.3333333333, 0.45},
          {0.3154648768, 0, 0.3335733535, 0.5224955968, 0.9363792118},
          {0.125, 0, 0.1597222222, 0.2722222222, 0.45},
          {0.125, 0, 0.25, 1, 1},
          {1, 0, 1, 1, 1}}}};
    for (const Expected& e : expected)
        for (std::size_t q = 0; q < 5; ++q) {
            List<float> list;
            for (const int item : ranked[q])
                list.push_back({Item{item}, -static_cast<float>(list.size())});
            std::vector<Item> wanted;
            for (const int item : relevant[q]) wanted.push_back(Item{item});
            CHECK_THAT(als::precision(list, wanted, e.k), WithinAbs(e.precision[q], 1e-9));
            CHECK_THAT(als::recall(list, wanted, e.k), WithinAbs(e.recall[q], 1e-9));
            CHECK_THAT(als::ndcg(list, wanted, e.k), WithinAbs(e.ndcg[q], 1e-9));
            CHECK_THAT(als::average_precision(list, wanted, e.k),
                       WithinAbs(e.average_precision[q], 1e-9));
            CHECK_THAT(als::reciprocal_rank(list, wanted, e.k),
                       WithinAbs(e.reciprocal_rank[q], 1e-9));
            CHECK_THAT(als::hit_rate(list, wanted, e.k), WithinAbs(e.hit_rate[q], 1e-9));
            const double most = std::min<double>(e.k, static_cast<double>(wanted.size()));
            CHECK_THAT(als::capped_recall(list, wanted, e.k),
                       WithinAbs(e.precision[q] * e.k / most, 1e-9));
        }
}

TEST_CASE("metrics: a list without relevant items and a k below 1 are refused") {
    const List<float> ranked{{Item{4}, 9}};
    const std::vector<Item> none;
    const std::vector<Item> relevant{Item{1}};
    REQUIRE_THROWS_MATCHES(als::recall(ranked, none, 3), als::InputError, says("no relevant item"));
    REQUIRE_THROWS_MATCHES(als::precision(List<float>{}, none, 3), als::InputError,
                           says("als::precision: there is no relevant"));
    REQUIRE_THROWS_MATCHES(als::ndcg(ranked, relevant, 0), als::InputError, says("k is 0"));
    REQUIRE_THROWS_MATCHES(als::hit_rate(List<float>{}, relevant, 0), als::InputError,
                           says("als::hit_rate: k is 0"));
}

TEST_CASE("metrics: graded NDCG, worked by hand, and gains that cannot be") {
    const std::vector<als::Scored<Item, double>> ranked{{Item{4}, 3}, {Item{7}, 2}, {Item{1}, 1}};
    const std::vector<Item> relevant{Item{1}, Item{4}, Item{9}};
    const std::vector<double> gains{3, 1, 2};
    const double reached = 1 / std::log2(2.0) + 3 / std::log2(4.0);
    const double ideal = 3 / std::log2(2.0) + 2 / std::log2(3.0) + 1 / std::log2(4.0);
    CHECK_THAT(als::ndcg(ranked, relevant, gains, 3), WithinRel(reached / ideal, 1e-12));
    CHECK_THAT(als::ndcg(ranked, relevant, gains, 1), WithinRel(1.0 / 3, 1e-12));
    const std::vector<double> ones{1, 1, 1};
    CHECK_THAT(als::ndcg(ranked, relevant, ones, 3),
               WithinRel(als::ndcg(ranked, relevant, 3), 1e-12));
    const auto refused = [&](const std::vector<double>& bad, const char* message) {
        REQUIRE_THROWS_MATCHES(als::ndcg(ranked, relevant, bad, 3), als::InputError, says(message));
    };
    refused({1, 1}, "2 gains for 3 relevant items");
    refused({1, -1, 1}, "a gain is -1");
    refused({1, std::nan(""), 1}, "a gain is nan");
    refused({0, 0, 0}, "all gains are 0");
}
