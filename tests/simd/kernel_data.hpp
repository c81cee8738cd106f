// SPDX-License-Identifier: MIT
// What the tests of the kernels share: random numbers in padded rows, terms, and a loop over all
// instruction sets of this processor. The expected numbers come from plain loops in double.
#pragma once

#include "../catch.hpp"
#include <als/detail/simd/kernels.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <random>
#include <vector>

namespace simd_test {

using als::FactorMatrix;
using als::InstructionSet;
using als::detail::padded;
using als::detail::spread;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Uniform in [-1, 1).
inline double random_number(std::mt19937& generator) {
    return static_cast<double>(generator()) / 2147483648.0 - 1;
}

/// Rows of random numbers, with zeros from column `width` on to the distance of the rows.
template <typename S>
FactorMatrix<S> random_rows(std::mt19937& generator, std::int64_t rows, std::int64_t width,
                            std::int64_t stride) {
    FactorMatrix<S> result = FactorMatrix<S>::Zero(rows, stride);
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t f = 0; f < width; ++f)
            result(r, f) = static_cast<S>(random_number(generator));
    return result;
}

/// Returns the address of a matrix's numbers; for an empty one an address that is not null, as in
/// the library: kernels compute addresses from it and read nothing there.
template <typename S>
S* numbers_of(FactorMatrix<S>& matrix) {
    static S nothing[1] = {};
    return matrix.size() > 0 ? matrix.data() : nothing;
}
template <typename S>
const S* numbers_of(const FactorMatrix<S>& matrix) {
    return numbers_of(const_cast<FactorMatrix<S>&>(matrix));
}

/// A number that no kernel computes: it shows whether a kernel has written to a place.
template <typename S>
inline constexpr S untouched = S(12345);

/// The error that sums of `terms` products of numbers below 1 may have.
template <typename S>
double rounding(std::int64_t terms) {
    return 4 * static_cast<double>(std::numeric_limits<S>::epsilon()) *
           (8 + static_cast<double>(terms));
}

/// The error that sums of `terms` products may have if the numbers were rounded to the 8 bits of
/// bfloat16.
inline double coarse_rounding(std::int64_t terms) {
    return 0x1p-7 * (1 + std::sqrt(static_cast<double>(terms)));
}

/// Calls visit(set, kernels, rounds) for the training kernels of each set of this processor, and
/// for those that round to bfloat16.
template <typename S, typename Visit>
void for_training_kernels(const Visit& visit) {
    for (const InstructionSet set : als::supported_instruction_sets()) {
        CAPTURE(als::name_of(set));
        visit(als::detail::training_kernels<S>(set), false);
        if (const auto* const kernels = als::detail::rounding_training_kernels<S>(set))
            visit(*kernels, true);
    }
}

/// Calls visit(set, kernels, rounds) for the query kernels, likewise.
template <typename S, typename Visit>
void for_query_kernels(const Visit& visit) {
    for (const InstructionSet set : als::supported_instruction_sets()) {
        CAPTURE(als::name_of(set));
        visit(als::detail::query_kernels<S>(set), false);
        if (const auto* const kernels = als::detail::rounding_query_kernels<S>(set))
            visit(*kernels, true);
    }
}

/// The terms of a row: w [count, width] in padded rows that lie apart, d >= 0 and c.
template <typename S>
struct RandomTerms {
    std::int64_t width;  ///< padded
    FactorMatrix<S> w;
    std::vector<const S*> rows;
    std::vector<double> d, c;

    RandomTerms(std::mt19937& generator, std::int64_t count, std::int64_t factors)
        : width(padded<S>(factors)), w(random_rows<S>(generator, count, factors, width)) {
        for (std::int64_t j = 0; j < count; ++j) {
            rows.push_back(w.row(j).data());
            d.push_back(j % 5 == 3 ? 0 : 1 + random_number(generator));
            c.push_back(random_number(generator));
        }
    }

    [[nodiscard]] als::detail::Terms<S> terms() const {
        return {rows.data(), d.data(), c.data(), static_cast<std::int64_t>(rows.size())};
    }
    [[nodiscard]] VectorXd row(std::int64_t j) const {
        return w.row(j).transpose().template cast<double>();
    }
};

/// A matrix for sums or factorizations, with its vectors and guard numbers around it.
template <typename S>
struct RandomMatrix {
    std::int64_t order, width, stride;
    FactorMatrix<S> matrix;
    FactorMatrix<S> vectors;  ///< inverse_diagonal, right, solution

    /// Symmetric in [0, order), zeros in the padding, `untouched` after it.
    RandomMatrix(std::mt19937& generator, std::int64_t order_, double scale)
        : order(order_),
          width(padded<S>(order)),
          stride(spread<S>(order) + als::detail::line<S>),
          matrix(FactorMatrix<S>::Constant(width, stride, untouched<S>)),
          vectors(FactorMatrix<S>::Zero(3, width)) {
        matrix.leftCols(width).setZero();
        for (std::int64_t i = 0; i < order; ++i)
            for (std::int64_t j = i; j < order; ++j)
                matrix(i, j) = matrix(j, i) = static_cast<S>(scale * random_number(generator));
        for (std::int64_t i = 0; i < order; ++i)
            vectors(1, i) = static_cast<S>(random_number(generator));
    }

    [[nodiscard]] als::detail::Factorization<S> argument(bool holds_sum) {
        return {matrix.data(),
                stride,
                order,
                width,
                holds_sum,
                vectors.row(0).data(),
                vectors.row(1).data(),
                vectors.row(2).data()};
    }
    [[nodiscard]] MatrixXd in_double() const {
        return matrix.topLeftCorner(order, order).template cast<double>();
    }
    [[nodiscard]] VectorXd vector(Eigen::Index which) const {
        return vectors.row(which).head(order).transpose().template cast<double>();
    }
    [[nodiscard]] bool is_untouched_behind_rows() const {
        return (matrix.rightCols(stride - width).array() == untouched<S>).all();
    }
};

inline MatrixXd upper(const MatrixXd& matrix) { return matrix.triangularView<Eigen::Upper>(); }

/// Q'Q of a panel, a plain loop over its rows.
template <typename S>
MatrixXd gram_of(const FactorMatrix<S>& panel, std::int64_t order) {
    MatrixXd gram = MatrixXd::Zero(order, order);
    for (std::int64_t r = 0; r < panel.rows(); ++r)
        for (std::int64_t i = 0; i < order; ++i)
            for (std::int64_t j = 0; j < order; ++j)
                gram(i, j) += static_cast<double>(panel(r, i)) * static_cast<double>(panel(r, j));
    return gram;
}

/// Widths around those of vectors, tiles and cache lines, and long ones.
inline constexpr std::int64_t orders[] = {1,  2,  3,  4,  7,  8,  9,  15, 16, 17,  24,
                                          31, 33, 47, 48, 49, 57, 64, 72, 96, 100, 129};
/// Rows of panels: none, one, odd and even numbers, a long panel.
inline constexpr std::int64_t depths[] = {0, 1, 2, 3, 8, 37, 300};

}  // namespace simd_test
