// SPDX-License-Identifier: MIT
// The one parallel loop of the library.
#pragma once

#include <als/instruction_set.hpp>
#include <als/stop_token.hpp>

#include <atomic>
#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// The threads that do the work, and the token that can stop them.
struct Workers {
    int threads = 1;
    StopToken cancel = {};
    InstructionSet instructions = automatic_instruction_set();
};

/// Returns the number of threads to use for an option `threads`; 0 means as many as OpenMP would
/// use.
int thread_count(int asked);

/// Deals out the numbers [0, count) to threads, `grain` neighbours at a time.
class Shares {
public:
    Shares(std::int64_t count, std::int64_t grain, const Workers& workers)
        : count_(count), grain_(grain), workers_(workers) {}

    /// Gives the next share [begin, end) to the calling thread; false if none is left. Throws
    /// `Cancelled` once a stop has been requested.
    bool next(std::int64_t& begin, std::int64_t& end);

    /// Runs `work` on each thread, or only on the calling thread if that is enough. The first
    /// exception ends all shares and is rethrown to the caller, so that nothing escapes the
    /// parallel region. One thread opens no region, because a forked child of a program that has
    /// used OpenMP cannot.
    template <typename Work>
    void run(const Work& work) {
        run([](const void* object) { (*static_cast<const Work*>(object))(); }, &work);
    }

private:
    void run(void (*work)(const void*), const void* object);

    std::atomic<std::int64_t> next_{0};
    std::int64_t count_, grain_;
    const Workers& workers_;
};

/// Calls body(workspace, i) for each i in [0, count). A thread gets `grain` neighbours at a time
/// and makes its own workspace. What body writes must depend on i alone, so that the result is the
/// same for any number of threads. Exceptions and cancellation: see `Shares`.
template <typename MakeWorkspace, typename Body>
void parallel_for(std::int64_t count, std::int64_t grain, const Workers& workers,
                  const MakeWorkspace& make_workspace, const Body& body) {
    Shares shares(count, grain, workers);
    shares.run([&] {
        auto workspace = make_workspace();
        for (std::int64_t begin = 0, end = 0; shares.next(begin, end);)
            for (std::int64_t i = begin; i < end; ++i) body(workspace, i);
    });
}

/// Like `parallel_for` above, for a body that needs no workspace: body(i).
template <typename Body>
void parallel_for(std::int64_t count, std::int64_t grain, const Workers& workers,
                  const Body& body) {
    Shares shares(count, grain, workers);
    shares.run([&] {
        for (std::int64_t begin = 0, end = 0; shares.next(begin, end);)
            for (std::int64_t i = begin; i < end; ++i) body(i);
    });
}

/// Calls body(first, count) for fixed blocks of `block` neighbours (the last may be shorter).
template <typename Body>
void for_blocks(std::int64_t count, std::int64_t block, const Workers& workers, const Body& body) {
    parallel_for((count + block - 1) / block, 1, workers, [&](std::int64_t b) {
        const std::int64_t first = b * block;
        body(first, first + block < count ? block : count - first);
    });
}

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/base/parallel_impl.hpp>
#endif
