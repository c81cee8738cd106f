// SPDX-License-Identifier: MIT
// Selection of the best scores, with a total order.
#pragma once

#include <als/error.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace als::inline ALS_ABI::detail {

/// Throws unless the number of results asked for is one.
inline void check_result_count(std::string_view function, std::int64_t count) {
    if (count < 0)
        throw InputError(message(function, ": the number of results asked for is ", count,
                                 "; it has to be >= 0"));
}

/// Keeps the `count` best of the candidates offered: score descending, then index ascending. A
/// score that is not finite is never kept.
template <Id Index, Real Scalar>
class TopK {
public:
    explicit TopK(std::int64_t count)
        : count_(static_cast<std::size_t>(std::max<std::int64_t>(count, 0))) {}

    void offer(Index id, Scalar score) {
        const Scored<Index, Scalar> candidate{id, score};
        if (count_ == 0 || !std::isfinite(score)) return;
        if (heap_.size() == count_) {
            if (!better(candidate, heap_.front())) return;
            std::pop_heap(heap_.begin(), heap_.end(), better);
            heap_.pop_back();
        }
        heap_.push_back(candidate);
        std::push_heap(heap_.begin(), heap_.end(), better);
    }

    /// The result, best first.
    [[nodiscard]] std::vector<Scored<Index, Scalar>> take() && {
        std::sort_heap(heap_.begin(), heap_.end(), better);
        return std::move(heap_);
    }

private:
    static bool better(const Scored<Index, Scalar>& a, const Scored<Index, Scalar>& b) {
        return a.score > b.score || (a.score == b.score && a.id < b.id);
    }

    std::size_t count_;
    std::vector<Scored<Index, Scalar>> heap_;  // the worst of those kept is in front
};

}  // namespace als::inline ALS_ABI::detail
