// SPDX-License-Identifier: MIT
// The value of the function that a training minimises.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/base/prefetch.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/detail/solve/gram.hpp>
#include <als/detail/solve/row_weights.hpp>
#include <als/detail/solve/side.hpp>
#include <als/detail/solve/whitening.hpp>
#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/objective.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Adds term(row) to `sum` in fixed blocks of rows, each in order, so any number of threads gives
/// the same bits. Rows that are summed in parts, one part after the other, also give the same bits
/// if each part begins at a multiple of a block's rows. Each block has its own scratch.
template <typename MakeScratch, typename Term>
double sum_over_rows(double sum, std::int64_t rows, const Workers& workers,
                     const MakeScratch& make_scratch, const Term& term) {
    constexpr std::int64_t block_rows = 256;
    std::vector<double> partial(to_size((rows + block_rows - 1) / block_rows));
    for_blocks(rows, block_rows, workers, [&](std::int64_t first, std::int64_t count) {
        auto scratch = make_scratch();
        double& of_block = partial[to_size(first / block_rows)];
        for (std::int64_t row = first; row < first + count; ++row) of_block += term(scratch, row);
    });
    for (const double value : partial) sum += value;
    return sum;
}

/// The error of one entry. For implicit feedback, it is what the entry adds to the sum over all
/// cells, which already counts it as an absent cell.
inline double cell_error(const Implicit& objective, double value, double score) {
    if (value == 0) return 0;
    const double error = (value > 0 ? 1.0 : 0.0) - score;
    return (1 + extra_confidence(objective, value)) * error * error - score * score;
}
inline double cell_error(const Explicit&, double value, double score) {
    return (value - score) * (value - score);
}

/// The sum of (x_u . y_i)^2 over all pairs, computed from the Gram matrices of both sides.
inline double sum_of_all_scores(const Eigen::MatrixXd& users, const Eigen::MatrixXd& items) {
    double sum = 0;
    for (Eigen::Index n = 0; n < users.size(); ++n) sum += users.data()[n] * items.data()[n];
    return sum;
}

/// The errors of the entries of some users, row by row. Scores are in double, some dozens at once.
template <Real Scalar, Objective ObjectiveType>
class RowErrors {
public:
    /// `table` holds the rows of the items, written without a whitening.
    RowErrors(const ObjectiveType& objective, const SideEntries<Scalar>& entries,
              const Side<Scalar>& users, const Fixed<Scalar>& items,
              const FixedTable<Scalar>& table, InstructionSet instructions)
        : objective_(objective),
          entries_(entries),
          users_(users),
          items_(items),
          table_(table),
          multiply_(wide_multiply_kernel<Scalar>(instructions)),
          width_(padded<Scalar>(items.factors())),
          user_(to_size(width_)) {}

    double of(std::int64_t user) {
        const bool biases = users_.biases.size() > 0;
        const double base = biases ? items_.mean + static_cast<double>(users_.biases(user)) : 0;
        for (std::int64_t f = 0; f < items_.factors(); ++f)
            user_[to_size(f)] = static_cast<double>(users_.factors(user, f));
        const RowEntries<Scalar> row = entries_[to_int32(user)];
        double errors = 0;
        for (std::int64_t first = 0; first < row.count; first += most) {
            const std::int64_t count = std::min(most, row.count - first);
            multiply(row.ids + first, count);
            for (std::int64_t j = 0; j < count; ++j) {
                double score = base + scores_[to_size(j)];
                if (biases) score += static_cast<double>(items_.side.biases(row.ids[first + j]));
                errors += row.weight(first + j) *
                          cell_error(objective_, static_cast<double>(row.values[first + j]), score);
            }
        }
        return errors;
    }

private:
    static constexpr std::int64_t most = 64;

    void multiply(const std::int32_t* ids, std::int64_t count) {
        const std::size_t bytes = to_size(width_) * sizeof(Scalar);
        for (std::int64_t j = 0; j < count; ++j) {
            rows_[to_size(j)] = table_.row_of(ids[j], j);
            prefetch(rows_[to_size(j)], bytes);
        }
        multiply_({rows_.data(), nullptr, nullptr, count}, user_.data(), width_, scores_.data());
    }

    const ObjectiveType& objective_;
    const SideEntries<Scalar>& entries_;
    const Side<Scalar>& users_;
    const Fixed<Scalar>& items_;
    const FixedTable<Scalar>& table_;
    const WideMultiplyKernel<Scalar> multiply_;
    const std::int64_t width_;
    std::vector<double> user_;  // padded
    std::array<const Scalar*, most> rows_;
    std::array<double, most> scores_;
};

/// Adds to `sum` the errors of these users' entries; see `RowErrors`.
template <Real Scalar, Objective ObjectiveType>
double add_errors(double sum, const ObjectiveType& objective, const SideEntries<Scalar>& entries,
                  const Side<Scalar>& users, const Fixed<Scalar>& items,
                  const FixedTable<Scalar>& table, const Workers& workers) {
    using Errors = RowErrors<Scalar, ObjectiveType>;
    return sum_over_rows(
        sum, users.factors.rows(), workers,
        [&] { return Errors(objective, entries, users, items, table, workers.instructions); },
        [](Errors& errors, std::int64_t row) { return errors.of(row); });
}

/// Adds to `sum` lambda_row |row|^2 (and beta_row b_row^2) of rows of one side; `other_count` is
/// the size of the other side.
template <Id Counted, Real Scalar, Objective ObjectiveType>
double add_penalty(double sum, const ObjectiveType& objective, const SideEntries<Scalar>& entries,
                   const Side<Scalar>& side, std::int64_t other_count, const Workers& workers) {
    return sum_over_rows(
        sum, side.factors.rows(), workers, [] { return 0; },
        [&](int, std::int64_t row) {
            const RowEntries<Scalar> own = entries[to_int32(row)];
            if (own.count == 0) return 0.0;
            double squares = 0;
            for (std::int64_t f = 0; f < side.factors.cols(); ++f) {
                const auto number = static_cast<double>(side.factors(row, f));
                squares += number * number;
            }
            squares *= regularization_of<Counted>(objective);
            if constexpr (std::same_as<ObjectiveType, Explicit>)
                if (objective.biases) {
                    const auto bias = static_cast<double>(side.biases(row));
                    squares += objective.bias_regularization * bias * bias;
                }
            if constexpr (std::same_as<ObjectiveType, Explicit>)
                return squares * row_scale(objective, own.total_weight());
            else
                return squares * row_scale(objective, own.all_values(), other_count);
        });
}

/// Returns the value for these interactions and this model. `memory` is overwritten; `weights` are
/// those of the entries, or null.
template <Real Scalar, Objective ObjectiveType>
double value_of_objective(const Interactions<Scalar>& data, const ObjectiveType& objective,
                          const ModelParts<Scalar>& parts, const Workers& workers,
                          Buffer<Scalar>& memory, const Interactions<Scalar>* weights = nullptr) {
    const SideEntries<Scalar> users = entries_of<User>(data, weights);
    const SideEntries<Scalar> items = entries_of<Item>(data, weights);
    const Whitening<Scalar> none;
    const Fixed<Scalar> fixed{parts.items, none, parts.mean};
    double sum = add_errors(0, objective, users, parts.users, fixed,
                            write_table(fixed, workers, memory), workers);
    if constexpr (std::same_as<ObjectiveType, Implicit>)
        sum += sum_of_all_scores(gram_of(parts.users.factors, workers),
                                 gram_of(parts.items.factors, workers));
    return sum + add_penalty<User>(0, objective, users, parts.users, items.count(), workers) +
           add_penalty<Item>(0, objective, items, parts.items, users.count(), workers);
}

}  // namespace detail
}  // inline namespace
}  // namespace als
