// SPDX-License-Identifier: MIT
// How text that came from outside (an id, a field of a file) is shown in a message: short and
// visible.
#pragma once

#include <als/version.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace als::inline ALS_ABI::detail {

/// `text` in double quotes, cut to about 40 bytes but never inside a UTF-8 character, with control
/// characters written as \xNN.
inline std::string excerpt(std::string_view text) {
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

}  // namespace als::inline ALS_ABI::detail
