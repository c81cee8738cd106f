// SPDX-License-Identifier: MIT
// The public data sets, which benchmarks read from a folder with ml-100k/, ml-1m/, jester-1/,
// lastfm-hetrec2011/, filmtrust/ and amazon-book/. If a file is absent, the readers throw
// `Missing`.
#pragma once

#include <als/als.hpp>
#include <als/feature_file.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace public_data {

namespace fs = std::filesystem;
using als::Entry;
using als::Interactions;
using als::Item;
using als::User;

struct Missing : als::IoError {
    explicit Missing(const fs::path& path) : als::IoError("there is no " + path.string()) {}
};

/// The arguments of most of these programs: FOLDER [WORD...] [--seeds N] [--threads N].
struct Options {
    fs::path folder;
    std::vector<std::string> words;
    int seeds = 3;
    int threads = 0;
};
inline Options options_from(int count, char** arguments, int seeds = Options{}.seeds) {
    Options options;
    options.seeds = seeds;
    for (int n = 1; n < count; ++n) {
        const std::string argument = arguments[n];
        if (argument == "--seeds" && n + 1 < count)
            options.seeds = std::max(1, std::atoi(arguments[++n]));
        else if (argument == "--threads" && n + 1 < count)
            options.threads = std::max(0, std::atoi(arguments[++n]));
        else if (options.folder.empty())
            options.folder = argument;
        else
            options.words.push_back(argument);
    }
    return options;
}

/// The text of a file, unpacked if its name ends in .gz.
inline std::string text_of(const fs::path& path) {
    if (!fs::exists(path)) throw Missing(path);
    const std::string command =
        (path.extension() == ".gz" ? "gzip -dc '" : "cat '") + path.string() + "'";
    std::FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) throw als::IoError("public_data: cannot run " + command);
    std::string text;
    std::array<char, 65536> buffer;
    while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
        text.append(buffer.data(), n);
    if (pclose(pipe) != 0) throw als::IoError("public_data: " + command + " failed");
    return text;
}

/// Reads user, item and value from the first three columns; ids are used as indices.
inline std::vector<Entry<float>> triples(const fs::path& path) {
    std::istringstream lines(text_of(path));
    std::vector<Entry<float>> entries;
    std::string line;
    while (std::getline(lines, line)) {
        Entry<float> entry;
        std::istringstream(line) >> entry.user.index >> entry.item.index >> entry.value;
        entries.push_back(entry);
    }
    return entries;
}

/// Reads `user item item ...` on each line.
inline std::vector<Entry<float>> item_lists(const fs::path& path) {
    std::istringstream lines(text_of(path));
    std::vector<Entry<float>> entries;
    std::string line;
    while (std::getline(lines, line)) {
        std::istringstream numbers(line);
        Entry<float> entry;
        numbers >> entry.user.index;
        entry.value = 1;
        while (numbers >> entry.item.index) entries.push_back(entry);
    }
    return entries;
}

inline std::set<std::size_t> numbers(const fs::path& path) {
    std::istringstream text(text_of(path));
    std::set<std::size_t> all;
    for (std::size_t n = 0; text >> n;) all.insert(n);
    return all;
}

struct Parts {
    Interactions<float> train, test;
};

inline Parts parts(const std::vector<Entry<float>>& train, const std::vector<Entry<float>>& test) {
    std::int64_t users = 0;
    std::int64_t items = 0;
    for (const auto* part : {&train, &test})
        for (const auto& entry : *part) {
            users = std::max<std::int64_t>(users, entry.user.index + 1);
            items = std::max<std::int64_t>(items, entry.item.index + 1);
        }
    return {{users, items, train}, {users, items, test}};
}

/// The entries whose number is in `chosen` form the test set.
inline Parts parts_by_number(const std::vector<Entry<float>>& all,
                             const std::set<std::size_t>& chosen) {
    std::vector<Entry<float>> train, test;
    for (std::size_t n = 0; n < all.size(); ++n)
        (chosen.count(n) > 0 ? test : train).push_back(all[n]);
    return parts(train, test);
}

/// One of the five folds that come with the data, 1 to 5.
inline Parts fold_of_100k(const fs::path& folder, int fold) {
    const std::string name = std::string("u").append(std::to_string(fold));  // g++ 12 warns of +
    return parts(triples(folder / "ml-100k" / (name + ".base")),
                 triples(folder / "ml-100k" / (name + ".test")));
}

/// The ratings, split 90 % and 10 % as given with the data.
inline Parts ratings_of_1m(const fs::path& folder) {
    const fs::path set = folder / "ml-1m";
    return parts_by_number(triples(set / "ratings_uir.tsv.gz"),
                           numbers(set / "test_rows_90_10.txt.gz"));
}

/// Genres and decades of the movies whose ids are the ratings' indices: [3953, features].
inline als::Features<Item, float> features_of_1m(const fs::path& folder) {
    const fs::path path = folder / "ml-1m" / "movies.dat";
    if (!fs::exists(path)) throw Missing(path);
    als::IdMap<Item> ids;
    for (int id = 0; id <= 3952; ++id) ids.add(std::to_string(id));
    return als::read_features<float>(
        path, ids,
        {.columns = {{.name = "decade", .column = 1, .text = als::year_in, .width = 10},
                     {.name = "genre", .column = 2, .kind = als::FeatureKind::list}}});
}

/// Ratings of jokes, from -10 to 10, split 90 % and 10 %.
inline Parts jester(const fs::path& folder) {
    const fs::path set = folder / "jester-1";
    std::istringstream lines(text_of(set / "jester-data-1.csv.gz"));
    std::vector<Entry<float>> entries;
    std::string row;
    for (std::int32_t user = 0; std::getline(lines, row); ++user) {
        std::istringstream cells(row);
        std::string cell;
        std::getline(cells, cell, ',');  // the number of ratings
        for (std::int32_t joke = 0; std::getline(cells, cell, ','); ++joke)
            if (const float value = std::strtof(cell.c_str(), nullptr); value != 99)
                entries.push_back({User{user}, Item{joke}, value});
    }
    return parts_by_number(entries, numbers(set / "test_cells_90_10.txt.gz"));
}

/// MovieLens 1M as pairs, split 80 % and 20 % for each user.
inline Parts m1(const fs::path& folder) {
    const fs::path set = folder / "ml-1m" / "m1";
    return parts(item_lists(set / "train.txt.gz"), item_lists(set / "test.txt.gz"));
}

/// Amazon-book as pairs, very sparse, in the parts of Wang et al. 2019 (KGAT).
inline Parts amazon_book(const fs::path& folder) {
    const fs::path set = folder / "amazon-book";
    return parts(item_lists(set / "train.txt.gz"), item_lists(set / "test.txt.gz"));
}

/// Last.fm, users and artists, split 80 % and 20 % for each user. The values are the numbers of
/// plays.
inline Parts lastfm(const fs::path& folder) {
    const fs::path set = folder / "lastfm-hetrec2011";
    std::istringstream lines(text_of(set / "user_artists.dat"));
    als::IdMap<User> users;
    als::IdMap<Item> artists;
    std::vector<Entry<float>> entries;
    std::string user, artist, header;
    std::getline(lines, header);
    for (float plays = 0; lines >> user >> artist >> plays;)
        entries.push_back({users.add(user), artists.add(artist), plays});
    return parts_by_number(entries, numbers(set / "test_rows_80_20.txt.gz"));
}

/// Every pair counts 1.
inline Parts as_pairs(const Parts& data) {
    const auto one = [](User, Item, float) { return 1; };
    return {als::with_values(data.train, one), als::with_values(data.test, one)};
}

}  // namespace public_data
