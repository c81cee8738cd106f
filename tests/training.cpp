// SPDX-License-Identifier: MIT
// Training options: observer, cancellation, tolerance, and which values are refused.
#include "catch.hpp"
#include "samples.hpp"

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
