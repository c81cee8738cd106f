# SPDX-License-Identifier: MIT
# Older versions do not support workflow presets, and their error messages do not say so.
if(CMAKE_VERSION VERSION_LESS 3.25)
    message(FATAL_ERROR "CMake 3.25 or later is needed, this is ${CMAKE_VERSION} "
        "(python3 -m pip install cmake brings a newer one)")
endif()
