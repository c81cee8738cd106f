// SPDX-License-Identifier: MIT
// Does this serve my data? Baseline, a bad start, a search for better parameters, and the truth at
// the end. Usage: judge [FOLDER with MovieLens]
#include "support/console.hpp"
#include "support/movielens.hpp"
#include <als/als.hpp>

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

using support::fixed;

namespace {

void report(const std::string& name, const als::Evaluation& found) {
    std::cout << support::left(name, 26) << "  " << fixed(found.recall.mean, 3) << " ("
              << fixed(found.recall.low, 3) << " to " << fixed(found.recall.high, 3) << ")   "
              << fixed(found.ndcg.mean, 3) << "   "
              << support::right(support::percent(found.coverage), 8) << "   "
              << support::right(fixed(found.popularity_bias, 1), 10) << '\n';
}

}  // namespace

int main(int argc, char** argv) try {
    const auto data = support::open_movielens_or_made_up<float>(argc, argv, {.minimum = 4});

    // Three parts: to train on, to choose by, and one that nothing is chosen by.
    const als::Split<float> outer = als::split_each_user(data.ratings.interactions, {.seed = 1});
    const als::Split<float> inner = als::split_each_user(outer.train, {.seed = 2});
    const auto judged = [&](const als::Model<float>& model) {
        return als::evaluate(model, outer.test, {.k = 20, .exclude = &outer.train});
    };
    const auto chosen_by = [](const als::Model<float>& model, const als::Split<float>& split) {
        return als::evaluate(model, split.test, {.k = 20, .exclude = &split.train}).ndcg.mean;
    };

    using Candidate = als::Candidate<als::Implicit>;
    const Candidate bad{.objective = {.alpha = 400, .regularization = 0.01},
                        .training = {.factors = 64, .iterations = 30}};
    const auto candidates = als::random_candidates(bad, 16, 7, [](Candidate& c, als::Draw& draw) {
        c.objective.alpha = draw.log_uniform(0.3, 100);
        c.objective.regularization = draw.log_uniform(0.05, 5);
    });
    als::TuneOptions<als::Implicit> options{.patience = 3};
    options.observer = [](const auto& trial, std::size_t n, std::size_t count) {
        std::cout << "   " << support::right(std::to_string(n), 2) << " of " << count << "   alpha "
                  << support::right(fixed(*trial.candidate.objective.alpha, 2), 6)
                  << "   regularization " << fixed(*trial.candidate.objective.regularization, 3)
                  << "   " << support::right(std::to_string(trial.candidate.training.iterations), 2)
                  << " iterations   NDCG@20 " << fixed(trial.metric, 4) << '\n';
        return als::Next::go_on;
    };
    const auto trials = als::tune<float>({&inner, 1}, candidates, chosen_by, options);
    const Candidate& best = trials.front().candidate;

    std::cout << "\nOn the test set              Recall@20                NDCG@20   coverage   "
                 "popularity\n";
    report("popularity", judged(als::popularity_model(outer.train)));
    report("a bad start", judged(als::fit(outer.train, bad.objective, bad.training)));
    report("the library's defaults", judged(als::fit(outer.train, als::Implicit{})));
    const auto found = als::suggest(outer.train, als::Implicit{});
    report("als::suggest", judged(als::fit(outer.train, found.objective, found.training)));
    report("the best of the search", judged(als::fit(outer.train, best.objective, best.training)));
} catch (const std::exception& error) {
    std::cerr << "judge: " << error.what() << '\n';
    return EXIT_FAILURE;
}

// Output, on MovieLens 100K, in part:
//
//     8 of 16   alpha   1.90   regularization 3.099    6 iterations   NDCG@20 0.2459
//   ...
//
// On the test set              Recall@20                NDCG@20   coverage   popularity
// popularity                  0.174 (0.162 to 0.185)   0.157        5 %          2.3
// a bad start                 0.228 (0.212 to 0.243)   0.165       49 %          1.2
// the library's defaults      0.384 (0.367 to 0.400)   0.341       39 %          1.4
// als::suggest                0.384 (0.367 to 0.400)   0.336       33 %          1.6
// the best of the search      0.380 (0.363 to 0.396)   0.328       33 %          1.6
