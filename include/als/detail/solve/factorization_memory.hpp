// SPDX-License-Identifier: MIT
// The memory that the kernels factorize a matrix in.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/types.hpp>

#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Memory for a matrix that becomes its Cholesky factorization, for a right-hand side and for a
/// solution.
template <Real Scalar>
class FactorizationMemory {
public:
    Factorization<Scalar> of_order(std::int64_t order) {
        const std::int64_t width = padded<Scalar>(order);
        const std::int64_t stride = spread<Scalar>(order);
        memory_.reserve(width * (stride + 3));
        Scalar* const vectors = memory_.data() + width * stride;
        return {memory_.data(), stride,  order,           width,
                false,          vectors, vectors + width, vectors + 2 * width};
    }

private:
    Buffer<Scalar> memory_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
