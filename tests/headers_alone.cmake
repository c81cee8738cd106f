# SPDX-License-Identifier: MIT
# Each of HEADERS compiles alone. version.hpp, which all of them include first, is precompiled.
file(MAKE_DIRECTORY "${BINARY_DIR}")
string(REPLACE "|" ";" headers "${HEADERS}")
string(REPLACE "|" ";-isystem;" includes "${INCLUDES}")
set(compile "${COMPILER}" -std=c++20 -isystem ${includes})
file(WRITE "${BINARY_DIR}/first.hpp" "#include <als/version.hpp>\n")
execute_process(COMMAND ${compile} -x c++-header "${BINARY_DIR}/first.hpp" -o "${BINARY_DIR}/first.hpp.gch"
    COMMAND_ERROR_IS_FATAL ANY)
set(failures "")
foreach(header IN LISTS headers)
    file(WRITE "${BINARY_DIR}/alone.cpp" "#include \"${header}\"\n")
    execute_process(COMMAND ${compile} -fsyntax-only -include "${BINARY_DIR}/first.hpp" "${BINARY_DIR}/alone.cpp"
        RESULT_VARIABLE failed ERROR_VARIABLE messages)
    if(failed)
        string(APPEND failures "${header} does not compile alone:\n${messages}\n")
    endif()
endforeach()
if(failures)
    message(FATAL_ERROR "${failures}")
endif()
