// SPDX-License-Identifier: MIT
// `fit_with_checkpoints`: a training that can be cut off at any moment and goes on from its last
// checkpoint.
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
    /// A model file, which `load` reads too. If it is there, training goes on from it.
    std::filesystem::path path;

    /// Iterations from one checkpoint to the next, >= 1. Raising it saves the time of writing and
    /// loses more where the training is cut off.
    int every = 1;
};

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
template <Real Scalar, Objective ObjectiveType>
[[nodiscard]] Model<Scalar> fit_with_checkpoints(const Interactions<Scalar>& data,
                                                 const ObjectiveType& objective, Training training,
                                                 const Checkpoints& checkpoints);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/checkpoint.hpp>
#endif
