// SPDX-License-Identifier: MIT
// The implementation of <als/ratings_file.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/text.hpp>
#include <als/detail/io/ratings_reader.hpp>
#include <als/detail/io/text_source.hpp>
#include <als/error.hpp>
#include <als/ratings_file.hpp>

#include <cmath>
#include <cstddef>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Checks the options of one role.
inline void validate(const RatingsOptions& options, Role role) {
    const std::string name = message("als::RatingsOptions::", name_of(role));
    const std::optional<int> number = number_of(options, role);
    const bool may_be_none = role == Role::value || role == Role::time;
    if (number && *number < (may_be_none ? -1 : 0))
        throw InputError(message(name, "_column is ", *number, "; columns are counted from 0",
                                 may_be_none ? ", -1 means that there is none" : ""));
    const std::string& title = title_of(options, role);
    if (title.empty()) return;
    if (number)
        throw InputError(message(name, " is ", excerpt(title), " and ", name_of(role),
                                 "_column is ", *number, "; say only one of them"));
    if (options.header == Header::absent || options.layout != Layout::ratings)
        throw InputError(message(name, " is ", excerpt(title),
                                 ", but there is no header with names; say ", name_of(role),
                                 "_column"));
}

inline void validate_layout(const RatingsOptions& options) {
    if (options.layout == Layout::ratings) return;
    const auto refuse = [](const auto&... parts) {
        throw InputError(message("als::RatingsOptions::layout: ", parts...));
    };
    if (options.time_column.value_or(-1) >= 0) refuse("such a file has no times");
    if (options.layout == Layout::lists) {
        if (options.user_column.value_or(0) != 0 || options.item_column.value_or(1) != 1 ||
            options.value_column.value_or(-1) != -1)
            refuse(
                "in lists the user comes first and its items follow, without values; "
                "leave the columns out");
        return;
    }
    const bool rows_are_users = options.user_column == 0 && options.item_column == 1;
    const bool rows_are_items = options.user_column == 1 && options.item_column == 0;
    if (!rows_are_users && !rows_are_items)
        refuse(
            "a matrix of MatrixMarket may have users as rows or as columns; say .user_column = "
            "0, .item_column = 1 if each row is a user, else .user_column = 1, .item_column = 0");
    if (options.value_column.value_or(2) != 2)
        refuse("value_column is ", *options.value_column, "; leave it out");
}

/// Checks the options of the dialect; messages call their struct `name`.
inline void validate_dialect(std::string_view name, const RatingsOptions& options) {
    const auto refuse = [&](const auto&... parts) {
        throw InputError(message(name, "::", parts...));
    };
    if (options.delimiter.find_first_of(std::string_view("\n\r\"\0", 4)) != std::string::npos)
        refuse("delimiter is ", excerpt(options.delimiter),
               "; it cannot have a line end, a quote or a NUL byte in it");
    const char comment = options.comment.value_or('\0');
    if (comment != '\0' && (std::string_view("\n\r\" \t").find(comment) != std::string_view::npos ||
                            options.delimiter.starts_with(comment)))
        refuse("comment is ", excerpt({&comment, 1}),
               "; it cannot be a blank, a line end, a quote or the beginning of the delimiter");
}

inline void validate(const RatingsOptions& options) {
    const auto refuse = [](const auto&... parts) {
        throw InputError(message("als::RatingsOptions::", parts...));
    };
    for (const Role role : roles) validate(options, role);
    const Columns columns = columns_by_number(options);
    const auto is_said = [&](Role role) { return number_of(options, role).has_value(); };
    for (const Role one : roles)
        for (const Role other : roles)
            if (one < other && columns[one] >= 0 && columns[one] == columns[other] &&
                is_said(one) && is_said(other))
                refuse(name_of(one), "_column and ", name_of(other), "_column are both ",
                       columns[one], "; they have to differ");
    validate_layout(options);
    check_threads("als::RatingsOptions::threads", options.threads);
    if (std::isnan(options.minimum)) refuse("minimum is nan; it has to be a number");
    validate_dialect("als::RatingsOptions", options);
    for (std::size_t n = 0; n < options.time_format.size(); ++n)
        if (options.time_format[n] == '%' &&
            (++n == options.time_format.size() ||
             std::string_view("YmdHMSb").find(options.time_format[n]) == std::string_view::npos))
            refuse("time_format is ", excerpt(options.time_format),
                   "; it may have %Y, %m, %d, %H, %M, %S and %b");
}

template <Real Scalar>
Ratings<Scalar> read_ratings_file(const std::filesystem::path& path, const IdMap<User>* users,
                                  const IdMap<Item>* items, const RatingsOptions& options) {
    validate(options);
    return with_file("als::read_ratings", path, [&](const std::string& name, const auto& source) {
        return RatingsReader<Scalar>(name, source, options, users, items).read();
    });
}

template <Real Scalar>
Ratings<Scalar> read_ratings_stream(std::istream& stream, const std::string& name,
                                    const IdMap<User>* users, const IdMap<Item>* items,
                                    const RatingsOptions& options) {
    validate(options);
    return with_stream("als::read_ratings", stream, name,
                       [&](const std::string& file, const auto& source) {
                           return RatingsReader<Scalar>(file, source, options, users, items).read();
                       });
}

}  // namespace detail

template <Real Scalar>
Ratings<Scalar> read_ratings(const std::filesystem::path& path, const RatingsOptions& options) {
    return detail::read_ratings_file<Scalar>(path, nullptr, nullptr, options);
}

template <Real Scalar>
Ratings<Scalar> read_ratings(std::istream& stream, const std::string& name,
                             const RatingsOptions& options) {
    return detail::read_ratings_stream<Scalar>(stream, name, nullptr, nullptr, options);
}

template <Real Scalar>
Ratings<Scalar> read_ratings(const std::filesystem::path& path, const IdMap<User>& users,
                             const IdMap<Item>& items, const RatingsOptions& options) {
    return detail::read_ratings_file<Scalar>(path, &users, &items, options);
}

template <Real Scalar>
Ratings<Scalar> read_ratings(std::istream& stream, const std::string& name,
                             const IdMap<User>& users, const IdMap<Item>& items,
                             const RatingsOptions& options) {
    return detail::read_ratings_stream<Scalar>(stream, name, &users, &items, options);
}

}  // inline namespace
}  // namespace als
