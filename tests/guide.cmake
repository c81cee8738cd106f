# SPDX-License-Identifier: MIT
# The pages of the guide: the C++ blocks of each are a program, and its text blocks are what that
# prints.
set(guide "${PROJECT_SOURCE_DIR}/docs/guide")
set(folder "${CMAKE_CURRENT_BINARY_DIR}/guide")
file(GLOB pages CONFIGURE_DEPENDS "${guide}/*.md")
list(REMOVE_ITEM pages "${guide}/README.md")
file(GLOB tables CONFIGURE_DEPENDS "${guide}/*.csv")
foreach(table IN LISTS tables)
    cmake_path(GET table FILENAME name)
    configure_file("${table}" "${folder}/${name}" COPYONLY)
endforeach()

set(first "")
foreach(page IN LISTS pages)
    cmake_path(GET page STEM name)
    set(script "${CMAKE_CURRENT_SOURCE_DIR}/doc_examples/page_program.cmake")
    add_custom_command(OUTPUT "${folder}/${name}.cpp"
        COMMAND ${CMAKE_COMMAND} -D PAGE=${page} -D PROGRAM=${folder}/${name}.cpp -P "${script}"
        DEPENDS "${page}" "${script}" VERBATIM)
    add_executable(guide_${name} "${folder}/${name}.cpp")
    target_link_libraries(guide_${name} PRIVATE ${als_library} als_warnings)
    # They compute little themselves: what counts is the time to compile them.
    if(NOT MSVC)
        target_compile_options(guide_${name} PRIVATE -O0)
    endif()
    if(first)
        target_precompile_headers(guide_${name} REUSE_FROM ${first})
    else()
        set(first guide_${name})
        target_precompile_headers(${first} PRIVATE <als/als.hpp>)
    endif()
    add_test(NAME guide_${name}
        COMMAND ${CMAKE_COMMAND} -D PAGE=${page} -D PROGRAM=$<TARGET_FILE:guide_${name}>
            -P "${CMAKE_CURRENT_SOURCE_DIR}/doc_examples/page_output.cmake"
        WORKING_DIRECTORY "${folder}")
    set_tests_properties(guide_${name} PROPERTIES LABELS guide)
endforeach()

# The README has one text block: the output of its program.
add_test(NAME readme_output
    COMMAND ${CMAKE_COMMAND} -D PAGE=${PROJECT_SOURCE_DIR}/README.md -D PROGRAM=$<TARGET_FILE:readme>
        -P "${CMAKE_CURRENT_SOURCE_DIR}/doc_examples/page_output.cmake")
set_tests_properties(readme_output PROPERTIES LABELS guide)
