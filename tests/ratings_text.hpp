// SPDX-License-Identifier: MIT
// Reads ratings from texts in tests.
#pragma once

#include "catch.hpp"
#include <als/ratings_file.hpp>

#include <sstream>
#include <string>

namespace als_test {

template <als::Real Scalar = double>
als::Ratings<Scalar> read_text(const std::string& text, const als::RatingsOptions& options = {}) {
    std::istringstream stream(text);
    return als::read_ratings<Scalar>(stream, "f", options);
}

/// Reads a text with the ids of others.
template <als::Real Scalar>
als::Ratings<Scalar> read_text(const std::string& text, const als::Ratings<Scalar>& first,
                               const als::RatingsOptions& options = {}) {
    std::istringstream stream(text);
    return als::read_ratings<Scalar>(stream, "f", first.users, first.items, options);
}

/// All entries, by user and item: "user>item=value user>item=value".
template <als::Real Scalar>
std::string content(const als::Ratings<Scalar>& ratings) {
    REQUIRE(ratings.users.size() == ratings.interactions.user_count());
    REQUIRE(ratings.items.size() == ratings.interactions.item_count());
    std::string text;
    for (const auto& [user, item, value] : ratings.interactions.entries()) {
        if (!text.empty()) text += ' ';
        text += als::detail::message(ratings.users.name(user), ">", ratings.items.name(item), "=",
                                     value);
    }
    return text;
}

inline std::string read_content(const std::string& text, const als::RatingsOptions& options = {}) {
    return content(read_text(text, options));
}

/// Returns the message that refuses `text`.
template <als::Real Scalar = double>
std::string refusal(const std::string& text, const als::RatingsOptions& options = {}) {
    try {
        (void)read_text<Scalar>(text, options);
    } catch (const als::FormatError& error) {
        return error.what();
    }
    return "not refused";
}

}  // namespace als_test
