// SPDX-License-Identifier: MIT
// Features of POSIX systems, and those for which the substitute here (Wine) proves nothing:
// permissions, links, devices, files that are replaced while they are mapped, full disks, and
// killed processes.
#include "catch.hpp"
#include "data.hpp"
#include "samples.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#endif

using namespace als_test;
namespace fs = std::filesystem;

namespace {

/// Runs `work` in a child, kills it by signal 9 after so many microseconds, and returns whether it
/// had ended before.
template <typename Work>
bool killed_after(int microseconds, const Work& work) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        try {
            work();
        } catch (const std::exception& error) {
            static_cast<void>(std::fprintf(stderr, "child: %s\n", error.what()));
            _exit(2);  // skips the destructors of the parent's objects
        }
        _exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
    kill(child, SIGKILL);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE((WIFSIGNALED(status) || WEXITSTATUS(status) == 0));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

#ifdef __linux__
/// Runs `work` in a child that sees a file system of 64 KiB at `folder`. Returns the child's exit
/// status, or nothing if the system does not let us make one.
template <typename Work>
std::optional<int> on_small_disk(const fs::path& folder, const Work& work) {
    constexpr int no_disk = 77;
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        if (unshare(CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER)) != 0 ||
            mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            mount("none", folder.c_str(), "tmpfs", 0, "size=64k") != 0)
            _exit(no_disk);
        int result = 99;  // an exception must not reach the parent's objects
        try {
            result = work();
        } catch (const std::exception& error) {
            static_cast<void>(std::fprintf(stderr, "child: %s\n", error.what()));
        }
        _exit(result);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    if (WEXITSTATUS(status) == no_disk) return std::nullopt;
    return WEXITSTATUS(status);
}
#endif

}  // namespace

TEST_CASE("save: a file that is replaced keeps its permissions") {
    const Folder folder;
    const auto model = model_by_formula<float>(als::Implicit{}, 3, 4, 2);
    als::save(model, folder / "model");
    const auto shared = fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read |
                        fs::perms::group_write | fs::perms::others_write;
    for (const fs::perms kept : {fs::perms::owner_read | fs::perms::owner_write, shared}) {
        fs::permissions(folder / "model", kept);
        als::save(model, folder / "model");
        CHECK(fs::status(folder / "model").permissions() == kept);
    }
}

TEST_CASE("save: a link stays, and the file that it leads to is replaced") {
    const Folder folder;
    als::save(model_by_formula<float>(als::Implicit{}, 3, 4, 2), folder / "model");
    fs::create_symlink(folder / "model", folder / "link");
    fs::create_symlink("link", folder / "link of the link");
    for (const char* name : {"link", "link of the link"}) {
        const int users = name == std::string("link") ? 2 : 5;
        als::save(model_by_formula<float>(als::Implicit{}, users, 2, 1), folder / name);
        CHECK(fs::is_symlink(folder / name));
        CHECK(als::load<float>(folder / "model").user_count() == users);
    }
    CHECK(folder.files() == 3);
    // Links to a file that does not exist yet, and in a circle.
    fs::create_symlink("new", folder / "link of new");
    als::save(model_by_formula<float>(als::Implicit{}, 7, 2, 1), folder / "link of new");
    CHECK(als::load<float>(folder / "new").user_count() == 7);
    fs::create_symlink("circle", folder / "circle");
    REQUIRE_THROWS_MATCHES(
        als::save(model_by_formula<float>(als::Implicit{}, 7, 2, 1), folder / "circle"),
        als::IoError, says("cannot follow"));
}

TEST_CASE("save: a name that is too long for a temporary file is refused, and says so") {
    const Folder folder;
    const std::string name(250, 'x');
    REQUIRE_THROWS_MATCHES(
        als::save(model_by_formula<float>(als::Implicit{}, 3, 4, 2), folder / name.c_str()),
        als::IoError, says("is too long; choose a shorter name"));
    CHECK(folder.files() == 0);
}

TEST_CASE("save: a device is refused") {
    REQUIRE_THROWS_MATCHES(
        als::save(model_by_formula<float>(als::Implicit{}, 3, 4, 2), "/dev/full"), als::IoError,
        says("/dev/full exists and is not a regular file"));
}

TEST_CASE("MappedModel: a file that is replaced meanwhile stays as it was") {
    const Folder folder;
    const auto model = model_by_formula<double>(als::Explicit{}, 30, 4, 5);
    als::save(model, folder / "model");
    const als::MappedModel<double> mapped(folder / "model");
    als::save(model_by_formula<double>(als::Explicit{}, 2, 2, 2), folder / "model");
    CHECK(mapped.user_factors() == model.user_factors());
    CHECK(als::MappedModel<double>(folder / "model").user_factors().rows() == 2);
}

TEST_CASE("save: a file that may not grow leaves the old one, and nothing beside it") {
    const Folder folder;
    const auto old = model_by_formula<float>(als::Implicit{}, 3, 4, 2);
    als::save(old, folder / "model");
    const auto large = model_by_formula<float>(als::Implicit{}, 3000, 40, 2);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    rlimit small = before;
    small.rlim_cur = 4096;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    REQUIRE_THROWS_MATCHES(als::save(large, folder / "model"), als::IoError,
                           says("File too large"));
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, handler);
    CHECK(same_bits(als::load<float>(folder / "model"), old));
    CHECK(folder.files() == 1);
}

#ifdef __linux__
TEST_CASE("save: a full disk leaves the old file, and nothing beside it") {
    const Folder folder;
    const auto old = model_by_formula<float>(als::Implicit{}, 3, 4, 2);
    const auto large = model_by_formula<float>(als::Implicit{}, 30000, 40, 2);
    const auto status = on_small_disk(folder.path(), [&] {
        als::save(old, folder / "model");
        try {
            als::save(large, folder / "model");
            return 1;
        } catch (const als::IoError& error) {
            if (!contains("No space left on device").match(error.what())) return 2;
        }
        if (!same_bits(als::load<float>(folder / "model"), old)) return 3;
        return folder.files() == 1 ? 0 : 4;
    });
    if (!status)
        std::cout << "skipped: no file system can be mounted here\n";
    else
        CHECK(*status == 0);
}
#endif

TEST_CASE("save: a process killed at any moment leaves the old file or the new one, whole") {
    const Folder folder;
    const auto one = model_by_formula<float>(als::Explicit{}, 3000, 400, 8);
    const auto other = model_by_formula<float>(als::Explicit{}, 2000, 900, 9);
    als::save(one, folder / "model");
    int ones = 0;
    int others = 0;
    for (int n = 0; n < 100; ++n) {
        killed_after(500 + 97 * n, [&] {
            for (;;) {
                als::save(other, folder / "model");
                als::save(one, folder / "model");
            }
        });
        const auto found = als::load<float>(folder / "model");
        (found.user_count() == 3000 ? ones : others) += 1;
        REQUIRE(same_bits(found, found.user_count() == 3000 ? one : other));
    }
    CHECK(ones > 0);
    CHECK(others > 0);
}

TEST_CASE("checkpoints: a training killed at any moment goes on and comes to the same model") {
    const Folder folder;
    const auto data =
        random_table(66, {.users = 300, .items = 200, .density = 0.1}).interactions<float>();
    const als::Training training{.factors = 8, .iterations = 600, .threads = 1};
    const als::Checkpoints checkpoints{.path = folder / "training"};
    const auto whole = als::fit(data, als::Implicit{}, training);
    int kills = 0;
    while (kills < 100) {
        const bool done = killed_after(3000 + 1700 * (kills % 13), [&] {
            static_cast<void>(
                als::fit_with_checkpoints(data, als::Implicit{}, training, checkpoints));
        });
        if (!done) ++kills;
        if (!done && kills < 100) continue;
        // Done, or killed for the last time: the model is the same, and the next training starts
        // anew.
        CHECK(same_bits(als::fit_with_checkpoints(data, als::Implicit{}, training, checkpoints),
                        whole));
        fs::remove(checkpoints.path);
    }
}
