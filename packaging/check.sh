#!/bin/sh
# SPDX-License-Identifier: MIT
# ./run packages: makes each package, installs it below build/packages, and builds and runs a
# program with it. Nothing is installed outside of build/, and Conan asks no server.
set -eu
cd "$(dirname "$0")/.."
out=$PWD/build/packages
root=$out/root # what / is for the Debian package
venv=$PWD/build/conan-venv
version=$(sed -nE 's/^#define ALS_VERSION_(MAJOR|MINOR|PATCH) //p' include/als/version.hpp | paste -sd. -)
deb=$out/deb/libals-dev_${version}_all.deb
rm -rf "$out"
mkdir -p "$out" "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
: >"$root/var/lib/dpkg/status"

# step TEXT COMMAND... prints one line: the text, and how the command ended.
step() {
    printf '%s ... ' "$1"
    shift
    if "$@" >"$out/log.txt" 2>&1; then
        echo ok
    else
        echo FAILED
        tail -n 40 "$out/log.txt"
        exit 1
    fi
}

# consumer WAY PREFIX [CONFIG_FOLDER] builds and runs the program of tests/consumers/. Without
# OpenMP, which not every compiler has.
consumer() {
    cmake -D WAY="$1" -D PREFIX="$2" -D VERSION="$version" -D OPENMP=without -D GENERATOR=Ninja -D FLAGS= \
        -D COMPILER="$(command -v "${CXX:-c++}")" -D PKG_CONFIG="$(command -v pkg-config)" \
        -D BINARY_DIR="$out/consumer" \
        "-DOPTIONS=-Dals_DIR=$2/${3:-share/cmake/als}|-DCMAKE_DISABLE_FIND_PACKAGE_OpenMP=ON" \
        -P tests/consumers/check.cmake
}

install_conan() {
    ! command -v conan >/dev/null || return 0
    [ -x "$venv/bin/conan" ] || {
        echo "packages: installing Conan with pip in build/conan-venv" >&2
        python3 -m venv "$venv" && "$venv/bin/pip" install -q 'conan>=2.4,<3' || return 1
    }
    PATH=$venv/bin:$PATH
}

make_conan() {
    conan profile detect --force && conan export packaging/conan/system_eigen &&
        conan create . --no-remote --build=missing -s build_type=Debug -s compiler.cppstd=20 \
            -c tools.cmake.cmaketoolchain:generator=Ninja
}

make_deb() {
    cmake -G Ninja -S packaging/deb -B "$out/deb" && cmake --build "$out/deb" --target package
}

# dpkg, as root or not, with all files and records below $root.
dpkg_in_root() {
    dpkg --root="$root" --force-not-root --force-bad-path --force-depends --log=/dev/null "$@"
}

remove_deb() { dpkg_in_root --purge libals-dev && [ -z "$(find "$root/usr" -name '*als*')" ]; }

if install_conan; then
    export CONAN_HOME="$out/conan"
    step "Conan: conan create of als/$version without a network, find_package in its test_package" make_conan
else
    echo 'Conan: skipped, it is not installed and pip cannot install it'
fi

if command -v dpkg >/dev/null; then
    step "Debian: $(basename "$deb") made" make_deb
    ! command -v lintian >/dev/null ||
        step 'Debian: lintian has nothing to say' lintian --fail-on error,warning,info "$deb"
    ! command -v apt-get >/dev/null ||
        step 'Debian: apt-get can install it here (simulated)' apt-get -s install "$deb"
    step 'Debian: installed by dpkg in build/packages/root' dpkg_in_root --install "$deb"
    step 'Debian: find_package, a program built and run' consumer find_package "$root/usr"
    step 'Debian: pkg-config, a program built and run' consumer pkg_config "$root/usr"
    step 'Debian: removed by dpkg, nothing left' remove_deb
else
    echo 'Debian: skipped, no dpkg here'
fi

step 'vcpkg: the port installed by CMake in place of vcpkg' \
    cmake -D PREFIX="$out/vcpkg" -P packaging/vcpkg/without_vcpkg.cmake
step 'vcpkg: find_package, a program built and run' consumer find_package "$out/vcpkg" share/als
