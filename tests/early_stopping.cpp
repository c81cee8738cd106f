// SPDX-License-Identifier: MIT
// `fit_until_best`: the best iteration of the curve.
#include "catch.hpp"
#include "samples.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using namespace als_test;

TEST_CASE("fit_until_best: the best iteration of the full curve, as fit gives it") {
    const auto data = sample_data<float>(68);
    const auto parts = als::split(data, {.test_fraction = 0.3});
    const auto& train = parts.train;
    const auto& validation = parts.test;
    const auto metric = [&](const als::Model<float>& model) {
        return als::evaluate(model, validation, {.exclude = &train}).ndcg.mean;
    };
    std::vector<double> curve;
    const als::Implicit objective{.regularization = 1e-4};
    als::Training training{.factors = 12, .iterations = 12};
    for (int n = 1; n <= 12; ++n)
        curve.push_back(metric(als::fit(train, objective, {.factors = 12, .iterations = n})));
    const auto top = std::max_element(curve.begin(), curve.end());
    const auto best = als::fit_until_best(train, objective, training, metric, {.patience = 12});
    CHECK(best.metrics == curve);
    CHECK(best.iteration == top - curve.begin() + 1);
    CHECK(best.metric == *top);
    CHECK(best.model.item_factors() ==
          als::fit(train, objective, {.factors = 12, .iterations = best.iteration}).item_factors());

    // So it is with every objective and solver.
    const auto error = [&](const als::Model<float>& made) {
        return als::objective_value(made, train);
    };
    for (const auto solver : {als::Solver::exact, als::Solver::conjugate_gradient}) {
        const als::Training four{.factors = 12, .iterations = 4, .solver = solver};
        const auto ratings = als::fit_until_best(train, als::Explicit{}, four, error,
                                                 {.patience = 4, .lower_is_better = true});
        als::Training same = four;
        CHECK(ratings.iteration == 4);  // the objective falls
        same.iterations = ratings.iteration;
        const auto once = als::fit(train, als::Explicit{}, same);
        CHECK(ratings.model.user_factors() == once.user_factors());
        CHECK(ratings.model.item_biases() == once.item_biases());
        const auto likes = als::fit_until_best(train, objective, four, error,
                                               {.patience = 4, .lower_is_better = true});
        same.iterations = likes.iteration;
        CHECK(likes.model.user_factors() == als::fit(train, objective, same).user_factors());
    }

    // Patience: the curve goes up, and then down for good.
    int iteration = 0;
    const std::array<double, 6> values{1, 2, 3, 2.5, 2.9, 2};
    const auto scripted = [&](const als::Model<float>&) {
        return values[static_cast<std::size_t>(iteration++)];
    };
    training.iterations = 6;
    const auto stopped = als::fit_until_best(train, objective, training, scripted, {.patience = 2});
    CHECK(stopped.iteration == 3);
    CHECK(stopped.metrics.size() == 5);
    iteration = 0;
    CHECK(als::fit_until_best(train, objective, training, scripted,
                              {.patience = 2, .lower_is_better = true})
              .iteration == 1);
    iteration = 0;
    CHECK(als::fit_until_best(train, objective, training, scripted,
                              {.patience = 5, .least_gain = 1.5})
              .iteration == 3);

    // The observer sees each metric and can end it.
    iteration = 0;
    std::vector<double> seen;
    training.observer = [&](const als::Progress& progress) {
        REQUIRE(progress.metric.has_value());
        seen.push_back(*progress.metric);
        return progress.iteration == 4 ? als::Next::stop : als::Next::go_on;
    };
    CHECK(als::fit_until_best(train, objective, training, scripted, {.patience = 5}).iteration ==
          3);
    CHECK(seen == std::vector<double>{1, 2, 3, 2.5});
    training.observer = {};
    const auto nothing = [](const als::Model<float>&) { return std::nan(""); };
    REQUIRE_THROWS_MATCHES(als::fit_until_best(train, objective, training, nothing),
                           als::InputError, says("the metric of iteration 1 is not a number"));
    REQUIRE_THROWS_MATCHES(als::fit_until_best(train, objective, training, metric, {.patience = 0}),
                           als::InputError, says("als::EarlyStopping::patience is 0"));
}
