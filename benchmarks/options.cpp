// SPDX-License-Identifier: MIT
// What do legal options cost? Trains on one generated matrix with one option changed at a time.
// Prints the seconds per iteration beside those of the defaults.
//
//     options [SHAPE] [--factors K,K,...] [--repetitions N] [--threads N]
//
// All settings run in turn, repeatedly; the results are medians. SHAPE is one of shapes.hpp; the
// default is ml1m.
#include "shapes.hpp"
#include <als/als.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
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

template <typename Kind>
std::vector<Setting<Kind>> settings_of() {
    using als::Training;
    std::vector<Setting<Kind>> settings{
        {"defaults", [](Kind&, Training&) {}},
        {"an observer",
         [](Kind&, Training& t) {
             t.observer = [](const als::Progress&) { return als::Next::go_on; };
         }},
        {"exponent 0", [](Kind& o, Training&) { o.regularization_exponent = 0; }},
        {"conjugate gradient",
         [](Kind&, Training& t) { t.solver = als::Solver::conjugate_gradient; }},
        {"acceleration", [](Kind&, Training& t) { t.acceleration = true; }},
        {"non-negative", [](Kind& o, Training&) { o.non_negative = true; }},
    };
    if constexpr (std::same_as<Kind, als::Explicit>) {
        settings.push_back(
            {"no penalty on biases", [](Kind& o, Training&) { o.bias_regularization = 0; }});
        settings.push_back({"no biases", [](Kind& o, Training&) { o.biases = false; }});
        settings.push_back({"exponent 0, lambda 5", [](Kind& o, Training&) {
                                o.regularization_exponent = 0;
                                o.regularization = o.bias_regularization = 5;
                            }});
    } else {
        settings.push_back(
            {"exponent 1", [](Kind& o, Training&) { o.regularization_exponent = 1; }});
    }
    return settings;
}

/// Seconds per iteration, without the start and the first iteration.
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
                 const als::Training& training, int repetitions) {
    const std::vector<Setting<Kind>> settings = settings_of<Kind>();
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
        print_table<als::Implicit>("Implicit feedback", data, training, repetitions);
        print_table<als::Explicit>("Ratings", data, training, repetitions);
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
