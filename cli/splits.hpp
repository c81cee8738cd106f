// SPDX-License-Identifier: MIT
// Which part of the data is held out for judging.
#pragma once

#include "options.hpp"
#include <als/ratings_file.hpp>
#include <als/split.hpp>

#include <cstdint>
#include <string>

namespace commands {

struct SplitChoice {
    enum class Way { each_user, random, leave_out, leave_last_out, date };

    Way way = Way::each_user;
    als::SplitOptions fraction;
    als::LeaveOutOptions leave_out;
    std::string date;

    void add_to(CLI::App& command);

    /// Throws `UsageError` if there is no date, or no column of times, and the split needs them.
    [[nodiscard]] als::Split<float> split(const als::Ratings<float>& data, const Dialect& dialect,
                                          std::uint64_t seed) const;
};

}  // namespace commands
