// SPDX-License-Identifier: MIT
// `read_features`: reads features of items or users (genres, a year, an age, an occupation, tags) from
// a text file, as a matrix for `fit_feature_map`. Not part of als.hpp.
#pragma once

#include <als/features.hpp>
#include <als/id_map.hpp>
#include <als/ratings_file.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// How a column becomes features.
enum class FeatureKind {
    category,  ///< each different text is a feature, which is 1 (or the value of `value_column`)
    list,      ///< several categories, with a separator between them
    number,    ///< one feature, which is the number
};

/// A column of a file of features.
struct FeatureColumn {
    /// Its name in the header, exactly as it stands there. Together with `column`: the name to use.
    std::string name = {};

    /// Its number, >= 0, from 0: needed if there is no header.
    std::optional<int> column = std::nullopt;

    FeatureKind kind = FeatureKind::category;

    /// What stands between the categories of a list; not empty. Blanks around them do not count.
    std::string separator = "|";

    /// Makes the text that is read from the field's: `als::year_in`, or a function of your own. An empty
    /// result gives no feature.
    std::function<std::string(std::string_view)> text = {};

    /// Groups the numbers of a category, > 0: 1995 with a width of 10 becomes 1990. 0 does not.
    double width = 0;

    /// The column with the value of a category, by its number or name: files of an id, a feature and a
    /// value on each line.
    std::optional<int> value_column = std::nullopt;
    std::string value = {};
};

/// How a file of features is read. The options that `RatingsOptions` has, too, mean the same.
struct FeaturesOptions {
    /// The columns that hold features; all others are ignored. Empty with `Layout::lists` only.
    std::vector<FeatureColumn> columns = {};

    /// The column of the ids, by its number or name. Not given: the one whose name in the header is
    /// known as that of users or items (see `read_ratings`), or without a header the first.
    std::optional<int> id_column = std::nullopt;
    std::string id = {};

    /// `ratings`: a line for each id. `lists`: `id feature feature ...`, all of them categories.
    /// `matrix_market` is not read.
    Layout layout = Layout::ratings;

    std::string delimiter = {};
    Header header = Header::detect;
    std::optional<char> comment = std::nullopt;
    BadLines bad_lines = BadLines::error;
    bool quotes = true;
    bool any_id = false;
    bool ragged = false;

    /// Words that stand for a missing id, whose line is left out, or for a missing feature, which is
    /// not set. An empty category is always missing.
    std::vector<std::string> missing = {};

    /// What to do with ids that stand on several lines. Without `error`, the features of the lines are
    /// united, and a feature that several of them have gets the sum, last, mean or greatest of its
    /// values.
    Duplicates duplicates = Duplicates::error;

    /// What to do with ids that are not in the given map.
    UnknownIds unknown_ids = UnknownIds::error;

    /// Only these features, in this order, as an earlier file (`Features::names`) or a map has them.
    /// Empty: all, in the order of the file.
    std::vector<std::string> names = {};
};

/// What a file of features holds.
template <Id Index, Real Scalar>
struct Features {
    /// [ids, names]: a row for each id, empty for those that are not in the file.
    FeatureMatrix<Scalar> matrix;

    /// Of the columns: "genres=Comedy" for categories, "age" for numbers.
    std::vector<std::string> names;

    /// The given ids, and with `UnknownIds::add` those of the file behind them.
    IdMap<Index> ids;

    std::vector<std::string> header = {};     ///< the names of all columns; empty without a header
    std::vector<std::string> bad_lines = {};  ///< as `Ratings::bad_lines`
    std::int64_t comment_lines = 0;           ///< lines left out as comments
    std::int64_t missing_lines = 0;           ///< lines left out for a missing id
    std::int64_t unknown_lines = 0;           ///< lines left out by `UnknownIds::skip`
    IdMap<Index> unknown_ids = {};            ///< their ids, each once

    /// Features that are not in `FeaturesOptions::names`, each once; they are left out.
    std::vector<std::string> unknown_features = {};
};

/// Reads features of the users or items of `ids`, from a file with an id on each line.
///
///     const auto ratings = als::read_ratings<float>("ratings.csv");
///     const auto movies = als::read_features<float>(
///         "movies.csv", ratings.items,
///         {.columns = {{.name = "genres", .kind = als::FeatureKind::list},
///                      {.name = "title", .text = als::year_in, .width = 10}},
///          .unknown_ids = als::UnknownIds::add});
///
/// The dialect is that of `read_ratings`; the delimiter is the one that divides the first lines into
/// equally many columns. If all columns are given by numbers and nothing says whether the first line is
/// a header, the file is refused: say `.header`.
///
/// A category is named after its column and its text, "genres=Comedy"; columns with one name share their
/// categories. A category that a line has twice counts once. Numbers are taken as they are: scale them
/// to about 1 for `fit_feature_map`.
///
/// Throws `InputError` for an illegal option, `IoError` if the file cannot be read, `FormatError`
/// "file:line:column: ..." for a line that breaks the rules, for an unknown id or one on several lines
/// unless options say what to do, and if the file has no row of features. Cost: O(size of the file), on
/// the calling thread. Memory: two blocks of 1 MiB, 24 bytes for each feature of each line, and the result.
template <Real Scalar, Id Index>
[[nodiscard]] Features<Index, Scalar> read_features(const std::filesystem::path& path,
                                                    const IdMap<Index>& ids,
                                                    const FeaturesOptions& options);

/// Like `read_features` above, from a stream, which messages call `name`.
template <Real Scalar, Id Index>
[[nodiscard]] Features<Index, Scalar> read_features(std::istream& stream, const std::string& name,
                                                    const IdMap<Index>& ids,
                                                    const FeaturesOptions& options);

/// The last year in a text: the last four digits together from 1800 to 2099, as in "Toy Story (1995)"
/// and "01-Jan-1995". Empty if there is none.
[[nodiscard]] std::string year_in(std::string_view text);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/feature_file.hpp>
#endif
