// SPDX-License-Identifier: MIT
// How good is matrix factorisation beside simpler models? Trains popularity, item-based neighbours,
// EASE and this library on the same parts of public data. All models rank all items, and the same
// metrics judge them.
//
//     other_models FOLDER SET [--factors K]... [--seeds N] [--threads N] [--most-items N]
//                  [--large [--cg] [--iterations N]]
//
// SET is ml-1m, lastfm or amazon-book; FOLDER is as in public_data.hpp. The settings of neighbours
// and EASE are chosen on a fifth of each user's training entries. This library has its defaults,
// and what `suggest` finds on the training set. EASE is dense: it needs items^2 floats twice (0.2
// GB for 5,000 items, 5 GB for 25,000) and O(items^3) time, so it is left out above --most-items
// (5000). `--large` leaves out all but the library with its defaults, for many factors.
#include "public_data.hpp"
#include <als/als.hpp>

#include <Eigen/Cholesky>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace public_data;

struct Choices {
    fs::path folder;
    std::string set;
    std::vector<int> factors;
    int seeds = 3;
    int threads = 0;
    std::int32_t most_items = 5000;
    bool large = false;
    als::Training training;
};

constexpr std::int64_t length = 20;

struct Ranking {
    double recall = 0, ndcg = 0;
};

/// Writes the scores of all items for a user with this history.
using Score = std::function<void(als::Row<Item, float> history, std::vector<float>& scores)>;

/// Judges the lists of the highest scores as `als::evaluate` judges models.
Ranking judged(const Parts& data, const Score& score) {
    Ranking sum;
    double users = 0;
    std::vector<float> scores;
    std::vector<Item> known;
    for (Item item; item.index < data.train.item_count(); ++item.index)
        if (!data.train[item].empty()) known.push_back(item);
    std::vector<Item> order;
    for (User user; user.index < data.test.user_count(); ++user.index) {
        const auto relevant = data.test[user];
        if (relevant.empty()) continue;
        scores.assign(static_cast<std::size_t>(data.train.item_count()), 0);
        score(data.train[user], scores);
        order = known;
        for (const auto [item, value] : data.train[user])
            order.erase(std::lower_bound(order.begin(), order.end(), item));
        const auto end = order.begin() + std::min<std::ptrdiff_t>(
                                             length, static_cast<std::ptrdiff_t>(order.size()));
        const auto score_of = [&](Item item) {
            return scores[static_cast<std::size_t>(item.index)];
        };
        std::partial_sort(order.begin(), end, order.end(), [&](Item a, Item b) {
            return score_of(a) != score_of(b) ? score_of(a) > score_of(b) : a.index < b.index;
        });
        std::vector<als::Scored<Item, float>> ranked;
        for (auto item = order.begin(); item != end; ++item)
            ranked.push_back({*item, score_of(*item)});
        std::vector<Item> wanted;
        for (const auto [item, value] : relevant) wanted.push_back(item);
        sum.recall += als::recall<float>(ranked, wanted, length);
        sum.ndcg += als::ndcg<float>(ranked, wanted, length);
        ++users;
    }
    return {sum.recall / users, sum.ndcg / users};
}

Ranking judged(const Choices& options, const Parts& data, const als::Model<float>& model) {
    const auto found = als::evaluate(
        model, data.test, {.k = length, .exclude = &data.train, .threads = options.threads});
    return {found.recall.mean, found.ndcg.mean};
}

void line(const std::string& model, const std::string& setting, const Ranking& ranking,
          double seconds) {
    std::printf("| %s | %s | %.4f | %.4f | %.1f s |\n", model.c_str(), setting.c_str(),
                ranking.recall, ranking.ndcg, seconds);
    std::fflush(stdout);
}

class Stopwatch {
public:
    [[nodiscard]] double seconds() const {
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began_;
        return elapsed.count();
    }

private:
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

std::string text(double value) {
    std::array<char, 32> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%.3g", value);
    return buffer.data();
}

// -------------------------------------------------------------------------- item-based neighbours

/// Cosines of items over users, n_ij / (sqrt(n_i n_j) + shrinkage), the highest `count` for each
/// item (Sarwar et al. 2001; Deshpande, Karypis 2004). A score is the sum over the history.
Score neighbours(const Interactions<float>& train, std::size_t count, double shrinkage) {
    const auto items = static_cast<std::size_t>(train.item_count());
    std::vector<std::vector<als::Scored<Item, float>>> near(items);
    std::vector<double> common(items);
    for (Item item; item.index < train.item_count(); ++item.index) {
        std::vector<Item> met;
        for (const auto [user, value] : train[item])
            for (const auto [other, of_other] : train[user])
                if (common[static_cast<std::size_t>(other.index)]++ == 0) met.push_back(other);
        auto& list = near[static_cast<std::size_t>(item.index)];
        for (const Item other : met) {
            const double both = std::exchange(common[static_cast<std::size_t>(other.index)], 0);
            const double sizes =
                static_cast<double>(train[item].size()) * static_cast<double>(train[other].size());
            if (other != item)
                list.push_back({other, static_cast<float>(both / (std::sqrt(sizes) + shrinkage))});
        }
        const auto end = list.begin() + static_cast<std::ptrdiff_t>(std::min(count, list.size()));
        std::partial_sort(list.begin(), end, list.end(), [](const auto& a, const auto& b) {
            return a.score != b.score ? a.score > b.score : a.id < b.id;
        });
        list.erase(end, list.end());
    }
    return [near = std::move(near)](als::Row<Item, float> history, std::vector<float>& scores) {
        for (const auto [item, value] : history)
            for (const auto& [other, cosine] : near[static_cast<std::size_t>(item.index)])
                scores[static_cast<std::size_t>(other.index)] += cosine;
    };
}

// -------------------------------------------------------------------------------------------- EASE

/// Scores X B with B = I - P diag(P)^-1, P = (X'X + lambda I)^-1 (Steck 2019, eq. 8).
Score ease(const Interactions<float>& train, double lambda) {
    const Eigen::Index items = train.item_count();
    Eigen::MatrixXf gram = Eigen::MatrixXf::Zero(items, items);
    for (User user; user.index < train.user_count(); ++user.index)
        for (const auto [one, value] : train[user])
            for (const auto [other, of_other] : train[user]) gram(other.index, one.index) += 1;
    gram.diagonal().array() += static_cast<float>(lambda);
    const Eigen::LLT<Eigen::Ref<Eigen::MatrixXf>> factorization(gram);
    Eigen::MatrixXf weights = Eigen::MatrixXf::Identity(items, items);
    factorization.solveInPlace(weights);
    const Eigen::RowVectorXf diagonal = weights.diagonal().transpose();
    weights.array().rowwise() /= -diagonal.array();
    weights.diagonal().setZero();
    // Scores of a user are a sum of rows.
    weights.transposeInPlace();
    return [weights = std::move(weights)](als::Row<Item, float> history,
                                          std::vector<float>& scores) {
        Eigen::Map<Eigen::VectorXf> sum(scores.data(), static_cast<Eigen::Index>(scores.size()));
        for (const auto [item, value] : history) sum += weights.col(item.index);
    };
}

// ----------------------------------------------------------------------------------- the table

/// Chooses the best of some settings on a fifth of each user's training entries.
template <typename Setting, typename Make>
Setting chosen(const Interactions<float>& train, const std::vector<Setting>& settings,
               const Make& make) {
    const auto inner = als::split_each_user(train, {.seed = 1});
    const Parts parts{inner.train, inner.test};
    Setting best = settings.front();
    double highest = -1;
    for (const Setting& setting : settings) {
        const double found = judged(parts, make(parts.train, setting)).ndcg;
        if (found > highest) {
            highest = found;
            best = setting;
        }
    }
    return best;
}

void neighbours_line(const Parts& data) {
    using Setting = std::pair<std::size_t, double>;
    const auto make = [](const Interactions<float>& train, const Setting& setting) {
        return neighbours(train, setting.first, setting.second);
    };
    std::vector<Setting> settings;
    for (const std::size_t count : {10, 20, 50, 200})
        for (const double shrinkage : {0, 10, 50, 200}) settings.emplace_back(count, shrinkage);
    const Setting best = chosen(data.train, settings, make);
    const Stopwatch stopwatch;
    const Score score = make(data.train, best);
    const double seconds = stopwatch.seconds();
    line("item-based neighbours",
         std::to_string(best.first) + " neighbours, shrinkage " + text(best.second),
         judged(data, score), seconds);
}

void ease_line(const Choices& options, const Parts& data) {
    if (data.train.item_count() > options.most_items) {
        std::printf("| EASE | - | - | - | left out: %d items, more than %d |\n",
                    data.train.item_count(), options.most_items);
        return;
    }
    const double best =
        chosen(data.train, std::vector<double>{100, 200, 400, 800, 1600, 3200}, ease);
    const Stopwatch stopwatch;
    const Score score = ease(data.train, best);
    const double seconds = stopwatch.seconds();
    line("EASE", "lambda " + text(best), judged(data, score), seconds);
}

/// Means over the seeds, of the defaults or of what `suggest` finds.
void factors_line(const Choices& options, const Parts& data, int factors, bool search) {
    Ranking sum;
    double seconds = 0;
    std::string setting;
    for (int seed = 1; seed <= options.seeds; ++seed) {
        als::Suggestion<als::Implicit> found;
        found.training = options.training;
        found.training.factors = factors;
        found.training.seed = static_cast<std::uint64_t>(seed);
        found.training.threads = options.threads;
        if (search) found = als::suggest(data.train, found.objective, {.training = found.training});
        found.objective = als::fitted_to(data.train, found.objective);
        const Stopwatch stopwatch;
        const auto model = als::fit(data.train, found.objective, found.training);
        seconds += stopwatch.seconds() / options.seeds;
        const Ranking ranking = judged(options, data, model);
        sum.recall += ranking.recall / options.seeds;
        sum.ndcg += ranking.ndcg / options.seeds;
        setting = "alpha " + text(*found.objective.alpha) + ", lambda " +
                  text(*found.objective.regularization) + ", " +
                  std::to_string(found.training.iterations) + " iterations";
    }
    line("als, k " + std::to_string(factors) + (search ? ", suggest" : ", defaults"), setting, sum,
         seconds);
}

Parts parts_of(const Choices& options) {
    if (options.set == "ml-1m") return m1(options.folder);
    if (options.set == "lastfm") return as_pairs(lastfm(options.folder));
    if (options.set == "amazon-book") return amazon_book(options.folder);
    throw als::InputError("other_models: no set is named " + options.set +
                          "; there are ml-1m, lastfm and amazon-book");
}

void popularity_line(const Choices& options, const Parts& data) {
    const Stopwatch stopwatch;
    const auto model = als::popularity_model(data.train);
    const double seconds = stopwatch.seconds();
    const Ranking ranking = judged(options, data, model);
    const Ranking again = judged(data, [&](als::Row<Item, float>, std::vector<float>& scores) {
        for (Item item; item.index < data.train.item_count(); ++item.index)
            scores[static_cast<std::size_t>(item.index)] =
                static_cast<float>(data.train[item].size());
    });
    if (std::abs(ranking.ndcg - again.ndcg) > 1e-9)
        throw als::Error("other_models: the two ways to judge a list differ");
    line("popularity", "-", ranking, seconds);
}

}  // namespace

int main(int argc, char** argv) try {
    Choices options;
    for (int n = 1; n < argc; ++n) {
        const std::string argument = argv[n];
        const auto number = [&] { return n + 1 < argc ? std::atoi(argv[++n]) : 0; };
        if (argument == "--seeds")
            options.seeds = std::max(1, number());
        else if (argument == "--threads")
            options.threads = std::max(0, number());
        else if (argument == "--factors")
            options.factors.push_back(std::max(1, number()));
        else if (argument == "--most-items")
            options.most_items = std::max(0, number());
        else if (argument == "--iterations")
            options.training.iterations = std::max(1, number());
        else if (argument == "--cg")
            options.training.solver = als::Solver::conjugate_gradient;
        else if (argument == "--large")
            options.large = true;
        else if (options.folder.empty())
            options.folder = argument;
        else
            options.set = argument;
    }
    if (options.set.empty()) {
        std::fprintf(
            stderr,
            "usage: other_models FOLDER ml-1m|lastfm|amazon-book [--factors K]... [--seeds "
            "N] [--threads N] [--most-items N] [--large [--cg] [--iterations N]]\n");
        return 2;
    }
    if (options.factors.empty()) options.factors = {64};
    const Parts data = parts_of(options);
    std::printf("| %s | setting | Recall@20 | NDCG@20 | training |\n|---|---|---|---|---|\n",
                options.set.c_str());
    if (!options.large) {
        popularity_line(options, data);
        neighbours_line(data);
        ease_line(options, data);
    }
    for (const int factors : options.factors)
        for (const bool search : {false, true})
            if (!search || !options.large) factors_line(options, data, factors, search);
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
