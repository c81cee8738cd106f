# SPDX-License-Identifier: MIT
# als::compiled: the library of als::als, instantiated once, in the project that uses it and with
# that project's flags. Both the build of als and the installed package include this file.

# als_add_compiled(FOLDER) defines als::compiled from the sources in FOLDER, unless it exists.
function(als_add_compiled folder)
    if(TARGET als_compiled)
        return()
    endif()
    file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cpp")
    # Built only if something links it.
    add_library(als_compiled STATIC EXCLUDE_FROM_ALL ${sources})
    add_library(als::compiled ALIAS als_compiled)
    target_link_libraries(als_compiled PUBLIC als::als)
    # With ALS_COMPILED, the headers only declare.
    target_compile_definitions(als_compiled PUBLIC ALS_COMPILED)
    # On Windows, object files hold few sections without these options.
    if(MSVC)
        target_compile_options(als_compiled PRIVATE /bigobj)
    elseif(MINGW)
        target_compile_options(als_compiled PRIVATE -Wa,-mbig-obj)
    endif()
endfunction()
