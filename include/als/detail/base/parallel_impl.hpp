// SPDX-License-Identifier: MIT
// The implementation of parallel.hpp.
#pragma once

#include <als/detail/base/parallel.hpp>
#include <als/error.hpp>

#ifdef _OPENMP
#include <omp.h>
#endif

#include <algorithm>
#include <exception>
#include <mutex>

namespace als {
inline namespace ALS_ABI {
namespace detail {

ALS_INLINE int thread_count(int asked) {
#ifdef _OPENMP
    return asked > 0 ? asked : std::max(1, omp_get_max_threads());
#else
    static_cast<void>(asked);
    return 1;
#endif
}

ALS_INLINE bool Shares::next(std::int64_t& begin, std::int64_t& end) {
    begin = next_.fetch_add(grain_);
    if (begin >= count_) return false;
    if (workers_.cancel.stop_requested())
        throw Cancelled("als: cancelled through Training::cancel");
    end = std::min(begin + grain_, count_);
    return true;
}

ALS_INLINE void Shares::run(void (*work)(const void*), const void* object) {
    std::exception_ptr failure;
    std::mutex failure_guard;
    const auto work_safely = [&] {
        try {
            work(object);
        } catch (...) {
            next_.store(count_);
            const std::lock_guard lock(failure_guard);
            if (!failure) failure = std::current_exception();
        }
    };
#ifdef _OPENMP
    const auto threads =
        static_cast<int>(std::min<std::int64_t>(workers_.threads, (count_ + grain_ - 1) / grain_));
    if (threads > 1) {
#pragma omp parallel num_threads(threads)
        work_safely();
    } else
#endif
        work_safely();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace detail
}  // inline namespace
}  // namespace als
