// SPDX-License-Identifier: MIT
// A sparse matrix by rows, made by counting sort.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/error.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Sparse rows, one after the other: row r holds the entries offsets[r] .. offsets[r + 1]. The
/// offset type is a parameter so that tests can reach its limit; the library uses 64 bits.
template <Id Column, Real Scalar, std::signed_integral Offset = std::int64_t>
struct SparseRows {
    std::vector<Offset> offsets{0};
    std::vector<Column> ids;
    std::vector<Scalar> values;

    [[nodiscard]] std::int32_t row_count() const { return to_int32(offsets.size() - 1); }
    [[nodiscard]] Row<Column, Scalar> row(std::int32_t index) const {
        const auto begin = to_size(offsets[to_size(index)]);
        const auto end = to_size(offsets[to_size(index) + 1]);
        return {std::span(ids).subspan(begin, end - begin),
                std::span(values).subspan(begin, end - begin)};
    }
};

/// Distributes entries over rows in two passes over the same source: `for_each(visit)` calls
/// visit(row, column, value) for each entry and must give the same entries both times. Entries of
/// one row keep their order.
template <typename Rows, typename ForEach>
Rows distribute(std::int32_t row_count, const ForEach& for_each) {
    using Offset = typename decltype(Rows::offsets)::value_type;
    Rows rows;
    rows.offsets.assign(to_size(row_count) + 1, 0);
    std::int64_t total = 0;
    for_each([&](std::int32_t row, auto, auto) {
        ++rows.offsets[to_size(row) + 1];
        ++total;
    });
    if (total > std::numeric_limits<Offset>::max())
        throw InputError(message("als::Interactions: ", total, " entries are too many; at most ",
                                 std::numeric_limits<Offset>::max(), " can be counted"));
    for (std::size_t r = 1; r < rows.offsets.size(); ++r)
        rows.offsets[r] = static_cast<Offset>(rows.offsets[r] + rows.offsets[r - 1]);

    rows.ids.resize(to_size(total));
    rows.values.resize(to_size(total));
    std::vector<Offset> next(rows.offsets.begin(), rows.offsets.end() - 1);
    for_each([&](std::int32_t row, auto column, auto value) {
        const auto at = to_size(next[to_size(row)]++);
        rows.ids[at] = column;
        rows.values[at] = value;
    });
    return rows;
}

/// The same entries by column. Rows are visited in order, so the rows of the result are sorted.
template <Id RowId, Id Column, Real Scalar, typename Offset>
SparseRows<RowId, Scalar, Offset> transpose(const SparseRows<Column, Scalar, Offset>& rows,
                                            std::int32_t column_count) {
    return distribute<SparseRows<RowId, Scalar, Offset>>(column_count, [&](const auto& visit) {
        for (std::int32_t r = 0; r < rows.row_count(); ++r)
            for (const auto [id, value] : rows.row(r)) visit(id.index, RowId{r}, value);
    });
}

/// Whether the ids of each row ascend, without repetition.
template <typename Rows>
bool ascends(const Rows& rows) {
    for (std::int32_t r = 0; r < rows.row_count(); ++r) {
        const auto ids = rows.row(r).ids();
        if (std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) != ids.end())
            return false;
    }
    return true;
}

}  // namespace detail
}  // inline namespace
}  // namespace als
