// SPDX-License-Identifier: MIT
// `suggest`: what it tries, what it may cost, and what it returns.
#include "catch.hpp"
#include "samples.hpp"

#include <cstddef>
#include <type_traits>
#include <vector>

using namespace als_test;

namespace {

als::Interactions<double> table_data() {
    return random_table(81, {.users = 60, .items = 40, .density = 0.3}).interactions<double>();
}

constexpr auto small = [](double budget, int threads = 1) {
    return als::SuggestOptions{
        .budget = budget,
        .training = {.factors = 4, .iterations = 6, .seed = 9, .threads = threads}};
};

/// The metric by which `suggest` judges a candidate.
double judged(const als::Interactions<double>& data, const als::Candidate<als::Implicit>& best) {
    const auto parts = als::split_each_user(data, {.seed = 9});
    return als::evaluate(als::fit(parts.train, best.objective, best.training), parts.test,
                         {.k = 20, .exclude = &parts.train})
        .ndcg.mean;
}
double judged(const als::Interactions<double>& data, const als::Candidate<als::Explicit>& best) {
    const auto parts = als::split(data, {.test_fraction = 0.1, .seed = 9});
    return als::rmse(als::fit(parts.train, best.objective, best.training), parts.test,
                     {.clip = true});
}

}  // namespace

TEST_CASE("suggest: the trials are those of fit, the best of the last round wins") {
    const auto data = table_data();
    const auto check = [&](const auto& objective) {
        constexpr bool ratings = std::is_same_v<std::decay_t<decltype(objective)>, als::Explicit>;
        const auto found = als::suggest(data, objective, small(6));
        REQUIRE(found.trials.size() > 4);
        std::size_t full = 0;
        while (full < found.trials.size() && found.trials[full].candidate.training.factors == 4)
            ++full;
        CHECK(full >= 2);
        for (std::size_t n = 0; n < found.trials.size(); ++n) {
            const auto& trial = found.trials[n];
            CHECK(trial.candidate.training.factors == (n < full ? 4 : 2));
            CHECK_THAT(judged(data, trial.candidate), WithinRel(trial.metric, 1e-12));
            if (n == 0 || n == full) continue;
            const double before = found.trials[n - 1].metric;
            CHECK((ratings ? before <= trial.metric : before >= trial.metric));
        }
        CHECK(found.training.iterations == found.trials[0].candidate.training.iterations);
        CHECK(found.training.factors == 4);
    };
    check(als::Implicit{});
    check(als::Explicit{});
}

TEST_CASE("suggest: the result is the winner's multiple of what fits all the data") {
    const auto data = table_data();
    const auto likes = als::suggest(data, als::Implicit{}, small(3));
    const auto part = als::split_each_user(data, {.seed = 9}).train;
    const als::Implicit best = likes.trials[0].candidate.objective;
    CHECK_THAT(*likes.objective.alpha / *als::fitted_to(data, als::Implicit{}).alpha,
               WithinRel(*best.alpha / *als::fitted_to(part, als::Implicit{}).alpha, 1e-12));
    const als::Implicit whole{.alpha = likes.objective.alpha};
    const als::Implicit of_part{.alpha = best.alpha};
    CHECK_THAT(
        *likes.objective.regularization / *als::fitted_to(data, whole).regularization,
        WithinRel(*best.regularization / *als::fitted_to(part, of_part).regularization, 1e-12));

    const auto ratings = als::suggest(data, als::Explicit{}, small(3));
    CHECK(ratings.objective.bias_regularization ==
          ratings.trials[0].candidate.objective.bias_regularization);
    CHECK(ratings.objective.regularization.has_value());
}

TEST_CASE("suggest: options that are given stay as they are") {
    const auto found = als::suggest(
        table_data(), als::Implicit{.alpha = 2.5, .regularization_exponent = 1}, small(3));
    for (const auto& trial : found.trials) CHECK(trial.candidate.objective.alpha == 2.5);
    CHECK(found.objective.alpha == 2.5);
    CHECK(found.objective.regularization_exponent == 1);
    const auto fixed = als::suggest(table_data(), als::Explicit{.regularization = 0.4}, small(3));
    for (const auto& trial : fixed.trials) CHECK(trial.candidate.objective.regularization == 0.4);
    CHECK(fixed.objective.regularization == 0.4);
}

TEST_CASE("suggest: the cost stays within the budget, and small budgets give the defaults") {
    const auto data = table_data();
    for (const double budget : {1.0, 3.0, 10.0}) {
        const auto found = als::suggest(data, als::Implicit{}, small(budget));
        CHECK(found.cost > 0);
        CHECK(found.cost <= budget);
    }
    const auto nothing = als::suggest(data, als::Implicit{}, small(0.01));
    CHECK(nothing.trials.empty());
    CHECK(nothing.cost == 0);
    CHECK(nothing.objective == als::fitted_to(data, als::Implicit{}));
    CHECK(nothing.training.iterations == 6);
    // Two users with one entry each: nothing can be held out.
    const als::Interactions<double> tiny(
        2, 2, std::vector<als::Entry<double>>{{{0}, {0}, 1.0}, {{1}, {1}, 1.0}});
    CHECK(als::suggest(tiny, als::Implicit{}, small(3)).trials.empty());
}

TEST_CASE("suggest: the result does not depend on the number of threads") {
    const auto data = table_data();
    const auto one = als::suggest(data, als::Implicit{}, small(3, 1));
    const auto three = als::suggest(data, als::Implicit{}, small(3, 3));
    CHECK(one.objective == three.objective);
    CHECK(one.training.iterations == three.training.iterations);
    REQUIRE(one.trials.size() == three.trials.size());
    for (std::size_t n = 0; n < one.trials.size(); ++n)
        CHECK(one.trials[n].metric == three.trials[n].metric);
}

TEST_CASE("suggest: a stop token cancels, and bad options are refused") {
    als::StopSource source;
    source.request_stop();
    als::SuggestOptions options = small(3);
    options.training.cancel = source.get_token();
    CHECK_THROWS_AS(als::suggest(table_data(), als::Implicit{}, options), als::Cancelled);
    REQUIRE_THROWS_MATCHES(als::suggest(table_data(), als::Implicit{}, small(0)), als::InputError,
                           says("als::SuggestOptions::budget is 0"));
    REQUIRE_THROWS_MATCHES(als::suggest(table_data(), als::Implicit{.alpha = -1}, small(3)),
                           als::InputError, says("als::Implicit::alpha is -1"));
}
