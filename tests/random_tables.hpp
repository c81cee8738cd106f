// SPDX-License-Identifier: MIT
// Random ratings in random dialects and layouts. Each text must be read as it was written, or
// refused.
#pragma once

#include <als/ratings_file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als_test {

/// The values of pairs of user and item.
using Truth = std::map<std::pair<std::string, std::string>, double>;

/// A text, the options to read it with, and what it says.
struct WrittenTable {
    std::string text;
    als::RatingsOptions options;
    Truth truth;
};

/// Writes a table from random numbers.
class TableWriter {
public:
    explicit TableWriter(std::uint64_t seed) : engine_(seed) {}

    WrittenTable table() {
        make_truth();
        switch (below(12)) {
            case 0:
                return lists();
            case 1:
                return wide();
            case 2:
                return matrix();
            case 3:
                return blocks();
            default:
                return columns();
        }
    }

private:
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
    bool often() { return below(4) != 0; }
    bool rarely() { return below(6) == 0; }
    template <typename List>
    auto one_of(const List& list) {
        return *(std::begin(list) + static_cast<std::ptrdiff_t>(below(std::size(list))));
    }

    std::string id(std::size_t kind) {
        static const std::vector<std::string> odd{"Crosby, Stills",
                                                  "7\" single",
                                                  "\"quoted\"",
                                                  "#rust",
                                                  "AC;DC",
                                                  "a b",
                                                  "x|y",
                                                  "123.0",
                                                  "-7.82",
                                                  "NA",
                                                  "a:::b",
                                                  "2024-05",
                                                  "a::b",
                                                  "tab\tin",
                                                  "1,5",
                                                  "rating",
                                                  "item",
                                                  "%",
                                                  "sep=;",
                                                  "1:",
                                                  "{\"a\"",
                                                  "caf\xC3\xA9",
                                                  "1e5",
                                                  "+3",
                                                  "inf"};
        if (kind == 0) return std::to_string(1 + below(40));
        if (kind == 1)
            return std::string(1, static_cast<char>('a' + below(26))) + std::to_string(below(9));
        if (kind == 2) return one_of(odd);
        return id(below(2));
    }

    void make_truth() {
        truth_.clear();
        const std::size_t users = below(4);
        const std::size_t items = below(4);
        const std::size_t count = 1 + below(12);
        for (std::size_t n = 0; n < count; ++n)
            truth_[{id(users == 3 && rarely() ? 2 : users),
                    id(items == 3 && rarely() ? 2 : items)}] =
                rarely() ? 0.5 * static_cast<double>(1 + below(10))
                         : static_cast<double>(1 + below(5));
    }

    static std::string number(double value) {
        std::ostringstream stream;
        stream.imbue(std::locale::classic());
        stream << value;
        return stream.str();
    }

    /// Returns a field, quoted if necessary and sometimes if not.
    std::string quoted(const std::string& field, const std::string& delimiter) {
        const bool may_quote = delimiter.size() == 1;
        const bool has_to = field.find(delimiter) != std::string::npos || field.starts_with('"') ||
                            (delimiter == " " && field.find('\t') != std::string::npos) ||
                            field.empty();
        if (!has_to && !(may_quote && quotes_much_ && often())) return field;
        if (!may_quote) {
            cannot_write_ = cannot_write_ || field.find(delimiter) != std::string::npos;
            return field;
        }
        std::string text = "\"";
        for (const char c : field) text += c == '"' ? std::string("\"\"") : std::string(1, c);
        return text + '"';
    }

    std::string line(const std::vector<std::string>& fields, const std::string& delimiter) {
        std::string text;
        for (const std::string& field : fields) {
            if (&field != &fields.front()) text += delimiter;
            text += quoted(field, delimiter);
        }
        return text;
    }

    WrittenTable finish(const std::vector<std::string>& lines, als::RatingsOptions options) {
        const std::string end = rarely() ? "\r\n" : "\n";
        std::string text = rarely() ? "\xEF\xBB\xBF" : "";
        const bool comments = options.layout != als::Layout::matrix_market && rarely();
        if (comments) text += "# written by hand" + end;
        for (const std::string& one : lines) {
            text += one + end;
            if (rarely() && rarely()) text += end;
        }
        if (rarely()) text.erase(text.size() - end.size());
        // A text that cannot be written in this dialect is refused in advance.
        if (cannot_write_) return {"", options, truth_};
        return {text, std::move(options), truth_};
    }

    std::string title(std::size_t role) {
        static const std::vector<std::string> titles[] = {
            {"user", "userId", "user_id", "User ID", "uid", "customer"},
            {"item", "movieId", "item_id", "artist", "asin", "track_id"},
            {"rating", "plays", "stars", "count", "value"},
            {"timestamp", "time", "ts", "date"}};
        if (role > 3)
            return one_of(
                std::vector<std::string>{"", "Unnamed: 0", "title", "x", "index", "genres"});
        return one_of(titles[role]);
    }

    /// One rating on each line.
    WrittenTable columns() {
        const std::string delimiter =
            one_of(std::vector<std::string>{",", ",", "\t", ";", "|", "::", " "});
        quotes_much_ = rarely();
        const bool values = often();
        const bool times = rarely();
        std::vector<std::size_t> roles{0, 1};
        if (values)
            roles.push_back(2);
        else
            for (auto& [pair, value] : truth_) value = 1;
        if (times) roles.push_back(3);
        const bool header = below(3) != 0;
        for (std::size_t more = header ? below(3) : 0; more > 0; --more) roles.push_back(4);
        als::RatingsOptions options;
        const bool unknown_titles = header && rarely();
        if (header) std::shuffle(roles.begin(), roles.end(), engine_);
        std::vector<std::string> titles;
        for (const std::size_t role : roles)
            titles.push_back(unknown_titles ? "c" + std::to_string(role) : title(role));
        const auto place = [&](std::size_t role) {
            return static_cast<int>(std::find(roles.begin(), roles.end(), role) - roles.begin());
        };
        if (!values) options.value_column = -1;
        if (header && rarely()) {
            options.user = titles[static_cast<std::size_t>(place(0))];
            options.item = titles[static_cast<std::size_t>(place(1))];
        } else if (rarely()) {
            options.user_column = place(0);
            options.item_column = place(1);
            if (values) options.value_column = place(2);
        }
        if (times && rarely()) options.time_column = place(3);
        if (rarely()) options.delimiter = delimiter;
        if (!header && rarely()) options.header = als::Header::absent;
        if (rarely()) options.comment = '\0';
        std::vector<std::string> lines;
        if (rarely() && rarely() && delimiter.size() == 1) lines.push_back("sep=" + delimiter);
        if (header) lines.push_back(line(titles, delimiter));
        for (const auto& [pair, value] : truth_) {
            std::vector<std::string> fields;
            for (const std::size_t role : roles)
                fields.push_back(role == 0   ? pair.first
                                 : role == 1 ? pair.second
                                 : role == 2 ? number(value)
                                 : role == 3 ? std::to_string(1000 + below(1000))
                                             : id(3));
            lines.push_back(line(fields, delimiter));
        }
        return finish(lines, options);
    }

    /// One user on each line, with its items.
    WrittenTable lists() {
        const std::string delimiter = one_of(std::vector<std::string>{" ", " ", "\t", ",", ";"});
        for (auto& [pair, value] : truth_) value = 1;
        std::map<std::string, std::vector<std::string>> rows;
        for (const auto& [pair, value] : truth_) {
            auto& row = rows[pair.first];
            if (row.empty()) row.push_back(pair.first);
            row.push_back(pair.second);
        }
        als::RatingsOptions options;
        std::vector<std::string> lines;
        std::size_t shortest = 99;
        std::size_t longest = 0;
        for (const auto& [user, row] : rows) {
            lines.push_back(line(row, delimiter));
            shortest = std::min(shortest, row.size());
            longest = std::max(longest, row.size());
        }
        // Lists of the same length cannot be told from other tables.
        if (shortest == longest || often()) options.layout = als::Layout::lists;
        if (options.layout == als::Layout::ratings && rarely()) options.value_column = -1;
        return finish(lines, options);
    }

    /// Users by items. It must be refused, never read.
    WrittenTable wide() {
        const std::string delimiter = one_of(std::vector<std::string>{",", "\t", ";"});
        const std::size_t width = 2 + below(6);
        const bool header = often();
        std::vector<std::string> lines;
        std::vector<std::string> fields{rarely() ? "user" : ""};
        for (std::size_t n = 0; n < width; ++n) fields.push_back("i" + std::to_string(n));
        if (header) lines.push_back(line(fields, delimiter));
        truth_.clear();
        const bool decimals = !header && width < 4;
        for (std::size_t user = 0; user < 1 + below(5); ++user) {
            fields = {std::to_string(user)};
            for (std::size_t n = 0; n < width; ++n)
                fields.push_back(decimals ? number(0.25 + static_cast<double>(below(9)))
                                          : number(static_cast<double>(1 + below(5))));
            lines.push_back(line(fields, delimiter));
        }
        return finish(lines, {});
    }

    WrittenTable matrix() {
        als::RatingsOptions options;
        if (often()) {
            options.layout = als::Layout::matrix_market;
            options.user_column = static_cast<int>(below(2));
            options.item_column = 1 - *options.user_column;
        }
        const bool users_first = options.user_column.value_or(0) == 0;
        Truth cells;
        for (std::size_t n = 1 + below(9); n > 0; --n)
            cells[{std::to_string(1 + below(9)), std::to_string(1 + below(9))}] =
                static_cast<double>(1 + below(5));
        truth_ = cells;
        std::vector<std::string> lines{"%%MatrixMarket matrix coordinate real general"};
        if (rarely()) lines.emplace_back("% written by a test");
        lines.push_back("9 9 " + std::to_string(cells.size()));
        for (const auto& [pair, value] : cells)
            lines.push_back(
                (users_first ? pair.first + ' ' + pair.second : pair.second + ' ' + pair.first) +
                ' ' + number(value));
        return finish(lines, options);
    }

    /// An item's number and a colon, then its users.
    WrittenTable blocks() {
        std::map<std::string, std::vector<std::string>> rows;
        Truth cells;
        for (const auto& [pair, value] : truth_) {
            const std::string item = std::to_string(1 + below(9));
            cells[{pair.first, item}] = value;
            rows[item].push_back(line({pair.first, number(value), "2005-09-06"}, ","));
        }
        truth_ = cells;
        std::vector<std::string> lines;
        for (const auto& [item, row] : rows) {
            lines.push_back(item + ':');
            lines.insert(lines.end(), row.begin(), row.end());
        }
        return finish(lines, {});
    }

    std::mt19937_64 engine_;
    Truth truth_;
    bool quotes_much_ = false;
    bool cannot_write_ = false;
};

/// The outcome of reading a table.
enum class Outcome { read, refused, misread };

/// Reads the table. If it is misread, `report` says how.
inline Outcome read_table(const WrittenTable& table, std::string& report) {
    std::istringstream stream(table.text);
    Truth found;
    try {
        const auto ratings = als::read_ratings<double>(stream, "table", table.options);
        for (const auto& [user, item, value] : ratings.interactions.entries())
            found[{ratings.users.name(user), ratings.items.name(item)}] = value;
    } catch (const als::Error& error) {
        report = error.what();
        return Outcome::refused;
    }
    if (found == table.truth) return Outcome::read;
    std::ostringstream text;
    text << "The text\n" << table.text << "is read as\n";
    for (const auto& [pair, value] : found)
        text << '[' << pair.first << "] [" << pair.second << "] " << value << '\n';
    text << "with columns " << table.options.user_column.value_or(-9) << ' '
         << table.options.item_column.value_or(-9) << ' ' << table.options.value_column.value_or(-9)
         << ", delimiter '" << table.options.delimiter << "', layout "
         << static_cast<int>(table.options.layout) << ", header "
         << static_cast<int>(table.options.header) << ", comment "
         << static_cast<int>(table.options.comment.value_or('?')) << '\n';
    report = text.str();
    return Outcome::misread;
}

}  // namespace als_test
