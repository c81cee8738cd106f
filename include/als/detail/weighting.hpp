// SPDX-License-Identifier: MIT
// The implementation of <als/weighting.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/interactions.hpp>
#include <als/weighting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace als {
inline namespace ALS_ABI {

namespace detail {

/// Returns log(users / users of the item) for each item; 0 if all users have used the item.
template <Real Scalar>
std::vector<double> inverse_frequencies(const Interactions<Scalar>& data) {
    std::vector<double> result;
    for (Item item; item.index < data.item_count(); ++item.index)
        result.push_back(data[item].empty() ? 0
                                            : std::log(static_cast<double>(data.user_count()) /
                                                       static_cast<double>(data[item].size())));
    return result;
}

}  // namespace detail

template <Real Scalar>
Interactions<Scalar> tf_idf_weighted(const Interactions<Scalar>& data) {
    const std::vector<double> idf = detail::inverse_frequencies(data);
    return with_values(data, [&](User, Item item, Scalar value) {
        return static_cast<double>(value) * idf[detail::to_size(item.index)];
    });
}

template <Real Scalar>
Interactions<Scalar> bm25_weighted(const Interactions<Scalar>& data, const Bm25Options& options) {
    detail::check_range("als::Bm25Options::saturation", options.saturation, 0);
    detail::check_range("als::Bm25Options::length_normalization", options.length_normalization, 0,
                        1);
    const std::vector<double> idf = detail::inverse_frequencies(data);
    std::vector<double> total(detail::to_size(data.user_count()));
    double sum = 0;
    for (const auto& [user, item, value] : data.entries()) {
        detail::check_range(detail::message("als::bm25_weighted: the value of user ", user.index,
                                            ", item ", item.index),
                            static_cast<double>(value), 0);
        total[detail::to_size(user.index)] += static_cast<double>(value);
        sum += static_cast<double>(value);
    }
    const double mean = sum / std::max<double>(1, data.user_count());
    const double s = options.saturation;
    const double b = options.length_normalization;
    return with_values(data, [&](User user, Item item, Scalar value) {
        const auto r = static_cast<double>(value);
        if (r == 0) return 0.0;
        const double length = total[detail::to_size(user.index)] / mean;
        return idf[detail::to_size(item.index)] * r * (s + 1) / (r + s * (1 - b + b * length));
    });
}

template <Real Scalar>
Interactions<Scalar> time_decayed(const Interactions<Scalar>& data,
                                  const Interactions<double>& times, double now, double half_life) {
    detail::check_range("als::time_decayed: half_life", half_life, 0, detail::unbounded, true);
    detail::check_times("als::time_decayed", data, times);
    const std::vector<Entry<double>> dated = times.entries();
    std::size_t n = 0;
    return with_values(data, [&](User, Item, Scalar value) {
        const double age = std::max(0.0, now - dated[n++].value);
        return static_cast<double>(value) * std::exp2(-age / half_life);
    });
}

}  // inline namespace
}  // namespace als
