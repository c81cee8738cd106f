# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Other platforms for `./run platforms` and `./run platforms-test`, which read this file: compilers,
# emulators, how program.cpp is compiled, run and compared, and how all tests are. `run` has set
# root, and reads packages.
# shellcheck disable=SC2034,SC2154

platforms='g++-11 clang-16 libc++ newest-g++ newest-clang newest-libc++ plain stand-ins macros arm64 i386 s390x windows windows-clang'

# platform NAME sets packages, compiler and runner.
platform() {
    runner=
    case $1 in
    g++-11) packages=g++-11:g++-11 compiler='g++-11 -fopenmp' ;;
    clang-16) packages=clang++-16:clang-16 compiler=clang++-16 ;;
    libc++)
        packages='clang++-16:clang-16 :libc++-16-dev :libc++abi-16-dev :libunwind-16-dev'
        compiler='clang++-16 -stdlib=libc++ -Wl,-rpath,/usr/lib/llvm-16/lib'
        ;;
    newest-g++) packages='' compiler='in_newest g++ -fopenmp' runner=in_newest ;;
    newest-clang) packages='' compiler='in_newest clang++' runner=in_newest ;;
    newest-libc++) packages='' compiler='in_newest clang++ -stdlib=libc++' runner=in_newest ;;
    plain) packages='' compiler='g++ -DALS_NO_EXTENSIONS -pedantic-errors -fopenmp' ;;
    stand-ins) packages='' compiler='g++ -DALS_OWN_STOP_TOKEN -DALS_OWN_FROM_CHARS' ;;
    macros) packages='' compiler='g++ -DHOSTILE_MACROS' ;;
    arm64)
        packages='aarch64-linux-gnu-g++:g++-aarch64-linux-gnu :qemu-user-static'
        compiler='aarch64-linux-gnu-g++ -static' runner=qemu-aarch64-static
        ;;
    i386)
        packages=i686-linux-gnu-g++:g++-i686-linux-gnu
        compiler='i686-linux-gnu-g++ -static -msse2 -mfpmath=sse'
        ;;
    s390x)
        packages='s390x-linux-gnu-g++:g++-s390x-linux-gnu :qemu-user-static'
        compiler='s390x-linux-gnu-g++ -static' runner=qemu-s390x-static
        ;;
    windows)
        packages='x86_64-w64-mingw32-g++-posix:g++-mingw-w64-x86-64-posix :wine64 :wine'
        compiler='x86_64-w64-mingw32-g++-posix -DNOMINMAX -include windows.h -static -Wa,-mbig-obj' runner=wine
        ;;
    windows-clang)
        packages='clang++:clang :lld x86_64-w64-mingw32-g++-posix:g++-mingw-w64-x86-64-posix :wine64 :wine'
        compiler=clang_for_windows runner=wine
        ;;
    *)
        echo "run: name a platform: $platforms" >&2
        exit 2
        ;;
    esac
}

# clang with the headers and libraries that g++ has for Windows; <windows.h> comes first.
clang_for_windows() {
    libraries=$(dirname "$(x86_64-w64-mingw32-g++-posix -print-file-name=libstdc++.a)")
    clang++ --target=x86_64-w64-windows-gnu -DNOMINMAX -include windows.h -nostdinc++ -nostdlibinc \
        -isystem "$libraries/include/c++" -isystem "$libraries/include/c++/x86_64-w64-mingw32" \
        -isystem /usr/x86_64-w64-mingw32/include "$@" \
        -fuse-ld=lld -static -L"$libraries" -Wl,-l:libstdc++.a -lpthread
}

# The newest packages of Debian, in a folder: of the compilers a small system of its own, of which
# nothing is installed.
newest="$root/build/newest"

newest_apt() {
    tool=$1
    shift
    "$tool" -qq -o Dir::Etc::SourceList="$newest/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$newest/lists" -o Dir::State::status="$newest/status" -o Dir::Cache="$newest" \
        -o APT::Install-Recommends=false "$@"
}

# newest_of NAME: the number of the newest package NAME-<number>.
newest_of() { newest_apt apt-cache search --names-only "^$1-[0-9]+\$" | sed 's/ .*//; s/.*-//' | sort -n | tail -n 1; }

# newest_lists fetches the lists of Debian's newest packages; elsewhere it fails.
newest_lists() {
    # The variable is apt's.
    # shellcheck disable=SC2016
    site=$(apt-get indextargets --format '$(SITE)' 'Component: main' | head -n 1)
    [ "${site%/debian}" != "$site" ] || {
        echo "run: no Debian packages here" >&2
        return 1
    }
    mkdir -p "$newest/lists/partial" "$newest/archives/partial"
    : >"$newest/status"
    echo "deb $site sid main" >"$newest/sources.list"
    newest_apt apt-get update
}

get_newest() {
    [ ! -e "$newest/root/als" ] || return 0
    newest_lists || return 1
    gnu=$(newest_of 'g\+\+') llvm=$(newest_of clang)
    newest_apt apt-get install -y --download-only base-files dash coreutils "g++-$gnu" "clang-$llvm" "libc++-$llvm-dev" \
        "libc++abi-$llvm-dev" "libunwind-$llvm-dev" libeigen3-dev || return 1
    # base-files first: its links say where the other packages' folders are.
    mkdir -p "$newest/root/tmp"
    for package in "$newest"/archives/base-files_*.deb "$newest"/archives/*.deb; do
        dpkg-deb -x "$package" "$newest/root" || return 1
    done
    ln -sf "g++-$gnu" "$newest/root/usr/bin/g++"
    ln -sf "clang++-$llvm" "$newest/root/usr/bin/clang++"
    rm -rf "$newest/archives"
    mkdir -p "$newest/root/als/build/platforms"
}

# in_newest COMMAND... runs it on a copy of the sources there.
in_newest() {
    get_newest >&2 || return 1
    rm -rf "$newest/root/als/include" "$newest/root/als/tests"
    cp -r include tests "$newest/root/als/"
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root='unshare --map-root-user'
    # shellcheck disable=SC2016,SC2086
    $as_root chroot "$newest/root" sh -c 'cd /als && exec "$@"' sh "$@"
}

# run_on COMPILER RUNNER NAME builds the program and leaves what it prints in
# build/platforms/NAME.txt.
run_on() {
    # The variables hold words to be split.
    # shellcheck disable=SC2046,SC2086
    $1 -std=c++20 -O1 -ffp-contract=off -Iinclude $(pkg-config --cflags eigen3 | sed 's/-I/-isystem /') \
        tests/platforms/program.cpp -o "build/platforms/$3.exe" &&
        WINEDEBUG=-all WINEPREFIX="$root/build/platforms/wine" $2 "./build/platforms/$3.exe" \
            tests/files/golden_v1_implicit.safetensors tests/files/golden_v1_explicit.safetensors \
            2>"build/platforms/$3.files" | tr -d '\r' >"build/platforms/$3.all" &&
        grep -v '^factors' "build/platforms/$3.all" >"build/platforms/$3.txt" &&
        grep '^factors' "build/platforms/$3.all" >"build/platforms/$3.factors"
}

# factors_differ NAME prints the largest difference from the native factors, beside the largest
# factor.
factors_differ() {
    paste build/platforms/native.factors "build/platforms/$1.factors" | awk '
        { for (i = 2; i <= NF / 2; ++i) {
            d = $i - $(i + NF / 2); if (d < 0) d = -d; if (d > worst) worst = d
            a = $i < 0 ? -$i : $i; if (a > largest) largest = a } }
        END { printf "%.0e", worst / largest; exit !(worst <= 1e-5 * largest) }'
}

# compare_platform NAME prints one line, and fails if the results differ.
compare_platform() {
    platform "$1"
    begin=$(date +%s)
    result='right results'
    run_on "$compiler" "$runner" "$1" >"build/platforms/$1.log" 2>&1 || result='DOES NOT RUN'
    cmp -s "build/platforms/$1.txt" build/platforms/native.txt || result='OTHER RESULTS'
    far=$(factors_differ "$1") || result='OTHER FACTORS'
    if cmp -s "build/platforms/$1.files" build/platforms/native.files; then
        result="$result, model files bit for bit"
    else
        result="$result, factors within $far"
    fi
    printf '%-13s %s (%s s)\n' "$1" "$result" $(($(date +%s) - begin))
    [ "${result#right}" != "$result" ]
}

compare_platforms() {
    mkdir -p build/platforms
    run_on 'c++ -fopenmp' '' native || return 1
    failed=0
    for name in "$@"; do
        compare_platform "$name" || failed=1
    done
    return "$failed"
}

# test_on NAME [ARGUMENT...]: all tests there, by CMake and ctest, which gets the arguments. Without
# OpenMP, whose library for Windows is a DLL.
test_on() {
    platform "$1"
    case $1 in
    arm64) system=Linux processor=aarch64 ;;
    i386) system=Linux processor=i686 ;;
    s390x) system=Linux processor=s390x ;;
    windows) system=Windows processor=x86_64 ;;
    *)
        echo "run: name one of arm64, i386, s390x, windows; ./run test is for this machine" >&2
        return 2
        ;;
    esac
    # A cross compiler must not find Catch2 in /usr/include, where the headers of this system are,
    # too.
    catch="$root/build/platforms/catch"
    [ -d "$catch" ] || {
        mkdir -p "$catch/include" "$catch/lib/cmake"
        cp -r /usr/include/catch2 "$catch/include/"
        cp -r /usr/lib/cmake/Catch2 "$catch/lib/cmake/"
        cp /usr/lib/libCatch2WithMain.a "$catch/lib/"
    }
    folder="build/platforms/tests-$1"
    export WINEDEBUG=-all WINEPREFIX="$root/build/platforms/wine"
    flags=${compiler#* }
    cmake -G Ninja -B "$folder" -D CMAKE_BUILD_TYPE=Release -D CMAKE_SYSTEM_NAME="$system" \
        -D CMAKE_SYSTEM_PROCESSOR="$processor" -D CMAKE_CXX_COMPILER="${compiler%% *}" -D CMAKE_CXX_FLAGS="$flags" \
        -D CMAKE_CROSSCOMPILING_EMULATOR="$runner" -D CMAKE_PREFIX_PATH="$catch" -D Eigen3_DIR=/usr/share/eigen3/cmake \
        -D ALS_USE_OPENMP=OFF -D ALS_BUILD_EXAMPLES=OFF -D ALS_BUILD_BENCHMARKS=OFF -D ALS_INSTALL=OFF
    shift
    cmake --build "$folder" && ctest --test-dir "$folder" --output-on-failure -LE 'package|consumer' "$@"
}
