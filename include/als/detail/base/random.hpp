// SPDX-License-Identifier: MIT
// The library's own random numbers. Each is a function of its key alone, so it does not depend on
// the order of evaluation, the standard library or the version of Eigen.
#pragma once

#include <als/version.hpp>

#include <cmath>
#include <cstdint>
#include <numbers>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// The uses of the generator. Each has its own random numbers. The values must never change, or
/// seeds would change their meaning.
enum class Stream : std::uint64_t {
    start = 1,               ///< start of a training
    split_entries = 2,       ///< entries of the test set
    split_rows = 3,          ///< entries of a user
    split_users = 4,         ///< users held out
    sampled_candidates = 5,  ///< candidates of `evaluate`
    tuning = 6,              ///< `Draw`
    factors = 7,             ///< factors of `draw`
};

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection that scatters neighbouring
/// keys.
constexpr std::uint64_t scatter(std::uint64_t key) {
    key += 0x9e3779b97f4a7c15u;
    key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9u;
    key = (key ^ (key >> 27)) * 0x94d049bb133111ebu;
    return key ^ (key >> 31);
}

/// Uniform bits at (stream, row, column) of the random table that `seed` chooses.
constexpr std::uint64_t random_bits(std::uint64_t seed, Stream stream, std::uint64_t row,
                                    std::uint64_t column) {
    return scatter(scatter(scatter(scatter(seed) ^ static_cast<std::uint64_t>(stream)) ^ row) ^
                   column);
}

/// Uniform in [0, 1), a multiple of 2^-53.
constexpr double random_uniform(std::uint64_t seed, Stream stream, std::uint64_t row,
                                std::uint64_t column) {
    return static_cast<double>(random_bits(seed, stream, row, column) >> 11) * 0x1p-53;
}

/// Standard normal (Box and Muller 1958).
inline double random_normal(std::uint64_t seed, Stream stream, std::uint64_t row,
                            std::uint64_t column) {
    const double radius =
        std::sqrt(-2 * std::log1p(-random_uniform(seed, stream, row, 2 * column)));
    const double angle = 2 * std::numbers::pi * random_uniform(seed, stream, row, 2 * column + 1);
    return radius * std::cos(angle);
}

/// A uniform integer in [0, bound), bound >= 1. Rejection makes it exactly uniform. Draws from
/// `column` on.
constexpr std::uint64_t random_below(std::uint64_t bound, std::uint64_t seed, Stream stream,
                                     std::uint64_t row) {
    const std::uint64_t excess = (0 - bound) % bound;
    for (std::uint64_t column = 0;; ++column) {
        const std::uint64_t bits = random_bits(seed, stream, row, column);
        if (bits >= excess) return bits % bound;
    }
}

}  // namespace detail
}  // inline namespace
}  // namespace als
