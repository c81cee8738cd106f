// SPDX-License-Identifier: MIT
// The metrics that models are judged by, under the names that als::Evaluation gives them.
#pragma once

#include "options.hpp"
#include <als/evaluate.hpp>
#include <als/model.hpp>
#include <als/split.hpp>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commands {

/// A metric of a model, and its interval if it has one.
struct Judged {
    std::string metric;
    double value = 0;
    std::optional<double> low, high;
};

/// How lists are judged.
struct MetricOptions {
    als::EvaluateOptions<float> options;

    void add_to(CLI::App& command);

    /// The metrics asked for, in their order. RMSE and MAE of a model that does not predict ratings
    /// are refused. The data to train on are excluded.
    [[nodiscard]] std::vector<Judged> judge(const als::Model<float>& model,
                                            const als::Split<float>& parts,
                                            const std::vector<std::string>& metrics,
                                            const RunOptions& run) const;
};

/// All metrics that a model can be judged by.
std::vector<std::string> metrics_for(bool is_implicit, bool all_places);

/// Throws `UsageError` unless there is a metric of this name.
void check_metric(const std::string& name);

/// Whether a metric is an error of predicted values, and says nothing of lists.
bool is_error(const std::string& metric);

/// Throws `als::InputError` if this metric says nothing of an implicit model.
void check_for_implicit(const std::string& name);

/// Whether a lower value of a metric is better.
bool is_lower_better(const std::string& metric);

}  // namespace commands
