// SPDX-License-Identifier: MIT
// The best of the offered candidates, in a fixed order.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/error.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Which results are wanted.
struct Wanted {
    std::int64_t count = 0;  ///< greatest number of results
    double minimum = -std::numeric_limits<double>::infinity();
};

/// Throws if the count is negative or the minimum is not a number.
inline void check_wanted(std::string_view function, const Wanted& wanted) {
    if (wanted.count < 0)
        throw InputError(message(function, ": the number of results asked for is ", wanted.count,
                                 "; it has to be >= 0"));
    if (std::isnan(wanted.minimum))
        throw InputError(
            message(function, ": minimum_score is not a number; leave it out for no minimum"));
}

/// A score and an index as one number, which is greater for better candidates: score descending,
/// then index ascending. For floats it fits into a register; a score of -0 becomes 0.
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

/// Keeps the best of the offered candidates. A score that is not finite is never kept.
template <Id Index, Real Scalar>
class TopK {
public:
    explicit TopK(const Wanted& wanted)
        : count_(to_size(std::max<std::int64_t>(wanted.count, 0))), threshold_(wanted.minimum) {}

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

    /// Candidates with a lower score are not kept.
    [[nodiscard]] double threshold() const { return threshold_; }

    /// Returns the result, best first.
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
    std::vector<Key<Scalar>> keys_;  // with `count_` keys or more, a heap with the worst one first
};

}  // namespace detail
}  // inline namespace
}  // namespace als
