// SPDX-License-Identifier: MIT
// The implementation of text.hpp.
#pragma once

#include <als/detail/base/text.hpp>

#include <charconv>
#include <cmath>

namespace als {
inline namespace ALS_ABI {
namespace detail {

namespace text {

template <typename Number>
std::string_view write_digits(char (&digits)[32], Number number) {
    const auto result = std::to_chars(digits, digits + sizeof digits, number);
    return {digits, static_cast<std::size_t>(result.ptr - digits)};
}

/// Writes whole numbers as 100000 rather than 1e+05.
template <typename Number>
std::string_view write_real(char (&digits)[32], Number number) {
    if (std::abs(number) < Number(1e15) && number == std::trunc(number))
        return write_digits(digits, static_cast<std::int64_t>(number));
    return write_digits(digits, number);
}

}  // namespace text

ALS_INLINE void Part::write(std::int64_t number) { text_ = text::write_digits(digits_, number); }
ALS_INLINE void Part::write(std::uint64_t number) { text_ = text::write_digits(digits_, number); }
ALS_INLINE void Part::write(float number) { text_ = text::write_real(digits_, number); }
ALS_INLINE void Part::write(double number) { text_ = text::write_real(digits_, number); }

ALS_INLINE std::string join(const Part* parts, std::size_t count) {
    std::string text;
    for (std::size_t n = 0; n < count; ++n) text += parts[n].text();
    return text;
}

ALS_INLINE std::string excerpt(std::string_view text) {
    constexpr std::size_t longest = 40;
    std::size_t shown = text.size();
    if (shown > longest) {
        shown = longest;
        const auto continues = [](char c) {
            return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
        };
        while (shown > longest - 4 && continues(text[shown])) --shown;
    }

    std::string quoted = "\"";
    for (const char c : text.substr(0, shown)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7F) {
            quoted += c;
        } else {
            constexpr const char* digits = "0123456789abcdef";
            quoted += "\\x";
            quoted += digits[byte / 16];
            quoted += digits[byte % 16];
        }
    }
    quoted += shown < text.size() ? "...\"" : "\"";
    return quoted;
}

}  // namespace detail
}  // inline namespace
}  // namespace als
