// SPDX-License-Identifier: MIT
// Turns lines of text into ratings with their ids.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/detail/io/fields.hpp>
#include <als/detail/io/lines.hpp>
#include <als/error.hpp>
#include <als/ratings_file.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// The line number of each entry. Keeps one element per stretch of consecutive lines, so a file in
/// which no line is left out needs only one.
class LineNumbers {
public:
    /// Records that the next entry came from `line`.
    void add(std::int64_t line) {
        if (stretches_.empty() ||
            line - entries_ != stretches_.back().line - stretches_.back().entry)
            stretches_.push_back({entries_, line});
        ++entries_;
    }

    [[nodiscard]] std::int64_t of(std::size_t entry) const {
        const auto number = to_count(entry);
        const auto after = std::upper_bound(
            stretches_.begin(), stretches_.end(), number,
            [](std::int64_t wanted, const Stretch& stretch) { return wanted < stretch.entry; });
        const Stretch& stretch = *std::prev(after);
        return stretch.line + (number - stretch.entry);
    }

private:
    struct Stretch {
        std::int64_t entry;  // its first entry
        std::int64_t line;   // the line of that entry
    };
    std::vector<Stretch> stretches_;
    std::int64_t entries_ = 0;
};

/// Two entries with the same user and item.
struct RepeatedPair {
    std::size_t first = 0;
    std::size_t again = 0;
};

/// The earliest repetition in `entries`, which must have one. Cost: O(n log n), 8 n bytes.
template <Real Scalar>
RepeatedPair first_repeated_pair(const std::vector<Entry<Scalar>>& entries) {
    std::vector<std::size_t> order(entries.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto key = [&](std::size_t i) { return std::pair(entries[i].user, entries[i].item); };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(key(a), a) < std::pair(key(b), b);
    });
    RepeatedPair earliest{0, entries.size()};
    for (std::size_t i = 1; i < order.size(); ++i)
        if (key(order[i - 1]) == key(order[i]) && order[i] < earliest.again)
            earliest = {order[i - 1], order[i]};
    return earliest;
}

/// Reads one file of ratings.
template <Real Scalar>
class RatingsReader {
public:
    RatingsReader(std::string name, ByteSource source, const RatingsOptions& options)
        : lines_(std::move(name), std::move(source)),
          options_(options),
          delimiter_(options.delimiter),
          column_count_(std::int64_t{std::max({options.user_column, options.item_column,
                                               options.value_column, options.time_column})} +
                        1) {}

    Ratings<Scalar> read() {
        bool is_first = true;
        while (const auto line = lines_.next()) {
            if (has_no_rating(*line)) continue;
            if (std::exchange(is_first, false)) {
                if (options_.delimiter.empty()) detect_delimiter(*line);
                has_header_ = is_header(*line);
                if (has_header_) continue;
            }
            take_if_good(*line);
        }
        return finish();
    }

private:
    /// What `split` found: the number of columns, up to the last one needed, and the last field it
    /// saw.
    struct Split {
        std::int64_t columns = 0;
        Field last;
    };

    [[nodiscard]] bool has_no_rating(std::string_view line) const {
        const std::size_t begin = skip_blanks(line, 0);
        return begin == line.size() ||
               (options_.comment != '\0' && line[begin] == options_.comment);
    }

    /// Sets user_, item_, value_ and time_; stops if the line ends too early or has a defect.
    Split split(std::string_view line) {
        Split found;
        while (found.columns < column_count_) {
            if (found.columns > 0 && found.last.next == Field::none) break;
            found.last = delimiter_.field(line, found.columns > 0 ? found.last.next : 0);
            if (!found.last.defect.empty()) break;
            if (found.columns == options_.user_column) user_ = found.last;
            if (found.columns == options_.item_column) item_ = found.last;
            if (found.columns == options_.value_column) value_ = found.last;
            if (found.columns == options_.time_column) time_ = found.last;
            ++found.columns;
        }
        return found;
    }

    void detect_delimiter(std::string_view line) {
        constexpr std::array<std::string_view, 5> candidates{"::", "\t", ",", ";", "|"};
        for (const std::string_view candidate : candidates) {
            delimiter_ = Delimiter(candidate);
            if (split(line).columns == column_count_) return;
        }
        delimiter_ = Delimiter(" ");
        if (split(line).columns == column_count_) return;
        // Some column is missing: chooses a delimiter that occurs in the line, for the error
        // message.
        for (const std::string_view candidate : candidates) {
            if (line.find(candidate) == std::string_view::npos) continue;
            delimiter_ = Delimiter(candidate);
            return;
        }
    }

    bool is_header(std::string_view line) {
        if (options_.header != Header::detect) return options_.header == Header::present;
        if (split(line).columns < column_count_) return false;
        return !begins_like_number(user_.text) && !begins_like_number(item_.text) &&
               (options_.value_column < 0 || !begins_like_number(value_.text));
    }

    void take_if_good(std::string_view line) {
        if (options_.bad_lines == BadLines::error) return take(line);
        try {
            take(line);
        } catch (const FormatError& error) {
            bad_lines_.emplace_back(error.what());
        }
    }

    /// Makes an entry from a line that has a rating. If it throws, nothing changes.
    void take(std::string_view line) {
        const Split found = split(line);
        if (!found.last.defect.empty())
            lines_.fail(found.last.begin, found.last.defect, ": ",
                        excerpt(line.substr(found.last.begin)),
                        "; a quote in a quoted field is written twice");
        if (found.columns < column_count_)
            lines_.fail(line.size(), "the line ", excerpt(line), " ends after ", found.columns,
                        found.columns == 1 ? " column" : " columns", "; expected at least ",
                        column_count_, ", separated by ", delimiter_.name(),
                        " (.delimiter and the column options say otherwise)");
        check_id(user_, name_of<User>());
        check_id(item_, name_of<Item>());
        const double value = options_.value_column < 0 ? 1 : parse_value();
        const double time = options_.time_column < 0 ? 0 : parse_time();
        if (value < options_.minimum) return;

        entries_.push_back(
            {add_id(users_, user_), add_id(items_, item_), static_cast<Scalar>(value)});
        if (options_.time_column >= 0)
            times_.push_back({entries_.back().user, entries_.back().item, time});
        if (options_.duplicates == Duplicates::error) line_numbers_.add(lines_.number());
    }

    void check_id(const Field& field, std::string_view side) const {
        if (field.text.empty())
            lines_.fail(field.begin, "the ", side, " id is empty; expected a name or a number (.",
                        side, "_column says where it stands)");
    }

    template <Id Index>
    static Index add_id(IdMap<Index>& ids, const Field& field) {
        return ids.add(field.has_doubled_quotes ? without_doubled_quotes(field.text) : field.text);
    }

    [[nodiscard]] double parse_value() const {
        double value = 0;
        const Parsed parsed = parse_number(value_.text, value);
        if (parsed == Parsed::not_a_number)
            lines_.fail(
                value_.begin, "the value ", excerpt(value_.text),
                " is not a number; expected one such as 4, 3.5 or -1e2, without decimal comma, "
                "nan or inf (.value_column says where it stands)");
        if (parsed == Parsed::out_of_range || !fits_scalar(value))
            lines_.fail(value_.begin, "the value ", excerpt(value_.text),
                        " is too large or too small for a ",
                        std::same_as<Scalar, float> ? "float" : "double");
        return value;
    }

    [[nodiscard]] double parse_time() const {
        double time = 0;
        if (parse_number(time_.text, time) != Parsed::number)
            lines_.fail(time_.begin, "the time ", excerpt(time_.text),
                        " is not a number; expected one such as 881250949 (.time_column says where "
                        "it stands, -1 that there is none)");
        return time;
    }

    /// Whether the conversion keeps a finite value finite and does not turn a small one into 0.
    static bool fits_scalar(double value) {
        return std::abs(value) <= static_cast<double>(std::numeric_limits<Scalar>::max()) &&
               (value == 0 || static_cast<Scalar>(value) != 0);
    }

    Ratings<Scalar> finish() {
        if (entries_.empty()) refuse_emptiness();
        const bool refuses_repeats = options_.duplicates == Duplicates::error;
        Interactions<Scalar> interactions(
            users_.size(), items_.size(), entries_,
            {.duplicates = refuses_repeats ? Duplicates::last : options_.duplicates});
        // Only if merging made the data smaller is there a repetition to look for.
        if (refuses_repeats && interactions.size() < to_count(entries_.size()))
            refuse_repeated_pair();
        Interactions<double> times;
        if (options_.time_column >= 0)
            times = {users_.size(), items_.size(), times_, {.duplicates = Duplicates::max}};
        return {std::move(interactions), std::move(users_), std::move(items_), std::move(times),
                std::move(bad_lines_)};
    }

    [[noreturn]] void refuse_emptiness() const {
        throw FormatError(message(
            lines_.name(), ": there is no rating in the file",
            has_header_ ? " after the header (or .header = als::Header::absent, if there is none)"
                        : "",
            std::isfinite(options_.minimum)
                ? message(" with a value of at least ", options_.minimum)
                : std::string(),
            "; expected one a line",
            bad_lines_.empty()
                ? std::string()
                : message(" (", bad_lines_.size(),
                          " bad lines were skipped, the first: ", bad_lines_[0], ")")));
    }

    [[noreturn]] void refuse_repeated_pair() const {
        const auto [first, again] = first_repeated_pair(entries_);
        const std::int64_t line = line_numbers_.of(again);
        throw FormatError(message(
            lines_.name(), ":", line, ":1: user ", excerpt(users_.name(entries_[again].user)),
            " and item ", excerpt(items_.name(entries_[again].item)),
            " occur more than once (lines ", line_numbers_.of(first), " and ", line,
            "); say what a repeated pair means with "
            ".duplicates = als::Duplicates::sum, last, mean or max"));
    }

    Lines lines_;
    RatingsOptions options_;
    Delimiter delimiter_;
    std::int64_t column_count_;  // columns that each line must have
    bool has_header_ = false;
    Field user_;  // of the current line
    Field item_;
    Field value_;
    Field time_;
    std::vector<Entry<Scalar>> entries_;
    std::vector<Entry<double>> times_;
    LineNumbers line_numbers_;
    std::vector<std::string> bad_lines_;
    IdMap<User> users_;
    IdMap<Item> items_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
