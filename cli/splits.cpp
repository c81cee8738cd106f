// SPDX-License-Identifier: MIT
#include "splits.hpp"

#include <sstream>
#include <string>

namespace commands {
namespace {

/// A date as the reader of ratings files understands it, in the unit of the file's times.
double moment_of(const std::string& date, const Dialect& dialect) {
    std::istringstream line("user\titem\t" + date);
    const auto read = als::read_ratings<float>(line, "--date",
                                               {.delimiter = "\t",
                                                .user_column = 0,
                                                .item_column = 1,
                                                .value_column = -1,
                                                .time_column = 2,
                                                .header = als::Header::absent,
                                                .time_format = dialect.options.time_format,
                                                .threads = 1});
    return read.times[als::User{0}].values().front();
}

}  // namespace

void SplitChoice::add_to(CLI::App& command) {
    const std::string group = "What is held out";
    add_choice<Way>(
        command, "--split", way,
        {{"each-user", Way::each_user},
         {"random", Way::random},
         {"leave-out", Way::leave_out},
         {"leave-last-out", Way::leave_last_out},
         {"date", Way::date}},
        "each-user: a part of each user's ratings; random: of all ratings; leave-out: some ratings "
        "of each user; leave-last-out: the latest ones; date: all from --date on")
        ->group(group);
    command
        .add_option("--test-fraction", fraction.test_fraction,
                    "For each-user and random: the part that is held out, > 0 and < 1")
        ->type_name("NUMBER")
        ->capture_default_str()
        ->group(group);
    command
        .add_option("--leave", leave_out.count,
                    "For leave-out and leave-last-out: how many ratings of each user are held out")
        ->type_name("N")
        ->capture_default_str()
        ->group(group);
    command
        .add_option("--date", date,
                    "For date: the first moment that is held out, as 2024-05-31, or a number if "
                    "times are numbers")
        ->type_name("DATE")
        ->group(group);
}

als::Split<float> SplitChoice::split(const als::Ratings<float>& data, const Dialect& dialect,
                                     std::uint64_t seed) const {
    const bool has_times = !dialect.options.time.empty() || dialect.options.time_column;
    if ((way == Way::leave_last_out || way == Way::date) && !has_times)
        throw UsageError("--split by time needs --time-column");
    if ((way == Way::date) == date.empty())
        throw UsageError("--split date and --date belong together");
    als::SplitOptions by_fraction = fraction;
    als::LeaveOutOptions by_count = leave_out;
    by_fraction.seed = by_count.seed = seed;
    switch (way) {
        case Way::random:
            return als::split(data.interactions, by_fraction);
        case Way::leave_out:
            return als::leave_out(data.interactions, by_count);
        case Way::leave_last_out:
            return als::leave_last_out(data.interactions, data.times, by_count);
        case Way::date:
            return als::split_at(data.interactions, data.times, moment_of(date, dialect));
        case Way::each_user:
            break;
    }
    return als::split_each_user(data.interactions, by_fraction);
}

}  // namespace commands
