// SPDX-License-Identifier: MIT
// The implementation of <als/metrics.hpp>.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/error.hpp>
#include <als/metrics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string_view>

namespace als {
inline namespace ALS_ABI {

namespace detail {

inline void check_metric(std::string_view function, std::size_t relevant, std::int64_t k) {
    if (relevant == 0)
        throw InputError(message(function,
                                 ": there is no relevant item, and the metric is not defined; "
                                 "leave such users out of the mean"));
    if (k < 1) throw InputError(message(function, ": k is ", k, "; it has to be >= 1"));
}

inline void check_gains(std::size_t relevant, std::span<const double> gains) {
    if (gains.size() != relevant)
        throw InputError(message("als::ndcg: there are ", gains.size(), " gains for ", relevant,
                                 " relevant items; expected one each"));
    double sum = 0;
    for (const double gain : gains) {
        if (!(gain >= 0) || !std::isfinite(gain))
            throw InputError(message("als::ndcg: a gain is ", gain, "; expected numbers >= 0"));
        sum += gain;
    }
    if (!(sum > 0)) throw InputError("als::ndcg: all gains are 0; expected one above 0");
}

/// The positions, from 1, of the relevant items among the first k of a list, ascending.
template <Real Scalar>
std::vector<double> hits(std::string_view function, std::span<const Scored<Item, Scalar>> ranked,
                         std::span<const Item> relevant, std::int64_t k) {
    check_metric(function, relevant.size(), k);
    std::vector<double> positions;
    const auto end = std::min(to_size(k), ranked.size());
    for (std::size_t position = 0; position < end; ++position)
        if (std::binary_search(relevant.begin(), relevant.end(), ranked[position].id))
            positions.push_back(static_cast<double>(position + 1));
    return positions;
}

inline double count_of(const std::vector<double>& hits) { return static_cast<double>(hits.size()); }

/// The gain of a hit at this position, from 1.
inline double discount(double position) { return 1 / std::log2(position + 1); }

}  // namespace detail

template <Real Scalar>
double precision(const std::vector<Scored<Item, Scalar>>& ranked, std::span<const Item> relevant,
                 std::int64_t k) {
    return detail::count_of(detail::hits<Scalar>("als::precision", ranked, relevant, k)) /
           static_cast<double>(k);
}

template <Real Scalar>
double recall(const std::vector<Scored<Item, Scalar>>& ranked, std::span<const Item> relevant,
              std::int64_t k) {
    return detail::count_of(detail::hits<Scalar>("als::recall", ranked, relevant, k)) /
           static_cast<double>(relevant.size());
}

template <Real Scalar>
double capped_recall(const std::vector<Scored<Item, Scalar>>& ranked,
                     std::span<const Item> relevant, std::int64_t k) {
    const auto hits = detail::hits<Scalar>("als::capped_recall", ranked, relevant, k);
    return detail::count_of(hits) /
           static_cast<double>(std::min(detail::to_size(k), relevant.size()));
}

template <Real Scalar>
double hit_rate(const std::vector<Scored<Item, Scalar>>& ranked, std::span<const Item> relevant,
                std::int64_t k) {
    return detail::hits<Scalar>("als::hit_rate", ranked, relevant, k).empty() ? 0 : 1;
}

template <Real Scalar>
double ndcg(const std::vector<Scored<Item, Scalar>>& ranked, std::span<const Item> relevant,
            std::int64_t k) {
    return ndcg(ranked, relevant, std::vector<double>(relevant.size(), 1), k);
}

template <Real Scalar>
double ndcg(const std::vector<Scored<Item, Scalar>>& ranked, std::span<const Item> relevant,
            std::span<const double> gains, std::int64_t k) {
    const std::vector<double> hits = detail::hits<Scalar>("als::ndcg", ranked, relevant, k);
    detail::check_gains(relevant.size(), gains);
    double reached = 0;
    for (const double position : hits) {
        const Item item = ranked[static_cast<std::size_t>(position) - 1].id;
        const auto found = std::lower_bound(relevant.begin(), relevant.end(), item);
        reached += gains[detail::to_size(found - relevant.begin())] * detail::discount(position);
    }
    std::vector<double> best(gains.begin(), gains.end());
    std::sort(best.begin(), best.end(), std::greater<>());
    best.resize(std::min(detail::to_size(k), best.size()));
    double ideal = 0;
    for (std::size_t n = 0; n < best.size(); ++n)
        ideal += best[n] * detail::discount(static_cast<double>(n + 1));
    return reached / ideal;
}

template <Real Scalar>
double average_precision(const std::vector<Scored<Item, Scalar>>& ranked,
                         std::span<const Item> relevant, std::int64_t k) {
    double found = 0;
    double sum = 0;
    for (const double position :
         detail::hits<Scalar>("als::average_precision", ranked, relevant, k))
        sum += ++found / position;
    return sum / static_cast<double>(relevant.size());
}

template <Real Scalar>
double reciprocal_rank(const std::vector<Scored<Item, Scalar>>& ranked,
                       std::span<const Item> relevant, std::int64_t k) {
    const auto hits = detail::hits<Scalar>("als::reciprocal_rank", ranked, relevant, k);
    return hits.empty() ? 0 : 1 / hits.front();
}

}  // inline namespace
}  // namespace als
