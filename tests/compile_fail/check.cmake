# SPDX-License-Identifier: MIT
# SOURCE compiles as it stands, and fails with -DMISTAKE and a message that matches its first line,
# `// expect: <regex>`. A line `// flags: <flags>` adds flags to the second compilation.
file(READ "${SOURCE}" text)
if(NOT text MATCHES "^// expect: ([^\n]+)\n")
    message(FATAL_ERROR "${SOURCE} does not begin with '// expect: <regex>'")
endif()
set(expected "${CMAKE_MATCH_1}")
set(mistake -DMISTAKE)
if(text MATCHES "\n// flags: ([^\n]+)\n")
    separate_arguments(flags UNIX_COMMAND "${CMAKE_MATCH_1}")
    list(APPEND mistake ${flags})
endif()

string(REPLACE "|" ";-isystem;" includes "${INCLUDES}")
set(compile "${COMPILER}" -std=c++20 -fsyntax-only -DALS_COMPILED -isystem ${includes} "${SOURCE}")

set(ENV{LC_ALL} C) # messages in English, with plain quotes
execute_process(COMMAND ${compile} RESULT_VARIABLE failed ERROR_VARIABLE messages)
if(failed)
    message(FATAL_ERROR "${SOURCE} fails to compile without the mistake:\n${messages}")
endif()
execute_process(COMMAND ${compile} ${mistake} RESULT_VARIABLE failed ERROR_VARIABLE messages)
if(NOT failed)
    message(FATAL_ERROR "${SOURCE} compiles with the mistake")
endif()
if(NOT messages MATCHES "${expected}")
    message(FATAL_ERROR "no message of the compiler matches '${expected}':\n${messages}")
endif()
