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

/// Sums term(row) in fixed blocks of rows, each in order, so any number of threads gives the same
/// bits.
/// Each block has a scratch of its own.
template <typename MakeScratch, typename Term>
double sum_over_rows(std::int64_t rows, const Workers& workers, const MakeScratch& make_scratch,
                     const Term& term) {
    constexpr std::int64_t block_rows = 256;
    std::vector<double> partial(to_size((rows + block_rows - 1) / block_rows));
    for_blocks(rows, block_rows, workers, [&](std::int64_t first, std::int64_t count) {
        auto scratch = make_scratch();
        double sum = 0;
        for (std::int64_t row = first; row < first + count; ++row) sum += term(scratch, row);
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
    /// `memory` is overwritten.
    ObjectiveValue(const Interactions<Scalar>& data, const ObjectiveType& objective,
                   const ModelParts<Scalar>& parts, const Workers& workers, Buffer<Scalar>& memory)
        : data_(data),
          objective_(objective),
          parts_(parts),
          workers_(workers),
          memory_(memory),
          multiply_(wide_multiply_kernel<Scalar>(workers.instructions)) {}

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

    /// The rows of the items, padded with zeros.
    [[nodiscard]] const Scalar* padded_items() const {
        const FactorMatrix<Scalar>& items = parts_.items.factors;
        const std::int64_t width = padded<Scalar>(factors());
        if (width == factors()) return items.data();
        memory_.reserve(items.rows() * width);
        for_blocks(items.rows(), 64, workers_, [&](std::int64_t first, std::int64_t count) {
            for (std::int64_t row = first; row < first + count; ++row) {
                Scalar* const to = memory_.data() + row * width;
                std::copy_n(items.data() + row * factors(), factors(), to);
                std::fill(to + factors(), to + width, Scalar(0));
            }
        });
        return memory_.data();
    }

    [[nodiscard]] double errors() const {
        const Scalar* const items = padded_items();
        return sum_over_rows(
            parts_.users.factors.rows(), workers_, [&] { return RowErrors(*this, items); },
            [&](RowErrors& errors, std::int64_t row) { return errors.of(User{to_int32(row)}); });
    }

    /// The errors of one user's entries: scores in double, some dozens at once.
    class RowErrors {
    public:
        RowErrors(const ObjectiveValue& value, const Scalar* items)
            : value_(value),
              items_(items),
              width_(padded<Scalar>(value.factors())),
              user_(to_size(width_)) {}

        double of(User user) {
            const Side<Scalar>& users = value_.parts_.users;
            const Side<Scalar>& items = value_.parts_.items;
            const std::int64_t factors = value_.factors();
            const bool biases = users.biases.size() > 0;
            const double base =
                biases ? value_.parts_.mean + static_cast<double>(users.biases(user.index)) : 0;
            for (std::int64_t f = 0; f < factors; ++f)
                user_[to_size(f)] = static_cast<double>(users.factors(user.index, f));
            const Row<Item, Scalar> row = value_.data_[user];
            double errors = 0;
            for (std::int64_t first = 0; first < row.size(); first += most) {
                const std::int64_t count = std::min(most, row.size() - first);
                multiply(row.ids().data() + first, count);
                for (std::int64_t j = 0; j < count; ++j) {
                    double score = base + scores_[to_size(j)];
                    if (biases)
                        score +=
                            static_cast<double>(items.biases(row.ids()[to_size(first + j)].index));
                    const auto cell = static_cast<double>(row.values()[to_size(first + j)]);
                    errors += cell_error(value_.objective_, cell, score);
                }
            }
            return errors;
        }

    private:
        static constexpr std::int64_t most = 64;

        void multiply(const Item* ids, std::int64_t count) {
            const std::size_t bytes = to_size(width_) * sizeof(Scalar);
            for (std::int64_t j = 0; j < count; ++j) {
                rows_[to_size(j)] = items_ + ids[j].index * width_;
                prefetch(rows_[to_size(j)], bytes);
            }
            value_.multiply_({rows_.data(), nullptr, nullptr, count}, user_.data(), width_,
                             scores_.data());
        }

        const ObjectiveValue& value_;
        const Scalar* const items_;
        const std::int64_t width_;
        std::vector<double> user_;  // padded
        std::array<const Scalar*, most> rows_;
        std::array<double, most> scores_;
    };

    /// lambda_row |row|^2 (and beta_row b_row^2), summed over one side.
    template <Id Counted>
    [[nodiscard]] double penalty(const Side<Scalar>& side, std::int64_t fixed_count) const {
        return sum_over_rows(
            side.factors.rows(), workers_, [] { return 0; },
            [&](int, std::int64_t row) {
                const auto values = data_[Counted{to_int32(row)}].values();
                if (values.empty()) return 0.0;
                double sum = 0;
                for (std::int64_t f = 0; f < factors(); ++f) {
                    const auto number = static_cast<double>(side.factors(row, f));
                    sum += number * number;
                }
                sum *= regularization_of<Counted>(objective_);
                if constexpr (std::same_as<ObjectiveType, Explicit>)
                    if (objective_.biases) {
                        const auto bias = static_cast<double>(side.biases(row));
                        sum += objective_.bias_regularization * bias * bias;
                    }
                return sum * row_scale(objective_, values, fixed_count);
            });
    }

    [[nodiscard]] std::int64_t factors() const { return parts_.users.factors.cols(); }
    const Interactions<Scalar>& data_;
    const ObjectiveType& objective_;
    const ModelParts<Scalar>& parts_;
    const Workers& workers_;
    Buffer<Scalar>& memory_;
    const WideMultiplyKernel<Scalar> multiply_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
