// SPDX-License-Identifier: MIT
// What does diversity cost? Lists of 20 out of 100 candidates by `diversify`, on MovieLens 1M:
//
//     diversity FOLDER [--seeds N] [--threads N]
//
// FOLDER is as in public_data.hpp. For each diversity, prints recall and NDCG on the test set, the
// mean cosine of two items of a list, and the number of items that occur in a list.
#include "public_data.hpp"
#include <als/als.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <set>
#include <vector>

namespace {

using namespace public_data;
using List = std::vector<als::Scored<Item, float>>;

constexpr std::int64_t length = 20;

struct Judged {
    double recall = 0, ndcg = 0, cosine = 0, coverage = 0;
};

double mean_cosine(const als::Model<float>& model, const List& list) {
    double sum = 0;
    int pairs = 0;
    for (std::size_t a = 0; a < list.size(); ++a)
        for (std::size_t b = 0; b < a; ++b, ++pairs) {
            const auto x = model.item_factors().row(list[a].id.index);
            const auto y = model.item_factors().row(list[b].id.index);
            sum += static_cast<double>(x.dot(y) / (x.norm() * y.norm()));
        }
    return sum / pairs;
}

Judged judged(const Parts& data, const als::Model<float>& model, const std::vector<User>& users,
              const std::vector<List>& candidates, double diversity) {
    Judged sum;
    std::set<Item> occur;
    for (std::size_t n = 0; n < users.size(); ++n) {
        const List list =
            als::diversify(model, candidates[n], {.count = length, .diversity = diversity});
        const auto relevant = data.test[users[n]].ids();
        sum.recall += als::recall<float>(list, relevant, length);
        sum.ndcg += als::ndcg<float>(list, relevant, length);
        sum.cosine += mean_cosine(model, list);
        for (const auto& [item, score] : list) occur.insert(item);
    }
    const auto count = static_cast<double>(users.size());
    return {sum.recall / count, sum.ndcg / count, sum.cosine / count,
            static_cast<double>(occur.size()) / data.train.item_count()};
}

}  // namespace

int main(int argc, char** argv) try {
    const Options options = options_from(argc, argv);
    const Parts data = m1(options.folder);
    std::vector<User> users;
    for (User user; user.index < data.test.user_count(); ++user.index)
        if (!data.test[user].empty()) users.push_back(user);
    std::printf(
        "| diversity | Recall@20 | NDCG@20 | mean cosine | items in any list |\n"
        "|---|---|---|---|---|\n");
    const std::vector<double> diversities{0, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 1};
    std::vector<Judged> means(diversities.size());
    for (int seed = 1; seed <= options.seeds; ++seed) {
        const auto model = als::fit(
            data.train, als::Implicit{},
            {.factors = 64, .seed = static_cast<std::uint64_t>(seed), .threads = options.threads});
        const auto candidates = als::recommend(
            model, users, {.count = 100, .exclude = &data.train, .threads = options.threads});
        for (std::size_t d = 0; d < diversities.size(); ++d) {
            const Judged found = judged(data, model, users, candidates, diversities[d]);
            means[d].recall += found.recall / options.seeds;
            means[d].ndcg += found.ndcg / options.seeds;
            means[d].cosine += found.cosine / options.seeds;
            means[d].coverage += found.coverage / options.seeds;
        }
    }
    for (std::size_t d = 0; d < diversities.size(); ++d)
        std::printf("| %.1f | %.4f | %.4f | %.3f | %.0f %% |\n", diversities[d], means[d].recall,
                    means[d].ndcg, means[d].cosine, 100 * means[d].coverage);
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
