// SPDX-License-Identifier: MIT
#include "messages.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>

namespace commands {
namespace {

/// Options that are not called here as they are in C++, or have other values.
struct Spelling {
    std::string_view from, to;
};
constexpr Spelling spellings[] = {
    {".user = ", "--user-column "},
    {".item = ", "--item-column "},
    {".value = ", "--value-column "},
    {".time = ", "--time-column "},
    {".user names", "--user-column names"},
    {".item names", "--item-column names"},
    {".value names", "--value-column names"},
    {".time names", "--time-column names"},
    {".id = ", "--name-id-column "},
    {".id_column", "--name-id-column"},
    {".column = ", "--name-column "},
    {".quotes = false", "--no-quotes"},
    {".ragged = true", "--ragged"},
    {".any_id = true", "--any-id"},
    {".comment = '\\0'", "--comment none"},
    {".missing = {\"\"}", "--missing \"\""},
    {".missing = {", "--missing "},
    {"} leaves", " leaves"},
    {"} to leave", " to leave"},
    {"set .biases = true", "leave out --no-biases"},
    {"set .acceleration = false, or .non_negative = false",
     "leave out --acceleration or --non-negative"},
    {"set .non_negative = false", "leave out --non-negative"},
};

/// The letters, digits and '_' at the beginning of a text.
std::string_view word_of(std::string_view text) {
    const auto end = std::find_if_not(
        text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

std::string with_dashes(std::string_view name) {
    std::string option = "--" + std::string(name);
    std::replace(option.begin() + 2, option.end(), '_', '-');
    return option;
}

// Each of these takes what it knows from the beginning of `rest`, adds it to `result` as it is
// written here, and says whether there was something that it knows.

bool take_quoted(std::string_view& rest, std::string& result) {
    if (!rest.starts_with('"')) return false;
    const std::size_t end = std::min(rest.find('"', 1), rest.size() - 1) + 1;
    result += rest.substr(0, end);
    rest.remove_prefix(end);
    return true;
}

bool take_spelling(std::string_view& rest, std::string& result) {
    for (const auto& [from, to] : spellings)
        if (rest.starts_with(from)) {
            result += to;
            rest.remove_prefix(from.size());
            return true;
        }
    return false;
}

/// Whether the text so far ends where a new word begins.
bool is_between_words(const std::string& result) {
    return result.empty() || result.back() == ' ' || result.back() == '(';
}

/// "als::Training::factors", "Solver::exact", or the function at the beginning: "als::fit: ".
bool take_qualified(std::string_view& rest, std::string& result) {
    std::string_view behind = rest;
    if (behind.starts_with("als::")) behind.remove_prefix(5);
    const std::string_view name = word_of(behind);
    behind.remove_prefix(name.size());
    if (name.empty() || !is_between_words(result)) return false;
    if (behind.starts_with("::")) {
        const std::string_view member = word_of(behind.substr(2));
        rest = behind.substr(2 + member.size());
        const bool has_options = name.ends_with("Options") || name == "Training" ||
                                 name == "Implicit" || name == "Explicit";
        result += has_options ? with_dashes(member) : std::string(member);
        return true;
    }
    if (!rest.starts_with("als::")) return false;
    const bool is_place = result.empty() && behind.starts_with(": ");
    if (!is_place) result += name;
    rest = behind.substr(is_place ? 2 : 0);
    return true;
}

/// Whether a text goes on after the first word of a path: ".csv" or "/plays".
bool goes_on_as_path(std::string_view text) {
    return text.starts_with('/') || (text.starts_with('.') && !word_of(text.substr(1)).empty());
}

/// ".value_column = ", ".delimiter", but not ".hidden.csv".
bool take_option(std::string_view& rest, std::string& result) {
    if (!is_between_words(result) || !rest.starts_with('.')) return false;
    const std::string_view name = word_of(rest.substr(1));
    if (name.empty() || goes_on_as_path(rest.substr(1 + name.size()))) return false;
    result += with_dashes(name);
    rest.remove_prefix(1 + name.size());
    if (!rest.starts_with(" = ")) return true;
    result += ' ';
    rest.remove_prefix(3);
    return true;
}

}  // namespace

std::string with_our_options(std::string_view message) {
    std::string result;
    while (!message.empty()) {
        if (take_quoted(message, result) || take_spelling(message, result) ||
            take_qualified(message, result) || take_option(message, result))
            continue;
        result += message.front();
        message.remove_prefix(1);
    }
    return result;
}

std::string in_one_line(std::string_view message) {
    std::string line;
    for (const char c : message)
        if (c != '\n' && c != '\r')
            line += c;
        else if (!line.ends_with(' '))
            line += ' ';
    while (line.ends_with(' ')) line.pop_back();
    return line;
}

}  // namespace commands
