// SPDX-License-Identifier: MIT
// A sparse matrix by rows, made by counting sort.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/base/text.hpp>
#include <als/error.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Sparse rows, one after the other: row r holds the entries from offsets[r] up to offsets[r + 1].
/// The offset type is a parameter so that tests can reach its limit; the library uses 64 bits.
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

/// The number of entries of a source, and the number of positions at which it can be cut.
struct SourceSize {
    std::int64_t positions = 0;
    std::int64_t entries = 0;
};

/// Returns the workers for this number of entries.
inline Workers workers_for(std::int64_t entries, int threads) {
    constexpr std::int64_t few = 100'000;
    return {entries < few ? 1 : thread_count(threads)};
}

/// Calls body(part, begin, end) for parts of the positions of a source.
template <typename Body>
void for_parts(std::int64_t parts, std::int64_t positions, const Workers& workers,
               const Body& body) {
    parallel_for(parts, 1, workers, [&](std::int64_t p) {
        body(to_size(p), positions * p / parts, positions * (p + 1) / parts);
    });
}

/// Distributes entries over rows in two passes over the same source: for_each(begin, end, visit)
/// calls visit(row, column, value) for each entry between two positions of the source, and must
/// give the same entries both times. Entries of one row keep their order. Memory besides the
/// result: a counter for each row and part. There are only a few parts for each thread, and no more
/// counters than entries unless there is one part.
template <typename Rows, typename ForEach>
Rows distribute(std::int32_t row_count, SourceSize size, const Workers& workers,
                const ForEach& for_each) {
    using Offset = typename decltype(Rows::offsets)::value_type;
    const std::int64_t most = size.entries / (std::int64_t{row_count} + 1);
    const std::int64_t parts = workers.threads == 1
                                   ? 1
                                   : std::clamp<std::int64_t>(std::int64_t{4} * workers.threads, 1,
                                                              std::max<std::int64_t>(most, 1));
    // First holds the number of entries of a part in each row, then the place of its next entry.
    std::vector<std::vector<Offset>> next(to_size(parts));
    std::vector<std::int64_t> totals(to_size(parts));
    for_parts(parts, size.positions, workers,
              [&](std::size_t p, std::int64_t begin, std::int64_t end) {
                  std::vector<Offset> counts(to_size(row_count));
                  std::int64_t total = 0;
                  for_each(begin, end, [&](std::int32_t row, auto, auto) {
                      ++counts[to_size(row)];
                      ++total;
                  });
                  next[p] = std::move(counts);
                  totals[p] = total;
              });
    const std::int64_t total = std::accumulate(totals.begin(), totals.end(), std::int64_t{0});
    if (total > std::numeric_limits<Offset>::max())
        throw InputError(message("als::Interactions: ", total, " entries are too many; at most ",
                                 std::numeric_limits<Offset>::max(), " can be counted"));
    Rows rows;
    rows.offsets.assign(to_size(row_count) + 1, 0);
    Offset sum = 0;
    for (std::size_t r = 0; r < to_size(row_count); ++r) {
        for (std::vector<Offset>& part : next)
            sum = static_cast<Offset>(sum + std::exchange(part[r], sum));
        rows.offsets[r + 1] = sum;
    }
    // The first write to new memory takes as long as filling it. Huge pages make it faster, and the
    // writes to far places after it.
    const auto make_room = [&](auto& numbers) {
        numbers.reserve(to_size(total));
        prefer_huge_pages(numbers.data(), to_size(total) * sizeof(numbers[0]));
        numbers.resize(to_size(total));
    };
    parallel_for(2, 1, workers, [&](std::int64_t n) {
        if (n == 0)
            make_room(rows.ids);
        else
            make_room(rows.values);
    });
    for_parts(parts, size.positions, workers,
              [&](std::size_t p, std::int64_t begin, std::int64_t end) {
                  Offset* const places = next[p].data();
                  auto* const ids = rows.ids.data();
                  auto* const values = rows.values.data();
                  for_each(begin, end, [=](std::int32_t row, auto column, auto value) {
                      const auto at = to_size(places[row]++);
                      ids[at] = column;
                      values[at] = value;
                  });
              });
    return rows;
}

/// Returns the same entries by column. Rows are visited in order, so the rows of the result are
/// sorted.
template <Id RowId, Id Column, Real Scalar, typename Offset>
SparseRows<RowId, Scalar, Offset> transpose(const SparseRows<Column, Scalar, Offset>& rows,
                                            std::int32_t column_count, const Workers& workers) {
    const std::int64_t entries = rows.offsets.back();
    const auto for_each = [&](std::int64_t begin, std::int64_t end, const auto& visit) {
        const auto behind = std::upper_bound(rows.offsets.begin(), rows.offsets.end(), begin);
        std::int32_t row = to_int32(behind - rows.offsets.begin()) - 1;
        for (std::int64_t n = begin; n < end; ++row)
            for (const std::int64_t row_end =
                     std::min<std::int64_t>(rows.offsets[to_size(row) + 1], end);
                 n < row_end; ++n)
                visit(rows.ids[to_size(n)].index, RowId{row}, rows.values[to_size(n)]);
    };
    return distribute<SparseRows<RowId, Scalar, Offset>>(column_count, {entries, entries}, workers,
                                                         for_each);
}

/// Whether the ids of each row ascend, without repetition.
template <typename Rows>
bool ascends(const Rows& rows, const Workers& workers) {
    std::atomic<bool> all = true;
    parallel_for(rows.row_count(), 1024, workers, [&](std::int64_t r) {
        const auto ids = rows.row(to_int32(r)).ids();
        if (std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) != ids.end())
            all = false;
    });
    return all;
}

}  // namespace detail
}  // inline namespace
}  // namespace als
