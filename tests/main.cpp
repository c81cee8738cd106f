// SPDX-License-Identifier: MIT
// The main function of every test program.
#define CATCH_CONFIG_RUNNER  // Catch2 version 2 keeps its implementation behind this name
#include "catch.hpp"

int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
