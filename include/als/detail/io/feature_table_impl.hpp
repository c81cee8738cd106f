// SPDX-License-Identifier: MIT
// The implementation of <als/detail/io/feature_table.hpp>.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/detail/io/columns_impl.hpp>
#include <als/detail/io/feature_table.hpp>
#include <als/detail/io/ratings_table_impl.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace als {
inline namespace ALS_ABI {

ALS_INLINE std::string year_in(std::string_view text) {
    const auto is_digit = [&](std::size_t n) {
        return n < text.size() && text[n] >= '0' && text[n] <= '9';
    };
    for (std::size_t end = text.size(); end >= 4; --end) {
        const std::size_t begin = end - 4;
        if (is_digit(end) || (begin > 0 && is_digit(begin - 1))) continue;
        const std::string_view year = text.substr(begin, 4);
        if (is_digit(begin) && is_digit(begin + 1) && is_digit(begin + 2) && is_digit(begin + 3) &&
            year >= "1800" && year <= "2099")
            return std::string(year);
    }
    return {};
}

namespace detail {

ALS_INLINE RatingsOptions dialect_of(const FeaturesOptions& options) {
    RatingsOptions dialect;
    dialect.delimiter = options.delimiter;
    dialect.header = options.header;
    dialect.value_column = -1;
    dialect.comment = options.comment;
    dialect.bad_lines = options.bad_lines;
    dialect.quotes = options.quotes;
    dialect.missing = options.missing;
    dialect.any_id = options.any_id;
    dialect.layout = options.layout;
    dialect.ragged = options.ragged;
    return dialect;
}

ALS_INLINE FeatureTable::FeatureTable(std::string name, const FeaturesOptions& options, Role ids)
    : RatingsTable(std::move(name), dialect_of(options)), feature_options_(options), ids_(ids) {
    read_other({[this] { return needed(); },
                [this](std::int64_t number, const std::vector<std::string>& fields,
                       const Sample& sample) { return looks_like_titles(number, fields, sample); },
                [this](std::int64_t number) { choose(number); },
                [this](std::string_view line, const Take& take) { take_features(line, take); }});
}

ALS_INLINE std::vector<std::string> FeatureTable::number_names() const {
    std::vector<std::string> names;
    for (std::size_t n = 0; n < sources_.size(); ++n)
        if (feature_options_.columns[n].kind == FeatureKind::number)
            names.push_back(sources_[n].label);
    return names;
}

/// Whether options name a column by its title, which a header must have.
ALS_INLINE bool FeatureTable::need_titles() const {
    const auto& columns = feature_options_.columns;
    return !feature_options_.id.empty() ||
           std::any_of(columns.begin(), columns.end(), [](const FeatureColumn& column) {
               return !column.column || !column.value.empty();
           });
}

ALS_INLINE std::int64_t FeatureTable::needed() const {
    std::int64_t last = feature_options_.id_column.value_or(0);
    for (const FeatureColumn& column : feature_options_.columns)
        last = std::max({last, std::int64_t{column.column.value_or(0)},
                         std::int64_t{column.value_column.value_or(0)}});
    return std::max<std::int64_t>(last + 1, 2);
}

ALS_INLINE bool FeatureTable::looks_like_titles(std::int64_t number,
                                                const std::vector<std::string>& fields,
                                                const Sample& sample) const {
    if (feature_options_.header != Header::detect)
        return feature_options_.header == Header::present;
    if (need_titles()) return true;
    const auto id = to_size(feature_options_.id_column.value_or(0));
    if (id >= fields.size() || begins_like_number(fields[id])) return false;
    if (rank_of_title(fields[id], ids_) > 0) return true;
    for (const FeatureColumn& column : feature_options_.columns) {
        const auto at = to_size(*column.column);
        const bool is_number =
            column.kind == FeatureKind::number || (column.width > 0 && !column.text);
        if (is_number && at < fields.size() && begins_like_number(fields[at])) return false;
    }
    fail_in_line(number, "the line ", excerpt(sample.front()),
                 " may be a header or the features of ", name_of(ids_), " ", excerpt(fields[id]),
                 header_remedy);
}

/// Returns the column with this title in the header.
ALS_INLINE int FeatureTable::titled(std::int64_t number, const std::string& title) const {
    const auto found = std::find(header.begin(), header.end(), title);
    if (found == header.end())
        fail_in_line(number, "the header ", line_of(header), " has no column ", excerpt(title),
                     "; say the name of another, or .column = its number, from 0");
    if (std::find(found + 1, header.end(), title) != header.end())
        fail_in_line(number, "the header ", line_of(header), " has two columns ", excerpt(title),
                     "; say .column = its number, from 0");
    return to_int32(found - header.begin());
}

ALS_INLINE int FeatureTable::id_column(std::int64_t number) const {
    const auto& [id, said] = std::pair(feature_options_.id, feature_options_.id_column);
    if (!id.empty()) return titled(number, id);
    if (header.empty() || is_list_of_ids()) return said.value_or(0);
    const int known = column_titled(header, ids_);
    if (said) {
        if (known >= 0 && known != *said && to_size(*said) < header.size() &&
            rank_of_title(header[to_size(*said)], ids_) == 0)
            fail_in_line(number, "the header calls column ", known, " ",
                         excerpt(header[to_size(known)]), ", and .id_column reads column ", *said,
                         ", ", excerpt(header[to_size(*said)]),
                         "; if that is meant, say .id = ", excerpt(header[to_size(*said)]));
        return *said;
    }
    if (known < 0)
        fail_in_line(number, "the header ", line_of(header),
                     known == -2 ? " has more than one column that may be the id of the "
                                 : " does not say which column is the id of the ",
                     name_of(ids_), "; name it: .id = \"...\"");
    return known;
}

ALS_INLINE FeatureTable::Source FeatureTable::source_of(std::int64_t number,
                                                        const FeatureColumn& column) const {
    Source source;
    source.column = column.column ? *column.column : titled(number, column.name);
    if (!column.value.empty())
        source.value_column = titled(number, column.value);
    else
        source.value_column = column.value_column.value_or(-1);
    if (!column.name.empty())
        source.label = column.name;
    else
        source.label = to_size(source.column) < header.size() ? header[to_size(source.column)]
                                                              : message("column ", source.column);
    if (source.column == id_column_ || source.value_column == id_column_)
        fail_in_line(number, "column ", id_column_, " would be the id and the feature ",
                     excerpt(source.label), "; say .id_column, or another column");
    return source;
}

ALS_INLINE void FeatureTable::choose(std::int64_t number) {
    if (need_titles() && header.empty())
        fail_in_line(number,
                     "there is no header with names of columns; say the numbers: .id_column and "
                     ".column, from 0");
    id_column_ = id_column(number);
    columns()[Role::user] = id_column_;
    if (is_list_of_ids()) return;
    for (const FeatureColumn& column : feature_options_.columns) {
        sources_.push_back(source_of(number, column));
        const Source& source = sources_.back();
        columns()[Role::item] =
            std::max({columns()[Role::item], source.column, source.value_column});
    }
    if (const auto twice = repeated(number_names()))
        fail_in_line(number, "two columns of numbers have the name ", excerpt(*twice),
                     "; give each its own: .name = \"...\"");
}

ALS_INLINE void FeatureTable::take_features(std::string_view line, const Take& take) {
    if (!unquoted().empty()) unquoted().clear();
    const std::int64_t count = split(line);
    if (!is_list_of_ids() || !fields().back().defect.empty()) check_columns(line, count);
    const Field& field = fields()[to_size(id_column_)];
    if (is_missing(field)) {
        ++missing_lines;
        return;
    }
    RatingText row;
    read_id(field, ids_, row.user);
    row.user_begin = field.begin;
    found_.clear();
    if (is_list_of_ids()) {
        for (std::size_t n = 1; n < fields().size(); ++n)
            if (!fields()[n].text.empty() && !is_missing(fields()[n]))
                find_category({}, text_of(fields()[n]), 1, fields()[n].begin);
    } else {
        for (std::size_t n = 0; n < sources_.size(); ++n)
            read_column(feature_options_.columns[n], sources_[n]);
    }
    take({&row, 1});
}

/// Returns the text of a field, with doubled quotes made single.
ALS_INLINE std::string FeatureTable::text_of(const Field& field) {
    return field.has_doubled_quotes ? without_doubled_quotes(field.text) : std::string(field.text);
}

ALS_INLINE bool FeatureTable::is_missing_text(std::string_view text) const {
    const auto& missing = feature_options_.missing;
    return text.empty() || std::find(missing.begin(), missing.end(), text) != missing.end();
}

ALS_INLINE void FeatureTable::read_column(const FeatureColumn& column, const Source& source) {
    const Field& field = fields()[to_size(source.column)];
    if (is_missing(field)) return;
    std::string text = text_of(field);
    if (column.text) {
        text = column.text(text);
        if (is_missing_text(text)) return;
    }
    if (column.kind == FeatureKind::number) {
        found_.push_back({source.label, number_in(text, field, source), field.begin});
        return;
    }
    if (column.kind == FeatureKind::category) {
        if (is_missing_text(text)) return;
        if (column.width > 0)
            text =
                to_text(std::floor(number_in(text, field, source) / column.width) * column.width);
        double value = 1;
        if (source.value_column >= 0) {
            const Field& other = fields()[to_size(source.value_column)];
            if (is_missing(other)) return;
            value = value_of(other);
        }
        return find_category(source, text, value, field.begin);
    }
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t length = rest.find(column.separator);
        std::string_view part = rest.substr(0, length);
        while (part.ends_with(' ') || part.ends_with('\t')) part.remove_suffix(1);
        part.remove_prefix(skip_blanks(part, 0));
        if (!is_missing_text(part)) find_category(source, part, 1, field.begin);
        rest.remove_prefix(length == std::string_view::npos ? rest.size()
                                                            : length + column.separator.size());
    }
}

ALS_INLINE double FeatureTable::number_in(const std::string& text, const Field& field,
                                          const Source& source) const {
    double number = 0;
    if (parse_number(text, number) != Parsed::number)
        fail(field.begin, "the ", excerpt(source.label), " ", excerpt(text),
             " is not a number; expected one such as 4, 3.5 or -1e2 (.missing = {", excerpt(text),
             "} leaves it out, .kind = als::FeatureKind::category reads any text)");
    return number;
}

ALS_INLINE void FeatureTable::find_category(const Source& source, std::string_view text,
                                            double value, std::size_t begin) {
    found_.push_back({source.label.empty() ? std::string(text) : message(source.label, "=", text),
                      value, begin});
}

}  // namespace detail
}  // inline namespace
}  // namespace als
