// SPDX-License-Identifier: MIT
// How good are the models? Trains on public data sets with published protocols. Prints a line with
// demand, reference and result for each.
//
//     quality FOLDER [ID...] [--seeds N] [--threads N]
//
// The exit status is 1 if a demand is not met, or if files are missing while ALS_REQUIRE_DATA is
// set. FOLDER holds ml-100k/, ml-1m/, jester-1/ and lastfm-hetrec2011/; a line whose files are
// missing is skipped with a message. IDs select lines (E1 E2 E3 E4 E5 E6 I1 I2 I3 I4 I5 ST TU CO X1
// N1 N2); N2 takes minutes and runs only if it is named.
#include "public_data.hpp"
#include <als/als.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace public_data;

// --------------------------------------------------------------------------------------- the table

bool all_met = true;

void line(const std::string& id, const std::string& what, const std::string& demand,
          const std::string& reference, const std::string& result, bool met) {
    std::printf("%-3s %-52s %-11s %-9s %-19s %s\n", id.c_str(), what.c_str(), demand.c_str(),
                reference.c_str(), result.c_str(), met ? "met" : "NOT MET");
    std::fflush(stdout);
    all_met = all_met && met;
}

std::string number(double value, int digits = 4) {
    std::array<char, 64> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
    return buffer.data();
}

struct Spread {
    double mean = 0, lowest = 0, highest = 0;
};

Spread over_seeds(const Options& options, const std::function<double(std::uint64_t)>& measure) {
    Spread spread{0, 1e300, -1e300};
    for (int seed = 1; seed <= options.seeds; ++seed) {
        const double value = measure(static_cast<std::uint64_t>(seed));
        spread.mean += value / options.seeds;
        spread.lowest = std::min(spread.lowest, value);
        spread.highest = std::max(spread.highest, value);
    }
    return spread;
}

void error_line(const std::string& id, const std::string& what, double demand, double reference,
                const Spread& result) {
    line(id, what, "<= " + number(demand, 3), number(reference),
         number(result.mean) + " +- " + number((result.highest - result.lowest) / 2),
         result.mean <= demand);
}

void gain_line(const std::string& id, const std::string& what, double demand, double reference,
               const Spread& result) {
    line(id, what, ">= " + number(demand, 3), number(reference),
         number(result.mean) + " +- " + number((result.highest - result.lowest) / 2),
         result.mean >= demand);
}

/// Prints a result without a reference, and without a demand if that is 0.
void known_line(const std::string& id, const std::string& what, double demand,
                const Spread& result) {
    line(id, what, demand > 0 ? ">= " + number(demand, 3) : "-", "-",
         number(result.mean) + " +- " + number((result.highest - result.lowest) / 2),
         result.mean >= demand);
}

// -------------------------------------------------------------------------------- explicit ratings

double clipped_rmse(const Parts& data, const als::Explicit& objective, als::Training training) {
    return als::rmse(als::fit(data.train, objective, training), data.test, {.clip = true});
}

void e1(const Options& options) {
    const Parts data = fold_of_100k(options.folder, 1);
    error_line("E1", "ML-100K u1, k 10, no biases", 0.940, 0.9337,
               over_seeds(options, [&](std::uint64_t seed) {
                   return clipped_rmse(
                       data, {.regularization = 0.1, .biases = false},
                       {.factors = 10, .iterations = 20, .seed = seed, .threads = options.threads});
               }));
}

void e2(const Options& options) {
    const als::Explicit objective{.regularization = 0.12, .bias_regularization = 0.03};
    std::vector<Parts> folds;
    for (int fold = 1; fold <= 5; ++fold) folds.push_back(fold_of_100k(options.folder, fold));
    const auto measure = [&](const Parts& data, std::uint64_t seed) {
        return clipped_rmse(
            data, objective,
            {.factors = 50, .iterations = 20, .seed = seed, .threads = options.threads});
    };
    error_line("E2", "ML-100K u1, k 50, biases", 0.928, 0.9231,
               over_seeds(options, [&](std::uint64_t seed) { return measure(folds[0], seed); }));
    error_line("E2", "ML-100K mean of u1..u5, k 50, biases", 0.918, 0.9135,
               over_seeds(options, [&](std::uint64_t seed) {
                   double sum = 0;
                   for (const Parts& fold : folds) sum += measure(fold, seed);
                   return sum / 5;
               }));
}

void e3(const Options& options) {
    const Parts data = fold_of_100k(options.folder, 1);
    error_line("E3", "ML-100K u1, the library's defaults", 0.945, 0.945,
               over_seeds(options, [&](std::uint64_t seed) {
                   return clipped_rmse(data, {}, {.seed = seed, .threads = options.threads});
               }));
}

void e4(const Options& options) {
    const Parts data = ratings_of_1m(options.folder);
    error_line("E4", "ML-1M 90/10, k 50, biases", 0.855, 0.8505,
               over_seeds(options, [&](std::uint64_t seed) {
                   return clipped_rmse(
                       data, {.regularization = 0.08, .bias_regularization = 0.02},
                       {.factors = 50, .iterations = 15, .seed = seed, .threads = options.threads});
               }));
}

void e6(const Options& options) {
    const Parts data = jester(options.folder);
    error_line("E6", "Jester 90/10, k 10, biases", 4.03, 4.003,
               over_seeds(options, [&](std::uint64_t seed) {
                   return clipped_rmse(
                       data, {.regularization = 0.3, .bias_regularization = 0.1},
                       {.factors = 10, .iterations = 10, .seed = seed, .threads = options.threads});
               }));
}

// ----------------------------------------------------------------------------------- the objective

/// The recipe of Rendle et al. 2021 in the terms of this library: alpha = 1 / a0 and lambda_row =
/// lambda (1 + 1 / a0) #row, where #row = a0 * total confidence. The start is scaled by sqrt(1 +
/// a0). Rankings are the same.
als::Implicit recipe(double lambda, double a0) {
    return {.alpha = 1 / a0,
            .regularization = lambda * (1 + a0),
            .regularization_exponent = 1,
            .row_weight = als::RowWeight::confidence};
}

/// The greatest relative rise of the objective in any half step, and the greatest relative
/// difference from a sum over every cell.
template <typename Objective>
void watch_objective(const Interactions<double>& data, const Objective& objective, int threads,
                     double& rise, double& difference) {
    als::Training training{.factors = 16, .iterations = 1, .threads = threads};
    als::Model<double> model = als::fit(data, objective, training);
    double last = als::objective_value(model, data);
    for (int iteration = 0; iteration < 8; ++iteration) {
        als::ModelParts<double> half = model.parts();
        for (std::int32_t i = 0; i < data.item_count(); ++i) {
            const auto item = als::fold_in(model, data[Item{i}]);
            half.items.factors.row(i) = item.factors;
            if (half.items.biases.size() > 0) half.items.biases(i) = item.bias;
        }
        const double between =
            als::objective_value(als::Model<double>(half, model.objective()), data);
        model = als::fit(data, objective, training, model);
        const double now = als::objective_value(model, data);
        rise = std::max({rise, between / last - 1, now / between - 1});
        last = now;
    }
    if constexpr (std::is_same_v<Objective, als::Implicit>) {
        // Brute force: every cell, and lambda times the total confidence of every row.
        const Eigen::MatrixXd scores = model.user_factors() * model.item_factors().transpose();
        double sum = scores.squaredNorm();
        std::vector<double> user_weight(static_cast<std::size_t>(data.user_count()),
                                        data.item_count());
        std::vector<double> item_weight(static_cast<std::size_t>(data.item_count()),
                                        data.user_count());
        for (const auto& [user, item, value] : data.entries()) {
            const double score = scores(user.index, item.index);
            sum += (1 + *objective.alpha * value) * (1 - score) * (1 - score) - score * score;
            user_weight[static_cast<std::size_t>(user.index)] += *objective.alpha * value;
            item_weight[static_cast<std::size_t>(item.index)] += *objective.alpha * value;
        }
        for (std::int32_t u = 0; u < data.user_count(); ++u)
            sum += *objective.regularization * user_weight[static_cast<std::size_t>(u)] *
                   model.user_factors().row(u).squaredNorm();
        for (std::int32_t i = 0; i < data.item_count(); ++i)
            sum += *objective.regularization * item_weight[static_cast<std::size_t>(i)] *
                   model.item_factors().row(i).squaredNorm();
        difference = std::max(difference, std::abs(last / sum - 1));
    }
}

void e5(const Options& options) {
    std::vector<Entry<double>> entries;
    for (const auto& entry : triples(options.folder / "ml-100k" / "u.data"))
        entries.push_back({entry.user, entry.item, static_cast<double>(entry.value)});
    const Interactions<double> data(944, 1683, entries);
    double rise = -1;
    double difference = 0;
    watch_objective(data, als::Explicit{}, options.threads, rise, difference);
    watch_objective(data, recipe(0.005, 0.25), options.threads, rise, difference);
    std::array<char, 64> text;
    std::snprintf(text.data(), text.size(), "%.1e %.1e", rise, difference);
    line("E5", "ML-100K: rise in a half step; from brute force", "<= 1e-9", "-", text.data(),
         rise <= 1e-9 && difference <= 1e-9);
}

// ------------------------------------------------------------------------------- implicit feedback

als::Training recipe_training(const Options& options, int factors, double a0, std::uint64_t seed) {
    return {.factors = factors,
            .iterations = 12,
            .initial_scale = std::sqrt(1 + a0),
            .seed = seed,
            .threads = options.threads};
}

struct Candidates {
    Interactions<float> train;
    std::vector<Item> positive;               // by user
    std::vector<std::vector<Item>> negative;  // by user, without the positive
};

Candidates ncf(const Options& options) {
    const fs::path folder = options.folder / "ml-1m" / "ncf";
    std::vector<Entry<float>> train = triples(folder / "ml-1m.train.uir.tsv.gz");
    for (auto& entry : train) entry.value = 1;
    Candidates all{{6040, 3706, train}, {}, {}};
    std::istringstream lines(text_of(folder / "ml-1m.test.negative.gz"));
    std::string row;
    while (std::getline(lines, row)) {
        for (char& c : row)
            if (c == '(' || c == ')' || c == ',') c = ' ';
        std::istringstream fields(row);
        int user = 0;
        Item positive;
        fields >> user >> positive.index;
        std::set<Item> negative;
        for (Item item; fields >> item.index;) negative.insert(item);
        negative.erase(positive);
        all.positive.push_back(positive);
        all.negative.emplace_back(negative.begin(), negative.end());
    }
    return all;
}

struct HitRate {
    double hit_rate = 0, ndcg = 0;
};

/// HR@10 and NDCG@10 of one positive among 99 given negatives; ties count half.
HitRate hit_rate(const Candidates& data, const std::function<double(User, Item)>& score) {
    HitRate result;
    const auto users = static_cast<double>(data.positive.size());
    for (std::size_t u = 0; u < data.positive.size(); ++u) {
        const User user{static_cast<std::int32_t>(u)};
        const double own = score(user, data.positive[u]);
        double rank = 0;
        for (const Item item : data.negative[u]) {
            const double other = score(user, item);
            rank += other > own ? 1 : other == own ? 0.5 : 0;
        }
        if (rank >= 10) continue;
        result.hit_rate += 1 / users;
        result.ndcg += std::log(2) / std::log(rank + 2) / users;
    }
    return result;
}

HitRate hit_rate(const Candidates& data, const als::Model<float>& model) {
    return hit_rate(data, [&](User user, Item item) {
        return static_cast<double>(als::predict(model, user, item));
    });
}

void ncf_lines(const Options& options, const std::string& id, int factors, double hr_demand,
               double hr_reference, double ndcg_demand, double ndcg_reference) {
    const Candidates data = ncf(options);
    std::vector<HitRate> results;
    const Spread rates = over_seeds(options, [&](std::uint64_t seed) {
        results.push_back(hit_rate(data, als::fit(data.train, recipe(0.007, 0.3),
                                                  recipe_training(options, factors, 0.3, seed))));
        return results.back().hit_rate;
    });
    const Spread gains =
        over_seeds(options, [&](std::uint64_t seed) { return results[seed - 1].ndcg; });
    const std::string what = "ML-1M ncf, k " + std::to_string(factors);
    gain_line(id, what + ", HR@10", hr_demand, hr_reference, rates);
    gain_line(id, what + ", NDCG@10", ndcg_demand, ndcg_reference, gains);
}

void i1(const Options& options) {
    const Candidates data = ncf(options);
    const HitRate popular = hit_rate(
        data, [&](User, Item item) { return static_cast<double>(data.train[item].size()); });
    line("I1", "ML-1M ncf, popularity, HR@10", "+- 0.001", "0.4535", number(popular.hit_rate),
         std::abs(popular.hit_rate - 0.4535) <= 0.001);
    line("I1", "ML-1M ncf, popularity, NDCG@10", "+- 0.001", "0.2543", number(popular.ndcg),
         std::abs(popular.ndcg - 0.2543) <= 0.001);
    ncf_lines(options, "I1", 64, 0.718, 0.7224, 0.440, 0.4442);

    std::printf("    HR@10 after iterations 1..7:");
    als::Training training = recipe_training(options, 64, 0.3, 1);
    for (int iterations = 1; iterations <= 7; ++iterations) {
        training.iterations = iterations;
        const auto model = als::fit(data.train, recipe(0.007, 0.3), training);
        std::printf(" %.4f", hit_rate(data, model).hit_rate);
    }
    std::printf(
        "\n    reference, users before items: 0.5106 0.6841 0.7123 0.7164 0.7197 0.7195 "
        "0.7214\n");
}

void i2(const Options& options) { ncf_lines(options, "I2", 192, 0.726, 0.7329, 0.448, 0.4540); }

struct Ranking {
    double recall = 0, ndcg = 0;
};

/// Recall@20 and NDCG@20 over all items except those of the training set; means over users who have
/// test entries.
template <typename Scalar>
Ranking ranking(const Interactions<Scalar>& train, const Interactions<Scalar>& test,
                const als::Model<Scalar>& model, int threads) {
    const als::Evaluation found =
        als::evaluate(model, test, {.k = 20, .exclude = &train, .threads = threads});
    return {found.recall.mean, found.ndcg.mean};
}

Ranking ranking(const Parts& data, const als::Model<float>& model, int threads) {
    return ranking(data.train, data.test, model, threads);
}

void i3(const Options& options) {
    const Parts data = m1(options.folder);
    std::vector<double> gains;
    const Spread recalls = over_seeds(options, [&](std::uint64_t seed) {
        const auto model =
            als::fit(data.train, recipe(0.007, 0.3), recipe_training(options, 64, 0.3, seed));
        const Ranking result = ranking(data, model, options.threads);
        gains.push_back(result.ndcg);
        return result.recall;
    });
    gain_line("I3", "ML-1M m1, k 64, Recall@20", 0.272, 0.2774, recalls);
    gain_line("I3", "ML-1M m1, k 64, NDCG@20", 0.258, 0.2650,
              over_seeds(options, [&](std::uint64_t seed) { return gains[seed - 1]; }));
}

void i4(const Options& options) {
    const Parts plays = lastfm(options.folder);
    const auto gain = [&](const Interactions<float>& train, const als::Implicit& objective,
                          std::uint64_t seed) {
        const auto model = als::fit(train, objective, recipe_training(options, 64, 0.1, seed));
        return ranking(plays, model, options.threads).ndcg;
    };
    const double popular = ranking(plays, als::popularity_model(plays.train), options.threads).ndcg;
    line("I4", "Last.fm, popularity, NDCG@20", "-", "0.0987", number(popular), true);
    const Spread binary = over_seeds(options, [&](std::uint64_t seed) {
        return gain(as_pairs(plays).train, recipe(0.01, 0.1), seed);
    });
    gain_line("I4", "Last.fm binary, k 64, NDCG@20", 0.275, 0.2840, binary);
    // Weights log(1 + plays), scaled to a mean of 1.
    const Interactions<float> logs = als::with_values(plays.train, [](User, Item, float plays_) {
        return std::log1p(static_cast<double>(plays_));
    });
    double mean = 0;
    for (const auto& entry : logs.entries())
        mean += static_cast<double>(entry.value) / static_cast<double>(logs.size());
    const auto weighted = als::with_values(
        logs, [&](User, Item, float value) { return value / static_cast<float>(mean); });
    const Spread scaled = over_seeds(
        options, [&](std::uint64_t seed) { return gain(weighted, recipe(0.01, 0.1), seed); });
    gain_line("I4", "Last.fm, log-scaled plays, k 64, NDCG@20", 0.275, 0.2840, scaled);
    line("I4", "Last.fm, the lower of the two, times popularity", ">= 2.5", "2.88",
         number(std::min(binary.mean, scaled.mean) / popular, 2),
         std::min(binary.mean, scaled.mean) >= 2.5 * popular);
}

void i5(const Options& options) {
    const auto measure = [&](const Parts& data) {
        return over_seeds(options, [&](std::uint64_t seed) {
            const auto model =
                als::fit(data.train, als::Implicit{}, {.seed = seed, .threads = options.threads});
            return ranking(data, model, options.threads).ndcg;
        });
    };
    gain_line("I5", "ML-1M m1, the library's defaults, NDCG@20", 0.97 * 0.2650, 0.2650,
              measure(m1(options.folder)));
    gain_line("I5", "Last.fm binary, the library's defaults, NDCG@20", 0.97 * 0.2840, 0.2840,
              measure(as_pairs(lastfm(options.folder))));
}

// --------------------------------------------------------------------------- items without history

/// A tenth of the movies are new: their ratings are the test set.
struct ColdMovies {
    Parts parts;
    std::vector<Item> movies;
};

ColdMovies cold_movies(const std::vector<Entry<float>>& all, std::uint64_t seed) {
    std::set<Item> rated;
    for (const auto& entry : all) rated.insert(entry.item);
    std::mt19937_64 generator(seed);
    std::set<Item> cold;
    for (const Item item : rated)
        if (generator() % 10 == 0) cold.insert(item);
    std::vector<Entry<float>> train, test;
    for (const auto& entry : all) (cold.contains(entry.item) ? test : train).push_back(entry);
    return {{{6041, 3953, train}, {6041, 3953, test}}, {cold.begin(), cold.end()}};
}

als::Evaluation judged_among(const ColdMovies& data, const als::Model<float>& model, int threads) {
    return als::evaluate(
        model, data.parts.test,
        {.k = 10, .candidates = data.movies, .all_places = true, .threads = threads});
}

/// Gives new movies random factors, so that their order is chance.
als::Model<float> with_random_rows(const als::Model<float>& model, const ColdMovies& data,
                                   std::uint64_t seed) {
    als::ModelParts<float> parts = model.parts();
    std::mt19937_64 generator(seed);
    std::normal_distribution<float> normal;
    for (const Item item : data.movies)
        for (float& factor : parts.items.factors.row(item.index)) factor = normal(generator);
    return {parts, model.objective()};
}

void cold(const Options& options) {
    const auto ratings = triples(options.folder / "ml-1m" / "ratings_uir.tsv.gz");
    std::vector<Entry<float>> pairs = ratings;
    for (auto& entry : pairs) entry.value = 1;
    const auto features = features_of_1m(options.folder).matrix;
    std::vector<als::Evaluation> by_features, by_popularity, by_chance;
    std::vector<double> errors, errors_without;
    for (int n = 1; n <= options.seeds; ++n) {
        const auto seed = static_cast<std::uint64_t>(n);
        const ColdMovies data = cold_movies(pairs, seed);
        const auto learned = [&](const als::Model<float>& model) {
            const auto map = als::fit_feature_map<Item>(model, features);
            return judged_among(data, als::with_cold_rows(model, map, features), options.threads);
        };
        const auto model =
            als::fit(data.parts.train, als::Implicit{}, {.seed = seed, .threads = options.threads});
        by_features.push_back(learned(model));
        by_popularity.push_back(learned(als::popularity_model(data.parts.train)));
        by_chance.push_back(
            judged_among(data, with_random_rows(model, data, seed), options.threads));

        const ColdMovies stars = cold_movies(ratings, seed);
        const auto rating_model = als::fit(stars.parts.train, als::Explicit{},
                                           {.seed = seed, .threads = options.threads});
        const auto map = als::fit_feature_map<Item>(rating_model, features);
        errors.push_back(als::rmse(als::with_cold_rows(rating_model, map, features),
                                   stars.parts.test, {.clip = true}));
        errors_without.push_back(als::rmse(rating_model, stars.parts.test, {.clip = true}));
    }
    const auto spread = [&](const auto& value) {
        return over_seeds(options, [&](std::uint64_t seed) { return value(seed - 1); });
    };
    const auto show = [&](const std::string& what, const auto& found, double recall, double auc) {
        const auto metric = [&](const std::string& name, double demand, const auto& value) {
            const Spread found_spread = spread([&](std::size_t n) { return value(found[n]).mean; });
            known_line("CO", "ML-1M, new movies, " + what + ", " + name, demand, found_spread);
            std::printf("    95 %% interval of seed 1: %s to %s\n",
                        number(value(found[0]).low).c_str(), number(value(found[0]).high).c_str());
        };
        metric("Recall@10", recall, [](const auto& each) { return each.recall; });
        metric("NDCG@10", 0, [](const auto& each) { return each.ndcg; });
        metric("AUC", auc, [](const auto& each) { return *each.auc; });
    };
    show("chance", by_chance, 0, 0);
    show("popularity by features", by_popularity, 0, 0);
    show("features", by_features, 0.18, 0.75);
    known_line("CO", "ML-1M, new movies, no features, RMSE", 0,
               spread([&](std::size_t n) { return errors_without[n]; }));
    known_line("CO", "ML-1M, new movies, features, RMSE", 0,
               spread([&](std::size_t n) { return errors[n]; }));
}

// ----------------------------------------------------------------------- early stopping, tuning

double chosen_by(const als::Model<float>& model, const als::Split<float>& split) {
    return als::evaluate(model, split.test, {.k = 20, .exclude = &split.train}).ndcg.mean;
}

/// Prints the best iteration of a training with patience, and the best of the whole curve. The
/// validation set is a tenth of each user's training set.
void stop(const Options& options) {
    const auto inner =
        als::split_each_user(m1(options.folder).train, {.test_fraction = 0.1, .seed = 1});
    als::Training training = recipe_training(options, 64, 0.3, 1);
    training.iterations = 40;
    const auto best = [&](int patience) {
        return als::fit_until_best(
            inner.train, recipe(0.002, 0.3), training,
            [&](const als::Model<float>& model) { return chosen_by(model, inner); },
            {.patience = patience});
    };
    const auto whole = best(training.iterations);
    const auto stopped = best(5);
    line("ST", "ML-1M m1, lambda 0.002: best of 40 iterations", "the same",
         std::to_string(whole.iteration),
         std::to_string(stopped.iteration) + " (of " + std::to_string(stopped.metrics.size()) + ")",
         stopped.iteration == whole.iteration);
    std::printf("    validation NDCG@20 by iteration:");
    for (const double metric : whole.metrics) std::printf(" %.4f", metric);
    std::printf("\n");
}

/// Tunes from a bad start with 16 random candidates, judged on a fifth of each user's training set.
void tuning(const Options& options) {
    const Parts data = m1(options.folder);
    const auto inner = als::split_each_user(data.train, {.seed = 1});
    using Candidate = als::Candidate<als::Implicit>;
    const Candidate bad{.objective = {.alpha = 400, .regularization = 0.01},
                        .training = {.factors = 64, .iterations = 30, .threads = options.threads}};
    const auto judged = [&](const Candidate& candidate) {
        return ranking(data, als::fit(data.train, candidate.objective, candidate.training),
                       options.threads)
            .ndcg;
    };
    const auto began = std::chrono::steady_clock::now();
    const auto candidates = als::random_candidates(bad, 16, 7, [](Candidate& c, als::Draw& draw) {
        c.objective.alpha = draw.log_uniform(0.3, 100);
        c.objective.regularization = draw.log_uniform(0.05, 5);
    });
    const auto trials = als::tune<float>({&inner, 1}, candidates, chosen_by, {.patience = 3});
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began;
    const Candidate& best = trials.front().candidate;
    const double reached = judged(best);
    line("TU", "ML-1M m1, tuned from " + number(judged(bad)) + ", NDCG@20",
         ">= " + number(0.98 * 0.2650, 3), "0.2650",
         number(reached) + ", " + number(elapsed.count(), 0) + " s", reached >= 0.98 * 0.2650);
    std::printf("    alpha %.2f, regularization %.3f, %d iterations\n", *best.objective.alpha,
                *best.objective.regularization, best.training.iterations);
}

// ----------------------------------------------------------------------- float and double, solvers

Interactions<double> in_double(const Interactions<float>& data) {
    std::vector<Entry<double>> entries;
    for (const auto& [user, item, value] : data.entries())
        entries.push_back({user, item, static_cast<double>(value)});
    return {data.user_count(), data.item_count(), entries};
}

void difference_line(const std::string& what, double one, double other) {
    line("X1", what, "< 0.002", "0", number(std::abs(one - other), 5),
         std::abs(one - other) < 0.002);
}

void x1(const Options& options) {
    const als::Explicit ratings{.regularization = 0.12, .bias_regularization = 0.03};
    als::Training training{.factors = 50, .iterations = 20, .threads = options.threads};
    const Parts stars = fold_of_100k(options.folder, 1);
    const double error = clipped_rmse(stars, ratings, training);
    const Interactions<double> train = in_double(stars.train);
    const Interactions<double> test = in_double(stars.test);
    difference_line("ML-100K u1, RMSE, float and double", error,
                    als::rmse(als::fit(train, ratings, training), test, {.clip = true}));
    training.solver = als::Solver::conjugate_gradient;
    difference_line("ML-100K u1, RMSE, exact and conjugate gradient", error,
                    clipped_rmse(stars, ratings, training));

    const Parts likes = m1(options.folder);
    training = recipe_training(options, 64, 0.3, 1);
    const double gain =
        ranking(likes, als::fit(likes.train, recipe(0.007, 0.3), training), options.threads).ndcg;
    const Interactions<double> liked = in_double(likes.train);
    difference_line("ML-1M m1, NDCG@20, float and double", gain,
                    ranking(liked, in_double(likes.test),
                            als::fit(liked, recipe(0.007, 0.3), training), options.threads)
                        .ndcg);
    training.solver = als::Solver::conjugate_gradient;
    difference_line(
        "ML-1M m1, NDCG@20, exact and conjugate gradient", gain,
        ranking(likes, als::fit(likes.train, recipe(0.007, 0.3), training), options.threads).ndcg);
}

// ---------------------------------------------------------------------------------- the notebook's

als::Ratings<float> liked_of_100k(const Options& options) {
    const fs::path path = options.folder / "ml-100k" / "u.data";
    if (!fs::exists(path)) throw Missing(path);
    return als::read_ratings<float>(path, {.minimum = 4});
}

void n1(const Options& options) {
    const auto data = liked_of_100k(options).interactions;
    const auto range = [&](auto id, std::int32_t count) {
        std::int64_t lowest = data.size();
        std::int64_t highest = 0;
        for (id.index = 0; id.index < count; ++id.index) {
            lowest = std::min(lowest, data[id].size());
            highest = std::max(highest, data[id].size());
        }
        return std::to_string(lowest) + ".." + std::to_string(highest) + ", mean " +
               number(static_cast<double>(data.size()) / count, 6);
    };
    const auto exactly = [](const std::string& what, const std::string& demand,
                            const std::string& result) {
        line("N1", what, "exactly", demand, result, result == demand);
    };
    exactly("ML-100K, ratings >= 4: users", "942", std::to_string(data.user_count()));
    exactly("ML-100K, ratings >= 4: items", "1447", std::to_string(data.item_count()));
    exactly("ML-100K, ratings >= 4: entries", "55375", std::to_string(data.size()));
    exactly("per user", "3..378, mean 58.784501", range(User{}, data.user_count()));
    exactly("per item", "1..501, mean 38.268832", range(Item{}, data.item_count()));
}

void n2(const Options& options) {
    const auto ratings = liked_of_100k(options);
    std::vector<std::set<Item>> unused;
    std::set<User> first;
    for (const auto& [factors, iterations] : {std::pair{50, 15}, std::pair{500, 1500}}) {
        const auto began = std::chrono::steady_clock::now();
        const auto model = als::fit(
            ratings.interactions,
            als::Implicit{.alpha = 1, .regularization = 0.01, .regularization_exponent = 0},
            {.factors = factors, .iterations = iterations, .threads = options.threads});
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began;
        std::set<User> users;
        std::printf("N2  k %d, %d iterations, %.1f s; users similar to 196:", factors, iterations,
                    elapsed.count());
        for (const auto& [user, score] :
             als::similar_users(model, ratings.users.at("196"), {.count = 5})) {
            std::printf(" %s (%.3f)", ratings.users.name(user).c_str(), static_cast<double>(score));
            users.insert(user);
        }
        if (!first.empty()) {
            int common = 0;
            for (const User user : users) common += static_cast<int>(first.count(user));
            std::printf("; %d of 5 in common", common);
        }
        std::printf("\n");
        first = users;
    }
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = options_from(argc, argv, 5);
    const std::vector<std::string>& chosen = options.words;
    if (options.folder.empty()) {
        std::fprintf(stderr, "usage: quality FOLDER [ID...] [--seeds N] [--threads N]\n");
        return 2;
    }
    const std::vector<std::pair<std::string, std::function<void(const Options&)>>> lines{
        {"E1", e1},     {"E2", e2},   {"E3", e3}, {"E4", e4}, {"E5", e5}, {"E6", e6},
        {"I1", i1},     {"I2", i2},   {"I3", i3}, {"I4", i4}, {"I5", i5}, {"ST", stop},
        {"TU", tuning}, {"CO", cold}, {"X1", x1}, {"N1", n1}, {"N2", n2}};
    std::printf("%-3s %-52s %-11s %-9s %-19s\n", "id", "data and setting", "demand", "reference",
                ("result, " + std::to_string(options.seeds) + " seeds").c_str());
    for (const auto& [id, run] : lines) {
        const bool named = std::find(chosen.begin(), chosen.end(), id) != chosen.end();
        if (chosen.empty() ? id == "N2" : !named) continue;
        try {
            run(options);
        } catch (const Missing& missing) {
            std::printf("%-3s skipped: %s\n", id.c_str(), missing.what());
            all_met = all_met && std::getenv("ALS_REQUIRE_DATA") == nullptr;
        }
    }
    return all_met ? EXIT_SUCCESS : EXIT_FAILURE;
}
