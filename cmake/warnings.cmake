# SPDX-License-Identifier: MIT
# als_warnings: the warnings of our own tests, examples and benchmarks. Never linked by als::als.
add_library(als_warnings INTERFACE)
target_compile_options(als_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    $<$<BOOL:${ALS_WERROR}>:-Werror>)
if(ALS_WERROR AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # These come from the optimizer, differ between versions of g++, and mostly speak about Eigen.
    target_compile_options(als_warnings INTERFACE
        -Wno-error=array-bounds -Wno-error=maybe-uninitialized -Wno-error=restrict
        -Wno-error=stringop-overflow -Wno-error=stringop-overread)
endif()
