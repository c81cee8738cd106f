// SPDX-License-Identifier: MIT
// A small, strict reader of JSON, to check what is written.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als_test {

/// A value of JSON. Access to what is not there throws.
class Json {
public:
    /// Throws `std::runtime_error` if `text` is not exactly one value.
    static Json read(std::string_view text) {
        std::string_view rest = text;
        Json value = take(rest);
        if (!rest.empty()) fail("end", rest);
        return value;
    }

    const Json& operator[](std::string_view name) const {
        for (std::size_t n = 0; n < names_.size(); ++n)
            if (names_[n] == name) return elements_[n];
        throw std::runtime_error("no member " + std::string(name));
    }
    const Json& operator[](const char* name) const { return (*this)[std::string_view(name)]; }
    const Json& operator[](std::size_t n) const { return elements_.at(n); }
    const Json& operator[](int n) const { return elements_.at(static_cast<std::size_t>(n)); }
    [[nodiscard]] const std::vector<Json>& elements() const { return elements_; }
    [[nodiscard]] const std::string& text() const { return as('"'); }
    [[nodiscard]] double number() const { return std::stod(as('0')); }
    [[nodiscard]] bool truth() const { return as('w') == "true"; }
    [[nodiscard]] bool is_null() const { return as('w') == "null"; }

private:
    [[noreturn]] static void fail(const std::string& expected, std::string_view rest) {
        throw std::runtime_error("expected " + expected +
                                 " at: " + std::string(rest.substr(0, 40)));
    }

    [[nodiscard]] const std::string& as(char kind) const {
        if (kind_ != kind) throw std::runtime_error("another kind of value: " + text_);
        return text_;
    }

    static bool skip(std::string_view& rest, char c) {
        if (!rest.starts_with(c)) return false;
        rest.remove_prefix(1);
        return true;
    }

    static Json take(std::string_view& rest) {
        Json value;
        if (rest.empty()) fail("a value", rest);
        value.kind_ = rest[0];
        if (skip(rest, '{') || skip(rest, '[')) {
            value.take_elements(rest);
        } else if (skip(rest, '"')) {
            value.text_ = take_text(rest);
        } else {
            const std::size_t end = std::min(rest.size(), rest.find_first_of(",]}"));
            value.text_ = rest.substr(0, end);
            rest.remove_prefix(end);
            const bool is_word =
                value.text_ == "null" || value.text_ == "true" || value.text_ == "false";
            value.kind_ = is_word ? 'w' : '0';
            if (!is_word && value.text_.find_first_not_of("0123456789+-.e") != std::string::npos)
                fail("a number", value.text_);
        }
        return value;
    }

    void take_elements(std::string_view& rest) {
        const char end = kind_ == '{' ? '}' : ']';
        if (skip(rest, end)) return;
        do {
            if (kind_ == '{') {
                if (!skip(rest, '"')) fail("a name", rest);
                names_.push_back(take_text(rest));
                if (!skip(rest, ':')) fail(":", rest);
            }
            elements_.push_back(take(rest));
        } while (skip(rest, ','));
        if (!skip(rest, end)) fail(std::string(1, end), rest);
    }

    /// The text up to the closing quote; escapes below U+0080 only are read, others stay.
    static std::string take_text(std::string_view& rest) {
        std::string result;
        for (; !rest.empty() && rest[0] != '"'; rest.remove_prefix(1)) {
            if (static_cast<unsigned char>(rest[0]) < 0x20) fail("no control character", rest);
            if (rest.starts_with("\\u00")) {
                result += static_cast<char>(std::stoi(std::string(rest.substr(4, 2)), nullptr, 16));
                rest.remove_prefix(5);
                continue;
            }
            if (rest[0] == '\\') {
                rest.remove_prefix(1);
                if (rest.empty() || (rest[0] != '"' && rest[0] != '\\')) fail("an escape", rest);
            }
            result += rest[0];
        }
        if (!skip(rest, '"')) fail("\"", rest);
        return result;
    }

    char kind_ = 0;
    std::string text_;
    std::vector<std::string> names_;
    std::vector<Json> elements_;
};

}  // namespace als_test
