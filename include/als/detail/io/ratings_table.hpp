// SPDX-License-Identifier: MIT
// Reads the lines of a ratings file as texts and numbers: finds the dialect, the header and the
// columns, and refuses what may have two meanings. `FeatureTable` does this for features files.
#pragma once

#include <als/detail/id_map.hpp>
#include <als/detail/io/columns.hpp>
#include <als/detail/io/fields.hpp>
#include <als/detail/io/lines.hpp>
#include <als/detail/io/times.hpp>
#include <als/ratings_file.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// A rating as written on its line. The texts are valid until the next line is read.
struct RatingText {
    IdText user, item;
    std::string_view value_text = {};
    double value = 1;
    double time = 0;
    std::size_t user_begin = 0, item_begin = 0, value_begin = 0;  ///< where they are in the line
};

/// Reads the lines of a ratings file. One table reads the head: the lines that decide how to read
/// the others. Copies of it can then read parts of the file at the same time.
class RatingsTable {
public:
    /// Takes the ratings of one line. It may refuse them by `fail`.
    using Take = std::function<void(std::span<const RatingText>)>;

    RatingsTable(std::string name, const RatingsOptions& options)
        : lines_(std::move(name)),
          options_(options),
          delimiter_(options.layout == Layout::matrix_market
                         ? Delimiter(" ", false)
                         : Delimiter(options.delimiter, options.quotes)),
          times_(options.time_format) {}

    /// Refuses a file with this beginning if it is not text.
    void open(std::string_view beginning) const;

    /// Reads lines of `text`, the next ones of the file, until the head is complete. Passes their
    /// ratings to `take`, and returns the text after them.
    std::string_view read_head(std::string_view text, const Take& take);

    /// Reads all of `text`, the next lines of the file, and passes its ratings to `take`.
    void read_all(std::string_view text, const Take& take);

    /// Whether the head is complete: the dialect, the columns and the kind of times are known.
    [[nodiscard]] bool has_head() const { return started_ && (!has_times() || times_.is_known()); }

    /// Reads `text`, which comes after the head, with a copy of the table that has read the head,
    /// and passes all ratings to `take`. For line numbers: see `Lines`.
    void read_part(std::string_view text, std::int64_t lines_before, std::string_view earlier,
                   const Take& take);

    /// Adds the counts and notes of a copy that has read the next part of the file.
    void append(RatingsTable& part);

    /// Resets the counts and notes, and continues after this number of lines.
    void go_to_line(std::int64_t lines_before);

    /// Checks the whole file at its end.
    void finish();

    /// The numbers of rows and columns of a matrix, as users and items. Only with
    /// `Layout::matrix_market`.
    [[nodiscard]] std::optional<std::pair<std::int64_t, std::int64_t>> declared_sizes() const {
        return declared_;
    }

    /// Throws a `FormatError` for a byte of the current line, counted from 0.
    template <typename... Parts>
    [[noreturn]] ALS_COLD void fail(std::size_t byte, const Parts&... parts) const {
        lines_.fail(byte, parts...);
    }

    [[nodiscard]] const Lines& lines() const { return lines_; }
    [[nodiscard]] bool has_times() const { return columns_[Role::time] >= 0; }
    [[nodiscard]] bool has_header() const { return header_line_ > 0; }

    std::vector<std::string> header;
    std::vector<std::string> bad_lines;
    std::vector<std::string> notes;
    std::int64_t comment_lines = 0;
    std::int64_t missing_lines = 0;
    std::int64_t entries_read = 0;  ///< number of entries of a matrix

    /// Describes these lines, and the lines with unknown ids, with the options that leave them out:
    /// for the message about a file without any rating left.
    [[nodiscard]] std::string left_out(std::int64_t unknown_lines,
                                       std::string_view unknown_options) const;

protected:
    using Sample = std::vector<std::string_view>;

    /// Functions for other columns than those of ratings. They are not virtual, because every file
    /// that includes a class with virtual functions compiles their bodies, used or not.
    struct OtherColumns {
        std::function<std::int64_t()> needed;
        std::function<bool(std::int64_t number, const std::vector<std::string>& fields,
                           const Sample& sample)>
            looks_like_header;
        std::function<void(std::int64_t number)> choose;
        std::function<void(std::string_view line, const Take& take)> take_line;
    };
    void read_other(OtherColumns other) { other_ = std::move(other); }

    std::int64_t split(std::string_view line);
    void check_columns(std::string_view line, std::int64_t count) const;
    bool is_missing(const Field& field) const;
    void read_id(const Field& field, Role role, IdText& id);
    double value_of(const Field& field) const;

    [[nodiscard]] const RatingsOptions& options() const { return options_; }
    [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
    Columns& columns() { return columns_; }

    /// Throws a `FormatError` for the line with this number.
    template <typename... Parts>
    [[noreturn]] ALS_COLD void fail_in_line(std::int64_t number, const Parts&... parts) const {
        lines_.fail_at(number, 0, parts...);
    }

    /// The texts of the current line whose quotes were doubled.
    std::deque<std::string>& unquoted() { return unquoted_; }

private:
    /// A line before the first rating that begins with '#'.
    struct Comment {
        std::int64_t number;
        std::string text;
    };
    /// How well a delimiter suits the first lines.
    struct Fit {
        std::size_t good = 0;  ///< 2 for each line that it divides into a rating
        std::vector<std::vector<std::string>> fields;
    };

    void read_next(std::string_view line, const Take& take);
    void read_line(std::string_view line, const Take& take);
    bool take_separator_line(std::string_view line);
    [[nodiscard]] bool is_comment(std::string_view line) const;
    void check_comment(std::int64_t number, std::string_view line);
    [[nodiscard]] bool may_be_rating(std::string_view line) const;

    void start(std::int64_t number, std::string_view line, const Sample& following);
    void refuse_other_formats(std::int64_t number, std::string_view line) const;
    void detect_delimiter(const Sample& sample);
    [[nodiscard]] bool may_divide(std::string_view other, std::string_view best,
                                  const Sample& sample) const;
    [[nodiscard]] std::string_view some_delimiter(std::string_view line) const;
    [[nodiscard]] Fit fit_of(const Delimiter& delimiter, const Sample& sample) const;
    bool decide_header(std::int64_t number, std::string_view line, const Sample& sample);
    [[nodiscard]] std::int64_t needed_columns() const;
    [[nodiscard]] bool looks_like_header(std::int64_t number,
                                         const std::vector<std::string>& fields,
                                         const Sample& sample) const;
    [[nodiscard]] std::vector<std::string> titles_of_comment() const;
    void choose_columns(std::int64_t number);
    void take_line(std::string_view line, const Take& take);

    void take_rating(std::string_view line, const Take& take);
    void take_list(std::string_view line, const Take& take);
    std::string_view checked_id(const Field& field, Role role);
    double time_of(const Field& field);

    void read_matrix_head(std::string_view line);
    [[noreturn]] void refuse_banner() const;
    void take_matrix_entry(std::string_view line, const Take& take);

    Lines lines_;
    RatingsOptions options_;
    Delimiter delimiter_;
    TimeFormat times_;
    Columns columns_;
    std::optional<OtherColumns> other_;
    bool started_ = false;
    bool guessed_columns_ = false;      // neither options nor a header choose them
    std::int64_t header_line_ = 0;      // number of the header's line, 0 if there is none
    std::int64_t column_count_ = 0;     // columns of the first line
    std::vector<Comment> preamble_;     // lines before the first rating that begin with '#'
    std::vector<Field> fields_;         // fields of the current line
    std::deque<std::string> unquoted_;  // texts whose quotes were doubled
    bool has_noted_decimals_ = false;
    std::optional<std::pair<std::int64_t, std::int64_t>> declared_;
    std::int64_t rows_ = 0, matrix_columns_ = 0, matrix_entries_ = 0;
    bool has_banner_ = false, matrix_has_values_ = true;
};

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/io/ratings_table_impl.hpp>
#endif
