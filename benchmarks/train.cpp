// SPDX-License-Identifier: MIT
// Trains a model of implicit feedback on one matrix and prints one JSON object: the options,
// seconds per epoch, and memory.
//
//     train MATRIX|shape:NAME [--solver exact|cg] [--steps N] [--factors K] [--alpha A]
//           [--regularization L] [--iterations N] [--threads T] [--instruction-set NAME]
//           [--seed S] [--objectives] [--save PREFIX] [--export FILE] [--judge MATRIX --load
//           PREFIX]
//
// A MATRIX is a file, little-endian, without header or padding:
//
//     int64 users, items, entries
//     int64 offsets[users + 1]      user u has cells offsets[u] .. offsets[u + 1]
//     int32 items[entries]          of each user, in any order
//     float32 values[entries]
//
// `shape:NAME` is one of shapes.hpp. `--objectives` trains once more, untimed, and prints the
// objective after each epoch. `--save` times nothing and writes the factors after each epoch E to
// PREFIX.E.users.f32 and PREFIX.E.items.f32 (float32, row-major). `--export` writes the matrix and
// trains nothing. `--judge` trains nothing either: it reads the factors PREFIX.users.f32 and
// PREFIX.items.f32 of `--load`, made by any program, and prints the metrics of their lists of 20
// for another matrix, the test set. For little-endian processors.
#include "memory.hpp"
#include "shapes.hpp"
#include <als/als.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using als::Interactions;
using als::User;

// ------------------------------------------------------------------------------------- options

struct Options {
    std::string matrix;
    als::Implicit objective{.alpha = 4, .regularization = 10, .regularization_exponent = 0};
    als::Training training{.iterations = 10, .seed = 1};
    bool objectives = false;
    std::optional<std::string> save_prefix, export_file, test_matrix, factors_prefix;
};

template <typename Value>
const Value& named(const std::map<std::string_view, Value>& choices, const std::string& name) {
    if (const auto found = choices.find(name); found != choices.end()) return found->second;
    std::string text = "train: '" + name + "' is none of";
    for (const auto& [choice, value] : choices) text.append(" ").append(choice);
    throw als::InputError(text);
}

const std::map<std::string_view, als::Solver> solvers{{"exact", als::Solver::exact},
                                                      {"cg", als::Solver::conjugate_gradient},
                                                      {"subspace", als::Solver::subspace}};
const std::map<std::string_view, als::InstructionSet> instruction_sets{
    {"automatic", als::InstructionSet::automatic},
    {"portable", als::InstructionSet::portable},
    {"avx2", als::InstructionSet::avx2},
    {"avx512", als::InstructionSet::avx512},
    {"avx512_bf16", als::InstructionSet::avx512_bf16},
    {"neon", als::InstructionSet::neon}};

Options options_from(std::span<char*> arguments) {
    Options options;
    als::Implicit& objective = options.objective;
    als::Training& training = options.training;
    using Text = const std::string&;
    const std::map<std::string_view, std::function<void(Text)>> with_value{
        {"--solver", [&](Text text) { training.solver = named(solvers, text); }},
        {"--steps", [&](Text text) { training.conjugate_gradient_steps = std::stoi(text); }},
        {"--block", [&](Text text) { training.subspace_factors = std::stoi(text); }},
        {"--factors", [&](Text text) { training.factors = std::stoi(text); }},
        {"--alpha", [&](Text text) { objective.alpha = std::stod(text); }},
        {"--regularization", [&](Text text) { objective.regularization = std::stod(text); }},
        {"--iterations", [&](Text text) { training.iterations = std::stoi(text); }},
        {"--threads", [&](Text text) { training.threads = std::stoi(text); }},
        {"--instruction-set",
         [&](Text text) { training.instruction_set = named(instruction_sets, text); }},
        {"--seed", [&](Text text) { training.seed = std::stoull(text); }},
        {"--save", [&](Text text) { options.save_prefix = text; }},
        {"--export", [&](Text text) { options.export_file = text; }},
        {"--judge", [&](Text text) { options.test_matrix = text; }},
        {"--load", [&](Text text) { options.factors_prefix = text; }}};
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string name = arguments[at];
        if (name == "--objectives") {
            options.objectives = true;
        } else if (!name.starts_with("--")) {
            options.matrix = name;
        } else {
            const auto& take = named(with_value, name);
            if (++at == arguments.size()) throw als::InputError("train: no value for " + name);
            take(arguments[at]);
        }
    }
    if (options.matrix.empty()) throw als::InputError("train: name a matrix, or shape:NAME");
    return options;
}

// --------------------------------------------------------------------------------------- files

template <typename T>
void write(std::ofstream& file, std::span<const T> values) {
    file.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size_bytes()));
}

template <typename T>
std::vector<T> read(std::ifstream& file, std::int64_t count) {
    std::vector<T> values(static_cast<std::size_t>(count));
    file.read(reinterpret_cast<char*>(values.data()),
              static_cast<std::streamsize>(values.size() * sizeof(T)));
    return values;
}

std::ofstream created(const std::string& path) {
    std::ofstream file(path, std::ios::binary);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    return file;
}

void export_matrix(const Interactions<float>& data, const std::string& path) {
    std::ofstream file = created(path);
    std::vector<std::int64_t> numbers{data.user_count(), data.item_count(), data.size(), 0};
    for (User user; user.index < data.user_count(); ++user.index)
        numbers.push_back(numbers.back() + data[user].size());
    write(file, std::span<const std::int64_t>(numbers));
    for (User user; user.index < data.user_count(); ++user.index) write(file, data[user].ids());
    for (User user; user.index < data.user_count(); ++user.index) write(file, data[user].values());
    file.close();
}

Interactions<float> read_matrix(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    const auto sizes = read<std::int64_t>(file, 3);
    const auto offsets = read<std::int64_t>(file, sizes[0] + 1);
    const auto items = read<std::int32_t>(file, sizes[2]);
    const auto values = read<float>(file, sizes[2]);
    std::vector<als::Entry<float>> entries;
    entries.reserve(items.size());
    for (User user; user.index < sizes[0]; ++user.index) {
        const auto row = static_cast<std::size_t>(user.index);
        for (auto n = static_cast<std::size_t>(offsets[row]);
             n < static_cast<std::size_t>(offsets[row + 1]); ++n)
            entries.push_back({user, {items[n]}, values[n]});
    }
    return {sizes[0], sizes[1], entries};
}

Interactions<float> matrix_named(const std::string& name) {
    constexpr std::string_view prefix = "shape:";
    if (!name.starts_with(prefix)) return read_matrix(name);
    std::map<std::string_view, shapes::Shape> choices;
    for (const shapes::Shape& shape : shapes::all()) choices.emplace(shape.name, shape);
    return shapes::generate(named(choices, name.substr(prefix.size())));
}

void save(const als::Model<float>& model, const std::string& prefix, int epoch) {
    const auto write_factors = [&](const char* side, const als::FactorMatrix<float>& factors) {
        std::ofstream file = created(prefix + "." + std::to_string(epoch) + side);
        const auto count = static_cast<std::size_t>(factors.size());
        write(file, std::span<const float>(factors.data(), count));
        file.close();
    };
    write_factors(".users.f32", model.parts().users.factors);
    write_factors(".items.f32", model.parts().items.factors);
}

als::FactorMatrix<float> read_factors(const std::string& path, Eigen::Index rows, int factors) {
    std::ifstream file(path, std::ios::binary);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    als::FactorMatrix<float> matrix(rows, factors);
    file.read(
        reinterpret_cast<char*>(matrix.data()),
        static_cast<std::streamsize>(static_cast<std::size_t>(matrix.size()) * sizeof(float)));
    return matrix;
}

void judge(const Interactions<float>& train, const Options& options) {
    als::ModelParts<float> parameters;
    const int factors = options.training.factors;
    parameters.users.factors =
        read_factors(*options.factors_prefix + ".users.f32", train.user_count(), factors);
    parameters.items.factors =
        read_factors(*options.factors_prefix + ".items.f32", train.item_count(), factors);
    const als::Model<float> model(std::move(parameters), options.objective);
    const auto found =
        als::evaluate(model, read_matrix(*options.test_matrix), {.k = 20, .exclude = &train});
    std::printf("{\"precision\": %.9f, \"recall\": %.9f, \"capped recall\": %.9f, ",
                found.precision.mean, found.recall.mean, found.capped_recall.mean);
    std::printf("\"hit rate\": %.9f, \"ndcg\": %.9f, \"map\": %.9f, \"users\": %zu}\n",
                found.hit_rate.mean, found.ndcg.mean, found.average_precision.mean,
                found.users.size());
}

// ------------------------------------------------------------------------------------- measuring

double seconds_of_fit(const Interactions<float>& data, const Options& options, int iterations) {
    als::Training training = options.training;
    training.iterations = iterations;
    const auto began = std::chrono::steady_clock::now();
    const auto model = als::fit(data, options.objective, training);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began;
    return elapsed.count();
}

/// Calls visit(model, epoch) after each epoch. A training that continues from the model of the last
/// epoch is the same, bit for bit, as one without a break.
template <typename Visit>
void each_epoch(const Interactions<float>& data, const Options& options, const Visit& visit) {
    als::Training training = options.training;
    training.iterations = 1;
    als::Model<float> model = als::fit(data, options.objective, training);
    for (int epoch = 1;; ++epoch) {
        visit(model, epoch);
        if (epoch == options.training.iterations) return;
        model = als::fit(data, options.objective, training, model);
    }
}

/// The total time includes the start of a training (order of the rows, random numbers, first touch
/// of the memory); the difference of two trainings does not.
void measure(const Interactions<float>& data, const Options& options) {
    const int iterations = options.training.iterations;
    memory::reset_peak();
    const double seconds = seconds_of_fit(data, options, iterations);
    const std::int64_t peak = memory::peak();
    const double seconds_of_one = iterations > 1 ? seconds_of_fit(data, options, 1) : seconds;
    const double difference =
        iterations > 1 ? (seconds - seconds_of_one) / (iterations - 1) : seconds;
    std::printf(", \"seconds\": %.6f, \"seconds_of_one\": %.6f", seconds, seconds_of_one);
    std::printf(", \"seconds_per_epoch\": %.6f, \"seconds_per_epoch_by_difference\": %.6f",
                seconds / iterations, difference);
    std::printf(", \"peak_memory\": %lld", static_cast<long long>(peak));
}

void run(const Options& options) {
    const Interactions<float> data = matrix_named(options.matrix);
    if (options.export_file) {
        export_matrix(data, *options.export_file);
        return;
    }
    if (options.test_matrix && options.factors_prefix) return judge(data, options);
    std::printf("{\"users\": %d, \"items\": %d, \"entries\": %lld", data.user_count(),
                data.item_count(), static_cast<long long>(data.size()));
    std::printf(", \"factors\": %d, \"iterations\": %d", options.training.factors,
                options.training.iterations);
    if (options.save_prefix)
        each_epoch(data, options, [&](const als::Model<float>& model, int epoch) {
            save(model, *options.save_prefix, epoch);
        });
    else
        measure(data, options);
    if (options.objectives) {
        std::printf(", \"objectives\": [");
        each_epoch(data, options, [&](const als::Model<float>& model, int epoch) {
            std::printf("%s%.9g", epoch > 1 ? ", " : "", als::objective_value(model, data));
        });
        std::printf("]");
    }
    std::printf("}\n");
}

}  // namespace

int main(int count, char** arguments) {
    try {
        run(options_from(std::span(arguments, static_cast<std::size_t>(count)).subspan(1)));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
