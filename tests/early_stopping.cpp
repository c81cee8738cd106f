// SPDX-License-Identifier: MIT
// `fit_until_best`: the best iteration of the curve.
#include "catch.hpp"
#include "samples.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

using namespace als_test;

namespace {

const als::Implicit sharp_objective{.regularization = 1e-4};

/// A metric that goes up, and then down for good, whatever the model.
class Scripted {
public:
    double operator()(const als::Model<float>&) { return values_[iteration_++]; }

private:
    std::array<double, 6> values_{1, 2, 3, 2.5, 2.9, 2};
    std::size_t iteration_ = 0;
};

als::BestFit<float> best_by_script(const als::EarlyStopping& stopping,
                                   const als::Training& training = {.factors = 3,
                                                                    .iterations = 6}) {
    Scripted metric;
    return als::fit_until_best(
        sample_data<float>(68), sharp_objective, training,
        [&](const als::Model<float>& model) { return metric(model); }, stopping);
}

}  // namespace

TEST_CASE("fit_until_best: the best iteration of the full curve, as fit gives it") {
    const auto parts = als::split(sample_data<float>(68), {.test_fraction = 0.3});
    const auto metric = [&](const als::Model<float>& model) {
        return als::evaluate(model, parts.test, {.exclude = &parts.train}).ndcg.mean;
    };
    std::vector<double> curve;
    for (int n = 1; n <= 12; ++n)
        curve.push_back(
            metric(als::fit(parts.train, sharp_objective, {.factors = 12, .iterations = n})));
    const auto top = std::max_element(curve.begin(), curve.end());
    const auto best = als::fit_until_best(
        parts.train, sharp_objective, {.factors = 12, .iterations = 12}, metric, {.patience = 12});
    CHECK(best.metrics == curve);
    CHECK(best.iteration == top - curve.begin() + 1);
    CHECK(best.metric == *top);
    CHECK(same_bits(best.model, als::fit(parts.train, sharp_objective,
                                         {.factors = 12, .iterations = best.iteration})));
}

TEST_CASE("fit_until_best: the model is that of fit with every objective and solver") {
    const auto data = sample_data<float>(68);
    const auto error = [&](const als::Model<float>& model) {
        return als::objective_value(model, data);
    };
    const auto check = [&](const auto& kind, als::Solver solver) {
        als::Training training{.factors = 12, .iterations = 4, .solver = solver};
        const auto best = als::fit_until_best(data, kind, training, error,
                                              {.patience = 4, .lower_is_better = true});
        training.iterations = best.iteration;
        CHECK(same_bits(best.model, als::fit(data, kind, training)));
        return best.iteration;
    };
    for (const auto solver :
         {als::Solver::exact, als::Solver::conjugate_gradient, als::Solver::subspace}) {
        CHECK(check(als::Explicit{}, solver) == 4);  // the objective falls
        check(sharp_objective, solver);
    }
}

TEST_CASE("fit_until_best: it stops when the metric has not risen for `patience` iterations") {
    const auto stopped = best_by_script({.patience = 2});
    CHECK(stopped.iteration == 3);
    CHECK(stopped.metric == 3);
    CHECK(stopped.metrics == std::vector<double>{1, 2, 3, 2.5, 2.9});
}

TEST_CASE("fit_until_best: a metric may be one of which less is better") {
    CHECK(best_by_script({.patience = 2, .lower_is_better = true}).iteration == 1);
}

TEST_CASE("fit_until_best: a gain below `least_gain` does not count") {
    CHECK(best_by_script({.patience = 5, .least_gain = 1.5}).iteration == 3);
    CHECK(best_by_script({.patience = 5, .least_gain = 2.5}).iteration == 1);
}

TEST_CASE("fit_until_best: the observer sees each metric and can stop") {
    std::vector<double> seen;
    als::Training training{.factors = 3, .iterations = 6};
    training.observer = [&](const als::Progress& progress) {
        REQUIRE(progress.metric.has_value());
        seen.push_back(*progress.metric);
        return progress.iteration == 4 ? als::Next::stop : als::Next::go_on;
    };
    CHECK(best_by_script({.patience = 5}, training).iteration == 3);
    CHECK(seen == std::vector<double>{1, 2, 3, 2.5});
}

TEST_CASE("fit_until_best: a metric that is no number and a patience below 1 are refused") {
    const auto data = sample_data<float>(68);
    const auto nothing = [](const als::Model<float>&) { return std::nan(""); };
    REQUIRE_THROWS_MATCHES(als::fit_until_best(data, sharp_objective, {.factors = 3}, nothing),
                           als::InputError, says("the metric of iteration 1 is not a number"));
    REQUIRE_THROWS_MATCHES(best_by_script({.patience = 0}), als::InputError,
                           says("als::EarlyStopping::patience is 0"));
}
