// SPDX-License-Identifier: MIT
// The parallel loop.
#include "../catch.hpp"
#include <als/detail/base/parallel.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <new>
#include <vector>

TEST_CASE("parallel_for: visits each index once") {
    for (const int threads : {1, 2, 8}) {
        std::vector<std::atomic<int>> visits(1001);
        als::detail::parallel_for(1001, 8, als::detail::Workers{threads},
                                  [&](std::int64_t i) { ++visits[static_cast<std::size_t>(i)]; });
        CHECK(std::all_of(visits.begin(), visits.end(), [](const auto& n) { return n == 1; }));
    }
}

TEST_CASE("parallel_for: an exception in any row reaches the caller, whatever the threads") {
    for (const int threads : {1, 2, 8})
        for (const std::int64_t bad : {0, 57, 99}) {
            std::atomic<int> done{0};
            REQUIRE_THROWS_AS(als::detail::parallel_for(100, 4, als::detail::Workers{threads},
                                                        [&](std::int64_t i) {
                                                            if (i == bad) throw std::bad_alloc();
                                                            ++done;
                                                        }),
                              std::bad_alloc);
            CHECK(done < 100);
        }
}
