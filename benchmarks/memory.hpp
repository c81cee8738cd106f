// SPDX-License-Identifier: MIT
// The memory that a program has taken so far.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <sys/resource.h>

namespace memory {

/// Resets the peak, if the system can (Linux).
inline void reset_peak() { std::ofstream("/proc/self/clear_refs") << 5; }

/// Greatest resident size in bytes since `reset_peak`, or since the program's start if there is no
/// reset.
inline std::int64_t peak() {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word)
        if (std::int64_t kilobytes = 0; word == "VmHWM:" && status >> kilobytes)
            return kilobytes * 1024;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return std::int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace memory
