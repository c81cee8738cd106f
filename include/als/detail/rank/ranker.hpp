// SPDX-License-Identifier: MIT
// Finds the rows of a side that score highest for queries: exactly, in a fixed order, with bounded
// memory. All recommend and similar queries use it.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/prefetch.hpp>
#include <als/detail/rank/norm_order.hpp>
#include <als/detail/rank/score.hpp>
#include <als/detail/rank/top_k.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// The rows that are ranked: the first `count` rows of `order`.
template <Real Scalar>
struct Candidates {
    const FactorMatrix<Scalar>& factors;
    const BiasVector<Scalar>* biases;  ///< null: no biases
    const NormOrder& order;
    std::int64_t count;
    bool cosine = false;  ///< instead of the dot product; rows and queries must not be 0
    double mean = 0;      ///< added to each bias
};

/// Ranks candidates for one query, or for up to `most_queries` together.
///
/// Candidates are visited in panels, in the order of their norms. Fast kernels, which round like
/// Scalar, find those that may be above a query's threshold: the score of its worst result so far,
/// less a bound on the rounding. Only those are scored (see `score`) and offered. A query ends when
/// |query| |row| of the next panel, plus the highest bias from there on, is below its threshold.
/// Both shortcuts are exact: the result is that of scoring and sorting everything.
///
/// One object serves many calls, one after the other; its memory is kept.
template <Id Index, Real Scalar>
class Ranker {
public:
    using List = std::vector<Scored<Index, Scalar>>;

    /// Whether a candidate may be in the list of a query. It is called only for candidates that are
    /// good enough.
    using Allowed = std::function<bool(std::size_t query, Index id)>;

    static constexpr std::int64_t most_queries = 256;

    /// Like `most_queries`, but fewer when each query returns many results.
    static std::int64_t queries_at_a_time(std::int64_t wanted) {
        const std::int64_t few = (std::int64_t{1} << 20) / std::max<std::int64_t>(wanted, 1);
        return std::clamp<std::int64_t>(few, scan_rows, most_queries);
    }

    Ranker(const Candidates<Scalar>& candidates, const Wanted& wanted, InstructionSet instructions)
        : candidates_(candidates),
          wanted_(wanted),
          kernels_(query_kernels<Scalar>(instructions)),
          rounding_(rounding_query_kernels<Scalar>(instructions)),
          factors_(candidates.factors.cols()),
          stride_(padded<Scalar>(factors_)) {
        // A kernel reads whole vectors: stride_ numbers from the beginning of a row. It may read
        // into the next row, which does no harm. The last rows are copied to padded memory.
        const std::int64_t rows = candidates.factors.rows();
        const std::int64_t copied = std::min(rows, (stride_ - 1) / factors_);
        copied_from_ = (rows - copied) * factors_;
        last_rows_.assign(to_size(copied * factors_ + stride_), Scalar(0));
        std::copy_n(candidates.factors.data() + copied_from_, copied * factors_,
                    last_rows_.begin());
    }

    /// Writes to lists[q] the best candidates for queries[q] that allowed(q, id) accepts.
    void rank(std::span<const Point<Scalar>> queries, const Allowed& allowed, List* lists) {
        if (wanted_.count == 0) {
            std::fill_n(lists, queries.size(), List());
            return;
        }
        begin(queries);
        std::int64_t panel = 0;
        for (; panel < panels() && size() >= enough_to_pack; ++panel) {
            end_searches(panel, lists);
            scan_together(panel, allowed);
        }
        for (Search& search : searches_) {
            scan_alone(search, panel, allowed);
            lists[search.query] = search.best.take();
        }
    }

private:
    /// If there are fewer queries, packing a panel costs more than it saves.
    static constexpr std::int64_t enough_to_pack = 12;
    static constexpr auto epsilon = static_cast<double>(std::numeric_limits<Scalar>::epsilon());
    static constexpr auto smallest = static_cast<double>(std::numeric_limits<Scalar>::min());
    static constexpr auto largest = static_cast<double>(std::numeric_limits<Scalar>::max());

    struct Search {
        std::size_t query;
        double bias;
        double norm;
        TopK<Index, Scalar> best;
        const Scalar* row;  ///< factors, of length 1 for cosines; padded with zeros
    };

    [[nodiscard]] std::int64_t panels() const {
        return (candidates_.count + scan_columns - 1) / scan_columns;
    }
    [[nodiscard]] std::int64_t size() const { return to_count(searches_.size()); }
    [[nodiscard]] Scalar* query_row(std::int64_t search) const {
        return rows_.data() + search * stride_;
    }
    [[nodiscard]] Scalar* rounded_row(std::int64_t search) const {
        return rounded_.data() + search * stride_ / 2;
    }

    void begin(std::span<const Point<Scalar>> queries) {
        const auto count = to_count(queries.size());
        const std::int64_t padded_count = (count + scan_rows - 1) / scan_rows * scan_rows;
        rows_.reserve(padded_count * stride_);
        std::fill_n(rows_.data(), padded_count * stride_, Scalar(0));
        searches_.clear();
        searches_.reserve(queries.size());
        for (std::int64_t q = 0; q < count; ++q) {
            const Point<Scalar>& query = queries[to_size(q)];
            const double norm = norm_of(kernels_.dot, query.factors, factors_);
            const double divisor = candidates_.cosine ? norm : 1;
            for (std::int64_t f = 0; f < factors_; ++f)
                query_row(q)[f] =
                    static_cast<Scalar>(static_cast<double>(query.factors[f]) / divisor);
            searches_.push_back({to_size(q), query.bias, candidates_.cosine ? 1 : norm,
                                 TopK<Index, Scalar>(wanted_), query_row(q)});
        }
        if (rounding_ == nullptr) return;
        rounded_.reserve(padded_count * stride_ / 2);
        rounding_->write_queries(rows_.data(), padded_count * stride_, rounded_.data());
    }

    [[nodiscard]] const Scalar* row_at(std::int64_t position) const {
        const std::int64_t offset = candidates_.order.rows[to_size(position)] * factors_;
        return offset < copied_from_ ? candidates_.factors.data() + offset
                                     : last_rows_.data() + (offset - copied_from_);
    }

    [[nodiscard]] double norm_at(std::int64_t position) const {
        return candidates_.order.norms[to_size(position)];
    }

    [[nodiscard]] double bias_at(std::int64_t position) const {
        return candidates_.biases == nullptr ? 0
                                             : static_cast<double>((*candidates_.biases)(
                                                   candidates_.order.rows[to_size(position)]));
    }

    /// The least value that query . row + row's bias must reach in a panel or a later one.
    struct Limit {
        Scalar value;
        bool out_of_reach;  ///< whether no row of these panels can reach it
    };

    /// The rounding of a sum of n products is below n epsilon |query| |row|, in any order of
    /// summation (Higham 2002, section 3.1). The limit allows twice that, and the rounding of the
    /// score. `rounded` means that all numbers were first rounded to bfloat16, with a relative
    /// error of up to 2^-8.
    [[nodiscard]] Limit limit_of(const Search& search, std::int64_t panel, bool rounded) const {
        const bool has_biases = candidates_.biases != nullptr;
        const NormOrder& order = candidates_.order;
        const double norm = candidates_.cosine ? 1 : norm_at(panel * scan_columns);
        const double size = search.norm * norm;
        const double bias_size = has_biases ? order.bias_size : 0;
        const double top_bias = has_biases ? order.top_biases[to_size(panel)] : 0;
        const double exact = search.best.threshold() - (search.bias + candidates_.mean);
        const double terms = static_cast<double>(factors_ + 16);
        const double limit =
            exact - 4 * epsilon * std::abs(exact) -
            2 * terms * epsilon *
                (size + bias_size + std::abs(search.bias) + std::abs(candidates_.mean)) -
            terms * smallest * (1 + search.norm + norm);
        // Near the ends of Scalar's range the kernels' sums are not reliable.
        const bool in_range =
            candidates_.cosine
                ? has_usual_norms(panel)
                : std::max(search.norm, 1.0) * std::max(norm, 1.0) + bias_size < largest / 4;
        if (!in_range) return {-std::numeric_limits<Scalar>::infinity(), false};
        const double value = limit - (rounded ? 0x1.02p-7 * size : 0);
        return {static_cast<Scalar>(std::clamp(value, -largest, largest)), limit > size + top_bias};
    }

    /// Whether squares of the panel's norms, and their inverses, are well inside Scalar's range.
    [[nodiscard]] bool has_usual_norms(std::int64_t panel) const {
        const std::int64_t end = std::min((panel + 1) * scan_columns, candidates_.count);
        return norm_at(panel * scan_columns) < 1e15 && norm_at(end - 1) > 1e-15;
    }

    void offer(Search& search, std::int64_t position, const Allowed& allowed) const {
        const Index id{candidates_.order.rows[to_size(position)]};
        if (!allowed(search.query, id)) return;
        const Point<Scalar> query{search.row, search.bias};
        const Point<Scalar> row{row_at(position), candidates_.mean + bias_at(position)};
        search.best.offer(
            id, candidates_.cosine
                    ? static_cast<Scalar>(kernels_.dot(query.factors, row.factors, factors_) /
                                          norm_at(position))
                    : score(kernels_.dot, query, row, factors_));
    }

    /// Ends the searches for which this panel and all later ones are out of reach. Moves the others
    /// together, and sets their limits.
    void end_searches(std::int64_t panel, List* lists) {
        limits_.clear();
        for (std::int64_t s = 0; s < size();) {
            Search& search = searches_[to_size(s)];
            const Limit limit = limit_of(search, panel, rounding_ != nullptr);
            if (!limit.out_of_reach) {
                limits_.push_back(limit.value);
                ++s;
                continue;
            }
            lists[search.query] = search.best.take();
            if (s + 1 < size()) {
                std::copy_n(searches_.back().row, stride_, query_row(s));
                if (rounding_ != nullptr)
                    std::copy_n(rounded_row(size() - 1), stride_ / 2, rounded_row(s));
                search = std::move(searches_.back());
                search.row = query_row(s);
            }
            searches_.pop_back();
        }
    }

    /// The rows of a panel; none after the last panel.
    struct Rows {
        std::array<const Scalar*, scan_columns> row;
        std::int64_t first, count;
    };

    [[nodiscard]] Rows rows_of(std::int64_t panel) const {
        Rows rows;
        rows.first = panel * scan_columns;
        rows.count = std::clamp<std::int64_t>(candidates_.count - rows.first, 0, scan_columns);
        for (std::int64_t j = 0; j < rows.count; ++j) rows.row[to_size(j)] = row_at(rows.first + j);
        return rows;
    }

    /// Prefetches rows that are needed soon, unless all rows fit in the caches.
    void prefetch(const Rows& rows) const {
        constexpr std::int64_t cached = std::int64_t{16} << 20;
        if (candidates_.factors.size() * static_cast<std::int64_t>(sizeof(Scalar)) < cached) return;
        for (std::int64_t j = 0; j < rows.count; ++j)
            detail::prefetch(rows.row[to_size(j)], to_size(factors_) * sizeof(Scalar));
    }

    /// Packs the panel's rows as columns, of length 1 for cosines.
    void pack(const Rows& rows) {
        std::array<double, scan_columns> weights, unused{};
        weights.fill(1);
        if (candidates_.cosine)
            for (std::int64_t j = 0; j < rows.count; ++j)
                weights[to_size(j)] = 1 / (norm_at(rows.first + j) * norm_at(rows.first + j));
        panel_.reserve(stride_ * scan_columns);
        kernels_.gather_transposed({rows.row.data(), weights.data(), unused.data(), rows.count}, {},
                                   stride_, panel_.data(), scan_columns);
        start_.fill(0);
        for (std::int64_t j = 0; j < rows.count; ++j)
            start_[to_size(j)] = static_cast<Scalar>(bias_at(rows.first + j));
    }

    /// Offers the candidates of a panel whose bit in `above` is set.
    void offer_all(Search& search, const Rows& rows, std::uint64_t above,
                   const Allowed& allowed) const {
        for (above &= (std::uint64_t{1} << rows.count) - 1; above != 0; above &= above - 1)
            offer(search, rows.first + std::countr_zero(above), allowed);
    }

    void scan_together(std::int64_t panel, const Allowed& allowed) {
        const Rows rows = rows_of(panel);
        pack(rows);
        prefetch(rows_of(panel + 1));
        const std::size_t count = (searches_.size() + scan_rows - 1) / scan_rows * scan_rows;
        limits_.resize(count);
        above_.resize(count);
        const bool rounds = rounding_ != nullptr;
        (rounds ? *rounding_ : kernels_)
            .scan({rounds ? rounded_.data() : rows_.data(), rounds ? stride_ / 2 : stride_,
                   to_count(count), panel_.data(), factors_, start_.data(), limits_.data(),
                   above_.data()});
        for (std::size_t s = 0; s < searches_.size(); ++s)
            offer_all(searches_[s], rows, above_[s], allowed);
    }

    /// Scans this panel and all later ones for one query, row by row.
    void scan_alone(Search& search, std::int64_t panel, const Allowed& allowed) const {
        Rows rows = rows_of(panel);
        for (; rows.count > 0; ++panel) {
            const Limit limit = limit_of(search, panel, false);
            if (limit.out_of_reach) return;
            const Rows next = rows_of(panel + 1);
            prefetch(next);
            std::array<Scalar, scan_columns> sums{};
            kernels_.multiply({rows.row.data(), nullptr, nullptr, rows.count}, search.row, stride_,
                              sums.data());
            if (candidates_.cosine || candidates_.biases != nullptr) finish(rows, sums);
            offer_all(search, rows, kernels_.at_or_above(sums.data(), limit.value), allowed);
            rows = next;
        }
    }

    /// Turns dot products into cosines, or adds the rows' biases.
    void finish(const Rows& rows, std::array<Scalar, scan_columns>& sums) const {
        for (std::int64_t j = 0; j < rows.count; ++j) {
            Scalar& sum = sums[to_size(j)];
            if (candidates_.cosine)
                sum = static_cast<Scalar>(static_cast<double>(sum) / norm_at(rows.first + j));
            else
                sum += static_cast<Scalar>(bias_at(rows.first + j));
        }
    }

    const Candidates<Scalar> candidates_;
    const Wanted wanted_;
    const QueryKernels<Scalar>& kernels_;
    const QueryKernels<Scalar>* const
        rounding_;  // scans with rounded numbers; null if there is no such kernel
    const std::int64_t factors_;
    const std::int64_t stride_;
    std::int64_t copied_from_;
    std::vector<Scalar> last_rows_;
    std::vector<Search> searches_;  // search s has row s of rows_ as its query
    Buffer<Scalar> rows_, rounded_;
    Buffer<Scalar> panel_;
    std::array<Scalar, scan_columns> start_;
    std::vector<Scalar> limits_;
    std::vector<std::uint64_t> above_;
};

/// How many of `count` queries one thread ranks together: its share, but at most `most`.
inline std::int64_t queries_together(std::int64_t count, int threads, std::int64_t most) {
    const std::int64_t share = (count + threads - 1) / threads;
    return std::clamp<std::int64_t>((share + scan_rows - 1) / scan_rows * scan_rows, scan_rows,
                                    most);
}

}  // namespace detail
}  // inline namespace
}  // namespace als
