# SPDX-License-Identifier: MIT
# main.cpp and callee.cpp link when compiled alike. Compiled with different alignments they would
# corrupt memory, so they must not link, and the message has to name the namespace of the alignment.
file(MAKE_DIRECTORY "${BINARY_DIR}")
string(REPLACE "|" ";-isystem;" includes "${INCLUDES}")

function(link alignment_of_callee)
    foreach(unit IN ITEMS main.16 callee.${alignment_of_callee})
        string(REPLACE "." ";" unit ${unit})
        list(GET unit 0 name)
        list(GET unit 1 alignment)
        execute_process(
            COMMAND "${COMPILER}" -std=c++20 -isystem ${includes} -DEIGEN_MAX_ALIGN_BYTES=${alignment}
                -c "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${name}.cpp" -o "${BINARY_DIR}/${name}.o"
            COMMAND_ERROR_IS_FATAL ANY)
    endforeach()
    execute_process(
        COMMAND "${COMPILER}" "${BINARY_DIR}/main.o" "${BINARY_DIR}/callee.o" -o "${BINARY_DIR}/mixed"
        RESULT_VARIABLE result ERROR_VARIABLE messages)
    set(result "${result}" PARENT_SCOPE)
    set(messages "${messages}" PARENT_SCOPE)
endfunction()

link(16)
if(result)
    message(FATAL_ERROR "objects compiled alike do not link:\n${messages}")
endif()
link(32)
if(NOT result)
    message(FATAL_ERROR "objects compiled with different alignments link")
endif()
if(NOT messages MATCHES "align_16")
    message(FATAL_ERROR "the linker does not name the alignment:\n${messages}")
endif()
