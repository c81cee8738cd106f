// SPDX-License-Identifier: MIT
// Sums of squares of rows, in double: the Gram matrix of a side, and the matrix of one row whose
// factors have to be >= 0.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/types.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Sums Q'Q of a matrix Q whose rows come one after the other, a panel at a time.
class PanelSum {
public:
    /// Begins a sum of rows of `columns` numbers; a panel has at most `panel_rows` rows.
    void begin(std::int64_t columns, std::int64_t panel_rows, InstructionSet instructions) {
        accumulate_ = accumulate_kernel<double>(instructions);
        columns_ = columns;
        width_ = padded<double>(columns);
        stride_ = spread<double>(columns);
        panel_rows_ = panel_rows;
        sum_.reserve(width_ * width_);
        panel_.reserve(panel_rows * stride_);
        std::fill_n(sum_.data(), width_ * width_, 0.0);
        std::fill_n(panel_.data(), panel_rows * stride_, 0.0);
        rows_ = 0;
    }

    /// The place of the next row: the caller writes `columns` numbers to it before the next call.
    double* next_row() {
        if (rows_ == panel_rows_) add_panel();
        return panel_.data() + rows_++ * stride_;
    }

    /// Adds the rows that are still in the panel.
    void add_panel() {
        if (rows_ == 0) return;
        accumulate_({panel_.data(), stride_, rows_},
                    {sum_.data(), width_, columns_, width_, true, nullptr, nullptr, nullptr});
        rows_ = 0;
    }

    /// matrix(f, g) += the sum, on and right of the diagonal.
    void add_upper_to(Eigen::MatrixXd& matrix) const {
        for (std::int64_t f = 0; f < columns_; ++f)
            for (std::int64_t g = f; g < columns_; ++g) matrix(f, g) += sum_.data()[f * width_ + g];
    }

private:
    AccumulateKernel<double> accumulate_ = nullptr;
    Buffer<double> sum_, panel_;
    std::int64_t columns_ = 0, width_ = 0, stride_ = 0, panel_rows_ = 0, rows_ = 0;
};

/// Copies the numbers right of the diagonal to the left of it.
inline void mirror_upper(Eigen::MatrixXd& matrix) {
    for (std::int64_t f = 0; f < matrix.rows(); ++f)
        for (std::int64_t g = f + 1; g < matrix.cols(); ++g) matrix(g, f) = matrix(f, g);
}

/// F'F of a factor matrix, [factors, factors], summed in double over fixed blocks of rows in a
/// fixed order, so any number of threads gives the same bits. Cost: O(rows factors^2).
template <Real Scalar>
Eigen::MatrixXd gram_of(const FactorMatrix<Scalar>& factors, const Workers& workers) {
    constexpr std::int64_t block_rows = 512;
    constexpr std::int64_t most_groups = 16;
    const std::int64_t count = factors.rows();
    const std::int64_t columns = factors.cols();
    const std::int64_t blocks = (count + block_rows - 1) / block_rows;
    const std::int64_t groups = std::min(blocks, most_groups);
    std::vector<PanelSum> sums(to_size(groups));
    parallel_for(groups, 1, workers, [&](std::int64_t group) {
        PanelSum& sum = sums[to_size(group)];
        sum.begin(columns, std::min(block_rows, count), workers.instructions);
        const std::int64_t end = std::min(count, (group + 1) * blocks / groups * block_rows);
        for (std::int64_t row = group * blocks / groups * block_rows; row < end; ++row)
            std::copy_n(factors.data() + row * columns, columns, sum.next_row());
        sum.add_panel();
    });
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(columns, columns);
    for (const PanelSum& sum : sums) sum.add_upper_to(gram);
    mirror_upper(gram);
    return gram;
}

}  // namespace detail
}  // inline namespace
}  // namespace als
