# SPDX-License-Identifier: MIT
# Configures, builds and runs main.cpp as a project that uses als in the given WAY, "with" or
# "without" OPENMP, through the TARGET als::als or als::compiled.
if(NOT TARGET_NAME)
    set(TARGET_NAME als::als)
endif()
file(REMOVE_RECURSE "${BINARY_DIR}")
file(MAKE_DIRECTORY "${BINARY_DIR}")
set(here "${CMAKE_CURRENT_LIST_DIR}")

if(WAY STREQUAL "pkg_config")
    set(ENV{PKG_CONFIG_PATH} "${PREFIX}/share/pkgconfig:$ENV{PKG_CONFIG_PATH}")
    execute_process(COMMAND "${PKG_CONFIG}" --cflags als
        OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    separate_arguments(flags UNIX_COMMAND "${FLAGS} ${flags}")
    set(sources "${here}/main.cpp")
    if(TARGET_NAME STREQUAL "als::compiled")
        # Without CMake: define ALS_COMPILED, and compile the files in src/; here as one, as below.
        execute_process(COMMAND "${PKG_CONFIG}" --variable=sourcedir als
            OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
        file(GLOB compiled "${folder}/*.cpp")
        list(TRANSFORM compiled REPLACE "(.+)" "#include \"\\1\"\n")
        file(WRITE "${BINARY_DIR}/als.cpp" ${compiled})
        list(APPEND flags -DALS_COMPILED)
        list(APPEND sources "${BINARY_DIR}/als.cpp")
    endif()
    execute_process(
        COMMAND "${COMPILER}" -std=c++20 ${flags} ${sources} -o "${BINARY_DIR}/consumer"
        COMMAND_ERROR_IS_FATAL ANY)
else()
    string(REPLACE "|" ";" options "${OPTIONS}")
    # als::compiled as one unit, which takes half of the time.
    list(APPEND options -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0)
    execute_process(
        COMMAND ${CMAKE_COMMAND} -S "${here}/${WAY}" -B "${BINARY_DIR}" -G "${GENERATOR}"
            "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${FLAGS}"
            -DCMAKE_BUILD_TYPE=None "-Dals_DIR=${PREFIX}/share/cmake/als"
            "-DALS_VERSION=${VERSION}" "-DALS_TARGET=${TARGET_NAME}"
            "-DALS_SOURCE_DIR=${ALS_SOURCE_DIR}" "-DFETCHCONTENT_SOURCE_DIR_ALS=${ALS_SOURCE_DIR}"
            ${options} --no-warn-unused-cli
        COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND ${CMAKE_COMMAND} --build "${BINARY_DIR}" COMMAND_ERROR_IS_FATAL ANY)
endif()

execute_process(COMMAND "${BINARY_DIR}/consumer"
    OUTPUT_VARIABLE output ECHO_OUTPUT_VARIABLE COMMAND_ERROR_IS_FATAL ANY)
if(NOT output STREQUAL "als ${VERSION} recommends item 1, ${OPENMP} OpenMP\n")
    message(FATAL_ERROR "the consumer has to print 'als ${VERSION} recommends item 1, ${OPENMP} OpenMP'")
endif()
