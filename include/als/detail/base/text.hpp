// SPDX-License-Identifier: MIT
// Text for messages: decimal numbers for any locale, parts joined into one message, and foreign
// text (an id, a field of a file) made short and printable.
#pragma once

#include <als/detail/base/compiler.hpp>
#include <als/version.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// A text or a number as one part of a message. A number is written so that it reads back as the
/// same number. A part cannot be copied and must not be kept: it may refer to the text that it was
/// made from.
class Part {
public:
    Part(std::string_view text) : text_(text) {}    // NOLINT(google-explicit-constructor)
    Part(const char* text) : text_(text) {}         // NOLINT(google-explicit-constructor)
    Part(const std::string& text) : text_(text) {}  // NOLINT(google-explicit-constructor)
    Part(float number) { write(number); }           // NOLINT(google-explicit-constructor)
    Part(double number) { write(number); }          // NOLINT(google-explicit-constructor)
    template <std::signed_integral Number>
    Part(Number number) {  // NOLINT(google-explicit-constructor)
        write(std::int64_t{number});
    }
    template <std::unsigned_integral Number>
    Part(Number number) {  // NOLINT(google-explicit-constructor)
        write(std::uint64_t{number});
    }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

    [[nodiscard]] std::string_view text() const { return text_; }

private:
    void write(std::int64_t number);
    void write(std::uint64_t number);
    void write(float number);
    void write(double number);

    std::string_view text_;
    char digits_[32];
};

ALS_COLD std::string join(const Part* parts, std::size_t count);

/// Joins texts and numbers into one message. Marked cold, because messages are for errors; this
/// also compiles faster.
template <typename... Parts>
ALS_COLD std::string message(const Parts&... parts) {
    const Part list[] = {Part(parts)...};
    return join(list, sizeof...(parts));
}

/// One text or number as a string.
inline std::string to_text(const Part& part) { return std::string(part.text()); }

/// `text` in double quotes, cut to about 40 bytes but never inside a UTF-8 character, with control
/// characters written as \xNN.
std::string excerpt(std::string_view text);

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/base/text_impl.hpp>
#endif
