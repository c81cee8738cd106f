// SPDX-License-Identifier: MIT
// `fit_until_best`: training that ends when a metric of a validation set no longer improves.
#pragma once

#include <als/error.hpp>
#include <als/fit.hpp>
#include <als/model.hpp>
#include <als/training.hpp>

#include <chrono>
#include <cmath>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace als::inline ALS_ABI {

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
/// and O((users + items) k^2) more for each iteration; memory of two more models.
template <Real Scalar, typename Kind, typename MetricOf>
[[nodiscard]] BestFit<Scalar> fit_until_best(const Interactions<Scalar>& data,
                                             const Kind& objective, const Training& training,
                                             const MetricOf& metric_of,
                                             const EarlyStopping& stopping = {}) {
    static_assert(std::is_invocable_r_v<double, const MetricOf&, const Model<Scalar>&>,
                  "als::fit_until_best asks metric(const als::Model<Scalar>&) for a number: write "
                  "[&](const als::Model<float>& model) { return ...; }");
    detail::check_range("als::EarlyStopping::patience", stopping.patience, 1, detail::unbounded);
    detail::check_range("als::EarlyStopping::least_gain", stopping.least_gain, 0,
                        detail::unbounded);
    detail::check_trainable(data, objective, training);
    const auto began = std::chrono::steady_clock::now();
    Training one = training;
    one.iterations = 1;
    one.observer = {};
    one.tolerance = 0;

    Model<Scalar> model = fit(data, objective, one);
    std::optional<BestFit<Scalar>> best;
    std::vector<double> metrics;
    for (int iteration = 1;; ++iteration) {
        const double metric = metric_of(model);
        if (std::isnan(metric))
            throw InputError(detail::message("als::fit_until_best: the metric of iteration ",
                                             iteration,
                                             " is not a number; return a large error, or a quality "
                                             "of 0, for a model that cannot be judged"));
        metrics.push_back(metric);
        const double gain = !best                      ? 0
                            : stopping.lower_is_better ? best->metric - metric
                                                       : metric - best->metric;
        if (!best || gain > stopping.least_gain) best = {model, iteration, metric, {}};
        if (training.observer) {
            const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began;
            if (training.observer({iteration, training.iterations, objective_value(model, data),
                                   elapsed.count(), metric}) == Next::stop)
                break;
        }
        if (iteration == training.iterations || iteration - best->iteration >= stopping.patience)
            break;
        model = fit(data, objective, one, model);
    }
    best->metrics = std::move(metrics);
    return *std::move(best);
}

}  // namespace als::inline ALS_ABI
