# SPDX-License-Identifier: MIT
# Installed with an absolute include directory, as Nix does, pkg-config names the right folders.
# Not within the sources, where CMake lets nobody install.
execute_process(COMMAND mktemp -d
    OUTPUT_VARIABLE BINARY_DIR OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
execute_process(
    COMMAND ${CMAKE_COMMAND} -S "${ALS_SOURCE_DIR}" -B "${BINARY_DIR}/build" -G "${GENERATOR}"
        "-DCMAKE_CXX_COMPILER=${COMPILER}" -DALS_BUILD_TESTS=OFF -DALS_BUILD_EXAMPLES=OFF -DALS_BUILD_BENCHMARKS=OFF -DALS_BUILD_CLI=OFF
        "-DCMAKE_INSTALL_PREFIX=${BINARY_DIR}/out" "-DCMAKE_INSTALL_INCLUDEDIR=${BINARY_DIR}/dev/include"
    COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --install "${BINARY_DIR}/build" COMMAND_ERROR_IS_FATAL ANY)
set(ENV{PKG_CONFIG_PATH} "${BINARY_DIR}/out/share/pkgconfig:$ENV{PKG_CONFIG_PATH}")
execute_process(COMMAND "${PKG_CONFIG}" --cflags als
    OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND "${flags}")
file(WRITE "${BINARY_DIR}/consumer.cpp" "#include <als/types.hpp>\nint main() {}\n")
execute_process(COMMAND "${COMPILER}" -std=c++20 -fsyntax-only ${flags} "${BINARY_DIR}/consumer.cpp"
    COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE "${BINARY_DIR}")
