// SPDX-License-Identifier: MIT
// `read_features`: reads features of items or users (genres, a year, an age, tags) from a text
// file, as a matrix for `fit_feature_map`. Not part of als.hpp.
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

/// A column of a features file.
struct FeatureColumn {
    /// Its name in the header, exactly as it stands there. If `column` is given, it only names the
    /// features.
    std::string name = {};

    /// Its number, counted from 0, >= 0. Needed if there is no header.
    std::optional<int> column = std::nullopt;

    /// How its texts become features.
    FeatureKind kind = FeatureKind::category;

    /// What separates the categories of a list; not empty. Blanks around them do not count.
    std::string separator = "|";

    /// Converts the field's text before it is read: `als::year_in`, or a function of your own. An
    /// empty result gives no feature.
    std::function<std::string(std::string_view)> text = {};

    /// Width of the groups into which the numbers of a category fall, >= 0: with a width of 10,
    /// 1995 becomes 1990. 0 leaves the numbers alone. Raising it gives fewer features.
    double width = 0;

    /// Number of the column that holds the value of a category, for files with an id, a feature and
    /// a value on each line.
    std::optional<int> value_column = std::nullopt;
    /// Name of the same column in the header.
    std::string value = {};
};

/// How a features file is read. The options that `RatingsOptions` also has mean the same there.
struct FeaturesOptions {
    /// The columns that hold features; all others are ignored. Empty for `Layout::lists`, and only
    /// then.
    std::vector<FeatureColumn> columns = {};

    /// Number of the id column. If neither it nor `id` is given, the id column is the one that the
    /// header names like users or items (see `read_ratings`), or the first one if there is no
    /// header.
    std::optional<int> id_column = std::nullopt;
    /// Name of the id column in the header.
    std::string id = {};

    /// `ratings`: each line has an id and its columns. `lists`: `id feature feature ...`, all of
    /// them categories. `matrix_market` is refused.
    Layout layout = Layout::ratings;

    /// See `RatingsOptions::delimiter`.
    std::string delimiter = {};
    /// See `RatingsOptions::header`.
    Header header = Header::detect;
    /// See `RatingsOptions::comment`.
    std::optional<char> comment = std::nullopt;
    /// See `RatingsOptions::bad_lines`.
    BadLines bad_lines = BadLines::error;
    /// See `RatingsOptions::quotes`.
    bool quotes = true;
    /// See `RatingsOptions::any_id`.
    bool any_id = false;
    /// See `RatingsOptions::ragged`.
    bool ragged = false;

    /// Words that stand for a missing id or feature. A line with a missing id is left out; a
    /// missing feature is not set. An empty category is always missing.
    std::vector<std::string> missing = {};

    /// What to do with an id that occurs on several lines. `error` refuses it. Otherwise it gets
    /// the features of all its lines; a feature that occurs on several of them gets the sum, last,
    /// mean or greatest of its values.
    Duplicates duplicates = Duplicates::error;

    /// What to do with ids that are not in the given map.
    UnknownIds unknown_ids = UnknownIds::error;

    /// Only these features, in this order: `Features::names` of an earlier file, or the names of a
    /// map. Empty: all features, in the order of the file.
    std::vector<std::string> names = {};
};

/// The content of a features file.
template <Id Index, Real Scalar>
struct Features {
    /// The features, [ids, names]. The rows of ids that the file does not have are empty.
    FeatureMatrix<Scalar> matrix;

    /// Names of the columns of `matrix`: "genres=Comedy" for categories, "age" for numbers.
    std::vector<std::string> names;

    /// The given ids. With `UnknownIds::add`, the new ids of the file follow them.
    IdMap<Index> ids;

    std::vector<std::string> header = {};     ///< the file's column names; empty without a header
    std::vector<std::string> bad_lines = {};  ///< see `Ratings::bad_lines`
    std::int64_t comment_lines = 0;           ///< lines left out as comments
    std::int64_t missing_lines = 0;           ///< lines left out for a missing id
    std::int64_t unknown_lines = 0;           ///< lines left out by `UnknownIds::skip`
    IdMap<Index> unknown_ids = {};            ///< the ids of these lines, each once

    /// Features that were left out because they are not in `FeaturesOptions::names`, each once.
    std::vector<std::string> unknown_features = {};
};

/// Reads features of the users or items of `ids` from a file with an id on each line.
///
///     const auto ratings = als::read_ratings<float>("ratings.csv");
///     const auto movies = als::read_features<float>(
///         "movies.csv", ratings.items,
///         {.columns = {{.name = "genres", .kind = als::FeatureKind::list},
///                      {.name = "title", .text = als::year_in, .width = 10}},
///          .unknown_ids = als::UnknownIds::add});
///
/// The dialect is that of `read_ratings`. The delimiter is the one that divides the first lines
/// into the same number of columns. If all columns are given by numbers and nothing shows whether
/// the first line is a header, the file is refused: set `.header`.
///
/// A category is named after its column and its text, "genres=Comedy"; columns with the same name
/// share their categories. A category that occurs twice on a line counts once. Numbers are not
/// scaled: scale them to about 1 for `fit_feature_map`.
///
/// Throws `InputError` for an illegal option, `IoError` if the file cannot be read, and
/// `FormatError` "file:line:column: ..." if a line breaks the rules, if the file has no row of
/// features, or if an id is unknown or occurs on several lines and no option allows it. Cost:
/// O(size of the file), on the calling thread. Memory: two blocks of 1 MiB, 24 bytes for each
/// feature of each line, and the result.
template <Real Scalar, Id Index>
[[nodiscard]] Features<Index, Scalar> read_features(const std::filesystem::path& path,
                                                    const IdMap<Index>& ids,
                                                    const FeaturesOptions& options);

/// Like `read_features` above, but reads from a stream. Messages call it `name`.
template <Real Scalar, Id Index>
[[nodiscard]] Features<Index, Scalar> read_features(std::istream& stream, const std::string& name,
                                                    const IdMap<Index>& ids,
                                                    const FeaturesOptions& options);

/// Returns the last year in a text: the last four digits in a row from 1800 to 2099, as in "Toy
/// Story (1995)" and "01-Jan-1995". Empty if there is none.
[[nodiscard]] std::string year_in(std::string_view text);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/feature_file.hpp>
#endif
