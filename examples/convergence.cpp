// SPDX-License-Identifier: MIT
// How many iterations, and how many factors? Draws the objective and a metric of held-out items by
// iteration, and the metric by the number of factors. Usage: convergence [FOLDER with MovieLens]
// [FILE.svg]
#include "support/chart.hpp"
#include "support/console.hpp"
#include "support/movielens.hpp"
#include <als/als.hpp>

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>

using support::fixed;

int main(int argc, char** argv) try {
    const auto data = support::open_movielens_or_made_up<float>(argc, argv, {.minimum = 4});
    const als::Split<float> parts = als::split_each_user(data.ratings.interactions, {.seed = 1});
    const auto metric = [&](const als::Model<float>& model) {
        return als::evaluate(model, parts.test, {.k = 20, .exclude = &parts.train}).ndcg.mean;
    };

    support::Chart falls{"Objective, relative to the first iteration's", "iteration", {}};
    support::Chart peaks{"NDCG@20 of held-out items", "iteration", {}};
    support::Chart sizes{"NDCG@20 of held-out items", "factors", {}, true};
    for (const double regularization : {0.05, 0.3, 0.6}) {
        const als::Implicit objective{.alpha = 1, .regularization = regularization};
        const std::string name = "regularization " + fixed(regularization, 2);
        for (support::Chart* chart : {&falls, &peaks, &sizes}) chart->series.push_back({name, {}});

        als::Training training{.iterations = 30};
        double first = 0;
        training.observer = [&](const als::Progress& progress) {
            if (progress.iteration == 1) first = progress.objective;
            const auto n = static_cast<double>(progress.iteration);
            falls.series.back().points.push_back({n, progress.objective / first});
            peaks.series.back().points.push_back({n, *progress.metric});
            return als::Next::go_on;
        };
        const auto best = als::fit_until_best(parts.train, objective, training, metric,
                                              {.patience = training.iterations});
        std::cout << name << ": NDCG@20 " << fixed(best.metric, 3) << " after " << best.iteration
                  << " iterations, " << fixed(best.metrics.back(), 3) << " after 30; by factors";
        for (int factors = 1; factors <= 128; factors *= 2) {
            const double found = metric(als::fit(parts.train, objective, {.factors = factors}));
            sizes.series.back().points.push_back({static_cast<double>(factors), found});
            std::cout << ' ' << fixed(found, 3);
        }
        std::cout << '\n';
    }
    const std::string path = argc > 2 ? argv[2] : "convergence.svg";
    std::ofstream file(path);
    file << support::svg_of({falls, peaks, sizes});
    if (!file.flush()) throw als::IoError("cannot write " + path);
    std::cout << "The picture is in " << path << ".\n";
} catch (const std::exception& error) {
    std::cerr << "convergence: " << error.what() << '\n';
    return EXIT_FAILURE;
}
