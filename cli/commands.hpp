// SPDX-License-Identifier: MIT
// The commands. Each function adds one of them to the program: its options, its help, and what it
// does. A command throws als::Error (exit code 1), UsageError (2) or Interrupted (130).
#pragma once

#include <CLI/CLI.hpp>

namespace commands {

void add_train(CLI::App& app);
void add_recommend(CLI::App& app);
void add_similar(CLI::App& app);
void add_explain(CLI::App& app);
void add_evaluate(CLI::App& app);
void add_tune(CLI::App& app);
void add_update(CLI::App& app);
void add_info(CLI::App& app);
void add_report(CLI::App& app);
void add_man_page(CLI::App& app);

}  // namespace commands
