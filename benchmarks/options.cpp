// SPDX-License-Identifier: MIT
// What do legal options cost? Trains on one generated matrix with one option changed at a time, and
// prints the seconds per iteration beside those of the defaults.
//
//     options [SHAPE] [--factors K,K,...] [--repetitions N] [--threads N]
//
// All settings are run in turn, repeatedly; medians. SHAPE is one of shapes.hpp, ml1m if absent.
#include "shapes.hpp"
#include <als/als.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

/// One line of a table: what is changed.
template <typename Kind>
struct Setting {
    const char* name;
    std::function<void(Kind&, als::Training&)> change;
};

std::vector<Setting<als::Implicit>> implicit_settings() {
    using als::Implicit;
    using als::Training;
    return {
        {"defaults", [](Implicit&, Training&) {}},
        {"an observer",
         [](Implicit&, Training& t) {
             t.observer = [](const als::Progress&) { return als::Next::go_on; };
         }},
        {"exponent 0", [](Implicit& o, Training&) { o.regularization_exponent = 0; }},
        {"exponent 1", [](Implicit& o, Training&) { o.regularization_exponent = 1; }},
        {"conjugate gradient",
         [](Implicit&, Training& t) { t.solver = als::Solver::conjugate_gradient; }},
        {"non-negative", [](Implicit& o, Training&) { o.non_negative = true; }},
    };
}

std::vector<Setting<als::Explicit>> explicit_settings() {
    using als::Explicit;
    using als::Training;
    return {
        {"defaults", [](Explicit&, Training&) {}},
        {"an observer",
         [](Explicit&, Training& t) {
             t.observer = [](const als::Progress&) { return als::Next::go_on; };
         }},
        {"no penalty on biases", [](Explicit& o, Training&) { o.bias_regularization = 0; }},
        {"no biases", [](Explicit& o, Training&) { o.biases = false; }},
        {"exponent 0", [](Explicit& o, Training&) { o.regularization_exponent = 0; }},
        {"exponent 0, lambda 5",
         [](Explicit& o, Training&) {
             o.regularization_exponent = 0;
             o.regularization = o.bias_regularization = 5;
         }},
        {"conjugate gradient",
         [](Explicit&, Training& t) { t.solver = als::Solver::conjugate_gradient; }},
        {"non-negative", [](Explicit& o, Training&) { o.non_negative = true; }},
    };
}

/// Seconds per iteration, without the start and the first.
template <typename Kind>
double seconds_of(const als::Interactions<float>& data, const Setting<Kind>& setting,
                  als::Training training) {
    Kind objective;
    setting.change(objective, training);
    const auto seconds = [&](int iterations) {
        training.iterations = iterations;
        const auto begin = Clock::now();
        static_cast<void>(als::fit(data, objective, training));
        return std::chrono::duration<double>(Clock::now() - begin).count();
    };
    constexpr int more = 4;
    const double one = seconds(1);
    return (seconds(1 + more) - one) / more;
}

template <typename Kind>
void print_table(const char* name, const als::Interactions<float>& data,
                 const std::vector<Setting<Kind>>& settings, const als::Training& training,
                 int repetitions) {
    std::vector<std::vector<double>> seconds(settings.size());
    for (int r = 0; r < repetitions; ++r)
        for (std::size_t n = 0; n < settings.size(); ++n) {
            const std::size_t s = (n + static_cast<std::size_t>(r)) % settings.size();
            seconds[s].push_back(seconds_of(data, settings[s], training));
        }
    std::printf("\n%s, k = %d\n\n| setting | s/iteration | x defaults |\n|---|---|---|\n", name,
                training.factors);
    double defaults = 0;
    for (std::size_t s = 0; s < settings.size(); ++s) {
        std::sort(seconds[s].begin(), seconds[s].end());
        const double median = seconds[s][seconds[s].size() / 2];
        if (s == 0) defaults = median;
        std::printf("| %s | %.4f | %.2f |\n", settings[s].name, median, median / defaults);
    }
    static_cast<void>(std::fflush(stdout));
}

int run(int argc, char** argv) {
    std::string shape = "ml1m";
    std::vector<int> factors{10, 64, 128};
    int repetitions = 3;
    als::Training training{.threads = 2};
    for (int n = 1; n < argc; ++n) {
        const std::string word = argv[n];
        if (word.rfind("--", 0) != 0) {
            shape = word;
            continue;
        }
        if (n + 1 == argc) throw als::InputError("options: " + word + " needs a value");
        const std::string value = argv[++n];
        if (word == "--repetitions")
            repetitions = std::atoi(value.c_str());
        else if (word == "--threads")
            training.threads = std::atoi(value.c_str());
        else if (word == "--factors") {
            factors.clear();
            for (std::size_t at = 0; at != std::string::npos && at < value.size();) {
                factors.push_back(std::atoi(value.c_str() + at));
                at = value.find(',', at);
                at += at != std::string::npos;
            }
        } else
            throw als::InputError("options: " + word + " is unknown");
    }
    const auto found = std::find_if(shapes::all().begin(), shapes::all().end(),
                                    [&](const shapes::Shape& s) { return s.name == shape; });
    if (found == shapes::all().end()) throw als::InputError("options: no shape is called " + shape);
    const als::Interactions<float> data = shapes::generate(*found);
    for (const int k : factors) {
        training.factors = k;
        print_table("Implicit feedback", data, implicit_settings(), training, repetitions);
        print_table("Ratings", data, explicit_settings(), training, repetitions);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        static_cast<void>(std::fprintf(stderr, "%s\n", error.what()));
        return 2;
    }
}
