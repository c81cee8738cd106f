// SPDX-License-Identifier: MIT
// `read_ratings`: reads a text file of ratings, play counts or events. Returns `Interactions`, and
// two `IdMap`s between the ids of the file and dense indices.
#pragma once

#include <als/id_map.hpp>
#include <als/interactions.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// How a ratings file is laid out.
enum class Layout {
    ratings,  ///< one rating on each line: user, item, value
    lists,    ///< one user on each line, with all its items: `user item item ...`. Each counts 1
    matrix_market,  ///< a sparse matrix in the coordinate format of MatrixMarket; ids are the
                    ///< numbers of rows and columns, from "1". Say what rows and columns are:
                    ///< `.user_column = 0, .item_column = 1` if each row is a user. At most
                    ///< 100,000 rows and columns and 10 more for each entry are read
};

/// Whether the first line of a ratings file names the columns.
enum class Header {
    detect,  ///< it does if it has known names of user and item columns (see `read_ratings`), or if
             ///< none of its user, item and value fields begins like a number (nan and inf count
             ///< as numbers). A file of names without values may or may not have a header, which
             ///< is an error: choose `present` or `absent`
    present,  ///< it does
    absent,   ///< it does not: it is a rating
};

/// What to do with a malformed line.
enum class BadLines {
    error,  ///< the first one ends the reading with an error
    skip,   ///< it is left out and reported in `Ratings::bad_lines`
};

/// What to do with ids that the given maps do not have, if a file is read with the ids of another.
enum class UnknownIds {
    error,  ///< the line is malformed
    skip,   ///< the line is left out; `Ratings::unknown_users` and `unknown_items` hold its ids
    add,    ///< the id gets a new index, after those of the given maps
};

/// How a ratings file is read.
struct RatingsOptions {
    /// What separates the columns; " " means any run of blanks and tabs. Empty: the one of "::",
    /// tab, comma, semicolon, '|' and blanks that divides the first lines of the file into ratings;
    /// several are an error.
    std::string delimiter = {};

    /// Number of the user column, counted from 0, >= 0. Columns with neither a number nor a name
    /// here are those that the header calls so (see `read_ratings`). Without a header they are 0, 1
    /// and 2, if the file has at most 4 columns.
    std::optional<int> user_column = std::nullopt;
    /// Number of the item column, likewise.
    std::optional<int> item_column = std::nullopt;

    /// Number of the value column, or -1: the file has no values, and every line counts 1.
    std::optional<int> value_column = std::nullopt;

    /// Number of the time column. If there is none or it is -1, times are not kept.
    std::optional<int> time_column = std::nullopt;

    /// Name of the user column in the header, exactly as it stands there, instead of `user_column`.
    std::string user = {};
    /// Name of the item column, instead of `item_column`.
    std::string item = {};
    /// Name of the value column, instead of `value_column`.
    std::string value = {};
    /// Name of the time column, instead of `time_column`.
    std::string time = {};

    /// Whether the first line names the columns.
    Header header = Header::detect;

    /// Lines with a lower value are left out. An id that occurs only on such lines is left out too.
    /// Raising it keeps fewer but stronger ratings: 4 of 5 stars turns ratings into likes.
    double minimum = -std::numeric_limits<double>::infinity();

    /// What to do with pairs of user and item that occur more than once. If times are read, `last`
    /// is the latest one, whatever the order of the lines.
    Duplicates duplicates = Duplicates::error;

    /// Lines that begin with this character are left out; '\0' for none. Not given: lines that
    /// begin with '#' are left out if they cannot be ratings; if they can, they are errors that ask
    /// for this option.
    std::optional<char> comment = std::nullopt;

    /// What to do with lines that have a different number of columns than the first, an empty id, a
    /// value or time that cannot be read, or bad quotes. Lines that are too long or contain NUL
    /// bytes are always errors, because such a file is not text.
    BadLines bad_lines = BadLines::error;

    /// Whether a field may be quoted, "a ""b"" c". If false, quotes are ordinary text.
    bool quotes = true;

    /// Words that stand for a missing user, item, value or time, for example {"", "NA"}. Such lines
    /// are left out, and `Ratings::missing_lines` counts them.
    std::vector<std::string> missing = {};

    /// Whether the usual words for a missing value (NA, N/A, NaN, null, None, nil, undefined, in
    /// any case) may be ids. If false, a line with such an id is malformed, unless `missing` has
    /// the word.
    bool any_id = false;

    /// How times are written: %Y year, %m month, %d day, %H hour, %M minute, %S second with or
    /// without decimals, %b month as Jan to Dec; other characters stand for themselves. Empty:
    /// numbers, or dates that begin with the year, such as 2024-05-31, 2024/05/31 or
    /// 2024-05-31T23:59:01.5+02:00 (ISO 8601).
    std::string time_format = {};

    /// How the file is laid out.
    Layout layout = Layout::ratings;

    /// Whether lines may differ in their number of columns, as long as they have the columns that
    /// are read.
    bool ragged = false;

    /// What to do with ids that the given maps do not have. Ignored if no maps are given.
    UnknownIds unknown_ids = UnknownIds::error;

    /// Number of threads, >= 0; 0 means as many as OpenMP would use. The result is the same for any
    /// number of threads. The calling thread itself reads the file or stream.
    int threads = 0;
};

/// The content of a ratings file. `users.at("196")` and `items.at("242")` are indices of
/// `interactions`.
template <Real Scalar>
struct Ratings {
    Interactions<Scalar> interactions;  ///< the ratings that were kept
    IdMap<User> users;                  ///< the ids of the users
    IdMap<Item> items;                  ///< the ids of the items

    /// The times of the same cells if a time column was asked for, else empty. Numbers are kept as
    /// they are; dates become seconds since 1970-01-01 00:00 UTC (dates without a zone count as
    /// UTC). The time of a repeated pair is that of the value that is kept, or the latest one for
    /// sums and means.
    Interactions<double> times = {};

    /// The names of the columns; empty without a header.
    std::vector<std::string> header = {};

    /// The lines that `BadLines::skip` left out, each as the error message that it would have
    /// given, "file:line:column: ...". About 200 bytes a line.
    std::vector<std::string> bad_lines = {};

    std::int64_t comment_lines = 0;  ///< lines left out as comments
    std::int64_t missing_lines = 0;  ///< lines left out for a word of `.missing`
    std::int64_t unknown_lines = 0;  ///< lines left out by `UnknownIds::skip`

    /// User ids of these lines that the given maps do not have, each once, in the order of the
    /// file.
    IdMap<User> unknown_users = {};
    /// Item ids of these lines that the given maps do not have, likewise.
    IdMap<Item> unknown_items = {};

    /// Remarks that are not errors, one sentence each: for example, ids such as "123.0" that look
    /// like numbers turned into decimals.
    std::vector<std::string> notes = {};
};

/// Reads a file of ratings, play counts or events. Each line has a user, an item and a value.
///
/// Ids get dense indices in the order in which they first appear on lines that are kept. An id is
/// any text and is kept as given: "7" and "07" differ.
///
/// The dialect:
/// - Lines end with LF or CRLF; the last one may lack its end. A UTF-8 byte order mark, blank lines
///   and comments (see `RatingsOptions::comment`) are skipped. A line of more than 1 MiB, a
///   carriage return within a line and a NUL byte are errors.
/// - `RatingsOptions::delimiter` separates the columns, or the one that Excel's first line `sep=;`
///   names. Columns that no option names are ignored. Blanks and tabs around a field do not belong
///   to it. All lines have the same number of columns, unless `RatingsOptions::ragged`.
/// - If the delimiter is one character, a field may be quoted, "a ""b"" c", on one line.
/// - Values are decimal numbers with a point, whatever the locale: 4, 3.5, +1, -1e2. The reader
///   refuses nan, inf, hexadecimal numbers, decimal commas, text after the number, and numbers that
///   `Scalar` cannot hold.
/// - An empty id is refused: it is a missing value, not a name.
/// - `RatingsOptions::bad_lines` says whether the first line that breaks these rules is an error,
///   or all such lines are skipped and reported.
///
/// The names in a header decide which columns are read, unless options do. Known names of users and
/// items are user, customer, account, member, visitor or reader, and item, movie, film, book, song,
/// track, artist, product, article, business, anime, game, joke or recipe: each alone or followed
/// by id, no or key (userId, user_id). Also known are uid, iid, mid, asin, isbn and sku, and, for
/// values, rating, ratings, stars, score, value, plays, playcount, listens, count, counts,
/// quantity, qty, clicks, views, purchases, weight and overall. Case, blanks, '_', '-' and '.' do
/// not matter. A header that does not say which column is which is refused, and so is one that
/// contradicts the numbers in the options.
///
/// Files that are not ratings are refused with a message that says what they look like: lists of
/// items and MatrixMarket without their `RatingsOptions::layout`, wide tables, Netflix's blocks,
/// JSON, HTML, UTF-16, and compressed or binary files.
///
/// Throws `InputError` for an illegal option; `IoError` with the system's reason if the file cannot
/// be opened or read; `FormatError` "file:line:column: ..." (lines and bytes from 1) if a line
/// breaks these rules, if a pair is repeated and `RatingsOptions::duplicates` is `error`, or if no
/// rating of the file is kept. With any number of threads, the error is that of the first such
/// line.
///
/// Cost: O(size of the file), divided among the threads; one thread numbers new ids. Memory: two
/// blocks of the file, each of at most 1 MiB for each thread and one line, and the result, see
/// `Interactions` and `IdMap`. Making the result takes at most 4 times as much.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(const std::filesystem::path& path,
                                           const RatingsOptions& options = {});

/// Like `read_ratings` above, but reads from a stream. Messages call it `name`. Throws `IoError` if
/// the stream has failed before or fails while it is read.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(std::istream& stream, const std::string& name,
                                           const RatingsOptions& options = {});

/// Like `read_ratings` above, with the ids of an earlier file: for a test set, the next month's
/// data, or events of another kind.
///
///     const auto first = als::read_ratings<float>("january.csv");
///     const auto next = als::read_ratings<float>("february.csv", first.users, first.items,
///                                                {.unknown_ids = als::UnknownIds::add});
///
/// Known ids keep their indices; `RatingsOptions::unknown_ids` says what happens to others. The
/// result has all users and items of the given maps, also those that do not occur in this file.
/// Cost: also a copy of the maps.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(const std::filesystem::path& path,
                                           const IdMap<User>& users, const IdMap<Item>& items,
                                           const RatingsOptions& options = {});

/// Like `read_ratings` above with the ids of an earlier file, but reads from a stream. Messages
/// call it `name`.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(std::istream& stream, const std::string& name,
                                           const IdMap<User>& users, const IdMap<Item>& items,
                                           const RatingsOptions& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/ratings_file.hpp>
#endif
