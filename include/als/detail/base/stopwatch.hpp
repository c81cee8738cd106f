// SPDX-License-Identifier: MIT
// Elapsed time.
#pragma once

#include <als/version.hpp>

#include <chrono>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Measures the time since its construction.
class Stopwatch {
public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    }

private:
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace detail
}  // inline namespace
}  // namespace als
