// SPDX-License-Identifier: MIT
// A process that is killed at some moment.
#pragma once

#include "catch.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace als_test {

/// Runs `work` in a child, kills it by signal 9 after so many microseconds, and says whether it had
/// ended before.
template <typename Work>
bool killed_after(int microseconds, const Work& work) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        try {
            work();
        } catch (const std::exception& error) {
            static_cast<void>(std::fprintf(stderr, "child: %s\n", error.what()));
            _exit(2);  // past the destructors of the parent's objects
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

}  // namespace als_test
