// SPDX-License-Identifier: MIT
// The implementation of <als/checkpoint.hpp>.
#pragma once

#include <als/checkpoint.hpp>
#include <als/detail/base/check.hpp>
#include <als/detail/fit.hpp>
#include <als/detail/fitted_to.hpp>
#include <als/detail/io/checksum.hpp>
#include <als/detail/model_file.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// A checksum of all cells and sizes.
template <Real Scalar>
std::uint32_t checksum_of(const Interactions<Scalar>& data) {
    const std::int64_t sizes[] = {data.user_count(), data.item_count(), data.size()};
    std::uint32_t sum = crc32c(sizes, sizeof sizes);
    for (User user; user.index < data.user_count(); ++user.index) {
        const auto row = data[user];
        const std::int64_t size = row.size();
        sum = crc32c(&size, sizeof size, sum);
        sum = crc32c(row.ids().data(), row.ids().size_bytes(), sum);
        sum = crc32c(row.values().data(), row.values().size_bytes(), sum);
    }
    return sum;
}

/// Everything that decides the result of a training.
template <Real Scalar, Objective ObjectiveType>
Texts identity_of(const Interactions<Scalar>& data, ObjectiveType objective, Training training) {
    Texts texts{{"checkpoint.data", to_text(checksum_of(data))}};
    write_options(options_of(objective), "objective.", texts);
    write_options(options_of(training), "training.", texts);
    texts.erase("training.iterations");  // may be raised
    texts.erase("training.tolerance");
    return texts;
}

/// Throws if the checkpoint belongs to another training.
inline void check_identity(const std::string& path, const Texts& found, const Texts& identity) {
    for (const auto& [name, wanted] : identity) {
        const auto text = found.find(name);
        if (text != found.end() && text->second == wanted) continue;
        throw InputError(message("als::fit_with_checkpoints: ", path,
                                 " is no checkpoint of this training: ", name, " is ",
                                 text == found.end() ? std::string("not there") : text->second,
                                 " and not ", wanted, "; remove the file, or name another"));
    }
}

/// A training, read from a file.
template <Real Scalar>
struct Checkpoint {
    Model<Scalar> model;
    Reached<Scalar> reached;
};

template <Real Scalar>
Checkpoint<Scalar> read_checkpoint(const std::filesystem::path& path, const Texts& identity) {
    return with_model_reader<Scalar>(path, [&](auto& reader) -> Checkpoint<Scalar> {
        check_identity(text_of(path), reader.texts(), identity);
        Reached<Scalar> reached;
        reader.read_option("checkpoint.iteration", reached.iteration);
        reader.read_option("checkpoint.objective", reached.objective);
        reader.read_option("checkpoint.converged", reached.converged);
        if (reached.iteration < 1)
            throw FormatError(message("als::load: ", text_of(path), ": checkpoint.iteration is ",
                                      reached.iteration));
        return {reader.model(), reached};
    });
}

template <Real Scalar>
void write_checkpoint(const Model<Scalar>& model, const Reached<Scalar>& reached,
                      const Training& training, Texts identity, const std::filesystem::path& path) {
    identity["checkpoint.iteration"] = to_text(reached.iteration);
    identity["checkpoint.objective"] = to_text(reached.objective);
    identity["checkpoint.converged"] = option_text(reached.converged);
    ModelWriter<Scalar>(model, {.training = &training}, std::move(identity)).write(path);
}

}  // namespace detail

template <Real Scalar, Objective ObjectiveType>
Model<Scalar> fit_with_checkpoints(const Interactions<Scalar>& data, const ObjectiveType& objective,
                                   Training training, const Checkpoints& checkpoints) {
    using namespace detail;
    check_range("als::Checkpoints::every", checkpoints.every, 1);
    if (checkpoints.path.empty()) throw InputError("als::Checkpoints::path is empty; name a file");
    check_trainable(data, objective, training);
    training.instruction_set = chosen_instruction_set(training.instruction_set);
    const ObjectiveType fitted = als::fitted_to(data, objective);
    const Texts identity = identity_of(data, fitted, training);
    std::optional<Checkpoint<Scalar>> begun;
    if (std::filesystem::exists(checkpoints.path))
        begun = read_checkpoint<Scalar>(checkpoints.path, identity);
    const int begun_iterations = begun ? begun->reached.iteration : 0;
    if (begun_iterations > training.iterations)
        throw InputError(message("als::fit_with_checkpoints: ", text_of(checkpoints.path),
                                 " holds the model after ", begun_iterations,
                                 " iterations, and Training::iterations is ", training.iterations,
                                 "; remove the file, or raise iterations"));
    if (begun && (begun->reached.converged || begun_iterations == training.iterations))
        return begun->model;

    Hooks<Scalar> hooks;
    hooks.after = [&](const Reached<Scalar>& reached, const auto& make_model, bool ends) {
        if (ends || (reached.iteration - begun_iterations) % checkpoints.every == 0)
            write_checkpoint(make_model(), reached, training, identity, checkpoints.path);
        return Next::go_on;
    };
    TrainingLoop<Scalar, ObjectiveType> loop(data, fitted, training,
                                             begun ? &begun->model : nullptr);
    return loop.run(begun ? begun->reached : Reached<Scalar>(), hooks);
}

}  // inline namespace
}  // namespace als
