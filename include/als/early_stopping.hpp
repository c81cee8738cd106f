// SPDX-License-Identifier: MIT
// `fit_until_best`: training that ends when a metric of a validation set no longer improves.
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
    /// Iterations without a new best after which the training ends, >= 1. Raising it survives
    /// longer plateaus.
    int patience = 3;

    /// By how much a metric has to be better than the best to count, >= 0.
    double least_gain = 0;

    /// Whether the metric is an error, such as RMSE, and not a quality, such as NDCG.
    bool lower_is_better = false;
};

/// The best model of a training, and how it went.
template <Real Scalar>
struct BestFit {
    Model<Scalar> model;
    int iteration = 0;            ///< that the model is of, from 1
    double metric = 0;            ///< of the model
    std::vector<double> metrics;  ///< of each iteration that was made
};

namespace detail {

template <Real Scalar>
using MetricOfModel = std::function<double(const Model<Scalar>&)>;

template <Real Scalar, Objective ObjectiveType>
BestFit<Scalar> fit_until_best(const Interactions<Scalar>& data, const ObjectiveType& objective,
                               const Training& training, const MetricOfModel<Scalar>& metric_of,
                               const EarlyStopping& stopping);

}  // namespace detail

/// Trains as `fit` does, asks metric(model) after each iteration, and ends after
/// `training.iterations` or where `patience` iterations in a row brought no new best. Returns the
/// best model.
///
///     const auto best = als::fit_until_best(train, als::Implicit{}, {.iterations = 50},
///         [&](const als::Model<float>& model) {
///             return als::evaluate(model, validation, {.exclude = &train}).ndcg.mean;
///         });
///
/// The model of iteration n is the one, bit for bit, that `fit` gives with `.iterations = n`. The
/// observer sees each iteration's metric; `Next::stop` ends the training, with the best model so
/// far. `training.tolerance` plays no part. Judge the result by a third set: the metric has chosen
/// the model, and flatters it. Throws as `fit` does, `InputError` for options out of range and a
/// metric that is not a number, and whatever `metric` throws. Cost: that of `fit`, of the metrics,
/// and O((users + items) (k + log (users + items))) more for each iteration; memory of two more
/// models.
template <Real Scalar, Objective ObjectiveType, typename MetricOf>
[[nodiscard]] BestFit<Scalar> fit_until_best(const Interactions<Scalar>& data,
                                             const ObjectiveType& objective,
                                             const Training& training, const MetricOf& metric_of,
                                             const EarlyStopping& stopping = {}) {
    static_assert(std::is_invocable_r_v<double, const MetricOf&, const Model<Scalar>&>,
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
