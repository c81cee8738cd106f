// SPDX-License-Identifier: MIT
// The order in which a ranking looks at the rows of one side: long ones first, so that it can stop
// where no later row could be among the best.
#pragma once

#include <als/detail/kernels.hpp>
#include <als/detail/parallel.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace als::inline ALS_ABI::detail {

/// Rows of one side by their norms, descending, then by index. Made with the model, or as a part of
/// that for one query.
struct NormOrder {
    std::vector<std::int32_t> rows;
    std::vector<double> norms;       ///< |row|, or a bound on it, by position
    std::vector<double> top_biases;  ///< the highest from each panel on; empty without biases
    double bias_size = 0;            ///< the largest |bias|

    [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(rows.size()); }

    /// Number of rows that are not zero; they come first.
    [[nodiscard]] std::int64_t nonzero() const {
        return std::partition_point(norms.begin(), norms.end(), [](double n) { return n > 0; }) -
               norms.begin();
    }

    /// The rows for which keep(row), in the same order. Cost: O(rows).
    template <typename Biases, typename Keep>
    [[nodiscard]] NormOrder filtered(const Biases& biases, const Keep& keep) const {
        NormOrder some;
        for (std::size_t at = 0; at < rows.size(); ++at)
            if (keep(rows[at])) {
                some.rows.push_back(rows[at]);
                some.norms.push_back(norms[at]);
            }
        some.take_biases(biases);
        return some;
    }

    /// These rows, bounded by what bounds all. Cost: O(chosen).
    [[nodiscard]] NormOrder of(std::vector<std::int32_t> chosen) const {
        NormOrder some;
        some.rows = std::move(chosen);
        some.norms.assign(some.rows.size(), norms.empty() ? 0 : norms.front());
        if (!top_biases.empty())
            some.top_biases.assign((some.rows.size() + scan_columns - 1) / scan_columns,
                                   top_biases.front());
        some.bias_size = bias_size;
        return some;
    }

    template <typename Biases>
    void take_biases(const Biases& biases) {
        top_biases.clear();
        if (biases.size() == 0) return;
        double top = -std::numeric_limits<double>::infinity();
        for (std::int64_t at = size() - 1; at >= 0; --at) {
            const auto bias = static_cast<double>(biases(rows[static_cast<std::size_t>(at)]));
            top = std::max(top, bias);
            bias_size = std::max(bias_size, std::abs(bias));
            if (at % scan_columns == 0) top_biases.push_back(top);
        }
        std::reverse(top_biases.begin(), top_biases.end());
    }
};

/// |row|. Squares of floats do not leave the range of double.
template <Real Scalar>
double norm_of(const Kernels<Scalar>& kernels, const Scalar* row, std::int64_t factors) {
    if constexpr (std::same_as<Scalar, float>)
        return std::sqrt(kernels.dot(row, row, factors));
    else
        return Eigen::Map<const FactorRow<Scalar>>(row, factors).stableNorm();
}

/// All rows. Cost: O(rows (factors + log rows)).
template <Real Scalar>
NormOrder norm_order_of(const FactorMatrix<Scalar>& factors, const BiasVector<Scalar>& biases,
                        const Workers& workers) {
    const auto count = static_cast<std::size_t>(factors.rows());
    const Kernels<Scalar>& kernels = kernels_for<Scalar>(workers.instructions);
    std::vector<double> norm_at(count);
    parallel_for(factors.rows(), 4096, workers, [&](std::int64_t row) {
        norm_at[static_cast<std::size_t>(row)] =
            norm_of(kernels, factors.row(row).data(), factors.cols());
    });
    NormOrder order;
    order.rows.resize(count);
    std::iota(order.rows.begin(), order.rows.end(), 0);
    std::sort(order.rows.begin(), order.rows.end(), [&](std::int32_t a, std::int32_t b) {
        const double left = norm_at[static_cast<std::size_t>(a)];
        const double right = norm_at[static_cast<std::size_t>(b)];
        return left > right || (left == right && a < b);
    });
    order.norms.reserve(count);
    for (const std::int32_t row : order.rows)
        order.norms.push_back(norm_at[static_cast<std::size_t>(row)]);
    order.take_biases(biases);
    return order;
}

}  // namespace als::inline ALS_ABI::detail
