// SPDX-License-Identifier: MIT
// `Model`: the result of training. Immutable; every query takes one by const reference.
#pragma once

#include <als/objective.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <variant>

namespace als {
inline namespace ALS_ABI {

/// The numbers of a model.
template <Real Scalar>
struct ModelParts {
    Side<Scalar> users;  ///< factors x_u and biases b_u
    Side<Scalar> items;  ///< factors y_i and biases b_i
    double mean = 0;     ///< mu of a model with biases, else 0

    /// The lowest rating, to which predictions can be clipped; unbounded for implicit feedback.
    Scalar lowest = -std::numeric_limits<Scalar>::infinity();
    /// The highest rating, likewise.
    Scalar highest = std::numeric_limits<Scalar>::infinity();
};

namespace detail {

template <Real Scalar>
struct ModelState;
struct ModelAccess;

}  // namespace detail

/// A fitted model: k factors for each user and item, and the objective that they minimise.
///
/// Immutable: every model is fitted, and all its members may be called from many threads at once.
/// Copies share the numbers, so copying costs nothing. `update` writes only into a model that is
/// given up and of which no copy is left.
///
/// Memory besides the numbers: 12 (users + items) bytes for the order by norm in which queries
/// visit the rows. For implicit feedback, also at most (16 + 6 sizeof(Scalar)) k^2 bytes for the
/// Gram matrices of both sides and their factorizations. These are computed once, when `fold_in`,
/// `explain`, `user_gram` or `item_gram` first need them. A model made by `fit` already has those
/// of the items, which fold-in of users needs.
template <Real Scalar>
class Model {
public:
    /// The scalar of the factors.
    using scalar_type = Scalar;

    /// Makes a model from numbers trained here or elsewhere. Users and items must have the same
    /// number of factors. Both sides must have biases if `objective` is an `Explicit` with biases,
    /// else neither. If `objective` does not give alpha or lambda, `fold_in`, `explain` and
    /// `objective_value` refuse the model.
    ///
    /// Throws `InputError` if sizes do not fit, values are not finite, or the objective is invalid.
    /// Cost: O(n (k + log n)) for n users and items, on one thread.
    Model(ModelParts<Scalar> parts, const AnyObjective& objective);

    // No moves: a moved-from model would be empty, and copies cost nothing.
    Model(const Model&) = default;             ///< shares the numbers
    Model& operator=(const Model&) = default;  ///< shares the numbers
    ~Model() = default;

    /// Number of factors, k.
    [[nodiscard]] int factors() const;
    /// Number of users.
    [[nodiscard]] std::int32_t user_count() const;
    /// Number of items.
    [[nodiscard]] std::int32_t item_count() const;

    /// The users' factors X, [users, factors].
    [[nodiscard]] FactorView<Scalar> user_factors() const;
    /// The items' factors Y, [items, factors].
    [[nodiscard]] FactorView<Scalar> item_factors() const;

    /// The users' biases b_u, [users]; empty without biases.
    [[nodiscard]] const BiasVector<Scalar>& user_biases() const;
    /// The items' biases b_i, [items]; empty without biases.
    [[nodiscard]] const BiasVector<Scalar>& item_biases() const;

    /// mu, the mean rating of the training data; 0 without biases.
    [[nodiscard]] double mean() const;

    /// All numbers of the model.
    [[nodiscard]] const ModelParts<Scalar>& parts() const;

    /// The objective that was minimised.
    [[nodiscard]] const AnyObjective& objective() const;
    /// Whether the objective is an `Implicit`.
    [[nodiscard]] bool is_implicit() const;

    /// X'X, [factors, factors]; empty for explicit feedback. Cost of the first call: O(users k^2),
    /// on one thread.
    [[nodiscard]] const Eigen::MatrixXd& user_gram() const;
    /// Y'Y, [factors, factors]; empty for explicit feedback. Cost of the first call: O(items k^2),
    /// on one thread.
    [[nodiscard]] const Eigen::MatrixXd& item_gram() const;

private:
    friend struct detail::ModelAccess;
    explicit Model(std::shared_ptr<const detail::ModelState<Scalar>> state);

    std::shared_ptr<const detail::ModelState<Scalar>> state_;
};

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/model.hpp>
#endif
