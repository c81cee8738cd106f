// SPDX-License-Identifier: MIT
// Trainings that are cut off.
#include "catch.hpp"
#include "data.hpp"
#include "samples.hpp"

#include <filesystem>
#include <string>

using namespace als_test;
namespace fs = std::filesystem;

TEST_CASE("checkpoints: the model is that of fit, bit for bit, however often it is cut off") {
    const Folder folder;
    const auto data =
        random_table(62, {.users = 40, .items = 30, .density = 0.3}).interactions<float>();
    const auto check = [&](const auto& objective, als::Training training) {
        training.factors = 6;
        training.iterations = 7;
        const auto whole = als::fit(data, objective, training);
        const als::Checkpoints checkpoints{.path = folder / "training", .every = 2};
        fs::remove(checkpoints.path);
        for (const int reached : {1, 3, 4, 7}) {  // as if cut off then
            als::Training part = training;
            part.iterations = reached;
            part.threads = 1 + reached % 3;
            static_cast<void>(als::fit_with_checkpoints(data, objective, part, checkpoints));
        }
        CHECK(same_bits(als::fit_with_checkpoints(data, objective, training, checkpoints), whole));
        CHECK(same_bits(als::load<float>(checkpoints.path), whole));
        CHECK(folder.files() == 1);
    };
    check(als::Implicit{}, {});
    check(als::Explicit{}, {});
    check(als::Implicit{.non_negative = true}, {});
    check(als::Explicit{}, {.solver = als::Solver::conjugate_gradient});
    check(als::Implicit{}, {.solver = als::Solver::conjugate_gradient});
}

TEST_CASE("checkpoints: the tolerance ends a training where it does without them") {
    const Folder folder;
    const auto data =
        random_table(63, {.users = 40, .items = 30, .density = 0.3}).interactions<double>();
    int seen = 0;
    als::Training training{.factors = 4, .iterations = 50, .tolerance = 0.01};
    training.observer = [&](const als::Progress& progress) {
        seen = progress.iteration;
        return als::Next::go_on;
    };
    const auto whole = als::fit(data, als::Implicit{}, training);
    const int ended = seen;
    REQUIRE(ended > 3);
    REQUIRE(ended < 50);
    const als::Checkpoints checkpoints{.path = folder / "training", .every = 3};
    CHECK(
        same_bits(als::fit_with_checkpoints(data, als::Implicit{}, training, checkpoints), whole));
    CHECK(seen == ended);
    seen = 0;  // complete: nothing is left to do
    CHECK(
        same_bits(als::fit_with_checkpoints(data, als::Implicit{}, training, checkpoints), whole));
    CHECK(seen == 0);
}

TEST_CASE("checkpoints: a training that the observer stops is continued by the next call") {
    const Folder folder;
    const auto data =
        random_table(63, {.users = 40, .items = 30, .density = 0.3}).interactions<double>();
    const als::Training training{.factors = 4, .iterations = 6};
    const als::Checkpoints checkpoints{.path = folder / "training", .every = 3};
    int seen = 0;
    als::Training stopped = training;
    stopped.observer = [&](const als::Progress& progress) {
        seen = progress.iteration;
        return progress.iteration == 2 ? als::Next::stop : als::Next::go_on;
    };
    const auto part = als::fit_with_checkpoints(data, als::Implicit{}, stopped, checkpoints);
    CHECK(seen == 2);
    CHECK(same_bits(part, als::fit(data, als::Implicit{}, {.factors = 4, .iterations = 2})));
    CHECK(same_bits(als::fit_with_checkpoints(data, als::Implicit{}, training, checkpoints),
                    als::fit(data, als::Implicit{}, training)));
}

TEST_CASE("checkpoints: those of another training are refused, and stay as they are") {
    const Folder folder;
    const auto data = random_table(64, {.users = 20, .items = 15}).interactions<float>();
    const als::Checkpoints checkpoints{.path = folder / "training"};
    const als::Training training{.factors = 3, .iterations = 4};
    static_cast<void>(als::fit_with_checkpoints(data, als::Implicit{}, training, checkpoints));
    const std::string before = bytes_of(checkpoints.path);
    const auto refused = [&](const auto& other, const auto& objective, als::Training options,
                             const char* reason) {
        REQUIRE_THROWS_MATCHES(als::fit_with_checkpoints(other, objective, options, checkpoints),
                               als::InputError, says(reason));
        CHECK(bytes_of(checkpoints.path) == before);
    };
    const auto other = random_table(65, {.users = 20, .items = 15}).interactions<float>();
    refused(other, als::Implicit{}, training, "is no checkpoint of this training: checkpoint.data");
    refused(data, als::Implicit{.alpha = 2}, training, " and not 2; remove the file");
    refused(data, als::Explicit{}, training, "objective.bias_regularization is not there");
    refused(data, als::Implicit{}, {.factors = 4, .iterations = 4},
            "training.factors is 3 and not 4");
    refused(data, als::Implicit{}, {.factors = 3, .iterations = 4, .seed = 5},
            "training.seed is 42 and not 5");
    refused(data, als::Implicit{}, {.factors = 3, .iterations = 3},
            "holds the model after 4 iterations, and Training::iterations is 3");
}

TEST_CASE("checkpoints: a file that is cut off is refused") {
    const Folder folder;
    const auto data = random_table(64, {.users = 20, .items = 15}).interactions<float>();
    const als::Checkpoints checkpoints{.path = folder / "training"};
    const als::Training training{.factors = 3, .iterations = 4};
    static_cast<void>(als::fit_with_checkpoints(data, als::Implicit{}, training, checkpoints));
    const std::string whole = bytes_of(checkpoints.path);
    write_bytes(checkpoints.path, whole.substr(0, whole.size() / 2));
    CHECK_THROWS_AS(als::fit_with_checkpoints(data, als::Implicit{}, training, checkpoints),
                    als::FormatError);
}

TEST_CASE("checkpoints: options out of range are refused") {
    const auto data = random_table(64, {.users = 20, .items = 15}).interactions<float>();
    REQUIRE_THROWS_MATCHES(als::fit_with_checkpoints(data, als::Implicit{}, {}, {}),
                           als::InputError, says("als::Checkpoints::path is empty"));
    REQUIRE_THROWS_MATCHES(
        als::fit_with_checkpoints(data, als::Implicit{}, {}, {.path = "x", .every = 0}),
        als::InputError, says("als::Checkpoints::every is 0"));
}
