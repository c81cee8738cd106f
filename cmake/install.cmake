# SPDX-License-Identifier: MIT
# Headers, the sources of als::compiled, the CMake package and the pkg-config file. All of it may be moved after installation.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(als_package_dir "${CMAKE_INSTALL_DATADIR}/cmake/als")
install(TARGETS als EXPORT als-targets FILE_SET HEADERS FILE_SET details)
install(EXPORT als-targets NAMESPACE als:: FILE alsTargets.cmake DESTINATION "${als_package_dir}")

set(als_source_dir "${CMAKE_INSTALL_DATADIR}/als/src") # what als::compiled is made of
configure_package_config_file(cmake/alsConfig.cmake.in alsConfig.cmake
    INSTALL_DESTINATION "${als_package_dir}"
    PATH_VARS als_source_dir
    NO_SET_AND_CHECK_MACRO)
# Until 1.0 a minor version may change the interface.
write_basic_package_version_file(alsConfigVersion.cmake
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
    "${CMAKE_CURRENT_BINARY_DIR}/alsConfig.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/alsConfigVersion.cmake"
    cmake/compiled.cmake
    DESTINATION "${als_package_dir}")
install(DIRECTORY src/ DESTINATION "${als_source_dir}")

set(als_pkgconfig_dir "${CMAKE_INSTALL_DATADIR}/pkgconfig")
file(RELATIVE_PATH als_prefix_from_pkgconfig "/${als_pkgconfig_dir}" "/")
configure_file(cmake/als.pc.in als.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/als.pc" DESTINATION "${als_pkgconfig_dir}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
