// SPDX-License-Identifier: MIT
// Opens a folder with one of the MovieLens data sets of GroupLens, whichever its format, or a
// single file of ratings; for the examples.
#pragma once

#include "planted_world.hpp"
#include "temporary_folder.hpp"
#include <als/error.hpp>
#include <als/ratings_file.hpp>
#include <als/types.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <unordered_map>

namespace support {

/// Ratings, and the titles of the movies where the format has them.
template <als::Real Scalar>
struct MovieLens {
    als::Ratings<Scalar> ratings;
    std::unordered_map<std::string, std::string> titles;  ///< by external movie id, in UTF-8
    std::string format;                                   ///< which format was found

    /// The movie's title, or its id where the title is not known.
    [[nodiscard]] std::string title(const std::string& id) const {
        const auto found = titles.find(id);
        return found == titles.end() ? id : found->second;
    }
    [[nodiscard]] std::string title(als::Item item) const {
        return title(ratings.items.name(item));
    }
};

namespace movielens_detail {

struct Format {
    std::string_view name;
    std::string_view ratings;
    std::string_view movies;
    std::string_view delimiter;  // between id and title in the file of movies
    bool is_latin_1;
};

constexpr std::array formats{
    Format{"MovieLens 100K", "u.data", "u.item", "|", true},
    Format{"MovieLens 1M", "ratings.dat", "movies.dat", "::", true},
    Format{"MovieLens 1M, without times", "ratings_uir.tsv", "movies.dat", "::", true},
    Format{"MovieLens latest", "ratings.csv", "movies.csv", ",", false},
};

inline std::string utf_8_from_latin_1(std::string_view text) {
    std::string converted;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            converted += c;
        } else {
            converted += static_cast<char>(0xC0 | (byte >> 6));
            converted += static_cast<char>(0x80 | (byte & 0x3F));
        }
    }
    return converted;
}

/// The title that `rest` of a line begins with; in CSV one with a comma or a quote is quoted.
inline std::string first_field(std::string_view rest, std::string_view delimiter) {
    if (delimiter != "," || !rest.starts_with('"'))
        return std::string(rest.substr(0, rest.find(delimiter)));
    std::string field;
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == '"' && !rest.substr(++i).starts_with('"')) break;
        field += rest[i];
    }
    return field;
}

inline std::unordered_map<std::string, std::string> read_titles(const std::filesystem::path& path,
                                                                const Format& format) {
    std::unordered_map<std::string, std::string> titles;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.ends_with('\r')) line.pop_back();
        const std::size_t end = line.find(format.delimiter);
        if (end == std::string::npos) continue;
        const std::string_view rest = std::string_view(line).substr(end + format.delimiter.size());
        const std::string title = first_field(rest, format.delimiter);
        titles[line.substr(0, end)] = format.is_latin_1 ? utf_8_from_latin_1(title) : title;
    }
    titles.erase("movieId");  // the header of movies.csv
    return titles;
}

}  // namespace movielens_detail

/// Opens the folder (or file) at `path`. Throws `als::IoError` when no file of ratings is there,
/// and what `als::read_ratings` throws. Missing titles are no error.
template <als::Real Scalar>
[[nodiscard]] MovieLens<Scalar> open_movielens(const std::filesystem::path& path,
                                               const als::RatingsOptions& options = {}) {
    if (std::filesystem::is_regular_file(path))
        return {als::read_ratings<Scalar>(path, options), {}, "ratings file"};

    std::string looked_for;
    for (const auto& format : movielens_detail::formats) {
        if (std::filesystem::exists(path / format.ratings))
            return {als::read_ratings<Scalar>(path / format.ratings, options),
                    movielens_detail::read_titles(path / format.movies, format),
                    std::string(format.name)};
        looked_for += (looked_for.empty() ? "" : ", ") + std::string(format.ratings);
    }
    throw als::IoError("no ratings at " + path.string() +
                       "; it is not a file, and not a folder with one of " + looked_for +
                       " (examples/fetch_movielens.sh fetches a data set)");
}

/// Opens the folder that the command line names or, where it names none, a made-up one.
template <als::Real Scalar>
[[nodiscard]] MovieLens<Scalar> open_movielens_or_made_up(
    int argc, char** argv, const als::RatingsOptions& options = {},
    const PlantedWorld& world =
        PlantedWorld({.users = 300, .items = 200, .ratings_per_user = 50, .whole_stars = true})) {
    if (argc > 1) return open_movielens<Scalar>(argv[1], options);
    std::cout << "No folder was given: this is a made-up one.\n";
    const TemporaryFolder folder;
    write_as_movielens(world, folder.path());
    return open_movielens<Scalar>(folder.path(), options);
}

}  // namespace support
