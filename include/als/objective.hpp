// SPDX-License-Identifier: MIT
// What training minimises: `Implicit` or `Explicit`. The type of the objective chooses the
// mathematics; the functions that take an objective check its options.
#pragma once

#include <als/version.hpp>

#include <concepts>
#include <optional>
#include <variant>

namespace als {
inline namespace ALS_ABI {

/// How the confidence c of an implicit observation grows with its value r (Hu, Koren, Volinsky
/// 2008, section 4).
enum class Confidence {
    linear,       ///< c = 1 + alpha |r|
    logarithmic,  ///< c = 1 + alpha log(1 + |r| / epsilon)
};

/// The weight of a row that scales its regularization: lambda_row = lambda * weight^exponent.
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
/// with preference p = 1 if r > 0, else 0, and the confidence c of `confidence`. Absent cells have
/// c = 1 and p = 0, and so have stored zeros. A negative value is a dislike: p = 0 with the
/// confidence of |r|.
///
/// Options that are not given are fitted to the data by `fitted_to`, so neither the unit of the
/// values nor the density of the data matters. The model holds the values that were used.
struct Implicit {
    /// Weight of an observation relative to an absent cell, >= 0. Raising it trusts observations
    /// more and absences less. Not given: such that the sum of c - 1 over the observations is 3 %
    /// of the number of cells.
    std::optional<double> alpha = std::nullopt;

    /// lambda, >= 0. Raising it shrinks the factors: recommendations become smoother and more
    /// popular. Not given: 0.3 times the mean confidence of an observation, converted for another
    /// exponent or row weight (see `fitted_to`).
    std::optional<double> regularization = std::nullopt;

    /// lambda of the items if it differs from that of the users, >= 0.
    std::optional<double> item_regularization = std::nullopt;

    /// How much a row's regularization grows with its weight: from 0 (equal for all rows, Hu et
    /// al.) to 1 (in proportion, as in ALS-WR and Rendle et al. 2021). Raising it holds back heavy
    /// users and popular items.
    double regularization_exponent = 0.75;

    /// The weight of a row that scales its regularization.
    RowWeight row_weight = RowWeight::entries;

    /// How confidence grows with the value.
    Confidence confidence = Confidence::linear;

    /// Unit of the value in the logarithmic confidence, > 0. Raising it flattens small values.
    double epsilon = 1;

    /// Whether factors have to be >= 0, as in non-negative matrix factorisation: each factor is
    /// then a taste that users and items have or lack, and nothing cancels. The model fits the data
    /// less closely, and training takes up to twice as long.
    bool non_negative = false;

    /// Whether all options are equal.
    friend bool operator==(const Implicit&, const Implicit&) = default;
};

/// Explicit feedback: ratings (Zhou et al. 2008; with biases Koren, Bell, Volinsky 2009).
///
/// Minimises, over the **stored** cells,
///
///     sum (r_ui - mu - b_u - b_i - x_u . y_i)^2 + sum_u lambda_u |x_u|^2 + sum_i lambda_i |y_i|^2
///                                              + sum_u beta_u b_u^2    + sum_i beta_i b_i^2
///
/// where mu is the mean rating. A stored zero is a rating of 0. Without biases, mu = b_u = b_i = 0.
struct Explicit {
    /// lambda, >= 0, in the unit of the ratings. Raising it shrinks the factors: predictions move
    /// towards mean and biases. Not given: 0.08 standard deviations of the ratings, see
    /// `fitted_to`.
    std::optional<double> regularization = std::nullopt;

    /// lambda of the items if it differs from that of the users, >= 0.
    std::optional<double> item_regularization = std::nullopt;

    /// How much a row's regularization, lambda n^exponent, grows with its number of entries n: from
    /// 0 (equal for all rows) to 1 (ALS-WR). Raising it holds back heavy users and popular items.
    double regularization_exponent = 1;

    /// Whether the model has a mean and biases. The biases are solved together with the factors.
    bool biases = true;

    /// beta, >= 0, scaled by the number of entries like lambda. Raising it shrinks the biases. It
    /// has no unit: the same value suits ratings from 1 to 5 and from 1 to 100.
    double bias_regularization = 0.08;

    /// Whether factors have to be >= 0, as in non-negative matrix factorisation: each factor is
    /// then a taste that users and items have or lack, and nothing cancels. The model fits the data
    /// less closely, and training takes up to twice as long. Biases may be negative.
    bool non_negative = false;

    /// Whether all options are equal.
    friend bool operator==(const Explicit&, const Explicit&) = default;
};

/// The objective types. Each chooses the mathematics of a training.
template <typename T>
concept Objective = std::same_as<T, Implicit> || std::same_as<T, Explicit>;

/// The objective that a model was trained for.
using AnyObjective = std::variant<Implicit, Explicit>;

}  // inline namespace
}  // namespace als
