// SPDX-License-Identifier: MIT
// The one parallel loop of the library.
#pragma once

#include <als/error.hpp>
#include <als/instruction_set.hpp>

#ifdef _OPENMP
#include <omp.h>
#endif

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <stop_token>

namespace als::inline ALS_ABI::detail {

/// Who does the work.
struct Workers {
    int threads = 1;
    std::stop_token cancel = {};
    InstructionSet instructions = automatic_instruction_set();
};

/// Threads to use where `asked` were asked for (0: as OpenMP would).
inline int thread_count(int asked) {
#ifdef _OPENMP
    return asked > 0 ? asked : std::max(1, omp_get_max_threads());
#else
    static_cast<void>(asked);
    return 1;
#endif
}

/// Calls body(workspace, i) for each i in [0, count), `grain` neighbours at a time to one thread;
/// every thread makes its own workspace. What body writes must depend on i alone: then the result
/// is the same for any number of threads.
///
/// The first exception ends the loop and is thrown to the caller: nothing escapes the parallel
/// region. With one thread no region is opened (a forked child of a program that has used OpenMP
/// could not).
template <typename MakeWorkspace, typename Body>
void parallel_for(std::int64_t count, std::int64_t grain, const Workers& workers,
                  const MakeWorkspace& make_workspace, const Body& body) {
    std::atomic<std::int64_t> next{0};
    std::exception_ptr failure;
    std::mutex failure_guard;
    const auto work = [&] {
        try {
            auto workspace = make_workspace();
            for (;;) {
                const std::int64_t begin = next.fetch_add(grain);
                if (begin >= count) return;
                if (workers.cancel.stop_requested())
                    throw Cancelled("als: cancelled through Training::cancel");
                const std::int64_t end = std::min(begin + grain, count);
                for (std::int64_t i = begin; i < end; ++i) body(workspace, i);
            }
        } catch (...) {
            next.store(count);
            const std::lock_guard lock(failure_guard);
            if (!failure) failure = std::current_exception();
        }
    };
    const auto threads =
        static_cast<int>(std::min<std::int64_t>(workers.threads, (count + grain - 1) / grain));
    if (threads <= 1) {
        work();
    } else {
#ifdef _OPENMP
#pragma omp parallel num_threads(threads)
#endif
        work();
    }
    if (failure) std::rethrow_exception(failure);
}

/// The same for a body that needs no workspace: body(i).
template <typename Body>
void parallel_for(std::int64_t count, std::int64_t grain, const Workers& workers,
                  const Body& body) {
    struct Nothing {};
    parallel_for(
        count, grain, workers, [] { return Nothing{}; },
        [&](const Nothing&, std::int64_t i) { body(i); });
}

}  // namespace als::inline ALS_ABI::detail
