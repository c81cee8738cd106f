// SPDX-License-Identifier: MIT
// The library's messages name options as C++ spells them. Here they get the names of the command
// line.
#pragma once

#include <string>
#include <string_view>

namespace commands {

/// `.value_column = -1` becomes `--value-column -1`, `als::Training::factors` becomes `--factors`,
/// and so on. Text in double quotes, which may be the user's, stays as it is.
std::string with_our_options(std::string_view message);

/// The message with line breaks as blanks.
std::string in_one_line(std::string_view message);

}  // namespace commands
