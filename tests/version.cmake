# SPDX-License-Identifier: MIT
# The newest heading of the change log and the vcpkg port have the version of version.hpp, which
# CMake passes as VERSION.
file(STRINGS "${CHANGELOG}" headings REGEX "^## \\[[0-9]")
list(GET headings 0 newest)
if(NOT newest MATCHES "^## \\[${VERSION}\\] - [0-9]+-[0-9]+-[0-9]+$")
    message(FATAL_ERROR "version.hpp says ${VERSION}, CHANGELOG.md begins with '${newest}'")
endif()
file(READ "${VCPKG_MANIFEST}" manifest)
string(JSON port GET "${manifest}" version)
if(NOT port STREQUAL VERSION)
    message(FATAL_ERROR "version.hpp says ${VERSION}, ${VCPKG_MANIFEST} says ${port}")
endif()
