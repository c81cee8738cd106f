// SPDX-License-Identifier: MIT
#include "texts.hpp"

#include "json.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace als_report {

std::string short_number(double value) {
    const double size = std::abs(value);
    if (size >= 1000 && size < 1e15) return json::number(std::int64_t{std::llround(value)});
    if (size == 0 || !(size < 1000)) return json::number(value);
    const double scale = std::pow(10, 3 - std::floor(std::log10(size)));
    return json::number(std::round(value * scale) / scale);
}

std::string grouped(std::int64_t count) {
    std::string text = std::to_string(count);
    for (std::size_t from_end = 3; from_end < text.size(); from_end += 4)
        text.insert(text.size() - from_end, 1, ',');
    return text;
}

std::string percent(double share) { return json::number(std::round(1000 * share) / 10) + " %"; }

std::string shortened(std::string_view text) {
    std::size_t end = 200;
    if (text.size() <= end) return std::string(text);
    // Not within a character of UTF-8.
    while (end > 190 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return std::string(text.substr(0, end)) + "...";
}

}  // namespace als_report
