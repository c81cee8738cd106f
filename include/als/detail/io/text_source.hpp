// SPDX-License-Identifier: MIT
// The bytes of text files and streams, and the errors of the operating system.
#pragma once

#include <als/detail/base/text.hpp>
#include <als/detail/io/lines.hpp>
#include <als/error.hpp>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <ios>
#include <istream>
#include <memory>
#include <streambuf>
#include <string>
#include <string_view>
#include <system_error>

namespace als {
inline namespace ALS_ABI {
namespace detail {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using OpenFile = std::unique_ptr<std::FILE, CloseFile>;

inline std::FILE* open_file(const std::filesystem::path& path) {
#if defined(_WIN32)
    return ::_wfopen(path.c_str(), L"rb");
#else
    return std::fopen(path.c_str(), "rb");
#endif
}

[[noreturn]] inline void fail_with_errno(std::string_view function, std::string_view what,
                                         const std::string& name, int code) {
    throw IoError(
        message(function, ": ", what, " ", name, ": ", std::generic_category().message(code)));
}

/// Calls use(name, source) with the bytes of a file.
template <typename Use>
auto with_file(std::string_view function, const std::filesystem::path& path, const Use& use) {
    const auto utf8 = path.u8string();
    const std::string name(utf8.begin(), utf8.end());
    const OpenFile file(open_file(path));
    if (!file) fail_with_errno(function, "cannot open", name, errno);
    return use(name, [&](char* to, std::size_t count) {
        const std::size_t got = std::fread(to, 1, count, file.get());
        if (std::ferror(file.get())) fail_with_errno(function, "cannot read", name, errno);
        return got;
    });
}

/// Calls use(name, source) with the bytes of a stream.
template <typename Use>
auto with_stream(std::string_view function, std::istream& stream, const std::string& name,
                 const Use& use) {
    if (!stream) throw IoError(message(function, ": the stream ", name, " cannot be read"));
    // Reads from the stream's buffer, because the stream's exception mask decides whether the
    // stream throws.
    return use(name, [&](char* to, std::size_t count) {
        try {
            return static_cast<std::size_t>(
                stream.rdbuf()->sgetn(to, static_cast<std::streamsize>(count)));
        } catch (const std::ios_base::failure& failure) {
            throw IoError(message(function, ": cannot read ", name, ": ", failure.what()));
        }
    });
}

}  // namespace detail
}  // inline namespace
}  // namespace als
