// SPDX-License-Identifier: MIT
// Reads the lines of a features file: an id, and texts or numbers that become features.
#pragma once

#include <als/detail/io/ratings_table.hpp>
#include <als/feature_file.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Returns the dialect in the form of the ratings table.
RatingsOptions dialect_of(const FeaturesOptions& options);

/// A feature of a line.
struct FeatureText {
    std::string name;
    double value = 1;
    std::size_t begin = 0;  ///< where it is in the line
};

/// Finds columns by `FeaturesOptions`. `Take` gets the id of each line as the user or item of a
/// rating; `features` has its features.
class FeatureTable : public RatingsTable {
public:
    /// `ids` is the role of the ids: users or items.
    FeatureTable(std::string name, const FeaturesOptions& options, Role ids);
    FeatureTable(const FeatureTable&) = delete;
    FeatureTable& operator=(const FeatureTable&) = delete;

    /// The features of the current line; those that occur twice on it are here twice.
    [[nodiscard]] const std::vector<FeatureText>& features() const { return found_; }

    /// Names of the number columns, which are features even if all of their numbers are 0.
    [[nodiscard]] std::vector<std::string> number_names() const;

private:
    /// A column that is read.
    struct Source {
        std::string label;  ///< its name within those of its features
        int column = 0;
        int value_column = -1;
    };

    [[nodiscard]] std::int64_t needed() const;
    [[nodiscard]] bool looks_like_titles(std::int64_t number,
                                         const std::vector<std::string>& fields,
                                         const Sample& sample) const;
    void choose(std::int64_t number);
    void take_features(std::string_view line, const Take& take);
    [[nodiscard]] bool is_list_of_ids() const { return feature_options_.layout == Layout::lists; }
    [[nodiscard]] bool need_titles() const;
    int titled(std::int64_t number, const std::string& title) const;
    [[nodiscard]] int id_column(std::int64_t number) const;
    [[nodiscard]] Source source_of(std::int64_t number, const FeatureColumn& column) const;
    void read_column(const FeatureColumn& column, const Source& source);
    double number_in(const std::string& text, const Field& field, const Source& source) const;
    [[nodiscard]] static std::string text_of(const Field& field);
    [[nodiscard]] bool is_missing_text(std::string_view text) const;
    void find_category(const Source& source, std::string_view text, double value,
                       std::size_t begin);

    FeaturesOptions feature_options_;
    Role ids_;
    int id_column_ = 0;
    std::vector<Source> sources_;  // the columns of the options
    std::vector<FeatureText> found_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/io/feature_table_impl.hpp>
#endif
