// SPDX-License-Identifier: MIT
// Half a step of implicit ALS as it is usually written: the baseline of the library. In float, all
// rows in parallel; compiled plainly and, as `avx2`, for x86-64-v3.
#pragma once

#include <cstdint>

namespace baselines {

enum class Method {
    naive,               ///< a rank-1 update of the whole matrix per entry, then LLT
    eigen,               ///< the rows gathered, Eigen's rankUpdate, then LLT
    conjugate_gradient,  ///< three steps from the old solution (Takacs, Pilaszy, Tikk 2011)
};

/// The rows to be solved, compressed: row r has the entries offsets[r] ... offsets[r + 1] - 1.
struct Rows {
    std::int64_t count;
    const std::int64_t* offsets;
    const std::int32_t* columns;
    const float* values;
};

/// Solves all rows against `fixed` [fixed_count, factors], with the confidence 1 + alpha value,
/// into `solved` [rows.count, factors], from which conjugate gradient starts.
using HalfStep = void(Method method, const Rows& rows, const float* fixed, std::int64_t fixed_count,
                      int factors, double alpha, double lambda, int threads, float* solved);
HalfStep half_step;
namespace avx2 {
HalfStep half_step;
}

}  // namespace baselines
