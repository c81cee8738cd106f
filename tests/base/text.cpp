// SPDX-License-Identifier: MIT
// Texts of messages: numbers, joined parts, and excerpts of foreign text.
#include "../catch.hpp"
#include <als/detail/base/text.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

using als::detail::excerpt;
using als::detail::message;
using als::detail::to_text;

TEST_CASE("text: whole numbers are written in digits below 1e15, and as powers from there on") {
    CHECK(to_text(0.0) == "0");
    CHECK(to_text(-0.0) == "0");
    CHECK(to_text(-3.0) == "-3");
    CHECK(to_text(100000.0) == "100000");
    CHECK(to_text(100000.0F) == "100000");
    CHECK(to_text(999999999999999.0) == "999999999999999");
    CHECK(to_text(-999999999999999.0) == "-999999999999999");
    CHECK(to_text(1e15) == "1e+15");
    CHECK(to_text(-1e15) == "-1e+15");
    CHECK(to_text(1e15F) == "1e+15");
}

TEST_CASE("text: the limits of each type of number are written in full") {
    CHECK(to_text(std::numeric_limits<std::int32_t>::min()) == "-2147483648");
    CHECK(to_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
    CHECK(to_text(std::numeric_limits<std::int64_t>::max()) == "9223372036854775807");
    CHECK(to_text(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
    CHECK(to_text(std::numeric_limits<float>::max()) == "3.4028235e+38");
    CHECK(to_text(std::numeric_limits<double>::lowest()) == "-1.7976931348623157e+308");
    CHECK(to_text(std::numeric_limits<double>::denorm_min()) == "5e-324");
    CHECK(to_text(std::numeric_limits<double>::infinity()) == "inf");
    CHECK(to_text(-std::numeric_limits<float>::infinity()) == "-inf");
    CHECK(to_text(std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("text: fractions are written with as many digits as they need") {
    CHECK(to_text(0.1) == "0.1");
    CHECK(to_text(0.1F) == "0.1");
    CHECK(to_text(-2.5) == "-2.5");
    CHECK(to_text(1.0 / 3) == "0.3333333333333333");
}

TEST_CASE("text: any number reads back as the same number") {
    std::mt19937_64 generator(81);
    for (int n = 0; n < 10000; ++n) {
        const auto number = std::bit_cast<double>(generator());
        if (!std::isfinite(number)) continue;
        const std::string text = to_text(number);
        double again = 0;
        const auto end = std::from_chars(text.data(), text.data() + text.size(), again);
        REQUIRE(end.ptr == text.data() + text.size());
        REQUIRE(again == number);
    }
}

TEST_CASE("text: a message joins texts and numbers") {
    const std::string name = "user";
    CHECK(message("als: ", name, " ", -1, " of ", std::size_t{3}, ": ", 0.5F) ==
          "als: user -1 of 3: 0.5");
    CHECK(message("alone") == "alone");
}

TEST_CASE("text: an excerpt is quoted, and control characters are made visible") {
    CHECK(excerpt("") == "\"\"");
    CHECK(excerpt("7 \"x\"") == "\"7 \"x\"\"");
    CHECK(excerpt(std::string("a\0b\n\x1F\x7F", 6)) == "\"a\\x00b\\x0a\\x1f\\x7f\"");
    CHECK(excerpt("Zo\xC3\xAB\xFF") == "\"Zo\xC3\xAB\xFF\"");
}

TEST_CASE("text: an excerpt of more than 40 bytes is cut, but not within a character") {
    const std::string forty(40, 'a');
    CHECK(excerpt(forty) == '"' + forty + '"');
    CHECK(excerpt(forty + "b") == '"' + forty + "...\"");
    const std::string a(39, 'a');
    CHECK(excerpt(a + "\xC3\xA9z") == '"' + a + "...\"");
    const std::string shorter(38, 'a');
    CHECK(excerpt(shorter + "\xC3\xA9z") == '"' + shorter + "\xC3\xA9...\"");
    CHECK(excerpt(shorter + "\xE6\x98\xA0z") == '"' + shorter + "...\"");
    CHECK(excerpt(std::string(60, '\x80')) == '"' + std::string(36, '\x80') + "...\"");
}
