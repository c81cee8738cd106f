// SPDX-License-Identifier: MIT
// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace als_report {

/// Four digits, or all of a large number: 0.01234567 becomes "0.01235".
[[nodiscard]] std::string short_number(double value);

/// 38895: "38,895".
[[nodiscard]] std::string grouped(std::int64_t count);

/// 0.1234: "12.3 %".
[[nodiscard]] std::string percent(double share);

/// The text itself, or if it has more than 200 bytes, its beginning and "...".
[[nodiscard]] std::string shortened(std::string_view text);

}  // namespace als_report
