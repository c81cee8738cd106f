// SPDX-License-Identifier: MIT
// The arguments of the kernels: plain structs of pointers and sizes. Distances between rows
// ("strides") count numbers, not bytes.
#pragma once

#include <als/types.hpp>

#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Rows that will be needed soon. A kernel prefetches them while it computes.
template <Real S>
struct Upcoming {
    const S* const* rows = nullptr;
    std::int64_t count = 0;
    std::int64_t bytes = 0;  ///< bytes of one row
};

/// A matrix Q, [rows, width]. The matrix that it is added to gives the width.
template <Real S>
struct Panel {
    S* data;  ///< a kernel that rounds to bfloat16 overwrites it
    std::int64_t stride;
    std::int64_t rows;
    Upcoming<S> upcoming = {};
};

/// A symmetric matrix, of which only the part on and right of the diagonal is used, with one
/// right-hand side. `accumulate` adds to the matrix; `factorize` replaces it by the upper factor U.
///
/// The three vectors have `width` numbers, of which the first `order` are unknowns. A diagonal
/// block of U is diag(inverse_diagonal)^-1 R, where R has ones on its diagonal. The matrix holds R'
/// in place of this block, left of the diagonal.
template <Real S>
struct Factorization {
    S* matrix;  ///< [width, stride]
    std::int64_t stride;
    std::int64_t order;
    std::int64_t width;  ///< `order`, padded to whole cache lines
    bool holds_sum;      ///< false: the matrix counts as 0, whatever memory holds
    S* inverse_diagonal;
    S* right;
    S* solution;
};

/// The terms of a row's system (see `RowSystem`): term j is a row w_j of the fixed side, padded
/// with zeros, and the numbers d_j and c_j.
template <Real S>
struct Terms {
    const S* const* rows;
    const double* d;
    const double* c;
    std::int64_t count;
};

/// The map of rows w on their way into a panel: w .* scale - shift. A null scale counts as ones, a
/// null shift as zeros. If there is a shift, there is a scale.
template <Real S>
struct Affine {
    const S* scale = nullptr;
    const S* shift = nullptr;
};

/// The part of a matrix that is not 0: all of it, the part on and right of the diagonal, or the
/// part on and left of it.
enum class Triangle { none, upper, lower };

/// result = left * right, of the shapes [rows, depth] and [depth, width].
template <Real S>
struct Product {
    const S* left;
    std::int64_t left_stride;
    const S* right;
    std::int64_t right_stride;
    S* result;
    std::int64_t result_stride;
    std::int64_t rows, depth, width;
    Triangle right_triangle = Triangle::none;
};

/// The number of candidates in a panel of a `Scan`. An answer has one bit for each.
inline constexpr std::int64_t scan_columns = 48;

/// The number of queries in a `Scan` is a multiple of this.
inline constexpr std::int64_t scan_rows = 8;

/// Queries against a panel that holds one candidate in each column.
template <Real S>
struct Scan {
    const S* queries;  ///< [count, stride], from `write_queries`
    std::int64_t stride;
    std::int64_t count;
    S* panel;  ///< [depth, scan_columns]; a kernel that rounds to bfloat16 overwrites it
    std::int64_t depth;
    const S* start;        ///< [scan_columns], the first summands of the candidates
    const S* limits;       ///< [count]
    std::uint64_t* above;  ///< [count], the answers
};

}  // namespace detail
}  // inline namespace
}  // namespace als
