# SPDX-License-Identifier: MIT
# Builds and runs the program of tests/consumers/ with the Conan package.
import os

from conan import ConanFile
from conan.tools.build import can_run
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout


class TestAls(ConanFile):
    settings = "os", "arch", "compiler", "build_type"
    generators = "CMakeDeps"

    def requirements(self):
        self.requires(self.tested_reference_str)

    def layout(self):
        self.folders.root = os.path.join("..", "..", "..")
        cmake_layout(self, src_folder="tests/consumers/find_package",
                     build_folder="build/packages/conan-test")

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.user_presets_path = False  # no CMakeUserPresets.json among the sources
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        version = str(self.dependencies["als"].ref.version)
        # That CMake finds the sources of als::compiled is enough; compiling them takes minutes.
        for target in ("als::compiled", "als::als"):
            cmake.configure(variables={"ALS_TARGET": target, "ALS_VERSION": version})
        cmake.build()

    def test(self):
        if can_run(self):
            self.run(os.path.join(self.cpp.build.bindir, "consumer"), env="conanrun")
