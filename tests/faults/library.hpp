// SPDX-License-Identifier: MIT
// The functions of the library of faults.
#pragma once

#include <cstddef>

namespace faults {

/// The call that fails, once, with a reason that the system could give.
enum class Kind {
    memory,
    write,
    short_write,
    interrupted_write,
    fsync,
    close,
    rename,
    mount_point
};
inline constexpr int kinds = 8;

}  // namespace faults

extern "C" {
/// Makes the n-th call from now fail, n >= 1; 0: none.
void als_faults_arm(faults::Kind kind, long n);
/// Number of calls until the one that fails; 0 if it has failed.
long als_faults_left(faults::Kind kind);
/// Blocks of memory in use.
long als_faults_blocks_in_use();
/// The largest block asked for since the last call.
std::size_t als_faults_largest();
}
