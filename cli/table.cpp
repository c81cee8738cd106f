// SPDX-License-Identifier: MIT
#include "table.hpp"

#include "json.hpp"
#include "options.hpp"
#include <als/detail/base/number.hpp>
#include <als/error.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

namespace commands {
namespace {

constexpr std::size_t buffer_bytes = 1 << 16;

template <typename Number>
std::string number_text(Number number) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
    return {digits, end};
}

/// A number that is not finite says nothing.
bool is_nothing(const Cell& cell) {
    if (const auto* const number = std::get_if<double>(&cell)) return !std::isfinite(*number);
    if (const auto* const number = std::get_if<float>(&cell)) return !std::isfinite(*number);
    return std::holds_alternative<std::monostate>(cell);
}

std::string cell_text(const Cell& cell, bool is_json) {
    if (is_nothing(cell)) return {};
    return std::visit(
        [&]<typename Value>(const Value& value) -> std::string {
            if constexpr (std::is_same_v<Value, std::monostate>)
                return {};
            else if constexpr (std::is_same_v<Value, std::string_view>)
                return is_json ? json_string(value) : csv_field(value);
            else if constexpr (std::is_same_v<Value, bool>)
                return value ? "true" : "false";
            else
                return number_text(value);
        },
        cell);
}

}  // namespace

void OutputOptions::add_to(CLI::App& command) {
    command.add_option("-o,--output", path, "File to write; without it, standard output")
        ->type_name("FILE")
        ->group("Output");
    add_choice<Format>(command, "--format", format, {{"csv", Format::csv}, {"json", Format::json}},
                       "csv: a header and a line for each row; json: an object on each line")
        ->group("Output");
}

void check_folder(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    if (!folder.empty() && !std::filesystem::is_directory(folder))
        throw als::IoError("cannot write " + path + ": there is no folder " + folder.string() +
                           "; create it, or name another");
}

double rounded(double number) {
    char digits[32];
    const int length = std::snprintf(digits, sizeof(digits), "%.6g", number);
    double result = number;
    als::detail::read_number(digits, digits + length, result);
    return result;
}

Sink::Sink(const std::string& path)
    : path_(path), file_(path.empty() ? stdout : std::fopen(path.c_str(), "wb")) {
    if (file_ == nullptr) fail("cannot create ");
}

Sink::~Sink() {
    if (file_ != nullptr && file_ != stdout) std::fclose(file_);
}

void Sink::write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail("cannot write ");
}

void Sink::finish() {
    if (std::fflush(file_) != 0) fail("cannot write ");
    if (file_ == stdout) return;
    if (std::fclose(std::exchange(file_, nullptr)) != 0) fail("cannot write ");
}

void Sink::fail(const char* what) const {
    const int code = errno;
    if (path_.empty() && code == EPIPE) throw BrokenPipe{};
    throw als::IoError(what + (path_.empty() ? "standard output" : path_) + ": " +
                       std::generic_category().message(code) +
                       "; what was written is not complete");
}

Table::Table(const OutputOptions& options, std::vector<std::string> columns)
    : sink_(options.path), format_(options.format), columns_(std::move(columns)) {
    if (format_ != Format::csv) return;
    for (const std::string& column : columns_)
        pending_ += (pending_.empty() ? "" : ",") + csv_field(column);
    pending_ += '\n';
}

void Table::add(std::span<const Cell> cells) {
    const bool is_json = format_ == Format::json;
    const char* separator = is_json ? "{" : "";
    for (std::size_t n = 0; n < cells.size(); ++n) {
        if (is_json && is_nothing(cells[n])) continue;
        pending_ += std::exchange(separator, ",");
        if (is_json) pending_ += json_string(columns_[n]) + ":";
        pending_ += cell_text(cells[n], is_json);
    }
    pending_ += is_json ? "}\n" : "\n";
    if (pending_.size() >= buffer_bytes) flush();
}

void Table::finish() {
    flush();
    sink_.finish();
}

void Table::flush() {
    sink_.write(pending_);
    pending_.clear();
}

std::string csv_field(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    const bool is_plain = !text.empty() &&
                          text.find_first_of("\",\r\n") == std::string_view::npos &&
                          !is_blank(text.front()) && !is_blank(text.back());
    if (is_plain) return std::string(text);
    std::string field = "\"";
    for (const char c : text) field += c == '"' ? "\"\"" : std::string(1, c);
    return field + '"';
}

std::string json_string(std::string_view text) {
    constexpr char digits[] = "0123456789abcdef";
    std::string result = "\"";
    while (!text.empty()) {
        const std::size_t length = als_report::json::utf_8_length(text);
        const auto first = static_cast<unsigned char>(text.front());
        if (length == 0)
            result += "\\ufffd";
        else if (first == '"' || first == '\\')
            result += {'\\', text.front()};
        else if (first < 0x20 || first == 0x7F)
            result += {'\\', 'u', '0', '0', digits[first / 16], digits[first % 16]};
        else
            result += text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return result + '"';
}

}  // namespace commands
