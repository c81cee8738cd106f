# SPDX-License-Identifier: MIT
# Puts page.css and page.js into page.html, and the bytes of that into the header OUT.
cmake_minimum_required(VERSION 3.22)
foreach(part IN ITEMS html css js)
    file(READ "${CMAKE_CURRENT_LIST_DIR}/page.${part}" ${part})
endforeach()
string(REPLACE "@css@" "${css}" page "${html}")
string(REPLACE "@js@" "${js}" page "${page}")
string(HEX "${page}" bytes)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
file(WRITE "${OUT}" "#pragma once\n\nnamespace als_report {\n\ninline constexpr unsigned char page_bytes[] = {\n${bytes}\n};\n\n}  // namespace als_report\n")
