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
using als::Item;
using als::User;

TEST_CASE("tune: a grid is every combination, random candidates are the same anywhere") {
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
        CHECK((many[n].objective.alpha >= 0.5 && many[n].objective.alpha < 50));
        CHECK((many[n].objective.regularization >= 1 && many[n].objective.regularization < 2));
        factors.insert(many[n].training.factors);
    }
    CHECK(factors == std::set<int>{3, 4, 5});
    CHECK_FALSE(als::random_candidates(Candidate{}, 1, 8, draw)[0].objective == few[0].objective);
}

TEST_CASE("tune: trials are those of fit and the metric, the best first") {
    const auto data =
        random_table(69, {.users = 50, .items = 40, .density = 0.4}).interactions<double>();
    const auto splits = als::folds(data, 3);
    using Candidate = als::Candidate<als::Explicit>;
    const auto candidates = als::grid(
        Candidate{.training = {.factors = 3, .iterations = 6}},
        {als::axis<als::Explicit>({1e-3, 0.1, 100},
                                  [](auto& c, double v) { c.objective.regularization = v; })});
    const auto metric = [](const als::Model<double>& model, const als::Split<double>& split) {
        return als::rmse(model, split.test);
    };
    std::vector<std::size_t> numbers;
    const auto trials = als::tune<double>(
        splits, candidates, metric,
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

    const auto patient =
        als::tune<double>(splits, candidates, metric, {.lower_is_better = true, .patience = 2});
    CHECK(patient[0].metric <= trials[0].metric);
    for (const auto& trial : patient)
        CHECK(
            (trial.candidate.training.iterations >= 1 && trial.candidate.training.iterations <= 6));

    const auto first = als::tune<double>(
        splits, candidates, metric,
        {.observer = [](const auto&, std::size_t, std::size_t) { return als::Next::stop; }});
    CHECK(first.size() == 1);
}

TEST_CASE("tune: cancelled, and what is out of range is refused before any work") {
    const auto data = sample_data<float>(70);
    const auto splits = als::folds(data, 2);
    using Candidate = als::Candidate<als::Implicit>;
    int asked = 0;
    std::stop_source source;
    const auto metric = [&](const als::Model<float>&, const als::Split<float>&) {
        if (++asked == 2) source.request_stop();
        return 1.0;
    };
    const std::vector<Candidate> fine(3, Candidate{.training = {.factors = 2, .iterations = 1}});
    CHECK_THROWS_AS(als::tune<float>(splits, fine, metric, {.cancel = source.get_token()}),
                    als::Cancelled);
    CHECK(asked == 2);
    asked = 10;
    std::vector<Candidate> bad = fine;
    bad[2].objective.alpha = -1;
    REQUIRE_THROWS_MATCHES(als::tune<float>(splits, bad, metric), als::InputError,
                           says("als::Implicit::alpha is -1"));
    CHECK(asked == 10);
    REQUIRE_THROWS_MATCHES(als::tune<float>({}, fine, metric), als::InputError, says("no split"));
    REQUIRE_THROWS_MATCHES(als::tune<float>(splits, fine,
                                            [](const als::Model<float>&, const als::Split<float>&) {
                                                return std::nan("");
                                            }),
                           als::InputError, says("the metric of candidate 1 is not a number"));
}
