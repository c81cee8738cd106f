// SPDX-License-Identifier: MIT
// Sums of squares of rows, in double: the Gram matrix of a side, and the matrix of one row (see
// row_matrix.hpp).
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/types.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Sums Q'Q of a matrix Q whose rows come one after the other, a panel at a time.
class PanelSum {
public:
    /// Begins a sum of rows of `columns` numbers; a panel has at most `panel_rows` rows, and fewer
    /// if they do not fit in the second-level cache. (The size of the panels does not change the
    /// sum.)
    void begin(std::int64_t columns, std::int64_t panel_rows, InstructionSet instructions) {
        constexpr std::int64_t cached = 65536;
        accumulate_ = accumulate_kernel<double>(instructions);
        columns_ = columns;
        width_ = padded<double>(columns);
        stride_ = spread<double>(columns);
        panel_rows_ = std::min(panel_rows, std::max<std::int64_t>(32, cached / stride_));
        sum_.reserve(width_ * width_);
        panel_.reserve(panel_rows_ * stride_);
        std::fill_n(sum_.data(), width_ * width_, 0.0);
        std::fill_n(panel_.data(), panel_rows_ * stride_, 0.0);
        rows_ = 0;
    }

    /// Returns the place of the next row. The caller writes `columns` numbers to it before the next
    /// call.
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

    /// matrix(g, f) += the sum, on and left of the diagonal.
    void add_lower_to(Eigen::MatrixXd& matrix) const {
        for (std::int64_t f = 0; f < columns_; ++f) {
            const double* const from = sum_.data() + f * width_;
            double* const to = matrix.data() + f * columns_;
            for (std::int64_t g = f; g < columns_; ++g) to[g] += from[g];
        }
    }

private:
    AccumulateKernel<double> accumulate_ = nullptr;
    Buffer<double> sum_, panel_;
    std::int64_t columns_ = 0, width_ = 0, stride_ = 0, panel_rows_ = 0, rows_ = 0;
};

/// Copies the numbers left of the diagonal to the right of it.
inline void mirror_lower(Eigen::MatrixXd& matrix) {
    for (std::int64_t f = 0; f < matrix.rows(); ++f)
        for (std::int64_t g = f + 1; g < matrix.cols(); ++g) matrix(f, g) = matrix(g, f);
}

/// The rows of a side as consecutive groups of whole blocks. Each group is summed on its own, and
/// the sums are added in order, so the result does not depend on who sums which group.
class RowGroups {
public:
    static constexpr std::int64_t block_rows = 512;
    static constexpr std::int64_t most_groups = 256;

    explicit RowGroups(std::int64_t rows)
        : rows_(rows),
          blocks_((rows + block_rows - 1) / block_rows),
          count_(std::min(blocks_, most_groups)) {}

    [[nodiscard]] std::int64_t count() const { return count_; }
    /// Returns the first row of a group; for group count(), the number of rows.
    [[nodiscard]] std::int64_t first_row(std::int64_t group) const {
        return group == count_ ? rows_ : group * blocks_ / count_ * block_rows;
    }

private:
    std::int64_t rows_, blocks_, count_;
};

/// Calls take(sum) with the `PanelSum` of each of the groups [first_group, end_group), in order.
/// `factors` are the rows of these groups.
template <Real Scalar, typename Take>
void for_each_group_sum(const FactorMatrix<Scalar>& factors, const RowGroups& groups,
                        std::int64_t first_group, std::int64_t end_group, const Workers& workers,
                        const Take& take) {
    const std::int64_t columns = factors.cols();
    const std::int64_t base = groups.first_row(first_group);
    const auto at_once = std::min(end_group - first_group, std::int64_t{4} * workers.threads);
    std::vector<PanelSum> sums(to_size(at_once));
    for (std::int64_t begin = first_group; begin < end_group; begin += at_once) {
        const std::int64_t count = std::min(at_once, end_group - begin);
        parallel_for(count, 1, workers, [&](std::int64_t n) {
            PanelSum& sum = sums[to_size(n)];
            const std::int64_t end = groups.first_row(begin + n + 1) - base;
            std::int64_t row = groups.first_row(begin + n) - base;
            sum.begin(columns, std::min(RowGroups::block_rows, end - row), workers.instructions);
            for (; row < end; ++row)
                std::copy_n(factors.data() + row * columns, columns, sum.next_row());
            sum.add_panel();
        });
        for (std::int64_t n = 0; n < count; ++n) take(std::as_const(sums[to_size(n)]));
    }
}

/// Returns F'F of a factor matrix, [factors, factors]. It is summed in double by groups of rows in
/// a fixed order, so any number of threads gives the same bits. Cost: O(rows factors^2).
template <Real Scalar>
Eigen::MatrixXd gram_of(const FactorMatrix<Scalar>& factors, const Workers& workers) {
    const RowGroups groups(factors.rows());
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(factors.cols(), factors.cols());
    for_each_group_sum(factors, groups, 0, groups.count(), workers,
                       [&](const PanelSum& sum) { sum.add_lower_to(gram); });
    mirror_lower(gram);
    return gram;
}

}  // namespace detail
}  // inline namespace
}  // namespace als
