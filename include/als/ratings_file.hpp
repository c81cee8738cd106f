// SPDX-License-Identifier: MIT
// `read_ratings`: reads a text file of ratings, play counts or events. Gives `Interactions`, and
// two `IdMap`s between the ids of the file and dense indices.
#pragma once

#include <als/id_map.hpp>
#include <als/interactions.hpp>
#include <als/types.hpp>

#include <filesystem>
#include <iosfwd>
#include <limits>
#include <string>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Whether the first line of a ratings file names the columns.
enum class Header {
    detect,   ///< it does if none of its user, item and value fields begins like a number (nan and
              ///< inf count as numbers). If there is no value column and ids are names, they look
              ///< like a header: choose `present` or `absent`
    present,  ///< it does, and is skipped
    absent,   ///< it does not: it is a rating
};

/// What to do with a malformed line.
enum class BadLines {
    error,  ///< the first one ends the reading with an error
    skip,   ///< it is left out and reported in `Ratings::bad_lines`
};

/// How a ratings file is read.
struct RatingsOptions {
    /// What separates the columns; " " is any run of blanks and tabs. Empty: the first of "::",
    /// tab, comma, semicolon and '|' that splits the first line into enough columns, else blanks.
    std::string delimiter = {};

    /// Columns, >= 0, counted from 0.
    int user_column = 0;
    int item_column = 1;

    /// Column of the value, or -1: the file has no values, and every line counts 1.
    int value_column = 2;

    /// Column of the time, or -1: times are not kept. Times may be any numbers, for example seconds
    /// since 1970.
    int time_column = -1;

    /// What the first line is.
    Header header = Header::detect;

    /// Lines with a lower value are left out; an id that occurs only on such lines is left out too.
    /// Raising it keeps fewer but stronger ratings: 4 of 5 stars turns ratings into likes.
    double minimum = -std::numeric_limits<double>::infinity();

    /// What to do with pairs of user and item that occur more than once.
    Duplicates duplicates = Duplicates::error;

    /// Lines that begin with this character are skipped; '\0' for none.
    char comment = '#';

    /// What to do with lines that have too few columns, an empty id, a value or time that is not a
    /// number, or bad quotes. Lines that are too long or contain NUL bytes are always errors,
    /// because such a file is not text.
    BadLines bad_lines = BadLines::error;
};

/// What a ratings file holds. `users.at("196")` and `items.at("242")` are indices of
/// `interactions`.
template <Real Scalar>
struct Ratings {
    Interactions<Scalar> interactions;
    IdMap<User> users;
    IdMap<Item> items;

    /// The times of the same cells, if there is a `time_column`; for a repeated pair, the latest
    /// time. Without a `time_column` there are none.
    Interactions<double> times = {};

    /// The lines that `BadLines::skip` left out, each as the error message that it would have
    /// given, "file:line:column: ...". About 200 bytes a line.
    std::vector<std::string> bad_lines = {};
};

/// Reads a file of ratings, play counts or events. Each line has a user, an item and a value.
///
/// Ids get dense indices in the order in which they first appear on lines that are kept. Ids are
/// any text and are kept as given; "7" and "07" differ.
///
/// The dialect:
/// - Lines end with LF or CRLF; the last may end without. A UTF-8 byte order mark is skipped, and
///   so are blank lines and those that begin with `.comment`. A line of more than 1 MiB and a NUL
///   byte are errors.
/// - `.delimiter` separates the columns. Columns that no option names are ignored. Blanks and tabs
///   around a field do not belong to it.
/// - With a delimiter of one character, a field may be quoted, "a ""b"" c", on one line.
/// - Values are decimal numbers with a point, whatever the locale: 4, 3.5, +1, -1e2. The reader
///   refuses nan, inf, hexadecimal numbers, decimal commas, text after the number, and numbers that
///   `Scalar` cannot hold.
/// - An empty id is refused: it is a missing value, not a name.
/// - `.bad_lines` says whether the first line that breaks these rules is an error, or all such
///   lines are skipped and reported.
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

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/ratings_file.hpp>
#endif
