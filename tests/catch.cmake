# SPDX-License-Identifier: MIT
# Catch2 version 3, else version 2 (Debian 12), else a download. tests/catch.hpp hides the
# difference.
find_package(Catch2 3 CONFIG QUIET)
if(NOT Catch2_FOUND)
    find_package(Catch2 2.13 CONFIG QUIET)
endif()
if(NOT Catch2_FOUND)
    include(FetchContent)
    FetchContent_Declare(Catch2
        URL https://github.com/catchorg/Catch2/archive/refs/tags/v3.4.0.tar.gz
        URL_HASH SHA256=122928b814b75717316c71af69bd2b43387643ba076a6ec16e7882bfb2dfacbb)
    FetchContent_MakeAvailable(Catch2)
    # Its headers are not held to our warnings.
    set_target_properties(Catch2 PROPERTIES SYSTEM ON)
    list(APPEND CMAKE_MODULE_PATH "${catch2_SOURCE_DIR}/extras")
    set(Catch2_VERSION "3.4.0 (fetched)")
endif()
message(STATUS "als: Catch2 ${Catch2_VERSION}")
include(Catch) # catch_discover_tests
