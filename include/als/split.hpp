// SPDX-License-Identifier: MIT
// Splits interactions into parts to train on and parts to test on. Every part has all users and all
// items, so indices mean the same everywhere. Every entry is in exactly one part, unchanged.
#pragma once

#include <als/interactions.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Two parts of the same interactions. Both have all users and all items.
template <Real Scalar>
struct Split {
    Interactions<Scalar> train;  ///< the entries to train on
    Interactions<Scalar> test;   ///< the entries to test on
};

/// Options of `split` and `split_each_user`.
struct SplitOptions {
    /// Fraction of the entries that go to the test set, 0 < fraction < 1.
    double test_fraction = 0.2;

    /// Seed of the random choice. The same seed gives the same split on every platform.
    std::uint64_t seed = 42;
};

/// Options of `leave_out` and `leave_last_out`.
struct LeaveOutOptions {
    /// Entries of each user that go to the test set, >= 1.
    std::int64_t count = 1;

    /// Number of entries that each user must keep, >= 0. Users with too few entries keep all of
    /// them. Raising it tests on users of whom more is known.
    std::int64_t least_left = 1;

    /// Seed of the random choice of `leave_out`. The same seed gives the same split on every
    /// platform.
    std::uint64_t seed = 42;
};

/// Options of `hold_out_users`.
struct HoldOutOptions {
    /// Fraction of the users with entries who are held out, 0 < fraction < 1; rounded to whole
    /// users.
    double user_fraction = 0.1;

    /// Fraction of each held-out user's entries that are hidden, 0 < fraction < 1; rounded down.
    double test_fraction = 0.2;

    /// Seed of the random choice of users and entries. The same seed gives the same split on every
    /// platform.
    std::uint64_t seed = 42;
};

/// A split for strong generalisation: the users to test on do not occur in the training data.
template <Real Scalar>
struct HoldOut {
    std::vector<User> users;      ///< the users held out, ascending
    Interactions<Scalar> train;   ///< entries of all other users
    Interactions<Scalar> given;   ///< entries of the users held out, to fold in
    Interactions<Scalar> hidden;  ///< entries of the users held out, to be predicted
};

/// Splits entries at random: round(test_fraction * entries) of them, chosen without regard to user
/// or item, form the test set; the others form the training set. Throws `InputError` if a fraction
/// is out of range. Cost: O(entries).
template <Real Scalar>
[[nodiscard]] Split<Scalar> split(const Interactions<Scalar>& data,
                                  const SplitOptions& options = {});

/// Splits each user's entries at random: floor(test_fraction * entries of the user) of them form
/// the test set. A user's split does not depend on other users. Throws and costs like `split`.
template <Real Scalar>
[[nodiscard]] Split<Scalar> split_each_user(const Interactions<Scalar>& data,
                                            const SplitOptions& options = {});

/// Moves `count` random entries of each user to the test set. Users with fewer than count +
/// least_left entries keep them all. Throws `InputError` if an option is out of range. Cost:
/// O(entries).
template <Real Scalar>
[[nodiscard]] Split<Scalar> leave_out(const Interactions<Scalar>& data,
                                      const LeaveOutOptions& options = {});

/// Moves the latest `count` entries of each user to the test set, because a recommender has to
/// predict the future.
///
/// `times` has the same cells as `data`; its values are times in any unit (`Ratings::times`). If
/// times are equal, the entry with the higher item index counts as later. Throws `InputError` if an
/// option is out of range or the cells differ. Cost: O(entries log entries of a user).
template <Real Scalar>
[[nodiscard]] Split<Scalar> leave_last_out(const Interactions<Scalar>& data,
                                           const Interactions<double>& times,
                                           const LeaveOutOptions& options = {});

/// Splits at one moment, because a recommender in use knows nothing of the future: entries with a
/// time of `date` or later form the test set, all earlier ones the training set.
///
/// `times` as in `leave_last_out`; `date` in their unit. Throws `InputError` if `date` is not a
/// number, if the cells differ, or if a part would be empty. Cost: O(entries).
template <Real Scalar>
[[nodiscard]] Split<Scalar> split_at(const Interactions<Scalar>& data,
                                     const Interactions<double>& times, double date);

/// Returns the k-core of the data: users with fewer than `least_of_user` entries and items with
/// fewer than `least_of_item` lose their entries, again and again, until all others have enough.
/// Published data sets are often thinned out like this; it makes problems easier.
///
/// All users and items stay, some of them without entries. `core` of the times has the same cells.
/// Throws `InputError` if a number is negative or no entry remains. Cost: O(entries) a round.
template <Real Scalar>
[[nodiscard]] Interactions<Scalar> core(const Interactions<Scalar>& data,
                                        std::int64_t least_of_user, std::int64_t least_of_item);

/// Holds out random users with all their entries: the training set has none of them. Fold in the
/// given part of their entries (`fold_in_users`) and predict the hidden part. Users without entries
/// are never held out. Throws `InputError` if a fraction is out of range, if no user would be held
/// out, if no user would remain to train on, or if no entry would be hidden. Cost: O(entries).
template <Real Scalar>
[[nodiscard]] HoldOut<Scalar> hold_out_users(const Interactions<Scalar>& data,
                                             const HoldOutOptions& options = {});

/// Makes `count` splits for cross-validation. Their test sets are disjoint, of about the same size,
/// and together form the data. Throws `InputError` if count is below 2 or above the number of
/// entries. Cost: O(count entries).
template <Real Scalar>
[[nodiscard]] std::vector<Split<Scalar>> folds(const Interactions<Scalar>& data, int count,
                                               std::uint64_t seed = 42);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/split.hpp>
#endif
