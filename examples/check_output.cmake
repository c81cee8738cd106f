# SPDX-License-Identifier: MIT
# Runs PROGRAM, by EMULATOR if there is one. It must succeed and, if SOURCE ends with a comment that
# begins with the line "// Output:", print the other lines of that comment.
execute_process(COMMAND ${EMULATOR} "${PROGRAM}" RESULT_VARIABLE result OUTPUT_VARIABLE output)
message("${output}")
if(result)
    message(FATAL_ERROR "${PROGRAM} ended with ${result}")
endif()

file(READ "${SOURCE}" text)
string(FIND "${text}" "\n// Output:\n//\n" begin REVERSE)
if(begin EQUAL -1)
    return()
endif()
string(SUBSTRING "${text}" ${begin} -1 expected)
string(REGEX REPLACE "^\n// Output:\n//\n" "\n" expected "${expected}")
string(REGEX REPLACE "\n// ?" "\n" expected "${expected}")
string(REPLACE "\r" "" output "\n${output}")
if(NOT output STREQUAL expected)
    message(FATAL_ERROR "the comment at the end of ${SOURCE} says:${expected}")
endif()
