// SPDX-License-Identifier: MIT
// `read_ratings`: a text file of ratings, play counts or events becomes `Interactions` and the two
// `IdMap`s that lead from its ids to dense indices and back. The beginning of the way of the data.
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
              ///< inf are like numbers). Without a value column, names as ids look like a header:
              ///< say which
    present,  ///< it does, and is skipped
    absent,   ///< it does not: it is a rating
};

/// What becomes of a line that is not as it should be.
enum class BadLines {
    error,  ///< the first one ends the reading by an error
    skip,   ///< it is left out and reported: see `Ratings::bad_lines`
};

/// How a ratings file is read.
struct RatingsOptions {
    /// What separates the columns; " " is any run of blanks and tabs. Empty: the first of "::",
    /// tab, comma, semicolon and '|' that gives the first line all its columns, else blanks.
    std::string delimiter = {};

    /// Columns, >= 0, counted from 0.
    int user_column = 0;
    int item_column = 1;

    /// Column of the value, or -1: there is none, and every line counts 1.
    int value_column = 2;

    /// Column of the time, or -1: times are not kept. Seconds since 1970, or any other number.
    int time_column = -1;

    /// What the first line is.
    Header header = Header::detect;

    /// Lines with a lower value are left out, and their ids with them unless they occur elsewhere.
    /// Raising it keeps fewer and stronger statements: 4 of 5 stars makes ratings into likes.
    double minimum = -std::numeric_limits<double>::infinity();

    /// What to do with pairs of user and item that occur more than once.
    Duplicates duplicates = Duplicates::error;

    /// Lines that begin with this character are skipped; '\0' for none.
    char comment = '#';

    /// What becomes of lines with too few columns, an empty id, a value or time that is no number,
    /// or bad quotes. Lines that are too long or hold NUL bytes are errors always: what has them is
    /// no text.
    BadLines bad_lines = BadLines::error;
};

/// What a ratings file holds: `users.at("196")` and `items.at("242")` lead into `interactions`.
template <Real Scalar>
struct Ratings {
    Interactions<Scalar> interactions;
    IdMap<User> users;
    IdMap<Item> items;

    /// The times of the same cells, where there is a `time_column`: the latest of a pair that
    /// occurs more than once. Else without any.
    Interactions<double> times = {};

    /// The lines that were left out with `BadLines::skip`, each as the error that it would have
    /// been, "file:line:column: ...". About 200 bytes a line.
    std::vector<std::string> bad_lines = {};
};

/// Reads a file of ratings, play counts or events: a line each, with a user, an item and a value.
///
/// Dense indices are given in the order in which ids first appear on lines that are kept. Ids are
/// any text and kept as given; "7" and "07" differ.
///
/// The dialect:
/// - Lines end with LF or CRLF; the last may end without. A UTF-8 byte order mark is skipped, and
///   so are blank lines and those that begin with `.comment`. A line of more than 1 MiB and a NUL
///   byte are errors.
/// - Columns are separated by `.delimiter`; those that no option names are ignored. Blanks and tabs
///   around a field do not belong to it.
/// - With a delimiter of one character a field may stand in quotes, "a ""b"" c", on one line.
/// - Values are decimal numbers with a point, whatever the locale: 4, 3.5, +1, -1e2. Refused are
///   nan, inf, hexadecimal numbers, decimal commas, text after the number, and what `Scalar` cannot
///   hold.
/// - An empty id is refused: it is a missing value and not a name.
/// - `.bad_lines` says whether the first line that is not so is an error, or all are skipped and
///   reported.
///
/// Throws `InputError` for an illegal option; `IoError` when the file cannot be opened or read,
/// with the system's reason; `FormatError` "file:line:column: ..." (lines and bytes from 1) for a
/// line that is not as above, for a repeated pair if `.duplicates` is `error`, and for a file
/// without any rating that is kept. Cost: O(size of the file). Memory: the file is read in blocks;
/// the result takes what `Interactions` and `IdMap` say, and making it at most 4 times as much.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(const std::filesystem::path& path,
                                           const RatingsOptions& options = {});

/// The same from a stream, which `name` stands for in messages. Throws `IoError` when the stream
/// has failed before or fails to read.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(std::istream& stream, const std::string& name,
                                           const RatingsOptions& options = {});

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/ratings_file.hpp>
#endif
