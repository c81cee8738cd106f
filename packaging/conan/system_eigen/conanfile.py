# SPDX-License-Identifier: MIT
# The Eigen of the system as a Conan package: with it the recipe of als is tested without a network.
import subprocess

from conan import ConanFile
from conan.tools.gnu import PkgConfig


class SystemEigen(ConanFile):
    name = "eigen"
    license = "MPL-2.0"
    package_type = "header-library"

    def set_version(self):
        command = ["pkg-config", "--modversion", "eigen3"]
        self.version = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        PkgConfig(self, "eigen3").fill_cpp_info(self.cpp_info, is_system=True)
        self.cpp_info.set_property("cmake_file_name", "Eigen3")
        self.cpp_info.set_property("cmake_target_name", "Eigen3::Eigen")
        self.cpp_info.set_property("pkg_config_name", "eigen3")
