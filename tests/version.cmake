# SPDX-License-Identifier: MIT
# The newest heading of the change log is the version of version.hpp, which CMake passes as VERSION.
file(STRINGS "${CHANGELOG}" headings REGEX "^## \\[[0-9]")
list(GET headings 0 newest)
if(NOT newest MATCHES "^## \\[${VERSION}\\] - [0-9]+-[0-9]+-[0-9]+$")
    message(FATAL_ERROR "version.hpp says ${VERSION}, CHANGELOG.md begins with '${newest}'")
endif()
