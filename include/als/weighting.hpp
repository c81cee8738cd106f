// SPDX-License-Identifier: MIT
// Weightings of implicit feedback: other values in the same cells, before the training.
#pragma once

#include <als/error.hpp>
#include <als/interactions.hpp>
#include <als/objective.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace als::inline ALS_ABI {

/// The same cells with the values value_of(User, Item, Scalar), asked for by user and then by item.
/// Throws `InputError` for a value that is not finite. Cost: O(entries).
template <Real Scalar, typename ValueOf>
[[nodiscard]] Interactions<Scalar> with_values(const Interactions<Scalar>& data,
                                               const ValueOf& value_of) {
    std::vector<Entry<Scalar>> entries = data.entries();
    for (auto& [user, item, value] : entries)
        value = static_cast<Scalar>(value_of(user, item, value));
    return Interactions<Scalar>(data.user_count(), data.item_count(), entries);
}

/// log(1 + r / epsilon): counts that span orders of magnitude (Hu, Koren, Volinsky 2008, eq. 6; see
/// also `Confidence::logarithmic`). Values have to be >= 0, epsilon > 0 (InputError).
template <Real Scalar>
[[nodiscard]] Interactions<Scalar> log_weighted(const Interactions<Scalar>& data,
                                                double epsilon = 1) {
    detail::check_range("als::log_weighted: epsilon", epsilon, 0, detail::unbounded, true);
    return with_values(data, [&](User user, Item item, Scalar value) {
        detail::check_range(detail::message("als::log_weighted: the value of user ", user.index,
                                            ", item ", item.index),
                            static_cast<double>(value), 0, detail::unbounded);
        return std::log1p(static_cast<double>(value) / epsilon);
    });
}

namespace detail {

/// log(users / users of the item), for each item: 0 for one that everybody has used.
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

/// TF-IDF with users as documents and items as terms: r * log(users / users of the item) (Sparck
/// Jones 1972). Popular items say less. An item of all users gets 0.
template <Real Scalar>
[[nodiscard]] Interactions<Scalar> tf_idf_weighted(const Interactions<Scalar>& data) {
    const std::vector<double> idf = detail::inverse_frequencies(data);
    return with_values(data, [&](User, Item item, Scalar value) {
        return static_cast<double>(value) * idf[static_cast<std::size_t>(item.index)];
    });
}

/// Options of `bm25_weighted`.
struct Bm25Options {
    /// Where a count saturates, >= 0: r (saturation + 1) / (r + saturation ...). Raising it lets
    /// large counts count.
    double saturation = 1.2;

    /// How much a user's total counts against each of the user's values, 0 to 1. Raising it holds
    /// heavy users back.
    double length_normalization = 0.75;
};

/// BM25 with users as documents and items as terms (Robertson, Zaragoza 2009, eq. 3.15):
///
///     idf_i r (s + 1) / (r + s (1 - b + b total_u / mean total)),   idf_i = log(users / users of
///     i),
///
/// s the saturation, b the length normalization. Values have to be >= 0 (InputError).
template <Real Scalar>
[[nodiscard]] Interactions<Scalar> bm25_weighted(const Interactions<Scalar>& data,
                                                 const Bm25Options& options = {}) {
    detail::check_range("als::Bm25Options::saturation", options.saturation, 0, detail::unbounded);
    detail::check_range("als::Bm25Options::length_normalization", options.length_normalization, 0,
                        1);
    const std::vector<double> idf = detail::inverse_frequencies(data);
    std::vector<double> total(static_cast<std::size_t>(data.user_count()));
    double sum = 0;
    for (const auto& [user, item, value] : data.entries()) {
        detail::check_range(detail::message("als::bm25_weighted: the value of user ", user.index,
                                            ", item ", item.index),
                            static_cast<double>(value), 0, detail::unbounded);
        total[static_cast<std::size_t>(user.index)] += static_cast<double>(value);
        sum += static_cast<double>(value);
    }
    const double mean = sum / std::max<double>(1, data.user_count());
    const double s = options.saturation;
    const double b = options.length_normalization;
    return with_values(data, [&](User user, Item item, Scalar value) {
        const auto r = static_cast<double>(value);
        if (r == 0) return 0.0;
        const double length = total[static_cast<std::size_t>(user.index)] / mean;
        return idf[static_cast<std::size_t>(item.index)] * r * (s + 1) /
               (r + s * (1 - b + b * length));
    });
}

/// r 2^-((now - time) / half_life): what is older counts less. `times` has the same cells as
/// `data`, in the unit of `now` and `half_life` (> 0); times after now count in full. Throws
/// `InputError` where a cell has no time.
template <Real Scalar>
[[nodiscard]] Interactions<Scalar> time_decayed(const Interactions<Scalar>& data,
                                                const Interactions<double>& times, double now,
                                                double half_life) {
    detail::check_range("als::time_decayed: half_life", half_life, 0, detail::unbounded, true);
    detail::check_times("als::time_decayed", data, times);
    const std::vector<Entry<double>> dated = times.entries();
    std::size_t n = 0;
    return with_values(data, [&](User, Item, Scalar value) {
        const double age = std::max(0.0, now - dated[n++].value);
        return static_cast<double>(value) * std::exp2(-age / half_life);
    });
}

}  // namespace als::inline ALS_ABI
