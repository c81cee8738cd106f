// SPDX-License-Identifier: MIT
// The inner loops of row solves and rankings, compiled for several instruction sets and chosen at
// run time: a program built by plain `g++ -O2` runs them at the speed of its processor.
#pragma once

#include <als/instruction_set.hpp>
#include <als/types.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if !defined(__GNUC__)
#error "als: the row solves use vector types of GCC and clang"
#endif

namespace als::inline ALS_ABI::detail {

/// Widths are padded with zeros to whole cache lines: this many numbers.
template <Real S>
inline constexpr std::ptrdiff_t line = 64 / static_cast<std::ptrdiff_t>(sizeof(S));
template <Real S>
constexpr std::ptrdiff_t padded(std::ptrdiff_t width) {
    return (width + line<S> - 1) / line<S> * line<S>;
}

/// Distance of the rows of a buffer: an odd number of cache lines, which spreads a column over all
/// sets of the cache.
template <Real S>
constexpr std::ptrdiff_t spread(std::ptrdiff_t width) {
    return (padded<S>(width) / line<S> | 1) * line<S>;
}

/// Rows that will be needed soon.
template <Real S>
struct Upcoming {
    const S* const* rows = nullptr;
    std::ptrdiff_t count = 0;
    std::ptrdiff_t bytes = 0;  ///< of a row
};

/// Q: [rows, width], distance of the rows stride.
template <Real S>
struct Panel {
    S* data;  ///< may be overwritten
    std::ptrdiff_t stride;
    std::ptrdiff_t rows;
    Upcoming<S> upcoming = {};
};

/// A symmetric matrix that is summed up and then becomes its factor U, both on and right of the
/// diagonal; and a right-hand side. The arrays have `width` numbers, `order` of them unknowns. A
/// diagonal block of U is diag(inverse_diagonal)^-1 R with ones on R's diagonal; its place holds R'
/// left of the diagonal.
template <Real S>
struct Factor {
    S* matrix;
    std::ptrdiff_t stride;
    std::ptrdiff_t order;
    std::ptrdiff_t width;
    bool holds_sum;  ///< whether the matrix has been written before
    S* inverse_diagonal;
    S* right;
    S* solution;
};

/// The cells of a row: padded rows w_j of the fixed side, d_j and c_j (see `RowSystem`).
template <Real S>
struct Cells {
    const S* const* rows;
    const double* d;
    const double* c;
    std::ptrdiff_t count;
};

/// left [rows, depth] times right [depth, width].
template <Real S>
struct Product {
    const S* left;
    std::ptrdiff_t left_stride;
    const S* right;
    std::ptrdiff_t right_stride;
    S* result;
    std::ptrdiff_t result_stride;
    std::ptrdiff_t rows, depth, width;
};

/// Columns of a panel of candidates: as many as bits of a `Scan`'s answer are used.
inline constexpr std::ptrdiff_t scan_columns = 48;

/// Queries, as `write_queries` writes them, against a panel of candidates, one in each column.
/// Their number is padded (see `scan_rows`).
template <Real S>
struct Scan {
    const S* queries;
    std::ptrdiff_t stride;
    std::ptrdiff_t count;
    S* panel;  ///< [depth, scan_columns]; may be overwritten
    std::ptrdiff_t depth;
    const S* start;        ///< [scan_columns], what the sums begin with
    const S* limits;       ///< of each query
    std::uint64_t* above;  ///< the answers, one for each query
};

/// The number of queries of a `Scan` is a multiple of this.
inline constexpr std::ptrdiff_t scan_rows = 8;

/// The functions of kernel.inl, where each is described, for one instruction set.
template <Real S>
struct Kernels {
    void (*accumulate)(const Panel<S>&, const Factor<S>&);
    bool (*factor)(const Panel<S>&, const Factor<S>&);
    void (*solve_forward)(const Factor<S>&);
    void (*solve_back)(const Factor<S>&);
    void (*gather)(const Cells<S>&, const S* scale, std::ptrdiff_t width, S* panel,
                   std::ptrdiff_t stride, S* right);
    void (*gather_transposed)(const Cells<S>&, const S* scale, std::ptrdiff_t width, S* panel,
                              std::ptrdiff_t stride);
    void (*multiply)(const Cells<S>&, const S* x, std::ptrdiff_t width, S* result);
    void (*sum_rows)(const Cells<S>&, std::ptrdiff_t width, S* result);
    void (*sum_residuals)(const Cells<S>&, const S* x, std::ptrdiff_t width, S* result);
    void (*product)(const Product<S>&);
    void (*scan)(const Scan<S>&);
    std::uint64_t (*at_or_above)(const S* scores, S limit);
    void (*write_queries)(const S* numbers, std::ptrdiff_t count, S* queries);
    double (*dot)(const S* a, const S* b, std::ptrdiff_t count);
};

#define ALS_KERNEL_INLINE [[gnu::always_inline]] inline
#if defined(__clang__)
#define ALS_KERNEL_UNROLL _Pragma("clang loop unroll(full)")
#define ALS_KERNEL_REGION(features) \
    _Pragma(ALS_KERNEL_TEXT(        \
        clang attribute push(__attribute__((target(features))), apply_to = function)))
#define ALS_KERNEL_REGION_END _Pragma("clang attribute pop")
#else
#define ALS_KERNEL_UNROLL _Pragma("GCC unroll 16")
#define ALS_KERNEL_REGION(features) \
    _Pragma("GCC push_options") _Pragma(ALS_KERNEL_TEXT(GCC target(features)))
#define ALS_KERNEL_REGION_END _Pragma("GCC pop_options")
#endif
#define ALS_KERNEL_TEXT(...) #__VA_ARGS__

namespace portable {
#define ALS_KERNEL_BYTES 16
#define ALS_KERNEL_ROWS 4
#define ALS_KERNEL_VECTORS 2
#include <als/detail/kernel.inl>
#undef ALS_KERNEL_BYTES
#undef ALS_KERNEL_ROWS
#undef ALS_KERNEL_VECTORS
}  // namespace portable

#if defined(__x86_64__)
namespace avx2 {
ALS_KERNEL_REGION("avx2,fma")
#define ALS_KERNEL_BYTES 32
#define ALS_KERNEL_ROWS 4
#define ALS_KERNEL_VECTORS 3
#include <als/detail/kernel.inl>
#undef ALS_KERNEL_BYTES
#undef ALS_KERNEL_ROWS
#undef ALS_KERNEL_VECTORS
ALS_KERNEL_REGION_END
}  // namespace avx2

namespace avx512 {
ALS_KERNEL_REGION("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")
#define ALS_KERNEL_BYTES 64
#define ALS_KERNEL_ROWS 8
#define ALS_KERNEL_VECTORS 3
#include <als/detail/kernel.inl>
#undef ALS_KERNEL_BYTES
#undef ALS_KERNEL_ROWS
#undef ALS_KERNEL_VECTORS
ALS_KERNEL_REGION_END
}  // namespace avx512

namespace avx512_bf16 {
ALS_KERNEL_REGION("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma")
#define ALS_KERNEL_BYTES 64
#define ALS_KERNEL_ROWS 8
#define ALS_KERNEL_VECTORS 3
#define ALS_KERNEL_BF16
#include <als/detail/kernel.inl>
#undef ALS_KERNEL_BYTES
#undef ALS_KERNEL_ROWS
#undef ALS_KERNEL_VECTORS
#undef ALS_KERNEL_BF16
ALS_KERNEL_REGION_END
}  // namespace avx512_bf16
#endif

#undef ALS_KERNEL_INLINE
#undef ALS_KERNEL_UNROLL
#undef ALS_KERNEL_REGION
#undef ALS_KERNEL_REGION_END
#undef ALS_KERNEL_TEXT

/// The loops for one instruction set, which the processor has to have.
template <Real S>
const Kernels<S>& kernels_for(InstructionSet set) {
#if defined(__x86_64__)
    if (set >= InstructionSet::avx512) return avx512::kernels<S>;
    if (set == InstructionSet::avx2) return avx2::kernels<S>;
#endif
    return portable::kernels<S>;
}

/// Loops of which `accumulate` and `factor` round the panel, and `scan` both sides, to bfloat16;
/// null where there are none. The factor has to be used with a refinement of the solution.
template <Real S>
const Kernels<S>* rounding_kernels(InstructionSet set) {
#if defined(__x86_64__)
    if constexpr (std::same_as<S, float>)
        if (set == InstructionSet::avx512_bf16) return &avx512_bf16::kernels<S>;
#endif
    static_cast<void>(set);
    return nullptr;
}

}  // namespace als::inline ALS_ABI::detail
