// SPDX-License-Identifier: MIT
// `Model`: what training arrives at. Immutable; every query takes one by const reference.
#pragma once

#include <als/detail/half_step.hpp>
#include <als/detail/norm_order.hpp>
#include <als/error.hpp>
#include <als/objective.hpp>
#include <als/types.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <variant>

namespace als::inline ALS_ABI {

/// The objective that a model was trained for.
using Objective = std::variant<Implicit, Explicit>;

/// The numbers that make a model.
template <Real Scalar>
struct Parameters {
    Side<Scalar> users;
    Side<Scalar> items;
    double mean = 0;  ///< mu of a model with biases, else 0

    /// Range of the ratings, to which predictions can be clipped; unbounded for implicit feedback.
    Scalar lowest = -std::numeric_limits<Scalar>::infinity();
    Scalar highest = std::numeric_limits<Scalar>::infinity();
};

/// A fitted model: k factors for each user and item, with the objective they minimise.
///
/// Immutable: a model that exists is fitted, and all its members may be called from many threads at
/// once. It keeps the Gram matrices of both sides and their factorisations (implicit feedback), so
/// that no query computes them again, and the order of the rows' norms in which queries look at
/// them: beside the factors (16 + 6 sizeof(Scalar)) k^2 + 12 (users + items) bytes.
template <Real Scalar>
class Model {
public:
    using scalar_type = Scalar;

    /// From numbers trained here or elsewhere. Users and items have the same number of factors;
    /// biases are given for both sides if `objective` is an `Explicit` with biases, else for
    /// neither. Throws `InputError` for sizes that do not fit, values that are not finite, and an
    /// invalid objective. Cost: O(n (k + log n)) for n users and items, and for implicit feedback
    /// O(n k^2 + k^3), on one thread.
    Model(Parameters<Scalar> parameters, const Objective& objective)
        : Model(std::move(parameters), objective, detail::Workers{}) {}

    [[nodiscard]] int factors() const { return static_cast<int>(parameters_.items.factors.cols()); }
    [[nodiscard]] std::int32_t user_count() const { return count(parameters_.users); }
    [[nodiscard]] std::int32_t item_count() const { return count(parameters_.items); }

    /// X, [users, factors].
    [[nodiscard]] FactorView<Scalar> user_factors() const { return parameters_.users.factors; }
    /// Y, [items, factors].
    [[nodiscard]] FactorView<Scalar> item_factors() const { return parameters_.items.factors; }

    /// b_u, [users]; empty without biases.
    [[nodiscard]] const BiasVector<Scalar>& user_biases() const { return parameters_.users.biases; }
    /// b_i, [items]; empty without biases.
    [[nodiscard]] const BiasVector<Scalar>& item_biases() const { return parameters_.items.biases; }

    /// mu: the mean rating of the training data; 0 without biases.
    [[nodiscard]] double mean() const { return parameters_.mean; }

    /// All of the above.
    [[nodiscard]] const Parameters<Scalar>& parameters() const { return parameters_; }

    /// What was minimised.
    [[nodiscard]] const Objective& objective() const { return objective_; }
    [[nodiscard]] bool is_implicit() const { return std::holds_alternative<Implicit>(objective_); }

    /// X'X, [factors, factors]; empty for explicit feedback.
    [[nodiscard]] const Eigen::MatrixXd& user_gram() const { return user_gram_; }
    /// Y'Y, [factors, factors]; empty for explicit feedback.
    [[nodiscard]] const Eigen::MatrixXd& item_gram() const { return item_gram_; }

    /// Used by the library: what a row of users (items) is solved against.
    template <Id Solved>
    [[nodiscard]] detail::Fixed<Scalar> fixed_for() const {
        if constexpr (std::same_as<Solved, User>)
            return {parameters_.items, item_whitening_, parameters_.mean};
        else
            return {parameters_.users, user_whitening_, parameters_.mean};
    }

    /// Used by the library: the order in which queries look at users (items).
    template <Id Ranked>
    [[nodiscard]] const detail::NormOrder& norm_order() const {
        return std::same_as<Ranked, User> ? user_order_ : item_order_;
    }

    /// Used by the library: the same as the public constructor, on several threads.
    Model(Parameters<Scalar> parameters, const Objective& objective, const detail::Workers& workers)
        : parameters_(std::move(parameters)), objective_(objective) {
        std::visit([](const auto& o) { detail::validate(o); }, objective_);
        check_sizes();
        const bool non_negative =
            std::visit([](const auto& o) { return o.non_negative; }, objective_);
        check_values("user", parameters_.users, non_negative);
        check_values("item", parameters_.items, non_negative);
        user_order_ =
            detail::norm_order_of(parameters_.users.factors, parameters_.users.biases, workers);
        item_order_ =
            detail::norm_order_of(parameters_.items.factors, parameters_.items.biases, workers);
        if (const auto* implicit = std::get_if<Implicit>(&objective_)) {
            user_gram_ = detail::gram_of<Scalar>(parameters_.users.factors, workers);
            item_gram_ = detail::gram_of<Scalar>(parameters_.items.factors, workers);
            user_whitening_ = detail::whitening_for<Item, Scalar>(*implicit, user_gram_);
            item_whitening_ = detail::whitening_for<User, Scalar>(*implicit, item_gram_);
        }
    }

private:
    static std::int32_t count(const Side<Scalar>& side) {
        return static_cast<std::int32_t>(side.factors.rows());
    }

    void check_sizes() const {
        const Side<Scalar>& users = parameters_.users;
        const Side<Scalar>& items = parameters_.items;
        if (users.factors.cols() != items.factors.cols() || users.factors.cols() < 1)
            throw InputError(
                detail::message("als::Model: users have ", users.factors.cols(),
                                " factors and items ", items.factors.cols(),
                                "; both need the same number, at least 1 (a matrix may be "
                                "transposed: rows are users or items, columns are factors)"));
        const auto* ratings = std::get_if<Explicit>(&objective_);
        const bool biases = ratings != nullptr && ratings->biases;
        if (users.biases.size() != (biases ? users.factors.rows() : 0) ||
            items.biases.size() != (biases ? items.factors.rows() : 0))
            throw InputError(detail::message(
                "als::Model: there are ", users.biases.size(), " user and ", items.biases.size(),
                " item biases for ", users.factors.rows(), " users and ", items.factors.rows(),
                " items; an als::Explicit with biases needs one each, any other objective none"));
    }

    static void check_values(std::string_view name, const Side<Scalar>& side, bool non_negative) {
        if (!detail::all_finite(side.biases))
            throw InputError(
                detail::message("als::Model: a bias of the ", name, "s is not finite"));
        for (Eigen::Index row = 0; row < side.factors.rows(); ++row) {
            if (!detail::all_finite(side.factors.row(row)))
                throw InputError(detail::message("als::Model: the factors of ", name, " ", row,
                                                 " are not finite"));
            if (non_negative && side.factors.row(row).minCoeff() < 0)
                throw InputError(detail::message(
                    "als::Model: ", name, " ", row, " has the factor ",
                    side.factors.row(row).minCoeff(),
                    ", but the objective is non_negative; set .non_negative = false"));
        }
    }

    Parameters<Scalar> parameters_;
    Objective objective_;
    detail::NormOrder user_order_, item_order_;
    Eigen::MatrixXd user_gram_, item_gram_;
    detail::Whitening<Scalar> user_whitening_, item_whitening_;
};

namespace detail {

/// Throws unless the interactions have the model's users and items.
template <Real Scalar>
void check_fits(std::string_view function, const Interactions<Scalar>& data,
                const Model<Scalar>& model) {
    if (data.user_count() == model.user_count() && data.item_count() == model.item_count()) return;
    const bool swapped =
        data.user_count() == model.item_count() && data.item_count() == model.user_count();
    throw InputError(message(function, ": the interactions have ", data.user_count(), " users and ",
                             data.item_count(), " items, the model ", model.user_count(), " and ",
                             model.item_count(),
                             swapped ? "; users and items are the wrong way round" : ""));
}

}  // namespace detail
}  // namespace als::inline ALS_ABI
