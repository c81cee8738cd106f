// SPDX-License-Identifier: MIT
// Splits of interactions into parts to train on and parts to judge by. All of them have all users
// and all items, so that indices mean the same everywhere; every entry lies in one part, unchanged.
#pragma once

#include <als/interactions.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <vector>

namespace als {
inline namespace ALS_ABI {

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

/// Splits at random: round(test_fraction * entries) entries, chosen without regard to user or item,
/// form the test set, the rest the training set. Throws `InputError` for a fraction out of range.
/// Cost: O(entries).
template <Real Scalar>
[[nodiscard]] Split<Scalar> split(const Interactions<Scalar>& data,
                                  const SplitOptions& options = {});

/// Splits each user's entries at random: floor(test_fraction * entries of the user) of them form
/// the test set. A user's split does not depend on the others. Throws and costs as `split`.
template <Real Scalar>
[[nodiscard]] Split<Scalar> split_each_user(const Interactions<Scalar>& data,
                                            const SplitOptions& options = {});

/// Leaves `count` entries of each user out, at random: they form the test set. Users with fewer
/// than count + least_left entries keep them all. Throws `InputError` for options out of range.
/// Cost: O(entries).
template <Real Scalar>
[[nodiscard]] Split<Scalar> leave_out(const Interactions<Scalar>& data,
                                      const LeaveOutOptions& options = {});

/// Leaves the last `count` entries of each user out, by time: what a recommender has to predict.
///
/// `times` has the same cells as `data`, their values are times in any unit (`Ratings::times`). Of
/// cells of the same time the later item in the order of indices counts as the later one. Throws
/// `InputError` for options out of range and where the cells differ. Cost: O(entries log entries of
/// a user).
template <Real Scalar>
[[nodiscard]] Split<Scalar> leave_last_out(const Interactions<Scalar>& data,
                                           const Interactions<double>& times,
                                           const LeaveOutOptions& options = {});

/// Holds users out, at random, all their entries: the training set has none of them. Their given
/// part is to be folded in (`fold_in_users`), their hidden part to be predicted. Users without
/// entries are never held out. Throws `InputError` for fractions out of range. Cost: O(entries).
template <Real Scalar>
[[nodiscard]] HoldOut<Scalar> hold_out_users(const Interactions<Scalar>& data,
                                             const HoldOutOptions& options = {});

/// Cross-validation: `count` splits whose test sets are disjoint, of about the same size, and
/// together the data. Throws `InputError` for a count below 2. Cost: O(count entries).
template <Real Scalar>
[[nodiscard]] std::vector<Split<Scalar>> folds(const Interactions<Scalar>& data, int count,
                                               std::uint64_t seed = 42);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/split.hpp>
#endif
