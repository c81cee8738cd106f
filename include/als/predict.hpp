// SPDX-License-Identifier: MIT
// `predict`: the score of one pair, of many pairs, or of all cells of a test set.
#pragma once

#include <als/detail/top_k.hpp>
#include <als/fold_in.hpp>
#include <als/interactions.hpp>
#include <als/model.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

namespace als::inline ALS_ABI {

/// Options of `predict` and `rmse`.
struct PredictOptions {
    /// Clip predictions to the range of the training ratings. Implicit models have no such range.
    bool clip = false;
};

namespace detail {

/// A user, mean and bias included, and an item, as queries use them.
template <Real Scalar>
Point<Scalar> point_of(const Model<Scalar>& model, User user) {
    const Side<Scalar>& side = model.parameters().users;
    const double bias = side.biases.size() > 0 ? static_cast<double>(side.biases(user.index)) : 0;
    return {side.factors.row(user.index).data(), model.mean() + bias};
}
template <Real Scalar>
Point<Scalar> point_of(const Model<Scalar>& model, Item item) {
    const Side<Scalar>& side = model.parameters().items;
    return {side.factors.row(item.index).data(),
            side.biases.size() > 0 ? static_cast<double>(side.biases(item.index)) : 0};
}

/// x_u . y_i, and for a model with biases mu + b_u + b_i + x_u . y_i.
template <Real Scalar>
Scalar score(const Model<Scalar>& model, const Point<Scalar>& user, Item item) {
    return score(kernels_for<Scalar>(automatic_instruction_set()), user, point_of(model, item),
                 model.factors());
}

template <Real Scalar>
Scalar clipped(const Model<Scalar>& model, Scalar value, const PredictOptions& options) {
    const auto& range = model.parameters();
    return options.clip ? std::clamp(value, range.lowest, range.highest) : value;
}

template <Real Scalar>
void check_user(std::string_view function, const Model<Scalar>& model, User user) {
    check_index<User>(function, user.index, model.user_count(), model.item_count());
}
template <Real Scalar>
void check_item(std::string_view function, const Model<Scalar>& model, Item item) {
    check_index<Item>(function, item.index, model.item_count(), model.user_count());
}

/// A folded-in user or item. Throws unless the factors belong to a model of this size.
template <Id Newcomer, Real Scalar>
Point<Scalar> checked_point(std::string_view function, const Model<Scalar>& model,
                            const FoldedIn<Newcomer, Scalar>& newcomer) {
    if (newcomer.factors.size() != model.factors())
        throw InputError(message(function, ": the folded-in ", name_of<Newcomer>(), " has ",
                                 newcomer.factors.size(), " factors and the model ",
                                 model.factors(), "; fold in with the same model"));
    const double mean = std::same_as<Newcomer, User> ? model.mean() : 0;
    return {newcomer.factors.data(), mean + static_cast<double>(newcomer.bias)};
}

}  // namespace detail

/// The model's score for a user and an item: x_u . y_i, for explicit models with biases
/// mu + b_u + b_i + x_u . y_i, summed in double and rounded once, so that it is the same score that
/// `recommend` ranks by; of floats with the same bits for every instruction set. An explicit score
/// is a predicted rating; an implicit one estimates the preference (0 to 1, roughly) and serves to
/// rank. Throws `InputError` for an index out of range.
template <Real Scalar>
[[nodiscard]] Scalar predict(const Model<Scalar>& model, User user, Item item,
                             const PredictOptions& options = {}) {
    detail::check_user("als::predict", model, user);
    detail::check_item("als::predict", model, item);
    return detail::clipped(model, detail::score(model, detail::point_of(model, user), item),
                           options);
}

/// The same for a folded-in user.
template <Real Scalar>
[[nodiscard]] Scalar predict(const Model<Scalar>& model, const FoldedIn<User, Scalar>& user,
                             Item item, const PredictOptions& options = {}) {
    detail::check_item("als::predict", model, item);
    const detail::Point<Scalar> point = detail::checked_point("als::predict", model, user);
    return detail::clipped(model, detail::score(model, point, item), options);
}

/// One pair to predict.
struct Pair {
    User user;
    Item item;
};

/// Scores of many pairs, in their order. Throws as the single one does, before any work.
template <Real Scalar>
[[nodiscard]] std::vector<Scalar> predict(const Model<Scalar>& model, std::span<const Pair> pairs,
                                          const PredictOptions& options = {}) {
    std::vector<Scalar> values;
    values.reserve(pairs.size());
    for (const auto [user, item] : pairs) values.push_back(predict(model, user, item, options));
    return values;
}

/// Scores of all cells of `cells`, by user and then by item, as `Interactions::entries()` lists
/// them. Throws `InputError` where the sizes differ from the model's.
template <Real Scalar>
[[nodiscard]] std::vector<Scalar> predict(const Model<Scalar>& model,
                                          const Interactions<Scalar>& cells,
                                          const PredictOptions& options = {}) {
    detail::check_fits("als::predict", cells, model);
    std::vector<Scalar> values;
    values.reserve(static_cast<std::size_t>(cells.size()));
    for (std::int32_t u = 0; u < cells.user_count(); ++u)
        for (const Item item : cells[User{u}].ids())
            values.push_back(predict(model, User{u}, item, options));
    return values;
}

}  // namespace als::inline ALS_ABI
