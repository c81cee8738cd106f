// SPDX-License-Identifier: MIT
// Many threads query a model while others are trained, and so does a forked process.
#include "catch.hpp"
#include "samples.hpp"

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__unix__)
#include <sys/wait.h>
#include <unistd.h>
#endif
#ifndef __has_feature
#define __has_feature(feature) 0
#endif

using namespace als_test;
using als::Item;
using als::User;

TEST_CASE("queries: eight threads at once may be the first that need what a model computes") {
    const auto data = sample_data<float>(57);
    for (const double exponent : {0.0, 0.75}) {
        const als::Implicit objective{.regularization_exponent = exponent};
        const auto fitted = als::fit(data, objective, {.factors = 12, .iterations = 2});
        for (int round = 0; round < 20; ++round) {
            const als::Model<float> fresh(fitted.parts(), fitted.objective());
            std::latch start(8);
            std::vector<int> right(8);
            std::vector<std::thread> threads;
            for (int t = 0; t < 8; ++t)
                threads.emplace_back([&, t] {
                    const User user{t};
                    const Item item{t};
                    start.arrive_and_wait();
                    const auto newcomer = als::fold_in(fresh, data[user]);
                    const auto novelty = als::fold_in(fresh, data[item]);
                    right[static_cast<std::size_t>(t)] =
                        same_bits(newcomer.factors, als::fold_in(fitted, data[user]).factors) &&
                        same_bits(novelty.factors, als::fold_in(fitted, data[item]).factors) &&
                        same_bits(fresh.user_gram(), fitted.user_gram()) &&
                        same_bits(fresh.item_gram(), fitted.item_gram());
                });
            for (std::thread& thread : threads) thread.join();
            CHECK(right == std::vector<int>(8, 1));
        }
    }
}

namespace {

/// Four readers make all queries while models are trained and replaced, until `enough` says so,
/// which gets the numbers of trained models and of answers. Returns the number of wrong answers.
int wrong_answers_while_training(const std::function<bool(std::uint64_t, std::int64_t)>& enough) {
    const auto data = sample_data<float>(55);
    const auto train = [&](std::uint64_t seed) {
        return std::make_shared<const als::Model<float>>(als::fit(
            data, als::Implicit{}, {.factors = 8, .iterations = 2, .seed = seed, .threads = 2}));
    };
    std::mutex guard;
    auto current = train(0);
    const auto get = [&] {
        const std::lock_guard lock(guard);
        return current;
    };
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0};
    std::atomic<std::int64_t> answers{0};
    std::vector<std::thread> readers;
    for (int reader = 0; reader < 4; ++reader)
        readers.emplace_back([&, reader] {
            for (int n = reader; !stop; n = (n + 1) % 60) {
                const auto model = get();
                const User user{n};
                const auto list = als::recommend(*model, user, {.exclude = data[user]});
                const auto newcomer = als::fold_in(*model, data[user]);
                if (list.empty() || als::recommend(*model, newcomer).size() != 10 ||
                    als::similar_items(*model, list[0].id, {.count = 3}).size() != 3 ||
                    als::explain(*model, data[user], list[0].id).contributions.empty())
                    ++wrong;
                ++answers;
            }
        });
    for (std::uint64_t trained = 1; !enough(trained, answers); ++trained) {
        auto next = train(trained);
        const std::lock_guard lock(guard);
        current.swap(next);
    }
    stop = true;
    for (std::thread& reader : readers) reader.join();
    return wrong;
}

#ifdef __linux__
/// Memory that the program has now, in KiB.
std::int64_t resident_kib() {
    std::ifstream statm("/proc/self/statm");
    std::int64_t pages = 0;
    statm >> pages >> pages;
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}
#endif

}  // namespace

TEST_CASE("queries: readers go on while a new model is trained and put in place") {
    CHECK(wrong_answers_while_training([](std::uint64_t trained, std::int64_t answers) {
              return trained > 10 && answers >= 100;
          }) == 0);
}

#ifdef __linux__
// Not one of the tests: `./run soak` runs it, for ALS_SOAK_SECONDS seconds.
TEST_CASE("queries: readers, training and hot swap go on for long without growing", "[.][soak]") {
    using Clock = std::chrono::steady_clock;
    const char* const asked = std::getenv("ALS_SOAK_SECONDS");
    const double seconds = asked == nullptr ? 60 : std::atof(asked);
    const auto begin = Clock::now();
    std::int64_t settled = 0;  // memory after half of the time
    int next_report = 1;
    const int wrong =
        wrong_answers_while_training([&](std::uint64_t trained, std::int64_t answers) {
            const double part =
                std::chrono::duration<double>(Clock::now() - begin).count() / seconds;
            if (4 * part < next_report) return false;
            if (next_report++ == 2) settled = resident_kib();
            std::cout << std::llround(100 * part) << " %: " << trained << " models, " << answers
                      << " answers, " << resident_kib() << " KiB" << std::endl;
            return part >= 1;
        });
    CHECK(wrong == 0);
    CHECK(resident_kib() < settled + 8 * 1024);
}
#endif
#if defined(__unix__) && !defined(__SANITIZE_THREAD__) && !__has_feature(thread_sanitizer)
TEST_CASE("queries: the child of a process that has used OpenMP can ask for one user") {
    const auto data = sample_data<float>(56);
    const auto model =
        als::fit(data, als::Implicit{}, {.factors = 4, .iterations = 2, .threads = 2});
    const auto expected = als::recommend(model, User{3});
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        alarm(20);  // a query that hangs is a query that failed
        const auto newcomer = als::fold_in(model, data[User{3}]);
        const bool same =
            als::recommend(model, User{3}) == expected &&
            !als::recommend(model, newcomer).empty() &&
            !als::similar_items(model, Item{1}).empty() &&
            als::recommend(model, std::vector<User>{User{3}}, {.threads = 1})[0] == expected &&
            !als::explain(model, data[User{3}], Item{1}).contributions.empty();
        _exit(same ? 0 : 1);
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
#endif
