// SPDX-License-Identifier: MIT
// Weightings of the data.
#include "catch.hpp"
#include "samples.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

TEST_CASE("weighting: numbers worked by hand, cells unchanged") {
    // Item 0 is everybody's, item 1 of one of two.
    const als::Interactions<double> data(
        2, 3,
        std::vector<als::Entry<double>>{
            {User{0}, Item{0}, 2}, {User{0}, Item{1}, 4}, {User{1}, Item{0}, 1}});
    const auto values = [](const als::Interactions<double>& weighted) {
        std::vector<double> all;
        for (const auto& entry : weighted.entries()) all.push_back(entry.value);
        return all;
    };
    const auto close = [&](const als::Interactions<double>& weighted,
                           const std::vector<double>& expected) {
        const auto found = values(weighted);
        REQUIRE(found.size() == expected.size());
        for (std::size_t n = 0; n < found.size(); ++n)
            CHECK_THAT(found[n], WithinAbs(expected[n], 1e-12));
        for (int u = 0; u < 2; ++u)
            CHECK(std::ranges::equal(weighted[User{u}].ids(), data[User{u}].ids()));
    };
    close(als::tf_idf_weighted(data), {0, 4 * std::log(2), 0});
    // Totals 6 and 1, mean 3.5: user 0 is 12/7 long.
    const double length = 1 - 0.5 + 0.5 * 12 / 7;
    close(als::bm25_weighted(data, {.saturation = 2, .length_normalization = 0.5}),
          {0, std::log(2) * 4 * 3 / (4 + 2 * length), 0});
    const als::Interactions<double> times(
        2, 3,
        std::vector<als::Entry<double>>{
            {User{0}, Item{0}, 100}, {User{0}, Item{1}, 90}, {User{1}, Item{0}, 120}});
    close(als::time_decayed(data, times, 110, 10), {1, 1, 1});
    close(als::with_values(data, [](User, Item item, double value) { return value + item.index; }),
          {2, 5, 1});

    const als::Interactions<double> negative(
        2, 3, std::vector<als::Entry<double>>{{User{1}, Item{2}, -1}});
    REQUIRE_THROWS_MATCHES(als::bm25_weighted(negative), als::InputError,
                           says("the value of user 1, item 2 is -1"));
    REQUIRE_THROWS_MATCHES(als::bm25_weighted(data, {.length_normalization = 2}), als::InputError,
                           says("length_normalization is 2"));
    REQUIRE_THROWS_MATCHES(als::time_decayed(data, times, 110, 0), als::InputError,
                           says("half_life is 0"));
    REQUIRE_THROWS_MATCHES(als::time_decayed(data, als::Interactions<double>(2, 3, {}), 1, 1),
                           als::InputError,
                           says("als::time_decayed: user 0 has times for other items"));
}
