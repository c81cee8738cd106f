// SPDX-License-Identifier: MIT
// The memory that a program has taken so far.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <sys/resource.h>

namespace memory {

/// Forgets the peak so far, where the system can (Linux).
inline void reset_peak() { std::ofstream("/proc/self/clear_refs") << 5; }

/// Greatest resident size since `reset_peak`, in bytes; else since the program's start.
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
