// SPDX-License-Identifier: MIT
// How --help looks, and the man page: both are made from the same options.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace commands {

/// The help of a program or of a command, in lines of at most 88 characters.
class Help : public CLI::Formatter {
public:
    Help();
    std::string make_help(const CLI::App* app, std::string name,
                          CLI::AppFormatMode mode) const override;
    std::string make_description(const CLI::App* app) const override;
    std::string make_subcommand(const CLI::App* command) const override;
    std::string make_option(const CLI::Option* option, bool is_positional) const override;
};

/// "-o, --output FILE".
std::string heading_of(const CLI::Option& option);

/// What an option means, and its default.
std::string meaning_of(const CLI::Option& option);

/// The lines of a text that are no longer than `width`, unless a single word is.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);

/// What --help of the program ends with: exit codes and where to read on.
std::string main_footer();

}  // namespace commands
