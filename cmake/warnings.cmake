# SPDX-License-Identifier: MIT
# als_warnings: the warnings of our own tests, examples and benchmarks. Never linked by als::als.
add_library(als_warnings INTERFACE)
if(MSVC)
    # /bigobj and /utf-8 are what every large program needs there.
    target_compile_options(als_warnings INTERFACE /W4 /bigobj /utf-8)
    return()
endif()
target_compile_options(als_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(MINGW)
    target_compile_options(als_warnings INTERFACE -Wa,-mbig-obj)
endif()

# They are errors with the compilers that CI uses. Other compilers warn about other things, which
# should not stop their users.
string(REGEX MATCH "^[0-9]+" als_compiler "${CMAKE_CXX_COMPILER_VERSION}")
set(als_compiler "${CMAKE_CXX_COMPILER_ID} ${als_compiler}")
if(ALS_WERROR AND als_compiler MATCHES "^(GNU 12|Clang 14)$")
    target_compile_options(als_warnings INTERFACE -Werror)
endif()
if(als_compiler STREQUAL "GNU 12")
    # These come from the optimizer, often wrongly, and mostly speak about Eigen and the standard
    # library.
    target_compile_options(als_warnings INTERFACE
        -Wno-error=array-bounds -Wno-error=maybe-uninitialized -Wno-error=restrict
        -Wno-error=stringop-overflow -Wno-error=stringop-overread)
endif()
