// SPDX-License-Identifier: MIT
// The implementation of <als/checkpoint.hpp>.
#pragma once

#include <als/checkpoint.hpp>
#include <als/detail/base/check.hpp>
#include <als/detail/fit.hpp>
#include <als/detail/fitted_to.hpp>
#include <als/detail/io/checksum.hpp>
#include <als/detail/io/file.hpp>
#include <als/detail/model_file.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Returns the checksum of the earlier rows and one more row.
template <Real Scalar>
std::uint32_t checksum_with(std::uint32_t sum, std::span<const Item> ids,
                            std::span<const Scalar> values) {
    const std::int64_t size = to_count(ids.size());
    sum = crc32c(&size, sizeof size, sum);
    sum = crc32c(ids.data(), ids.size_bytes(), sum);
    return crc32c(values.data(), values.size_bytes(), sum);
}

/// A checksum of all cells and sizes.
template <Real Scalar>
std::uint32_t checksum_of(const Interactions<Scalar>& data) {
    const std::int64_t sizes[] = {data.user_count(), data.item_count(), data.size()};
    std::uint32_t sum = crc32c(sizes, sizeof sizes);
    for (User user; user.index < data.user_count(); ++user.index)
        sum = checksum_with(sum, data[user].ids(), data[user].values());
    return sum;
}

/// Whether an option may change from one call to the next.
inline bool may_differ(std::string_view name) {
    return name == "training.iterations" || name == "training.tolerance";
}

/// Returns everything that decides the result of a training. `checksum` is that of the data.
template <Objective ObjectiveType>
Texts identity_of(std::uint32_t checksum, ObjectiveType objective, Training training) {
    Texts texts{{"checkpoint.data", to_text(checksum)}};
    write_options(options_of(objective), "objective.", texts);
    write_options(options_of(training), "training.", texts);
    std::erase_if(texts, [](const auto& text) { return may_differ(text.first); });
    return texts;
}

/// Throws if the checkpoint belongs to another training.
inline void check_identity(const std::string& path, const Texts& found, const Texts& identity) {
    const auto refuse = [&](const std::string& name, const std::string& text,
                            const std::string& wanted) {
        throw InputError(message("als::fit_with_checkpoints: ", path,
                                 " is not a checkpoint of this training: ", name, " is ", text,
                                 " and ", wanted, "; remove the file, or name another"));
    };
    for (const auto& [name, wanted] : identity) {
        const auto text = found.find(name);
        if (text == found.end()) refuse(name, "not there", "not " + wanted);
        if (text->second != wanted) refuse(name, text->second, "not " + wanted);
    }
    for (const auto& [name, text] : found)  // options that this training leaves out
        if ((name.starts_with("objective.") || name.starts_with("training.")) &&
            !may_differ(name) && !identity.contains(name))
            refuse(name, text, "should not be there");
}

/// A training that was read from a file.
template <Real Scalar, typename ModelType = Model<Scalar>>
struct Checkpoint {
    ModelType model;
    Reached<Scalar> reached;
};

/// Returns how far the training in a file has come; does not read the users of its momentum. Throws
/// if it is not the training of `identity`.
template <Real Scalar>
Reached<Scalar> read_reached(const ModelReader<Scalar>& reader, const std::filesystem::path& path,
                             const Texts& identity, bool is_accelerated) {
    check_identity(text_of(path), reader.texts(), identity);
    Reached<Scalar> reached;
    reader.read_option("checkpoint.iteration", reached.iteration);
    reader.read_option("checkpoint.objective", reached.objective);
    reader.read_option("checkpoint.converged", reached.converged);
    const auto check = [&](std::string_view name, int number) {
        if (number < 1)
            throw FormatError(
                message("als::load: ", text_of(path), ": checkpoint.", name, " is ", number));
    };
    check("iteration", reached.iteration);
    if (!is_accelerated) return reached;
    reader.read_option("checkpoint.momentum", reached.momentum.age);
    check("momentum", reached.momentum.age);
    return reached;
}

/// Returns the texts of a checkpoint.
template <Real Scalar>
Texts checkpoint_texts(Texts identity, const Reached<Scalar>& reached) {
    identity["checkpoint.iteration"] = to_text(reached.iteration);
    identity["checkpoint.objective"] = to_text(reached.objective);
    identity["checkpoint.converged"] = option_text(reached.converged);
    if (reached.momentum.age > 0) identity["checkpoint.momentum"] = to_text(reached.momentum.age);
    return identity;
}

/// Throws if the options of checkpoints are not legal.
inline void check_checkpoints(const Checkpoints& checkpoints) {
    check_range("als::Checkpoints::every", checkpoints.every, 1);
    if (checkpoints.path.empty()) throw InputError("als::Checkpoints::path is empty; name a file");
}

/// Returns whether there is a checkpoint to resume from.
inline bool has_checkpoint(const Checkpoints& checkpoints) {
    std::error_code error;
    const bool exists = std::filesystem::exists(checkpoints.path, error);
    if (error)
        throw IoError(message("als::fit_with_checkpoints: cannot look for ",
                              text_of(checkpoints.path), ": ", error.message(),
                              "; name a file in a folder that may be read and written"));
    return exists;
}

/// Runs the rest of a training after `begun`, by train(earlier model or null, reached, hooks).
/// Saves it by write(model, reached).
template <Real Scalar, typename ModelType, typename Write, typename Train>
ModelType train_with_checkpoints(std::optional<Checkpoint<Scalar, ModelType>> begun,
                                 const Training& training, const Checkpoints& checkpoints,
                                 const Write& write, const Train& train) {
    const int begun_iterations = begun ? begun->reached.iteration : 0;
    if (begun_iterations > training.iterations)
        throw InputError(message("als::fit_with_checkpoints: ", text_of(checkpoints.path),
                                 " holds the model after ", begun_iterations,
                                 " iterations, and Training::iterations is ", training.iterations,
                                 "; remove the file, or raise iterations"));
    if (begun && (begun->reached.converged || begun_iterations == training.iterations))
        return std::move(begun->model);

    Hooks<Scalar, ModelType> hooks;
    hooks.after = [&](const Reached<Scalar>& reached, const auto& make_model, bool ends) {
        if (ends || (reached.iteration - begun_iterations) % checkpoints.every == 0)
            write(make_model(), reached);
        return Next::go_on;
    };
    return train(begun ? &begun->model : nullptr,
                 begun ? std::move(begun->reached) : Reached<Scalar>(), hooks);
}

}  // namespace detail

template <Real Scalar, Objective ObjectiveType>
Model<Scalar> fit_with_checkpoints(const Interactions<Scalar>& data, const ObjectiveType& objective,
                                   Training training, const Checkpoints& checkpoints) {
    using namespace detail;
    check_checkpoints(checkpoints);
    check_trainable(data, objective, training);
    training.instruction_set = chosen_instruction_set(training.instruction_set);
    const ObjectiveType fitted = als::fitted_to(data, objective);
    const Texts identity = identity_of(checksum_of(data), fitted, training);
    std::optional<Checkpoint<Scalar>> begun;
    if (has_checkpoint(checkpoints))
        with_model_reader<Scalar>(checkpoints.path, [&](auto& reader) {
            auto reached =
                read_reached<Scalar>(reader, checkpoints.path, identity, training.acceleration);
            Model<Scalar> model = reader.model();
            if (training.acceleration) {
                reached.momentum.start = reader.start_users(model);
                reached.momentum.previous = model.parts().users;
            }
            begun.emplace(Checkpoint<Scalar>{std::move(model), std::move(reached)});
        });
    return train_with_checkpoints<Scalar, Model<Scalar>>(
        std::move(begun), training, checkpoints,
        [&](const Model<Scalar>& model, const Reached<Scalar>& reached) {
            ModelWriter<Scalar> writer(model, {.training = &training},
                                       checkpoint_texts(identity, reached));
            const Side<Scalar>& start = reached.momentum.start;
            if (training.acceleration)
                writer.add_side("start_user", start, model.user_count(), start.biases.size() > 0);
            writer.write(checkpoints.path);
        },
        [&](const Model<Scalar>* earlier, Reached<Scalar> reached, const auto& hooks) {
            return TrainingLoop<Scalar, ObjectiveType>(data, fitted, training, earlier)
                .run(std::move(reached), hooks);
        });
}

}  // inline namespace
}  // namespace als
