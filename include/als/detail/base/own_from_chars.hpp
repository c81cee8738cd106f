// SPDX-License-Identifier: MIT
// std::from_chars for numbers with decimals, for standard libraries that lack it. It calls strtod
// in the locale "C".
#pragma once

#include <als/version.hpp>

#include <charconv>
#include <clocale>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdlib>
#include <locale.h>
#include <string>
#include <string_view>
#include <system_error>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace own {

/// strtof and strtod of the locale "C".
#if defined(_WIN32)
inline _locale_t plain_locale() {
    static const _locale_t locale = _create_locale(LC_ALL, "C");
    return locale;
}
inline void convert(const char* text, float& number) {
    number = _strtof_l(text, nullptr, plain_locale());
}
inline void convert(const char* text, double& number) {
    number = _strtod_l(text, nullptr, plain_locale());
}
#else
inline locale_t plain_locale() {
    static const locale_t locale = ::newlocale(LC_ALL_MASK, "C", nullptr);
    return locale;
}
inline void convert(const char* text, float& number) {
    number = ::strtof_l(text, nullptr, plain_locale());
}
inline void convert(const char* text, double& number) {
    number = ::strtod_l(text, nullptr, plain_locale());
}
#endif

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The length of "inf", "infinity", "nan" or "nan(letters, digits or _)" at the beginning of the
/// text, in any case; 0 if there is none.
inline std::size_t length_of_word(std::string_view text) {
    const auto begins_with = [&](std::string_view word) {
        if (text.size() < word.size()) return false;
        for (std::size_t n = 0; n < word.size(); ++n)
            if ((text[n] | 0x20) != word[n]) return false;
        return true;
    };
    if (begins_with("infinity")) return 8;
    if (begins_with("inf")) return 3;
    if (!begins_with("nan")) return 0;
    if (text.size() < 5 || text[3] != '(') return 3;
    for (std::size_t n = 4; n < text.size(); ++n) {
        if (text[n] == ')') return n + 1;
        const char c = static_cast<char>(text[n] | 0x20);
        if (!is_digit(text[n]) && !(c >= 'a' && c <= 'z') && text[n] != '_') break;
    }
    return 3;
}

/// Where the digits of a decimal number are in a text.
struct Digits {
    std::size_t length = 0;  ///< length of the number with its exponent; 0 if there is none
    bool is_zero = true;
};
inline Digits digits_of(std::string_view text) {
    Digits found;
    std::size_t at = 0;
    std::size_t count = 0;
    const auto take_digits = [&] {
        for (; at < text.size() && is_digit(text[at]); ++at, ++count)
            found.is_zero = found.is_zero && text[at] == '0';
    };
    take_digits();
    if (at < text.size() && text[at] == '.') {
        ++at;
        take_digits();
    }
    if (count == 0) return found;
    found.length = at;
    if (at == text.size() || (text[at] | 0x20) != 'e') return found;
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (at == text.size() || !is_digit(text[at])) return found;
    while (at < text.size() && is_digit(text[at])) ++at;
    found.length = at;
    return found;
}

/// Like std::from_chars.
template <std::floating_point Number>
std::from_chars_result from_chars(const char* first, const char* last, Number& number) {
    const std::string_view text(first, static_cast<std::size_t>(last - first));
    const std::size_t sign = text.substr(0, 1) == "-" ? 1 : 0;
    const std::size_t word = length_of_word(text.substr(sign));
    const Digits digits = digits_of(text.substr(sign));
    if (word == 0 && digits.length == 0) return {first, std::errc::invalid_argument};
    const std::size_t length = sign + (word != 0 ? word : digits.length);
    Number read = 0;
    convert(std::string(text.substr(0, length)).c_str(), read);
    const bool out_of_range = word == 0 && (std::isinf(read) || (read == 0 && !digits.is_zero));
    if (out_of_range) return {first + length, std::errc::result_out_of_range};
    number = read;
    return {first + length, std::errc{}};
}

}  // namespace own

}  // namespace detail
}  // inline namespace
}  // namespace als
