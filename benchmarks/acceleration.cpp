// SPDX-License-Identifier: MIT
// How many iterations does `Training::acceleration` save? Trains on public data sets with and
// without it, and prints the iterations to within 1, 0.1 and 0.01 % of the lowest objective that
// either of them reaches.
//
//     acceleration FOLDER [--sets NAME,NAME,...] [--factors N] [--iterations N] [--seed N]
//                         [--threads N]
//
// FOLDER is as in public_data.hpp, with amazon-book/ too.
#include "public_data.hpp"
#include <als/als.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace public_data;

struct Choices {
    fs::path folder;
    std::string sets = "ml-100k,lastfm,ml-1m,amazon-book";
    als::Training training{.iterations = 200};
};

std::vector<double> curve(const Interactions<float>& data, const auto& objective,
                          als::Training training, bool accelerated) {
    std::vector<double> values;
    training.acceleration = accelerated;
    training.observer = [&](const als::Progress& progress) {
        values.push_back(progress.objective);
        return als::Next::go_on;
    };
    static_cast<void>(als::fit(data, objective, training));
    return values;
}

/// Prints the iterations until the curve is within 1, 0.1 and 0.01 % of `best`, and how far above
/// it the curve ends.
void print_iterations(const char* name, const std::vector<double>& values, double best) {
    std::printf(" %s", name);
    for (const double above : {0.01, 0.001, 0.0001}) {
        const auto first = std::find_if(values.begin(), values.end(),
                                        [&](double value) { return value <= best * (1 + above); });
        if (first == values.end())
            std::printf(" >%zu", values.size());
        else
            std::printf(" %td", first - values.begin() + 1);
    }
    std::printf(" (ends %+.4f %%) |", 100 * (values.back() / best - 1));
}

void compare(const std::string& set, const char* name, const Interactions<float>& data,
             const auto& objective, const als::Training& training) {
    const auto plain = curve(data, objective, training, false);
    const auto accelerated = curve(data, objective, training, true);
    const double best = std::min(*std::min_element(plain.begin(), plain.end()),
                                 *std::min_element(accelerated.begin(), accelerated.end()));
    std::printf("| %s, %s |", set.c_str(), name);
    print_iterations("plain", plain, best);
    print_iterations("accelerated", accelerated, best);
    std::printf("\n");
    std::fflush(stdout);
}

void compare_on(const std::string& set, const Choices& options) {
    const Interactions<float> data = set == "ml-100k"  ? fold_of_100k(options.folder, 1).train
                                     : set == "ml-1m"  ? ratings_of_1m(options.folder).train
                                     : set == "lastfm" ? lastfm(options.folder).train
                                                       : amazon_book(options.folder).train;
    als::Implicit defaults;
    if (set == "lastfm") defaults.confidence = als::Confidence::logarithmic;
    als::Implicit sharp = defaults;
    sharp.alpha = 4;
    sharp.regularization = 10;
    sharp.regularization_exponent = 0;
    compare(set, "defaults", data, defaults, options.training);
    compare(set, "alpha 4, lambda 10", data, sharp, options.training);
    if (set != "ml-100k" && set != "ml-1m") return;
    compare(set, "ratings", data, als::Explicit{}, options.training);
}

Choices choices_from(int count, char** arguments) {
    if (count < 2) throw als::InputError("acceleration: name the folder with the data sets");
    Choices options{.folder = arguments[1]};
    for (int n = 2; n + 1 < count; n += 2) {
        const std::string name = arguments[n];
        const char* const text = arguments[n + 1];
        if (name == "--sets")
            options.sets = text;
        else if (name == "--factors")
            options.training.factors = std::atoi(text);
        else if (name == "--iterations")
            options.training.iterations = std::atoi(text);
        else if (name == "--seed")
            options.training.seed = std::strtoull(text, nullptr, 10);
        else if (name == "--threads")
            options.training.threads = std::atoi(text);
        else
            throw als::InputError("acceleration: there is no option " + name);
    }
    return options;
}

}  // namespace

int main(int count, char** arguments) {
    try {
        const Choices options = choices_from(count, arguments);
        std::istringstream sets(options.sets);
        for (std::string set; std::getline(sets, set, ',');) compare_on(set, options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
