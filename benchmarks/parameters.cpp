// SPDX-License-Identifier: MIT
// What does each parameter do to quality and time? Trains on public data sets with one parameter
// changed at a time, and then with the rules from which the defaults are chosen. Prints the tables
// of docs/parameters.md.
//
//     parameters FOLDER [--seeds N] [--threads N]
//
// FOLDER is as in public_data.hpp. Test sets are not used: models are judged on parts held out from
// the training sets. The results are means over the seeds, each with its own start and its own
// held-out part.
#include "public_data.hpp"
#include <als/als.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace public_data;

/// A training set of the table, with its name and metric.
struct Set {
    std::string name;
    Interactions<float> data;
    std::function<als::Split<float>(const Interactions<float>&, std::uint64_t)> split;
    std::function<double(const als::Model<float>&, const als::Split<float>&)> metric;
};

/// The base from which one parameter at a time is changed: about what fits ML-1M. The defaults
/// themselves would change with each set.
template <typename Kind>
Kind base();
template <>
als::Implicit base() {
    return {.alpha = 1, .regularization = 0.6};
}
template <>
als::Explicit base() {
    return {.regularization = 0.1, .bias_regularization = 0.03};
}

/// A line of a table: what is changed.
template <typename Kind>
struct Setting {
    std::string name;
    std::function<void(Kind&, als::Training&)> change;
};

/// A line of a table: what the data decide.
template <typename Kind>
struct Rule {
    std::string name;
    std::function<Kind(const Interactions<float>&)> objective;
};

struct Result {
    double metric = 0, seconds = 0;
};

template <typename Kind>
Kind objective_of(const Setting<Kind>& setting, const Interactions<float>&,
                  als::Training& training) {
    Kind objective = base<Kind>();
    setting.change(objective, training);
    return objective;
}
template <typename Kind>
Kind objective_of(const Rule<Kind>& rule, const Interactions<float>& data, als::Training&) {
    return rule.objective(data);
}

template <typename Line>
Result measured(const Options& options, const Set& set, const Line& line) {
    Result result;
    for (int seed = 1; seed <= options.seeds; ++seed) {
        als::Training training{.seed = static_cast<std::uint64_t>(seed),
                               .threads = options.threads};
        const auto parts = set.split(set.data, training.seed);
        const auto objective = objective_of(line, parts.train, training);
        const auto began = std::chrono::steady_clock::now();
        const auto model = als::fit(parts.train, objective, training);
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began;
        result.metric += set.metric(model, parts) / options.seeds;
        result.seconds += elapsed.count() / options.seeds;
    }
    return result;
}

/// A table in Markdown; times are those of the last set, relative to the first line.
template <typename Line>
void table(const Options& options, const std::vector<Set>& sets, const std::vector<Line>& lines) {
    std::printf("| |");
    for (const Set& set : sets) std::printf(" %s |", set.name.c_str());
    std::printf(" time |\n|---|");
    for (std::size_t n = 0; n <= sets.size(); ++n) std::printf("---|");
    std::printf("\n");
    double first = 0;
    for (const Line& line : lines) {
        std::printf("| %s |", line.name.c_str());
        double seconds = 0;
        for (const Set& set : sets) {
            const Result result = measured(options, set, line);
            std::printf(" %.4f |", result.metric);
            seconds = result.seconds;
        }
        if (first == 0) first = seconds;
        std::printf(" %.2f |\n", seconds / first);
        std::fflush(stdout);
    }
    std::printf("\n");
}

std::string text(double value) {
    std::array<char, 32> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%g", value);
    return buffer.data();
}

/// Lines that set one number.
template <typename Kind, typename Set>
void vary(std::vector<Setting<Kind>>& settings, const std::string& name,
          const std::vector<double>& values, const Set& set) {
    for (const double value : values)
        settings.push_back(
            {"`" + name + "` " + text(value),
             [=](Kind& objective, als::Training& training) { set(objective, training, value); }});
}

template <typename Kind>
void vary_training(std::vector<Setting<Kind>>& settings) {
    vary(settings, "factors", {8, 16, 32, 128},
         [](Kind&, als::Training& t, double value) { t.factors = static_cast<int>(value); });
    vary(settings, "iterations", {2, 4, 6, 8, 10, 20, 40},
         [](Kind&, als::Training& t, double value) { t.iterations = static_cast<int>(value); });
    vary(settings, "initial_scale", {0.1, 10},
         [](Kind&, als::Training& t, double value) { t.initial_scale = value; });
    for (const int steps : {1, 2, 3})
        settings.push_back({"`solver` conjugate_gradient, " + std::to_string(steps) + " steps",
                            [=](Kind&, als::Training& t) {
                                t.solver = als::Solver::conjugate_gradient;
                                t.conjugate_gradient_steps = steps;
                            }});
    settings.push_back(
        {"`non_negative` true", [](Kind& o, als::Training&) { o.non_negative = true; }});
}

// ------------------------------------------------------------------------------ implicit feedback

std::vector<Set> implicit_sets(const Options& options) {
    const auto split = [](const Interactions<float>& data, std::uint64_t seed) {
        return als::split_each_user(data, {.seed = seed});
    };
    const auto metric = [threads = options.threads](const als::Model<float>& model,
                                                    const als::Split<float>& parts) {
        return als::evaluate(model, parts.test,
                             {.k = 20, .exclude = &parts.train, .threads = threads})
            .ndcg.mean;
    };
    const Interactions<float> plays = lastfm(options.folder).train;
    const auto stars = als::read_ratings<float>(options.folder / "ml-100k" / "u.data");
    const auto films = als::read_ratings<float>(options.folder / "filmtrust" / "ratings.txt",
                                                {.duplicates = als::Duplicates::last});
    return {{"ML-100K, stars", stars.interactions, split, metric},
            {"FilmTrust, stars", films.interactions, split, metric},
            {"Last.fm, plays", plays, split, metric},
            {"Last.fm, pairs", as_pairs({plays, {}}).train, split, metric},
            {"ML-1M, pairs", m1(options.folder).train, split, metric}};
}

/// The rule of `als::fitted_to` with other numbers: observations have this share of the weight of
/// all cells, and lambda is `factor` times the mean confidence.
als::Implicit ruled(const Interactions<float>& data, double share, double factor) {
    als::Implicit objective;
    objective.alpha = *als::fitted_to(data, objective).alpha * share / 0.03;
    objective.regularization = *als::fitted_to(data, objective).regularization * factor / 0.3;
    return objective;
}

/// The sets for the rule, with a very sparse one.
std::vector<Set> rule_sets(const Options& options) {
    std::vector<Set> sets = implicit_sets(options);
    sets.push_back(
        {"Amazon-book", amazon_book(options.folder).train, sets[0].split, sets[0].metric});
    return sets;
}

void implicit_tables(const Options& options) {
    using als::Implicit;
    using als::Training;
    const std::vector<Set> sets = implicit_sets(options);
    std::vector<Setting<Implicit>> settings{{"alpha 1, lambda 0.6", [](Implicit&, Training&) {}}};
    vary(settings, "alpha", {0.25, 0.5, 2, 4, 8, 16, 40},
         [](Implicit& o, Training&, double value) { o.alpha = value; });
    vary(settings, "regularization", {0.1, 0.3, 0.9, 1.5, 3},
         [](Implicit& o, Training&, double value) { o.regularization = value; });
    vary(settings, "item_regularization", {0.3, 1.2},
         [](Implicit& o, Training&, double value) { o.item_regularization = value; });
    vary(settings, "regularization_exponent 0, regularization", {10, 30},
         [](Implicit& o, Training&, double value) {
             o.regularization_exponent = 0;
             o.regularization = value;
         });
    vary(settings, "row_weight confidence, regularization", {0.01, 0.03, 0.1},
         [](Implicit& o, Training&, double value) {
             o.row_weight = als::RowWeight::confidence;
             o.regularization = value;
         });
    settings.push_back({"`confidence` logarithmic", [](Implicit& o, Training&) {
                            o.confidence = als::Confidence::logarithmic;
                        }});
    vary_training(settings);
    std::printf("NDCG@20 by one parameter at a time\n\n");
    table(options, sets, settings);

    std::printf("NDCG@20, what the defaults were chosen from\n\n");
    std::vector<Rule<Implicit>> rules{
        {"alpha 1, lambda 0.6", [](const Interactions<float>&) { return base<Implicit>(); }}};
    for (const double share : {0.01, 0.03, 0.1})
        for (const double factor : {0.2, 0.3, 0.4})
            rules.push_back(
                {text(100 * share) + " %, " + text(factor),
                 [=](const Interactions<float>& data) { return ruled(data, share, factor); }});
    table(options, rule_sets(options), rules);
}

// ------------------------------------------------------------------------------- explicit ratings

std::vector<Set> explicit_sets(const Options& options) {
    const auto split = [](const Interactions<float>& data, std::uint64_t seed) {
        return als::split(data, {.test_fraction = 0.1, .seed = seed});
    };
    const auto metric = [](const als::Model<float>& model, const als::Split<float>& parts) {
        return als::rmse(model, parts.test, {.clip = true});
    };
    return {{"ML-100K", fold_of_100k(options.folder, 1).train, split, metric},
            {"Jester", jester(options.folder).train, split, metric},
            {"ML-1M", ratings_of_1m(options.folder).train, split, metric}};
}

void explicit_tables(const Options& options) {
    using als::Explicit;
    using als::Training;
    const std::vector<Set> sets = explicit_sets(options);
    std::vector<Setting<Explicit>> settings{{"lambda 0.1", [](Explicit&, Training&) {}}};
    vary(settings, "regularization", {0.02, 0.05, 0.08, 0.15, 0.2, 0.3},
         [](Explicit& o, Training&, double value) { o.regularization = value; });
    vary(settings, "item_regularization", {0.05, 0.2},
         [](Explicit& o, Training&, double value) { o.item_regularization = value; });
    vary(settings, "bias_regularization", {0, 0.01, 0.1, 0.3},
         [](Explicit& o, Training&, double value) { o.bias_regularization = value; });
    settings.push_back({"`biases` false", [](Explicit& o, Training&) { o.biases = false; }});
    vary(settings, "regularization_exponent 0, regularization", {1, 3, 10},
         [](Explicit& o, Training&, double value) {
             o.regularization_exponent = 0;
             o.regularization = value;
         });
    vary(settings, "regularization_exponent 0.5, regularization", {0.3, 1, 3},
         [](Explicit& o, Training&, double value) {
             o.regularization_exponent = 0.5;
             o.regularization = value;
         });
    vary_training(settings);
    std::printf("RMSE by one parameter at a time\n\n");
    table(options, sets, settings);

    std::printf("RMSE, what the defaults were chosen from\n\n");
    std::vector<Rule<Explicit>> rules{
        {"lambda 0.1", [](const Interactions<float>&) { return base<Explicit>(); }}};
    for (const double factor : {0.05, 0.07, 0.08, 0.09, 0.12})
        rules.push_back({text(factor), [=](const Interactions<float>& data) {
                             Explicit objective = base<Explicit>();
                             objective.regularization =
                                 factor / 0.08 * *als::fitted_to(data, Explicit{}).regularization;
                             return objective;
                         }});
    for (const double beta : {0.03, 0.05, 0.06, 0.08, 0.1})
        rules.push_back({"`bias_regularization` " + text(beta), [=](const Interactions<float>&) {
                             return Explicit{.bias_regularization = beta};
                         }});
    table(options, sets, rules);
}

}  // namespace

int main(int argc, char** argv) try {
    const Options options = options_from(argc, argv);
    if (options.folder.empty()) {
        std::fprintf(stderr, "usage: parameters FOLDER [--seeds N] [--threads N]\n");
        return 2;
    }
    implicit_tables(options);
    explicit_tables(options);
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
