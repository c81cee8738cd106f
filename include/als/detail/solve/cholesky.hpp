// SPDX-License-Identifier: MIT
// The Cholesky factorization of a symmetric matrix in double, for Gram matrices and for rare small
// systems. It uses the kernels for its sums, because Eigen's solver takes seconds to compile.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/types.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// U with U'U = A, U upper triangular (Golub, Van Loan, section 4.2). One object serves many
/// matrices, one after the other; its memory is kept.
class Cholesky {
public:
    explicit Cholesky(InstructionSet instructions)
        : accumulate_(accumulate_kernel<double>(instructions)) {}

    /// Factorizes A, of which only the lower triangle is read. Returns false unless A is positive
    /// definite and finite. Cost: O(n^3 / 3).
    bool factorize(const Eigen::MatrixXd& matrix) {
        load(matrix);
        for (std::int64_t first = 0; first < size_; first += block_rows) {
            const std::int64_t end = std::min(size_, first + block_rows);
            for (std::int64_t i = first; i < end; ++i)
                if (!factorize_row(first, i)) return false;
            // The remaining rows hold -A, to which the kernel adds U'U.
            if (end < size_)
                accumulate_({row(first) + end, stride_, end - first},
                            {row(end) + end, stride_, size_ - end, stride_ - end, true, nullptr,
                             nullptr, nullptr});
        }
        return true;
    }

    [[nodiscard]] std::int64_t size() const { return size_; }

    /// U_ij, for j >= i.
    [[nodiscard]] double operator()(std::int64_t i, std::int64_t j) const { return row(i)[j]; }

    /// The smallest number on U's diagonal, divided by the largest.
    [[nodiscard]] double diagonal_ratio() const {
        double lowest = std::numeric_limits<double>::infinity();
        double highest = 0;
        for (std::int64_t i = 0; i < size_; ++i) {
            lowest = std::min(lowest, row(i)[i]);
            highest = std::max(highest, row(i)[i]);
        }
        return lowest / highest;
    }

    /// x = A^-1 x. Cost: O(n^2).
    void solve(double* x) const {
        for (std::int64_t i = 0; i < size_; ++i) {
            x[i] /= row(i)[i];
            for (std::int64_t j = i + 1; j < size_; ++j) x[j] -= row(i)[j] * x[i];
        }
        solve_back(x);
    }

    /// x = U^-1 x. Cost: O(n^2 / 2).
    void solve_back(double* x) const {
        for (std::int64_t i = size_ - 1; i >= 0; --i) {
            double sum = x[i];
            for (std::int64_t j = i + 1; j < size_; ++j) sum -= row(i)[j] * x[j];
            x[i] = sum / row(i)[i];
        }
    }

    /// U^-1, upper triangular. Cost: O(n^3 / 3).
    [[nodiscard]] FactorMatrix<double> inverse_of_factor() const {
        FactorMatrix<double> inverse;
        inverse.setZero(size_, size_);
        const auto row_of_inverse = [&](std::int64_t i) { return inverse.data() + i * size_; };
        for (std::int64_t i = size_ - 1; i >= 0; --i) {
            double* const to = row_of_inverse(i);
            to[i] = 1;
            std::int64_t p = i + 1;
            // Four rows at a time, so that each number of `to` is read and written once for all
            // four.
            for (; p + 4 <= size_; p += 4)
                subtract_rows(row(i) + p, row_of_inverse(p), size_, p, to);
            for (; p < size_; ++p)
                for (std::int64_t j = p; j < size_; ++j) to[j] -= row(i)[p] * row_of_inverse(p)[j];
            for (std::int64_t j = i; j < size_; ++j) to[j] /= row(i)[i];
        }
        return inverse;
    }

private:
    static constexpr std::int64_t block_rows = 16;

    [[nodiscard]] double* row(std::int64_t i) const { return memory_.data() + i * stride_; }

    /// Loads -A on and right of the diagonal, padded with zeros because the kernel works on whole
    /// tiles.
    void load(const Eigen::MatrixXd& matrix) {
        size_ = matrix.rows();
        stride_ = padded<double>(size_);
        memory_.reserve(stride_ * stride_);
        std::fill_n(memory_.data(), stride_ * stride_, 0.0);
        for (std::int64_t i = 0; i < size_; ++i)
            for (std::int64_t j = i; j < size_; ++j) row(i)[j] = -matrix(j, i);
    }

    /// Computes row i of U from the rows of its block above it.
    bool factorize_row(std::int64_t first, std::int64_t i) {
        double* const u = row(i);
        for (std::int64_t p = first; p < i; ++p)
            for (std::int64_t j = i; j < size_; ++j) u[j] += row(p)[i] * row(p)[j];
        const double pivot = -u[i];
        if (!(pivot > 0) || !std::isfinite(pivot)) return false;
        const double negated_root = -std::sqrt(pivot);
        for (std::int64_t j = i; j < size_; ++j) u[j] /= negated_root;
        return true;
    }

    /// to[j] -= sum of weights[r] rows[r][j] over four rows, j from `begin` on.
    static void subtract_rows(const double* weights, const double* rows, std::int64_t size,
                              std::int64_t begin, double* to) {
        const double* const r0 = rows;
        const double* const r1 = r0 + size;
        const double* const r2 = r1 + size;
        const double* const r3 = r2 + size;
        const double w0 = weights[0], w1 = weights[1], w2 = weights[2], w3 = weights[3];
        for (std::int64_t j = begin; j < size; ++j)
            to[j] -= (w0 * r0[j] + w1 * r1[j]) + (w2 * r2[j] + w3 * r3[j]);
    }

    const AccumulateKernel<double> accumulate_;
    Buffer<double> memory_;  // U, row after row
    std::int64_t size_ = 0, stride_ = 0;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
