// SPDX-License-Identifier: MIT
// Writes JSON that may stand in a <script> element, whatever the names of users and items contain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace als_report::json {

/// Length of the character of UTF-8 that `bytes` begin with, 0 if they begin with none (Unicode
/// Standard, table 3-7: no overlong forms, no surrogates).
[[nodiscard]] std::size_t utf_8_length(std::string_view bytes);

/// A quoted string. Bytes that are not UTF-8 are read as Latin-1. `<` is escaped, so that no name
/// can end the script.
[[nodiscard]] std::string text(std::string_view bytes);

/// The shortest number that reads back as `value`; null if it is not finite.
[[nodiscard]] std::string number(double value);
[[nodiscard]] std::string number(std::int64_t value);

/// The bytes in base64, quoted.
[[nodiscard]] std::string base64(std::span<const std::uint8_t> bytes);

/// An object of these names and values, the values in JSON already.
[[nodiscard]] std::string object(
    std::initializer_list<std::pair<std::string_view, std::string>> members);

/// An array of these values, which are in JSON already.
[[nodiscard]] std::string array(std::initializer_list<std::string> values);

/// An array of to_json(element) for each element.
template <typename Range, typename ToJson>
[[nodiscard]] std::string array(const Range& elements, const ToJson& to_json) {
    std::string result = "[";
    for (const auto& element : elements) {
        if (result.size() > 1) result += ',';
        result += to_json(element);
    }
    return result + ']';
}

}  // namespace als_report::json
