// SPDX-License-Identifier: MIT
// The lines of a text file, read in blocks of whole lines, and the error that names a place in the
// file.
#pragma once

#include <als/detail/base/text.hpp>
#include <als/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Copies at most `count` of the next bytes to `to` and returns how many; fewer only at the end.
using ByteSource = std::function<std::size_t(char* to, std::size_t count)>;

/// The longest line that is accepted, in bytes.
inline constexpr std::size_t longest_line = std::size_t{1} << 20;

/// Whole lines of a file, in memory.
struct TextBlock {
    std::vector<char> buffer;
    std::size_t size = 0;        ///< number of bytes of the buffer that are text
    std::exception_ptr failure;  ///< why the file cannot be read after them, or null

    [[nodiscard]] std::string_view text() const { return {buffer.data(), size}; }
};

/// Cuts a file into blocks at the ends of lines.
class TextBlocks {
public:
    explicit TextBlocks(ByteSource source) : source_(std::move(source)) {}

    /// Reads about `size` bytes into `block`, replacing its content: whole lines, or the beginning
    /// of a line that is too long. Returns false at the end of the file. If the file cannot be
    /// read, returns true, and the block has the failure. Memory: the block grows to `size`, or to
    /// a little more than the longest line that is accepted.
    bool read(TextBlock& block, std::size_t size);

    /// Number of bytes that were taken from the source and are in no block yet.
    [[nodiscard]] std::size_t unread() const { return rest_.size(); }

private:
    static constexpr std::size_t step = std::size_t{1} << 16;
    static constexpr std::size_t room = 8;  // for a byte order mark and a line end

    ByteSource source_;
    std::vector<char> rest_;  // bytes after the last line end
    bool ended_ = false;
};

/// Splits text into lines that end with LF or CRLF; the last line may end with neither. Skips a
/// UTF-8 byte order mark at the beginning of the file. A carriage return elsewhere is an error.
class Lines {
public:
    /// `name` is the file's name in messages. The lines are those of `text`. It follows
    /// `lines_before` lines and those of `earlier`, which are counted only when a message needs the
    /// number of a line.
    explicit Lines(std::string name, std::string_view text = {}, std::int64_t lines_before = 0,
                   std::string_view earlier = {})
        : name_(std::move(name)), lines_before_(lines_before), earlier_(earlier) {
        go_on_with(text);
    }

    [[nodiscard]] const std::string& name() const { return name_; }

    /// Number, in the file, of the line that `next` returned last, from 1.
    [[nodiscard]] std::int64_t number() const {
        lines_before_ += std::count(earlier_.begin(), earlier_.end(), '\n');
        earlier_ = {};
        return lines_before_ + count_;
    }

    /// Number of lines that `next` has returned.
    [[nodiscard]] std::int64_t count() const { return count_; }

    /// The text that `next` has not returned yet.
    [[nodiscard]] std::string_view rest() const { return rest_; }

    /// Continues with `text`, which must live as long as its lines are read.
    void go_on_with(std::string_view text) {
        rest_ = text;
        has_nul_ = text.find('\0') != std::string_view::npos;
        has_return_ = text.find('\r') != std::string_view::npos;
    }

    /// Returns the next line without its line end, or nothing at the end of the text. Throws
    /// `FormatError` for a line that is too long, has a NUL byte, or has a carriage return within
    /// it.
    std::optional<std::string_view> next() {
        if (rest_.empty()) return std::nullopt;
        std::string_view line = take_line(rest_);
        ++count_;
        if (has_return_ && line.ends_with('\r')) line.remove_suffix(1);
        if (is_first() && line.starts_with(byte_order_mark))
            line.remove_prefix(byte_order_mark.size());
        if (line.size() > longest_line || has_nul_ || has_return_) check(line);
        return line;
    }

    /// Returns at most `most` lines of the text that follow the current one.
    [[nodiscard]] std::vector<std::string_view> following(std::size_t most) const {
        std::vector<std::string_view> lines;
        std::string_view text = rest_;
        while (!text.empty() && lines.size() < most) {
            std::string_view line = take_line(text);
            if (line.ends_with('\r')) line.remove_suffix(1);
            lines.push_back(line);
        }
        return lines;
    }

    /// Throws a `FormatError` for a byte of the current line, counted from 0.
    template <typename... Parts>
    [[noreturn]] ALS_COLD void fail(std::size_t byte, const Parts&... parts) const {
        fail_at(number(), byte, parts...);
    }
    /// Throws a `FormatError` for a byte of the line with this number.
    template <typename... Parts>
    [[noreturn]] ALS_COLD void fail_at(std::int64_t number, std::size_t byte,
                                       const Parts&... parts) const {
        throw FormatError(message(name_, ":", number, ":", byte + 1, ": ", parts...));
    }

private:
    static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

    /// Whether the current line is the first of the file.
    [[nodiscard]] bool is_first() const {
        return count_ == 1 && lines_before_ == 0 && earlier_.empty();
    }

    /// Takes the first line, with its line end, from the beginning of `text`.
    static std::string_view take_line(std::string_view& text) {
        const std::size_t length = text.find('\n');
        const std::string_view line = text.substr(0, length);
        text.remove_prefix(length == std::string_view::npos ? text.size() : length + 1);
        return line;
    }

    void check(std::string_view line) const;

    std::string name_;
    std::string_view rest_;
    std::int64_t count_ = 0;
    mutable std::int64_t lines_before_;
    mutable std::string_view earlier_;  // lines that lines_before_ does not count yet
    bool has_nul_ = false;              // whether the text has NUL bytes
    bool has_return_ = false;           // or carriage returns
};

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/io/lines_impl.hpp>
#endif
