// SPDX-License-Identifier: MIT
// The Gram matrix of the fixed side, and the coordinates in which it is diagonal: computed once per
// half step (and once per model), shared by all rows.
#pragma once

#include <als/detail/kernels.hpp>
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
    const std::int64_t columns = factors.cols();
    const std::int64_t width = padded<double>(columns);
    const std::int64_t stride = spread<double>(columns);
    const Kernels<double>& kernels = kernels_for<double>(workers.instructions);
    std::vector<FactorMatrix<double>> partial(static_cast<std::size_t>(groups));
    parallel_for(
        groups, 1, workers, [] { return FactorMatrix<double>(); },
        [&](FactorMatrix<double>& panel, std::int64_t group) {
            FactorMatrix<double>& sum = partial[static_cast<std::size_t>(group)];
            sum.setZero(width, width);
            panel.setZero(std::min(block_rows, factors.rows()), stride);
            for (std::int64_t b = group * blocks / groups; b < (group + 1) * blocks / groups; ++b) {
                const auto rows = std::min(block_rows, factors.rows() - b * block_rows);
                panel.topLeftCorner(rows, columns) =
                    factors.middleRows(b * block_rows, rows).template cast<double>();
                kernels.accumulate({panel.data(), stride, rows}, {sum.data(), width, columns, width,
                                                                  true, nullptr, nullptr, nullptr});
            }
        });
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(columns, columns);
    for (const FactorMatrix<double>& sum : partial) gram += sum.topLeftCorner(columns, columns);
    gram.triangularView<Eigen::StrictlyLower>() = gram.transpose();
    return gram;
}

/// result = rows matrix, `count` rows with these distances; the result's are as long as matrix's.
template <Real Scalar>
void multiply_rows(const Scalar* rows, std::int64_t stride, std::int64_t count,
                   const FactorMatrix<Scalar>& matrix, Scalar* result, std::int64_t result_stride,
                   InstructionSet instructions) {
    kernels_for<Scalar>(instructions)
        .product({rows, stride, matrix.data(), matrix.cols(), result, result_stride, count,
                  matrix.rows(), matrix.cols()});
}

/// Coordinates in which gram + lambda I is diagonal: y = fixed row, x = solved row,
///
///     y_white = y M,   x = M x_white,   M' (gram + lambda I) M = diag(penalty).
///
/// Where all rows share one lambda, M = L^-T with the Cholesky factor L of gram + lambda I, and
/// penalty is 1. Where lambda differs from row to row, or that matrix is close to singular, M holds
/// the eigenvectors of gram, and penalty = eigenvalues + lambda. Both are computed in double.
template <Real Scalar>
class Whitening {
public:
    /// No change of coordinates, for an objective without a Gram matrix.
    Whitening() = default;
    [[nodiscard]] bool is_identity() const { return to_white_.size() == 0; }

    /// No change of coordinates either, where these have a meaning of their own: the Gram matrix
    /// stays part of each row's system.
    static Whitening none(const Eigen::MatrixXd& gram) {
        Whitening whitening;
        whitening.gram_ = gram;
        return whitening;
    }
    /// The Gram matrix, where it is not in the penalty; else null.
    [[nodiscard]] const Eigen::MatrixXd* gram() const {
        return gram_.size() > 0 ? &gram_ : nullptr;
    }

    Whitening(const Eigen::MatrixXd& gram, double lambda, bool same_for_all_rows) {
        if (same_for_all_rows && cholesky(gram, lambda)) return;
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> decomposition(gram);
        if (decomposition.info() != Eigen::Success || !all_finite(decomposition.eigenvalues()))
            throw NumericError(
                "als: the factors of one side have grown beyond what their squares can hold; raise "
                "the regularization or scale the values down");
        eigenvalues_ = decomposition.eigenvalues().cwiseMax(0);
        keep(decomposition.eigenvectors(), decomposition.eigenvectors());
    }

    /// The diagonal that takes the place of gram + lambda I: one entry per factor. A direction that
    /// cannot be told from rounding has 0: it does not occur in the data, and its factor is 0.
    void penalty(double lambda, Eigen::VectorXd& result) const {
        if (is_identity()) {
            result.setConstant(gram_.rows(), lambda);
            return;
        }
        if (is_cholesky()) {
            result.setOnes(to_white_.rows());
            return;
        }
        const double smallest = tolerance() * eigenvalues_.maxCoeff();
        result = eigenvalues_.array() + lambda;
        result = (result.array() > smallest).select(result, 0.0);
    }

    /// What rows are multiplied by (see `multiply_rows`), their ends padded with zeros: M, fixed
    /// rows into the new coordinates; M', solved rows back; M'^-1, solved rows into the new ones.
    [[nodiscard]] const FactorMatrix<Scalar>& to_white() const { return to_white_; }
    [[nodiscard]] const FactorMatrix<Scalar>& from_white() const { return from_white_; }
    [[nodiscard]] const FactorMatrix<Scalar>& solved_to_white() const { return solved_to_white_; }

private:
    bool cholesky(const Eigen::MatrixXd& gram, double lambda) {
        Eigen::MatrixXd matrix = gram;
        matrix.diagonal().array() += lambda;
        const Eigen::LLT<Eigen::MatrixXd> factor(matrix);
        const auto diagonal = factor.matrixLLT().diagonal().array();
        if (factor.info() != Eigen::Success || !all_finite(factor.matrixLLT()) ||
            !(diagonal.square().minCoeff() > tolerance() * diagonal.square().maxCoeff()))
            return false;
        Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(gram.rows(), gram.cols());
        factor.matrixU().solveInPlace(inverse);
        keep(inverse, factor.matrixL());
        return true;
    }

    /// Takes M and M'^-1.
    void keep(const Eigen::MatrixXd& to_white, const Eigen::MatrixXd& solved_to_white) {
        const auto padded_copy = [](const Eigen::MatrixXd& matrix) {
            FactorMatrix<Scalar> copy =
                FactorMatrix<Scalar>::Zero(matrix.rows(), padded<Scalar>(matrix.cols()));
            copy.leftCols(matrix.cols()) = matrix.template cast<Scalar>();
            return copy;
        };
        to_white_ = padded_copy(to_white);
        from_white_ = padded_copy(to_white.transpose());
        solved_to_white_ = padded_copy(solved_to_white);
    }

    /// Relative size below which an eigenvalue drowns in the rounding of the whitened table.
    [[nodiscard]] double tolerance() const {
        const double noise = 100 * static_cast<double>(std::numeric_limits<Scalar>::epsilon());
        return std::max(noise * noise, 1e3 * std::numeric_limits<double>::epsilon());
    }

    [[nodiscard]] bool is_cholesky() const { return eigenvalues_.size() == 0; }

    FactorMatrix<Scalar> to_white_, from_white_, solved_to_white_;
    Eigen::VectorXd eigenvalues_;  // of gram; empty where M comes from Cholesky
    Eigen::MatrixXd gram_;         // where there is no change of coordinates
};

}  // namespace als::inline ALS_ABI::detail
