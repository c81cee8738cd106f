# SPDX-License-Identifier: MIT
# The first code block of README.md is EXAMPLE without its SPDX line.
file(READ "${README}" readme)
file(READ "${EXAMPLE}" example)
string(REGEX REPLACE "^// SPDX[^\n]*\n" "" example "${example}")
string(FIND "${readme}" "```cpp\n" begin)
math(EXPR begin "${begin} + 7")
string(SUBSTRING "${readme}" ${begin} -1 readme)
string(LENGTH "${example}" length)
string(SUBSTRING "${readme}" 0 ${length} block)
if(NOT block STREQUAL example)
    message(FATAL_ERROR "the first code block of ${README} differs from ${EXAMPLE}")
endif()
