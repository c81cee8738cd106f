// SPDX-License-Identifier: MIT
// The exceptions of the library. Every error that a public function reports is one of these; its
// message names the function, what was received, what is allowed, and the place.
#pragma once

#include <als/version.hpp>

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace als::inline ALS_ABI {

/// The base of all exceptions that this library throws on its own account.
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// An argument is outside its legal range: a bad option, index, value or size.
class InputError : public Error {
public:
    using Error::Error;
};

/// The arithmetic broke down although the input was legal: a row's solution is not finite.
class NumericError : public Error {
public:
    using Error::Error;
};

/// The content of a file is not what its format demands; the message gives file:line:column.
class FormatError : public Error {
public:
    using Error::Error;
};

/// The operating system refused to open, read or write a file.
class IoError : public Error {
public:
    using Error::Error;
};

/// The caller asked for a stop through `Training::cancel`; nothing was changed.
class Cancelled : public Error {
public:
    using Error::Error;
};

namespace detail {

inline std::string to_text(std::string_view text) { return std::string(text); }

/// The number in decimal, whatever the locale; it reads back as the same number.
template <std::integral Number>
std::string to_text(Number number) {
    char buffer[32];
    const auto result = std::to_chars(buffer, buffer + sizeof buffer, number);
    return std::string(buffer, result.ptr);
}
template <std::floating_point Number>
std::string to_text(Number number) {
    if (std::abs(number) < Number(1e15) && number == std::trunc(number))
        return to_text(static_cast<std::int64_t>(number));  // 100000 rather than 1e+05
    char buffer[64];
    const auto result = std::to_chars(buffer, buffer + sizeof buffer, number);
    return std::string(buffer, result.ptr);
}

/// Joins texts and numbers into one message.
template <typename... Parts>
std::string message(const Parts&... parts) {
    std::string text;
    ((text += to_text(parts)), ...);
    return text;
}

}  // namespace detail
}  // namespace als::inline ALS_ABI
