// SPDX-License-Identifier: MIT
// Generated implicit feedback with the sizes and degree sequences of public data sets, for
// benchmarks. It needs no download and can have any size.
#pragma once

#include "support/planted_world.hpp"
#include <als/interactions.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace shapes {

/// What `generate` makes. The formulas:
///
///     entries of user u    d_u = user_minimum + s exp(user_spread z_u),   z_u ~ N(0, 1)
///     popularity of item   w_n ~ (n + head)^-tail   for the n-th most popular, n = 0, 1, ...
///
/// (log-normal with a minimum; Zipf and Mandelbrot). s is such that the d_u sum to `entries`. No
/// user has more than a third of the items. Item n has the genre n mod 64. Each user has 3
/// favourite genres: 60 % of the draws are from these, the others from all items, both by
/// popularity. Each pair occurs once. Values are geometric, from 1 to 5: each further count has
/// probability 1/2 in a favourite genre, else 1/4.
struct Shape {
    std::string_view name;
    std::int32_t users = 0;
    std::int32_t items = 0;
    std::int64_t entries = 0;  ///< met within 1 %

    double user_minimum = 20;  ///< the fewest entries that a user has
    double user_spread = 1.3;  ///< raising it makes users differ more
    double head = 90;          ///< raising it makes the most popular items less popular
    double tail = 1.9;         ///< > 1; raising it makes the rare items rarer
};

/// MovieLens 1M, MovieLens 20M (its most popular film has 69 thousand users here, 67 there) and
/// Last.fm 360K (a list of about 48 artists for each user).
inline constexpr Shape ml1m{"ml1m", 6040, 3706, 1'000'209, 20, 1.1};
inline constexpr Shape ml20m{"ml20m", 138'493, 26'744, 20'000'263};
inline constexpr Shape lastfm360k{"lastfm360k", 358'868, 160'113, 17'309'518, 1, 0.15, 50, 1.4};

/// A world that grows as MovieLens did: 145 entries per user, and 27000 sqrt(entries / 20 million)
/// items.
inline Shape grown(std::string_view name, std::int64_t entries) {
    const auto size = static_cast<double>(entries);
    return {name, static_cast<std::int32_t>(size / 145),
            static_cast<std::int32_t>(27'000 * std::sqrt(size / 20e6)), entries};
}

/// All shapes, for a choice by name.
inline const std::array<Shape, 9>& all() {
    static const std::array<Shape, 9> shapes{ml1m,
                                             ml20m,
                                             lastfm360k,
                                             grown("1m", 1'000'000),
                                             grown("3m", 3'000'000),
                                             grown("10m", 10'000'000),
                                             grown("30m", 30'000'000),
                                             grown("100m", 100'000'000),
                                             grown("200m", 200'000'000)};
    return shapes;
}

namespace detail {

inline constexpr std::int32_t genres = 64;
inline constexpr std::int32_t favourites = 3;
inline constexpr double focus = 0.6;

enum Stream : std::uint64_t { of_degrees, of_items, of_users };

/// Entries of each user. s is found by fixed-point iteration, because the bound on a user's entries
/// removes some.
inline std::vector<std::int32_t> degrees(const Shape& shape, std::uint64_t seed) {
    support::Random random(seed, of_degrees);
    std::vector<double> activity(static_cast<std::size_t>(shape.users));
    for (double& value : activity) value = std::exp(shape.user_spread * random.normal());

    const double most = std::max(shape.user_minimum, shape.items / 3.0);
    const double base = shape.user_minimum * shape.users;
    double scale = 1;
    const auto degree = [&](double value) {
        return std::round(std::min(most, shape.user_minimum + scale * value));
    };
    for (int step = 0; step < 20; ++step) {
        double total = 0;
        for (const double value : activity) total += degree(value);
        scale *= (static_cast<double>(shape.entries) - base) / (total - base);
    }
    std::vector<std::int32_t> result;
    result.reserve(activity.size());
    for (const double value : activity) result.push_back(static_cast<std::int32_t>(degree(value)));
    return result;
}

/// Draws n from 0 to count - 1 with a probability in proportion to (n + 1/2 + head)^-tail, by
/// inversion. An integral replaces the sum, which causes a small error.
class Ranks {
public:
    Ranks(std::int32_t count, double head, double tail)
        : last_(count - 1), head_(head), power_(1 - tail) {
        at_start_ = std::pow(head, power_);
        span_ = at_start_ - std::pow(count + head, power_);
    }

    std::int32_t draw(support::Random& random) const {
        const double n = std::pow(at_start_ - random.uniform() * span_, 1 / power_) - head_;
        return std::clamp(static_cast<std::int32_t>(n), 0, last_);
    }

private:
    std::int32_t last_;
    double head_, power_, at_start_ = 0, span_ = 0;
};

/// Item ids by popularity: a random permutation, so that an id says nothing.
inline std::vector<als::Item> items_by_popularity(const Shape& shape, std::uint64_t seed) {
    support::Random random(seed, of_items);
    std::vector<als::Item> items(static_cast<std::size_t>(shape.items));
    for (std::int32_t n = 0; n < shape.items; ++n) {
        const auto other = static_cast<std::size_t>(random.below(n + 1));
        items[static_cast<std::size_t>(n)] = items[other];
        items[other] = {n};
    }
    return items;
}

}  // namespace detail

/// The shape's matrix. The same seed gives the same matrix wherever exp, log, cos and pow round
/// alike. Cost: O(entries); about 40 bytes per entry during the generation, 16 afterwards.
inline als::Interactions<float> generate(const Shape& shape, std::uint64_t seed = 1) {
    using namespace detail;
    const std::vector<std::int32_t> wanted = degrees(shape, seed);
    const std::vector<als::Item> item_at = items_by_popularity(shape, seed);
    const Ranks among_all(shape.items, shape.head, shape.tail);
    const Ranks in_genre(shape.items / genres, shape.head / genres, shape.tail);

    std::vector<als::Entry<float>> entries;
    entries.reserve(static_cast<std::size_t>(shape.entries + shape.entries / 100));
    std::vector<std::int32_t> last_user(item_at.size(), -1);
    for (std::int32_t u = 0; u < shape.users; ++u) {
        support::Random random(seed, of_users + static_cast<std::uint64_t>(u));
        std::array<std::int32_t, favourites> liked;
        for (std::int32_t& genre : liked) genre = random.below(genres);

        const std::int64_t want = wanted[static_cast<std::size_t>(u)];
        std::int64_t found = 0;
        // The bound ends the search for a user whose tastes are exhausted.
        for (std::int64_t draws = 0; found < want && draws < 100 * want; ++draws) {
            std::int32_t rank = 0;
            if (random.uniform() < focus) {
                const auto choice = static_cast<std::size_t>(random.below(favourites));
                rank = in_genre.draw(random) * genres + liked[choice];
            } else {
                rank = among_all.draw(random);
            }
            const als::Item item = item_at[static_cast<std::size_t>(rank)];
            if (std::exchange(last_user[static_cast<std::size_t>(item.index)], u) == u) continue;

            const bool likes = std::find(liked.begin(), liked.end(), rank % genres) != liked.end();
            float value = 1;
            while (value < 5 && random.uniform() < (likes ? 0.5 : 0.25)) ++value;
            entries.push_back({{u}, item, value});
            ++found;
        }
    }
    return als::Interactions<float>(shape.users, shape.items, entries);
}

}  // namespace shapes
