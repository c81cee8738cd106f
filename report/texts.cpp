// SPDX-License-Identifier: MIT
#include "texts.hpp"

#include "json.hpp"

#include <cmath>
#include <cstdint>

namespace als_report {

std::string short_number(double value) {
    const double size = std::abs(value);
    if (size >= 1000 && size < 1e15) return json::number(std::int64_t{std::llround(value)});
    if (size == 0 || !(size < 1000)) return json::number(value);
    const double scale = std::pow(10, 3 - std::floor(std::log10(size)));
    return json::number(std::round(value * scale) / scale);
}

std::string percent(double share) { return json::number(std::round(1000 * share) / 10) + " %"; }

}  // namespace als_report
