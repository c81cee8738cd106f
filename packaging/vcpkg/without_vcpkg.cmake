# SPDX-License-Identifier: MIT
# cmake -D PREFIX=FOLDER -P without_vcpkg.cmake runs the port where there is no vcpkg. What vcpkg's
# functions do for a port like this one is written below in a few commands of CMake; so this finds
# mistakes in the port, but does not replace a run of vcpkg.
cmake_minimum_required(VERSION 3.22)
set(PORT als)
set(CURRENT_PACKAGES_DIR "${PREFIX}")
file(REMOVE_RECURSE "${PREFIX}" "${PREFIX}-build")

function(vcpkg_cmake_configure)
    cmake_parse_arguments(arg "" "SOURCE_PATH" "OPTIONS" ${ARGN})
    execute_process(
        COMMAND ${CMAKE_COMMAND} -G Ninja -S "${arg_SOURCE_PATH}" -B "${PREFIX}-build" -D CMAKE_BUILD_TYPE=Release
            -D "CMAKE_INSTALL_PREFIX=${PREFIX}" ${arg_OPTIONS}
        COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(vcpkg_cmake_install)
    execute_process(COMMAND ${CMAKE_COMMAND} --install "${PREFIX}-build" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# vcpkg moves the files of the CMake package one folder up, and so must the paths in them.
function(vcpkg_cmake_config_fixup)
    cmake_parse_arguments(arg "" "CONFIG_PATH" "" ${ARGN})
    file(GLOB files "${PREFIX}/${arg_CONFIG_PATH}/*.cmake")
    foreach(file IN LISTS files)
        file(READ "${file}" text)
        string(REPLACE "LIST_DIR}/../../../" "LIST_DIR}/../../" text "${text}")
        string(REPLACE [["${CMAKE_CURRENT_LIST_FILE}" PATH]] [["${CMAKE_CURRENT_LIST_FILE}/x" PATH]] text "${text}")
        cmake_path(GET file FILENAME name)
        file(WRITE "${PREFIX}/share/als/${name}" "${text}")
    endforeach()
    file(REMOVE_RECURSE "${PREFIX}/share/cmake")
endfunction()

function(vcpkg_fixup_pkgconfig)
endfunction()

function(vcpkg_install_copyright)
    cmake_parse_arguments(arg "" "" "FILE_LIST" ${ARGN})
    configure_file("${arg_FILE_LIST}" "${PREFIX}/share/${PORT}/copyright" COPYONLY)
endfunction()

file(READ "${CMAKE_CURRENT_LIST_DIR}/als/vcpkg.json" manifest)
string(JSON name GET "${manifest}" name) # an error if the file is not JSON
include("${CMAKE_CURRENT_LIST_DIR}/als/portfile.cmake")
