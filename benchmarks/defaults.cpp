// SPDX-License-Identifier: MIT
// How much quality is lost without tuning? Compares the library's defaults, the result of
// `suggest`, and the best of 40 candidates on public data sets. Prints a table of docs/quality.md.
//
//     defaults FOLDER SET... [--seeds N] [--threads N]
//
// SETs: ml-100k, ml-1m, filmtrust, lastfm, amazon-book (implicit, NDCG@20), ml-100k-ratings,
// ml-1m-ratings, filmtrust-ratings, jester (RMSE). FOLDER is as in public_data.hpp. The candidates
// are drawn around the defaults and judged on parts of the training set, as in `suggest`. The
// winners are trained on the whole training set and judged on the test set. The results are means
// over the seeds; a seed chooses the start, and the parts of `suggest`.
#include "public_data.hpp"
#include <als/als.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace public_data;

/// Makes a test set for a set without one: a fifth of each user's entries.
Parts each_user(const Interactions<float>& data) {
    const auto parts = als::split_each_user(data, {.seed = 77});
    return {parts.train, parts.test};
}
Parts tenth(const Interactions<float>& data) {
    const auto parts = als::split(data, {.test_fraction = 0.1, .seed = 77});
    return {parts.train, parts.test};
}

Interactions<float> filmtrust(const fs::path& folder) {
    const fs::path path = folder / "filmtrust" / "ratings.txt";
    if (!fs::exists(path)) throw Missing(path);
    return als::read_ratings<float>(path, {.duplicates = als::Duplicates::last}).interactions;
}

Parts parts_of(const fs::path& folder, const std::string& set) {
    if (set == "ml-100k") {
        const fs::path path = folder / "ml-100k" / "u.data";
        if (!fs::exists(path)) throw Missing(path);
        return each_user(als::read_ratings<float>(path).interactions);
    }
    if (set == "ml-1m") return m1(folder);
    if (set == "filmtrust") return each_user(filmtrust(folder));
    if (set == "lastfm") return as_pairs(lastfm(folder));
    if (set == "amazon-book") return amazon_book(folder);
    if (set == "ml-100k-ratings") return fold_of_100k(folder, 1);
    if (set == "ml-1m-ratings") return ratings_of_1m(folder);
    if (set == "filmtrust-ratings") return tenth(filmtrust(folder));
    if (set == "jester") return jester(folder);
    throw als::InputError("defaults: no set is named " + set);
}

double seconds_of(const std::function<void()>& work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began;
    return elapsed.count();
}

/// For each objective: the defaults before options were fitted to the data, how candidates are
/// drawn, and the metric that judges them.
template <typename Kind>
struct Problem;

template <>
struct Problem<als::Implicit> {
    static constexpr bool lower_is_better = false;
    static als::Implicit before() { return {.alpha = 1, .regularization = 0.6}; }
    static als::Split<float> split(const Interactions<float>& train) {
        // Some thousands of users are enough for the choice.
        als::Split<float> parts = als::split_each_user(train, {.seed = 1});
        const std::int32_t step = 1 + train.user_count() / 4000;
        std::vector<Entry<float>> entries = parts.test.entries();
        std::erase_if(entries, [&](const auto& entry) { return entry.user.index % step != 0; });
        parts.test = Interactions<float>(train.user_count(), train.item_count(), entries);
        return parts;
    }
    static double judge(const als::Model<float>& model, const Interactions<float>& train,
                        const Interactions<float>& test, int threads) {
        return als::evaluate(model, test, {.k = 20, .exclude = &train, .threads = threads})
            .ndcg.mean;
    }
    /// Lambda is in proportion to the mean confidence, as in `fitted_to`, before it is multiplied.
    static als::Implicit drawn(const Interactions<float>& data, als::Draw& draw) {
        als::Implicit objective;
        objective.alpha = *als::fitted_to(data, objective).alpha * draw.log_uniform(1. / 30, 10);
        objective.regularization =
            *als::fitted_to(data, objective).regularization * draw.log_uniform(0.2, 5);
        return objective;
    }
};

template <>
struct Problem<als::Explicit> {
    static constexpr bool lower_is_better = true;
    static als::Explicit before() { return {.regularization = 0.1}; }
    static als::Explicit drawn(const Interactions<float>& data, als::Draw& draw) {
        als::Explicit objective = als::fitted_to(data, als::Explicit{});
        *objective.regularization *= draw.log_uniform(0.2, 5);
        objective.bias_regularization *= draw.log_uniform(0.075, 7.5);
        return objective;
    }
    static als::Split<float> split(const Interactions<float>& train) {
        return als::split(train, {.test_fraction = 0.1, .seed = 1});
    }
    static double judge(const als::Model<float>& model, const Interactions<float>&,
                        const Interactions<float>& test, int) {
        return als::rmse(model, test, {.clip = true});
    }
};

/// The best of 40 candidates for the whole training set.
template <typename Kind>
als::Candidate<Kind> searched(const Options& options, const Interactions<float>& train) {
    using Of = Problem<Kind>;
    const auto parts = Of::split(train);
    const als::Candidate<Kind> base{.training = {.threads = options.threads}};
    const auto candidates =
        als::random_candidates(base, 40, 7, [&](als::Candidate<Kind>& c, als::Draw& draw) {
            c.objective = Of::drawn(parts.train, draw);
        });
    return als::tune<float>({&parts, 1}, candidates,
                            [&](const als::Model<float>& model, const als::Split<float>& split) {
                                return Of::judge(model, split.train, split.test, options.threads);
                            },
                            {.lower_is_better = Of::lower_is_better, .patience = 3})
        .front()
        .candidate;
}

std::string text_of(const als::Implicit& objective) {
    std::array<char, 64> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%.3g, %.3g", *objective.alpha,
                  *objective.regularization);
    return buffer.data();
}
std::string text_of(const als::Explicit& objective) {
    std::array<char, 64> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%.3g, %.3g", *objective.regularization,
                  objective.bias_regularization);
    return buffer.data();
}

template <typename Kind>
void compare(const Options& options, const std::string& name) {
    using Of = Problem<Kind>;
    const Parts data = parts_of(options.folder, name);
    const als::Candidate<Kind> best = searched<Kind>(options, data.train);
    double before = 0, defaults = 0, suggested = 0, tuned = 0;
    double training_seconds = 0, search_seconds = 0;
    als::Suggestion<Kind> found;
    for (int seed = 1; seed <= options.seeds; ++seed) {
        const als::Training training{.seed = static_cast<std::uint64_t>(seed),
                                     .threads = options.threads};
        const auto judged = [&](const Kind& objective, int iterations) {
            als::Training same = training;
            same.iterations = iterations;
            return Of::judge(als::fit(data.train, objective, same), data.train, data.test,
                             options.threads) /
                   options.seeds;
        };
        before += judged(Of::before(), 15);
        defaults += judged(Kind{}, training.iterations);
        training_seconds +=
            seconds_of([&] { static_cast<void>(als::fit(data.train, Kind{}, training)); });
        search_seconds +=
            seconds_of([&] { found = als::suggest(data.train, Kind{}, {.training = training}); });
        suggested += judged(found.objective, found.training.iterations);
        tuned += judged(best.objective, best.training.iterations);
    }
    const auto share = [&](double result) {
        return 100 * (Of::lower_is_better ? tuned / result : result / tuned);
    };
    std::printf(
        "| %s | %.4f (%.1f %%) | %.4f (%.1f %%) | %.4f (%.1f %%) | %.4f | %s | %s; %d | %s; %d | "
        "%.1f |\n",
        name.c_str(), before, share(before), defaults, share(defaults), suggested, share(suggested),
        tuned, text_of(als::fitted_to(data.train, Kind{})).c_str(),
        text_of(found.objective).c_str(), found.training.iterations,
        text_of(best.objective).c_str(), best.training.iterations,
        search_seconds / training_seconds);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) try {
    const Options options = options_from(argc, argv);
    if (options.words.empty()) {
        std::fprintf(stderr, "usage: defaults FOLDER SET... [--seeds N] [--threads N]\n");
        return 2;
    }
    std::printf(
        "| set | alpha 1, lambda 0.6 (ratings: 0.1) | defaults | suggest | best of 40 | defaults' "
        "alpha, lambda (ratings: lambda, beta) | suggest's; iterations | best's; iterations | cost "
        "of "
        "suggest, trainings |\n|---|---|---|---|---|---|---|---|---|\n");
    for (const std::string& set : options.words)
        if (set == "jester" || set.find("ratings") != std::string::npos)
            compare<als::Explicit>(options, set);
        else
            compare<als::Implicit>(options, set);
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
