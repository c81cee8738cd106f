# SPDX-License-Identifier: MIT
# Finds CLI11 2.1 or later, or downloads 2.1.2; sets als_cli11_target to what the command line
# links.
find_package(CLI11 2.1 CONFIG QUIET)
if(CLI11_FOUND)
    message(STATUS "als: CLI11 ${CLI11_VERSION}")
    set(als_cli11_target CLI11::CLI11)
    return()
endif()

message(STATUS "als: CLI11 2.1 or later not found, fetching 2.1.2")
message(STATUS "als: without a network, install CLI11 (Debian: libcli11-dev), or say -D ALS_BUILD_CLI=OFF")
include(FetchContent)
# SOURCE_SUBDIR names no directory with a CMakeLists.txt, so that only the headers are used.
FetchContent_Declare(als_cli11
    URL https://github.com/CLIUtils/CLI11/archive/v2.1.2.tar.gz
    URL_HASH SHA256=26291377e892ba0e5b4972cdfd4a2ab3bf53af8dac1f4ea8fe0d1376b625c8cb
    SOURCE_SUBDIR headers-only)
FetchContent_MakeAvailable(als_cli11)
add_library(als_cli11 INTERFACE IMPORTED GLOBAL)
target_include_directories(als_cli11 SYSTEM INTERFACE "${als_cli11_SOURCE_DIR}/include")
set(als_cli11_target als_cli11)
