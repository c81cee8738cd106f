// SPDX-License-Identifier: MIT
// What commands print: rows of a table as CSV or as JSON lines, to standard output or to a file.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace commands {

/// Standard output was closed by its reader, as `head` does: the program ends without a message.
struct BrokenPipe {};

enum class Format { csv, json };

/// Where the output goes.
struct OutputOptions {
    std::string path;
    Format format = Format::csv;

    void add_to(CLI::App& command);
};

/// Throws `als::IoError` if the folder of a file to be written does not exist: better before the
/// work than after it.
void check_folder(const std::string& path);

/// A measured number with six digits: more say nothing.
double rounded(double number);

/// Where bytes go: standard output, or a file if there is a path. Errors are `als::IoError`, except
/// `BrokenPipe`.
class Sink {
public:
    explicit Sink(const std::string& path);
    ~Sink();
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    void write(std::string_view bytes);

    /// Writes what is left and closes the file. Nothing is sure to be written before.
    void finish();

private:
    [[noreturn]] void fail(const char* what) const;

    std::string path_;
    std::FILE* file_;
};

/// A cell of a table: nothing, a text, a truth, or a number, which is written with as many digits
/// as it takes to read the same number back.
using Cell = std::variant<std::monostate, std::string_view, bool, std::int64_t, float, double>;

/// Rows with named columns. CSV begins with a line of the names (RFC 4180, with LF). JSON has an
/// object for each row, without the cells that hold nothing.
class Table {
public:
    Table(const OutputOptions& options, std::vector<std::string> columns);

    /// Adds a row with a cell for each column.
    void add(std::span<const Cell> cells);
    void add(std::initializer_list<Cell> cells) { add({cells.begin(), cells.size()}); }

    /// Has to be called after the last row.
    void finish();

private:
    void flush();

    Sink sink_;
    Format format_;
    std::vector<std::string> columns_;
    std::string pending_;
};

/// A field of CSV, in quotes if it needs them.
std::string csv_field(std::string_view text);

/// A string of JSON, with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace commands
