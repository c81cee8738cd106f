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

TEST_CASE("fit: the tolerance ends training early") {
    const auto data = sample_data<double>();
    int iterations = 0;
    const auto count = [&](const als::Progress& progress) {
        iterations = progress.iteration;
        return als::Next::go_on;
    };
    const auto fit = [&](double tolerance) {
        return als::fit(
            data, als::Implicit{},
            {.factors = 4, .iterations = 200, .tolerance = tolerance, .observer = count});
    };
    static_cast<void>(fit(1e-3));
    const int loose = iterations;
    static_cast<void>(fit(1e-5));
    CHECK(loose < iterations);
    CHECK(iterations < 200);
    static_cast<void>(fit(0));
    CHECK(iterations == 200);
    // Near the minimum, float rounding makes the objective rise now and then: 0 does not mind.
    static_cast<void>(als::fit(sample_data<float>(), als::Explicit{},
                               {.factors = 1, .iterations = 400, .observer = count}));
    CHECK(iterations == 400);
}

TEST_CASE("fit: options out of range are refused with name, value and range") {
    using als::Explicit;
    using als::Implicit;
    using als::Training;
    const auto data = sample_data<float>();
    const double nan = std::nan("");
    const auto refuses = [&](const auto& objective, const Training& training,
                             const std::string& name, const std::string& value) {
        REQUIRE_THROWS_MATCHES(als::fit(data, objective, training), als::InputError,
                               says(name + " is " + value) && says("it has to be"));
    };
    refuses(Implicit{.alpha = -1}, {}, "als::Implicit::alpha", "-1");
    refuses(Implicit{.alpha = nan}, {}, "als::Implicit::alpha", "nan");
    refuses(Implicit{.regularization = -0.5}, {}, "als::Implicit::regularization", "-0.5");
    refuses(Implicit{.item_regularization = -2}, {}, "als::Implicit::item_regularization", "-2");
    refuses(Implicit{.regularization_exponent = 1.5}, {}, "als::Implicit::regularization_exponent",
            "1.5");
    refuses(Implicit{.epsilon = 0}, {}, "als::Implicit::epsilon", "0");
    refuses(Explicit{.regularization = nan}, {}, "als::Explicit::regularization", "nan");
    refuses(Explicit{.item_regularization = -2}, {}, "als::Explicit::item_regularization", "-2");
    refuses(Explicit{.regularization_exponent = -1}, {}, "als::Explicit::regularization_exponent",
            "-1");
    refuses(Explicit{.bias_regularization = -1}, {}, "als::Explicit::bias_regularization", "-1");
    refuses(Implicit{}, {.factors = 0}, "als::Training::factors", "0");
    refuses(Implicit{}, {.factors = 2000000000}, "als::Training::factors", "2000000000");
    refuses(Implicit{}, {.iterations = 0}, "als::Training::iterations", "0");
    refuses(Implicit{}, {.tolerance = -1}, "als::Training::tolerance", "-1");
    refuses(Implicit{}, {.initial_scale = 0}, "als::Training::initial_scale", "0");
    refuses(Implicit{}, {.threads = -1}, "als::Training::threads", "-1");
    refuses(Implicit{}, {.conjugate_gradient_steps = 0}, "als::Training::conjugate_gradient_steps",
            "0");
}
