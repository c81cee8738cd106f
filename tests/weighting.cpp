// SPDX-License-Identifier: MIT
// Weightings of the data: numbers worked by hand, cells unchanged.
#include "catch.hpp"
#include "samples.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

namespace {

als::Interactions<double> two_by_three(const std::vector<als::Entry<double>>& entries) {
    return {2, 3, entries};
}

/// Both users have item 0, one of them has item 1.
als::Interactions<double> plays() {
    return two_by_three({{User{0}, Item{0}, 2}, {User{0}, Item{1}, 4}, {User{1}, Item{0}, 1}});
}

/// The times of the plays.
als::Interactions<double> times() {
    return two_by_three({{User{0}, Item{0}, 100}, {User{0}, Item{1}, 90}, {User{1}, Item{0}, 120}});
}

/// Checks that the cells are those of plays(), with these values.
void check_values(const als::Interactions<double>& weighted, const std::vector<double>& expected) {
    const auto entries = weighted.entries();
    REQUIRE(entries.size() == expected.size());
    for (std::size_t n = 0; n < entries.size(); ++n)
        CHECK_THAT(entries[n].value, WithinAbs(expected[n], 1e-12));
    for (int u = 0; u < 2; ++u)
        CHECK(std::ranges::equal(weighted[User{u}].ids(), plays()[User{u}].ids()));
}

}  // namespace

TEST_CASE("weighting: tf-idf multiplies by the logarithm of the rarity") {
    check_values(als::tf_idf_weighted(plays()), {0, 4 * std::log(2), 0});
}

TEST_CASE("weighting: BM25 saturates, and makes up for long histories") {
    // Totals 6 and 1, mean 3.5: user 0 is 12/7 long.
    const double length = 1 - 0.5 + 0.5 * 12 / 7;
    check_values(als::bm25_weighted(plays(), {.saturation = 2, .length_normalization = 0.5}),
                 {0, std::log(2) * 4 * 3 / (4 + 2 * length), 0});
}

TEST_CASE("weighting: a value halves with each half-life since its time, which may be to come") {
    // Ages 10, 20 and -10 at a half-life of 10.
    check_values(als::time_decayed(plays(), times(), 110, 10), {1, 1, 1});
}

TEST_CASE("weighting: a function of user, item and value gives the new value") {
    const auto value = [](User user, Item item, double old) {
        return old + item.index - 10 * user.index;
    };
    check_values(als::with_values(plays(), value), {2, 5, -9});
}

TEST_CASE("weighting: negative values and options out of range are refused") {
    REQUIRE_THROWS_MATCHES(als::bm25_weighted(two_by_three({{User{1}, Item{2}, -1}})),
                           als::InputError, says("the value of user 1, item 2 is -1"));
    REQUIRE_THROWS_MATCHES(als::bm25_weighted(plays(), {.length_normalization = 2}),
                           als::InputError, says("length_normalization is 2"));
    REQUIRE_THROWS_MATCHES(als::time_decayed(plays(), times(), 110, 0), als::InputError,
                           says("half_life is 0"));
}

TEST_CASE("weighting: times of other cells are refused") {
    REQUIRE_THROWS_MATCHES(als::time_decayed(plays(), two_by_three({}), 1, 1), als::InputError,
                           says("als::time_decayed: user 0 has times for other items"));
}
