// SPDX-License-Identifier: MIT
// Numbers as people read them.
#pragma once

#include <string>

namespace als_report {

/// Four digits, or all of a large number: 0.01234567 becomes "0.01235".
[[nodiscard]] std::string short_number(double value);

/// 0.1234: "12.3 %".
[[nodiscard]] std::string percent(double share);

}  // namespace als_report
