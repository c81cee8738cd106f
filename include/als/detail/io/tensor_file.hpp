// SPDX-License-Identifier: MIT
// The safetensors format: 8 bytes with the length of the header; the header in JSON, which names
// tensors and texts; and the tensors, one after the other. The reader is strict: any bytes give a
// header that fits the file, or a `FormatError`.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/detail/io/checksum.hpp>
#include <als/error.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Whether numbers have the same bytes in memory as in files: the lowest byte first.
inline constexpr bool is_little_endian = std::endian::native == std::endian::little;

/// Converts numbers from memory to a file or back: on big-endian machines reverses the bytes of
/// each number of `size` bytes.
inline void change_byte_order(void* numbers, std::size_t bytes, std::size_t size) {
    if (is_little_endian || size == 1) return;
    auto* const at = static_cast<char*>(numbers);
    for (std::size_t begin = 0; begin + size <= bytes; begin += size)
        std::reverse(at + begin, at + begin + size);
}

/// What the header says about a tensor: its type ("F32"), its shape, and its bytes [begin, end),
/// counted from the end of the header.
struct TensorPlace {
    std::string type;
    std::vector<std::uint64_t> shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

struct TensorHeader {
    std::map<std::string, std::string> texts;
    std::map<std::string, TensorPlace> tensors;
    std::uint64_t data = 0;  ///< offset of the tensors in the file
    std::string json;        ///< the text in the file
};

inline constexpr std::uint64_t largest_tensor_header = std::uint64_t{1} << 20;

/// The name of a number type.
template <typename Number>
constexpr const char* tensor_type() {
    if constexpr (std::same_as<Number, float>) return "F32";
    if constexpr (std::same_as<Number, double>) return "F64";
    if constexpr (std::same_as<Number, std::int32_t>) return "I32";
    if constexpr (std::same_as<Number, std::int64_t>) return "I64";
    if constexpr (std::same_as<Number, char>) return "U8";
}

/// Bytes of a number of this type, or 0 if there is no such type.
inline std::uint64_t size_of_tensor_type(std::string_view type) {
    if (type == "F64" || type == "I64" || type == "U64") return 8;
    if (type == "F32" || type == "I32" || type == "U32") return 4;
    if (type == "F16" || type == "BF16" || type == "I16" || type == "U16") return 2;
    return type == "U8" || type == "I8" || type == "BOOL" ? 1 : 0;
}

/// Reads the JSON of a header: objects, lists of whole numbers, and strings.
class TensorHeaderParser {
public:
    /// `name` is the file's name in messages. The header begins at byte 8.
    TensorHeaderParser(const std::string& name, std::string_view text) : name_(name), text_(text) {}

    TensorHeader parse() {
        TensorHeader header;
        expect('{');
        members('}', [&] {
            const std::string key = string();
            expect(':');
            if (key == "__metadata__") {
                if (!header.texts.empty()) fail("__metadata__ occurs twice");
                texts(header.texts);
            } else if (!header.tensors.emplace(key, tensor()).second) {
                fail("the tensor ", key, " occurs twice");
            }
        });
        skip_blanks();
        if (at_ != text_.size()) fail("text follows the end of the header");
        return header;
    }

private:
    template <typename... Parts>
    [[noreturn]] void fail(const Parts&... parts) const {
        throw FormatError(message(name_, ": byte ", 8 + at_, " of the header: ", parts...));
    }

    void skip_blanks() {
        while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) < 4) ++at_;
    }
    [[nodiscard]] bool take(char c) {
        skip_blanks();
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) {
        if (!take(c)) fail("expected '", std::string_view(&c, 1), "'");
    }

    /// Reads members separated by commas, up to the closing bracket. The opening one has been read.
    template <typename Member>
    void members(char closing, const Member& member) {
        if (take(closing)) return;
        do member();
        while (take(','));
        expect(closing);
    }

    std::string string() {
        expect('"');
        std::string text;
        for (;; ++at_) {
            if (at_ == text_.size()) fail("a string has no end");
            char c = text_[at_];
            if (c == '"') break;
            if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E)
                fail("a string has a byte that is not printable ASCII");
            if (c == '\\') {
                if (++at_ == text_.size() || std::string_view("\"\\/").find(text_[at_]) > 2)
                    fail("an escape in a string that is none of \\\", \\\\ and \\/");
                c = text_[at_];
            }
            text += c;
        }
        ++at_;
        return text;
    }

    std::uint64_t number() {
        skip_blanks();
        std::uint64_t value = 0;
        const char* const begin = text_.data() + at_;
        const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
        if (error != std::errc{} || (*begin == '0' && end - begin > 1))
            fail("expected a whole number below 2^64");
        at_ += static_cast<std::size_t>(end - begin);
        return value;
    }

    void texts(std::map<std::string, std::string>& all) {
        expect('{');
        members('}', [&] {
            const std::string key = string();
            expect(':');
            if (!all.emplace(key, string()).second) fail("the text ", key, " occurs twice");
        });
    }

    TensorPlace tensor() {
        TensorPlace place;
        bool has_shape = false;
        bool has_offsets = false;
        const auto once = [&](bool& had, std::string_view key) {
            if (std::exchange(had, true)) fail(key, " occurs twice");
        };
        expect('{');
        members('}', [&] {
            const std::string key = string();
            expect(':');
            if (key == "dtype") {
                if (!place.type.empty()) fail("dtype occurs twice");
                place.type = string();
                if (size_of_tensor_type(place.type) == 0) fail("unknown dtype ", place.type);
            } else if (key == "shape") {
                once(has_shape, key);
                expect('[');
                members(']', [&] { place.shape.push_back(number()); });
                if (place.shape.size() > 8) fail("a tensor has more than 8 dimensions");
            } else if (key == "data_offsets") {
                once(has_offsets, key);
                expect('[');
                place.begin = number();
                expect(',');
                place.end = number();
                expect(']');
            } else {
                fail("expected dtype, shape or data_offsets, found ", key);
            }
        });
        if (place.type.empty() || !has_shape || !has_offsets)
            fail("a tensor lacks one of dtype, shape and data_offsets");
        return place;
    }

    const std::string& name_;
    std::string_view text_;
    std::size_t at_ = 0;
};

/// Throws unless each tensor has as many bytes as its type and shape need, and the tensors fill the
/// file of `size` bytes from the header to the end without a gap.
inline void check_places(const std::string& name, const TensorHeader& header, std::uint64_t size) {
    std::vector<std::pair<std::uint64_t, const std::string*>> order;
    for (const auto& [tensor, place] : header.tensors) {
        std::uint64_t bytes = size_of_tensor_type(place.type);
        bool overflows = false;
        for (const std::uint64_t extent : place.shape)
            if (extent != 0 && bytes > std::numeric_limits<std::uint64_t>::max() / extent)
                overflows = true;
            else
                bytes *= extent;
        if (overflows || place.end < place.begin || place.end - place.begin != bytes)
            throw FormatError(message(name, ": the tensor ", tensor, " lies from ", place.begin,
                                      " to ", place.end, ", which is not what its shape needs"));
        order.emplace_back(place.begin, &tensor);
    }
    // Tensors without bytes begin where another tensor begins; their order does not matter.
    std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
        return std::pair(a.first, header.tensors.at(*a.second).end) <
               std::pair(b.first, header.tensors.at(*b.second).end);
    });
    std::uint64_t reached = 0;
    for (const auto& [begin, tensor] : order) {
        if (begin != reached)
            throw FormatError(message(name, ": the tensor ", *tensor, " begins at ", begin,
                                      " instead of ", reached, ": there is a gap or an overlap"));
        reached = header.tensors.at(*tensor).end;
    }
    if (reached != size - header.data)
        throw FormatError(message(name, ": the tensors end at ", reached, ", but the file has ",
                                  size - header.data,
                                  " bytes after the header: it is cut off, or something "
                                  "follows them"));
}

/// Copies `count` bytes of a file, from `offset` on, to `to`.
using ReadAt = std::function<void(std::uint64_t offset, void* to, std::size_t count)>;

/// Reads the header of a file of `size` bytes.
inline TensorHeader read_tensor_header(const std::string& name, std::uint64_t size,
                                       const ReadAt& read) {
    std::uint64_t length = 0;
    if (size < sizeof length)
        throw FormatError(
            message(name, ": the file has ", size,
                    " bytes, but a model file has at least 10: it is cut off, or not a "
                    "model"));
    read(std::uint64_t{0}, &length, sizeof length);
    change_byte_order(&length, sizeof length, sizeof length);
    if (length > size - sizeof length || length > largest_tensor_header)
        throw FormatError(message(name,
                                  ": not a model file, or cut off: the length of the header "
                                  "is given as ",
                                  length, "; the file has ", size, " bytes, and a header at most ",
                                  largest_tensor_header));
    std::string text(to_size(length), '\0');
    read(std::uint64_t{sizeof length}, text.data(), text.size());
    TensorHeader header = TensorHeaderParser(name, text).parse();
    header.data = sizeof length + length;
    header.json = std::move(text);
    check_places(name, header, size);
    return header;
}

/// A tensor to be written: its name, type, shape and bytes.
struct Tensor {
    std::string name;
    std::string type;
    std::vector<std::uint64_t> shape;
    const void* data = nullptr;
    std::size_t held = 0;  ///< number of bytes at `data`: all, or those that this process holds

    [[nodiscard]] std::size_t bytes() const {
        std::uint64_t bytes = size_of_tensor_type(type);
        for (const std::uint64_t extent : shape) bytes *= extent;
        return to_size(bytes);
    }
};

/// `text` as a JSON string in printable ASCII.
inline std::string quoted_in_json(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

/// Eight hexadecimal digits.
inline std::string checksum_text(std::uint32_t sum) {
    std::string text(8, '0');
    for (std::size_t n = 8; n-- > 0; sum >>= 4) text[n] = "0123456789abcdef"[sum & 15];
    return text;
}

/// Returns the position of the header's own checksum in its JSON, if it has one: the eight digits
/// of the text "crc32c".
inline std::size_t place_of_checksum(std::string_view json) {
    constexpr std::string_view before = "\"crc32c\":\"";
    const std::size_t at = json.find(before);
    if (at == std::string_view::npos || json.size() - at - before.size() < 8)
        return std::string_view::npos;
    return at + before.size();
}

/// Returns the checksum of a header, computed with zeros in place of the checksum itself.
inline std::string header_checksum(std::string json) {
    const std::size_t place = place_of_checksum(json);
    if (place == std::string::npos) return {};
    json.replace(place, 8, 8, '0');
    return checksum_text(crc32c(json.data(), json.size()));
}

/// Returns the beginning of a file with these tensors, in their order: the length and the header,
/// padded so that the tensors begin at a multiple of 64 bytes. The header's checksum replaces a
/// text "crc32c" of eight digits.
inline std::string tensor_header(const std::map<std::string, std::string>& texts,
                                 const std::vector<Tensor>& tensors) {
    std::string json = "{\"__metadata__\":{";
    for (const auto& [key, value] : texts)
        json +=
            message(json.back() == '{' ? "" : ",", quoted_in_json(key), ":", quoted_in_json(value));
    json += "}";
    std::uint64_t end = 0;
    for (const Tensor& tensor : tensors) {
        json += message(",", quoted_in_json(tensor.name), ":{\"dtype\":\"", tensor.type,
                        "\",\"shape\":[");
        for (std::size_t n = 0; n < tensor.shape.size(); ++n)
            json += message(n > 0 ? "," : "", tensor.shape[n]);
        const std::uint64_t begin = std::exchange(end, end + tensor.bytes());
        json += message("],\"data_offsets\":[", begin, ",", end, "]}");
    }
    json += "}";
    while ((8 + json.size()) % 64 != 0) json += ' ';
    if (const std::size_t place = place_of_checksum(json); place != std::string::npos)
        json.replace(place, 8, header_checksum(json));
    const std::uint64_t length = json.size();
    std::string header(sizeof length, '\0');
    std::memcpy(header.data(), &length, sizeof length);
    change_byte_order(header.data(), sizeof length, sizeof length);
    return header + json;
}

}  // namespace detail
}  // inline namespace
}  // namespace als
