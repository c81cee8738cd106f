// SPDX-License-Identifier: MIT
// Numbers are read like by std::from_chars, even if the standard library lacks it.
#include "../catch.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

// The old C library of MinGW-w64 has no strtof of a locale.
#if defined(__cpp_lib_to_chars) && (!defined(__MINGW32__) || defined(_UCRT))
#include <als/detail/base/own_from_chars.hpp>

namespace {

template <typename Number>
bool agrees(const std::string& text) {
    Number expected = 42;
    Number found = 42;
    const char* const end = text.data() + text.size();
    const auto standard = std::from_chars(text.data(), end, expected);
    const auto own = als::detail::own::from_chars(text.data(), end, found);
    return standard.ec == own.ec && standard.ptr == own.ptr &&
           ((std::isnan(expected) && std::isnan(found)) ||
            (expected == found && std::signbit(expected) == std::signbit(found)));
}

/// The shortest texts of random bits, random digits, and such texts with one character changed.
std::string random_text(std::mt19937_64& engine) {
    const auto below = [&](std::uint64_t bound) { return engine() % bound; };
    char buffer[64];
    if (below(2) == 0) {
        const auto number = std::bit_cast<double>(engine());
        const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
        return std::string(buffer, end);
    }
    std::string text = below(3) == 0 ? "-" : "";
    for (std::uint64_t n = below(22); n > 0; --n) text += static_cast<char>('0' + below(10));
    if (below(2) == 0) text += '.';
    for (std::uint64_t n = below(22); n > 0; --n) text += static_cast<char>('0' + below(10));
    if (below(2) == 0) text += "e" + std::to_string(static_cast<int>(below(700)) - 350);
    if (below(8) == 0 && !text.empty()) text[below(text.size())] = "+-.e inftyaNx,0"[below(15)];
    return text;
}

}  // namespace

TEST_CASE("number: the stand-in reads what std::from_chars reads") {
    for (const std::string text : {"",
                                   "-",
                                   "+1",
                                   ".",
                                   "-.",
                                   ".5",
                                   "5.",
                                   "-0",
                                   "0",
                                   "1e",
                                   "1e+",
                                   "1e+5",
                                   "1E-5",
                                   "1e400",
                                   "-1e400",
                                   "1e-400",
                                   "0e999",
                                   "4.9e-324",
                                   "2.4e-324",
                                   "2.5e-324",
                                   "1.7976931348623157e308",
                                   "1.7976931348623159e308",
                                   "inf",
                                   "INFINITY",
                                   "-inf",
                                   "infin",
                                   "nan",
                                   "-NaN",
                                   "nan(1)",
                                   "nan(",
                                   "0x10",
                                   "1,5",
                                   " 1",
                                   "1 ",
                                   "3.4028236e38",
                                   "1e-46",
                                   "123456789012345678901234567890",
                                   "0.1",
                                   "9007199254740993",
                                   "1.00000017881393432617187499"}) {
        INFO('"' << text << '"');
        if (text == "nan(1)") continue;  // its end differs between platforms; als refuses it
        CHECK(agrees<double>(text));
        CHECK(agrees<float>(text));
    }
    std::mt19937_64 engine(1);
    for (int n = 0; n < 200'000; ++n) {
        const std::string text = random_text(engine);
        INFO('"' << text << '"');
        REQUIRE(agrees<double>(text));
        REQUIRE(agrees<float>(text));
    }
}

#endif
