// SPDX-License-Identifier: MIT
// The two sides of a row's equations: the row's entries on the solved side, and the rows of the
// fixed side that they refer to.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/base/sparse_rows.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/detail/solve/whitening.hpp>
#include <als/interactions.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// The entries of one row, of a user or of an item: indices of the fixed side, values, and their
/// weights if they have any.
template <Real Scalar>
struct RowEntries {
    const std::int32_t* ids = nullptr;
    const Scalar* values = nullptr;
    std::int64_t count = 0;
    const Scalar* weights = nullptr;  ///< null: all are 1

    RowEntries() = default;
    RowEntries(const std::int32_t* ids_, const Scalar* values_, std::int64_t count_,
               const Scalar* weights_ = nullptr)
        : ids(ids_), values(values_), count(count_), weights(weights_) {}

    /// Reads ids as integers: `User` and `Item` are 32-bit integers with a name.
    template <Id Index>
    RowEntries(const Row<Index, Scalar>& row)  // NOLINT(google-explicit-constructor)
        : RowEntries(reinterpret_cast<const std::int32_t*>(row.ids().data()), row.values().data(),
                     row.size()) {
        static_assert(sizeof(Index) == sizeof(std::int32_t));
    }

    [[nodiscard]] std::span<const Scalar> all_values() const { return {values, to_size(count)}; }

    [[nodiscard]] double weight(std::int64_t j) const {
        return weights == nullptr ? 1 : static_cast<double>(weights[j]);
    }
    [[nodiscard]] double total_weight() const {
        if (weights == nullptr) return static_cast<double>(count);
        double sum = 0;
        for (std::int64_t j = 0; j < count; ++j) sum += weight(j);
        return sum;
    }
};

/// Rows of one side of the interactions, one after the other: row r holds the entries from
/// offsets[r] up to offsets[r + 1].
template <Real Scalar>
class SideEntries {
public:
    template <Id Column>
    explicit SideEntries(const SparseRows<Column, Scalar>& rows, const Scalar* weights = nullptr)
        : SideEntries(rows.offsets.data(), reinterpret_cast<const std::int32_t*>(rows.ids.data()),
                      rows.values.data(), rows.row_count(), weights) {}
    SideEntries(const std::int64_t* offsets, const std::int32_t* ids, const Scalar* values,
                std::int32_t count, const Scalar* weights = nullptr)
        : offsets_(offsets), ids_(ids), values_(values), weights_(weights), count_(count) {}

    [[nodiscard]] std::int32_t count() const { return count_; }
    [[nodiscard]] std::int64_t size() const { return offsets_[count_]; }
    [[nodiscard]] RowEntries<Scalar> operator[](std::int32_t row) const {
        const std::int64_t begin = offsets_[row];
        return {ids_ + begin, values_ + begin, offsets_[row + 1] - begin,
                weights_ == nullptr ? nullptr : weights_ + begin};
    }

private:
    const std::int64_t* offsets_;
    const std::int32_t* ids_;
    const Scalar* values_;
    const Scalar* weights_;
    std::int32_t count_;
};

/// Returns the rows of users (items). `weights` has the same cells, or is null.
template <Id Index, Real Scalar>
SideEntries<Scalar> entries_of(const Interactions<Scalar>& data,
                               const Interactions<Scalar>* weights = nullptr) {
    return SideEntries<Scalar>(
        InteractionsAccess::rows_of<Index>(data),
        weights == nullptr ? nullptr : InteractionsAccess::rows_of<Index>(*weights).values.data());
}

/// The fixed side, which rows are solved against.
template <Real Scalar>
struct Fixed {
    const Side<Scalar>& side;
    const Whitening<Scalar>& whitening;  ///< the coordinates of that side
    double mean;                         ///< mu
    std::int64_t whole_count = count();  ///< rows of the whole side; `side` may be a part of it

    [[nodiscard]] std::int64_t count() const { return side.factors.rows(); }
    [[nodiscard]] std::int64_t factors() const { return side.factors.cols(); }
    [[nodiscard]] bool has_biases() const { return side.biases.size() > 0; }

    /// Unknowns of a row: its factors, followed by its bias if there is one.
    [[nodiscard]] std::int64_t unknowns() const { return factors() + (has_biases() ? 1 : 0); }

    /// Numbers of a row of a `FixedTable`.
    [[nodiscard]] std::int64_t stride() const { return padded<Scalar>(unknowns()); }
};

/// Writes `count` fixed rows as a `RowSystem` reads them: in the coordinates of the whitening, or
/// unchanged if there is none. If there are biases, each row ends with a one.
template <Real Scalar>
void write_rows(const Fixed<Scalar>& fixed, const Scalar* rows, std::int64_t count, Scalar* table,
                InstructionSet instructions) {
    const std::int64_t factors = fixed.factors();
    const std::int64_t stride = fixed.stride();
    if (!fixed.whitening.is_identity())
        return multiply_rows(rows, factors, count, fixed.whitening.to_white(), table, stride,
                             instructions);
    for (std::int64_t r = 0; r < count; ++r, rows += factors, table += stride) {
        std::copy_n(rows, factors, table);
        std::fill(table + factors, table + stride, Scalar(0));
        std::fill(table + factors, table + fixed.unknowns(), Scalar(1));
    }
}

/// Fixed rows that `write_rows` has written: all rows of the side, by id, or those of one row's
/// entries, by position.
template <Real Scalar>
struct FixedTable {
    const Scalar* rows = nullptr;
    std::int64_t stride = 0;
    bool by_position = false;

    /// The fixed row of the entry at this position, with this id.
    [[nodiscard]] const Scalar* row_of(std::int32_t id, std::int64_t position) const {
        return rows + (by_position ? position : id) * stride;
    }
};

/// Writes all fixed rows to `memory`.
template <Real Scalar>
FixedTable<Scalar> write_table(const Fixed<Scalar>& fixed, const Workers& workers,
                               Buffer<Scalar>& memory) {
    constexpr std::int64_t block_rows = 64;
    const std::int64_t stride = fixed.stride();
    memory.reserve(fixed.count() * stride);
    for_blocks(fixed.count(), block_rows, workers, [&](std::int64_t first, std::int64_t count) {
        write_rows(fixed, fixed.side.factors.data() + first * fixed.factors(), count,
                   memory.data() + first * stride, workers.instructions);
    });
    return {memory.data(), stride};
}

}  // namespace detail
}  // inline namespace
}  // namespace als
