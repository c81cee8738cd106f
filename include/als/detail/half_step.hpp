// SPDX-License-Identifier: MIT
// The implementation of <als/half_step.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/base/validate.hpp>
#include <als/detail/fit.hpp>
#include <als/detail/solve/gram.hpp>
#include <als/detail/solve/half_step.hpp>
#include <als/detail/solve/side.hpp>
#include <als/detail/solve/whitening.hpp>
#include <als/half_step.hpp>

#include <concepts>
#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

inline Workers workers_of(const Training& training) {
    return {thread_count(training.threads), training.cancel,
            chosen_instruction_set(training.instruction_set)};
}

/// Returns the rows of a view. Throws unless its offsets, ids and values fit each other.
template <Real Scalar>
SideEntries<Scalar> checked_entries(std::string_view function, const SparseView<Scalar>& view) {
    const auto entries = to_count(view.ids.size());
    if (view.offsets.empty() || view.offsets.front() != 0 || view.offsets.back() != entries ||
        !std::is_sorted(view.offsets.begin(), view.offsets.end()) ||
        view.values.size() != view.ids.size())
        throw InputError(message(function, ": ", view.offsets.size(), " offsets, ", entries,
                                 " ids and ", view.values.size(),
                                 " values do not make rows; offsets ascend from 0 to the number of "
                                 "ids and of values"));
    return {view.offsets.data(), view.ids.data(), view.values.data(),
            to_int32(view.offsets.size() - 1)};
}

/// Throws unless the ids of each row ascend and are below `count`, and its values are finite.
template <Real Scalar>
void check_cells(std::string_view function, const SparseView<Scalar>& view, std::int64_t count) {
    for (std::size_t row = 0; row + 1 < view.offsets.size(); ++row) {
        std::int64_t last = -1;
        for (auto n = to_size(view.offsets[row]); n < to_size(view.offsets[row + 1]); ++n) {
            const std::int64_t id = view.ids[n];
            if (id > last && id < count && std::isfinite(view.values[n])) {
                last = id;
                continue;
            }
            throw InputError(message(function, ": row ", view.first_row + to_count(row),
                                     " has the id ", id, " after ", last, " and the value ",
                                     view.values[n], "; ids have to ascend and be below ", count,
                                     ", the number of fixed rows, and values finite"));
        }
    }
}

}  // namespace detail

template <Real Scalar>
Eigen::MatrixXd gram_matrix(const FactorMatrix<Scalar>& factors, const Training& training) {
    return detail::gram_of(factors, detail::workers_of(training));
}

template <Real Scalar, Objective ObjectiveType>
Side<Scalar> start_of_users(const SparseView<Scalar>& users, std::int64_t item_count,
                            const ObjectiveType& objective, const Training& training, double mean) {
    using namespace detail;
    constexpr std::string_view function = "als::start_of_users";
    validate(objective);
    validate(training);
    const auto entries = checked_entries(function, users);
    check_cells(function, users, item_count);
    auto parts = blank_parts<Scalar>(entries.count(), 0, objective, training.factors);
    start_from_projection(
        entries, item_count, [](std::int32_t id) { return id; }, objective, mean, training,
        workers_of(training), parts.users.factors);
    return std::move(parts.users);
}

template <Id Solved, Real Scalar, Objective ObjectiveType>
void solve_rows(const SparseView<Scalar>& rows, const FixedRows<Scalar>& fixed,
                const ObjectiveType& objective, const Training& training, Side<Scalar>& solved) {
    using namespace detail;
    constexpr std::string_view function = "als::solve_rows";
    validate(objective);
    check_given(function, objective);
    check_options(training, objective.non_negative);
    const SideEntries<Scalar> entries = checked_entries(function, rows);
    const FactorMatrix<Scalar>& factors = fixed.side.factors;
    check_cells(function, rows, factors.rows());
    constexpr bool is_implicit = std::same_as<ObjectiveType, Implicit>;
    const std::int64_t biases = detail::has_biases(objective) ? 1 : 0;
    const std::int64_t gram = is_implicit ? training.factors : 0;
    if (factors.cols() != training.factors || solved.factors.cols() != training.factors ||
        solved.factors.rows() != entries.count() || fixed.gram.rows() != gram ||
        fixed.gram.cols() != gram || fixed.side.biases.size() != biases * factors.rows() ||
        solved.biases.size() != biases * entries.count())
        throw InputError(message(
            function, ": the matrices do not fit ", entries.count(), " rows and ", training.factors,
            " factors; solved needs a row for each, with a bias if the objective "
            "has biases, and an Implicit the Gram matrix of the fixed side"));
    const Workers workers = workers_of(training);
    const SolvedSide<Scalar> side{entries, longest_first(entries),
                                  regularization_of<Solved>(objective), name_of<Solved>(),
                                  rows.first_row};
    Whitening<Scalar> whitening;
    if constexpr (is_implicit)
        whitening = whitening_for<Solved, Scalar>(objective, fixed.gram, workers);
    const Fixed<Scalar> against{fixed.side, whitening, fixed.mean,
                                fixed.whole_count > 0 ? fixed.whole_count : factors.rows()};
    const Method method = method_of<Scalar>(training);
    Buffer<Scalar> memory;
    const FixedTable<Scalar> table = write_table(against, workers, memory);
    HalfStep<Scalar, ObjectiveType>(side, objective, against, table, method, workers).run(solved);
}

}  // inline namespace
}  // namespace als
