// SPDX-License-Identifier: MIT
// Splits of interactions into parts to train on and parts to judge by. All of them have all users
// and all items, so that indices mean the same everywhere; every entry lies in one part, unchanged.
#pragma once

#include <als/detail/random.hpp>
#include <als/error.hpp>
#include <als/interactions.hpp>
#include <als/objective.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace als::inline ALS_ABI {

/// Two parts of the same interactions; both have all users and all items.
template <Real Scalar>
struct Split {
    Interactions<Scalar> train;
    Interactions<Scalar> test;
};

/// Options of `split` and `split_each_user`.
struct SplitOptions {
    /// Fraction of the entries that goes to the test set, 0 < fraction < 1.
    double test_fraction = 0.2;

    /// Chooses the entries; the same seed gives the same split on every platform.
    std::uint64_t seed = 42;
};

/// Options of `leave_out` and `leave_last_out`.
struct LeaveOutOptions {
    /// Entries of each user that go to the test set, >= 1.
    std::int64_t count = 1;

    /// Users with fewer entries than would be left keep them all, >= 0. Raising it judges by users
    /// of whom more is known.
    std::int64_t least_left = 1;

    /// Chooses the entries of `leave_out`; the same seed gives the same split on every platform.
    std::uint64_t seed = 42;
};

/// Options of `hold_out_users`.
struct HoldOutOptions {
    /// Fraction of the users with entries that are held out, 0 < fraction < 1; rounded to whole
    /// users.
    double user_fraction = 0.1;

    /// Fraction of each held-out user's entries that is to be predicted, 0 < fraction < 1; rounded
    /// down.
    double test_fraction = 0.2;

    /// Chooses users and entries; the same seed gives the same split on every platform.
    std::uint64_t seed = 42;
};

/// Strong generalisation: users of whom the training knows nothing.
template <Real Scalar>
struct HoldOut {
    std::vector<User> users;      ///< who is held out, ascending
    Interactions<Scalar> train;   ///< of all other users
    Interactions<Scalar> given;   ///< of the users held out: to fold in
    Interactions<Scalar> hidden;  ///< of the users held out: to be predicted
};

namespace detail {

/// Uses of the generator by splits, distinct from others.
enum SplitStream : std::uint64_t { of_entries = 2, of_rows = 3, of_users = 4 };

inline void check_fraction(std::string_view name, double fraction) {
    if (!(fraction > 0 && fraction < 1))
        throw InputError(message(name, " is ", fraction, "; it has to be > 0 and < 1"));
}

/// The numbers 0 .. size - 1 of which the first `chosen` are drawn at random, in random order: the
/// first steps of a Fisher-Yates shuffle.
inline std::vector<std::size_t> drawn(std::size_t size, std::size_t chosen, std::uint64_t seed,
                                      std::uint64_t stream) {
    std::vector<std::size_t> numbers(size);
    std::iota(numbers.begin(), numbers.end(), std::size_t{0});
    for (std::size_t i = 0; i < chosen; ++i)
        std::swap(numbers[i], numbers[i + random_below(size - i, seed, stream, i)]);
    return numbers;
}

/// Distributes all entries over `count` parts; part_of(n) is that of entry n, by user and then by
/// item.
template <Real Scalar, typename PartOf>
std::vector<Interactions<Scalar>> parts_of(const Interactions<Scalar>& data, std::size_t count,
                                           const PartOf& part_of) {
    std::vector<std::vector<Entry<Scalar>>> entries(count);
    std::size_t n = 0;
    for (const Entry<Scalar>& entry : data.entries()) entries[part_of(n++)].push_back(entry);
    std::vector<Interactions<Scalar>> parts;
    for (auto& part : entries) {
        parts.emplace_back(data.user_count(), data.item_count(), part);
        part = {};
    }
    return parts;
}

/// Two parts: the entries for which is_test, and the others.
template <Real Scalar>
Split<Scalar> divided(const Interactions<Scalar>& data, const std::vector<bool>& is_test) {
    auto parts = parts_of(data, 2, [&](std::size_t n) { return is_test[n] ? 1U : 0U; });
    return {std::move(parts[0]), std::move(parts[1])};
}

/// Of each user's entries choose(user, count, chosen) marks those that go to the test set by
/// pushing their positions in the row.
template <Real Scalar, typename Choose>
Split<Scalar> divided_by_user(const Interactions<Scalar>& data, const Choose& choose) {
    std::vector<bool> is_test(static_cast<std::size_t>(data.size()));
    std::size_t first = 0;
    for (User user; user.index < data.user_count(); ++user.index) {
        const auto count = static_cast<std::size_t>(data[user].size());
        for (const std::size_t position : choose(user, count)) is_test[first + position] = true;
        first += count;
    }
    return divided(data, is_test);
}

/// Positions drawn from a user's row of `count` entries. The same for a user whatever the others
/// have.
inline std::vector<std::size_t> drawn_of_row(User user, std::size_t count, std::size_t chosen,
                                             std::uint64_t seed) {
    const std::uint64_t own = random_bits(seed, of_rows, static_cast<std::uint64_t>(user.index), 0);
    std::vector<std::size_t> positions = drawn(count, chosen, own, of_rows);
    positions.resize(chosen);
    return positions;
}

inline void validate(const LeaveOutOptions& options) {
    check_range("als::LeaveOutOptions::count", static_cast<double>(options.count), 1, unbounded);
    check_range("als::LeaveOutOptions::least_left", static_cast<double>(options.least_left), 0,
                unbounded);
}

/// Entries to leave out of a row of `count`: the number asked for, or none.
inline std::size_t left_out(const LeaveOutOptions& options, std::size_t count) {
    const auto size = static_cast<std::int64_t>(count);
    return size - options.count >= options.least_left && size >= options.count
               ? static_cast<std::size_t>(options.count)
               : 0;
}

}  // namespace detail

/// Splits at random: round(test_fraction * entries) entries, chosen without regard to user or item,
/// form the test set, the rest the training set. Throws `InputError` for a fraction out of range.
/// Cost: O(entries).
template <Real Scalar>
[[nodiscard]] Split<Scalar> split(const Interactions<Scalar>& data,
                                  const SplitOptions& options = {}) {
    detail::check_fraction("als::split: SplitOptions::test_fraction", options.test_fraction);
    const auto size = static_cast<std::size_t>(data.size());
    const auto chosen =
        static_cast<std::size_t>(std::llround(options.test_fraction * static_cast<double>(size)));
    const auto numbers = detail::drawn(size, chosen, options.seed, detail::of_entries);
    std::vector<bool> is_test(size);
    for (std::size_t n = 0; n < chosen; ++n) is_test[numbers[n]] = true;
    return detail::divided(data, is_test);
}

/// Splits each user's entries at random: floor(test_fraction * entries of the user) of them form
/// the test set. A user's split does not depend on the others. Throws and costs as `split`.
template <Real Scalar>
[[nodiscard]] Split<Scalar> split_each_user(const Interactions<Scalar>& data,
                                            const SplitOptions& options = {}) {
    detail::check_fraction("als::split_each_user: SplitOptions::test_fraction",
                           options.test_fraction);
    return detail::divided_by_user(data, [&](User user, std::size_t count) {
        const auto chosen =
            static_cast<std::size_t>(options.test_fraction * static_cast<double>(count));
        return detail::drawn_of_row(user, count, chosen, options.seed);
    });
}

/// Leaves `count` entries of each user out, at random: they form the test set. Users with fewer
/// than count + least_left entries keep them all. Throws `InputError` for options out of range.
/// Cost: O(entries).
template <Real Scalar>
[[nodiscard]] Split<Scalar> leave_out(const Interactions<Scalar>& data,
                                      const LeaveOutOptions& options = {}) {
    detail::validate(options);
    return detail::divided_by_user(data, [&](User user, std::size_t count) {
        return detail::drawn_of_row(user, count, detail::left_out(options, count), options.seed);
    });
}

/// Leaves the last `count` entries of each user out, by time: what a recommender has to predict.
///
/// `times` has the same cells as `data`, their values are times in any unit (`Ratings::times`). Of
/// cells of the same time the later item in the order of indices counts as the later one. Throws
/// `InputError` for options out of range and where the cells differ. Cost: O(entries log entries of
/// a user).
template <Real Scalar>
[[nodiscard]] Split<Scalar> leave_last_out(const Interactions<Scalar>& data,
                                           const Interactions<double>& times,
                                           const LeaveOutOptions& options = {}) {
    detail::validate(options);
    detail::check_times("als::leave_last_out", data, times);
    return detail::divided_by_user(data, [&](User user, std::size_t count) {
        std::vector<std::size_t> positions(count);
        std::iota(positions.begin(), positions.end(), std::size_t{0});
        const auto values = times[user].values();
        std::stable_sort(positions.begin(), positions.end(),
                         [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
        const auto kept = static_cast<std::ptrdiff_t>(count - detail::left_out(options, count));
        positions.erase(positions.begin(), positions.begin() + kept);
        return positions;
    });
}

/// Holds users out, at random, all their entries: the training set has none of them. Their given
/// part is to be folded in (`fold_in_users`), their hidden part to be predicted. Users without
/// entries are never held out. Throws `InputError` for fractions out of range. Cost: O(entries).
template <Real Scalar>
[[nodiscard]] HoldOut<Scalar> hold_out_users(const Interactions<Scalar>& data,
                                             const HoldOutOptions& options = {}) {
    detail::check_fraction("als::hold_out_users: HoldOutOptions::user_fraction",
                           options.user_fraction);
    detail::check_fraction("als::hold_out_users: HoldOutOptions::test_fraction",
                           options.test_fraction);
    std::vector<User> active;
    for (User user; user.index < data.user_count(); ++user.index)
        if (!data[user].empty()) active.push_back(user);
    const auto chosen = static_cast<std::size_t>(
        std::llround(options.user_fraction * static_cast<double>(active.size())));
    const auto numbers = detail::drawn(active.size(), chosen, options.seed, detail::of_users);
    std::vector<User> users;
    for (std::size_t n = 0; n < chosen; ++n) users.push_back(active[numbers[n]]);
    std::sort(users.begin(), users.end());

    enum Part : unsigned char { train, given, hidden };
    std::vector<Part> part(static_cast<std::size_t>(data.size()), train);
    std::size_t first = 0;
    for (User user; user.index < data.user_count(); ++user.index) {
        const auto count = static_cast<std::size_t>(data[user].size());
        if (std::binary_search(users.begin(), users.end(), user)) {
            std::fill_n(part.begin() + static_cast<std::ptrdiff_t>(first), count, given);
            const auto tested =
                static_cast<std::size_t>(options.test_fraction * static_cast<double>(count));
            for (const std::size_t position :
                 detail::drawn_of_row(user, count, tested, options.seed))
                part[first + position] = hidden;
        }
        first += count;
    }
    auto parts = detail::parts_of(data, 3, [&](std::size_t n) { return std::size_t{part[n]}; });
    return {std::move(users), std::move(parts[0]), std::move(parts[1]), std::move(parts[2])};
}

/// Cross-validation: `count` splits whose test sets are disjoint, of about the same size, and
/// together the data. Throws `InputError` for a count below 2. Cost: O(count entries).
template <Real Scalar>
[[nodiscard]] std::vector<Split<Scalar>> folds(const Interactions<Scalar>& data, int count,
                                               std::uint64_t seed = 42) {
    detail::check_range("als::folds: count", count, 2, detail::unbounded);
    const auto size = static_cast<std::size_t>(data.size());
    const auto numbers = detail::drawn(size, size, seed, detail::of_entries);
    std::vector<int> fold(size);
    for (std::size_t n = 0; n < size; ++n)
        fold[numbers[n]] = static_cast<int>(n % static_cast<std::size_t>(count));
    std::vector<Split<Scalar>> splits;
    for (int f = 0; f < count; ++f) {
        std::vector<bool> is_test(size);
        for (std::size_t n = 0; n < size; ++n) is_test[n] = fold[n] == f;
        splits.push_back(detail::divided(data, is_test));
    }
    return splits;
}

}  // namespace als::inline ALS_ABI
