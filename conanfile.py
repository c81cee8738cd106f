# SPDX-License-Identifier: MIT
# The recipe for Conan 2. How to use and test it: packaging/README.md.
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, cmake_layout
from conan.tools.files import copy, load


class Als(ConanFile):
    name = "als"
    description = "Recommenders by Alternating Least Squares, header-only C++20 on Eigen"
    license = "MIT"
    topics = ("recommender", "matrix-factorization", "collaborative-filtering", "eigen")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    generators = "CMakeDeps", "CMakeToolchain"
    exports_sources = "CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "src/*"
    no_copy_source = True
    test_package_folder = "packaging/conan/test_package"

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, "include", "als", "version.hpp"))
        self.version = ".".join(re.findall(r"define ALS_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header))

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires("eigen/[>=3.4 <6]", transitive_headers=True)

    def validate(self):
        check_min_cppstd(self, 20)

    def package_id(self):
        self.info.clear()  # headers and sources are the same for all settings

    def build(self):
        parts = ("TESTS", "EXAMPLES", "BENCHMARKS", "CLI")
        CMake(self).configure(variables={f"ALS_BUILD_{part}": "OFF" for part in parts})

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        # find_package(als) reads the files that als itself installs, because Conan's own could not
        # define als::compiled, which is built in the user's project.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("share", "cmake", "als")]
