// SPDX-License-Identifier: MIT
// `fit_until_best`: training that ends when a metric on a validation set stops improving.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/objective.hpp>
#include <als/training.hpp>

#include <functional>
#include <type_traits>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// When `fit_until_best` ends.
struct EarlyStopping {
    /// The training ends after this many iterations without a new best, >= 1. Raising it survives
    /// longer plateaus.
    int patience = 3;

    /// A metric is a new best if it is better than the best by more than this, >= 0. Raising it
    /// ends the training sooner.
    double least_gain = 0;

    /// Whether lower is better: true for an error, such as RMSE, false for a quality, such as NDCG.
    bool lower_is_better = false;
};

/// The best model of a training, and how it went.
template <Real Scalar>
struct BestFit {
    /// The best model.
    Model<Scalar> model;
    int iteration = 0;            ///< the iteration that reached `model`, from 1
    double metric = 0;            ///< the metric of `model`
    std::vector<double> metrics;  ///< the metric of each iteration
};

namespace detail {

template <Real Scalar>
using MetricOfModel = std::function<double(const Model<Scalar>&)>;

template <Real Scalar, Objective ObjectiveType>
BestFit<Scalar> fit_until_best(const Interactions<Scalar>& data, const ObjectiveType& objective,
                               const Training& training, const MetricOfModel<Scalar>& metric_of,
                               const EarlyStopping& stopping);

}  // namespace detail

/// Trains like `fit`, calls metric(model) after each iteration, and returns the best model. It ends
/// after `training.iterations`, or when `patience` iterations in a row bring no new best.
///
///     const auto best = als::fit_until_best(train, als::Implicit{}, {.iterations = 50},
///         [&](const als::Model<float>& model) {
///             return als::evaluate(model, validation, {.exclude = &train}).ndcg.mean;
///         });
///
/// The model of iteration n equals, bit for bit, the one that `fit` returns with `.iterations = n`.
/// The observer sees each iteration's metric; if it returns `Next::stop`, the best model so far is
/// returned. `training.tolerance` is ignored. Judge the result on a third set: its metric on the
/// validation set is too good, because that metric chose the model. Throws what `fit` throws,
/// `InputError` if an option is out of range or the metric is not a number, and whatever `metric`
/// throws. Cost: that of `fit` and of the metrics, plus O((users + items) (k + log (users +
/// items))) for each iteration; memory for two more models.
template <Real Scalar, Objective ObjectiveType, typename MetricOf>
[[nodiscard]] BestFit<Scalar> fit_until_best(const Interactions<Scalar>& data,
                                             const ObjectiveType& objective,
                                             const Training& training, MetricOf&& metric_of,
                                             const EarlyStopping& stopping = {}) {
    static_assert(std::is_invocable_r_v<double, MetricOf&, const Model<Scalar>&>,
                  "als::fit_until_best asks metric(const als::Model<Scalar>&) for a number: write "
                  "[&](const als::Model<float>& model) { return ...; }");
    return detail::fit_until_best<Scalar, ObjectiveType>(data, objective, training,
                                                         std::ref(metric_of), stopping);
}

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/early_stopping.hpp>
#endif
