// SPDX-License-Identifier: MIT
// A small program that uses everything: it trains in all ways, makes all queries, reads ratings,
// saves, loads and resumes from a checkpoint. It prints what must be equal on every platform,
// factors up to rounding; `./run platforms` compares the output.
#if defined(HOSTILE_MACROS)
// Macros that <windows.h>, <complex.h> and X11 define before a program includes als.
#define I (__extension__ 1.0iF)
#define small char
#define near
#define far
#define interface struct
#define ERROR 0
#define IN
#define OUT
#define None 0L
#define Status int
#define Success 0
#define Bool int
#define True 1
#define False 0
#define slots
#define signals public
#define emit
#include <cstdint>
#undef Success  // Eigen itself uses it
#endif
#include <als/als.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace {

template <typename List>
void print(const char* what, const List& list) {
    std::printf("  %s:", what);
    for (const auto& [id, score] : list)
        std::printf(" %d=%.3f", static_cast<int>(id.index), static_cast<double>(score));
    std::printf("\n");
}

template <typename Scalar>
als::Interactions<Scalar> world() {
    std::vector<als::Entry<Scalar>> entries;
    std::uint32_t state = 1;
    const auto next = [&](std::uint32_t bound) {
        state = state * 1664525U + 1013904223U;
        return static_cast<int>((state >> 8) % bound);
    };
    for (int user = 0; user < 300; ++user)
        for (int n = 0; n < 5 + user % 70; ++n) {
            const int taste = next(40) * 3 + user % 3;
            const int item = (taste + (next(4) == 0 ? 1 : 0)) % 120;
            const int value = 1 + (item + user) % 3 + next(3);
            entries.push_back({als::User{user}, als::Item{item}, static_cast<Scalar>(value)});
        }
    return {300, 120, entries, {.duplicates = als::Duplicates::last}};
}

/// The bytes of a file, as one number.
unsigned long hash_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::uint32_t hash = 2166136261U;
    for (std::istreambuf_iterator<char> byte(file), end; byte != end; ++byte)
        hash = (hash ^ static_cast<unsigned char>(*byte)) * 16777619U;
    return hash;
}

template <typename Scalar, typename Objective>
void train(const char* name, const Objective& objective, als::Solver solver,
           const std::filesystem::path& folder) {
    const als::Interactions<Scalar> data = world<Scalar>();
    als::Training training{.factors = 20, .iterations = 6, .solver = solver};
    training.instruction_set = als::InstructionSet::portable;
    const als::Model<Scalar> model = als::fit(data, objective, training);
    std::printf("%s: objective %.6g\n", name, als::objective_value(model, data));
    for (Eigen::Index u = 0; u < 300; u += 30) {
        std::printf("factors");
        for (const Scalar factor : model.user_factors().row(u))
            std::printf(" %.9g", static_cast<double>(factor));
        std::printf("\n");
    }
    for (const als::InstructionSet set : als::supported_instruction_sets()) {
        training.instruction_set = set;
        const als::Model<Scalar> other = als::fit(data, objective, training);
        const auto scores = [](const als::Model<Scalar>& of) {
            return (of.user_factors() * of.item_factors().transpose()).eval();
        };
        const auto gap = (scores(other) - scores(model)).cwiseAbs().maxCoeff();
        if (!(gap < 1e-2)) std::printf("  %s differs\n", std::string(als::name_of(set)).c_str());
    }
    const als::User user{7};
    print("recommended", als::recommend(model, user, {.count = 4, .exclude = data[user]}));
    print("similar", als::similar_items(model, als::Item{5}, {.count = 4}));
    const std::vector<als::User> users(40, als::User{9});
    print("to many", als::recommend(model, users, {.count = 3, .exclude = &data})[39]);
    const als::History<als::Item, Scalar> history{{als::Item{3}, 5}, {als::Item{7}, 4}};
    print("folded in",
          als::recommend(model, als::fold_in(model, history), {.count = 4, .exclude = history}));
    std::printf("  recall %.4f\n", als::evaluate(model, data, {.k = 10}).recall.mean);

    const std::filesystem::path path = folder / (std::string(name) + ".safetensors");
    als::save(model, path, {.seen = &data});
    als::save(model, path, {.seen = &data});  // over the old one
    const als::ModelFile<Scalar> loaded = als::load_all<Scalar>(path);
    const bool same = loaded.model.user_factors() == model.user_factors() &&
                      loaded.model.item_factors() == model.item_factors() && *loaded.seen == data;
    std::printf("  loaded the same: %s\n", same ? "yes" : "NO");
    std::fprintf(stderr, "  %s: file %08lx\n", name, hash_of(path));
}

template <typename Scalar>
void go_on(const std::filesystem::path& folder) {
    const auto data = world<Scalar>();
    als::Training training{.factors = 8, .iterations = 6};
    training.instruction_set = als::InstructionSet::portable;
    const als::Model<Scalar> whole = als::fit(data, als::Implicit{}, training);
    training.observer = [](const als::Progress& progress) {
        return progress.iteration == 3 ? als::Next::stop : als::Next::go_on;
    };
    const als::Checkpoints checkpoints{.path = folder / "checkpoint", .every = 3};
    (void)als::fit_with_checkpoints(data, als::Implicit{}, training, checkpoints);
    training.observer = {};
    const auto resumed = als::fit_with_checkpoints(data, als::Implicit{}, training, checkpoints);
    std::printf("resumed the same: %s\n",
                resumed.user_factors() == whole.user_factors() ? "yes" : "NO");
}

void read(const std::filesystem::path& folder) {
    const std::filesystem::path path =
        folder / std::filesystem::path(u8"M\u00FCnchen \u65E5\u672C.csv");
    std::ofstream(path)
        << "rating,user_id,item_id,date\n3.5,ann,x,2024-05-31\n-1e-3,bob,y,2024-06-01\n";
    const auto ratings = als::read_ratings<double>(path, {.time = "date"});
    for (const auto& [user, item, value] : ratings.interactions.entries())
        std::printf("read %s %s %g\n", ratings.users.name(user).c_str(),
                    ratings.items.name(item).c_str(), value);
    std::printf("time %.0f\n", ratings.times[als::User{0}].values()[0]);
    try {
        (void)als::read_ratings<float>(folder / "nothing");
    } catch (const als::IoError&) {
        std::printf("no file: IoError\n");
    }
    try {
        std::istringstream text("1,2,3\n1,2,x\n");
        (void)als::read_ratings<float>(text, "text");
    } catch (const als::FormatError& error) {
        std::printf("%.30s\n", error.what());
    }
}

/// A model written elsewhere.
template <typename Scalar>
void load_golden(const std::string& path) {
    const auto file = als::load_all<Scalar>(path);
    std::printf("golden: %d users, %d items, %.6g\n", static_cast<int>(file.model.user_count()),
                static_cast<int>(file.model.item_count()),
                static_cast<double>(file.model.user_factors()(0, 0)));
}

void cancel() {
    als::StopSource source;
    source.request_stop();
    als::Training training{.factors = 4};
    training.cancel = source.get_token();
    try {
        (void)als::fit(world<float>(), als::Implicit{}, training);
    } catch (const als::Cancelled&) {
        std::printf("cancelled\n");
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() /
        ("als_platform_" + std::to_string(world<float>().size()) + argv[0][0]);
    std::filesystem::create_directories(folder);
    train<float>("implicit", als::Implicit{}, als::Solver::exact, folder);
    train<double>("implicit, double", als::Implicit{}, als::Solver::exact, folder);
    train<float>("conjugate gradient", als::Implicit{}, als::Solver::conjugate_gradient, folder);
    train<float>("explicit", als::Explicit{}, als::Solver::exact, folder);
    train<double>("explicit, double", als::Explicit{}, als::Solver::exact, folder);
    train<float>("non-negative", als::Implicit{.non_negative = true}, als::Solver::exact, folder);
    go_on<float>(folder);
    read(folder);
    cancel();
    if (argc > 2) {
        load_golden<float>(argv[1]);
        load_golden<double>(argv[2]);
    }
    std::filesystem::remove_all(folder);
}
