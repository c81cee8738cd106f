// SPDX-License-Identifier: MIT
#include "json.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace als_report::json {
namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
    return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : std::uint8_t{0};
}

std::string escaped(std::uint8_t byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    return std::string("\\u00") + digits[byte >> 4] + digits[byte & 15];
}

template <typename Number>
std::string digits_of(Number value) {
    std::array<char, 32> digits{};
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    return {digits.data(), result.ptr};
}

}  // namespace

std::size_t utf_8_length(std::string_view bytes) {
    const std::uint8_t first = byte_at(bytes, 0);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    const std::uint8_t least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (byte_at(bytes, 1) < least || byte_at(bytes, 1) > most) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((byte_at(bytes, i) & 0xC0) != 0x80) return 0;
    return length;
}

std::string text(std::string_view bytes) {
    std::string result = "\"";
    while (!bytes.empty()) {
        const std::size_t length = utf_8_length(bytes);
        const std::uint8_t first = byte_at(bytes, 0);
        if (length == 0 || first < 0x20 || first == '<')
            result += escaped(first);
        else if (first == '"' || first == '\\')
            (result += '\\') += bytes[0];
        else
            result += bytes.substr(0, length);
        bytes.remove_prefix(length == 0 ? 1 : length);
    }
    return result + '"';
}

std::string number(double value) { return std::isfinite(value) ? digits_of(value) : "null"; }

std::string number(std::int64_t value) { return digits_of(value); }

std::string base64(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string result = "\"";
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = bytes.size() - i;
        const std::uint32_t three = std::uint32_t{bytes[i]} << 16 |
                                    (left > 1 ? std::uint32_t{bytes[i + 1]} << 8 : 0U) |
                                    (left > 2 ? std::uint32_t{bytes[i + 2]} : 0U);
        result += letters[three >> 18];
        result += letters[three >> 12 & 63];
        result += left > 1 ? letters[three >> 6 & 63] : '=';
        result += left > 2 ? letters[three & 63] : '=';
    }
    return result + '"';
}

std::string array(std::initializer_list<std::string> values) {
    return array(values, [](const std::string& value) { return value; });
}

std::string object(std::initializer_list<std::pair<std::string_view, std::string>> members) {
    std::string result = "{";
    for (const auto& [name, value] : members) {
        if (result.size() > 1) result += ',';
        ((result += text(name)) += ':') += value;
    }
    return result + '}';
}

}  // namespace als_report::json
