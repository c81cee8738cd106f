// SPDX-License-Identifier: MIT
// How long is an epoch? Compares whole iterations of implicit ALS with the usual implementations,
// interleaved in one run, on generated matrices with the shapes of public data sets:
//
//     epochs [SHAPE...] [--factors K,...] [--repetitions N] [--threads N] [--skip NAME,...]
//
// Prints a Markdown table for each shape and number of factors: median seconds per epoch, spread,
// ratio to the naive baseline (built as plainly as the library) and to Eigen's (built for AVX2),
// and the fraction of the float peak that the exact solver reaches. A row of n entries counts as
// n k^2 + k^3 / 3 operations, or as n^2 k + n^3 / 3 if that is less. An epoch of the library is
// half the difference between als::fit with three iterations and with one.
#include "baselines/baselines.hpp"
#include "fma_peak.hpp"
#include "shapes.hpp"
#include <als/als.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr double alpha = 2;
constexpr double lambda = 5;

struct Settings {
    std::vector<std::string> shapes;
    std::vector<int> factors = {64, 128, 256};
    std::vector<std::string> skipped;
    int repetitions = 3;
    int threads = 2;
};

double seconds_of(const std::function<void()>& work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

/// Compressed rows of one side, as the baselines take them.
template <typename Id>
struct Side {
    std::vector<std::int64_t> offsets{0};
    std::vector<std::int32_t> columns;
    std::vector<float> values;

    Side(const als::Interactions<float>& data, std::int32_t count) {
        for (std::int32_t r = 0; r < count; ++r) {
            for (const auto [id, value] : data[Id{r}]) {
                columns.push_back(id.index);
                values.push_back(value);
            }
            offsets.push_back(static_cast<std::int64_t>(columns.size()));
        }
    }
    [[nodiscard]] baselines::Rows rows() const {
        return {static_cast<std::int64_t>(offsets.size()) - 1, offsets.data(), columns.data(),
                values.data()};
    }
};

/// Operations of an exact epoch.
double operations(const als::Interactions<float>& data, double k) {
    const auto row = [&](std::int64_t size) {
        const auto n = static_cast<double>(size);
        return std::min(n * k * k + k * k * k / 3, n * n * k + n * n * n / 3);
    };
    double sum = 0;
    for (std::int32_t u = 0; u < data.user_count(); ++u) sum += row(data[als::User{u}].size());
    for (std::int32_t i = 0; i < data.item_count(); ++i) sum += row(data[als::Item{i}].size());
    return sum;
}

struct Contestant {
    std::string name;
    std::function<double()> epoch;  ///< runs, and returns the seconds of one epoch
    std::vector<double> seconds = {};

    [[nodiscard]] double median() const {
        std::vector<double> sorted = seconds;
        std::sort(sorted.begin(), sorted.end());
        return sorted[sorted.size() / 2];
    }
};

std::vector<Contestant> contestants(const als::Interactions<float>& data,
                                    const Side<als::User>& by_user, const Side<als::Item>& by_item,
                                    int k, const Settings& settings,
                                    als::FactorMatrix<float>& users,
                                    als::FactorMatrix<float>& items) {
    std::vector<Contestant> all;
    const auto add = [&](const std::string& name, std::function<double()> epoch) {
        if (std::find(settings.skipped.begin(), settings.skipped.end(), name) ==
            settings.skipped.end())
            all.push_back({name, std::move(epoch)});
    };
    const auto baseline = [&, k](const std::string& name, baselines::Method method,
                                 baselines::HalfStep* half_step) {
        add(name, [&, k, method, half_step] {
            return seconds_of([&] {
                half_step(method, by_item.rows(), users.data(), users.rows(), k, alpha, lambda,
                          settings.threads, items.data());
                half_step(method, by_user.rows(), items.data(), items.rows(), k, alpha, lambda,
                          settings.threads, users.data());
            });
        });
    };
    using baselines::Method;
    baseline("naive", Method::naive, baselines::half_step);
    baseline("naive avx2", Method::naive, baselines::avx2::half_step);
    baseline("eigen avx2", Method::eigen, baselines::avx2::half_step);
    baseline("cg3 avx2", Method::conjugate_gradient, baselines::avx2::half_step);
    const auto library = [&, k](const std::string& name, als::Solver solver,
                                als::InstructionSet instructions, int threads) {
        if (!als::is_supported(instructions)) return;
        add(name, [&, k, solver, instructions, threads] {
            const auto training = [&](int iterations) {
                return seconds_of([&] {
                    const auto model = als::fit(
                        data,
                        als::Implicit{
                            .alpha = alpha, .regularization = lambda, .regularization_exponent = 0},
                        {.factors = k,
                         .iterations = iterations,
                         .solver = solver,
                         .instruction_set = instructions,
                         .threads = threads});
                    users = model.user_factors();
                });
            };
            constexpr int more = 2;
            const double start = training(1);
            return (training(1 + more) - start) / more;
        });
    };
    for (const auto set :
         {als::InstructionSet::portable, als::InstructionSet::avx2, als::InstructionSet::avx512,
          als::InstructionSet::avx512_bf16, als::InstructionSet::neon})
        library("als " + std::string(als::name_of(set)), als::Solver::exact, set, settings.threads);
    const auto automatic = als::InstructionSet::automatic;
    library("als cg", als::Solver::conjugate_gradient, automatic, settings.threads);
    if (settings.threads > 1) library("als one thread", als::Solver::exact, automatic, 1);
    return all;
}

void run(const shapes::Shape& shape, const Settings& settings) {
    const als::Interactions<float> data = shapes::generate(shape);
    const Side<als::User> by_user(data, data.user_count());
    const Side<als::Item> by_item(data, data.item_count());
    for (const int k : settings.factors) {
        als::FactorMatrix<float> users = als::FactorMatrix<float>::Random(data.user_count(), k) / k;
        als::FactorMatrix<float> items = als::FactorMatrix<float>::Zero(data.item_count(), k);
        auto all = contestants(data, by_user, by_item, k, settings, users, items);
        std::vector<double> peaks;
        for (int n = 0; n < settings.repetitions; ++n) {
            peaks.push_back(fma_peak::measure());
            for (Contestant& contestant : all) contestant.seconds.push_back(contestant.epoch());
        }
        std::sort(peaks.begin(), peaks.end());
        const double peak = peaks[peaks.size() / 2];
        std::printf("\n%s: %d x %d, %lld entries, k = %d, %d threads, float peak %.0f GF/s\n\n",
                    std::string(shape.name).c_str(), data.user_count(), data.item_count(),
                    static_cast<long long>(data.size()), k, settings.threads,
                    peak * 1e-9 * settings.threads);
        std::printf("| solver | s/epoch | spread | x naive | x eigen | of peak |\n");
        std::printf("|---|---|---|---|---|---|\n");
        const auto time_of = [&](const char* name) {
            for (const Contestant& c : all)
                if (c.name == name) return c.median();
            return 0.0;
        };
        for (const Contestant& c : all) {
            const auto [low, high] = std::minmax_element(c.seconds.begin(), c.seconds.end());
            const bool exact = c.name != "cg3 avx2" && c.name != "als cg";
            const int threads = c.name == "als one thread" ? 1 : settings.threads;
            std::printf("| %s | %.3f | %.3f-%.3f | %.2f | %.2f | ", c.name.c_str(), c.median(),
                        *low, *high, time_of("naive") / c.median(),
                        time_of("eigen avx2") / c.median());
            if (exact)
                std::printf("%.0f %% |\n",
                            100 * operations(data, k) / c.median() / (peak * threads));
            else
                std::printf("- |\n");
        }
        std::fflush(stdout);
    }
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
    return parts;
}

}  // namespace

int main(int count, char** arguments) {
    Settings settings;
    const std::vector<std::string> words(arguments + 1, arguments + count);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool last = i + 1 == words.size();
        if (words[i] == "--factors" && !last) {
            settings.factors.clear();
            for (const std::string& k : split(words[++i])) settings.factors.push_back(std::stoi(k));
        } else if (words[i] == "--repetitions" && !last) {
            settings.repetitions = std::stoi(words[++i]);
        } else if (words[i] == "--threads" && !last) {
            settings.threads = std::stoi(words[++i]);
        } else if (words[i] == "--skip" && !last) {
            settings.skipped = split(words[++i]);
        } else {
            settings.shapes.push_back(words[i]);
        }
    }
    if (settings.shapes.empty()) settings.shapes = {"ml1m", "ml20m", "lastfm360k"};
    for (const std::string& name : settings.shapes) {
        const auto& known = shapes::all();
        const auto found = std::find_if(known.begin(), known.end(),
                                        [&](const auto& shape) { return shape.name == name; });
        if (found == known.end()) {
            std::cerr << "epochs: there is no shape '" << name << "'\n";
            return 2;
        }
        run(*found, settings);
    }
}
