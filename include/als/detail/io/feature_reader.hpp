// SPDX-License-Identifier: MIT
// Turns the lines of a features file into a matrix.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/detail/id_map.hpp>
#include <als/detail/io/feature_table.hpp>
#include <als/error.hpp>
#include <als/feature_file.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Merges the values of a cell that occurs on several lines, in their order.
inline double united(Duplicates policy, double sum, std::int64_t count, double value) {
    switch (policy) {
        case Duplicates::sum:
        case Duplicates::mean:
            return sum + value;  // divided by the count at the end
        case Duplicates::max:
            return count == 0 ? value : std::max(sum, value);
        default:
            return value;
    }
}

/// Reads one features file.
template <Id Index, Real Scalar>
class FeatureReader {
public:
    FeatureReader(std::string name, ByteSource source, const FeaturesOptions& options,
                  const IdMap<Index>& ids)
        : blocks_(std::move(source)),
          table_(std::move(name), options, std::same_as<Index, User> ? Role::user : Role::item),
          options_(options) {
        result_.ids = ids;
        IdMapAccess::mark(result_.ids);
        for (const std::string& feature : options.names) names_.add(feature);
    }

    Features<Index, Scalar> read() {
        const RatingsTable::Take take = [&](std::span<const RatingText> rows) {
            for (const RatingText& row : rows) this->take(row);
        };
        TextBlock block;
        for (bool is_first = true; blocks_.read(block, block_size); is_first = false) {
            if (is_first) table_.open(block.text());
            table_.read_all(block.text(), take);
            if (block.failure) std::rethrow_exception(block.failure);
        }
        table_.finish();
        if (rows_read_ == 0) refuse_emptiness();
        for (const std::string& name : table_.number_names()) static_cast<void>(number_of(name));
        make_matrix();
        for (std::int32_t n = 0; n < names_.size(); ++n) result_.names.push_back(names_.name({n}));
        for (std::int32_t n = 0; n < unknown_.size(); ++n)
            result_.unknown_features.push_back(unknown_.name({n}));
        result_.header = table_.header;
        result_.bad_lines = table_.bad_lines;
        result_.comment_lines = table_.comment_lines;
        result_.missing_lines = table_.missing_lines;
        return std::move(result_);
    }

private:
    /// A feature of a row, from one line.
    struct Cell {
        std::int32_t row = 0, feature = 0;
        std::int64_t line = 0;
        double value = 0;
    };

    /// Adds the features of one line. If it throws, nothing changes.
    void take(const RatingText& row) {
        for (const FeatureText& feature : table_.features())
            if (!fits_scalar<Scalar>(feature.value))
                table_.fail(feature.begin, "the value ", feature.value, " of the feature ",
                            excerpt(feature.name), " is too large or too small for a ",
                            std::same_as<Scalar, float> ? "float" : "double");
        const auto known = result_.ids.find(row.user.text);
        if (!known && options_.unknown_ids != UnknownIds::add) return leave_out(row);
        check_repetition(known, row);
        const std::int32_t index = (known ? *known : result_.ids.add(row.user.text)).index;
        if (to_size(index) >= line_of_.size()) line_of_.resize(to_size(index) + 1);
        line_of_[to_size(index)] = table_.lines().number();
        ++rows_read_;
        for (const FeatureText& feature : table_.features())
            if (const std::int32_t number = number_of(feature.name); number >= 0)
                cells_.push_back({index, number, line_of_[to_size(index)], feature.value});
    }

    void leave_out(const RatingText& row) {
        if (options_.unknown_ids == UnknownIds::error)
            table_.fail(row.user_begin, "the ", name_of<Index>(), " ", excerpt(row.user.text),
                        " is not among the ", result_.ids.size(),
                        " given ids; .unknown_ids = als::UnknownIds::skip leaves such "
                        "lines out, als::UnknownIds::add gives them new indices");
        ++result_.unknown_lines;
        result_.unknown_ids.add(row.user.text);
    }

    void check_repetition(const std::optional<Index>& known, const RatingText& row) const {
        if (options_.duplicates != Duplicates::error || !known ||
            to_size(known->index) >= line_of_.size() || line_of_[to_size(known->index)] == 0)
            return;
        table_.fail(row.user_begin, "the ", name_of<Index>(), " ", excerpt(row.user.text),
                    " stands on more than one line (", line_of_[to_size(known->index)], " and ",
                    table_.lines().number(),
                    "); say what that means with .duplicates = als::Duplicates::sum, last, mean "
                    "or max");
    }

    /// Returns the column of a feature. An unknown feature gets a new one, or -1 if the names are
    /// given.
    std::int32_t number_of(const std::string& name) {
        if (options_.names.empty()) return names_.add(name).index;
        if (const auto known = names_.find(name)) return known->index;
        unknown_.add(name);
        return -1;
    }

    void make_matrix() {
        const auto place = [](const Cell& cell) { return std::pair(cell.row, cell.feature); };
        std::stable_sort(cells_.begin(), cells_.end(),
                         [&](const Cell& a, const Cell& b) { return place(a) < place(b); });
        // Eigen's indices have 32 bits.
        if (cells_.size() >= to_size(std::numeric_limits<std::int32_t>::max()))
            throw FormatError(message(table_.lines().name(), ": there are ", cells_.size(),
                                      " features of rows, more than a matrix can hold; read fewer "
                                      "columns"));
        FeatureMatrix<Scalar>& matrix = result_.matrix;
        matrix.resize(result_.ids.size(), names_.size());
        matrix.reserve(to_count(cells_.size()));
        std::size_t next = 0;
        for (std::int32_t row = 0; row < result_.ids.size(); ++row) {
            matrix.startVec(row);
            while (next < cells_.size() && cells_[next].row == row) {
                const std::int32_t feature = cells_[next].feature;
                double value = 0;
                std::int64_t count = 0;
                for (std::int64_t line = 0;
                     next < cells_.size() && place(cells_[next]) == std::pair(row, feature); ++next)
                    if (std::exchange(line, cells_[next].line) != cells_[next].line)
                        value = united(options_.duplicates, value, count++, cells_[next].value);
                if (options_.duplicates == Duplicates::mean) value /= static_cast<double>(count);
                if (!fits_scalar<Scalar>(value))
                    throw FormatError(message(
                        table_.lines().name(), ": the feature ", excerpt(names_.name({feature})),
                        " of ", name_of<Index>(), " ", excerpt(result_.ids.name({row})),
                        " adds up to ", value, "; say another .duplicates"));
                if (value != 0) matrix.insertBack(row, feature) = static_cast<Scalar>(value);
            }
        }
        matrix.finalize();
    }

    [[noreturn]] void refuse_emptiness() const {
        throw FormatError(
            message(table_.lines().name(), ": there are no features in the file",
                    table_.has_header()
                        ? " after the header (or .header = als::Header::absent, if there is none)"
                        : "",
                    "; expected an id on each line, and its features",
                    table_.left_out(result_.unknown_lines, ".unknown_ids, or another .id_column")));
    }

    static constexpr std::size_t block_size = std::size_t{1} << 20;

    TextBlocks blocks_;
    FeatureTable table_;
    const FeaturesOptions& options_;
    Features<Index, Scalar> result_;
    IdMap<Item> names_, unknown_;        // of features; the type of their indices does not matter
    std::vector<std::int64_t> line_of_;  // the last line of each id, 0 for none
    std::int64_t rows_read_ = 0;
    std::vector<Cell> cells_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
