// SPDX-License-Identifier: MIT
// When memory or a disk runs out: an exception, and nothing lost or left behind. ctest preloads the
// library of faults, which these tests need.
#include "../catch.hpp"
#include "../data.hpp"
#include "../reference.hpp"
#include "library.hpp"
#include <als/als.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <new>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;
using faults::Kind;
namespace fs = std::filesystem;

namespace {

/// Lets each call of one kind fail in turn, the first, the second, ..., until `work` makes no more.
/// After each failure it calls `check` with whether an exception came. Returns the number of calls.
int fail_each(
    Kind kind, const std::function<void()>& work,
    const std::function<void(bool)>& check = [](bool) {}) {
    for (int n = 1;; ++n) {
        bool threw = false;
        als_faults_arm(kind, n);
        try {
            work();
        } catch (const std::bad_alloc&) {
            threw = true;
        } catch (const als::IoError&) {
            threw = true;
        }
        const bool over = als_faults_left(kind) > 0;
        als_faults_arm(kind, 0);
        if (over) return n - 1;
        check(threw);
        if (n > 100000) FAIL("the work does not end");
    }
}

}  // namespace

namespace {

/// Small data, a model of each kind, and a training on one thread.
struct Samples {
    als::Interactions<float> data =
        random_table(71, {.users = 12, .items = 9, .density = 0.4}).interactions<float>();
    als::Training training{.factors = 3, .iterations = 2, .threads = 1};
    als::Model<float> likes = als::fit(data, als::Implicit{}, training);
    als::Model<float> ratings = als::fit(data, als::Explicit{}, training);
    als::History<Item, float> history{data[User{1}]};
};

/// Checks that every allocation of `run` may fail and that nothing is left after each failure.
void check_allocations(const char* name, const std::function<void()>& run) {
    CAPTURE(name);
    run();  // makes what is made once and kept
    const long before = als_faults_blocks_in_use();
    run();
    REQUIRE(als_faults_blocks_in_use() == before);
    long leaked = 0;
    const int calls = fail_each(Kind::memory, run, [&](bool) {
        leaked = std::max(leaked, als_faults_blocks_in_use() - before);
    });
    CHECK(calls > 0);
    CHECK(leaked == 0);
}

/// Like `check_allocations`, for calls that return something.
template <typename Call>
void check_allocations_of(const char* name, const Call& call) {
    check_allocations(name, [&] { static_cast<void>(call()); });
}

}  // namespace

TEST_CASE("faults: each allocation of a training may fail, and nothing leaks") {
    const Samples s;
    const std::vector<als::Entry<float>> entries = s.data.entries();
    als::Training approximate = s.training;
    approximate.solver = als::Solver::conjugate_gradient;
    als::Training blocks = s.training;
    blocks.solver = als::Solver::subspace;
    blocks.factors = 20;
    blocks.subspace_factors = 1;
    check_allocations_of("Interactions", [&] { return als::Interactions<float>(12, 9, entries); });
    check_allocations_of("implicit", [&] { return als::fit(s.data, als::Implicit{}, s.training); });
    check_allocations_of("explicit", [&] { return als::fit(s.data, als::Explicit{}, s.training); });
    check_allocations_of("non-negative", [&] {
        return als::fit(s.data, als::Implicit{.non_negative = true}, s.training);
    });
    check_allocations_of("approximate",
                         [&] { return als::fit(s.data, als::Implicit{}, approximate); });
    check_allocations_of("subspace", [&] { return als::fit(s.data, als::Implicit{}, blocks); });
}

TEST_CASE("faults: each allocation of a query may fail, and nothing leaks") {
    const Samples s;
    const std::vector<User> users{{0}, {3}, {5}};
    check_allocations_of("fold_in", [&] { return als::fold_in(s.ratings, s.history); });
    // A new model: the first call computes what the model keeps.
    check_allocations_of("fold_in, first", [&] {
        return als::fold_in(als::Model<float>(s.likes.parts(), s.likes.objective()), s.history);
    });
    check_allocations_of("recommend", [&] { return als::recommend(s.likes, User{1}); });
    check_allocations_of("recommend to many", [&] {
        return als::recommend(s.likes, users, {.exclude = &s.data, .threads = 1});
    });
    check_allocations_of("similar", [&] { return als::similar_items(s.likes, Item{1}); });
    check_allocations_of("explain", [&] { return als::explain(s.likes, s.history, Item{2}); });
    check_allocations_of("evaluate", [&] {
        return als::evaluate(s.likes, s.data, {.all_places = true, .threads = 1});
    });
}

TEST_CASE("faults: a model that is given up is as before where an allocation of update fails") {
    const Samples s;
    const als::ChangedRows changed{{User{1}, User{4}}, {Item{2}}};
    for (const als::Model<float>& before : {s.likes, s.ratings}) {
        als::Model<float> given(before.parts(), before.objective());
        const auto same_as = [&](const als::Model<float>& other) {
            return given.user_factors() == other.user_factors() &&
                   given.item_factors() == other.item_factors() &&
                   given.user_biases() == other.user_biases() &&
                   als::recommend(given, User{5}) == als::recommend(other, User{5});
        };
        const int calls = fail_each(
            Kind::memory,
            [&] { given = als::update(std::move(given), s.data, changed, {.threads = 1}); },
            [&](bool threw) {
                if (threw) CHECK(same_as(before));
            });
        CHECK(calls > 20);
        CHECK(same_as(als::update(before, s.data, changed, {.threads = 1})));
        CHECK_FALSE(same_as(before));
    }
}

TEST_CASE("faults: each allocation of a reader and of save may fail, and nothing leaks") {
    const Samples s;
    const std::string text = "a\tx\t1\nb\ty\t2\na\ty\t3\n";
    const Folder folder;
    als::IdMap<User> ids;
    for (int u = 0; u < 12; ++u) static_cast<void>(ids.add("user " + std::to_string(u)));
    check_allocations("save", [&] {
        als::save(s.likes, folder / "model",
                  {.users = &ids, .seen = &s.data, .training = &s.training});
    });
    check_allocations_of("load", [&] { return als::load_all<float>(folder / "model"); });
    check_allocations_of("read_ratings", [&] {
        std::istringstream stream(text);
        return als::read_ratings<float>(stream, "text");
    });
    CHECK(als::load_all<float>(folder / "model").users == ids);
    CHECK(folder.files() == 1);
}

TEST_CASE("faults: a map of ids is unchanged where an allocation fails") {
    als::IdMap<User> ids;
    for (int n = 0; n < 200; ++n) {
        const std::string id =
            "an id that does not fit into a string itself, number " + std::to_string(n);
        const als::IdMap<User> before = ids;
        fail_each(
            Kind::memory, [&] { static_cast<void>(ids.add(id)); },
            [&](bool) { CHECK((ids == before || ids.size() == n + 1)); });
        CHECK(ids.size() == n + 1);
        CHECK(ids.at(id) == User{n});
    }
}

TEST_CASE("faults: a disk that fails leaves the old file, and nothing beside it") {
    const Folder folder;
    const fs::path path = folder / "model";
    const auto data = random_table(72, {.users = 12, .items = 9}).interactions<float>();
    const auto old = als::fit(data, als::Implicit{}, {.factors = 3, .iterations = 1});
    const auto model = als::fit(data, als::Implicit{}, {.factors = 4, .iterations = 1});
    const auto save = [&] { als::save(model, path); };
    als::save(old, path);
    const std::string before = bytes_of(path);
    save();
    const std::string after = bytes_of(path);
    for (const Kind kind : {Kind::write, Kind::fsync, Kind::close, Kind::rename}) {
        als::save(old, path);
        int number = 0;
        const int calls = fail_each(kind, save, [&](bool threw) {
            // The last fsync, and closing the folder, come after the file is in its place.
            ++number;
            const bool in_place = (kind == Kind::fsync || kind == Kind::close) && number == 2;
            CHECK((threw || kind == Kind::close));
            CHECK(bytes_of(path) == (in_place ? after : before));
            CHECK(folder.files() == 1);
            als::save(old, path);
        });
        CHECK(calls == (kind == Kind::write ? 3 : kind == Kind::rename ? 1 : 2));
        CHECK(bytes_of(path) == after);
    }
}

TEST_CASE("faults: short and interrupted writes are resumed") {
    const Folder folder;
    const fs::path path = folder / "model";
    const auto data = random_table(73, {.users = 12, .items = 9}).interactions<float>();
    const auto model = als::fit(data, als::Implicit{}, {.factors = 3, .iterations = 1});
    als::save(model, path);
    const std::string expected = bytes_of(path);
    for (const Kind kind : {Kind::short_write, Kind::interrupted_write}) {
        const int calls = fail_each(
            kind, [&] { als::save(model, path); },
            [&](bool threw) {
                CHECK_FALSE(threw);
                CHECK(bytes_of(path) == expected);
            });
        CHECK(calls >= 3);
    }
}

TEST_CASE("faults: reading a file asks for no more memory than the file is large") {
    const Folder folder;
    const auto data = random_table(74, {.users = 60, .items = 45}).interactions<float>();
    const auto model = als::fit(data, als::Implicit{}, {.factors = 5, .iterations = 1});
    als::save(model, folder / "model", {.seen = &data});
    const std::string file = bytes_of(folder / "model");
    const auto largest_of = [&](const std::string& bytes) {
        write_bytes(folder / "other", bytes);
        static_cast<void>(als_faults_largest());
        try {
            static_cast<void>(als::load<float>(folder / "other"));
        } catch (const als::FormatError&) {
        }
        return als_faults_largest();
    };
    for (std::size_t size = 0; size < file.size(); size += 7)
        CHECK(largest_of(file.substr(0, size)) <= std::max<std::size_t>(size, 1024));
    for (const char* number : {"\"shape\":[", "\"data_offsets\":["})
        for (std::size_t at = file.find(number); at != std::string::npos;
             at = file.find(number, at + 1)) {
            std::string changed = file;
            changed[at + std::string(number).size()] = '9';
            CHECK(largest_of(changed) <= file.size());
            changed.insert(at + std::string(number).size(), "999999999");
            CHECK(largest_of(changed) <= changed.size());
        }
}

TEST_CASE("faults: a mount point cannot be replaced, and the message says what to do") {
    const Samples samples;
    const Folder folder;
    als::save(samples.likes, folder / "model");
    als_faults_arm(Kind::mount_point, 1);
    REQUIRE_THROWS_MATCHES(als::save(samples.ratings, folder / "model"), als::IoError,
                           says("it is a mount point") && says("mount its folder instead"));
    als_faults_arm(Kind::mount_point, 0);
    CHECK(als::load<float>(folder / "model").is_implicit());
    CHECK(folder.files() == 1);
}
