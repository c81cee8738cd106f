// SPDX-License-Identifier: MIT
// Training options: observer, cancellation, tolerance, and which values are refused.
#include "catch.hpp"
#include "samples.hpp"
#include <als/detail/solve/momentum.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

using namespace als_test;

TEST_CASE("fit: the observer sees each iteration and can stop, keeping what was reached") {
    const auto data = sample_data<float>();
    std::vector<als::Progress> seen;
    const auto model =
        als::fit(data, als::Implicit{},
                 {.factors = 5, .iterations = 9, .observer = [&](const als::Progress& progress) {
                      seen.push_back(progress);
                      return progress.iteration == 4 ? als::Next::stop : als::Next::go_on;
                  }});
    REQUIRE(seen.size() == 4);
    for (std::size_t n = 0; n < seen.size(); ++n) {
        CHECK(seen[n].iteration == static_cast<int>(n) + 1);
        CHECK(seen[n].iterations == 9);
        CHECK(seen[n].seconds >= (n > 0 ? seen[n - 1].seconds : 0));
        if (n > 0) CHECK(seen[n].objective < seen[n - 1].objective);
    }
    CHECK(same_bits(model, als::fit(data, als::Implicit{}, {.factors = 5, .iterations = 4})));
}

TEST_CASE("fit: an exception of the observer reaches the caller") {
    const auto throwing = [](const als::Progress&) -> als::Next {
        throw std::runtime_error("mine");
    };
    REQUIRE_THROWS_WITH(
        als::fit(sample_data<float>(), als::Implicit{}, {.factors = 3, .observer = throwing}),
        "mine");
}

TEST_CASE("fit: a stop token cancels") {
    std::stop_source source;
    source.request_stop();
    for (const int threads : {1, 3})
        REQUIRE_THROWS_AS(
            als::fit(sample_data<float>(), als::Implicit{},
                     {.factors = 3, .threads = threads, .cancel = source.get_token()}),
            als::Cancelled);
}

TEST_CASE("fit: a tolerance above 0 ends training early, the earlier the larger it is") {
    int iterations = 0;
    const auto fit = [&](double tolerance) {
        static_cast<void>(als::fit(sample_data<double>(), als::Implicit{},
                                   {.factors = 4,
                                    .iterations = 200,
                                    .tolerance = tolerance,
                                    .observer = [&](const als::Progress& progress) {
                                        iterations = progress.iteration;
                                        return als::Next::go_on;
                                    }}));
        return iterations;
    };
    const int loose = fit(1e-3);
    const int tight = fit(1e-5);
    CHECK(loose < tight);
    CHECK(tight < 200);
    CHECK(fit(0) == 200);
}

TEST_CASE("fit: a tolerance of 0 never ends training, though rounding makes the objective rise") {
    int iterations = 0;
    static_cast<void>(
        als::fit(sample_data<float>(), als::Explicit{},
                 {.factors = 1, .iterations = 400, .observer = [&](const als::Progress& progress) {
                      iterations = progress.iteration;
                      return als::Next::go_on;
                  }}));
    CHECK(iterations == 400);
}

TEST_CASE("fit: an accelerated iteration starts from users moved on until it goes back") {
    using Momentum = als::detail::Momentum<double>;
    const auto side = [](double factor, double bias) {
        als::Side<double> numbers;
        numbers.factors.setConstant(1, 1, factor);
        numbers.biases.setConstant(1, bias);
        return numbers;
    };
    const als::detail::Workers workers;
    Momentum momentum;
    const auto expect = [&](double factor, double bias, int age) {
        CHECK_THAT(momentum.start.factors(0, 0), WithinAbs(factor, 1e-12));
        CHECK_THAT(momentum.start.biases(0), WithinAbs(bias, 1e-12));
        CHECK(momentum.age == age);
    };
    const auto advance = [&](const als::Side<double>& reached) {
        als::detail::advance(momentum, reached,
                             als::detail::add_slope(0, momentum, reached, workers), workers);
    };
    advance(side(4, -4));
    expect(4, -4, 1);  // no direction yet
    advance(side(8, -8));
    expect(9, -9, 2);  // 1/4 of the last step further
    advance(side(3, -18));
    expect(1, -22, 3);  // 2/5 further; the bias advanced by more than the factor went back
    advance(side(0.5, -24));
    expect(-0.75, -27, 4);  // 1/2 further
    advance(side(1, -26));
    expect(1, -26, 1);  // went back: no momentum
}

TEMPLATE_TEST_CASE("fit: accelerated trainings come closer to the minimum, with any objective", "",
                   float, double) {
    const auto data = sample_data<TestType>();
    const auto value = [&](const auto& objective, als::Training training, bool accelerated) {
        training.factors = 4;
        training.iterations = 12;
        training.acceleration = accelerated;
        return als::objective_value(als::fit(data, objective, training), data);
    };
    const auto check = [&](const auto& objective, const als::Training& training) {
        CHECK(value(objective, training, true) < value(objective, training, false));
    };
    check(als::Implicit{.alpha = 4, .regularization = 0.1}, {});
    check(als::Explicit{}, {});
    check(als::Implicit{.alpha = 4, .regularization = 0.1},
          {.solver = als::Solver::conjugate_gradient});
}

TEST_CASE("fit: acceleration of non-negative factors is refused") {
    REQUIRE_THROWS_MATCHES(als::fit(sample_data<float>(), als::Implicit{.non_negative = true},
                                    {.factors = 3, .acceleration = true}),
                           als::InputError, says("set .acceleration = false"));
}

TEST_CASE("fit: an accelerated training gives the same bits for any number of threads") {
    const auto data =
        random_table(7, {.users = 2000, .items = 45, .density = 0.1}).interactions<float>();
    als::Training training{.factors = 5, .iterations = 5, .acceleration = true, .threads = 1};
    const auto model = als::fit(data, als::Explicit{}, training);
    training.acceleration = false;
    CHECK_FALSE(same_bits(als::fit(data, als::Explicit{}, training), model));
    training.acceleration = true;
    training.threads = 3;
    CHECK(same_bits(als::fit(data, als::Explicit{}, training), model));
}

TEST_CASE("fit: the users of an accelerated training are those that fold-in gives") {
    const auto data = sample_data<double>();
    const auto model =
        als::fit(data, als::Implicit{}, {.factors = 5, .iterations = 4, .acceleration = true});
    for (const int u : {0, 7, 59}) {
        const als::User user{u};
        CHECK((als::fold_in(model, data[user]).factors - model.user_factors().row(u)).norm() <
              1e-12);
    }
}

TEST_CASE("fit: a rise of the objective does not end an accelerated training by its tolerance") {
    // A tiny tolerance: only a rise could end the training.
    als::Training training{
        .factors = 4, .iterations = 60, .tolerance = 1e-300, .acceleration = true};
    std::vector<double> seen;
    training.observer = [&](const als::Progress& progress) {
        seen.push_back(progress.objective);
        return als::Next::go_on;
    };
    static_cast<void>(als::fit(sample_data<double>(),
                               als::Implicit{.alpha = 1, .regularization = 1e-6}, training));
    REQUIRE_FALSE(std::is_sorted(seen.rbegin(), seen.rend()));
    CHECK(seen.size() == 60);
}

TEST_CASE("fit: training options out of range are refused with name, value and range") {
    using als::Training;
    const auto data = sample_data<float>();
    const auto refuses = [&](const Training& training, const std::string& name,
                             const std::string& value) {
        REQUIRE_THROWS_MATCHES(als::fit(data, als::Implicit{}, training), als::InputError,
                               says(name + " is " + value) && says("it has to be"));
    };
    refuses({.factors = 0}, "als::Training::factors", "0");
    refuses({.factors = 2000000000}, "als::Training::factors", "2000000000");
    refuses({.iterations = 0}, "als::Training::iterations", "0");
    refuses({.tolerance = -1}, "als::Training::tolerance", "-1");
    refuses({.initial_scale = 0}, "als::Training::initial_scale", "0");
    refuses({.threads = -1}, "als::Training::threads", "-1");
    refuses({.conjugate_gradient_steps = 0}, "als::Training::conjugate_gradient_steps", "0");
    refuses({.subspace_factors = 0}, "als::Training::subspace_factors", "0");
}
