// SPDX-License-Identifier: MIT
// `fit_with_checkpoints`: a training that can be cut off at any moment and goes on from its last
// checkpoint.
#pragma once

#include <als/detail/crc32c.hpp>
#include <als/error.hpp>
#include <als/fit.hpp>
#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/model_file.hpp>
#include <als/training.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>

namespace als::inline ALS_ABI {

/// Where and how often a training is saved.
struct Checkpoints {
    /// A model file, which `load` reads too. If it is there, training goes on from it.
    std::filesystem::path path;

    /// Iterations from one checkpoint to the next, >= 1. Raising it saves the time of writing and
    /// loses more where the training is cut off.
    int every = 1;
};

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

/// How far a training has come.
template <Real Scalar>
struct Reached {
    std::optional<Model<Scalar>> model;
    int iteration = 0;
    double objective = std::numeric_limits<double>::infinity();  ///< where it is looked at
    bool converged = false;                                      ///< by the tolerance
};

/// All that decides what a training makes of its data.
template <Real Scalar, typename Kind>
Texts identity_of(const Interactions<Scalar>& data, const Kind& objective,
                  const Training& training) {
    Texts texts{{"checkpoint.data", to_text(checksum_of(data))}};
    write_parameters(objective, "objective.", texts);
    write_parameters(training, "training.", texts);
    texts.erase("training.iterations");  // may be raised
    texts.erase("training.tolerance");
    return texts;
}

/// Takes a checkpoint up, if it is one of this training.
template <Real Scalar>
Reached<Scalar> taken_up(const std::filesystem::path& path, const Texts& identity) {
    return with_model_reader<Scalar>(path, [&](auto& reader) {
        const Texts& texts = reader.texts();
        for (const auto& [name, wanted] : identity) {
            const auto found = texts.find(name);
            if (found != texts.end() && found->second == wanted) continue;
            throw InputError(
                message("als::fit_with_checkpoints: ", path.string(),
                        " is no checkpoint of this training: ", name, " is ",
                        found == texts.end() ? std::string("not there") : found->second,
                        " and not ", wanted, "; remove the file, or name another"));
        }
        Reached<Scalar> reached;
        reader.read_parameter("checkpoint.iteration", reached.iteration);
        reader.read_parameter("checkpoint.objective", reached.objective);
        reader.read_parameter("checkpoint.converged", reached.converged);
        if (reached.iteration < 1)
            throw FormatError(message("als::load: ", path.string(), ": checkpoint.iteration is ",
                                      reached.iteration));
        reached.model = reader.file().model;
        return reached;
    });
}

template <Real Scalar>
void put_down(const Reached<Scalar>& reached, const Training& training, Texts identity,
              const std::filesystem::path& path) {
    identity["checkpoint.iteration"] = to_text(reached.iteration);
    identity["checkpoint.objective"] = to_text(reached.objective);
    identity["checkpoint.converged"] = parameter_text(reached.converged);
    ModelWriter<Scalar>(*reached.model, {.training = &training}, std::move(identity)).write(path);
}

}  // namespace detail

/// Trains as `fit` does, and saves the model to a file after every so many iterations and at the
/// end. Where the file is there, training goes on from it: a program that was cut off, at any
/// moment, is started again as it was.
///
///     const auto model = als::fit_with_checkpoints(data, als::Implicit{}, {.iterations = 100},
///                                                  {.path = "training.safetensors", .every = 5});
///
/// The result is the one of `fit`, bit for bit, however often the training was cut off, and for any
/// number of threads. A training that is complete in the file is not repeated. The file belongs to
/// one training: other data, another objective, other options (but for `iterations`, `tolerance`
/// and `threads`) or another instruction set are refused by `InputError`, which names the
/// difference. Saving is that of `save`: the file is the old or the new one, always whole. The
/// observer sees iterations and seconds from where this call began; `Next::stop` saves and ends.
///
/// Throws as `fit`, `save` and `load` do, and `InputError` without a path and for `every` below 1.
/// Cost: that of `fit`, of making a model and of saving for each checkpoint.
template <Real Scalar, typename Kind>
[[nodiscard]] Model<Scalar> fit_with_checkpoints(const Interactions<Scalar>& data,
                                                 const Kind& objective, Training training,
                                                 const Checkpoints& checkpoints) {
    detail::check_range("als::Checkpoints::every", checkpoints.every, 1, detail::unbounded);
    if (checkpoints.path.empty()) throw InputError("als::Checkpoints::path is empty; name a file");
    detail::check_trainable(data, objective, training);
    training.instruction_set = detail::chosen_instruction_set(training.instruction_set);
    const auto began = std::chrono::steady_clock::now();
    const detail::Texts identity = detail::identity_of(data, objective, training);
    detail::Reached<Scalar> reached;
    if (std::filesystem::exists(checkpoints.path))
        reached = detail::taken_up<Scalar>(checkpoints.path, identity);
    if (reached.iteration > training.iterations)
        throw InputError(detail::message(
            "als::fit_with_checkpoints: ", checkpoints.path.string(), " holds the model after ",
            reached.iteration, " iterations, and Training::iterations is ", training.iterations,
            "; remove the file, or raise iterations"));

    bool stopped = false;
    const bool watched = training.observer || training.tolerance > 0;
    while (!stopped && !reached.converged && reached.iteration < training.iterations) {
        Training part = training;
        part.iterations = std::min(checkpoints.every, training.iterations - reached.iteration);
        part.tolerance = 0;
        part.observer = {};
        if (watched)
            part.observer = [&](const Progress& progress) {
                const double before = reached.objective;
                reached.objective = progress.objective;
                ++reached.iteration;
                const std::chrono::duration<double> elapsed =
                    std::chrono::steady_clock::now() - began;
                if (training.observer)
                    stopped =
                        training.observer({reached.iteration, training.iterations,
                                           progress.objective, elapsed.count()}) == Next::stop;
                reached.converged =
                    training.tolerance > 0 &&
                    before - progress.objective < training.tolerance * progress.objective;
                return stopped || reached.converged ? Next::stop : Next::go_on;
            };
        reached.model =
            reached.model ? fit(data, objective, part, *reached.model) : fit(data, objective, part);
        if (!watched) reached.iteration += part.iterations;
        detail::put_down(reached, training, identity, checkpoints.path);
    }
    return *std::move(reached.model);
}

}  // namespace als::inline ALS_ABI
