// SPDX-License-Identifier: MIT
// The order in which a ranking visits the rows of one side: long ones first, so that it can stop as
// soon as no later row can be among the best.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// What decides where a row stands in an order.
struct Place {
    double norm;
    bool unknown;  ///< factors and bias are 0
    std::int32_t row;

    bool operator<(const Place& other) const {
        if (norm != other.norm) return norm > other.norm;
        return unknown != other.unknown ? other.unknown : row < other.row;
    }
};

/// Rows of one side by norm, descending, then by index. The model has one order for all rows; a
/// query can use a part of it.
struct NormOrder {
    std::vector<std::int32_t> rows;
    std::vector<double> norms;       ///< |row| or a bound on it, by position
    std::vector<double> top_biases;  ///< the highest bias from each panel on; empty without biases
    double bias_size = 0;            ///< the largest |bias|
    std::int64_t known = 0;          ///< rows whose factors or bias are not 0; these come first

    [[nodiscard]] std::int64_t size() const { return to_count(rows.size()); }

    /// Number of rows that are not 0. These come first.
    [[nodiscard]] std::int64_t nonzero() const {
        return std::partition_point(norms.begin(), norms.end(), [](double n) { return n > 0; }) -
               norms.begin();
    }

    /// Returns the rows r with kept[r], in the same order. Cost: O(rows).
    template <typename Biases>
    [[nodiscard]] NormOrder filtered(const Biases& biases, const std::vector<bool>& kept) const {
        NormOrder some;
        for (std::size_t at = 0; at < rows.size(); ++at)
            if (kept[to_size(rows[at])]) {
                some.rows.push_back(rows[at]);
                some.norms.push_back(norms[at]);
                if (to_count(at) < known) ++some.known;
            }
        some.take_biases(biases);
        return some;
    }

    /// Returns these rows, with the bounds of all rows. All of them count as known. Cost:
    /// O(chosen).
    [[nodiscard]] NormOrder of(std::vector<std::int32_t> chosen) const {
        NormOrder some;
        some.rows = std::move(chosen);
        some.norms.assign(some.rows.size(), norms.empty() ? 0 : norms.front());
        if (!top_biases.empty())
            some.top_biases.assign((some.rows.size() + scan_columns - 1) / scan_columns,
                                   top_biases.front());
        some.bias_size = bias_size;
        some.known = some.size();
        return some;
    }

    /// Moves the rows at the positions `from` to the places `to`, both ascending. Rows in `to`
    /// alone are new; if `reserve` has made room for them, this does not throw. Cost: O(rows).
    void move(const std::vector<std::int64_t>& from, const std::vector<Place>& to);

    /// Returns the positions of the rows with these places, ascending. Cost: O(places log rows).
    [[nodiscard]] std::vector<std::int64_t> positions_of(const std::vector<Place>& places) const;

    void reserve(std::int64_t count) {
        rows.reserve(to_size(count));
        norms.reserve(to_size(count));
        if (!top_biases.empty())
            top_biases.reserve(to_size((count + scan_columns - 1) / scan_columns));
    }

    template <typename Biases>
    void take_biases(const Biases& biases) {
        top_biases.clear();
        bias_size = 0;
        if (biases.size() == 0) return;
        double top = -std::numeric_limits<double>::infinity();
        for (std::int64_t at = size() - 1; at >= 0; --at) {
            const auto bias = static_cast<double>(biases(rows[to_size(at)]));
            top = std::max(top, bias);
            bias_size = std::max(bias_size, std::abs(bias));
            if (at % scan_columns == 0) top_biases.push_back(top);
        }
        std::reverse(top_biases.begin(), top_biases.end());
    }
};

/// Returns |row|. Squares of floats do not leave the range of double.
template <Real Scalar>
double norm_of(DotKernel<Scalar> dot, const Scalar* row, std::int64_t factors) {
    if constexpr (std::same_as<Scalar, float>)
        return std::sqrt(dot(row, row, factors));
    else
        return Eigen::Map<const FactorRow<Scalar>>(row, factors).stableNorm();
}

/// Returns the numbers 0 to norms.size() - 1, by norm descending, then by number ascending.
std::vector<std::int32_t> sorted_by_norm(const std::vector<double>& norms);

/// Returns the order of all rows of a side. Cost: O(rows (factors + log rows)).
template <Real Scalar>
NormOrder norm_order_of(const Side<Scalar>& side, const Workers& workers) {
    const std::int64_t factors = side.factors.cols();
    const DotKernel<Scalar> dot = dot_kernel<Scalar>(workers.instructions);
    std::vector<double> norms(to_size(side.factors.rows()));
    parallel_for(side.factors.rows(), 4096, workers, [&](std::int64_t row) {
        norms[to_size(row)] = norm_of(dot, side.factors.data() + row * factors, factors);
    });
    NormOrder order;
    order.rows = sorted_by_norm(norms);
    order.norms.reserve(norms.size());
    for (const std::int32_t row : order.rows) order.norms.push_back(norms[to_size(row)]);
    // Among the rows with factors 0, those with a bias come first.
    const auto zeros = order.rows.begin() + order.nonzero();
    const auto unknown = std::stable_partition(zeros, order.rows.end(), [&](std::int32_t row) {
        return side.biases.size() > 0 && side.biases(row) != 0;
    });
    order.known = unknown - order.rows.begin();
    order.take_biases(side.biases);
    return order;
}

/// Returns the places of those of these rows that the side has.
template <Real Scalar>
std::vector<Place> places_of(const std::vector<std::int32_t>& rows, const Side<Scalar>& side,
                             const Workers& workers) {
    const std::int64_t factors = side.factors.cols();
    const DotKernel<Scalar> dot = dot_kernel<Scalar>(workers.instructions);
    std::vector<Place> places;
    places.reserve(rows.size());
    for (const std::int32_t row : rows) {
        if (row >= side.factors.rows()) continue;
        const double norm = norm_of(dot, side.factors.data() + row * factors, factors);
        const bool has_bias = side.biases.size() > 0 && side.biases(row) != 0;
        places.push_back({norm, !(norm > 0 || has_bias), row});
    }
    return places;
}

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/rank/norm_order_impl.hpp>
#endif
