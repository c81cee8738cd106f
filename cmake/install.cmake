# SPDX-License-Identifier: MIT
# Headers, the sources of als::compiled, the CMake package and the pkg-config file. All of it can be
# moved after installation.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(als_package_dir "${CMAKE_INSTALL_DATADIR}/cmake/als")
install(TARGETS als EXPORT als-targets INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
install(EXPORT als-targets NAMESPACE als:: FILE alsTargets.cmake DESTINATION "${als_package_dir}")
# For projects with als in a subdirectory that export targets which link it.
export(EXPORT als-targets NAMESPACE als:: FILE "${CMAKE_CURRENT_BINARY_DIR}/alsTargets.cmake")

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
    cmake/mpi.cmake
    DESTINATION "${als_package_dir}")
install(DIRECTORY src/ DESTINATION "${als_source_dir}")

set(als_pkgconfig_dir "${CMAKE_INSTALL_DATADIR}/pkgconfig")
# Folders within the prefix are relative to the file, so that everything can be moved together.
# Absolute folders, as in Nix, stay absolute.
if(IS_ABSOLUTE "${als_pkgconfig_dir}")
    set(als_pc_prefix "${CMAKE_INSTALL_PREFIX}")
else()
    file(RELATIVE_PATH als_pc_prefix "/${als_pkgconfig_dir}" "/")
    set(als_pc_prefix "\${pcfiledir}/${als_pc_prefix}")
endif()
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_INCLUDEDIR BASE_DIRECTORY "\${prefix}" OUTPUT_VARIABLE als_pc_includedir)
cmake_path(ABSOLUTE_PATH als_source_dir BASE_DIRECTORY "\${prefix}" OUTPUT_VARIABLE als_pc_sourcedir)
configure_file(cmake/als.pc.in als.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/als.pc" DESTINATION "${als_pkgconfig_dir}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
