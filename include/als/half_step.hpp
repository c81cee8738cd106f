// SPDX-License-Identifier: MIT
// `solve_rows`: half an iteration of `fit` for any rows, without state. It is for other engines
// that keep the data and move the rows themselves, such as Spark (examples/spark/). Not part of
// als.hpp.
#pragma once

#include <als/objective.hpp>
#include <als/training.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <span>

namespace als {
inline namespace ALS_ABI {

/// Rows of one side of the interactions, compressed: row r has the entries [offsets[r],
/// offsets[r + 1]). The ids are rows of the other side, strictly ascending within a row.
template <Real Scalar>
struct SparseView {
    std::span<const std::int64_t> offsets;  ///< first entry of each row, [rows + 1]
    std::span<const std::int32_t> ids;      ///< rows of the other side, [entries]
    std::span<const Scalar> values;         ///< values of the entries, [entries]
    std::int64_t first_row = 0;             ///< the index of row 0, for messages
};

/// The fixed side that rows are solved against.
template <Real Scalar>
struct FixedRows {
    /// The rows that the entries refer to; with biases for an `Explicit` with biases.
    const Side<Scalar>& side;

    /// `gram_matrix` of the whole fixed side for an `Implicit`; else empty.
    Eigen::MatrixXd gram = {};

    /// The mean rating for an `Explicit` with biases; else 0.
    double mean = 0;

    /// Number of rows of the whole side if `side` has only some of them, because
    /// `RowWeight::confidence` counts all; 0 means those of `side`.
    std::int64_t whole_count = 0;
};

/// Returns F'F, [factors, factors], with the bits that `fit` computes. Cost: O(rows factors^2).
template <Real Scalar>
[[nodiscard]] Eigen::MatrixXd gram_matrix(const FactorMatrix<Scalar>& factors,
                                          const Training& training = {});

/// Returns the factors and biases from which `fit` starts these users: a random projection of their
/// entries, or 0 if they have none. `mean` is the mean of all ratings for an `Explicit` with
/// biases; else 0. Throws `InputError` for an illegal option or an id that is not below
/// `item_count`. Cost: O(entries factors), and memory for the factors of all items.
template <Real Scalar, Objective ObjectiveType>
[[nodiscard]] Side<Scalar> start_of_users(const SparseView<Scalar>& users, std::int64_t item_count,
                                          const ObjectiveType& objective,
                                          const Training& training = {}, double mean = 0);

/// Solves rows of the side `Solved` (`Item` or `User`) against the fixed side, like half an
/// iteration of `fit`. Each row gets the bits that `fit` gives it, whichever rows are solved
/// together.
///
/// `solved` has a place for each row. `Solver::conjugate_gradient`, `Solver::subspace` and factors
/// that have to be >= 0 start from what it holds. Of `training`, only factors, solver, steps,
/// instruction set, threads and the stop token are used.
///
/// Throws `InputError` if sizes do not fit each other, an id is out of range or out of order, a
/// value is not finite, or an option is illegal; `NumericError` naming the row if a solution is not
/// finite. Cost: that of half an iteration of `fit` for these rows, plus O(factors^3 + fixed rows
/// factors^2).
template <Id Solved, Real Scalar, Objective ObjectiveType>
void solve_rows(const SparseView<Scalar>& rows, const FixedRows<Scalar>& fixed,
                const ObjectiveType& objective, const Training& training, Side<Scalar>& solved);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/half_step.hpp>
#endif
