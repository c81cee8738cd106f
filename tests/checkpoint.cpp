// SPDX-License-Identifier: MIT
// Trainings that are interrupted.
#include "catch.hpp"
#include "data.hpp"
#include "samples.hpp"
#include <als/detail/model_file.hpp>

#include <filesystem>
#include <limits>
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
        for (const int reached : {1, 3, 4, 7}) {  // as if interrupted then
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
    check(als::Implicit{}, {.solver = als::Solver::subspace});
    check(als::Implicit{}, {.acceleration = true});
    check(als::Explicit{}, {.acceleration = true});
    check(als::Explicit{}, {.solver = als::Solver::conjugate_gradient, .acceleration = true});
}

TEST_CASE("checkpoints: the tolerance ends a training where it does without them") {
    const Folder folder;
    const auto data =
        random_table(63, {.users = 40, .items = 30, .density = 0.3}).interactions<double>();
    int seen = 0;
    als::Training training{.factors = 4, .iterations = 50, .tolerance = 0.001};
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
    seen = 0;  // complete: nothing remains to do
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
    refused(other, als::Implicit{}, training,
            "is not a checkpoint of this training: checkpoint.data");
    refused(data, als::Implicit{.alpha = 2}, training, " and not 2; remove the file");
    refused(data, als::Explicit{}, training, "objective.bias_regularization is not there");
    refused(data, als::Implicit{}, {.factors = 4, .iterations = 4},
            "training.factors is 3 and not 4");
    refused(data, als::Implicit{}, {.factors = 3, .iterations = 4, .seed = 5},
            "training.seed is 42 and not 5");
    refused(data, als::Implicit{}, {.factors = 3, .iterations = 3},
            "holds the model after 4 iterations, and Training::iterations is 3");
    refused(data, als::Implicit{}, {.factors = 3, .iterations = 4, .acceleration = true},
            "training.acceleration is not there and not true");
}

TEST_CASE("checkpoints: one with an option that the training leaves out is refused") {
    const Folder folder;
    const auto data = random_table(64, {.users = 20, .items = 15}).interactions<float>();
    const als::Checkpoints checkpoints{.path = folder / "training"};
    const als::Training plain{.factors = 3, .iterations = 4};
    als::Training accelerated = plain;
    accelerated.acceleration = true;
    const auto refused = [&](const als::Implicit& objective, const als::Training& training,
                             const char* reason) {
        fs::remove(checkpoints.path);
        static_cast<void>(als::fit_with_checkpoints(data, objective, training, checkpoints));
        REQUIRE_THROWS_MATCHES(als::fit_with_checkpoints(data, als::Implicit{}, plain, checkpoints),
                               als::InputError, says(reason));
    };
    refused({}, accelerated, "training.acceleration is true and should not be there");
    refused({.item_regularization = 0.5}, plain,
            "objective.item_regularization is 0.5 and should not be there");
}

TEST_CASE("checkpoints: those of an accelerated training are models, and read as a whole") {
    const Folder folder;
    const auto data = random_table(64, {.users = 20, .items = 15}).interactions<float>();
    const als::Checkpoints checkpoints{.path = folder / "training"};
    const als::Training training{.factors = 3, .iterations = 4, .acceleration = true};
    const auto model = als::fit_with_checkpoints(data, als::Explicit{}, training, checkpoints);
    const auto file = als::load_all<float>(checkpoints.path);
    CHECK(same_bits(file.model, model));
    REQUIRE(file.training.has_value());
    CHECK(file.training->acceleration);
    als::save(model, folder / "model", {.training = &*file.training});  // not a checkpoint any more
    CHECK(bytes_of(folder / "model").size() < bytes_of(checkpoints.path).size());
}

TEST_CASE("checkpoints: one whose momentum does not belong to its users is refused") {
    const Folder folder;
    const auto data = random_table(64, {.users = 20, .items = 15}).interactions<float>();
    const als::Checkpoints checkpoints{.path = folder / "training"};
    const als::Training training{.factors = 3, .iterations = 4, .acceleration = true};
    const auto model = als::fit_with_checkpoints(data, als::Explicit{}, training, checkpoints);
    const als::Side<float> users = model.parts().users;
    const auto written = als::load_all<float>(checkpoints.path).training;
    REQUIRE(written.has_value());
    auto texts = als::detail::with_model_reader<float>(
        checkpoints.path, [](const auto& reader) { return reader.texts(); });
    const auto refused = [&](const als::Side<float>& start, const char* reason) {
        als::detail::ModelWriter<float> writer(model, {.training = &*written}, texts);
        writer.add_side("start_user", start, start.factors.rows(), start.biases.size() > 0);
        writer.write(checkpoints.path);
        REQUIRE_THROWS_MATCHES(
            als::fit_with_checkpoints(data, als::Explicit{},
                                      {.factors = 3, .iterations = 5, .acceleration = true},
                                      checkpoints),
            als::FormatError, says(reason));
    };
    als::Side<float> start = users;
    start.factors.conservativeResize(19, Eigen::NoChange);
    start.biases.conservativeResize(19);
    refused(start, "is not that of the users");
    CHECK_THROWS_AS(als::load_all<float>(checkpoints.path), als::FormatError);
    start = users;
    start.biases.resize(0);
    refused(start, "is not that of the users");
    start = users;
    start.factors(3, 1) = std::numeric_limits<float>::infinity();
    refused(start, "are not finite");
    texts["checkpoint.momentum"] = "0";
    refused(users, "checkpoint.momentum is 0");
    texts.erase("checkpoint.momentum");
    refused(users, "there is no checkpoint.momentum");
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

TEST_CASE("checkpoints: a path that cannot be looked at is an error of the library") {
    const auto data = random_table(64, {.users = 20, .items = 15}).interactions<float>();
    const als::Checkpoints checkpoints{.path = std::string(5000, 'x')};
    CHECK_THROWS_AS(als::fit_with_checkpoints(data, als::Implicit{}, {.factors = 3}, checkpoints),
                    als::IoError);
}

TEST_CASE("checkpoints: options out of range are refused") {
    const auto data = random_table(64, {.users = 20, .items = 15}).interactions<float>();
    REQUIRE_THROWS_MATCHES(als::fit_with_checkpoints(data, als::Implicit{}, {}, {}),
                           als::InputError, says("als::Checkpoints::path is empty"));
    REQUIRE_THROWS_MATCHES(
        als::fit_with_checkpoints(data, als::Implicit{}, {}, {.path = "x", .every = 0}),
        als::InputError, says("als::Checkpoints::every is 0"));
}
