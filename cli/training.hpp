// SPDX-License-Identifier: MIT
// Trains a model and saves it with the ids of the data, for people who watch it and may press
// Ctrl-C.
#pragma once

#include "options.hpp"
#include <als/model.hpp>
#include <als/ratings_file.hpp>
#include <als/training.hpp>

#include <functional>
#include <string>

namespace commands {

/// Where a trained model goes.
struct Saving {
    std::string path;
    bool with_seen = true;  ///< with what each user has seen
};

/// Trains by fit(training), shows how far it is, and saves the model. Ctrl-C ends the training
/// after an iteration; then the model is saved, and `Interrupted` is thrown.
void train_and_save(const als::Ratings<float>& ratings, als::Training training,
                    const std::function<als::Model<float>(const als::Training&)>& fit,
                    const Saving& saving, const RunOptions& run);

}  // namespace commands
