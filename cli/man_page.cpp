// SPDX-License-Identifier: MIT
// `als man-page`, which is not listed: the man page, made from what --help is made from.
#include "commands.hpp"
#include "help.hpp"
#include "table.hpp"
#include <als/version.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace commands {
namespace {

/// A text as roff takes it literally.
std::string roff(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const bool begins_line = result.empty() || result.back() == '\n';
        if (begins_line && (c == '.' || c == '\'')) result += "\\&";
        if (c == '\\')
            result += "\\e";
        else if (c == '-')
            result += "\\-";
        else
            result += c;
    }
    return result;
}

std::string verbatim(std::string_view text) { return ".nf\n" + roff(text) + "\n.fi\n"; }

std::string options_of(const CLI::App& command) {
    std::string page;
    for (const CLI::Option* option : command.get_options())
        page += ".TP\n.B " + roff(heading_of(*option)) + "\n" + roff(meaning_of(*option)) + "\n";
    return page;
}

std::string section_of(const CLI::App& command) {
    const std::string footer = command.get_footer();
    return ".SH " + roff("als " + command.get_name()) + "\n" + roff(command.get_description()) +
           "\n" + options_of(command) + ".PP\n" + verbatim(footer);
}

std::string man_page(const CLI::App& app) {
    std::string page = ".TH ALS 1 \"\" \"als " ALS_VERSION_STRING "\" \"User Commands\"\n";
    page += ".SH NAME\nals \\- recommenders by Alternating Least Squares\n";
    page += ".SH SYNOPSIS\n.B als\n.I COMMAND\n[options]\n";
    page += ".SH DESCRIPTION\n" + roff(app.get_description()) + "\n" + options_of(app) + ".PP\n" +
            verbatim(app.get_footer());
    for (const CLI::App* command :
         app.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); }))
        page += section_of(*command);
    return page;
}

}  // namespace

void add_man_page(CLI::App& app) {
    const auto path = std::make_shared<std::string>();
    CLI::App& command = *app.add_subcommand("man-page", "Print the man page of this program");
    command.group("");  // not in --help
    command.add_option("-o,--output", *path, "File to write; without it, standard output")
        ->type_name("FILE");
    command.callback([path, &app] {
        Sink sink(*path);
        sink.write(man_page(app));
        sink.finish();
    });
}

}  // namespace commands
