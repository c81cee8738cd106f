// SPDX-License-Identifier: MIT
// The implementation of <als/predict.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/model.hpp>
#include <als/detail/rank/score.hpp>
#include <als/predict.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace als {
inline namespace ALS_ABI {

namespace detail {

/// What is added to the bias of each user (item). The mean is added to the users only.
template <Id Index, Real Scalar>
double mean_of(const Model<Scalar>& model) {
    return std::same_as<Index, User> ? model.mean() : 0;
}

/// Returns the point of a user (with mean and bias) or an item, as queries use it.
template <Id Index, Real Scalar>
Point<Scalar> point_of(const Model<Scalar>& model, Index id) {
    const Side<Scalar>& side = side_of<Index>(model);
    const double bias = side.biases.size() > 0 ? static_cast<double>(side.biases(id.index)) : 0;
    return {side.factors.data() + id.index * side.factors.cols(), mean_of<Index>(model) + bias};
}

/// x_u . y_i, or mu + b_u + b_i + x_u . y_i for a model with biases.
template <Real Scalar>
Scalar score(const Model<Scalar>& model, const Point<Scalar>& user, Item item) {
    return score(dot_kernel<Scalar>(automatic_instruction_set()), user, point_of(model, item),
                 model.factors());
}

template <Real Scalar>
Scalar clipped(const Model<Scalar>& model, Scalar value, const PredictOptions& options) {
    const auto& range = model.parts();
    return options.clip ? std::clamp(value, range.lowest, range.highest) : value;
}

/// Throws if the model does not have this user (item).
template <Id Index, Real Scalar>
void check_id(std::string_view function, const Model<Scalar>& model, Index id) {
    check_index<Index>(function, id.index, side_of<Index>(model).factors.rows(),
                       side_of<Opposite<Index>>(model).factors.rows());
}

/// Returns the point of a folded-in user or item. Throws unless its factors fit the model.
template <Id Newcomer, Real Scalar>
Point<Scalar> checked_point(std::string_view function, const Model<Scalar>& model,
                            const FoldedIn<Newcomer, Scalar>& newcomer) {
    if (newcomer.factors.size() != model.factors())
        throw InputError(message(function, ": the folded-in ", name_of<Newcomer>(), " has ",
                                 newcomer.factors.size(), " factors and the model ",
                                 model.factors(), "; fold in with the same model"));
    return {newcomer.factors.data(), mean_of<Newcomer>(model) + static_cast<double>(newcomer.bias)};
}

/// Returns the mean of loss(rating - prediction) over the entries of `test`, in double.
template <Real Scalar, typename Loss>
double mean_loss(std::string_view function, const Model<Scalar>& model,
                 const Interactions<Scalar>& test, const PredictOptions& options,
                 const Loss& loss) {
    if (model.is_implicit())
        throw InputError(message(
            function,
            ": the model is implicit: its scores estimate a preference, not the values of the test "
            "set; use als::evaluate, or als::recall or als::ndcg on recommended lists"));
    if (test.empty()) throw InputError(message(function, ": the test set is empty"));
    const std::vector<Scalar> predicted = predict(model, test, options);
    double sum = 0;
    std::size_t at = 0;
    for (User user; user.index < test.user_count(); ++user.index)
        for (const Scalar value : test[user].values())
            sum += loss(static_cast<double>(value) - static_cast<double>(predicted[at++]));
    return sum / static_cast<double>(test.size());
}

}  // namespace detail

template <Real Scalar>
Scalar predict(const Model<Scalar>& model, User user, Item item, const PredictOptions& options) {
    detail::check_id("als::predict", model, user);
    detail::check_id("als::predict", model, item);
    return detail::clipped(model, detail::score(model, detail::point_of(model, user), item),
                           options);
}

template <Real Scalar>
Scalar predict(const Model<Scalar>& model, const FoldedIn<User, Scalar>& user, Item item,
               const PredictOptions& options) {
    detail::check_id("als::predict", model, item);
    const detail::Point<Scalar> point = detail::checked_point("als::predict", model, user);
    return detail::clipped(model, detail::score(model, point, item), options);
}

template <Real Scalar>
std::vector<Scalar> predict(const Model<Scalar>& model, std::span<const Pair> pairs,
                            const PredictOptions& options) {
    std::vector<Scalar> values;
    values.reserve(pairs.size());
    for (const auto [user, item] : pairs) values.push_back(predict(model, user, item, options));
    return values;
}

template <Real Scalar>
std::vector<Scalar> predict(const Model<Scalar>& model, const Interactions<Scalar>& cells,
                            const PredictOptions& options) {
    detail::check_fits("als::predict", cells, model);
    std::vector<Scalar> values;
    values.reserve(detail::to_size(cells.size()));
    for (std::int32_t u = 0; u < cells.user_count(); ++u)
        for (const Item item : cells[User{u}].ids())
            values.push_back(predict(model, User{u}, item, options));
    return values;
}

template <Real Scalar>
double rmse(const Model<Scalar>& model, const Interactions<Scalar>& test,
            const PredictOptions& options) {
    return std::sqrt(detail::mean_loss("als::rmse", model, test, options,
                                       [](double error) { return error * error; }));
}

template <Real Scalar>
double mae(const Model<Scalar>& model, const Interactions<Scalar>& test,
           const PredictOptions& options) {
    return detail::mean_loss("als::mae", model, test, options,
                             [](double error) { return std::abs(error); });
}

}  // inline namespace
}  // namespace als
