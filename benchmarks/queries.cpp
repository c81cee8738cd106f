// SPDX-License-Identifier: MIT
// How fast are queries? Measures on one model the ranking of all items for many users, compared
// with a BLAS product and a heap; for one user at a time; and fold-in:
//
//     queries FACTORS [--count N] [--users N] [--repetitions N] [--threads N] [--only PART,...]
//             [--json]
//
// FACTORS is `random:ITEMS:K` (normal numbers, the norms of the items log-normal with spread 1/2),
// or PREFIX:K for the files PREFIX.users.f32 and PREFIX.items.f32 that `train --save` writes. The
// parts are `everyone`, `blas`, `one` and `fold_in`; all but `blas` belong to the library. `stream`
// runs only if it is named: all users of the model by recommend_everyone, and the memory that this
// takes. Prints medians of interleaved repetitions as a table, or as one JSON object. The lists of
// all contestants are compared: those of the library must be equal, those of BLAS equal up to its
// rounding.
#include "fma_peak.hpp"
#include "memory.hpp"
#include <als/als.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/model.hpp>
#include <als/detail/predict.hpp>
#include <als/detail/rank/ranker.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#ifdef ALS_BENCHMARK_BLAS
#include <cblas.h>
extern "C" void openblas_set_num_threads(int) __attribute__((weak));
#endif

namespace {

using als::Item;
using als::User;
using List = std::vector<als::Scored<Item, float>>;

struct Settings {
    std::string factors;
    std::int64_t count = 10;
    std::int64_t users = 20000;
    int repetitions = 3;
    int threads = 2;
    std::vector<std::string> parts;
    bool json = false;

    [[nodiscard]] bool has(const std::string& part) const {
        return parts.empty() || std::find(parts.begin(), parts.end(), part) != parts.end();
    }
};

double seconds_of(const std::function<void()>& work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

double quantile(std::vector<double> values, double fraction) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1))];
}

// ------------------------------------------------------------------------------------- the model

als::FactorMatrix<float> read_factors(const std::string& path, std::int64_t factors) {
    const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(path));
    als::FactorMatrix<float> matrix(bytes / 4 / factors, factors);
    std::ifstream file(path, std::ios::binary);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    file.read(reinterpret_cast<char*>(matrix.data()), matrix.size() * 4);
    return matrix;
}

als::FactorMatrix<float> random_factors(std::int64_t rows, std::int64_t factors, float spread) {
    std::mt19937 generator(static_cast<std::uint32_t>(rows));
    std::normal_distribution<float> normal;
    als::FactorMatrix<float> matrix(rows, factors);
    for (std::int64_t r = 0; r < rows; ++r) {
        const float scale =
            std::exp(spread * normal(generator)) / std::sqrt(static_cast<float>(factors));
        for (std::int64_t f = 0; f < factors; ++f) matrix(r, f) = scale * normal(generator);
    }
    return matrix;
}

als::Model<float> model_named(const std::string& name, std::int64_t users) {
    const auto colon = name.rfind(':');
    if (colon == std::string::npos) throw std::invalid_argument("queries: say FACTORS as NAME:K");
    const std::int64_t factors = std::stoll(name.substr(colon + 1));
    const std::string source = name.substr(0, colon);
    als::ModelParts<float> parameters;
    if (source.starts_with("random:")) {
        parameters.items.factors = random_factors(std::stoll(source.substr(7)), factors, 0.5F);
        parameters.users.factors = random_factors(users, factors, 0.2F);
    } else {
        parameters.items.factors = read_factors(source + ".items.f32", factors);
        parameters.users.factors = read_factors(source + ".users.f32", factors);
    }
    return {std::move(parameters),
            als::Implicit{.alpha = 1, .regularization = 1, .regularization_exponent = 0}};
}

// ------------------------------------------------------------------------------------- contestants

std::vector<List> by_library(const als::Model<float>& model, std::span<const User> users,
                             const Settings& settings) {
    return als::recommend(model, users, {.count = settings.count, .threads = settings.threads});
}

/// Ranks without the early stop, as if all items were as long as the longest.
std::vector<List> without_stop(const als::Model<float>& model, std::span<const User> users,
                               const Settings& settings) {
    using namespace als::detail;
    const NormOrder& all = ModelAccess::norm_order<Item>(model);
    const NormOrder order = all.of(all.rows);
    const Candidates<float> candidates{model.parts().items.factors, nullptr, order, order.size()};
    const Workers workers{settings.threads};
    const auto count = static_cast<std::int64_t>(users.size());
    const std::int64_t together =
        queries_together(count, settings.threads, Ranker<Item, float>::most_queries);
    std::vector<List> lists(users.size());
    parallel_for(
        (count + together - 1) / together, 1, workers,
        [&] { return Ranker<Item, float>(candidates, {settings.count}, workers.instructions); },
        [&](Ranker<Item, float>& ranker, std::int64_t block) {
            std::vector<Point<float>> points;
            const std::int64_t end = std::min(count, (block + 1) * together);
            for (std::int64_t n = block * together; n < end; ++n)
                points.push_back(point_of(model, users[static_cast<std::size_t>(n)]));
            ranker.rank(
                points, [](std::size_t, Item) { return true; }, lists.data() + block * together);
        });
    return lists;
}

#ifdef ALS_BENCHMARK_BLAS
/// Selects with the standard library's heap, the worst in front.
List best_of(std::span<const float> scores, std::size_t count) {
    const auto better = [](const auto& a, const auto& b) { return a.score > b.score; };
    List heap;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (heap.size() == count) {
            if (!(scores[i] > heap.front().score)) continue;
            std::pop_heap(heap.begin(), heap.end(), better);
            heap.pop_back();
        }
        heap.push_back({Item{static_cast<std::int32_t>(i)}, scores[i]});
        std::push_heap(heap.begin(), heap.end(), better);
    }
    std::sort_heap(heap.begin(), heap.end(), better);
    return heap;
}

/// The usual way: a block of scores by a matrix product, and a heap for each user.
std::vector<List> by_blas(const als::Model<float>& model, std::span<const User> users,
                          const Settings& settings) {
    constexpr std::int64_t block = 64;
    if (openblas_set_num_threads != nullptr) openblas_set_num_threads(1);
    const auto count = static_cast<std::int64_t>(users.size());
    const als::FactorMatrix<float>& items = model.parts().items.factors;
    const std::int64_t factors = items.cols();
    std::vector<List> lists(users.size());
    struct Memory {
        std::vector<float> rows, scores;
    };
    als::detail::parallel_for(
        (count + block - 1) / block, 1, als::detail::Workers{settings.threads},
        [&] {
            return Memory{std::vector<float>(static_cast<std::size_t>(block * factors)),
                          std::vector<float>(static_cast<std::size_t>(block * items.rows()))};
        },
        [&](Memory& memory, std::int64_t b) {
            const std::int64_t first = b * block;
            const std::int64_t rows = std::min(block, count - first);
            for (std::int64_t u = 0; u < rows; ++u)
                std::copy_n(model.user_factors()
                                .row(users[static_cast<std::size_t>(first + u)].index)
                                .data(),
                            factors, memory.rows.data() + u * factors);
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(rows),
                        static_cast<int>(items.rows()), static_cast<int>(factors), 1.0F,
                        memory.rows.data(), static_cast<int>(factors), items.data(),
                        static_cast<int>(factors), 0.0F, memory.scores.data(),
                        static_cast<int>(items.rows()));
            for (std::int64_t u = 0; u < rows; ++u) {
                lists[static_cast<std::size_t>(first + u)] =
                    best_of({memory.scores.data() + u * items.rows(),
                             static_cast<std::size_t>(items.rows())},
                            static_cast<std::size_t>(settings.count));
            }
        });
    return lists;
}
#endif

/// Throws unless the lists have the same scores, up to rounding.
void compare(const std::vector<List>& ours, const std::vector<List>& theirs, float tolerance) {
    for (std::size_t n = 0; n < ours.size(); ++n)
        for (std::size_t r = 0; r < ours[n].size(); ++r) {
            const auto& [id, score] = ours[n][r];
            const bool same = tolerance == 0 ? ours[n][r] == theirs[n][r]
                                             : std::abs(score - theirs[n][r].score) <= tolerance;
            if (!same) throw std::runtime_error("queries: lists differ");
        }
}

// ------------------------------------------------------------------------------------- measuring

struct Report {
    bool json;
    bool first = true;

    void add(const std::string& name, double value, const char* unit) {
        if (json)
            std::printf("%s\"%s\": %.6g", first ? "{" : ", ", name.c_str(), value);
        else
            std::printf("%-34s %12.6g %s\n", name.c_str(), value, unit);
        first = false;
        std::fflush(stdout);
    }
};

void measure_everyone(const als::Model<float>& model, const Settings& settings, Report& report) {
    std::vector<User> users;
    const auto count = std::min<std::int64_t>(settings.users, model.user_count());
    for (std::int64_t n = 0; n < count; ++n)
        users.push_back(User{static_cast<std::int32_t>(n * model.user_count() / count)});
    using Contestant =
        std::vector<List> (*)(const als::Model<float>&, std::span<const User>, const Settings&);
    std::vector<std::pair<std::string, Contestant>> contestants;
    if (settings.has("everyone"))
        contestants = {{"als", by_library}, {"als without stop", without_stop}};
#ifdef ALS_BENCHMARK_BLAS
    if (settings.has("blas")) contestants.emplace_back("blas and heap", by_blas);
#endif
    std::map<std::string, std::vector<double>> seconds;
    for (int repetition = 0; repetition < settings.repetitions; ++repetition) {
        std::vector<List> expected;
        for (const auto& [name, contestant] : contestants) {
            std::vector<List> lists;
            seconds[name].push_back(
                seconds_of([&] { lists = contestant(model, users, settings); }));
            if (expected.empty()) expected = lists;
            compare(expected, lists, name == "blas and heap" ? 1e-3F : 0);
        }
    }
    for (const auto& [name, contestant] : contestants) {
        const double rate = static_cast<double>(count) / quantile(seconds[name], 0.5);
        report.add(name, rate, "users/s");
        if (name == "als without stop")
            report.add("of the float peak",
                       100 * rate * 2 * static_cast<double>(model.item_count()) *
                           static_cast<double>(model.factors()) /
                           (settings.threads * fma_peak::measure()),
                       "%");
    }
}

void measure_one(const als::Model<float>& model, const Settings& settings, Report& report) {
    std::vector<double> microseconds;
    for (std::int64_t n = 0; n < std::min<std::int64_t>(5000, model.user_count()); ++n) {
        const User user{static_cast<std::int32_t>(n * 7919 % model.user_count())};
        List list;
        microseconds.push_back(1e6 * seconds_of([&] {
                                   list = als::recommend(model, user, {.count = settings.count});
                               }));
    }
    report.add("one user, median", quantile(microseconds, 0.5), "us");
    report.add("one user, 99 %", quantile(microseconds, 0.99), "us");
}

/// Measures all users, and the memory that this takes besides the model.
void measure_stream(const als::Model<float>& model, const Settings& settings, Report& report) {
    memory::reset_peak();
    const std::int64_t before = memory::peak();
    std::int64_t users = 0;
    const double seconds = seconds_of([&] {
        als::recommend_everyone(model, {.count = settings.count, .threads = settings.threads},
                                [&](User, auto list) { users += list.empty() ? 0 : 1; });
    });
    report.add("users with a list", static_cast<double>(users), "");
    report.add("streamed", static_cast<double>(model.user_count()) / seconds, "users/s");
    report.add("memory beside the model", static_cast<double>(memory::peak() - before) / (1 << 20),
               "MiB");
}

void measure_fold_in(const als::Model<float>& model, Report& report) {
    std::mt19937 generator(1);
    for (const std::size_t size : {5, 20, 100, 500, 2000}) {
        std::vector<als::History<Item, float>> histories;
        for (int n = 0; n < 200; ++n) {
            std::map<std::int32_t, float> cells;
            while (cells.size() < size)
                cells[static_cast<std::int32_t>(generator() %
                                                static_cast<unsigned>(model.item_count()))] = 1;
            std::vector<als::Cell<Item, float>> list;
            for (const auto& [item, value] : cells) list.push_back({Item{item}, value});
            histories.emplace_back(list);
        }
        std::vector<double> microseconds;
        for (int round = 0; round < 5; ++round)
            for (const auto& history : histories) {
                als::FoldedIn<User, float> newcomer;
                microseconds.push_back(
                    1e6 * seconds_of([&] { newcomer = als::fold_in(model, history); }));
            }
        report.add("fold-in, " + std::to_string(size) + " items, median",
                   quantile(microseconds, 0.5), "us");
        report.add("fold-in, " + std::to_string(size) + " items, 99 %",
                   quantile(microseconds, 0.99), "us");
    }
}

Settings settings_from(int count, char** arguments) {
    Settings settings;
    for (int n = 1; n < count; ++n) {
        const std::string name = arguments[n];
        if (!name.starts_with("--")) {
            settings.factors = name;
        } else if (name == "--json") {
            settings.json = true;
        } else {
            if (++n == count) throw std::invalid_argument("queries: no value for " + name);
            const std::string value = arguments[n];
            if (name == "--count")
                settings.count = std::stoll(value);
            else if (name == "--users")
                settings.users = std::stoll(value);
            else if (name == "--repetitions")
                settings.repetitions = std::stoi(value);
            else if (name == "--threads")
                settings.threads = std::stoi(value);
            else if (name == "--only") {
                for (std::size_t at = 0; at != std::string::npos && at < value.size();) {
                    const std::size_t comma = value.find(',', at);
                    settings.parts.push_back(value.substr(at, comma - at));
                    at = comma == std::string::npos ? comma : comma + 1;
                }
            } else
                throw std::invalid_argument("queries: unknown option " + name);
        }
    }
    if (settings.factors.empty()) throw std::invalid_argument("queries: name the factors");
    return settings;
}

}  // namespace

int main(int count, char** arguments) try {
    const Settings settings = settings_from(count, arguments);
    const als::Model<float> model = model_named(settings.factors, settings.users);
    Report report{settings.json};
    measure_everyone(model, settings, report);
    if (settings.has("one")) measure_one(model, settings, report);
    if (settings.has("fold_in")) measure_fold_in(model, report);
    const auto& parts = settings.parts;
    if (std::find(parts.begin(), parts.end(), "stream") != parts.end())
        measure_stream(model, settings, report);
    if (settings.json) std::printf("}\n");
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
