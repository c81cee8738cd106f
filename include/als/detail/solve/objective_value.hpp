// SPDX-License-Identifier: MIT
// The value of the function that a training minimises.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/detail/solve/gram.hpp>
#include <als/detail/solve/row_weights.hpp>
#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/objective.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Sums term(row) in fixed blocks of rows, each in order, so any number of threads gives the same
/// bits.
template <typename Term>
double sum_over_rows(std::int64_t rows, const Workers& workers, const Term& term) {
    constexpr std::int64_t block_rows = 256;
    std::vector<double> partial(to_size((rows + block_rows - 1) / block_rows));
    for_blocks(rows, block_rows, workers, [&](std::int64_t first, std::int64_t count) {
        double sum = 0;
        for (std::int64_t row = first; row < first + count; ++row) sum += term(row);
        partial[to_size(first / block_rows)] = sum;
    });
    double sum = 0;
    for (const double value : partial) sum += value;
    return sum;
}

/// The error of one entry. For implicit feedback: what the entry adds to the sum over all cells,
/// which already counts it as an absent cell.
inline double cell_error(const Implicit& objective, double value, double score) {
    if (value == 0) return 0;
    const double error = (value > 0 ? 1.0 : 0.0) - score;
    return (1 + extra_confidence(objective, value)) * error * error - score * score;
}
inline double cell_error(const Explicit&, double value, double score) {
    return (value - score) * (value - score);
}

/// The value for given interactions and model, one part of the sum after the other.
template <Real Scalar, Objective ObjectiveType>
class ObjectiveValue {
public:
    ObjectiveValue(const Interactions<Scalar>& data, const ObjectiveType& objective,
                   const ModelParts<Scalar>& parts, const Workers& workers)
        : data_(data),
          objective_(objective),
          parts_(parts),
          workers_(workers),
          dot_(dot_kernel<Scalar>(workers.instructions)) {}

    [[nodiscard]] double sum() const {
        double sum = errors();
        if constexpr (std::same_as<ObjectiveType, Implicit>) sum += sum_of_all_scores();
        return sum + penalty<User>(parts_.users, parts_.items.factors.rows()) +
               penalty<Item>(parts_.items, parts_.users.factors.rows());
    }

private:
    /// The sum of (x_u . y_i)^2 over all pairs, computed from the Gram matrices.
    [[nodiscard]] double sum_of_all_scores() const {
        const Eigen::MatrixXd users = gram_of(parts_.users.factors, workers_);
        const Eigen::MatrixXd items = gram_of(parts_.items.factors, workers_);
        double sum = 0;
        for (Eigen::Index n = 0; n < users.size(); ++n) sum += users.data()[n] * items.data()[n];
        return sum;
    }

    [[nodiscard]] double errors() const {
        const Side<Scalar>& users = parts_.users;
        const Side<Scalar>& items = parts_.items;
        const bool biases = users.biases.size() > 0;
        return sum_over_rows(users.factors.rows(), workers_, [&](std::int64_t row) {
            const double base = biases ? parts_.mean + static_cast<double>(users.biases(row)) : 0;
            double errors = 0;
            for (const auto [item, value] : data_[User{to_int32(row)}]) {
                double score =
                    base + dot_(row_of(users, row), row_of(items, item.index), factors());
                if (biases) score += static_cast<double>(items.biases(item.index));
                errors += cell_error(objective_, static_cast<double>(value), score);
            }
            return errors;
        });
    }

    /// lambda_row |row|^2 (and beta_row b_row^2), summed over one side.
    template <Id Counted>
    [[nodiscard]] double penalty(const Side<Scalar>& side, std::int64_t fixed_count) const {
        return sum_over_rows(side.factors.rows(), workers_, [&](std::int64_t row) {
            const auto values = data_[Counted{to_int32(row)}].values();
            if (values.empty()) return 0.0;
            double sum = regularization_of<Counted>(objective_) *
                         dot_(row_of(side, row), row_of(side, row), factors());
            if constexpr (std::same_as<ObjectiveType, Explicit>)
                if (objective_.biases) {
                    const auto bias = static_cast<double>(side.biases(row));
                    sum += objective_.bias_regularization * bias * bias;
                }
            return sum * row_scale(objective_, values, fixed_count);
        });
    }

    [[nodiscard]] std::int64_t factors() const { return parts_.users.factors.cols(); }
    [[nodiscard]] const Scalar* row_of(const Side<Scalar>& side, std::int64_t row) const {
        return side.factors.data() + row * factors();
    }

    const Interactions<Scalar>& data_;
    const ObjectiveType& objective_;
    const ModelParts<Scalar>& parts_;
    const Workers& workers_;
    const DotKernel<Scalar> dot_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
