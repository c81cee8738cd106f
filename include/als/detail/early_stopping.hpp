// SPDX-License-Identifier: MIT
// The implementation of <als/early_stopping.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/fit.hpp>
#include <als/early_stopping.hpp>

#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

template <Real Scalar, Objective ObjectiveType>
BestFit<Scalar> fit_until_best(const Interactions<Scalar>& data, const ObjectiveType& objective,
                               const Training& training, const MetricOfModel<Scalar>& metric_of,
                               const EarlyStopping& stopping) {
    check_range("als::EarlyStopping::patience", stopping.patience, 1);
    check_range("als::EarlyStopping::least_gain", stopping.least_gain, 0);
    Training watched = training;
    watched.tolerance = 0;
    std::optional<BestFit<Scalar>> best;
    std::vector<double> metrics;
    Hooks<Scalar> hooks;
    hooks.judge = [&](const Reached<Scalar>& reached, const auto& make_model) {
        const Model<Scalar> model = make_model();
        const double metric = metric_of(model);
        if (std::isnan(metric))
            throw InputError(message("als::fit_until_best: the metric of iteration ",
                                     reached.iteration,
                                     " is not a number; return a large error, or a quality of 0, "
                                     "for a model that cannot be judged"));
        metrics.push_back(metric);
        const double gain = !best                      ? 0
                            : stopping.lower_is_better ? best->metric - metric
                                                       : metric - best->metric;
        if (!best || gain > stopping.least_gain) best = {model, reached.iteration, metric, {}};
        return metric;
    };
    hooks.after = [&](const Reached<Scalar>& reached, const auto&, bool) {
        return reached.iteration - best->iteration >= stopping.patience ? Next::stop : Next::go_on;
    };
    TrainingLoop<Scalar, ObjectiveType> loop(data, objective, watched, nullptr);
    static_cast<void>(loop.run({}, hooks));
    best->metrics = std::move(metrics);
    return *std::move(best);
}

}  // namespace detail
}  // inline namespace
}  // namespace als
