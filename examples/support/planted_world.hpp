// SPDX-License-Identifier: MIT
// A planted world: users, items and tastes made up by formulas, so that the right answers are known
// exactly. What each user likes is known, and so is the noise below which no error can fall. For
// the examples, and for benchmarks of any size.
#pragma once

#include <als/id_map.hpp>
#include <als/interactions.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

/// Random numbers that are the same on every platform (splitmix64 of Steele, Lea, Flood 2014).
class Random {
public:
    /// Streams of one seed are independent of each other.
    explicit Random(std::uint64_t seed, std::uint64_t stream = 0)
        : state_(scramble(seed) ^ scramble(~stream)) {}

    /// Uniform in [0, 1).
    double uniform() {
        state_ += 0x9E3779B97F4A7C15U;
        return static_cast<double>(scramble(state_) >> 11) * 0x1p-53;
    }

    /// Uniform in 0 .. count - 1.
    std::int32_t below(std::int32_t count) { return static_cast<std::int32_t>(uniform() * count); }

    /// Exponential with this mean.
    double exponential(double mean) { return -mean * std::log1p(-uniform()); }

    /// Normal with mean 0 and standard deviation 1 (Box, Muller 1958).
    double normal() {
        const double radius = std::sqrt(2 * exponential(1));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }

private:
    static std::uint64_t scramble(std::uint64_t x) {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
        return x ^ (x >> 31);
    }

    std::uint64_t state_;
};

/// How large a planted world is, and how hard. The formulas are at `PlantedWorld`.
struct PlantedWorldOptions {
    std::int32_t users = 2000;
    std::int32_t items = 1000;
    std::int32_t genres = 10;

    /// Mean number of ratings of a user, and how much users differ in it: the standard deviation of
    /// its logarithm.
    double ratings_per_user = 100;
    double activity_spread = 0.7;

    /// n-th most popular item of a genre: probability in proportion to 1 / n^zipf. Raising it
    /// concentrates the ratings on few items.
    double zipf = 0.9;

    /// Share of a user's choices that are made within the genres that the user likes.
    double focus = 0.75;

    /// mu, and what a liked genre adds to a rating.
    double mean = 2.8;
    double gain = 1.5;

    /// Standard deviations of the users' and items' biases, and of the noise.
    double user_spread = 0.4;
    double item_spread = 0.4;
    double noise = 0.5;

    /// Round ratings to 1, 2, 3, 4 or 5. The noise is then no longer exactly known.
    bool whole_stars = false;

    std::uint64_t seed = 42;
};

/// A world that obeys the model
///
///     rating(u, i) = mu + b_u + b_i + gain [g(i) in L_u] + e,     e ~ N(0, noise^2)
///     plays(u, i)  = 1 + floor(Exponential(mean 4 if g(i) in L_u, else mean 1))
///
/// with the genre g(i) of item i (all genres have the same size, up to one), the set L_u of the one
/// to three genres that user u likes, and the biases b_u ~ N(0, user_spread^2), b_i ~ N(0,
/// item_spread^2). Without noise the ratings are a matrix of rank `genres` + 2.
///
/// A user has about ratings_per_user exp(s z - s^2 / 2) observations, z ~ N(0, 1), s =
/// activity_spread, but no more than half of the items. Each is drawn from a genre in L_u with
/// probability `focus`, else from any genre, and within the genre by Zipf's law. Ratings and plays
/// are observed for the same pairs.
class PlantedWorld {
public:
    /// Cost: O(users + items).
    explicit PlantedWorld(const PlantedWorldOptions& options = {}) : options_(options) {
        make_items();
        make_users();
    }

    /// Names: "user 17 (noir, space opera)" and "Space Opera #12", the 12th most popular of them.
    [[nodiscard]] const als::IdMap<als::User>& users() const { return user_names_; }
    [[nodiscard]] const als::IdMap<als::Item>& items() const { return item_names_; }

    /// The ratings observed. Cost: O(entries log items).
    [[nodiscard]] als::Interactions<float> ratings() const {
        return observe([&](Random& random, als::User user, als::Item item) {
            const double value = exact_rating(user, item) + options_.noise * random.normal();
            return options_.whole_stars ? std::clamp(std::round(value), 1.0, 5.0) : value;
        });
    }

    /// The number of times that each user played each item, for the same pairs.
    [[nodiscard]] als::Interactions<float> plays() const {
        return observe([&](Random& random, als::User user, als::Item item) {
            return 1 + std::floor(random.exponential(likes(user, item) ? 4 : 1));
        });
    }

    /// The rating without its noise: what a perfect model predicts.
    [[nodiscard]] double exact_rating(als::User user, als::Item item) const {
        return options_.mean + user_bias_[at(user)] + item_bias_[at(item)] +
               (likes(user, item) ? options_.gain : 0);
    }

    [[nodiscard]] bool likes(als::User user, als::Item item) const {
        const auto liked = tastes(user);
        return std::find(liked.begin(), liked.end(), genre(item)) != liked.end();
    }

    /// g(i), from 0.
    [[nodiscard]] std::int32_t genre(als::Item item) const { return genre_[at(item)]; }

    /// L_u, ascending.
    [[nodiscard]] std::span<const std::int32_t> tastes(als::User user) const {
        return tastes_[at(user)];
    }

    /// Standard deviation of the noise: the RMSE of a perfect model, in the limit of many ratings.
    [[nodiscard]] double noise() const { return options_.noise; }

    /// "Space Opera", and "Genre 17" where the names have run out.
    [[nodiscard]] static std::string genre_name(std::int32_t genre) {
        constexpr std::array<std::string_view, 12> names{
            "Space Opera", "Noir",  "Courtroom Drama", "Screwball Comedy",
            "Western",     "Anime", "Costume Drama",   "Horror",
            "Musical",     "Heist", "Nature",          "Zombie"};
        const auto number = static_cast<std::size_t>(genre);
        return number < names.size() ? std::string(names[number])
                                     : "Genre " + std::to_string(genre + 1);
    }

private:
    enum Stream : std::uint64_t { of_items, of_users, of_pairs, of_values };

    template <als::Id Index>
    static std::size_t at(Index id) {
        return static_cast<std::size_t>(id.index);
    }

    void make_items() {
        const auto count = static_cast<std::size_t>(options_.items);
        Random random(options_.seed, of_items);
        item_at_.resize(count);
        for (std::size_t i = 0; i < count; ++i) item_at_[i].index = static_cast<std::int32_t>(i);
        for (std::int32_t i = options_.items - 1; i > 0; --i)
            std::swap(item_at_[static_cast<std::size_t>(i)],
                      item_at_[static_cast<std::size_t>(random.below(i + 1))]);

        genre_.resize(count);
        item_bias_.resize(count);
        std::vector<std::int32_t> rank(count);
        for (std::int32_t i = 0; i < options_.items; ++i) {
            const als::Item item = item_at_[static_cast<std::size_t>(i)];
            genre_[at(item)] = i % options_.genres;
            rank[at(item)] = i / options_.genres;
            item_bias_[at(item)] = options_.item_spread * random.normal();
        }
        for (std::size_t i = 0; i < count; ++i)
            item_names_.add(genre_name(genre_[i]) + " #" + std::to_string(rank[i] + 1));

        double total = 0;
        for (std::int32_t n = 1; (n - 1) * options_.genres < options_.items; ++n)
            popularity_.push_back(total += std::pow(n, -options_.zipf));
    }

    void make_users() {
        Random random(options_.seed, of_users);
        const double spread = options_.activity_spread;
        for (std::int32_t u = 0; u < options_.users; ++u) {
            std::vector<std::int32_t> liked;
            for (std::int32_t wanted = 1 + random.below(3); wanted > 0; --wanted)
                liked.push_back(random.below(options_.genres));
            std::sort(liked.begin(), liked.end());
            liked.erase(std::unique(liked.begin(), liked.end()), liked.end());

            std::string name = "user " + std::to_string(u);
            for (std::size_t i = 0; i < liked.size(); ++i)
                name += (i == 0 ? " (" : ", ") + in_lower_case(genre_name(liked[i]));
            user_names_.add(name + ")");
            tastes_.push_back(std::move(liked));
            user_bias_.push_back(options_.user_spread * random.normal());
            activity_.push_back(
                std::min(options_.items / 2.0,
                         options_.ratings_per_user *
                             std::exp(spread * random.normal() - spread * spread / 2)));
        }
    }

    static std::string in_lower_case(std::string text) {
        for (char& c : text)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        return text;
    }

    /// One draw: an item, or none where the genre has one item less than others.
    als::Item draw(Random& random, als::User user) const {
        const auto liked = tastes(user);
        const std::int32_t genre = random.uniform() < options_.focus
                                       ? liked[static_cast<std::size_t>(
                                             random.below(static_cast<std::int32_t>(liked.size())))]
                                       : random.below(options_.genres);
        const auto rank = std::upper_bound(popularity_.begin(), popularity_.end(),
                                           random.uniform() * popularity_.back()) -
                          popularity_.begin();
        const auto place = static_cast<std::size_t>(rank * options_.genres + genre);
        return place < item_at_.size() ? item_at_[place] : als::Item{-1};
    }

    template <typename Value>
    als::Interactions<float> observe(const Value& value) const {
        std::vector<als::Entry<float>> entries;
        std::vector<std::int32_t> last_user(item_at_.size(), -1);
        for (std::int32_t u = 0; u < options_.users; ++u) {
            const auto stream = static_cast<std::uint64_t>(u) << 2;
            Random pairs(options_.seed, stream | of_pairs);
            Random values(options_.seed, stream | of_values);
            // A fixed number of draws keeps the cost down where a taste has few items left.
            const double wanted = std::max(2.0, std::round(activity_[at(als::User{u})]));
            double found = 0;
            for (double draws = 0; found < wanted && draws < 3 * wanted; ++draws) {
                const als::Item item = draw(pairs, {u});
                if (item.index < 0 || std::exchange(last_user[at(item)], u) == u) continue;
                entries.push_back({{u}, item, static_cast<float>(value(values, {u}, item))});
                ++found;
            }
        }
        return als::Interactions<float>(options_.users, options_.items, entries);
    }

    PlantedWorldOptions options_;
    als::IdMap<als::User> user_names_;
    als::IdMap<als::Item> item_names_;
    std::vector<als::Item> item_at_;   // by popularity, the genres in turn
    std::vector<double> popularity_;   // cumulative, by rank within a genre
    std::vector<std::int32_t> genre_;  // by item
    std::vector<double> item_bias_;
    std::vector<std::vector<std::int32_t>> tastes_;  // by user
    std::vector<double> user_bias_;
    std::vector<double> activity_;
};

/// Writes the ratings of a world as a MovieLens 100K folder: u.data and u.item, ids from 1.
inline void write_as_movielens(const PlantedWorld& world, const std::filesystem::path& folder) {
    std::ofstream data(folder / "u.data");
    for (const auto& [user, item, value] : world.ratings().entries())
        data << user.index + 1 << '\t' << item.index + 1 << '\t' << value << "\t0\n";
    std::ofstream titles(folder / "u.item");
    for (std::int32_t i = 0; i < world.items().size(); ++i)
        titles << i + 1 << '|' << world.items().name({i}) << "|\n";
}

}  // namespace support
