// SPDX-License-Identifier: MIT
// The Gram matrix of the fixed side, and the coordinates in which it is diagonal: computed once per
// half step (and once per model), shared by all rows.
#pragma once

#include <als/detail/parallel.hpp>
#include <als/types.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace als::inline ALS_ABI::detail {

/// F'F of a factor matrix, [factors, factors], summed in double over fixed blocks of rows in a
/// fixed order: the same bits for any number of threads. Cost: O(rows factors^2).
template <Real Scalar>
Eigen::MatrixXd gram_of(const FactorView<Scalar>& factors, const Workers& workers) {
    constexpr std::int64_t block_rows = 512;
    constexpr std::int64_t most_groups = 16;
    const std::int64_t blocks = (factors.rows() + block_rows - 1) / block_rows;
    const std::int64_t groups = std::min(blocks, most_groups);
    std::vector<Eigen::MatrixXd> partial(static_cast<std::size_t>(groups));
    parallel_for(groups, 1, workers, [&](std::int64_t group) {
        Eigen::MatrixXd& sum = partial[static_cast<std::size_t>(group)];
        sum.setZero(factors.cols(), factors.cols());
        for (std::int64_t b = group * blocks / groups; b < (group + 1) * blocks / groups; ++b) {
            const auto rows = std::min(block_rows, factors.rows() - b * block_rows);
            const FactorMatrix<double> block =
                factors.middleRows(b * block_rows, rows).template cast<double>();
            sum.selfadjointView<Eigen::Lower>().rankUpdate(block.transpose());
        }
    });
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(factors.cols(), factors.cols());
    for (const Eigen::MatrixXd& sum : partial) gram += sum;
    gram.triangularView<Eigen::StrictlyUpper>() = gram.transpose();
    return gram;
}

/// Coordinates in which gram + lambda I is diagonal: y = fixed row, x = solved row,
///
///     y_white = y M,   x = M x_white,   M' (gram + lambda I) M = diag(penalty).
///
/// Where all rows share one lambda, M = L^-T with the Cholesky factor L of gram + lambda I, and
/// penalty is 1. Where lambda differs from row to row, or that matrix is close to singular, M holds
/// the eigenvectors of gram, and penalty = eigenvalues + lambda. Both are computed in double.
///
/// The products below are written as triangular ones because Eigen's general product starts threads
/// of its own and rounds differently for each number of them.
template <Real Scalar>
class Whitening {
public:
    /// No change of coordinates, for an objective without a Gram matrix.
    Whitening() = default;
    [[nodiscard]] bool is_identity() const { return to_white_.size() == 0; }

    Whitening(const Eigen::MatrixXd& gram, double lambda, bool same_for_all_rows) {
        if (same_for_all_rows && cholesky(gram, lambda)) return;
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> decomposition(gram);
        if (decomposition.info() != Eigen::Success || !decomposition.eigenvalues().allFinite())
            throw NumericError(
                "als: the factors of one side have grown beyond what their squares can hold; raise "
                "the regularization or scale the values down");
        eigenvalues_ = decomposition.eigenvalues().cwiseMax(0);
        to_white_ = decomposition.eigenvectors().template cast<Scalar>();
    }

    /// The diagonal that takes the place of gram + lambda I: one entry per factor. A direction that
    /// cannot be told from rounding has 0: it does not occur in the data, and its factor is 0.
    void penalty(double lambda, Eigen::VectorXd& result) const {
        if (is_cholesky()) {
            result.setOnes(to_white_.cols());
            return;
        }
        const double smallest = tolerance() * eigenvalues_.maxCoeff();
        result = eigenvalues_.array() + lambda;
        result = (result.array() > smallest).select(result, 0.0);
    }

    /// Rows of the fixed side in the new coordinates: rows M.
    template <typename Rows, typename White>
    void whiten(const Rows& rows, White&& white) const {
        white.noalias() = rows * to_white_.template triangularView<Eigen::Upper>();
        if (!is_cholesky())
            white.noalias() += rows * to_white_.template triangularView<Eigen::StrictlyLower>();
    }

    /// Rows of the solved side in the old coordinates: white M'.
    template <typename White, typename Rows>
    void restore(const White& white, Rows&& rows) const {
        const auto back = to_white_.transpose();
        rows.noalias() = white * back.template triangularView<Eigen::Lower>();
        if (!is_cholesky())
            rows.noalias() += white * back.template triangularView<Eigen::StrictlyUpper>();
    }

private:
    bool cholesky(const Eigen::MatrixXd& gram, double lambda) {
        Eigen::MatrixXd matrix = gram;
        matrix.diagonal().array() += lambda;
        const Eigen::LLT<Eigen::MatrixXd> factor(matrix);
        const auto diagonal = factor.matrixLLT().diagonal().array();
        if (factor.info() != Eigen::Success || !factor.matrixLLT().allFinite() ||
            !(diagonal.square().minCoeff() > tolerance() * diagonal.square().maxCoeff()))
            return false;
        Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(gram.rows(), gram.cols());
        factor.matrixU().solveInPlace(inverse);
        to_white_ = inverse.template cast<Scalar>();
        return true;
    }

    /// Relative size below which an eigenvalue drowns in the rounding of the whitened table.
    [[nodiscard]] double tolerance() const {
        const double noise = 100 * static_cast<double>(std::numeric_limits<Scalar>::epsilon());
        return std::max(noise * noise, 1e3 * std::numeric_limits<double>::epsilon());
    }

    [[nodiscard]] bool is_cholesky() const { return eigenvalues_.size() == 0; }

    FactorMatrix<Scalar> to_white_;  // M
    Eigen::VectorXd eigenvalues_;    // of gram; empty where M comes from Cholesky
};

}  // namespace als::inline ALS_ABI::detail
