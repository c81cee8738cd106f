// SPDX-License-Identifier: MIT
// The implementation of <als/split.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/random.hpp>
#include <als/detail/interactions.hpp>
#include <als/split.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {

namespace detail {

/// Returns the numbers 0 to size - 1, of which the first `chosen` are drawn in random order: the
/// first steps of a Fisher-Yates shuffle.
inline std::vector<std::size_t> draw(std::size_t size, std::size_t chosen, std::uint64_t seed,
                                     Stream stream) {
    std::vector<std::size_t> numbers(size);
    std::iota(numbers.begin(), numbers.end(), std::size_t{0});
    for (std::size_t i = 0; i < chosen; ++i)
        std::swap(numbers[i], numbers[i + random_below(size - i, seed, stream, i)]);
    return numbers;
}

/// Distributes all entries over `count` parts: entry n, in the order of user and then item, goes to
/// part_of(n).
template <Real Scalar, typename PartOf>
std::vector<Interactions<Scalar>> distribute_over(const Interactions<Scalar>& data,
                                                  std::size_t count, const PartOf& part_of) {
    std::vector<std::vector<Entry<Scalar>>> entries(count);
    std::size_t n = 0;
    for (const Entry<Scalar>& entry : data.entries()) entries[part_of(n++)].push_back(entry);
    std::vector<Interactions<Scalar>> parts;
    for (auto& part : entries) {
        parts.push_back(InteractionsAccess::like(data, part));
        part = {};
    }
    return parts;
}

/// Makes two parts: the entries for which is_test is true, and the others.
template <Real Scalar>
Split<Scalar> divide(const Interactions<Scalar>& data, const std::vector<bool>& is_test) {
    auto parts = distribute_over(data, 2, [&](std::size_t n) { return is_test[n] ? 1U : 0U; });
    return {std::move(parts[0]), std::move(parts[1])};
}

/// Makes two parts. choose(user, count, chosen) chooses the test entries of a user with `count`
/// entries: it appends their positions in the row to `chosen`.
template <Real Scalar, typename Choose>
Split<Scalar> divide_by_user(const Interactions<Scalar>& data, const Choose& choose) {
    std::vector<bool> is_test(to_size(data.size()));
    std::size_t first = 0;
    for (User user; user.index < data.user_count(); ++user.index) {
        const auto count = to_size(data[user].size());
        for (const std::size_t position : choose(user, count)) is_test[first + position] = true;
        first += count;
    }
    return divide(data, is_test);
}

/// Returns positions drawn from a user's row of `count` entries. They do not depend on other users.
inline std::vector<std::size_t> draw_from_row(User user, std::size_t count, std::size_t chosen,
                                              std::uint64_t seed) {
    const std::uint64_t own =
        random_bits(seed, Stream::split_rows, static_cast<std::uint64_t>(user.index), 0);
    std::vector<std::size_t> positions = draw(count, chosen, own, Stream::split_rows);
    positions.resize(chosen);
    return positions;
}

inline void validate(const LeaveOutOptions& options) {
    check_range("als::LeaveOutOptions::count", static_cast<double>(options.count), 1);
    check_range("als::LeaveOutOptions::least_left", static_cast<double>(options.least_left), 0);
}

/// Returns how many of a row's `count` entries to leave out: the number asked for, or none.
inline std::size_t number_left_out(const LeaveOutOptions& options, std::size_t count) {
    const auto size = to_count(count);
    return size - options.count >= options.least_left && size >= options.count
               ? to_size(options.count)
               : 0;
}

}  // namespace detail

template <Real Scalar>
Split<Scalar> split(const Interactions<Scalar>& data, const SplitOptions& options) {
    detail::check_fraction("als::split: SplitOptions::test_fraction", options.test_fraction);
    const auto size = detail::to_size(data.size());
    const auto chosen =
        detail::to_size(std::llround(options.test_fraction * static_cast<double>(size)));
    const auto numbers = detail::draw(size, chosen, options.seed, detail::Stream::split_entries);
    std::vector<bool> is_test(size);
    for (std::size_t n = 0; n < chosen; ++n) is_test[numbers[n]] = true;
    return detail::divide(data, is_test);
}

template <Real Scalar>
Split<Scalar> split_each_user(const Interactions<Scalar>& data, const SplitOptions& options) {
    detail::check_fraction("als::split_each_user: SplitOptions::test_fraction",
                           options.test_fraction);
    return detail::divide_by_user(data, [&](User user, std::size_t count) {
        const auto chosen =
            static_cast<std::size_t>(options.test_fraction * static_cast<double>(count));
        return detail::draw_from_row(user, count, chosen, options.seed);
    });
}

template <Real Scalar>
Split<Scalar> leave_out(const Interactions<Scalar>& data, const LeaveOutOptions& options) {
    detail::validate(options);
    return detail::divide_by_user(data, [&](User user, std::size_t count) {
        return detail::draw_from_row(user, count, detail::number_left_out(options, count),
                                     options.seed);
    });
}

template <Real Scalar>
Split<Scalar> leave_last_out(const Interactions<Scalar>& data, const Interactions<double>& times,
                             const LeaveOutOptions& options) {
    detail::validate(options);
    detail::check_times("als::leave_last_out", data, times);
    return detail::divide_by_user(data, [&](User user, std::size_t count) {
        std::vector<std::size_t> positions(count);
        std::iota(positions.begin(), positions.end(), std::size_t{0});
        const auto values = times[user].values();
        std::stable_sort(positions.begin(), positions.end(),
                         [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
        const auto kept =
            static_cast<std::ptrdiff_t>(count - detail::number_left_out(options, count));
        positions.erase(positions.begin(), positions.begin() + kept);
        return positions;
    });
}

template <Real Scalar>
Split<Scalar> split_at(const Interactions<Scalar>& data, const Interactions<double>& times,
                       double date) {
    if (std::isnan(date)) throw InputError("als::split_at: date is nan; it has to be a number");
    detail::check_times("als::split_at", data, times);
    std::vector<bool> is_test;
    is_test.reserve(detail::to_size(data.size()));
    for (const auto& [user, item, time] : times.entries()) is_test.push_back(time >= date);
    const auto tested = std::count(is_test.begin(), is_test.end(), true);
    if (tested == 0 || detail::to_size(tested) == is_test.size())
        throw InputError(detail::message("als::split_at: ", tested == 0 ? "no" : "every",
                                         " entry has a time of ", date,
                                         " or later; one of the parts "
                                         "would be empty"));
    return detail::divide(data, is_test);
}

template <Real Scalar>
Interactions<Scalar> core(const Interactions<Scalar>& data, std::int64_t least_of_user,
                          std::int64_t least_of_item) {
    detail::check_range("als::core: least_of_user", static_cast<double>(least_of_user), 0);
    detail::check_range("als::core: least_of_item", static_cast<double>(least_of_item), 0);
    std::vector<Entry<Scalar>> entries = data.entries();
    std::size_t before = entries.size() + 1;
    while (entries.size() < before) {
        before = entries.size();
        std::vector<std::int64_t> of_user(detail::to_size(data.user_count()));
        std::vector<std::int64_t> of_item(detail::to_size(data.item_count()));
        for (const auto& [user, item, value] : entries) {
            ++of_user[detail::to_size(user.index)];
            ++of_item[detail::to_size(item.index)];
        }
        std::erase_if(entries, [&](const Entry<Scalar>& entry) {
            return of_user[detail::to_size(entry.user.index)] < least_of_user ||
                   of_item[detail::to_size(entry.item.index)] < least_of_item;
        });
    }
    if (entries.empty())
        throw InputError(detail::message("als::core: nothing is left of ", data.size(),
                                         " entries: no part of them has ", least_of_user,
                                         " entries a user and ", least_of_item, " an item"));
    return detail::InteractionsAccess::like(data, entries);
}

template <Real Scalar>
HoldOut<Scalar> hold_out_users(const Interactions<Scalar>& data, const HoldOutOptions& options) {
    detail::check_fraction("als::hold_out_users: HoldOutOptions::user_fraction",
                           options.user_fraction);
    detail::check_fraction("als::hold_out_users: HoldOutOptions::test_fraction",
                           options.test_fraction);
    std::vector<User> active;
    for (User user; user.index < data.user_count(); ++user.index)
        if (!data[user].empty()) active.push_back(user);
    const auto chosen =
        detail::to_size(std::llround(options.user_fraction * static_cast<double>(active.size())));
    if (chosen == 0 || chosen == active.size())
        throw InputError(detail::message(
            "als::hold_out_users: user_fraction ", options.user_fraction, " of ", active.size(),
            " users with entries is ", chosen == 0 ? "none" : "all of them",
            "; there have to be users held out and users to train on"));
    const auto numbers =
        detail::draw(active.size(), chosen, options.seed, detail::Stream::split_users);
    std::vector<User> users;
    for (std::size_t n = 0; n < chosen; ++n) users.push_back(active[numbers[n]]);
    std::sort(users.begin(), users.end());

    enum Part : unsigned char { train, given, hidden };
    std::vector<Part> part(detail::to_size(data.size()), train);
    std::size_t first = 0;
    for (User user; user.index < data.user_count(); ++user.index) {
        const auto count = detail::to_size(data[user].size());
        if (std::binary_search(users.begin(), users.end(), user)) {
            std::fill_n(part.begin() + static_cast<std::ptrdiff_t>(first), count, given);
            const auto tested =
                static_cast<std::size_t>(options.test_fraction * static_cast<double>(count));
            for (const std::size_t position :
                 detail::draw_from_row(user, count, tested, options.seed))
                part[first + position] = hidden;
        }
        first += count;
    }
    if (std::find(part.begin(), part.end(), hidden) == part.end())
        throw InputError(detail::message(
            "als::hold_out_users: test_fraction ", options.test_fraction,
            " hides no entry of any user held out; hold out more users or raise it"));
    auto parts =
        detail::distribute_over(data, 3, [&](std::size_t n) { return std::size_t{part[n]}; });
    return {std::move(users), std::move(parts[0]), std::move(parts[1]), std::move(parts[2])};
}

template <Real Scalar>
std::vector<Split<Scalar>> folds(const Interactions<Scalar>& data, int count, std::uint64_t seed) {
    detail::check_range("als::folds: count", count, 2);
    const auto size = detail::to_size(data.size());
    if (detail::to_size(count) > size)
        throw InputError(detail::message("als::folds: count is ", count, ", and there are only ",
                                         size, " entries; some test sets would be empty"));
    const auto numbers = detail::draw(size, size, seed, detail::Stream::split_entries);
    std::vector<int> fold(size);
    for (std::size_t n = 0; n < size; ++n)
        fold[numbers[n]] = static_cast<int>(n % detail::to_size(count));
    std::vector<Split<Scalar>> splits;
    for (int f = 0; f < count; ++f) {
        std::vector<bool> is_test(size);
        for (std::size_t n = 0; n < size; ++n) is_test[n] = fold[n] == f;
        splits.push_back(detail::divide(data, is_test));
    }
    return splits;
}

}  // inline namespace
}  // namespace als
