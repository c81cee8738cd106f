// SPDX-License-Identifier: MIT
// The implementation of <als/detail/io/lines.hpp>.
#pragma once

#include <als/detail/io/lines.hpp>

#include <cstring>

namespace als {
inline namespace ALS_ABI {
namespace detail {

ALS_INLINE bool TextBlocks::read(TextBlock& block, std::size_t size) {
    std::vector<char>& buffer = block.buffer;
    block.failure = nullptr;
    std::size_t end = rest_.size();
    std::size_t complete = 0;  // bytes up to the last line end
    if (buffer.size() < end) buffer.resize(end);
    if (end > 0) std::memcpy(buffer.data(), rest_.data(), end);
    // A line that fills the buffer without a line end is certainly too long, because there is extra
    // room for a byte order mark and a CR.
    while (!ended_ && (end < size || (complete == 0 && end < longest_line + room))) {
        const std::size_t wanted =
            std::min(step, end < size ? size - end : longest_line + room - end);
        if (buffer.size() < end + wanted)
            buffer.resize(std::max(end + wanted, std::min(size, 2 * buffer.size())));
        try {
            const std::size_t got = source_(buffer.data() + end, wanted);
            ended_ = got < wanted;
            const std::size_t last = std::string_view(buffer.data() + end, got).rfind('\n');
            if (last != std::string_view::npos) complete = end + last + 1;
            end += got;
        } catch (...) {
            block.failure = std::current_exception();
            ended_ = true;
        }
    }
    block.size = complete == 0 || ended_ ? end : complete;
    if (block.failure) block.size = complete;
    rest_.assign(buffer.data() + block.size, buffer.data() + end);
    return block.size > 0 || block.failure;
}

ALS_INLINE void Lines::check(std::string_view line) const {
    if (line.size() > longest_line)
        fail(longest_line, "the line is longer than ", longest_line,
             " bytes; expected a text file with one rating on each line");
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

}  // namespace detail
}  // inline namespace
}  // namespace als
