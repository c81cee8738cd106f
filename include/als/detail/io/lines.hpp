// SPDX-License-Identifier: MIT
// The lines of a text file, read in blocks through a buffer of fixed size, and the error that names
// a place in the file.
#pragma once

#include <als/detail/base/text.hpp>
#include <als/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Copies the next bytes, at most `count`, to `to` and returns how many; fewer only at the end.
using ByteSource = std::function<std::size_t(char* to, std::size_t count)>;

/// Splits text into lines that end with LF or CRLF; the last line may end with neither. A UTF-8
/// byte order mark is skipped, and a carriage return elsewhere is an error. Memory: one buffer, which grows to a little more than the longest
/// line that is accepted.
class Lines {
public:
    static constexpr std::size_t longest = std::size_t{1} << 20;

    /// `name` is the file's name in messages.
    Lines(std::string name, ByteSource source)
        : name_(std::move(name)), source_(std::move(source)), buffer_(smallest) {}

    [[nodiscard]] const std::string& name() const { return name_; }

    /// Number of the line that `next` returned last, from 1.
    [[nodiscard]] std::int64_t number() const { return number_; }

    /// The next line without its line end, or nothing at the end of the file. It is valid until the
    /// next call. Throws `FormatError` for a line that is too long or has a NUL byte.
    std::optional<std::string_view> next() {
        std::size_t length = pending().find('\n');
        while (length == std::string_view::npos && !ended_ && pending().size() < longest + room) {
            refill();
            length = pending().find('\n');
        }
        const bool is_last = length == std::string_view::npos;
        if (is_last) length = pending().size();
        if (is_last && length == 0) return std::nullopt;

        std::string_view line = pending().substr(0, length);
        begin_ += is_last ? length : length + 1;
        ++number_;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (number_ == 1 && line.starts_with(byte_order_mark))
            line.remove_prefix(byte_order_mark.size());
        check(line);
        return line;
    }

    /// The lines behind the current one that are in the buffer, at most `most`.
    [[nodiscard]] std::vector<std::string_view> following(std::size_t most) const {
        std::vector<std::string_view> lines;
        std::string_view text = pending();
        while (!text.empty() && lines.size() < most) {
            const std::size_t length = text.find('\n');
            if (length == std::string_view::npos && !ended_) break;
            std::string_view line = text.substr(0, length);
            text.remove_prefix(std::min(text.size(), line.size() + 1));
            if (line.ends_with('\r')) line.remove_suffix(1);
            lines.push_back(line);
        }
        return lines;
    }

    /// The first bytes of the file, before any line is read.
    std::string_view beginning() {
        if (end_ == 0) refill();
        return pending();
    }

    /// Throws a `FormatError` for a byte of the current line, counted from 0.
    template <typename... Parts>
    [[noreturn]] void fail(std::size_t byte, const Parts&... parts) const {
        fail_at(number_, byte, parts...);
    }
    /// The same for a line of this number.
    template <typename... Parts>
    [[noreturn]] void fail_at(std::int64_t number, std::size_t byte, const Parts&... parts) const {
        throw FormatError(message(name_, ":", number, ":", byte + 1, ": ", parts...));
    }

private:
    [[nodiscard]] std::string_view pending() const {
        return {buffer_.data() + begin_, end_ - begin_};
    }

    static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    static constexpr std::size_t smallest = std::size_t{1} << 16;
    static constexpr std::size_t room = 8;  // for a byte order mark and a line end

    void refill() {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        if (2 * end_ > buffer_.size()) buffer_.resize(std::min(2 * buffer_.size(), longest + room));
        const std::size_t space = buffer_.size() - end_;
        const std::size_t count = source_(buffer_.data() + end_, space);
        end_ += count;
        ended_ = count < space;
        has_nul_ = pending().find('\0') != std::string_view::npos;
    }

    // A line that fills the buffer without a line end is certainly longer than `longest`, because
    // the buffer has extra room for a byte order mark and a CR.
    void check(std::string_view line) const {
        if (line.size() > longest)
            fail(longest, "the line is longer than ", longest,
                 " bytes; expected a text file with one rating a line");
        const std::size_t nul = has_nul_ ? line.find('\0') : std::string_view::npos;
        if (nul != std::string_view::npos)
            fail(nul,
                 "found a NUL byte; expected text (compressed and UTF-16 files have to be "
                 "converted first)");
        if (const std::size_t at = line.find('\r'); at != std::string_view::npos)
            fail(at,
                 "found a carriage return within the line; if it ends a line, as on an old Mac, "
                 "convert the file first: tr '\\r' '\\n'");
    }

    std::string name_;
    ByteSource source_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;  // read but not yet returned: buffer_[begin_ .. end_)
    std::size_t end_ = 0;
    bool ended_ = false;
    bool has_nul_ = false;  // whether these had a NUL byte at the last refill
    std::int64_t number_ = 0;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
