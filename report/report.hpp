// SPDX-License-Identifier: MIT
// `write`: a page to look at, which shows what a model has learned and how good it is. Its figures
// come from the public API of als; not part of the library.
#pragma once

#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/training.hpp>
#include <als/types.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace als_report {

/// What is known besides the model. Everything is optional; the page says what it cannot show.
struct Options {
    /// Stands above the page.
    std::string title = "Recommender";

    /// What the model was trained on. Gives histories, popularity and explanations.
    const als::Interactions<float>* data = nullptr;

    /// Entries that the training has not seen, to judge the model by. Not given: if there are data,
    /// a fifth of each user's entries is kept back, and a second model is trained on the rest with
    /// the same options. The page says so.
    const als::Interactions<float>* test = nullptr;

    /// Names to show, of any bytes. Not given: "item 7", "user 7".
    std::function<std::string(als::Item)> item_name = {};
    std::function<std::string(als::User)> user_name = {};

    /// One group for each item, for example its genre, or none. Groups colour the map.
    std::vector<std::string> item_groups = {};

    /// How the model was trained. Its token `cancel` can stop `write`; its observer is not called.
    std::optional<als::Training> training = std::nullopt;

    /// The objective after each iteration of the training, if somebody noted it. Not given: if
    /// there are data, three further iterations show whether the model still changes.
    std::vector<double> objectives = {};

    /// Length of the lists, >= 1.
    std::int64_t k = 10;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

/// The figures of the page, as JSON. Throws `als::InputError` if sizes do not fit the model, and
/// what `fit` and the queries throw. Cost: without `test`, that of a training; without
/// `objectives`, that of three iterations.
[[nodiscard]] std::string figures(const als::Model<float>& model, const Options& options = {});

/// The page that shows these figures: one HTML file that needs nothing else.
[[nodiscard]] std::string page(const std::string& figures);

/// Writes the page to a file, which appears whole or not at all. Throws `als::IoError` if that
/// fails, and what `figures` throws.
void write(const std::filesystem::path& path, const als::Model<float>& model,
           const Options& options = {});

}  // namespace als_report
