// SPDX-License-Identifier: MIT
// The coordinates in which the Gram matrix of the fixed side is diagonal. They are computed once
// per half step (and once per model), and all rows share them.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/detail/solve/cholesky.hpp>
#include <als/detail/solve/gram.hpp>
#include <als/detail/solve/row_weights.hpp>
#include <als/detail/solve/symmetric_eigen.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// A square matrix that multiplies rows.
template <Real Scalar>
struct CoordinateChange {
    FactorMatrix<Scalar> numbers;  ///< [factors, spread(factors)]
    Triangle triangle = Triangle::none;

    [[nodiscard]] std::int64_t factors() const { return numbers.rows(); }
    /// Numbers of a row of the result; the last ones are 0 padding.
    [[nodiscard]] std::int64_t width() const { return padded<Scalar>(factors()); }
};

/// result = rows * matrix, for `count` rows with these strides.
template <Real Scalar>
void multiply_rows(const Scalar* rows, std::int64_t stride, std::int64_t count,
                   const CoordinateChange<Scalar>& matrix, Scalar* result,
                   std::int64_t result_stride, InstructionSet instructions) {
    training_kernels<Scalar>(instructions)
        .product({rows, stride, matrix.numbers.data(), matrix.numbers.cols(), result, result_stride,
                  count, matrix.factors(), matrix.width(), matrix.triangle});
}

/// Coordinates in which gram + lambda I is diagonal. With y a fixed row and x a solved row,
///
///     y_white = y M,   x = M x_white,   M' (gram + lambda I) M = diag(penalty).
///
/// If all rows share one lambda, M = L^-T with the Cholesky factorization L L' of gram + lambda I,
/// and penalty is 1. If lambda differs from row to row, or that matrix is close to singular, M
/// holds the eigenvectors of gram, and penalty = eigenvalues + lambda. Both are computed in double.
template <Real Scalar>
class Whitening {
public:
    /// No change of coordinates, for an objective without a Gram matrix.
    Whitening() = default;
    [[nodiscard]] bool is_identity() const { return to_white_.factors() == 0; }

    /// No change of coordinates for factors that must stay >= 0 in their own coordinates: the Gram
    /// matrix stays part of each row's system.
    static Whitening none(const Eigen::MatrixXd& gram) {
        Whitening whitening;
        whitening.gram_ = gram;
        return whitening;
    }
    /// The Gram matrix if the penalty does not contain it; else null.
    [[nodiscard]] const Eigen::MatrixXd* gram() const {
        return gram_.size() > 0 ? &gram_ : nullptr;
    }

    /// Whether no direction is lost in rounding, whatever lambda is: no number of any `penalty` is
    /// 0.
    [[nodiscard]] bool keeps_all_directions() const {
        if (is_identity() || is_cholesky()) return true;
        return eigenvalues_(0) > tolerance() * eigenvalues_(eigenvalues_.size() - 1);
    }

    Whitening(const Eigen::MatrixXd& gram, double lambda, bool same_for_all_rows,
              const Workers& workers) {
        if (same_for_all_rows && use_cholesky(gram, lambda, workers.instructions)) return;
        SymmetricEigen eigen = symmetric_eigen(gram, workers);
        if (!eigen.converged)
            throw NumericError(
                "als: the factors of one side have grown beyond what their squares can hold; raise "
                "the regularization or scale the values down");
        eigenvalues_ = std::move(eigen.values);
        for (double& value : eigenvalues_) value = std::max(value, 0.0);
        const Eigen::Index factors = gram.rows();
        const Eigen::MatrixXd& vectors = eigen.vectors;
        to_white_ = change(factors, Triangle::none, [&](auto f, auto g) { return vectors(f, g); });
        from_white_ =
            change(factors, Triangle::none, [&](auto f, auto g) { return vectors(g, f); });
        solved_to_white_ = to_white_;
    }

    /// Computes the diagonal that replaces gram + lambda I: one number per factor. It is 0 for a
    /// direction that is indistinguishable from rounding: such a direction does not occur in the
    /// data, and its factor is 0.
    void penalty(double lambda, Eigen::VectorXd& result) const {
        if (is_identity()) {
            result.setConstant(gram_.rows(), lambda);
            return;
        }
        if (is_cholesky()) {
            result.setOnes(to_white_.factors());
            return;
        }
        const double smallest = tolerance() * eigenvalues_(eigenvalues_.size() - 1);
        result.resize(eigenvalues_.size());
        for (Eigen::Index f = 0; f < result.size(); ++f) {
            const double sum = eigenvalues_(f) + lambda;
            result(f) = sum > smallest ? sum : 0;
        }
    }

    /// Matrices that multiply rows (see `multiply_rows`): M takes fixed rows to the new
    /// coordinates, M'^-1 takes solved rows there, and M' takes solved rows back.
    [[nodiscard]] const CoordinateChange<Scalar>& to_white() const { return to_white_; }
    [[nodiscard]] const CoordinateChange<Scalar>& from_white() const { return from_white_; }
    [[nodiscard]] const CoordinateChange<Scalar>& solved_to_white() const {
        return solved_to_white_;
    }

private:
    bool use_cholesky(const Eigen::MatrixXd& gram, double lambda, InstructionSet instructions) {
        Eigen::MatrixXd matrix = gram;
        for (Eigen::Index f = 0; f < matrix.rows(); ++f) matrix(f, f) += lambda;
        Cholesky cholesky(instructions);
        if (!cholesky.factorize(matrix) || !(cholesky.diagonal_ratio() > std::sqrt(tolerance())))
            return false;
        const FactorMatrix<double> inverse = cholesky.inverse_of_factor();
        const Eigen::Index factors = gram.rows();
        to_white_ = change(factors, Triangle::upper, [&](auto f, auto g) { return inverse(f, g); });
        from_white_ =
            change(factors, Triangle::lower, [&](auto f, auto g) { return inverse(g, f); });
        solved_to_white_ =
            change(factors, Triangle::lower, [&](auto f, auto g) { return cholesky(g, f); });
        return true;
    }

    /// Returns the matrix whose numbers on a triangle are number_at(f, g).
    template <typename NumberAt>
    static CoordinateChange<Scalar> change(Eigen::Index factors, Triangle triangle,
                                           const NumberAt& number_at) {
        CoordinateChange<Scalar> result{
            FactorMatrix<Scalar>::Zero(factors, spread<Scalar>(factors)), triangle};
        for (Eigen::Index f = 0; f < factors; ++f) {
            const Eigen::Index first = triangle == Triangle::upper ? f : 0;
            const Eigen::Index end = triangle == Triangle::lower ? f + 1 : factors;
            for (Eigen::Index g = first; g < end; ++g)
                result.numbers(f, g) = static_cast<Scalar>(number_at(f, g));
        }
        return result;
    }

    /// Relative size below which an eigenvalue is lost in the rounding of the whitened table.
    [[nodiscard]] static double tolerance() {
        const double noise = 100 * static_cast<double>(std::numeric_limits<Scalar>::epsilon());
        return std::max(noise * noise, 1e3 * std::numeric_limits<double>::epsilon());
    }

    [[nodiscard]] bool is_cholesky() const { return eigenvalues_.size() == 0; }

    CoordinateChange<Scalar> to_white_, from_white_, solved_to_white_;
    Eigen::VectorXd eigenvalues_;  // of gram, ascending; empty if M comes from Cholesky
    Eigen::MatrixXd gram_;         // set by `none`
};

/// Returns the coordinates for solving `Solved` rows against a side with this Gram matrix.
template <Id Solved, Real Scalar>
Whitening<Scalar> whitening_for(const Implicit& objective, const Eigen::MatrixXd& gram,
                                const Workers& workers) {
    if (objective.non_negative) return Whitening<Scalar>::none(gram);
    return {gram, regularization_of<Solved>(objective), objective.regularization_exponent == 0,
            workers};
}

}  // namespace detail
}  // inline namespace
}  // namespace als
