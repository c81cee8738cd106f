// SPDX-License-Identifier: MIT
// `split`: training and test data that do not overlap, reproducibly.
#pragma once

#include <als/detail/random.hpp>
#include <als/interactions.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace als::inline ALS_ABI {

/// Options of `split`.
struct SplitOptions {
    /// Fraction of all entries that goes to the test set, 0 < fraction < 1; rounded to whole
    /// entries.
    double test_fraction = 0.2;

    /// Chooses the entries; the same seed gives the same split on every platform.
    std::uint64_t seed = 42;
};

/// Two parts of the same interactions; both have all users and all items.
template <Real Scalar>
struct Split {
    Interactions<Scalar> train;
    Interactions<Scalar> test;
};

/// Splits at random: round(test_fraction * entries) entries, chosen without regard to user or item,
/// form the test set, the rest the training set. Throws `InputError` for a fraction out of range.
/// Cost: O(entries).
template <Real Scalar>
[[nodiscard]] Split<Scalar> split(const Interactions<Scalar>& data,
                                  const SplitOptions& options = {}) {
    if (!(options.test_fraction > 0 && options.test_fraction < 1))
        throw InputError(detail::message("als::split: SplitOptions::test_fraction is ",
                                         options.test_fraction, "; it has to be > 0 and < 1"));
    constexpr std::uint64_t stream = 2;  // distinct from other uses of the generator
    std::vector<Entry<Scalar>> entries = data.entries();
    const auto test_size = static_cast<std::size_t>(
        std::llround(options.test_fraction * static_cast<double>(entries.size())));
    // The first steps of a Fisher-Yates shuffle: the front becomes the test set.
    for (std::size_t i = 0; i < test_size; ++i) {
        const std::uint64_t other =
            i + detail::random_below(entries.size() - i, options.seed, stream, i);
        std::swap(entries[i], entries[other]);
    }
    const std::span<const Entry<Scalar>> all = entries;
    return {Interactions<Scalar>(data.user_count(), data.item_count(), all.subspan(test_size)),
            Interactions<Scalar>(data.user_count(), data.item_count(), all.first(test_size))};
}

}  // namespace als::inline ALS_ABI
