# SPDX-License-Identifier: MIT
# Finds Eigen 3.4 or later, or downloads 3.4.0; sets als_eigen_target to what als links.

# A project may have made Eigen's target under its old name; the package would then not make its
# own.
if(TARGET eigen AND NOT TARGET Eigen3::Eigen)
    get_target_property(als_kind eigen TYPE)
    if(als_kind STREQUAL "INTERFACE_LIBRARY")
        add_library(Eigen3::Eigen ALIAS eigen)
    endif()
endif()

# No version here: Eigen 5's package refuses "3.4", and 3.4's refuses a range.
if(NOT TARGET Eigen3::Eigen)
    find_package(Eigen3 CONFIG QUIET)
endif()

if(TARGET Eigen3::Eigen AND NOT (Eigen3_FOUND AND Eigen3_VERSION VERSION_LESS 3.4))
    # A target that the enclosing project made has no version here; version.hpp checks it.
    message(STATUS "als: Eigen ${Eigen3_VERSION}")
    set(als_eigen_target Eigen3::Eigen)
    return()
endif()

message(STATUS "als: Eigen 3.4 or later not found, fetching 3.4.0")
include(FetchContent)
# SOURCE_SUBDIR names no directory with a CMakeLists.txt, so that only the headers are used and
# Eigen's own tests and targets stay out of this build.
FetchContent_Declare(als_eigen
    URL https://gitlab.com/libeigen/eigen/-/archive/3.4.0/eigen-3.4.0.tar.gz
    URL_HASH SHA256=8586084f71f9bde545ee7fa6d00288b264a2b7ac3607b974e54d13e7162c1c72
    SOURCE_SUBDIR headers-only)
FetchContent_MakeAvailable(als_eigen)
add_library(als_eigen INTERFACE IMPORTED GLOBAL)
target_include_directories(als_eigen SYSTEM INTERFACE "${als_eigen_SOURCE_DIR}")
set(als_eigen_target als_eigen)
if(ALS_INSTALL)
    message(STATUS "als: Eigen is not installed along: users of the installed als need their own")
endif()
