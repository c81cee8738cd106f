// SPDX-License-Identifier: MIT
// The panels of the page: each function makes the figures of one of them, as JSON, and adds the
// warnings that they give reason for.
#pragma once

#include "subject.hpp"

#include <string>
#include <string_view>

namespace als_report {

/// What a panel has instead of figures if there are none: the reason.
[[nodiscard]] std::string missing(std::string_view why);

/// Rows without history, short histories, users that dominate, ratings without differences.
void warn_about_data(Subject& subject);

/// Numbers of users, items, factors and entries.
[[nodiscard]] std::string sizes(const Subject& subject);

/// What was minimised, and how: pairs of a name and a text.
[[nodiscard]] std::string training_options(const Subject& subject);

/// How many users and items have no entry, 1, 2 to 3, 4 to 7, and so on.
[[nodiscard]] std::string activity(const Subject& subject);

/// Histograms of the scores of pairs in the data, and of any pairs.
[[nodiscard]] std::string scores(const Subject& subject);

/// Metrics of the model and of baselines, on the test set or, without one, on a part of the data
/// that a second model was not trained on.
[[nodiscard]] std::string quality(Subject& subject);

/// The objective after each iteration, or after each of three further ones.
[[nodiscard]] std::string convergence(Subject& subject);

/// Which items the lists hold, and how popular these are.
[[nodiscard]] std::string lists(Subject& subject);

/// Some users, from the least to the most active one, with what they have, what they get, and why.
[[nodiscard]] std::string people(Subject& subject);

/// The ten nearest of each of the most popular items: [place on the map, thousandths of similarity,
/// place, ...].
[[nodiscard]] std::string neighbours(const Subject& subject);

/// Where items and users lie, and the names of items: as many as there is room for, and all that
/// were referred to before.
[[nodiscard]] std::string map(const Subject& subject);

}  // namespace als_report
