# SPDX-License-Identifier: MIT
# An overlay port: it packs the sources that it lies in. A registry needs vcpkg_from_git or
# vcpkg_from_github here, with the tag of a release.
set(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../..")
set(VCPKG_BUILD_TYPE release) # there is nothing to build, so nothing to debug either

vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        -DALS_BUILD_TESTS=OFF
        -DALS_BUILD_EXAMPLES=OFF
        -DALS_BUILD_BENCHMARKS=OFF
        -DALS_BUILD_CLI=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/als)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/share/doc") # vcpkg keeps the licence elsewhere

file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
