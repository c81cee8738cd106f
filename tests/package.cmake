# SPDX-License-Identifier: MIT
# Tests of what is shipped: headers that stand alone, mistakes that do not compile, one version
# number, and projects that use als in each of the ways that the README names. They compile on their
# own and have the label `package`, `consumer` or, if they build all of als::compiled once more,
# `consumer-compiled`, by which presets leave them out.

set(includes "${PROJECT_SOURCE_DIR}/include"
    "$<TARGET_PROPERTY:${als_eigen_target},INTERFACE_INCLUDE_DIRECTORIES>")
list(JOIN includes "|" includes)

# Each public header compiles alone. mpi.hpp needs MPI; its own test includes it.
file(GLOB headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/als/*.hpp")
list(FILTER headers EXCLUDE REGEX "/mpi[.]hpp$")
list(JOIN headers "|" headers)
add_test(NAME headers_alone
    COMMAND ${CMAKE_COMMAND} -D COMPILER=${CMAKE_CXX_COMPILER} "-DINCLUDES=${includes}" "-DHEADERS=${headers}"
        -D BINARY_DIR=${CMAKE_CURRENT_BINARY_DIR}/headers_alone
        -P "${CMAKE_CURRENT_SOURCE_DIR}/headers_alone.cmake")
set_tests_properties(headers_alone PROPERTIES LABELS package COST 100) # the longest

add_test(NAME version
    COMMAND ${CMAKE_COMMAND} -D VERSION=${PROJECT_VERSION}
        -D CHANGELOG=${PROJECT_SOURCE_DIR}/CHANGELOG.md
        -D VCPKG_MANIFEST=${PROJECT_SOURCE_DIR}/packaging/vcpkg/als/vcpkg.json
        -P "${CMAKE_CURRENT_SOURCE_DIR}/version.cmake")
set_tests_properties(version PROPERTIES LABELS package)

add_test(NAME readme
    COMMAND ${CMAKE_COMMAND} -D README=${PROJECT_SOURCE_DIR}/README.md
        -D EXAMPLE=${PROJECT_SOURCE_DIR}/examples/readme.cpp
        -P "${CMAKE_CURRENT_SOURCE_DIR}/readme.cmake")
set_tests_properties(readme PROPERTIES LABELS package)

# Mistakes that must not compile.
file(GLOB mistakes CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" compile_fail/*.cpp)
foreach(source IN LISTS mistakes)
    cmake_path(GET source STEM name)
    add_test(NAME compile_fail_${name}
        COMMAND ${CMAKE_COMMAND} -D COMPILER=${CMAKE_CXX_COMPILER}
            "-DINCLUDES=${includes}"
            -D SOURCE=${CMAKE_CURRENT_SOURCE_DIR}/${source}
            -P "${CMAKE_CURRENT_SOURCE_DIR}/compile_fail/check.cmake")
    set_tests_properties(compile_fail_${name} PROPERTIES LABELS package)
endforeach()

# The examples in doc comments compile.
add_test(NAME doc_examples
    COMMAND ${CMAKE_COMMAND} -D COMPILER=${CMAKE_CXX_COMPILER} "-DINCLUDES=${includes}"
        -D HEADERS=${PROJECT_SOURCE_DIR}/include/als -D SOURCE=${CMAKE_CURRENT_BINARY_DIR}/doc_examples.cpp
        -P "${CMAKE_CURRENT_SOURCE_DIR}/doc_examples/check.cmake")
set_tests_properties(doc_examples PROPERTIES LABELS package)

# Objects whose matrices have different alignments do not link.
add_test(NAME mixed_alignment
    COMMAND ${CMAKE_COMMAND} -D COMPILER=${CMAKE_CXX_COMPILER} "-DINCLUDES=${includes}"
        -D BINARY_DIR=${CMAKE_CURRENT_BINARY_DIR}/mixed_alignment
        -P "${CMAKE_CURRENT_SOURCE_DIR}/mixed_alignment/check.cmake")
set_tests_properties(mixed_alignment PROPERTIES LABELS package)

# Consumers see no warnings, whichever of the usual ones they ask for and although the headers are
# not SYSTEM; and Eigen's indices may have 32 bits.
set(warnings -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual
    -Wconversion -Wsign-conversion -Wnull-dereference -Wdouble-promotion -Wformat=2 -Wunused-parameter -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND warnings -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wuseless-cast)
endif()
set(compile_everything "${CMAKE_CXX_COMPILER}" -std=c++20 -fsyntax-only -DALS_COMPILED -I "${PROJECT_SOURCE_DIR}/include"
    -isystem "$<TARGET_PROPERTY:${als_eigen_target},INTERFACE_INCLUDE_DIRECTORIES>"
    "${CMAKE_CURRENT_SOURCE_DIR}/warnings/everything.cpp")
add_test(NAME warnings COMMAND ${compile_everything} ${warnings})
add_test(NAME eigen_index_of_32_bits COMMAND ${compile_everything} -DEIGEN_DEFAULT_DENSE_INDEX_TYPE=int)
# What a compiler without extensions sees: standard C++, kernels in plain loops.
add_test(NAME no_extensions COMMAND ${compile_everything} -DALS_NO_EXTENSIONS -pedantic-errors
    -Wall -Wextra -Wconversion -Wshadow -Werror)
# Macros of other headers that were included before.
add_test(NAME macros
    COMMAND "${CMAKE_CXX_COMPILER}" -std=c++20 -fsyntax-only -DHOSTILE_MACROS -I "${PROJECT_SOURCE_DIR}/include"
        -isystem "$<TARGET_PROPERTY:${als_eigen_target},INTERFACE_INCLUDE_DIRECTORIES>"
        "${CMAKE_CURRENT_SOURCE_DIR}/platforms/program.cpp")
set_tests_properties(warnings eigen_index_of_32_bits no_extensions macros PROPERTIES LABELS package)

# Projects that use als. consumer_install fills the prefix that the installed ways read.
set(prefix "${CMAKE_CURRENT_BINARY_DIR}/consumers/prefix")

function(als_add_consumer_test name)
    add_test(NAME consumer_${name}
        COMMAND ${CMAKE_COMMAND} -D PREFIX=${prefix} -D VERSION=${PROJECT_VERSION}
            -D ALS_SOURCE_DIR=${PROJECT_SOURCE_DIR}
            -D BINARY_DIR=${CMAKE_CURRENT_BINARY_DIR}/consumers/${name}
            -D GENERATOR=${CMAKE_GENERATOR} -D COMPILER=${CMAKE_CXX_COMPILER}
            "-DFLAGS=${CMAKE_CXX_FLAGS}" ${ARGN}
            -P "${CMAKE_CURRENT_SOURCE_DIR}/consumers/check.cmake")
    set(label consumer)
    if(name MATCHES "_compiled$")
        set(label consumer-compiled)
    endif()
    set_tests_properties(consumer_${name} PROPERTIES LABELS ${label})
endfunction()

function(als_add_installed_consumer_test name)
    als_add_consumer_test(${name} ${ARGN})
    set_tests_properties(consumer_${name} PROPERTIES FIXTURES_REQUIRED als_prefix)
endfunction()

set(eigen "-DOPTIONS=-DFETCHCONTENT_SOURCE_DIR_ALS_EIGEN=${als_eigen_SOURCE_DIR}")
if(Eigen3_DIR)
    set(eigen "-DOPTIONS=-DEigen3_DIR=${Eigen3_DIR}")
endif()
set(openmp without)
if(OpenMP_CXX_FOUND)
    set(openmp with)
endif()
als_add_consumer_test(add_subdirectory -D WAY=add_subdirectory -D OPENMP=${openmp} "${eigen}")
als_add_consumer_test(fetch_content -D WAY=fetch_content -D OPENMP=${openmp} "${eigen}")
als_add_consumer_test(add_subdirectory_compiled -D WAY=add_subdirectory -D OPENMP=${openmp}
    -D TARGET_NAME=als::compiled "${eigen}")
als_add_consumer_test(fetch_content_compiled -D WAY=fetch_content -D OPENMP=${openmp}
    -D TARGET_NAME=als::compiled "${eigen}")

if(NOT ALS_INSTALL OR NOT als_eigen_target STREQUAL "Eigen3::Eigen")
    message(STATUS "als: without an installed Eigen the installed package is not tested")
    return()
endif()
add_test(NAME consumer_install
    COMMAND ${CMAKE_COMMAND} -D ALS_BINARY_DIR=${PROJECT_BINARY_DIR} -D PREFIX=${prefix}
        -P "${CMAKE_CURRENT_SOURCE_DIR}/consumers/install.cmake")
set_tests_properties(consumer_install PROPERTIES FIXTURES_SETUP als_prefix LABELS consumer)
als_add_consumer_test(exported -D WAY=exported -D OPENMP=${openmp} "${eigen}")
als_add_installed_consumer_test(find_package -D WAY=find_package -D OPENMP=${openmp} "${eigen}")
als_add_installed_consumer_test(find_package_compiled -D WAY=find_package -D OPENMP=${openmp}
    -D TARGET_NAME=als::compiled "${eigen}")
als_add_installed_consumer_test(find_package_without_openmp -D WAY=find_package -D OPENMP=without
    "${eigen}|-DCMAKE_DISABLE_FIND_PACKAGE_OpenMP=ON")

find_program(ALS_PKG_CONFIG pkg-config)
mark_as_advanced(ALS_PKG_CONFIG)
if(ALS_PKG_CONFIG)
    execute_process(COMMAND "${ALS_PKG_CONFIG}" --exists eigen3 RESULT_VARIABLE no_eigen_pc)
endif()
if(ALS_PKG_CONFIG AND no_eigen_pc EQUAL 0)
    als_add_installed_consumer_test(pkg_config -D WAY=pkg_config -D OPENMP=without
        -D PKG_CONFIG=${ALS_PKG_CONFIG})
    add_test(NAME consumer_pkg_config_absolute
        COMMAND ${CMAKE_COMMAND} -D ALS_SOURCE_DIR=${PROJECT_SOURCE_DIR} -D GENERATOR=${CMAKE_GENERATOR}
            -D COMPILER=${CMAKE_CXX_COMPILER} -D PKG_CONFIG=${ALS_PKG_CONFIG}
            -P "${CMAKE_CURRENT_SOURCE_DIR}/consumers/absolute.cmake")
    set_tests_properties(consumer_pkg_config_absolute PROPERTIES LABELS consumer)
    als_add_installed_consumer_test(pkg_config_compiled -D WAY=pkg_config -D OPENMP=without
        -D PKG_CONFIG=${ALS_PKG_CONFIG} -D TARGET_NAME=als::compiled)
else()
    message(STATUS "als: pkg-config or its file for Eigen not found, consumer_pkg_config is not run")
endif()
