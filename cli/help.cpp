// SPDX-License-Identifier: MIT
#include "help.hpp"

#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace commands {
namespace {

constexpr std::size_t line_width = 88;
constexpr std::size_t text_column = 32;

/// A name at the left, and a text beside it, or below a name that is too long.
std::string entry(const std::string& name, const std::string& text) {
    const std::string margin(text_column, ' ');
    std::string result = "  " + name;
    if (result.size() + 2 > text_column)
        result += "\n" + margin;
    else
        result.resize(text_column, ' ');
    bool is_first = true;
    for (const std::string& line : wrapped(text, line_width - text_column)) {
        result += (is_first ? "" : margin) + line + "\n";
        is_first = false;
    }
    return result;
}

}  // namespace

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
    std::vector<std::string> lines{""};
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        std::string& line = lines.back();
        if (line.empty())
            line = word;
        else if (line.size() + 1 + word.size() <= width)
            line += " " + word;
        else
            lines.push_back(word);
    }
    return lines;
}

std::string heading_of(const CLI::Option& option) {
    if (option.get_positional()) return option.get_name(true);
    std::string heading = option.get_name(false, true);
    if (const auto comma = heading.find(','); comma != std::string::npos)
        heading.insert(comma + 1, " ");
    const bool has_value = option.get_items_expected_max() > 0;
    return has_value ? heading + " " + option.get_type_name() : heading;
}

std::string meaning_of(const CLI::Option& option) {
    const std::string& standard = option.get_default_str();
    return option.get_description() + (standard.empty() ? "" : " (default: " + standard + ")");
}

Help::Help() {
    label("Positionals", "Arguments");
    label("SUBCOMMAND", "COMMAND");
}

std::string Help::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const {
    // One empty line between any two parts.
    std::string text;
    for (const char c : Formatter::make_help(app, std::move(name), mode))
        if (c != '\n' || !text.ends_with("\n\n")) text += c;
    return text;
}

std::string Help::make_description(const CLI::App* app) const {
    std::string text;
    for (const std::string& line : wrapped(app->get_description(), line_width)) text += line + "\n";
    return text + "\n";
}

std::string Help::make_subcommand(const CLI::App* command) const {
    const std::string description = command->get_description();
    return entry(command->get_name(), description.substr(0, description.find('.')));
}

std::string Help::make_option(const CLI::Option* option, bool) const {
    return entry(heading_of(*option), meaning_of(*option));
}

std::string main_footer() {
    return "Each command has its own --help, with examples.\n"
           "\n"
           "Exit codes:\n"
           "  0    success\n"
           "  1    an error in the data, in a file or in the value of an option\n"
           "  2    a wrong command line: an unknown or a missing option\n"
           "  130  ended by Ctrl-C; the first one saves what a training has reached\n"
           "  141  the reader of standard output closed it, as head does; there is no message\n"
           "\n"
           "Examples:\n"
           "  als train plays.csv --implicit -o plays.safetensors\n"
           "  als recommend plays.safetensors --user 196";
}

}  // namespace commands
