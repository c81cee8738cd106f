// SPDX-License-Identifier: MIT
// Times as text: numbers, or dates by a format.
#pragma once

#include <als/version.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// How a file writes its times: as numbers, as dates of ISO 8601, or as dates in a format of %Y %m
/// %d %H %M %S %b.
class TimeFormat {
public:
    /// `format` is `RatingsOptions::time_format`. If it is empty, the first time decides.
    explicit TimeFormat(std::string format) : format_(std::move(format)) {}

    /// Reads a number, or a date as seconds since 1970-01-01 00:00 UTC. Returns false if `text` is
    /// not such a time, or of another kind than the first one.
    bool read(std::string_view text, double& time);

    /// Whether the kind of times is known, so that no further time decides.
    [[nodiscard]] bool is_known() const { return !format_.empty() || kind_ != Kind::unknown; }

    /// Describes what is expected, for messages.
    [[nodiscard]] std::string expected() const;

private:
    enum class Kind { unknown, number, iso };

    std::string format_;
    Kind kind_ = Kind::unknown;
};

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/io/times_impl.hpp>
#endif
