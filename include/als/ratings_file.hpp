// SPDX-License-Identifier: MIT
// `read_ratings`: reads a text file of ratings, play counts or events. Gives `Interactions`, and
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
    ratings,  ///< a rating a line: user, item, value
    lists,    ///< a user and all its items a line, each of which counts 1: `user item item ...`
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

/// What to do with ids that are not in the given maps, if a file is read with the ids of another.
enum class UnknownIds {
    error,  ///< the line is malformed
    skip,   ///< the line is left out; `Ratings::unknown_users` and `unknown_items` report the ids
    add,    ///< they get new indices, behind those of the given maps
};

/// How a ratings file is read.
struct RatingsOptions {
    /// What separates the columns; " " is any run of blanks and tabs. Empty: the one of "::", tab,
    /// comma, semicolon, '|' and blanks that divides the first lines of the file into ratings; an
    /// error if several do.
    std::string delimiter = {};

    /// Columns, >= 0, counted from 0. Columns that neither a number nor a name says are those that
    /// the header names so (see `read_ratings`). Without a header they are 0, 1 and 2, if the file
    /// has at most 4 columns.
    std::optional<int> user_column = std::nullopt;
    std::optional<int> item_column = std::nullopt;

    /// Column of the value, or -1: the file has no values, and every line counts 1.
    std::optional<int> value_column = std::nullopt;

    /// Column of the time. Without one, and with -1, times are not kept.
    std::optional<int> time_column = std::nullopt;

    /// The same columns by their names in the header, exactly as they stand there: an alternative to
    /// the numbers above.
    std::string user = {};
    std::string item = {};
    std::string value = {};
    std::string time = {};

    /// What the first line is.
    Header header = Header::detect;

    /// Lines with a lower value are left out; an id that occurs only on such lines is left out too.
    /// Raising it keeps fewer but stronger ratings: 4 of 5 stars turns ratings into likes.
    double minimum = -std::numeric_limits<double>::infinity();

    /// What to do with pairs of user and item that occur more than once. With times, `last` is the
    /// latest, whatever the order of the lines.
    Duplicates duplicates = Duplicates::error;

    /// Lines that begin with this character are left out; '\0' for none. Not given: lines that begin
    /// with '#' are left out if they cannot be ratings; if they can, they are errors that ask for
    /// this option.
    std::optional<char> comment = std::nullopt;

    /// What to do with lines that have another number of columns than the first, an empty id, a
    /// value or time that cannot be read, or bad quotes. Lines that are too long or contain NUL
    /// bytes are always errors, because such a file is not text.
    BadLines bad_lines = BadLines::error;

    /// Whether a field may be quoted, "a ""b"" c". False: quotes are text like any other.
    bool quotes = true;

    /// Words that stand for a missing user, item, value or time, for example {"", "NA"}: such lines
    /// are left out, and `Ratings::missing_lines` counts them.
    std::vector<std::string> missing = {};

    /// Whether the usual words for a missing value (NA, N/A, NaN, null, None, nil, undefined, in any
    /// case) may be ids. False: an id that is one and not in `.missing` makes the line malformed.
    bool any_id = false;

    /// How times are written: %Y year, %m month, %d day, %H hour, %M minute, %S second with or without
    /// decimals, %b month as Jan to Dec, and any other characters as they stand. Empty: numbers, or
    /// dates that begin with the year as 2024-05-31, 2024/05/31 or 2024-05-31T23:59:01.5+02:00 (ISO
    /// 8601).
    std::string time_format = {};

    /// How the file is laid out.
    Layout layout = Layout::ratings;

    /// Whether lines may differ in their number of columns, if they have those that are read.
    bool ragged = false;

    /// What to do with ids that are not in the given maps; only where maps are given.
    UnknownIds unknown_ids = UnknownIds::error;

    /// Number of threads, >= 0; 0 means as many as OpenMP would use. The result is the same for any
    /// number of threads. The file or stream itself is read by the calling thread.
    int threads = 0;
};

/// What a ratings file holds. `users.at("196")` and `items.at("242")` are indices of
/// `interactions`.
template <Real Scalar>
struct Ratings {
    Interactions<Scalar> interactions;
    IdMap<User> users;
    IdMap<Item> items;

    /// The times of the same cells, if a time column was asked for, else none. Numbers are kept as
    /// they are; dates become seconds since 1970-01-01 00:00 UTC (without a zone they count as UTC).
    /// For a repeated pair: the time of the value that is kept; of sums and means, the latest.
    Interactions<double> times = {};

    /// The names of the columns; empty without a header.
    std::vector<std::string> header = {};

    /// The lines that `BadLines::skip` left out, each as the error message that it would have
    /// given, "file:line:column: ...". About 200 bytes a line.
    std::vector<std::string> bad_lines = {};

    std::int64_t comment_lines = 0;  ///< lines left out as comments
    std::int64_t missing_lines = 0;  ///< lines left out for a word of `.missing`
    std::int64_t unknown_lines = 0;  ///< lines left out by `UnknownIds::skip`

    /// The ids of these lines that the given maps do not have, each once, in the order of the file.
    IdMap<User> unknown_users = {};
    IdMap<Item> unknown_items = {};

    /// What was noticed and is no error, one sentence each: ids such as "123.0" that look like
    /// numbers turned into decimals.
    std::vector<std::string> notes = {};
};

/// Reads a file of ratings, play counts or events. Each line has a user, an item and a value.
///
/// Ids get dense indices in the order in which they first appear on lines that are kept. Ids are
/// any text and are kept as given; "7" and "07" differ.
///
/// The dialect:
/// - Lines end with LF or CRLF; the last may end without. A UTF-8 byte order mark is skipped, and
///   so are blank lines and comments (see `.comment`). A line of more than 1 MiB, a carriage return
///   within a line and a NUL byte are errors.
/// - `.delimiter` separates the columns; Excel's first line `sep=;` says it too. Columns that no
///   option names are ignored. Blanks and tabs around a field do not belong to it. All lines have
///   the same number of columns, unless `.ragged`.
/// - With a delimiter of one character, a field may be quoted, "a ""b"" c", on one line.
/// - Values are decimal numbers with a point, whatever the locale: 4, 3.5, +1, -1e2. The reader
///   refuses nan, inf, hexadecimal numbers, decimal commas, text after the number, and numbers that
///   `Scalar` cannot hold.
/// - An empty id is refused: it is a missing value, not a name.
/// - `.bad_lines` says whether the first line that breaks these rules is an error, or all such
///   lines are skipped and reported.
///
/// The header: its names decide which columns are read, unless options do. Known names are those
/// made of user, customer, account, member, visitor or reader; item, movie, film, book, song, track,
/// artist, product, article, business, anime, game, joke or recipe, each alone or with id, no or key
/// behind it (userId, user_id); uid, iid, mid, asin, isbn and sku; and rating, ratings, stars, score,
/// value, plays, playcount, listens, count, counts, quantity, qty, clicks, views, purchases, weight
/// and overall for values. Case, blanks, '_', '-' and '.' do not matter. A header that does not say
/// which column is which is refused, and so is one that contradicts the numbers in the options.
///
/// Files that are no ratings are refused with a message that says what they look like: lists of
/// items and MatrixMarket without their `.layout`, wide tables, Netflix's blocks, JSON, HTML, UTF-16,
/// and compressed or binary files.
///
/// Throws `InputError` for an illegal option; `IoError` with the system's reason if the file cannot
/// be opened or read; `FormatError` "file:line:column: ..." (lines and bytes from 1) for a line
/// that breaks these rules, for a repeated pair if `.duplicates` is `error`, and if no rating of
/// the file is kept. Cost: O(size of the file). Memory: the file is read in blocks. The result
/// takes what `Interactions` and `IdMap` say; making it takes at most 4 times as much.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(const std::filesystem::path& path,
                                           const RatingsOptions& options = {});

/// Like `read_ratings` above, from a stream, which messages call `name`. Throws `IoError` if the
/// stream has failed before or fails to read.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(std::istream& stream, const std::string& name,
                                           const RatingsOptions& options = {});

/// Like `read_ratings` above, with the ids of an earlier file: a test set, the next month's data,
/// events of another kind.
///
///     const auto first = als::read_ratings<float>("january.csv");
///     const auto next = als::read_ratings<float>("february.csv", first.users, first.items,
///                                                {.unknown_ids = als::UnknownIds::add});
///
/// Known ids keep their indices; `.unknown_ids` says what becomes of the others. The result has all
/// users and items of the given maps, also those that do not occur in this file. Cost: also a copy
/// of the maps.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(const std::filesystem::path& path,
                                           const IdMap<User>& users, const IdMap<Item>& items,
                                           const RatingsOptions& options = {});

/// The same from a stream, which messages call `name`.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(std::istream& stream, const std::string& name,
                                           const IdMap<User>& users, const IdMap<Item>& items,
                                           const RatingsOptions& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/ratings_file.hpp>
#endif
