// SPDX-License-Identifier: MIT
// Elapsed time.
#include "../catch.hpp"
#include <als/detail/base/stopwatch.hpp>

#include <chrono>
#include <thread>

TEST_CASE("stopwatch: it gives the seconds since it was made, and goes on") {
    using Clock = std::chrono::steady_clock;
    const auto before = Clock::now();
    const als::detail::Stopwatch watch;
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    const double first = watch.seconds();
    const double second = watch.seconds();
    const double whole = std::chrono::duration<double>(Clock::now() - before).count();
    CHECK(first >= 0.003);
    CHECK(second >= first);
    CHECK(second <= whole);
}
