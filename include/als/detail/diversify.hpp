// SPDX-License-Identifier: MIT
// The implementation of <als/diversify.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/detail/predict.hpp>
#include <als/detail/rank/norm_order.hpp>
#include <als/detail/rank/top_k.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/diversify.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {

namespace detail {

/// Throws unless the candidates are different items of the model with finite scores.
template <Real Scalar>
void check_candidates(const Model<Scalar>& model,
                      std::span<const Scored<Item, Scalar>> candidates) {
    for (const auto& [item, score] : candidates) {
        check_id("als::diversify: candidates", model, item);
        if (!std::isfinite(score))
            throw InputError(message("als::diversify: candidates: item ", item.index,
                                     " has the score ", score, "; scores have to be finite"));
    }
    std::vector<Item> items;
    for (const auto& candidate : candidates) items.push_back(candidate.id);
    if (const auto twice = repeated(std::move(items)))
        throw InputError(message("als::diversify: candidates: item ", twice->index,
                                 " occurs twice; give each candidate once"));
}

/// Chooses among candidates that are sorted by score, descending.
template <Real Scalar>
class Diversifier {
public:
    Diversifier(const Model<Scalar>& model, std::span<const Scored<Item, Scalar>> sorted,
                double diversity)
        : diversity_(diversity),
          factors_(model.factors()),
          dot_(dot_kernel<Scalar>(automatic_instruction_set())),
          unit_rows_(to_count(sorted.size()), factors_),
          left_(sorted.size()) {
        // Halves, because the difference of two numbers may be out of double's range.
        const double lowest = static_cast<double>(sorted.back().score) / 2;
        const double range = static_cast<double>(sorted.front().score) / 2 - lowest;
        for (std::size_t c = 0; c < sorted.size(); ++c) {
            const double above = static_cast<double>(sorted[c].score) / 2 - lowest;
            left_[c] = {c, range > 0 ? above / range : 1, 0};
            write_unit_row(point_of(model, sorted[c].id).factors, to_count(c));
        }
    }

    [[nodiscard]] bool has_more() const { return !left_.empty(); }

    /// Chooses the next candidate; returns its place in the list.
    std::size_t next() {
        const auto best = std::max_element(
            left_.begin(), left_.end(),
            [&](const Left& a, const Left& b) { return value_of(a) < value_of(b); });
        const std::size_t chosen = best->candidate;
        left_.erase(best);
        for (Left& left : left_) {
            const double cosine = dot_(unit_row(left.candidate), unit_row(chosen), factors_);
            left.cosine = any_ ? std::max(left.cosine, cosine) : cosine;
        }
        any_ = true;
        return chosen;
    }

private:
    /// A candidate that has not been chosen yet.
    struct Left {
        std::size_t candidate;
        double relevance;
        double cosine;  ///< the highest cosine with a chosen one; 0 before the first
    };

    [[nodiscard]] double value_of(const Left& left) const {
        return (1 - diversity_) * left.relevance - diversity_ * left.cosine;
    }

    [[nodiscard]] const Scalar* unit_row(std::size_t candidate) const {
        return unit_rows_.data() + to_count(candidate) * factors_;
    }

    void write_unit_row(const Scalar* row, std::int64_t candidate) {
        const double norm = norm_of(dot_, row, factors_);
        for (std::int64_t f = 0; f < factors_; ++f)
            unit_rows_(candidate, f) =
                norm > 0 ? static_cast<Scalar>(static_cast<double>(row[f]) / norm) : Scalar(0);
    }

    const double diversity_;
    const std::int64_t factors_;
    const DotKernel<Scalar> dot_;
    FactorMatrix<Scalar> unit_rows_;
    std::vector<Left> left_;  // by score: among equal ones, the first is chosen
    bool any_ = false;        // whether any candidate has been chosen
};

}  // namespace detail

template <Real Scalar>
std::vector<Scored<Item, Scalar>> diversify(
    const Model<Scalar>& model,
    std::type_identity_t<std::span<const Scored<Item, Scalar>>> candidates,
    const DiversifyOptions& options) {
    detail::check_wanted("als::diversify", {options.count});
    detail::check_range("als::DiversifyOptions::diversity", options.diversity, 0, 1);
    detail::check_candidates<Scalar>(model, candidates);
    std::vector<Scored<Item, Scalar>> list;
    if (candidates.empty() || options.count == 0) return list;

    std::vector<Scored<Item, Scalar>> sorted(candidates.begin(), candidates.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    detail::Diversifier<Scalar> diversifier(model, sorted, options.diversity);
    while (diversifier.has_more() && detail::to_count(list.size()) < options.count)
        list.push_back(sorted[diversifier.next()]);
    return list;
}

}  // inline namespace
}  // namespace als
