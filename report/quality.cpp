// SPDX-License-Identifier: MIT
// How good the model is, and whether its training came to an end.
#include "json.hpp"
#include "panels.hpp"
#include "texts.hpp"
#include <als/baselines.hpp>
#include <als/error.hpp>
#include <als/evaluate.hpp>
#include <als/fit.hpp>
#include <als/predict.hpp>
#include <als/split.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <variant>

namespace als_report {
namespace {

constexpr double most_change = 5e-4;    // of the objective in the last iteration
constexpr double most_bias = 2;         // popularity bias
constexpr std::size_t few_users = 100;  // to judge by

std::string interval(const als::Metric& metric) {
    return json::array(std::array{metric.mean, metric.low, metric.high},
                       [](double x) { return json::number(x); });
}

/// The mean of a[n] - b[n], and the 95 % interval around it.
als::Metric mean_difference(const std::vector<double>& a, const std::vector<double>& b) {
    const auto n = static_cast<double>(a.size());
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] - b[i];
    for (std::size_t i = 0; i < a.size(); ++i) squares += std::pow(a[i] - b[i] - sum / n, 2);
    const double margin = n < 2 ? 0 : 1.96 * std::sqrt(squares / (n - 1) / n);
    return {sum / n, sum / n - margin, sum / n + margin, {}};
}

double mean_of(const Interactions& data) {
    double sum = 0;
    for (std::int32_t u = 0; u < data.user_count(); ++u)
        for (const float value : data[als::User{u}].values()) sum += static_cast<double>(value);
    return sum / static_cast<double>(data.size());
}

/// Number of cells that both have.
std::int64_t common_cells(const Interactions& a, const Interactions& b) {
    std::int64_t count = 0;
    std::vector<als::Item> common;
    for (std::int32_t u = 0; u < a.user_count(); ++u) {
        const auto of_a = a[als::User{u}].ids(), of_b = b[als::User{u}].ids();
        common.clear();
        std::set_intersection(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                              std::back_inserter(common));
        count += count_of(common.size());
    }
    return count;
}

/// What a model is judged by.
struct Trial {
    const Model& model;
    const Interactions* train;  // or null
    const Interactions& test;
    std::string note;
};

std::string row_of(std::string_view name, const Model& model, const Interactions& test,
                   const als::Evaluation& found) {
    return json::object(
        {{"name", json::text(name)},
         {"ndcg", interval(found.ndcg)},
         {"recall", interval(found.recall)},
         {"hit_rate", interval(found.hit_rate)},
         {"coverage", json::number(found.coverage)},
         {"popularity_bias", json::number(found.popularity_bias)},
         {"rmse",
          model.is_implicit() ? "null" : json::number(als::rmse(model, test, {.clip = true}))}});
}

void warn_about_gain(Subject& subject, const als::Metric& gain) {
    if (gain.low <= 0)
        subject.warn("no_better_than_popular",
                     "The lists are not clearly better than the most popular items for everybody.",
                     subject.model().is_implicit()
                         ? "Check the data (are ids mixed up?) and tune regularization and factors."
                         : "Models of ratings predict values; to find what users pick, train for "
                           "implicit feedback.");
}

void warn_about_quality(Subject& subject, const als::Evaluation& own) {
    if (own.popularity_bias > most_bias)
        subject.warn("popularity_bias",
                     "The items of the lists are " + short_number(own.popularity_bias) +
                         " times as popular as what users pick.",
                     "Raise the regularization exponent, or mix the lists (als::diversify).");
    if (own.users.size() < few_users)
        subject.warn("few_users",
                     "Only " + std::to_string(own.users.size()) +
                         " users could be judged: the intervals are wide.",
                     "Judge with more users before you compare settings.");
}

void warn_about_test(Subject& subject, const Interactions& test) {
    if (subject.data() == nullptr) {
        subject.warn("no_training_data",
                     "The training data are not given, and lists may repeat them.",
                     "Name them, so that items that users already have are left out of the lists.");
        return;
    }
    const std::int64_t both = common_cells(*subject.data(), test);
    if (both > 0)
        subject.warn("judged_on_training",
                     grouped(both) + " of " + grouped(test.size()) +
                         " test entries are also in the training data.",
                     "Keep them apart (als::split): the figures do not tell how well the model "
                     "predicts.");
}

std::string judge(Subject& subject, Trial trial) {
    const auto& [model, train, test, given_note] = trial;
    als::EvaluateOptions<float> how{
        .k = subject.options().k, .exclude = train, .threads = subject.options().threads};
    std::string note = given_note;
    if (!model.is_implicit()) {
        how.relevance_threshold = mean_of(test);
        note += " Ratings of at least " + short_number(*how.relevance_threshold) +
                ", their mean, count as hits.";
    }
    const als::Evaluation own = als::evaluate(model, test, how);
    std::vector<std::string> rows{row_of("the model", model, test, own)};
    std::string gain = "null";
    if (train != nullptr && !train->empty()) {
        const Model popular = als::popularity_model(*train);
        const als::Evaluation baseline = als::evaluate(popular, test, how);
        rows.push_back(row_of("the most popular items", popular, test, baseline));
        const als::Metric difference = mean_difference(own.ndcg.values, baseline.ndcg.values);
        gain = interval(difference);
        warn_about_gain(subject, difference);
    }
    warn_about_quality(subject, own);
    if (const auto* ratings = std::get_if<als::Explicit>(&model.objective());
        ratings != nullptr && ratings->biases && train != nullptr && !train->empty()) {
        const Model biases = als::bias_model(*train, *ratings);
        rows.push_back(row_of("mean and biases", biases, test, als::evaluate(biases, test, how)));
    }
    return json::object({{"note", json::text(note)},
                         {"k", json::number(how.k)},
                         {"users", json::number(count_of(own.users.size()))},
                         {"rows", json::array(rows, [](const std::string& row) { return row; })},
                         {"gain", gain}});
}

/// A second model, trained on a part of the data and judged by the rest.
std::string judge_again(Subject& subject) {
    const auto parts = als::split_each_user(*subject.data(), {.test_fraction = 0.2});
    if (parts.test.empty())
        return missing("No user has five entries, of which one could be kept from a training.");
    const als::Training training = subject.training();
    const Model again = std::visit(
        [&](const auto& objective) { return als::fit(parts.train, objective, training); },
        subject.model().objective());
    const std::string how = subject.options().training
                                ? "with the same options"
                                : "for the same objective, with " +
                                      std::to_string(training.iterations) + " iterations,";
    return judge(subject, {again, &parts.train, parts.test,
                           "A second model, trained " + how +
                               " on four fifths of each user's entries and judged by the rest: " +
                               grouped(parts.test.size()) +
                               " entries. The model itself has seen all entries and cannot be "
                               "judged by them."});
}

/// The objective of the model, and after each of three further iterations.
std::vector<double> continued(const Subject& subject) {
    std::vector<double> values{als::objective_value(subject.model(), *subject.data())};
    als::Training further = subject.training();
    further.iterations = 3;
    further.tolerance = 0;
    further.acceleration = false;
    further.observer = [&](const als::Progress& progress) {
        values.push_back(progress.objective);
        return als::Next::go_on;
    };
    std::visit(
        [&](const auto& objective) {
            static_cast<void>(als::fit(*subject.data(), objective, further, subject.model()));
        },
        subject.model().objective());
    return values;
}

}  // namespace

std::string quality(Subject& subject) try {
    if (const Interactions* test = subject.options().test) {
        warn_about_test(subject, *test);
        return judge(subject, {subject.model(), subject.data(), *test,
                               "The model, judged by " + grouped(test->size()) +
                                   " entries that were named as its test set."});
    }
    if (subject.data() == nullptr)
        return missing("There are no data to judge the model by: name the ratings.");
    if (!subject.is_complete())
        return missing(
            "The model does not say how it was trained, so that no second one can be trained to be "
            "judged: name a test set.");
    return judge_again(subject);
} catch (const als::InputError& error) {  // no user has a relevant item, for example
    return missing(error.what());
}

std::string convergence(Subject& subject) {
    std::vector<double> values = subject.options().objectives;
    const bool is_continued = values.empty();
    if (is_continued && subject.data() == nullptr)
        return missing(
            "The objective was not noted during the training, and there are no data to continue "
            "it.");
    if (is_continued && !subject.is_complete())
        return missing("The model does not say which objective was minimised.");
    if (is_continued) values = continued(subject);
    const std::size_t last = is_continued ? 1 : values.size() - 1;
    const double change =
        last == 0 ? 0 : (values[last - 1] - values[last]) / std::abs(values[last]);
    if (change > most_change)
        subject.warn("not_converged",
                     (is_continued ? "One more iteration would lower the objective by "
                                   : "The last iteration lowered the objective by ") +
                         percent(change) + ".",
                     "Train for more iterations, or with acceleration, if lists still change.");
    return json::object(
        {{"continued", is_continued ? "true" : "false"},
         {"objective", json::array(values, [](double x) { return json::number(x); })},
         {"change", json::number(change)}});
}

}  // namespace als_report
