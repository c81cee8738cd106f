// SPDX-License-Identifier: MIT
// The implementation of <als/detail/io/ratings_table.hpp>.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/detail/io/ratings_table.hpp>
#include <als/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <limits>
#include <system_error>

namespace als {
inline namespace ALS_ABI {
namespace detail {

inline constexpr std::array<std::string_view, 6> usual_delimiters{"::", "\t", ",", ";", "|", " "};

inline constexpr std::string_view header_remedy =
    "; say .header = als::Header::present or als::Header::absent";

/// Text in lower case, ASCII only.
inline std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

/// Whether `text` is a usual word for a missing value.
inline bool is_usual_missing_word(std::string_view text) {
    constexpr std::array<std::string_view, 8> words{"na",   "n/a", "nan",       "null",
                                                    "none", "nil", "undefined", "<na>"};
    if (text.empty()) return false;
    const char first = text.front();  // most ids begin with another character
    return (first == 'n' || first == 'N' || first == 'u' || first == 'U' || first == '<') &&
           text.size() <= 9 &&
           std::find(words.begin(), words.end(), lower_case(text)) != words.end();
}

/// Returns 0 if `text` is not a number with decimals, 1 for "123.0", and 2 for "123.5".
inline int decimals_of(std::string_view text) {
    double number = 0;
    if (find_character(text, 0, '.') == text.size() || parse_number(text, number) != Parsed::number)
        return 0;
    return number == std::floor(number) ? 1 : 2;
}

/// Returns all fields of a line, or fewer if one has a defect.
inline std::vector<std::string> fields_of(const Delimiter& delimiter, std::string_view line,
                                          bool* has_defect = nullptr) {
    std::vector<std::string> fields;
    std::size_t next = 0;
    do {
        const Field field = delimiter.field(line, next);
        if (!field.defect.empty()) {
            if (has_defect != nullptr) *has_defect = true;
            break;
        }
        fields.emplace_back(field.text);
        next = field.next;
    } while (next != Field::none);
    return fields;
}

ALS_INLINE void RatingsTable::open(std::string_view beginning) const {
    struct Magic {
        std::string_view bytes, what, remedy;
    };
    constexpr std::array magics{
        Magic{"\x1F\x8B", "compressed by gzip", "gzip -dc FILE"},
        Magic{"PK\x03\x04", "a zip archive (or an Excel workbook)", "unzip -p FILE"},
        Magic{"BZh", "compressed by bzip2", "bzip2 -dc FILE"},
        Magic{"\xFD"
              "7zXZ",
              "compressed by xz", "xz -dc FILE"},
        Magic{"\x28\xB5\x2F\xFD", "compressed by zstd", "zstd -dc FILE"},
        Magic{"PAR1", "a Parquet file",
              "python3 -c 'import pandas, sys; "
              "pandas.read_parquet(sys.argv[1]).to_csv(sys.stdout, index=False)' FILE"},
        Magic{"\xFF\xFE", "UTF-16 text", "iconv -f UTF-16 -t UTF-8 FILE"},
        Magic{"\xFE\xFF", "UTF-16 text", "iconv -f UTF-16 -t UTF-8 FILE"},
        Magic{"SQLite format 3", "an SQLite database", "sqlite3 -csv FILE 'select ...'"},
        Magic{"\x89HDF", "an HDF5 file", "h5dump FILE"},
        Magic{"\xD0\xCF\x11\xE0", "an Excel workbook", "in2csv FILE"},
        Magic{"%PDF", "a PDF document", "pdftotext -layout FILE -"},
    };
    for (const auto& [bytes, what, remedy] : magics)
        if (beginning.starts_with(bytes))
            lines_.fail_at(1, 0, "the file is ", what, "; expected text: read the output of `",
                           remedy, "`, from a stream or from another file");
}

ALS_INLINE std::string_view RatingsTable::read_head(std::string_view text, const Take& take) {
    lines_.go_on_with(text);
    while (!has_head()) {
        const auto line = lines_.next();
        if (!line) return {};
        read_next(*line, take);
    }
    return lines_.rest();
}

ALS_INLINE std::string RatingsTable::left_out(std::int64_t unknown_lines,
                                              std::string_view unknown_options) const {
    std::string text;
    const auto tell = [&](std::int64_t count, std::string_view what, std::string_view options) {
        if (count > 0) text += message(" (", count, what, options, ")");
    };
    tell(comment_lines, " comment lines were left out: ", ".comment");
    tell(missing_lines, " lines with missing ids or values were left out: ", ".missing");
    tell(unknown_lines, " lines with unknown ids were left out: ", unknown_options);
    if (!bad_lines.empty())
        text += message(" (", bad_lines.size(),
                        " bad lines were skipped, the first: ", bad_lines[0], ")");
    return text;
}

ALS_INLINE void RatingsTable::read_all(std::string_view text, const Take& take) {
    lines_.go_on_with(text);
    while (const auto line = lines_.next()) read_next(*line, take);
}

ALS_INLINE void RatingsTable::read_part(std::string_view text, std::int64_t lines_before,
                                        std::string_view earlier, const Take& take) {
    go_to_line(0);
    lines_ = Lines(lines_.name(), text, lines_before, earlier);
    while (const auto line = lines_.next()) read_next(*line, take);
}

ALS_INLINE void RatingsTable::go_to_line(std::int64_t lines_before) {
    lines_ = Lines(lines_.name(), {}, lines_before);
    bad_lines.clear();
    notes.clear();
    comment_lines = missing_lines = entries_read = 0;
    has_noted_decimals_ = false;
}

ALS_INLINE void RatingsTable::append(RatingsTable& part) {
    lines_ = Lines(lines_.name(), {}, lines_.number() + part.lines_.count());
    bad_lines.insert(bad_lines.end(), std::make_move_iterator(part.bad_lines.begin()),
                     std::make_move_iterator(part.bad_lines.end()));
    comment_lines += part.comment_lines;
    missing_lines += part.missing_lines;
    entries_read += part.entries_read;
    if (has_noted_decimals_ || !part.has_noted_decimals_) return;
    notes = part.notes;
    has_noted_decimals_ = true;
}

/// Reads a line, or reports it.
ALS_INLINE void RatingsTable::read_next(std::string_view line, const Take& take) {
    if (skip_blanks(line, 0) == line.size()) return;
    if (options_.bad_lines == BadLines::error || !started_) return read_line(line, take);
    try {
        read_line(line, take);
    } catch (const FormatError& error) {
        bad_lines.emplace_back(error.what());
    }
}

ALS_INLINE void RatingsTable::finish() {
    if (options_.layout == Layout::matrix_market) {
        if (!has_banner_) refuse_banner();
        if (!started_)
            throw FormatError(message(lines_.name(), ": the matrix ends before its sizes"));
    }
    if (!started_ && !preamble_.empty()) {
        // The file has only lines that begin with '#': they may be comments or ratings of such
        // users.
        Sample sample;
        for (const Comment& comment : preamble_) sample.emplace_back(comment.text);
        const std::string first = preamble_.front().text;
        start(preamble_.front().number, first, Sample(sample.begin() + 1, sample.end()));
    }
    if (declared_ && entries_read != matrix_entries_)
        throw FormatError(message(lines_.name(), ": the matrix has ", entries_read,
                                  " entries, and its head says ", matrix_entries_,
                                  "; the file may be cut off"));
}

ALS_INLINE void RatingsTable::read_line(std::string_view line, const Take& take) {
    if (options_.layout == Layout::matrix_market)
        return started_ ? take_matrix_entry(line, take) : read_matrix_head(line);
    if (!started_ && lines_.number() == 1 && take_separator_line(line)) return;
    if (is_comment(line)) {
        if (started_)
            check_comment(lines_.number(), line);
        else
            preamble_.push_back({lines_.number(), std::string(line)});
        return;
    }
    if (!started_) {
        const std::string first(line);
        start(lines_.number(), first, lines_.following(200));
        if (header_line_ == lines_.number()) return;
        if (options_.bad_lines == BadLines::skip) {
            try {
                return take_line(line, take);
            } catch (const FormatError& error) {
                bad_lines.emplace_back(error.what());
                return;
            }
        }
    }
    take_line(line, take);
}

/// Reads a line of the table.
ALS_INLINE void RatingsTable::take_line(std::string_view line, const Take& take) {
    if (other_) return other_->take_line(line, take);
    if (options_.layout == Layout::lists) return take_list(line, take);
    take_rating(line, take);
}

/// Reads Excel's first line, which names the separator: `sep=;`.
ALS_INLINE bool RatingsTable::take_separator_line(std::string_view line) {
    if (line.starts_with('"') && line.ends_with('"') && line.size() > 1)
        line = line.substr(1, line.size() - 2);
    if (line.size() != 5 || lower_case(line.substr(0, 4)) != "sep=") return false;
    const std::string_view said = line.substr(4);
    if (!options_.delimiter.empty() && options_.delimiter != said)
        fail(4, "the file says that ", excerpt(said), " separates its columns, and .delimiter is ",
             excerpt(options_.delimiter), "; leave it out");
    options_.delimiter = said;
    delimiter_ = Delimiter(said, options_.quotes);
    return true;
}

ALS_INLINE bool RatingsTable::is_comment(std::string_view line) const {
    const char begins = options_.comment.value_or('#');
    return begins != '\0' && line[skip_blanks(line, 0)] == begins;
}

/// Counts a line that begins with '#', or refuses it if it may be a rating.
ALS_INLINE void RatingsTable::check_comment(std::int64_t number, std::string_view line) {
    if (!options_.comment && may_be_rating(line))
        lines_.fail_at(number, 0, "the line ", excerpt(line),
                       " begins with '#' and may be a rating or a comment; say .comment = '\\0' to "
                       "read such lines as ratings, or .comment = '#' to leave them out");
    ++comment_lines;
}

/// Whether a line that begins with '#' may be more than a comment.
ALS_INLINE bool RatingsTable::may_be_rating(std::string_view line) const {
    const std::size_t end_of_signs = line.find_first_not_of('#', skip_blanks(line, 0));
    if (end_of_signs == std::string_view::npos) return false;
    if (line[end_of_signs] != ' ' && line[end_of_signs] != '\t') return true;  // like "#rust"
    bool has_defect = false;
    const std::vector<std::string> fields = fields_of(delimiter_, line, &has_defect);
    if (has_defect) return true;
    if (to_count(fields.size()) <= columns_.last()) return false;
    const int value = columns_[Role::value];
    double ignored = 0;
    return value < 0 || parse_number(fields[to_size(value)], ignored) == Parsed::number;
}

ALS_INLINE void RatingsTable::start(std::int64_t number, std::string_view line,
                                    const Sample& following) {
    started_ = true;
    refuse_other_formats(number, line);
    Sample sample{line};
    for (const std::string_view other : following)
        if (skip_blanks(other, 0) < other.size() && (!is_comment(other) || is_comment(line)))
            sample.push_back(other);
    if (options_.delimiter.empty()) detect_delimiter(sample);
    column_count_ = to_count(fields_of(delimiter_, line).size());
    if (decide_header(number, line, sample)) header_line_ = number;
    choose_columns(number);
    for (const Comment& comment : std::exchange(preamble_, {}))
        check_comment(comment.number, comment.text);
}

/// Refuses text that is not a table of ratings.
ALS_INLINE void RatingsTable::refuse_other_formats(std::int64_t number,
                                                   std::string_view line) const {
    const std::string_view begin = line.substr(skip_blanks(line, 0));
    const auto refuse = [&](const auto&... parts) { lines_.fail_at(number, 0, parts...); };
    if (lower_case(begin.substr(0, 14)) == "%%matrixmarket")
        refuse(
            "the file is a matrix of MatrixMarket; read it with .layout = "
            "als::Layout::matrix_market, and say what its rows are: .user_column = 0, "
            ".item_column = 1 if they are users");
    const bool is_block = begin.size() > 1 && begin.ends_with(':') &&
                          begin.find_first_not_of("0123456789") == begin.size() - 1;
    if (is_block)
        refuse("the line ", excerpt(line),
               " begins a block of ratings of one item, as in the files of the Netflix prize; "
               "expected user, item and value on each line: "
               "awk -F, '/:$/{item=$1+0;next}{print $1\",\"item\",\"$2}' FILE");
    if (begin.starts_with("{") || begin.starts_with("[{") || begin.starts_with("[["))
        refuse("the line ", excerpt(line),
               " looks like JSON; expected columns, as jq -r '[.user, .item, .rating] | @csv' "
               "writes them");
    if (begin.starts_with("<!") || begin.starts_with("<?xml") ||
        lower_case(begin.substr(0, 5)) == "<html")
        refuse("the line ", excerpt(line),
               " looks like HTML or XML; expected columns (a download may have given an error "
               "page)");
    if (lower_case(begin.substr(0, 9)) == "@relation")
        refuse("the file looks like ARFF; expected columns: leave out the lines above @data");
}

/// Returns the number of columns that the options need.
ALS_INLINE std::int64_t RatingsTable::needed_columns() const {
    if (other_) return other_->needed();
    if (options_.layout == Layout::lists) return 2;
    if (need_header(options_)) return 2;
    return std::int64_t{columns_by_number(options_).last()} + 1;
}

ALS_INLINE RatingsTable::Fit RatingsTable::fit_of(const Delimiter& delimiter,
                                                  const Sample& sample) const {
    Fit fit;
    const bool counts_vary = options_.ragged || options_.layout == Layout::lists;
    int value = -1;
    std::size_t count = 0;
    for (const std::string_view line : sample) {
        std::vector<std::string> fields = fields_of(delimiter, line);
        const bool is_first = fit.fields.empty();
        if (is_first) {
            count = fields.size();
            if (to_count(count) < needed_columns()) return fit;
            if (options_.layout != Layout::lists)
                value = are_known_titles(fields) || need_header(options_)
                            ? columns_by_title(options_, fields).columns[Role::value]
                            : columns_by_number(options_)[Role::value];
        }
        double ignored = 0;
        const bool fits =
            counts_vary ? to_count(fields.size()) >= needed_columns() : fields.size() == count;
        const bool has_value =
            value < 0 || (to_size(value) < fields.size() &&
                          parse_number(fields[to_size(value)], ignored) == Parsed::number);
        // The first line may be a header, so its value only breaks ties.
        if (fits && (is_first || has_value)) fit.good += 2;
        if (is_first && has_value) ++fit.good;
        fit.fields.push_back(std::move(fields));
    }
    return fit;
}

ALS_INLINE void RatingsTable::detect_delimiter(const Sample& sample) {
    std::string_view best;
    Fit best_fit;
    std::string_view rival;
    for (const std::string_view candidate : usual_delimiters) {
        Fit fit = fit_of(Delimiter(candidate, options_.quotes), sample);
        if (fit.good < best_fit.good || fit.good == 0) continue;
        if (fit.good == best_fit.good) {
            // For example, blanks divide like tabs if there are no blanks within fields.
            if (fit.fields != best_fit.fields && rival.empty()) rival = candidate;
            continue;
        }
        best = candidate;
        rival = {};
        best_fit = std::move(fit);
    }
    if (best_fit.good <= sample.size()) {
        delimiter_ = Delimiter(some_delimiter(sample.front()), options_.quotes);
        return;
    }
    for (const std::string_view candidate : usual_delimiters)
        if (rival.empty() && candidate != best && may_divide(candidate, best, sample))
            rival = candidate;
    const auto as_written = [](std::string_view text) {
        return text == "\t" ? std::string("\"\\t\"") : excerpt(text);
    };
    if (!rival.empty())
        fail(0, "both ", Delimiter(best).name(), " and ", Delimiter(rival).name(),
             " divide the lines into columns; say which it is: .delimiter = ", as_written(best),
             " or ", as_written(rival));
    delimiter_ = Delimiter(best, options_.quotes);
}

/// Whether `other` may divide the lines although `best` suits them better.
ALS_INLINE bool RatingsTable::may_divide(std::string_view other, std::string_view best,
                                         const Sample& sample) const {
    const auto any_line = [&](const auto& has) {
        return std::any_of(sample.begin(), sample.end(), has);
    };
    if (other == "::")  // in more than one way
        return any_line([&](std::string_view line) {
            bool has_defect = false;
            fields_of(Delimiter(other), line, &has_defect);
            return has_defect;
        });
    if (other == "\t" && best == " ")
        return any_line([](std::string_view line) { return line.find('\t') != line.npos; });
    // Values tell delimiters apart. Without values, only one delimiter may occur in all lines.
    // Blanks within fields between tabs are usual.
    const bool is_sure =
        other_ || columns_by_number(options_)[Role::value] >= 0 || options_.layout == Layout::lists;
    if (is_sure || (other == " " && best == "\t")) return false;
    const Delimiter delimiter(other, options_.quotes);
    return !any_line([&](std::string_view line) {
        return to_count(fields_of(delimiter, line).size()) < needed_columns();
    });
}

/// Returns a delimiter for error messages if none divides most lines: one that is in the line.
ALS_INLINE std::string_view RatingsTable::some_delimiter(std::string_view line) const {
    std::string_view some;
    for (const std::string_view candidate : usual_delimiters) {
        if (line.find(candidate) == std::string_view::npos) continue;
        const Delimiter delimiter(candidate, options_.quotes);
        if (to_count(fields_of(delimiter, line).size()) >= needed_columns()) return candidate;
        if (some.empty()) some = candidate;
    }
    return some.empty() ? " " : some;
}

/// Sets `header` if the first line is one.
ALS_INLINE bool RatingsTable::decide_header(std::int64_t number, std::string_view line,
                                            const Sample& sample) {
    std::vector<std::string> fields = fields_of(delimiter_, line);
    if (options_.layout == Layout::lists) {
        if (options_.header != Header::present) return false;
    } else if (!looks_like_header(number, fields, sample)) {
        header = titles_of_comment();
        return false;
    }
    header = std::move(fields);
    return true;
}

ALS_INLINE bool RatingsTable::looks_like_header(std::int64_t number,
                                                const std::vector<std::string>& fields,
                                                const Sample& sample) const {
    if (other_) return other_->looks_like_header(number, fields, sample);
    if (options_.header != Header::detect) return options_.header == Header::present;
    if (need_header(options_)) return true;
    if (are_known_titles(fields)) {
        if (std::any_of(fields.begin(), fields.end(), begins_like_number))
            lines_.fail_at(number, 0, "the line ", excerpt(sample.front()),
                           " has names of columns and a number: it may be a header or a rating",
                           header_remedy);
        return true;
    }
    const Columns columns = columns_by_number(options_);
    if (to_count(fields.size()) <= columns.last()) return false;
    const auto begins_with_number = [&](Role role) {
        return columns[role] >= 0 && begins_like_number(fields[to_size(columns[role])]);
    };
    if (begins_with_number(Role::user) || begins_with_number(Role::item) ||
        begins_with_number(Role::value))
        return false;
    if (columns[Role::value] >= 0) {
        const std::string& value = fields[to_size(columns[Role::value])];
        return !value.empty() && !is_usual_missing_word(value);
    }
    lines_.fail_at(number, 0, "the line ", excerpt(sample.front()), " may be a header or two ids",
                   header_remedy);
}

/// Returns the titles in the last comment before the first rating, like "# user item rating"; else
/// nothing.
ALS_INLINE std::vector<std::string> RatingsTable::titles_of_comment() const {
    if (preamble_.empty()) return {};
    std::string_view text = preamble_.back().text;
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t#%")));
    for (const Delimiter& delimiter : {delimiter_, Delimiter(" ")}) {
        std::vector<std::string> titles = fields_of(delimiter, text);
        if (to_count(titles.size()) == column_count_ && are_known_titles(titles)) return titles;
    }
    return {};
}

ALS_INLINE void RatingsTable::choose_columns(std::int64_t number) {
    if (other_) return other_->choose(number);
    const auto refuse = [&](const auto&... parts) { lines_.fail_at(number, 0, parts...); };
    columns_ = columns_by_number(options_);
    if (options_.layout == Layout::lists) {
        columns_[Role::value] = -1;
        return;
    }
    const bool has_titles = !header.empty();
    if (has_titles && to_count(header.size()) > 1) {
        if (to_count(header.size()) < needed_columns() && !need_header(options_) &&
            !options_.value_column)
            refuse("the header has ", header.size(), " columns; expected at least ",
                   needed_columns(), ", separated by ", delimiter_.name(),
                   " (.value_column = -1 says that there are no values)");
        ChosenColumns chosen = columns_by_title(options_, header);
        if (!chosen.refusal.empty()) refuse(chosen.refusal);
        columns_ = chosen.columns;
        if (const std::string reason = contradiction(columns_, options_, header); !reason.empty())
            refuse(reason);
        return;
    }
    for (const Role one : roles)
        for (const Role other : roles)
            if (one < other && columns_[one] >= 0 && columns_[one] == columns_[other])
                refuse("column ", columns_[one], " would be the ", name_of(one), " and the ",
                       name_of(other), "; say .", name_of(one), "_column and .", name_of(other),
                       "_column");
    guessed_columns_ = !options_.user_column || !options_.item_column || !options_.value_column;
    if (guessed_columns_ && column_count_ > 4)
        refuse("the line has ", column_count_,
               " columns and no header says which are user, item and value; say it: .user_column = "
               "0, .item_column = 1, .value_column = 2 (a table of users by items is not read, and "
               "a list of items on each line only with .layout = als::Layout::lists)");
}

/// Splits the line into fields_, and returns how many there are. The last one may have a defect.
ALS_INLINE std::int64_t RatingsTable::split(std::string_view line) {
    std::size_t count = 0;
    std::size_t next = 0;
    do {
        if (count == fields_.size()) fields_.emplace_back();
        delimiter_.read(line, next, fields_[count]);
        next = fields_[count++].next;
    } while (next != Field::none);
    fields_.resize(count);
    return to_count(fields_.size());
}

ALS_INLINE void RatingsTable::check_columns(std::string_view line, std::int64_t count) const {
    if (const Field& last = fields_.back(); !last.defect.empty())
        fail(last.begin, last.defect, ": ", excerpt(line.substr(last.begin)),
             line.substr(last.begin).starts_with('"')
                 ? "; a quote in a quoted field is written twice, and .quotes = false reads quotes "
                   "as text"
                 : "");
    const std::int64_t needed = std::int64_t{columns_.last()} + 1;
    if (count < needed)
        fail(line.size(), "the line ", excerpt(line), " ends after ", count,
             count == 1 ? " column" : " columns", "; expected at least ", needed, ", separated by ",
             delimiter_.name(), " (.delimiter and the column options say otherwise)");
    if (count != column_count_ && !options_.ragged && options_.layout == Layout::ratings)
        fail(
            line.size(), "the line ", excerpt(line), " has ", count,
            " columns, and the first line has ", column_count_,
            "; if that is as it should be, say .ragged = true, or .layout = als::Layout::lists for "
            "a user and all its items on each line");
}

ALS_INLINE bool RatingsTable::is_missing(const Field& field) const {
    return std::find(options_.missing.begin(), options_.missing.end(), field.text) !=
           options_.missing.end();
}

/// Reads the id in a field.
ALS_INLINE void RatingsTable::read_id(const Field& field, Role role, IdText& id) {
    id.text = field.text;
    id.number = plain_number(field.text);
    if (id.number == no_plain_number) id = IdText(checked_id(field, role));
}

/// Returns the id in a field that is not a plain number.
ALS_INLINE std::string_view RatingsTable::checked_id(const Field& field, Role role) {
    const std::string_view side = name_of(role);
    if (field.text.empty())
        fail(field.begin, "the ", side, " id is empty; expected a name or a number (.",
             other_ ? "id" : side,
             "_column says where it stands, .missing = {\"\"} leaves such lines out)");
    if (!options_.any_id && is_usual_missing_word(field.text))
        fail(field.begin, "the ", side, " id is ", excerpt(field.text),
             ", which may mean that it is missing; say .missing = {", excerpt(field.text),
             "} to leave such lines out, or .any_id = true if it is an id");
    if (const int decimals = decimals_of(field.text)) {
        if (decimals == 2 && guessed_columns_)
            fail(field.begin, "the ", side, " id ", excerpt(field.text),
                 " is a number with decimals; if it is an id, say .user_column, .item_column and "
                 ".value_column (a table of users by items is not read)");
        if (decimals == 1 && !std::exchange(has_noted_decimals_, true))
            notes.push_back(
                message("line ", lines_.number(), ": the ", side, " id ", excerpt(field.text),
                        " looks like a whole number that was written with decimals, as "
                        "programs do for columns with gaps; it is a different id than the "
                        "number without them"));
    }
    if (!field.has_doubled_quotes) return field.text;
    return unquoted_.emplace_back(without_doubled_quotes(field.text));
}

ALS_INLINE double RatingsTable::value_of(const Field& field) const {
    double value = 0;
    const Parsed parsed = parse_number(field.text, value);
    if (parsed == Parsed::not_a_number)
        fail(field.begin, "the value ", excerpt(field.text),
             " is not a number; expected one such as 4, 3.5 or -1e2, without decimal comma, nan or "
             "inf (.value_column says where it stands)");
    if (parsed == Parsed::out_of_range)
        fail(field.begin, "the value ", excerpt(field.text),
             " is too large or too small for a double");
    return value;
}

ALS_INLINE double RatingsTable::time_of(const Field& field) {
    double time = 0;
    if (!times_.read(field.text, time))
        fail(field.begin, "the time ", excerpt(field.text), " cannot be read; expected ",
             times_.expected(), " (.time_column says where it stands, -1 that there is none)");
    return time;
}

ALS_INLINE void RatingsTable::take_rating(std::string_view line, const Take& take) {
    if (!unquoted_.empty()) unquoted_.clear();
    check_columns(line, split(line));
    const auto field = [&](Role role) -> const Field& { return fields_[to_size(columns_[role])]; };
    if (!options_.missing.empty())
        for (const Role role : roles)
            if (columns_[role] >= 0 && is_missing(field(role))) {
                ++missing_lines;
                return;
            }
    RatingText rating;
    read_id(field(Role::user), Role::user, rating.user);
    read_id(field(Role::item), Role::item, rating.item);
    rating.user_begin = field(Role::user).begin;
    rating.item_begin = field(Role::item).begin;
    if (columns_[Role::value] >= 0) {
        rating.value = value_of(field(Role::value));
        rating.value_text = field(Role::value).text;
        rating.value_begin = field(Role::value).begin;
    }
    if (columns_[Role::time] >= 0) rating.time = time_of(field(Role::time));
    if (rating.value >= options_.minimum) take({&rating, 1});
}

/// Reads a user and its items.
ALS_INLINE void RatingsTable::take_list(std::string_view line, const Take& take) {
    unquoted_.clear();
    split(line);
    if (!fields_.back().defect.empty()) check_columns(line, 0);
    if (is_missing(fields_.front())) {
        ++missing_lines;
        return;
    }
    IdText user;
    read_id(fields_.front(), Role::user, user);
    std::vector<RatingText> ratings;
    for (std::size_t n = 1; n < fields_.size(); ++n) {
        if (is_missing(fields_[n])) continue;
        RatingText rating;
        rating.user = user;
        read_id(fields_[n], Role::item, rating.item);
        rating.user_begin = fields_.front().begin;
        rating.item_begin = fields_[n].begin;
        ratings.push_back(rating);
    }
    if (!ratings.empty() && options_.minimum <= 1) take(ratings);
}

/// Reads a line of the head of a matrix in the coordinate format of MatrixMarket (Boisvert, Pozo,
/// Remington 1996): the banner, comments, or the sizes.
ALS_INLINE void RatingsTable::read_matrix_head(std::string_view line) {
    const std::vector<std::string> words = fields_of(delimiter_, line);
    if (!has_banner_) {
        if (lines_.number() != 1 || words.size() != 5 || lower_case(words[0]) != "%%matrixmarket" ||
            lower_case(words[1]) != "matrix")
            refuse_banner();
        const std::string numbers = lower_case(words[3]);
        if (lower_case(words[2]) != "coordinate")
            fail(0, "the matrix is ", lower_case(words[2]),
                 "; expected coordinate, as sparse matrices are written");
        if (numbers != "real" && numbers != "integer" && numbers != "double" &&
            numbers != "pattern")
            fail(0, "the numbers are ", numbers, "; expected real, integer or pattern");
        if (lower_case(words[4]) != "general")
            fail(0, "the matrix is ", lower_case(words[4]),
                 "; expected general, a matrix of users by items");
        matrix_has_values_ = numbers != "pattern";
        has_banner_ = true;
        return;
    }
    if (line.starts_with('%')) {
        ++comment_lines;
        return;
    }
    std::array<std::int64_t, 3> sizes{};
    bool good = words.size() == 3;
    for (std::size_t n = 0; good && n < 3; ++n) {
        const char* const end = words[n].data() + words[n].size();
        const auto [stopped, error] = std::from_chars(words[n].data(), end, sizes[n]);
        good = error == std::errc{} && stopped == end && sizes[n] >= 0 &&
               (n == 2 || sizes[n] <= std::numeric_limits<std::int32_t>::max());
    }
    if (!good)
        fail(0, "the line ", excerpt(line),
             " does not give the numbers of rows, columns and entries");
    rows_ = sizes[0];
    matrix_columns_ = sizes[1];
    matrix_entries_ = sizes[2];
    const bool rows_are_users = *options_.user_column == 0;
    declared_.emplace(rows_are_users ? rows_ : matrix_columns_,
                      rows_are_users ? matrix_columns_ : rows_);
    started_ = true;
}

ALS_INLINE void RatingsTable::refuse_banner() const {
    lines_.fail_at(1, 0,
                   "expected the first line of MatrixMarket: %%MatrixMarket matrix coordinate real "
                   "general");
}

ALS_INLINE void RatingsTable::take_matrix_entry(std::string_view line, const Take& take) {
    ++entries_read;
    unquoted_.clear();
    const std::int64_t expected = matrix_has_values_ ? 3 : 2;
    if (split(line) != expected)
        fail(line.size(), "the line ", excerpt(line), " has ", fields_.size(),
             fields_.size() == 1 ? " column" : " columns", "; expected ", expected,
             matrix_has_values_ ? ": row, column and value" : ": row and column");
    const auto index = [&](std::size_t n, std::int64_t most, std::string_view what) {
        const std::string_view text = fields_[n].text;
        std::int64_t number = 0;
        const auto [stopped, error] =
            std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || stopped != text.data() + text.size() || number < 1 ||
            number > most)
            fail(fields_[n].begin, "the ", what, " ", excerpt(text),
                 " is not a whole number from 1 to ", most);
        return IdText(unquoted_.emplace_back(to_text(number)));
    };
    const IdText row = index(0, rows_, "row");
    const IdText column = index(1, matrix_columns_, "column");
    const bool rows_are_users = *options_.user_column == 0;
    RatingText rating;
    rating.user = rows_are_users ? row : column;
    rating.item = rows_are_users ? column : row;
    if (matrix_has_values_) {
        rating.value = value_of(fields_[2]);
        rating.value_text = fields_[2].text;
        rating.value_begin = fields_[2].begin;
    }
    if (rating.value >= options_.minimum) take({&rating, 1});
}

}  // namespace detail
}  // inline namespace
}  // namespace als
