// SPDX-License-Identifier: MIT
// The map of items and users: the principal components of their directions.
#pragma once

#include <als/types.hpp>

#include <Eigen/Core>

#include <cstdint>
#include <vector>

namespace als_report {

/// Factors scaled to length 1, because similarity is the cosine, and projected onto the axes along
/// which those of the items spread the most.
class Projection {
public:
    /// Axes for these items, at least 2. Axes beyond the number of factors are 0. Cost: O(items
    /// factors^2 + factors^3).
    Projection(const als::FactorView<float>& factors, const std::vector<als::Item>& items,
               int axes);

    /// What part of the variance lies along each axis.
    [[nodiscard]] std::vector<double> shares() const;

    /// The coordinates of rows, all axes of the first row first: 2 bytes each, the lower one first;
    /// 0 stands for -2, 65535 for 2.
    template <als::Id Index>
    [[nodiscard]] std::vector<std::uint8_t> points(const als::FactorView<float>& factors,
                                                   const std::vector<Index>& rows) const {
        std::vector<std::uint8_t> bytes;
        for (const Index row : rows) append(bytes, factors, row.index);
        return bytes;
    }

private:
    void append(std::vector<std::uint8_t>& bytes, const als::FactorView<float>& factors,
                std::int32_t row) const;

    Eigen::RowVectorXd mean_;
    Eigen::MatrixXd axes_;    // [factors, axes]
    Eigen::VectorXd shares_;  // [axes]
};

}  // namespace als_report
