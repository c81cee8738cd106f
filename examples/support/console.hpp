// SPDX-License-Identifier: MIT
// How the examples print: columns, numbers, and the progress of a training.
#pragma once

#include <als/training.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace support {

/// Characters of UTF-8 text, as far as they are one column wide.
inline std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

/// `text` at the left of a column; where it is too long it is cut, and ends in "~".
inline std::string left(std::string text, std::size_t width) {
    if (width_of(text) > width) {
        while (width_of(text) >= width) text.pop_back();
        text += '~';
    }
    return text + std::string(width - width_of(text), ' ');
}

/// `text` at the right of a column.
inline std::string right(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, width_of(text)), ' ') + text;
}

/// 3.14159 with two digits: "3.14".
inline std::string fixed(double value, int digits) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(digits) << value;
    return text.str();
}

/// 0.1234: "12 %".
inline std::string percent(double share, int digits = 0) {
    return fixed(100 * share, digits) + " %";
}

/// 1234567: "1,234,567".
inline std::string grouped(std::int64_t count) {
    std::string text = std::to_string(count);
    for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
    return text;
}

/// A heading, underlined.
inline void heading(const std::string& text) {
    std::cout << '\n' << text << '\n' << std::string(width_of(text), '-') << '\n';
}

/// A line of a table: what it is, its value, and a remark.
inline void row(const std::string& name, const std::string& value, const std::string& remark = "") {
    std::cout << "   " << left(name, 34) << right(value, 10) << (remark.empty() ? "" : "   ")
              << remark << '\n';
}

/// Prints what was expected and whether it came true, and returns that.
inline bool check(const std::string& expectation, bool holds) {
    std::cout << (holds ? "   [ok]     " : "   [WRONG]  ") << expectation << '\n';
    return holds;
}

/// Seconds since it was made.
class Stopwatch {
public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    }

private:
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

inline bool output_is_terminal() {
#if __has_include(<unistd.h>)
    return isatty(STDOUT_FILENO) != 0;
#else
    return false;
#endif
}

/// An observer for `Training`: on a terminal one line that keeps up, elsewhere (a file, a log) five
/// lines in all.
inline std::function<als::Next(const als::Progress&)> progress_line() {
    return [in_place = output_is_terminal()](const als::Progress& progress) {
        const int iterations = progress.iterations;
        const bool is_last = progress.iteration == iterations;
        if (in_place || is_last || progress.iteration % std::max(1, iterations / 5) == 0) {
            std::cout << (in_place ? "\r\033[K" : "") << "   iteration "
                      << right(std::to_string(progress.iteration), 4) << " of " << iterations
                      << "   objective " << right(fixed(progress.objective, 1), 11) << "   "
                      << fixed(progress.seconds, 2) << " s";
            std::cout << (in_place && !is_last ? "" : "\n") << std::flush;
        }
        return als::Next::go_on;
    };
}

}  // namespace support
