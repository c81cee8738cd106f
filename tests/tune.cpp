// SPDX-License-Identifier: MIT
// Candidates and their trials.
#include "catch.hpp"
#include "samples.hpp"

#include <cmath>
#include <cstdint>
#include <set>
#include <stop_token>
#include <vector>

using namespace als_test;

namespace {

std::vector<als::Split<double>> three_folds() {
    return als::folds(
        random_table(69, {.users = 50, .items = 40, .density = 0.4}).interactions<double>(), 3);
}

std::vector<als::Candidate<als::Explicit>> three_candidates() {
    return als::grid(als::Candidate<als::Explicit>{.training = {.factors = 3, .iterations = 6}},
                     {als::axis<als::Explicit>({1e-3, 0.1, 100}, [](auto& c, double value) {
                         c.objective.regularization = value;
                     })});
}

double error_of(const als::Model<double>& model, const als::Split<double>& split) {
    return als::rmse(model, split.test);
}

}  // namespace

TEST_CASE("tune: a grid is every combination of the values on its axes") {
    using Candidate = als::Candidate<als::Implicit>;
    const auto all = als::grid(
        Candidate{.objective = {.epsilon = 3}},
        {als::axis<als::Implicit>({1, 4}, [](auto& c, double v) { c.objective.alpha = v; }),
         als::axis<als::Implicit>(
             {8, 16, 32}, [](auto& c, double v) { c.training.factors = static_cast<int>(v); })});
    REQUIRE(all.size() == 6);
    CHECK(all[0].objective.alpha == 1);
    CHECK(all[2].training.factors == 32);
    CHECK(all[3].objective.alpha == 4);
    CHECK(all[3].training.factors == 8);
    CHECK(all[5].objective.epsilon == 3);
}

TEST_CASE("tune: random candidates lie in their ranges, and depend on seed and number alone") {
    using Candidate = als::Candidate<als::Implicit>;
    const auto draw = [](Candidate& c, als::Draw& d) {
        c.objective.alpha = d.log_uniform(0.5, 50);
        c.objective.regularization = d.uniform(1, 2);
        c.training.factors = d.integer(3, 5);
    };
    const auto few = als::random_candidates(Candidate{}, 5, 7, draw);
    const auto many = als::random_candidates(Candidate{}, 200, 7, draw);
    std::set<int> factors;
    for (std::size_t n = 0; n < many.size(); ++n) {
        if (n < few.size()) CHECK(few[n].objective == many[n].objective);
        CHECK((*many[n].objective.alpha >= 0.5 && *many[n].objective.alpha < 50));
        CHECK((*many[n].objective.regularization >= 1 && *many[n].objective.regularization < 2));
        factors.insert(many[n].training.factors);
    }
    CHECK(factors == std::set<int>{3, 4, 5});
    CHECK_FALSE(als::random_candidates(Candidate{}, 1, 8, draw)[0].objective == few[0].objective);
}

TEST_CASE("tune: trials are those of fit and the metric, the best first") {
    const auto splits = three_folds();
    std::vector<std::size_t> numbers;
    const auto trials = als::tune<double>(
        splits, three_candidates(), error_of,
        {.lower_is_better = true, .observer = [&](const auto&, std::size_t n, std::size_t of) {
             CHECK(of == 3);
             numbers.push_back(n);
             return als::Next::go_on;
         }});
    CHECK(numbers == std::vector<std::size_t>{1, 2, 3});
    REQUIRE(trials.size() == 3);
    for (const auto& trial : trials) {
        double mean = 0;
        for (std::size_t f = 0; f < 3; ++f) {
            const auto model =
                als::fit(splits[f].train, trial.candidate.objective, trial.candidate.training);
            CHECK(trial.metrics[f] == als::rmse(model, splits[f].test));
            mean += trial.metrics[f] / 3;
        }
        CHECK_THAT(trial.metric, WithinRel(mean, 1e-12));
    }
    CHECK(trials[0].metric <= trials[1].metric);
    CHECK(trials[1].metric <= trials[2].metric);
}

TEST_CASE("tune: with a patience each trial has its best number of iterations") {
    const auto splits = three_folds();
    const auto whole =
        als::tune<double>(splits, three_candidates(), error_of, {.lower_is_better = true});
    const auto patient = als::tune<double>(splits, three_candidates(), error_of,
                                           {.lower_is_better = true, .patience = 2});
    CHECK(patient[0].metric <= whole[0].metric);
    for (const auto& trial : patient) {
        CHECK(trial.candidate.training.iterations >= 1);
        CHECK(trial.candidate.training.iterations <= 6);
    }
}

TEST_CASE("tune: an observer that stops gets the trials so far") {
    const auto trials = als::tune<double>(
        three_folds(), three_candidates(), error_of,
        {.observer = [](const auto&, std::size_t, std::size_t) { return als::Next::stop; }});
    CHECK(trials.size() == 1);
}

TEST_CASE("tune: a stop token cancels") {
    int asked = 0;
    std::stop_source source;
    const auto metric = [&](const als::Model<double>&, const als::Split<double>&) {
        if (++asked == 2) source.request_stop();
        return 1.0;
    };
    CHECK_THROWS_AS(als::tune<double>(three_folds(), three_candidates(), metric,
                                      {.cancel = source.get_token()}),
                    als::Cancelled);
    CHECK(asked == 2);
}

TEST_CASE("tune: a candidate out of range is refused before any work") {
    bool asked = false;
    const auto metric = [&](const als::Model<double>&, const als::Split<double>&) {
        asked = true;
        return 1.0;
    };
    auto bad = three_candidates();
    bad[2].objective.regularization = -1;
    REQUIRE_THROWS_MATCHES(als::tune<double>(three_folds(), bad, metric), als::InputError,
                           says("als::Explicit::regularization is -1"));
    CHECK_FALSE(asked);
}

TEST_CASE("tune: no splits, and a metric that is no number, are refused") {
    REQUIRE_THROWS_MATCHES(als::tune<double>({}, three_candidates(), error_of), als::InputError,
                           says("no split"));
    const auto nothing = [](const als::Model<double>&, const als::Split<double>&) {
        return std::nan("");
    };
    REQUIRE_THROWS_MATCHES(als::tune<double>(three_folds(), three_candidates(), nothing),
                           als::InputError, says("the metric of candidate 1 is not a number"));
}
