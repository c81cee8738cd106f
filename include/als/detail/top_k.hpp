// SPDX-License-Identifier: MIT
// Which rows of a side score highest for some queries: exactly, in one order, bounded in memory.
// All of recommend and similar rank by this.
#pragma once

#include <als/detail/buffer.hpp>
#include <als/detail/kernels.hpp>
#include <als/detail/norm_order.hpp>
#include <als/error.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace als::inline ALS_ABI::detail {

/// Which of the results are wanted.
struct Wanted {
    std::int64_t count = 0;  ///< at most
    double minimum = -std::numeric_limits<double>::infinity();
};

/// Throws unless that can be asked for.
inline void check_wanted(std::string_view function, const Wanted& wanted) {
    if (wanted.count < 0)
        throw InputError(message(function, ": the number of results asked for is ", wanted.count,
                                 "; it has to be >= 0"));
    if (std::isnan(wanted.minimum))
        throw InputError(
            message(function, ": minimum_score is not a number; leave it out for no minimum"));
}

/// Whether all factors of a row are 0: nothing is known of who has no history.
template <Real Scalar>
bool is_zero(const Scalar* row, std::int64_t factors) {
    return std::all_of(row, row + factors, [](Scalar x) { return x == 0; });
}

/// A score and an index as one number, greater for the better: score descending, then index
/// ascending. For floats it fits into a register; a score of -0 becomes 0.
template <Real Scalar>
class Key {
public:
    Key() = default;
    Key(std::int32_t index, Scalar score) {
        const auto bits = std::bit_cast<Bits>(score + Scalar(0));
        const Bits ordered = bits & sign ? ~bits : bits | sign;
        if constexpr (is_float)
            value_ = std::uint64_t{ordered} << 32 | ~static_cast<std::uint32_t>(index);
        else
            value_ = {ordered, ~static_cast<std::uint32_t>(index)};
    }

    [[nodiscard]] Scalar score() const {
        Bits ordered;
        if constexpr (is_float)
            ordered = static_cast<Bits>(value_ >> 32);
        else
            ordered = value_.first;
        return std::bit_cast<Scalar>(ordered & sign ? ordered ^ sign : ~ordered);
    }
    [[nodiscard]] std::int32_t index() const {
        if constexpr (is_float)
            return static_cast<std::int32_t>(~static_cast<std::uint32_t>(value_));
        else
            return static_cast<std::int32_t>(~value_.second);
    }

    friend auto operator<=>(const Key&, const Key&) = default;

private:
    static constexpr bool is_float = std::same_as<Scalar, float>;
    using Bits = std::conditional_t<is_float, std::uint32_t, std::uint64_t>;
    static constexpr Bits sign = Bits{1} << (8 * sizeof(Bits) - 1);

    std::conditional_t<is_float, std::uint64_t, std::pair<std::uint64_t, std::uint32_t>> value_;
};

/// Keeps the best of the candidates offered. A score that is not finite is never kept.
template <Id Index, Real Scalar>
class TopK {
public:
    explicit TopK(const Wanted& wanted)
        : count_(static_cast<std::size_t>(std::max<std::int64_t>(wanted.count, 0))),
          threshold_(wanted.minimum) {}

    void offer(Index id, Scalar score) {
        if (!std::isfinite(score) || !(static_cast<double>(score) >= threshold_)) return;
        const Key<Scalar> key(id.index, score);
        if (keys_.size() < count_) {
            keys_.push_back(key);
            if (keys_.size() < count_) return;
            std::make_heap(keys_.begin(), keys_.end(), std::greater());
        } else if (count_ > 0 && keys_.front() < key) {
            replace_worst(key);
        } else {
            return;
        }
        threshold_ = static_cast<double>(keys_.front().score());
    }

    /// A candidate with a lower score would not be kept.
    [[nodiscard]] double threshold() const { return threshold_; }

    /// The result, best first.
    [[nodiscard]] std::vector<Scored<Index, Scalar>> take() {
        std::sort(keys_.begin(), keys_.end(), std::greater());
        std::vector<Scored<Index, Scalar>> list;
        list.reserve(keys_.size());
        for (const Key<Scalar>& key : keys_) list.push_back({Index{key.index()}, key.score()});
        return list;
    }

private:
    void replace_worst(const Key<Scalar>& key) {
        std::size_t hole = 0;
        for (std::size_t child = 1; child < count_; child = 2 * hole + 1) {
            if (child + 1 < count_) child += keys_[child + 1] < keys_[child];
            if (!(keys_[child] < key)) break;
            keys_[hole] = keys_[child];
            hole = child;
        }
        keys_[hole] = key;
    }

    std::size_t count_;
    double threshold_;
    std::vector<Key<Scalar>> keys_;  // once there are `count_`, a heap with the worst in front
};

/// Ids in ascending order: the list itself, or a copy.
template <Id Index>
class SortedIds {
public:
    SortedIds() = default;
    explicit SortedIds(std::span<const Index> ids) : ids_(ids) {
        if (std::is_sorted(ids.begin(), ids.end())) return;
        copy_.assign(ids.begin(), ids.end());
        std::sort(copy_.begin(), copy_.end());
        ids_ = copy_;
    }
    SortedIds(SortedIds&&) noexcept = default;
    SortedIds& operator=(SortedIds&&) noexcept = default;
    SortedIds(const SortedIds&) = delete;  // ids_ would be the other's
    SortedIds& operator=(const SortedIds&) = delete;
    ~SortedIds() = default;

    [[nodiscard]] bool contains(Index id) const {
        return std::binary_search(ids_.begin(), ids_.end(), id);
    }
    [[nodiscard]] std::span<const Index> ids() const { return ids_; }

private:
    std::vector<Index> copy_;
    std::span<const Index> ids_;
};

/// A row of factors, and what is added to its dot products.
template <Real Scalar>
struct Point {
    const Scalar* factors;
    double bias;
};

/// The score of two points, a.bias + b.bias + a . b, summed in double and rounded once: the one
/// home of the score, with the same bits for floats whatever the instruction set.
template <Real Scalar>
Scalar score(const Kernels<Scalar>& kernels, const Point<Scalar>& a, const Point<Scalar>& b,
             std::int64_t factors) {
    return static_cast<Scalar>(a.bias + b.bias + kernels.dot(a.factors, b.factors, factors));
}

/// What is ranked: the first `count` rows of `order`.
template <Real Scalar>
struct Candidates {
    const FactorMatrix<Scalar>& factors;
    const BiasVector<Scalar>* biases;  ///< null: none are added
    const NormOrder& order;
    std::int64_t count;
    bool cosine = false;  ///< instead of the dot product, all rows and queries being above 0
};

/// Ranks candidates for one query, or for up to `most_queries` together.
///
/// Candidates are looked at in panels, in the order of their norms. Fast kernels with the Scalar's
/// rounding tell which of them may be above a query's threshold: the score of the worst result that
/// it has so far, less a bound on the rounding. Only those are scored (see `score`) and offered.
/// A query ends where |query| |row| of the next panel is below its threshold. Both are exact: the
/// result is what scoring and sorting everything would give.
///
/// One object serves many calls, one after the other; its memory is kept.
template <Id Index, Real Scalar>
class Ranker {
public:
    using List = std::vector<Scored<Index, Scalar>>;
    static constexpr std::int64_t most_queries = 256;

    /// The same where their results would be large.
    static std::int64_t queries_at_a_time(std::int64_t wanted) {
        const std::int64_t few = (std::int64_t{1} << 20) / std::max<std::int64_t>(wanted, 1);
        return std::clamp<std::int64_t>(few, scan_rows, most_queries);
    }

    Ranker(const Candidates<Scalar>& candidates, const Wanted& wanted, InstructionSet instructions)
        : candidates_(candidates),
          wanted_(wanted),
          kernels_(kernels_for<Scalar>(instructions)),
          rounding_(rounding_kernels<Scalar>(instructions)),
          factors_(candidates.factors.cols()),
          stride_(padded<Scalar>(factors_)) {
        // A kernel reads whole vectors, up to stride_ numbers from a row's first on. What follows
        // a row is the next row, which does no harm; the last rows are copied.
        const std::int64_t rows = candidates.factors.rows();
        const std::int64_t copied = std::min(rows, (stride_ - 1) / factors_);
        copied_from_ = (rows - copied) * factors_;
        last_rows_.assign(static_cast<std::size_t>(copied * factors_ + stride_), Scalar(0));
        std::copy_n(candidates.factors.data() + copied_from_, copied * factors_,
                    last_rows_.begin());
    }

    /// lists[q] are the best candidates of queries[q] of which allowed(q, Index) says that they may
    /// be.
    template <typename Allowed>
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
    /// Below this number of queries packing a panel costs more than it saves.
    static constexpr std::int64_t enough_to_pack = 12;
    static constexpr double epsilon = std::numeric_limits<Scalar>::epsilon();
    static constexpr double smallest = std::numeric_limits<Scalar>::min();
    static constexpr double largest = std::numeric_limits<Scalar>::max();

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
    [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(searches_.size()); }
    [[nodiscard]] Scalar* query_row(std::int64_t search) const {
        return rows_.data() + search * stride_;
    }
    [[nodiscard]] Scalar* rounded_row(std::int64_t search) const {
        return rounded_.data() + search * stride_ / 2;
    }

    void begin(std::span<const Point<Scalar>> queries) {
        const auto count = static_cast<std::int64_t>(queries.size());
        const std::int64_t padded_count = (count + scan_rows - 1) / scan_rows * scan_rows;
        rows_.reserve(padded_count * stride_);
        std::fill_n(rows_.data(), padded_count * stride_, Scalar(0));
        searches_.clear();
        searches_.reserve(queries.size());
        for (std::int64_t q = 0; q < count; ++q) {
            const Point<Scalar>& query = queries[static_cast<std::size_t>(q)];
            const double norm = norm_of(kernels_, query.factors, factors_);
            const double divisor = candidates_.cosine ? norm : 1;
            for (std::int64_t f = 0; f < factors_; ++f)
                query_row(q)[f] =
                    static_cast<Scalar>(static_cast<double>(query.factors[f]) / divisor);
            searches_.push_back({static_cast<std::size_t>(q), query.bias,
                                 candidates_.cosine ? 1 : norm, TopK<Index, Scalar>(wanted_),
                                 query_row(q)});
        }
        if (rounding_ == nullptr) return;
        rounded_.reserve(padded_count * stride_ / 2);
        rounding_->write_queries(rows_.data(), padded_count * stride_, rounded_.data());
    }

    [[nodiscard]] const Scalar* row_at(std::int64_t position) const {
        const std::int64_t offset =
            candidates_.order.rows[static_cast<std::size_t>(position)] * factors_;
        return offset < copied_from_ ? candidates_.factors.data() + offset
                                     : last_rows_.data() + (offset - copied_from_);
    }

    [[nodiscard]] double norm_at(std::int64_t position) const {
        return candidates_.order.norms[static_cast<std::size_t>(position)];
    }

    [[nodiscard]] double bias_at(std::int64_t position) const {
        return candidates_.biases == nullptr
                   ? 0
                   : static_cast<double>((*candidates_.biases)(
                         candidates_.order.rows[static_cast<std::size_t>(position)]));
    }

    /// What a sum of query . row + row's bias has to reach, at least, in a panel, or in a later
    /// one.
    struct Limit {
        Scalar value;
        bool out_of_reach;  ///< for all rows of these panels
    };

    /// The rounding of a sum of n products is below n epsilon |query| |row| in whatever order they
    /// are summed (Higham 2002, section 3.1); twice that, and the rounding of the score. `rounded`:
    /// all numbers were rounded to bfloat16, by up to 2^-8 of them, beforehand.
    [[nodiscard]] Limit limit_of(const Search& search, std::int64_t panel, bool rounded) const {
        const bool has_biases = candidates_.biases != nullptr;
        const NormOrder& order = candidates_.order;
        const double norm = candidates_.cosine ? 1 : norm_at(panel * scan_columns);
        const double size = search.norm * norm;
        const double bias_size = has_biases ? order.bias_size : 0;
        const double top_bias = has_biases ? order.top_biases[static_cast<std::size_t>(panel)] : 0;
        const double exact = search.best.threshold() - search.bias;
        const double terms = static_cast<double>(factors_ + 16);
        const double limit = exact - 4 * epsilon * std::abs(exact) -
                             2 * terms * epsilon * (size + bias_size + std::abs(search.bias)) -
                             terms * smallest * (1 + search.norm + norm);
        // Near the ends of Scalar's range the kernels' sums say nothing.
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

    template <typename Allowed>
    void offer(Search& search, std::int64_t position, const Allowed& allowed) const {
        const Index id{candidates_.order.rows[static_cast<std::size_t>(position)]};
        if (!allowed(search.query, id)) return;
        const Point<Scalar> query{search.row, search.bias};
        const Point<Scalar> row{row_at(position), bias_at(position)};
        search.best.offer(
            id, candidates_.cosine
                    ? static_cast<Scalar>(kernels_.dot(query.factors, row.factors, factors_) /
                                          norm_at(position))
                    : score(kernels_, query, row, factors_));
    }

    /// Ends the searches for which this panel and all later ones are out of reach. The others stay
    /// together, and get their limits.
    void end_searches(std::int64_t panel, List* lists) {
        limits_.clear();
        for (std::int64_t s = 0; s < size();) {
            Search& search = searches_[static_cast<std::size_t>(s)];
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

    /// The rows of a panel; none behind the last.
    struct Rows {
        std::array<const Scalar*, scan_columns> row;
        std::int64_t first, count;
    };

    [[nodiscard]] Rows rows_of(std::int64_t panel) const {
        Rows rows;
        rows.first = panel * scan_columns;
        rows.count = std::clamp<std::int64_t>(candidates_.count - rows.first, 0, scan_columns);
        for (std::int64_t j = 0; j < rows.count; ++j)
            rows.row[static_cast<std::size_t>(j)] = row_at(rows.first + j);
        return rows;
    }

    /// Asks for rows that are needed soon, where they will not be in the caches anyway.
    void prefetch(const Rows& rows) const {
        constexpr std::int64_t cached = std::int64_t{16} << 20;
        if (candidates_.factors.size() * static_cast<std::int64_t>(sizeof(Scalar)) < cached) return;
        for (std::int64_t j = 0; j < rows.count; ++j)
            for (std::int64_t f = 0; f < factors_; f += line<Scalar>)
                __builtin_prefetch(rows.row[static_cast<std::size_t>(j)] + f, 0, 2);
    }

    /// The panel's rows become columns, of length 1 for cosines.
    void pack(const Rows& rows) {
        std::array<double, scan_columns> weights, unused{};
        weights.fill(1);
        if (candidates_.cosine)
            for (std::int64_t j = 0; j < rows.count; ++j)
                weights[static_cast<std::size_t>(j)] =
                    1 / (norm_at(rows.first + j) * norm_at(rows.first + j));
        panel_.reserve(stride_ * scan_columns);
        kernels_.gather_transposed({rows.row.data(), weights.data(), unused.data(), rows.count},
                                   nullptr, stride_, panel_.data(), scan_columns);
        start_.fill(0);
        for (std::int64_t j = 0; j < rows.count; ++j)
            start_[static_cast<std::size_t>(j)] = static_cast<Scalar>(bias_at(rows.first + j));
    }

    /// Offers the candidates of a panel that may be above the search's threshold, one for each bit.
    template <typename Allowed>
    void offer_all(Search& search, const Rows& rows, std::uint64_t above,
                   const Allowed& allowed) const {
        for (above &= (std::uint64_t{1} << rows.count) - 1; above != 0; above &= above - 1)
            offer(search, rows.first + std::countr_zero(above), allowed);
    }

    template <typename Allowed>
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
                   static_cast<std::int64_t>(count), panel_.data(), factors_, start_.data(),
                   limits_.data(), above_.data()});
        for (std::size_t s = 0; s < searches_.size(); ++s)
            offer_all(searches_[s], rows, above_[s], allowed);
    }

    /// The same for one query from this panel on, row by row.
    template <typename Allowed>
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

    /// Makes cosines, or sums with the rows' biases, of dot products.
    void finish(const Rows& rows, std::array<Scalar, scan_columns>& sums) const {
        for (std::int64_t j = 0; j < rows.count; ++j) {
            Scalar& sum = sums[static_cast<std::size_t>(j)];
            if (candidates_.cosine)
                sum = static_cast<Scalar>(static_cast<double>(sum) / norm_at(rows.first + j));
            else
                sum += static_cast<Scalar>(bias_at(rows.first + j));
        }
    }

    const Candidates<Scalar> candidates_;
    const Wanted wanted_;
    const Kernels<Scalar>& kernels_;
    const Kernels<Scalar>* const rounding_;  // scans products of rounded numbers; null without such
    const std::int64_t factors_;
    const std::int64_t stride_;
    std::int64_t copied_from_;
    std::vector<Scalar> last_rows_;
    std::vector<Search> searches_;  // row s of rows_ is search s
    Buffer<Scalar> rows_, rounded_;
    Buffer<Scalar> panel_;
    std::array<Scalar, scan_columns> start_;
    std::vector<Scalar> limits_;
    std::vector<std::uint64_t> above_;
};

/// Queries that one thread ranks together, where there are `count` of them: as many as it can take,
/// or its share of them.
inline std::int64_t queries_together(std::int64_t count, int threads, std::int64_t most) {
    const std::int64_t share = (count + threads - 1) / threads;
    return std::clamp((share + scan_rows - 1) / scan_rows * scan_rows, scan_rows, most);
}

}  // namespace als::inline ALS_ABI::detail
