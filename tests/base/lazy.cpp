// SPDX-License-Identifier: MIT
// Values that are computed on first use.
#include "../catch.hpp"
#include <als/detail/base/lazy.hpp>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

using als::detail::Lazy;

TEST_CASE("lazy: a value is computed once, when it is first asked for") {
    const Lazy<std::vector<int>> lazy;
    int computed = 0;
    const auto make = [&] { return std::vector<int>{++computed, 7}; };
    const std::vector<int>& first = lazy.get(make);
    CHECK(first == std::vector<int>{1, 7});
    CHECK(&lazy.get(make) == &first);
    CHECK(computed == 1);
}

TEST_CASE("lazy: a value is shared, and its absence too") {
    Lazy<int> lazy, one, other;
    one.share(lazy);
    const int& value = lazy.get([] { return 7; });
    other.share(lazy);
    const auto never = []() -> int { throw std::logic_error("there is a value"); };
    CHECK(&other.get(never) == &value);
    CHECK(one.get([] { return 8; }) == 8);
}

TEST_CASE("lazy: eight threads that ask at once get one value") {
    for (int round = 0; round < 100; ++round) {
        const Lazy<int> lazy;
        std::atomic<int> computed{0};
        std::latch start(8);
        std::vector<const int*> got(8);
        std::vector<std::thread> threads;
        for (const int*& place : got)
            threads.emplace_back([&] {
                start.arrive_and_wait();
                place = &lazy.get([&] {
                    std::this_thread::yield();  // gives the others time to come
                    return 10 + ++computed;
                });
            });
        for (std::thread& thread : threads) thread.join();
        CHECK(computed == 1);
        for (const int* const value : got) {
            CHECK(value == got[0]);
            CHECK(*value == 11);
        }
    }
}

TEST_CASE("lazy: an exception leaves the computation to the next call") {
    const Lazy<int> lazy;
    int calls = 0;
    const auto make = [&] {
        if (++calls < 3) throw std::runtime_error("not yet");
        return calls;
    };
    REQUIRE_THROWS_WITH(lazy.get(make), "not yet");
    REQUIRE_THROWS_WITH(lazy.get(make), "not yet");
    CHECK(lazy.get(make) == 3);
    CHECK(lazy.get(make) == 3);
    CHECK(calls == 3);
}

TEST_CASE("lazy: a value that was set is not computed") {
    Lazy<int> lazy;
    lazy.set(5);
    CHECK(lazy.get([]() -> int { throw std::runtime_error("computed"); }) == 5);
}
