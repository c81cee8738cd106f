// SPDX-License-Identifier: MIT
// Splits a line of delimited text into fields: delimiters, blanks, quotes and numbers.
#pragma once

#include <als/detail/base/number.hpp>
#include <als/detail/base/text.hpp>
#include <als/version.hpp>

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// One field of a line.
struct Field {
    static constexpr std::size_t none = std::string_view::npos;

    std::string_view text;    ///< without surrounding blanks and quotes
    std::size_t begin = 0;    ///< where it begins in the line
    std::size_t next = none;  ///< where the next field begins; `none` after the last one
    bool has_doubled_quotes = false;
    std::string_view defect;  ///< what is wrong with its quotes or its delimiter, else empty
};

/// Returns the first position from `from` on that is neither blank nor tab. Fields are short, so
/// loops over their bytes are faster than the searches of the standard library.
[[nodiscard]] inline std::size_t skip_blanks(std::string_view line, std::size_t from,
                                             bool tab_is_blank = true) {
    while (from < line.size() && (line[from] == ' ' || (tab_is_blank && line[from] == '\t')))
        ++from;
    return from;
}

/// Returns the first position of a character from `from` on, else the end of the line. Looks at 8
/// bytes at a time. The wanted characters are the zero bytes of `differs`; up to the first of them,
/// they are the only bytes whose highest bit a subtraction of 1 sets.
[[nodiscard]] inline std::size_t find_character(std::string_view line, std::size_t from,
                                                char wanted) {
    if constexpr (std::endian::native == std::endian::little) {
        constexpr std::uint64_t ones = 0x0101010101010101;
        for (; from + 8 <= line.size(); from += 8) {
            std::uint64_t bytes;
            std::memcpy(&bytes, line.data() + from, 8);
            const std::uint64_t differs = bytes ^ (ones * static_cast<unsigned char>(wanted));
            const std::uint64_t found = (differs - ones) & ~differs & (ones << 7);
            if (found != 0) return from + static_cast<std::size_t>(std::countr_zero(found)) / 8;
        }
    }
    while (from < line.size() && line[from] != wanted) ++from;
    return from;
}

/// The text between two fields. A single blank means any run of blanks and tabs. If the delimiter
/// is one character, a field may be quoted, "a ""b"" c", unless quotes are text.
class Delimiter {
public:
    explicit Delimiter(std::string_view text, bool quotes = true)
        : text_(text),
          is_blank_(text == " "),
          is_character_(text.size() == 1 && !is_blank_),
          character_(text.empty() ? '\0' : text.front()),
          tab_is_blank_(text != "\t"),
          has_quotes_(quotes && text.size() == 1) {}

    [[nodiscard]] const std::string& text() const { return text_; }

    /// Returns the name of the delimiter for messages.
    [[nodiscard]] std::string name() const {
        if (is_blank_) return "blanks";
        return text_ == "\t" ? "tabs" : excerpt(text_);
    }

    /// Returns the field that begins at `begin`, leading blanks included.
    [[nodiscard]] Field field(std::string_view line, std::size_t begin) const {
        Field field;
        read(line, begin, field);
        return field;
    }

    /// Like `field`, but writes to `field`, which is faster than copying a result.
    void read(std::string_view line, std::size_t begin, Field& field) const {
        field.has_doubled_quotes = false;
        field.defect = {};
        if (!read_plain(line, begin, field)) read_any(line, begin, field);
    }

private:
    /// Reads the field if it has neither blanks nor quotes at its ends and one character delimits,
    /// as in most files; else returns false.
    [[nodiscard]] bool read_plain(std::string_view line, std::size_t begin, Field& field) const {
        if (!is_character_) return false;
        const std::size_t end = find_character(line, begin, character_);
        const auto is_plain = [&](std::size_t at) {
            return static_cast<unsigned char>(line[at]) > '"';  // blank and tab are less
        };
        if (begin == end || !is_plain(begin) || !is_plain(end - 1)) return false;
        field.text = {line.data() + begin, end - begin};
        field.begin = begin;
        field.next = end == line.size() ? Field::none : end + 1;
        return true;
    }

    void read_any(std::string_view line, std::size_t begin, Field& field) const {
        begin = skip_blanks(line, begin, tab_is_blank_);
        field.begin = begin;
        if (has_quotes_ && begin < line.size() && line[begin] == '"')
            return read_quoted(line, begin, field);
        const std::size_t end = find(line, begin);
        if (text_.size() > 1 && is_ambiguous(line, end)) {
            field.text = {};
            field.begin = end;
            field.next = Field::none;
            field.defect = "the delimiter may begin at two places here";
            return;
        }
        std::size_t text_end = end;
        while (text_end > begin && is_blank(line[text_end - 1])) --text_end;
        field.text = line.substr(begin, text_end - begin);
        field.next = after(line, end);
    }

    /// Whether the character may surround a field; a tab that delimits does not.
    [[nodiscard]] bool is_blank(char c) const { return c == ' ' || (tab_is_blank_ && c == '\t'); }

    [[nodiscard]] bool begins_at(std::string_view line, std::size_t at) const {
        if (is_blank_) return is_blank(line[at]);
        return line[at] == text_.front() &&
               (text_.size() == 1 || line.substr(at).starts_with(text_));
    }

    /// Whether the delimiter at `at` could also begin one character later, as "::" in ":::".
    [[nodiscard]] bool is_ambiguous(std::string_view line, std::size_t at) const {
        if (text_.find_first_not_of(text_.front()) != std::string::npos) return false;
        const std::size_t end = std::min(line.find_first_not_of(text_.front(), at), line.size());
        return at < line.size() && (end - at) % text_.size() != 0;
    }

    void read_quoted(std::string_view line, std::size_t begin, Field& field) const {
        field.text = {};
        field.next = Field::none;
        std::size_t close = line.find('"', begin + 1);
        while (close != std::string_view::npos && line.substr(close + 1).starts_with('"')) {
            field.has_doubled_quotes = true;
            close = line.find('"', close + 2);
        }
        if (close == std::string_view::npos) {
            field.defect = "a quote is opened here and not closed on this line";
            return;
        }
        field.text = line.substr(begin + 1, close - begin - 1);
        const std::size_t end = is_blank_ ? close + 1 : skip_blanks(line, close + 1, tab_is_blank_);
        if (end == line.size() || begins_at(line, end))
            field.next = after(line, end);
        else
            field.defect = "text follows the closing quote of this field";
    }

    /// The first delimiter at or after `from`, else the end of the line.
    [[nodiscard]] std::size_t find(std::string_view line, std::size_t from) const {
        if (is_character_) return find_character(line, from, character_);
        while (from < line.size() && !begins_at(line, from)) ++from;
        return from;
    }

    /// The beginning of the field after the delimiter at `end`.
    [[nodiscard]] std::size_t after(std::string_view line, std::size_t end) const {
        if (end == line.size()) return Field::none;
        if (!is_blank_) return end + text_.size();
        const std::size_t next = skip_blanks(line, end);
        return next < line.size() ? next : Field::none;
    }

    std::string text_;
    bool is_blank_;
    bool is_character_;  // it is one, and not a blank
    char character_;
    bool tab_is_blank_;
    bool has_quotes_;
};

/// `text` with each "" turned into ".
inline std::string without_doubled_quotes(std::string_view text) {
    std::string single;
    for (std::size_t i = 0; i < text.size(); ++i) {
        single += text[i];
        if (text[i] == '"') ++i;
    }
    return single;
}

enum class Parsed { number, not_a_number, out_of_range };

/// Reads digits, with or without a point, if they are so few that the number is exact, as in most
/// files.
inline bool parse_plain_number(std::string_view text, double& number) {
    // Up to 15 digits are a whole number that a double holds exactly, and so are these powers of
    // ten. Their quotient is rounded once (Clinger 1990).
    static constexpr double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                        1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    if (text.empty() || text.size() > 16) return false;
    std::int64_t whole = 0;
    std::size_t point = text.size();  // where the point is
    for (std::size_t n = 0; n < text.size(); ++n) {
        const auto digit = static_cast<unsigned char>(text[n] - '0');
        if (digit <= 9)
            whole = 10 * whole + digit;
        else if (text[n] == '.' && point == text.size())
            point = n;
        else
            return false;
    }
    const bool has_point = point < text.size();
    if (text.size() - has_point > 15 || (has_point && text.size() == 1)) return false;
    if (has_point && FLT_EVAL_METHOD != 0) return false;  // x87 may round twice
    number = static_cast<double>(whole) / powers[has_point ? text.size() - 1 - point : 0];
    return true;
}

/// Reads a decimal number, independently of the locale. All of `text` must belong to it. nan, inf
/// and hexadecimal numbers are refused.
inline Parsed parse_number(std::string_view text, double& number) {
    if (parse_plain_number(text, number)) return Parsed::number;
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = read_number(text.data(), end, number);
    if (error == std::errc::invalid_argument || stopped != end) return Parsed::not_a_number;
    if (error == std::errc::result_out_of_range) return Parsed::out_of_range;
    return std::isfinite(number) ? Parsed::number : Parsed::not_a_number;
}

/// Whether the conversion keeps a finite value finite and does not turn a small one into 0.
template <typename Scalar>
bool fits_scalar(double value) {
    return std::abs(value) <= static_cast<double>(std::numeric_limits<Scalar>::max()) &&
           (value == 0 || static_cast<Scalar>(value) != 0);
}

/// Whether `text` begins with a number, like 4, -3,5, 1e400, 3.5abc and nan.
inline bool begins_like_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double ignored = 0;
    return read_number(text.data(), text.data() + text.size(), ignored).ec !=
           std::errc::invalid_argument;
}

}  // namespace detail
}  // inline namespace
}  // namespace als
