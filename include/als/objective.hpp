// SPDX-License-Identifier: MIT
// What is minimised: `Implicit` and `Explicit`. The type of the objective chooses the mathematics
// of the training; its values are checked here, once.
#pragma once

#include <als/error.hpp>
#include <als/types.hpp>

#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

namespace als::inline ALS_ABI {

/// How the confidence c of an implicit observation grows with its value r (Hu, Koren, Volinsky
/// 2008, section 4).
enum class Confidence {
    linear,       ///< c = 1 + alpha |r|
    logarithmic,  ///< c = 1 + alpha log(1 + |r| / epsilon)
};

/// What a row's regularization is scaled by: lambda_row = lambda * weight^exponent.
enum class RowWeight {
    entries,     ///< the row's number of entries (ALS-WR of Zhou et al. 2008; Spark)
    confidence,  ///< the row's total confidence over all cells, N + sum (c - 1), N = size of the
                 ///< other side (the frequency scaling of Rendle et al. 2021, up to a constant)
};

/// Implicit feedback: plays, clicks, purchases (Hu, Koren, Volinsky 2008, eq. 3).
///
/// Minimises, over **all** pairs of user and item,
///
///     sum_ui c_ui (p_ui - x_u . y_i)^2 + sum_u lambda_u |x_u|^2 + sum_i lambda_i |y_i|^2
///
/// with preference p = 1 where r > 0, else 0, and confidence c as `confidence` says; absent cells
/// have c = 1, p = 0. A negative value is a dislike: p = 0 with the confidence of |r|. A stored
/// zero is the same as an absent cell.
struct Implicit {
    /// Weight of an observation beside an absent cell, >= 0. Raising it trusts the observations
    /// more and the absences less.
    double alpha = 1;

    /// lambda, >= 0. Raising it shrinks the factors: smoother, more popular recommendations.
    double regularization = 0.6;

    /// lambda of the items where it differs from that of the users, >= 0.
    std::optional<double> item_regularization = std::nullopt;

    /// How much a row's regularization grows with its weight, 0 (the same for all, Hu et al.) to 1
    /// (in proportion, as in ALS-WR and Rendle et al. 2021). Raising it holds heavy users and
    /// popular items back.
    double regularization_exponent = 0.75;

    /// What the regularization of a row is scaled by.
    RowWeight row_weight = RowWeight::entries;

    /// The growth of confidence with the value.
    Confidence confidence = Confidence::linear;

    /// Unit of the value in the logarithmic confidence, > 0. Raising it flattens small values.
    double epsilon = 1;

    /// Whether factors have to be >= 0, as in non-negative matrix factorisation: each factor is
    /// then a taste that users and items have or lack, and nothing cancels. Costs some fit to the
    /// data, and several times the time.
    bool non_negative = false;

    friend bool operator==(const Implicit&, const Implicit&) = default;
};

/// Explicit feedback: ratings (Zhou et al. 2008; with biases Koren, Bell, Volinsky 2009).
///
/// Minimises, over the **stored** cells,
///
///     sum (r_ui - mu - b_u - b_i - x_u . y_i)^2 + sum_u lambda_u |x_u|^2 + sum_i lambda_i |y_i|^2
///                                              + sum_u beta_u b_u^2    + sum_i beta_i b_i^2
///
/// with mu the mean rating. A stored zero is a rating of 0. Without biases, mu = b_u = b_i = 0.
struct Explicit {
    /// lambda, >= 0. Raising it shrinks the factors: predictions move towards mean and biases.
    double regularization = 0.1;

    /// lambda of the items where it differs from that of the users, >= 0.
    std::optional<double> item_regularization = std::nullopt;

    /// How much a row's regularization grows with its number of entries n, lambda n^exponent: 0
    /// (the same for all rows) to 1 (ALS-WR).
    double regularization_exponent = 1;

    /// Whether mean and biases are part of the model; they are solved together with the factors.
    bool biases = true;

    /// beta, >= 0, scaled as lambda is. Raising it shrinks the biases.
    double bias_regularization = 0.03;

    /// Whether factors have to be >= 0, as in non-negative matrix factorisation: each factor is
    /// then a taste that users and items have or lack, and nothing cancels. Costs some fit to the
    /// data, and several times the time. Biases may be negative.
    bool non_negative = false;

    friend bool operator==(const Explicit&, const Explicit&) = default;
};

namespace detail {

/// Throws unless lowest <= value <= highest (or lowest < value, where `exclusive`); NaN is refused.
inline void check_range(std::string_view name, double value, double lowest, double highest,
                        bool exclusive = false) {
    const bool above = exclusive ? value > lowest : value >= lowest;
    if (above && value <= highest && std::isfinite(value)) return;
    throw InputError(
        message(name, " is ", value, "; it has to be finite and ", exclusive ? ">" : ">=", " ",
                lowest, std::isfinite(highest) ? message(" and <= ", highest) : std::string()));
}

constexpr double unbounded = std::numeric_limits<double>::infinity();

inline void validate(const Implicit& objective) {
    check_range("als::Implicit::alpha", objective.alpha, 0, unbounded);
    check_range("als::Implicit::regularization", objective.regularization, 0, unbounded);
    check_range("als::Implicit::item_regularization", objective.item_regularization.value_or(0), 0,
                unbounded);
    check_range("als::Implicit::regularization_exponent", objective.regularization_exponent, 0, 1);
    check_range("als::Implicit::epsilon", objective.epsilon, 0, unbounded, true);
}

inline void validate(const Explicit& objective) {
    check_range("als::Explicit::regularization", objective.regularization, 0, unbounded);
    check_range("als::Explicit::item_regularization", objective.item_regularization.value_or(0), 0,
                unbounded);
    check_range("als::Explicit::regularization_exponent", objective.regularization_exponent, 0, 1);
    check_range("als::Explicit::bias_regularization", objective.bias_regularization, 0, unbounded);
}

/// lambda of one side.
template <Id Side, typename Objective>
double regularization_of(const Objective& objective) {
    if constexpr (std::same_as<Side, Item>)
        return objective.item_regularization.value_or(objective.regularization);
    else
        return objective.regularization;
}

/// c - 1 of a value: the confidence that an observation has beyond an absent cell.
inline double extra_confidence(const Implicit& objective, double value) {
    const double size = std::abs(value);
    return objective.alpha * (objective.confidence == Confidence::linear
                                  ? size
                                  : std::log1p(size / objective.epsilon));
}

/// weight^exponent, by which a row's regularization is scaled. Explicit ratings: weight = entries.
template <Real Scalar>
double row_scale(const Explicit& objective, std::span<const Scalar> values, std::int64_t) {
    return std::pow(static_cast<double>(values.size()), objective.regularization_exponent);
}

/// The same for implicit feedback, where stored zeros do not count; `fixed_count` is the size of
/// the other side.
template <Real Scalar>
double row_scale(const Implicit& objective, std::span<const Scalar> values,
                 std::int64_t fixed_count) {
    if (objective.regularization_exponent == 0) return 1;
    const bool by_entries = objective.row_weight == RowWeight::entries;
    double weight = by_entries ? 0 : static_cast<double>(fixed_count);
    for (const Scalar value : values) {
        if (value == 0) continue;
        weight += by_entries ? 1 : extra_confidence(objective, static_cast<double>(value));
    }
    return std::pow(weight, objective.regularization_exponent);
}

}  // namespace detail
}  // namespace als::inline ALS_ABI
