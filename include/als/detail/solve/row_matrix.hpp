// SPDX-License-Identifier: MIT
// The matrix of one row's equations, dense and in double.
#pragma once

#include <als/detail/solve/gram.hpp>
#include <als/detail/solve/row_system.hpp>
#include <als/types.hpp>

#include <Eigen/Core>

#include <cmath>
#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Writes A = diag(p) + base + sum_j d_j w_j w_j' of one `RowSystem` after the other; its memory is
/// kept.
template <Real Scalar>
class RowMatrix {
public:
    explicit RowMatrix(InstructionSet instructions) : instructions_(instructions) {}

    /// Cost: O(n m^2) for n terms and m unknowns.
    void set(const RowSystem<Scalar>& system, Eigen::MatrixXd& matrix) {
        constexpr std::int64_t panel_rows = 128;
        const std::int64_t m = system.unknowns();
        const Terms<Scalar> terms = system.terms();
        sum_.begin(m, panel_rows, instructions_);
        for (std::int64_t j = 0; j < terms.count; ++j) {
            double* const scaled = sum_.next_row();
            const double root = std::sqrt(terms.d[j]);
            for (std::int64_t f = 0; f < m; ++f)
                scaled[f] = root * static_cast<double>(terms.rows[j][f]);
        }
        sum_.add_panel();
        matrix.setZero(m, m);
        sum_.add_lower_to(matrix);
        mirror_lower(matrix);
        for (std::int64_t f = 0; f < m; ++f) matrix(f, f) += system.penalty(f);
        if (system.base == nullptr) return;
        for (std::int64_t n = 0; n < m * m; ++n) matrix.data()[n] += system.base->data()[n];
    }

private:
    InstructionSet instructions_;
    PanelSum sum_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
