// SPDX-License-Identifier: MIT
// The implementation of <als/detail/io/times.hpp>.
#pragma once

#include <als/detail/base/text.hpp>
#include <als/detail/io/fields.hpp>
#include <als/detail/io/times.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// A date and a time of day.
struct Moment {
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0;
    double second = 0;
    int zone_minutes = 0;  ///< east of UTC
};

/// Takes a number of `least` to `most` digits from the beginning of `text`.
inline bool take_digits(std::string_view& text, std::size_t least, std::size_t most, int& number) {
    std::size_t count = 0;
    number = 0;
    for (; count < most && count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count)
        number = 10 * number + (text[count] - '0');
    text.remove_prefix(count);
    return count >= least;
}

inline bool take(std::string_view& text, char expected) {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(1);
    return true;
}

/// Takes seconds, with or without decimals after a point.
inline bool take_seconds(std::string_view& text, double& seconds) {
    int whole = 0;
    if (!take_digits(text, 2, 2, whole)) return false;
    seconds = whole;
    if (!take(text, '.')) return true;
    double unit = 1;
    std::size_t count = 0;
    for (; count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count) {
        unit /= 10;
        seconds += unit * (text[count] - '0');
    }
    text.remove_prefix(count);
    return count > 0;
}

/// Takes Z, +02, +0200 or +02:00. No zone means UTC.
inline bool take_zone(std::string_view& text, int& minutes) {
    if (text.empty() || take(text, 'Z') || take(text, 'z')) return true;
    const bool is_west = text.front() == '-';
    if (!take(text, '+') && !take(text, '-')) return false;
    int hours = 0;
    int rest = 0;
    if (!take_digits(text, 2, 2, hours)) return false;
    if (!text.empty()) {
        take(text, ':');
        if (!take_digits(text, 2, 2, rest)) return false;
    }
    if (hours > 14 || rest > 59) return false;
    minutes = (is_west ? -1 : 1) * (60 * hours + rest);
    return true;
}

/// Reads the month as Jan to Dec.
inline bool take_month_name(std::string_view& text, int& month) {
    constexpr std::array<std::string_view, 12> names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto* const found = std::find(names.begin(), names.end(), text.substr(0, 3));
    if (found == names.end()) return false;
    month = static_cast<int>(found - names.begin()) + 1;
    text.remove_prefix(3);
    return true;
}

/// Reads 2024-05-31 or 2024/05/31, with or without a time of day after 'T' or a blank.
inline bool read_iso(std::string_view text, Moment& moment) {
    if (!take_digits(text, 4, 4, moment.year)) return false;
    const char separator = text.empty() ? '\0' : text.front();
    if (separator != '-' && separator != '/') return false;
    if (!take(text, separator) || !take_digits(text, 2, 2, moment.month) ||
        !take(text, separator) || !take_digits(text, 2, 2, moment.day))
        return false;
    if (text.empty()) return true;
    if (!take(text, 'T') && !take(text, ' ')) return false;
    if (!take_digits(text, 2, 2, moment.hour) || !take(text, ':') ||
        !take_digits(text, 2, 2, moment.minute))
        return false;
    if (take(text, ':') && !take_seconds(text, moment.second)) return false;
    take(text, ' ');  // SQL writes zones like this
    return take_zone(text, moment.zone_minutes) && text.empty();
}

inline bool read_formatted(std::string_view text, std::string_view format, Moment& moment) {
    while (!format.empty()) {
        const bool is_part = format.size() > 1 && format.front() == '%';
        if (!is_part) {
            if (!take(text, format.front())) return false;
            format.remove_prefix(1);
            continue;
        }
        const char part = format[1];
        format.remove_prefix(2);
        const bool good = part == 'Y'   ? take_digits(text, 4, 4, moment.year)
                          : part == 'm' ? take_digits(text, 1, 2, moment.month)
                          : part == 'd' ? take_digits(text, 1, 2, moment.day)
                          : part == 'H' ? take_digits(text, 1, 2, moment.hour)
                          : part == 'M' ? take_digits(text, 2, 2, moment.minute)
                          : part == 'S' ? take_seconds(text, moment.second)
                                        : take_month_name(text, moment.month);
        if (!good) return false;
    }
    return text.empty();
}

/// Computes seconds since 1970. Returns false if there is no such moment.
inline bool seconds_since_1970(const Moment& moment, double& seconds) {
    const std::chrono::year_month_day date{std::chrono::year(moment.year),
                                           std::chrono::month(static_cast<unsigned>(moment.month)),
                                           std::chrono::day(static_cast<unsigned>(moment.day))};
    if (!date.ok() || moment.hour > 23 || moment.minute > 59 || moment.second >= 61) return false;
    const auto days = std::chrono::sys_days(date).time_since_epoch().count();
    seconds = 86400.0 * static_cast<double>(days) + 3600.0 * moment.hour +
              60.0 * (moment.minute - moment.zone_minutes) + moment.second;
    return true;
}

ALS_INLINE bool TimeFormat::read(std::string_view text, double& time) {
    Moment moment;
    if (!format_.empty())
        return read_formatted(text, format_, moment) && seconds_since_1970(moment, time);
    if (kind_ != Kind::iso && parse_number(text, time) == Parsed::number) {
        kind_ = Kind::number;
        return true;
    }
    if (kind_ == Kind::number || !read_iso(text, moment) || !seconds_since_1970(moment, time))
        return false;
    kind_ = Kind::iso;
    return true;
}

ALS_INLINE std::string TimeFormat::expected() const {
    if (!format_.empty()) return message("a date as .time_format says, ", excerpt(format_));
    if (kind_ == Kind::number) return "a number, as the times before it";
    if (kind_ == Kind::iso) return "a date as 2024-05-31, like the times before it";
    return "a number such as 881250949 or a date such as 2024-05-31T23:59:01; .time_format says "
           "others, for example \"%d.%m.%Y %H:%M\"";
}

}  // namespace detail
}  // inline namespace
}  // namespace als
