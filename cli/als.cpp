// SPDX-License-Identifier: MIT
// The command line: calls a command and turns errors into one line and an exit code.
#include "commands.hpp"
#include "help.hpp"
#include "messages.hpp"
#include "options.hpp"
#include "table.hpp"
#include <als/error.hpp>
#include <als/version.hpp>

#include <exception>
#include <iostream>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace commands {
namespace {

enum ExitCode { ok = 0, failed = 1, misused = 2, interrupted = 130, broken_pipe = 141 };

void add_all(CLI::App& app) {
    add_train(app);
    add_recommend(app);
    add_similar(app);
    add_explain(app);
    add_evaluate(app);
    add_tune(app);
    add_update(app);
    add_info(app);
    add_report(app);
    add_man_page(app);
}

int refuse(int code, const std::string& message) {
    std::cerr << "als: " << in_one_line(message) << '\n';
    return code;
}

/// The command that was asked for, for messages: "als train".
std::string asked(const CLI::App& app) {
    const auto commands = app.get_subcommands();
    return commands.empty() ? "als" : "als " + commands.front()->get_name();
}

/// What is wrong with the command line. CLI11 names what it does not know from the last to the
/// first, and does not name it at all if it stands in the place of the command.
std::string what_is_wrong(const CLI::App& app, const CLI::ParseError& error) {
    const auto commands = app.get_subcommands();
    const auto unknown = app.remaining(true);
    if (unknown.empty()) return commands.empty() ? "a command is missing" : error.what();
    const std::string& first = unknown.front();
    const bool is_option = first.starts_with('-');
    if (commands.empty())
        return (is_option ? "there is no option " : "there is no command ") + first;
    if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::ExtrasError)) return error.what();
    return commands.front()->get_name() + (is_option ? " has no option " : " does not expect ") +
           first;
}

int run(int argc, char** argv) {
    CLI::App app{
        "Recommenders by Alternating Least Squares: trains models on files of ratings or "
        "plays, and queries them.",
        "als"};
    app.formatter(std::make_shared<Help>());
    app.set_version_flag("--version", "als " ALS_VERSION_STRING, "Print the version and exit");
    app.set_help_flag("-h,--help", "Print this help and exit");
    app.require_subcommand(1);
    app.footer(main_footer());
    add_all(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked_for) {  // --help and --version
        return app.exit(asked_for);
    } catch (const CLI::ParseError& error) {
        return refuse(misused, what_is_wrong(app, error) + "; see " + asked(app) + " --help");
    } catch (const UsageError& error) {
        return refuse(misused, std::string(error.what()) + "; see " + asked(app) + " --help");
    }
    return ok;
}

}  // namespace
}  // namespace commands

int main(int argc, char** argv) {
    using namespace commands;
    std::ios::sync_with_stdio(false);
    try {
        return run(argc, argv);
    } catch (const Interrupted&) {
        return interrupted;
    } catch (const als::Cancelled&) {
        return refuse(interrupted, "interrupted; nothing was written");
    } catch (const BrokenPipe&) {
        return broken_pipe;
    } catch (const als::Error& error) {
        return refuse(failed, with_our_options(error.what()));
    } catch (const std::bad_alloc&) {
        return refuse(failed, "out of memory; try fewer factors or less data");
    } catch (const std::exception& error) {
        return refuse(failed, error.what());
    }
}
