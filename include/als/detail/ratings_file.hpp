// SPDX-License-Identifier: MIT
// The implementation of <als/ratings_file.hpp>.
#pragma once

#include <als/detail/base/text.hpp>
#include <als/detail/io/ratings_reader.hpp>
#include <als/error.hpp>
#include <als/ratings_file.hpp>

#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdio>
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

inline void validate(const RatingsOptions& options) {
    const auto refuse = [](const auto&... parts) {
        throw InputError(message("als::RatingsOptions::", parts...));
    };
    if (options.user_column < 0)
        refuse("user_column is ", options.user_column, "; columns are counted from 0");
    if (options.item_column < 0)
        refuse("item_column is ", options.item_column, "; columns are counted from 0");
    if (options.value_column < -1)
        refuse("value_column is ", options.value_column,
               "; columns are counted from 0, -1 means that there is none");
    if (options.time_column < -1)
        refuse("time_column is ", options.time_column,
               "; columns are counted from 0, -1 means that there is none");
    if (options.time_column >= 0 &&
        (options.time_column == options.user_column || options.time_column == options.item_column ||
         options.time_column == options.value_column))
        refuse("time_column is ", options.time_column, "; another option names that column");
    if (options.user_column == options.item_column || options.user_column == options.value_column ||
        options.item_column == options.value_column)
        refuse("user_column, item_column and value_column are ", options.user_column, ", ",
               options.item_column, " and ", options.value_column, "; they have to differ");
    if (std::isnan(options.minimum)) refuse("minimum is nan; it has to be a number");
    if (options.delimiter.find_first_of(std::string_view("\n\r\"\0", 4)) != std::string::npos)
        refuse("delimiter is ", excerpt(options.delimiter),
               "; it cannot have a line end, a quote or a NUL byte in it");
    if (options.comment != '\0' &&
        (std::string_view("\n\r\" \t").find(options.comment) != std::string_view::npos ||
         options.delimiter.starts_with(options.comment)))
        refuse("comment is ", excerpt({&options.comment, 1}),
               "; it cannot be a blank, a line end, a quote or the beginning of the delimiter");
}

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using OpenFile = std::unique_ptr<std::FILE, CloseFile>;

[[noreturn]] inline void fail_with_errno(std::string_view what, const std::string& name, int code) {
    throw IoError(message("als::read_ratings: ", what, " ", name, ": ",
                          std::generic_category().message(code)));
}

}  // namespace detail

template <Real Scalar>
Ratings<Scalar> read_ratings(const std::filesystem::path& path, const RatingsOptions& options) {
    detail::validate(options);
    const std::string name = path.string();
    const detail::OpenFile file(std::fopen(name.c_str(), "rb"));
    if (!file) detail::fail_with_errno("cannot open", name, errno);
    const auto source = [&](char* to, std::size_t count) {
        const std::size_t got = std::fread(to, 1, count, file.get());
        if (std::ferror(file.get())) detail::fail_with_errno("cannot read", name, errno);
        return got;
    };
    return detail::RatingsReader<Scalar>(name, source, options).read();
}

template <Real Scalar>
Ratings<Scalar> read_ratings(std::istream& stream, const std::string& name,
                             const RatingsOptions& options) {
    detail::validate(options);
    if (!stream)
        throw IoError(detail::message("als::read_ratings: the stream ", name, " cannot be read"));
    // Reads from the stream's buffer, because whether a stream throws depends on its exception
    // mask.
    const auto source = [&](char* to, std::size_t count) {
        try {
            return static_cast<std::size_t>(
                stream.rdbuf()->sgetn(to, static_cast<std::streamsize>(count)));
        } catch (const std::ios_base::failure& failure) {
            throw IoError(
                detail::message("als::read_ratings: cannot read ", name, ": ", failure.what()));
        }
    };
    return detail::RatingsReader<Scalar>(name, source, options).read();
}

}  // inline namespace
}  // namespace als
