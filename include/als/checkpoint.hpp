// SPDX-License-Identifier: MIT
// `fit_with_checkpoints`: training that can be interrupted at any moment. It then resumes from its
// last checkpoint.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/objective.hpp>
#include <als/training.hpp>

#include <filesystem>

namespace als {
inline namespace ALS_ABI {

/// Where and how often a training is saved.
struct Checkpoints {
    /// A model file, which `load` reads too. If it exists, training resumes from it.
    std::filesystem::path path;

    /// Iterations between two checkpoints, >= 1. Raising it saves writing time, but an interruption
    /// then loses more work.
    int every = 1;
};

/// Trains like `fit`, and saves the model to a file every `every` iterations and at the end. If the
/// file exists already, training resumes from it. So a program that was interrupted at any moment
/// can simply be run again.
///
///     const auto model = als::fit_with_checkpoints(data, als::Implicit{}, {.iterations = 100},
///                                                  {.path = "training.safetensors", .every = 5});
///
/// The result is that of `fit`, bit for bit, no matter how often the training was interrupted, and
/// for any number of threads. If the file holds the complete training, its model is returned and
/// nothing is trained. A file belongs to one training: if the data, the objective, an option
/// (except `iterations`, `tolerance` and `threads`) or the instruction set differ, an `InputError`
/// names the difference. The file is written like that of `save`: at any moment it is the whole old
/// one or the whole new one. The observer sees only the iterations of this call. They are numbered
/// from the start of the training; their seconds count from the start of the call. `Next::stop`
/// saves the model and ends the training.
///
/// Throws what `fit`, `save` and `load` throw, and `InputError` if `path` is empty, if `every` is
/// below 1, or if the file holds more iterations than `Training::iterations`. Cost: that of `fit`,
/// plus making and saving a model for each checkpoint. With `Training::acceleration`, the file
/// holds the users twice.
template <Real Scalar, Objective ObjectiveType>
[[nodiscard]] Model<Scalar> fit_with_checkpoints(const Interactions<Scalar>& data,
                                                 const ObjectiveType& objective, Training training,
                                                 const Checkpoints& checkpoints);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/checkpoint.hpp>
#endif
