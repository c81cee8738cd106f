// SPDX-License-Identifier: MIT
// The panels about the data and the options of the training.
#include "json.hpp"
#include "panels.hpp"
#include "texts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <variant>

namespace als_report {
namespace {

constexpr double most_of_one_user = 0.05;  // share of all entries
constexpr std::int64_t few_entries = 5;    // of a user

using Rows = std::vector<std::pair<std::string, std::string>>;

std::string given(const std::optional<double>& value) {
    return value ? short_number(*value) : "not known";
}

void add_rows(Rows& rows, const als::Implicit& objective) {
    const bool is_linear = objective.confidence == als::Confidence::linear;
    rows.push_back({"feedback", "implicit: plays, clicks, purchases"});
    rows.push_back({"alpha", given(objective.alpha)});
    rows.push_back({"confidence", is_linear ? "grows linearly" : "grows logarithmically"});
}

void add_rows(Rows& rows, const als::Explicit& objective) {
    rows.push_back({"feedback", "explicit: ratings"});
    rows.push_back({"biases", objective.biases ? "yes" : "no"});
}

void add_rows(Rows& rows, const als::Training& training) {
    constexpr std::array solvers{"exact", "conjugate gradient", "subspace"};
    rows.push_back({"solver", solvers[static_cast<std::size_t>(training.solver)]});
    rows.push_back({"iterations", std::to_string(training.iterations)});
    rows.push_back({"seed", std::to_string(training.seed)});
}

std::string by_powers_of_2(const std::vector<std::int64_t>& entries) {
    std::vector<std::int64_t> counts;
    for (const std::int64_t n : entries) {
        const auto bin =
            n == 0 ? 0 : static_cast<std::size_t>(std::log2(static_cast<double>(n))) + 1;
        counts.resize(std::max(counts.size(), bin + 1));
        ++counts[bin];
    }
    return json::array(counts, [](std::int64_t n) { return json::number(n); });
}

void warn_about_rows(Subject& subject) {
    const Model& model = subject.model();
    const std::int64_t users = model.user_count() - count_of(subject.known_users().size());
    if (users > 0)
        subject.warn("users_without_history",
                     "The model knows nothing of " + grouped(users) + " of " +
                         grouped(model.user_count()) + " users: they have no history.",
                     "Give them the most popular items (RecommendOptions::fallback), or fold in "
                     "what they do first.");
    const std::int64_t items = model.item_count() - subject.known_items();
    if (items > 0)
        subject.warn("items_without_history",
                     "The model never recommends " + grouped(items) + " of " +
                         grouped(model.item_count()) +
                         " items: they have no history, or only users who were new with them have "
                         "used them.",
                     "Show them by other means, train again, or give them factors from their "
                     "features (als::with_cold_rows).");
}

void warn_about_activity(Subject& subject) {
    const auto& entries = subject.user_entries();
    const auto greatest = std::max_element(entries.begin(), entries.end());
    const double share =
        static_cast<double>(*greatest) / static_cast<double>(subject.data()->size());
    if (share > most_of_one_user && entries.size() >= 100)
        subject.warn(
            "one_user_dominates",
            subject.name(als::User{static_cast<std::int32_t>(greatest - entries.begin())}) +
                " has " + percent(share) + " of all entries.",
            "Look whether this is a robot or a shared account, and leave it out if so.");
    const auto count = [&](std::int64_t below) {
        return std::count_if(entries.begin(), entries.end(),
                             [=](std::int64_t n) { return n > 0 && n < below; });
    };
    const auto few = count(few_entries), all = count(*greatest + 1);
    if (2 * few > all)
        subject.warn("short_histories",
                     percent(static_cast<double>(few) / static_cast<double>(all)) +
                         " of the users have fewer than " + std::to_string(few_entries) +
                         " entries.",
                     "Their lists rest on little: compare them with the most popular items before "
                     "you use them.");
}

}  // namespace

std::string missing(std::string_view why) { return json::object({{"missing", json::text(why)}}); }

void warn_about_data(Subject& subject) {
    warn_about_rows(subject);
    const auto& parts = subject.model().parts();
    if (!subject.model().is_implicit() && parts.lowest == parts.highest)
        subject.warn(
            "one_value", "All ratings are " + short_number(static_cast<double>(parts.lowest)) + ".",
            "These are events and no ratings: train for implicit feedback (als::Implicit).");
    if (subject.data() != nullptr && !subject.data()->empty()) warn_about_activity(subject);
}

std::string sizes(const Subject& subject) {
    const std::int64_t users = subject.model().user_count(), items = subject.model().item_count();
    const Interactions* data = subject.data();
    const double pairs = static_cast<double>(users) * static_cast<double>(items);
    return json::object(
        {{"users", json::number(users)},
         {"items", json::number(items)},
         {"factors", json::number(std::int64_t{subject.model().factors()})},
         {"entries", data != nullptr ? json::number(data->size()) : "null"},
         {"density",
          data != nullptr ? json::number(static_cast<double>(data->size()) / pairs) : "null"}});
}

std::string training_options(const Subject& subject) {
    Rows rows;
    std::visit(
        [&](const auto& objective) {
            add_rows(rows, objective);
            rows.push_back({"regularization", given(objective.regularization)});
            if (objective.item_regularization)
                rows.push_back({"of the items", given(objective.item_regularization)});
            rows.push_back({"exponent", short_number(objective.regularization_exponent)});
            if (objective.non_negative) rows.push_back({"factors", "not negative"});
        },
        subject.model().objective());
    if (subject.options().training) add_rows(rows, *subject.options().training);
    return json::array(rows, [](const auto& row) {
        return json::array({json::text(row.first), json::text(row.second)});
    });
}

std::string activity(const Subject& subject) {
    if (subject.data() == nullptr) return missing("There are no data: name the ratings.");
    return json::object({{"users", by_powers_of_2(subject.user_entries())},
                         {"items", by_powers_of_2(subject.item_entries())}});
}

}  // namespace als_report
