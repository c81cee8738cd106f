// SPDX-License-Identifier: MIT
#include "report.hpp"

#include "json.hpp"
#include "projection.hpp"
#include "report_page.hpp"
#include <als/baselines.hpp>
#include <als/error.hpp>
#include <als/evaluate.hpp>
#include <als/explain.hpp>
#include <als/fit.hpp>
#include <als/predict.hpp>
#include <als/recommend.hpp>
#include <als/similar.hpp>
#include <als/split.hpp>
#include <als/version.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

namespace als_report {
namespace {

using Interactions = als::Interactions<float>;
using Model = als::Model<float>;
using List = std::vector<als::Scored<als::Item, float>>;

// How much the page shows. Together these keep it below 3 MB, whatever the model.
constexpr std::size_t most_items = 100'000;           // on the map
constexpr std::size_t most_name_bytes = 1'000'000;    // of the items' names, in JSON
constexpr std::size_t most_with_neighbours = 3000;    // items whose neighbours are listed
constexpr std::size_t most_items_of_6_axes = 20'000;  // a larger map has two axes
constexpr std::size_t most_groups = 11;               // as many as the page has colours
constexpr std::size_t users_on_map = 500;
constexpr std::size_t users_with_lists = 12;

// How much is computed.
constexpr std::size_t most_lists = 5000;    // to see which items the lists hold
constexpr std::size_t most_pairs = 20'000;  // to see the distribution of scores

// When a warning is due.
constexpr double most_change = 1e-3;       // of the objective in the last iteration
constexpr double most_lists_share = 0.5;   // of the lists that hold the same item
constexpr double most_bias = 2;            // popularity bias
constexpr double most_of_one_user = 0.05;  // share of all entries
constexpr std::int64_t few_entries = 5;    // of a user
constexpr std::size_t few_users = 100;     // to judge by

template <als::Id Index>
std::size_t at(Index id) {
    return static_cast<std::size_t>(id.index);
}

std::int64_t count_of(std::size_t size) { return static_cast<std::int64_t>(size); }

/// Four digits, all of a large number: 0.01234567 becomes "0.01235".
std::string short_number(double value) {
    const double size = std::abs(value);
    if (size >= 1000 && size < 1e15) return json::number(std::int64_t{std::llround(value)});
    if (size == 0 || !(size < 1000)) return json::number(value);
    const double scale = std::pow(10, 3 - std::floor(std::log10(size)));
    return json::number(std::round(value * scale) / scale);
}

std::string percent(double share) { return json::number(std::round(1000 * share) / 10) + " %"; }

/// `wanted` of the elements, or all, the first and the last among them, with equal steps between.
template <typename T>
std::vector<T> evenly(const std::vector<T>& all, std::size_t wanted) {
    if (all.size() <= wanted) return all;
    std::vector<T> some;
    for (std::size_t i = 0; i < wanted; ++i)
        some.push_back(all[i * (all.size() - 1) / (wanted - 1)]);
    return some;
}

template <als::Id Index>
bool is_known(const als::Side<float>& side, Index id) {
    return !side.factors.row(id.index).isZero(0) ||
           (side.biases.size() > 0 && side.biases(id.index) != 0);
}

/// Those of whom the model knows something.
template <als::Id Index>
std::vector<Index> known(const als::Side<float>& side) {
    std::vector<Index> ids;
    for (std::int32_t i = 0; i < side.factors.rows(); ++i)
        if (is_known(side, Index{i})) ids.push_back({i});
    return ids;
}

bool has_biases(const Model& model) { return model.user_biases().size() > 0; }

/// Whether the model says all that its training minimised, which models from elsewhere may not.
bool is_complete(const als::AnyObjective& any) {
    const auto* implicit = std::get_if<als::Implicit>(&any);
    return (implicit == nullptr || implicit->alpha) &&
           std::visit([](const auto& objective) { return objective.regularization.has_value(); },
                      any);
}

std::string missing(std::string_view why) { return json::object({{"missing", json::text(why)}}); }

std::string interval(double mean, double low, double high) {
    return json::array(std::array{mean, low, high}, [](double x) { return json::number(x); });
}

std::string interval(const als::Metric& metric) {
    return interval(metric.mean, metric.low, metric.high);
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

/// Pairs of a name and a text.
using Rows = std::vector<std::pair<std::string, std::string>>;

std::string to_json(const Rows& rows) {
    return json::array(rows, [](const auto& row) {
        return "[" + json::text(row.first) + ',' + json::text(row.second) + ']';
    });
}

std::string given(const std::optional<double>& value) {
    return value ? short_number(*value) : "not known";
}

void add_rows(Rows& rows, const als::Implicit& objective) {
    rows.push_back({"feedback", "implicit: plays, clicks, purchases"});
    rows.push_back({"alpha", given(objective.alpha)});
    rows.push_back({"confidence", objective.confidence == als::Confidence::linear
                                      ? "grows linearly"
                                      : "grows logarithmically"});
}

void add_rows(Rows& rows, const als::Explicit& objective) {
    rows.push_back({"feedback", "explicit: ratings"});
    rows.push_back({"biases", objective.biases ? "yes" : "no"});
}

/// What was minimised, and how.
std::string options_of(const Model& model, const std::optional<als::Training>& training) {
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
        model.objective());
    if (training) {
        constexpr std::array solvers{"exact", "conjugate gradient", "subspace"};
        rows.push_back({"solver", solvers[static_cast<std::size_t>(training->solver)]});
        rows.push_back({"iterations", std::to_string(training->iterations)});
        rows.push_back({"seed", std::to_string(training->seed)});
    }
    return to_json(rows);
}

/// Numbers of rows with no entry, 1, 2 to 3, 4 to 7, and so on.
std::vector<std::int64_t> by_powers_of_2(const std::vector<std::int64_t>& entries) {
    std::vector<std::int64_t> counts;
    for (const std::int64_t n : entries) {
        const auto bin =
            n == 0 ? 0 : static_cast<std::size_t>(std::log2(static_cast<double>(n))) + 1;
        counts.resize(std::max(counts.size(), bin + 1));
        ++counts[bin];
    }
    return counts;
}

/// How many of the sorted values lie in each of 40 equal parts from low to high.
std::string histogram(const std::vector<double>& values, double low, double high) {
    std::vector<std::int64_t> counts(40);
    for (const double value : values) {
        const double place = 40 * (value - low) / (high - low);
        if (place >= 0 && place <= 40) ++counts[static_cast<std::size_t>(std::min(place, 39.0))];
    }
    return json::array(counts, [](std::int64_t n) { return json::number(n); });
}

class Figures {
public:
    Figures(const Model& model, const Options& options) : model_(model), options_(options) {
        check();
        if (options_.data != nullptr) {
            user_entries_ = entries_of<als::User>();
            item_entries_ = entries_of<als::Item>();
        }
        known_users_ = known<als::User>(model_.parts().users);
        items_ = known<als::Item>(model_.parts().items);
        std::stable_sort(items_.begin(), items_.end(),
                         [&](als::Item a, als::Item b) { return importance(a) > importance(b); });
        known_items_ = count_of(items_.size());
        items_.resize(std::min(items_.size(), most_items));
        rank_.assign(static_cast<std::size_t>(model_.item_count()), -1);
        for (std::size_t i = 0; i < items_.size(); ++i) rank_[at(items_[i])] = count_of(i);
        is_named_.assign(items_.size(), false);
    }

    std::string json() {
        warn_about_data();
        const std::string quality_figures = quality();
        const std::string convergence_figures = convergence();
        const std::string lists_figures = lists();
        const std::string people_figures = people();
        const std::string neighbour_figures = neighbours();
        return json::object(
            {{"title", json::text(options_.title)},
             {"version", json::text(ALS_VERSION_STRING)},
             {"sizes", sizes()},
             {"options", options_of(model_, options_.training)},
             {"quality", quality_figures},
             {"convergence", convergence_figures},
             {"activity", activity()},
             {"scores", scores()},
             {"lists", lists_figures},
             {"people", people_figures},
             {"neighbours", neighbour_figures},
             {"map", map()},  // the names of all items that the others mention
             {"warnings", json::array(warnings_, [](const std::string& one) { return one; })}});
    }

private:
    void check() const {
        const auto refuse = [](const std::string& what) {
            throw als::InputError("als_report::Options: " + what);
        };
        for (const Interactions* some : {options_.data, options_.test})
            if (some != nullptr && (some->user_count() != model_.user_count() ||
                                    some->item_count() != model_.item_count()))
                refuse("data and test must have the users and items of the model (" +
                       std::to_string(model_.user_count()) + " and " +
                       std::to_string(model_.item_count()) + "), not " +
                       std::to_string(some->user_count()) + " and " +
                       std::to_string(some->item_count()));
        if (!options_.item_groups.empty() &&
            count_of(options_.item_groups.size()) != model_.item_count())
            refuse("item_groups must have a group for each of the " +
                   std::to_string(model_.item_count()) + " items, or be empty");
        if (options_.k < 1) refuse("k must be at least 1");
    }

    // ---- Names and samples ----

    template <als::Id Index>
    std::vector<std::int64_t> entries_of() const {
        const std::int32_t count = std::same_as<Index, als::User> ? options_.data->user_count()
                                                                  : options_.data->item_count();
        std::vector<std::int64_t> entries;
        for (std::int32_t i = 0; i < count; ++i)
            entries.push_back((*options_.data)[Index{i}].size());
        return entries;
    }

    /// Number of entries of an item; the length of its factors if there are no data.
    double importance(als::Item item) const {
        return options_.data != nullptr
                   ? static_cast<double>(item_entries_[at(item)])
                   : static_cast<double>(model_.item_factors().row(item.index).norm());
    }

    std::string name(als::Item item) const {
        return options_.item_name ? options_.item_name(item) : "item " + std::to_string(item.index);
    }
    std::string name(als::User user) const {
        return options_.user_name ? options_.user_name(user) : "user " + std::to_string(user.index);
    }

    /// An item in JSON: its place on the map, which then has its name, or the name if it is not there.
    std::string reference(als::Item item) {
        const std::int64_t rank = rank_[at(item)];
        if (rank < 0) return json::text(name(item));
        is_named_[static_cast<std::size_t>(rank)] = true;
        return json::number(rank);
    }

    /// The users with a history, or without data all that the model knows.
    std::vector<als::User> users_with_history() const {
        if (options_.data == nullptr) return known_users_;
        std::vector<als::User> users;
        std::copy_if(known_users_.begin(), known_users_.end(), std::back_inserter(users),
                     [&](als::User user) { return user_entries_[at(user)] > 0; });
        return users;
    }

    als::Training training() const {
        als::Training training = options_.training.value_or(als::Training{});
        training.factors = model_.factors();
        training.threads = options_.threads;
        training.observer = {};
        return training;
    }

    // ---- Warnings ----

    void warn(std::string_view id, const std::string& what, std::string_view remedy) {
        warnings_.push_back(json::object(
            {{"id", json::text(id)}, {"what", json::text(what)}, {"remedy", json::text(remedy)}}));
    }

    void warn_about_data() {
        const std::int64_t users = model_.user_count() - count_of(known_users_.size());
        if (users > 0)
            warn("users_without_history",
                 std::to_string(users) + " of " + std::to_string(model_.user_count()) +
                     " users have no history: the model knows nothing of them.",
                 "Give them the most popular items (RecommendOptions::fallback), or fold in what "
                 "they do first.");
        const std::int64_t items = model_.item_count() - known_items_;
        if (items > 0)
            warn("items_without_history",
                 std::to_string(items) + " of " + std::to_string(model_.item_count()) +
                     " items have no history: the model never recommends them.",
                 "Show them by other means, or give them factors from their features "
                 "(with_cold_rows).");
        warn_about_values();
        if (options_.data != nullptr && !options_.data->empty()) warn_about_users();
    }

    void warn_about_users() {
        const auto greatest = std::max_element(user_entries_.begin(), user_entries_.end());
        const double share =
            static_cast<double>(*greatest) / static_cast<double>(options_.data->size());
        if (share > most_of_one_user && model_.user_count() >= 100)
            warn("one_user_dominates",
                 name(als::User{static_cast<std::int32_t>(greatest - user_entries_.begin())}) +
                     " has " + percent(share) + " of all entries.",
                 "Look whether this is a robot or a shared account, and leave it out if so.");
        const auto is_short = [](std::int64_t n) { return n > 0 && n < few_entries; };
        const auto few = std::count_if(user_entries_.begin(), user_entries_.end(), is_short);
        const auto some = std::count_if(user_entries_.begin(), user_entries_.end(),
                                        [](std::int64_t n) { return n > 0; });
        if (2 * few > some)
            warn("short_histories",
                 percent(static_cast<double>(few) / static_cast<double>(some)) +
                     " of the users have fewer than " + std::to_string(few_entries) + " entries.",
                 "Their lists rest on little: compare them with the most popular items before you "
                 "use them.");
    }

    void warn_about_values() {
        const auto& [low, high] = std::pair(model_.parts().lowest, model_.parts().highest);
        if (!model_.is_implicit() && low == high)
            warn("one_value", "All ratings are " + short_number(static_cast<double>(low)) + ".",
                 "These are events and no ratings: train for implicit feedback (als::Implicit).");
    }

    // ---- Panels ----

    std::string sizes() const {
        const double pairs = static_cast<double>(model_.user_count()) * model_.item_count();
        const auto entries = options_.data != nullptr ? options_.data->size() : std::int64_t{0};
        return json::object({{"users", json::number(std::int64_t{model_.user_count()})},
                             {"items", json::number(std::int64_t{model_.item_count()})},
                             {"factors", json::number(std::int64_t{model_.factors()})},
                             {"entries", options_.data != nullptr ? json::number(entries) : "null"},
                             {"density", options_.data != nullptr
                                             ? json::number(static_cast<double>(entries) / pairs)
                                             : "null"}});
    }

    std::string quality() {
        if (options_.test != nullptr) {
            warn_about_test();
            return judge(model_, options_.data, *options_.test,
                         "The model, judged by " + std::to_string(options_.test->size()) +
                             " entries that were named as its test set.");
        }
        if (options_.data == nullptr)
            return missing("There are no data to judge the model by: name the ratings.");
        if (!is_complete(model_.objective()))
            return missing(
                "The model does not say how it was trained, so that no second one can be trained "
                "to be judged: name a test set.");
        const auto parts = als::split_each_user(*options_.data, {.test_fraction = 0.2});
        if (parts.test.empty())
            return missing("No user has five entries, of which one could be kept from a training.");
        const Model again = std::visit(
            [&](const auto& objective) { return als::fit(parts.train, objective, training()); },
            model_.objective());
        return judge(
            again, &parts.train, parts.test,
            std::string("A second model, trained ") +
                (options_.training ? "with the same options"
                                   : "for the same objective, with 15 iterations,") +
                " on four fifths of each user's entries and judged by the rest: " +
                std::to_string(parts.test.size()) +
                " entries. The model itself has seen all entries and cannot be judged by them.");
    }

    void warn_about_test() {
        if (options_.data == nullptr) {
            warn("no_training_data", "The training data are not given, and lists may repeat them.",
                 "Name them, so that items that users already have are left out of the lists.");
            return;
        }
        std::int64_t both = 0;
        std::vector<als::Item> common;
        for (std::int32_t u = 0; u < model_.user_count(); ++u) {
            const auto a = (*options_.data)[als::User{u}].ids();
            const auto b = (*options_.test)[als::User{u}].ids();
            common.clear();
            std::set_intersection(a.begin(), a.end(), b.begin(), b.end(),
                                  std::back_inserter(common));
            both += count_of(common.size());
        }
        if (both > 0)
            warn("judged_on_training",
                 std::to_string(both) + " of " + std::to_string(options_.test->size()) +
                     " test entries are also in the training data.",
                 "Keep them apart (als::split): the figures do not tell how well the model "
                 "predicts.");
    }

    std::string judge(const Model& model, const Interactions* train, const Interactions& test,
                      std::string note) {
        als::EvaluateOptions<float> how{
            .k = options_.k, .exclude = train, .threads = options_.threads};
        if (!model.is_implicit()) {
            how.relevance_threshold = mean_of(test);
            note += " Ratings of at least " + short_number(*how.relevance_threshold) +
                    ", their mean, count as hits.";
        }
        als::Evaluation own;
        try {
            own = als::evaluate(model, test, how);
        } catch (const als::InputError& error) {
            return missing(error.what());
        }
        std::vector<std::string> rows{row_of("the model", model, test, own)};
        std::string gain = "null";
        if (train != nullptr && !train->empty()) {
            const Model popular = als::popularity_model(*train);
            const als::Evaluation baseline = als::evaluate(popular, test, how);
            rows.push_back(row_of("the most popular items", popular, test, baseline));
            const als::Metric difference = mean_difference(own.ndcg.values, baseline.ndcg.values);
            gain = interval(difference);
            if (has_biases(model)) {
                const Model biases =
                    als::bias_model(*train, std::get<als::Explicit>(model.objective()));
                rows.push_back(
                    row_of("mean and biases", biases, test, als::evaluate(biases, test, how)));
            }
            warn_about_quality(own, difference);
        }
        return json::object(
            {{"note", json::text(note)},
             {"k", json::number(options_.k)},
             {"users", json::number(count_of(own.users.size()))},
             {"rows", json::array(rows, [](const std::string& row) { return row; })},
             {"gain", gain}});
    }

    static double mean_of(const Interactions& data) {
        double sum = 0;
        for (std::int32_t u = 0; u < data.user_count(); ++u)
            for (const float value : data[als::User{u}].values()) sum += static_cast<double>(value);
        return sum / static_cast<double>(data.size());
    }

    static std::string row_of(std::string_view name, const Model& model, const Interactions& test,
                              const als::Evaluation& found) {
        return json::object(
            {{"name", json::text(name)},
             {"ndcg", interval(found.ndcg)},
             {"recall", interval(found.recall)},
             {"hit_rate", interval(found.hit_rate)},
             {"coverage", json::number(found.coverage)},
             {"popularity_bias", json::number(found.popularity_bias)},
             {"rmse", model.is_implicit() ? "null"
                                          : json::number(als::rmse(model, test, {.clip = true}))}});
    }

    void warn_about_quality(const als::Evaluation& own, const als::Metric& gain) {
        if (gain.low <= 0)
            warn("no_better_than_popular",
                 "The lists are not clearly better than the most popular items for everybody.",
                 model_.is_implicit()
                     ? "Check the data (are ids mixed up?) and tune regularization and factors."
                     : "Models of ratings predict values; to find what users pick, train for "
                       "implicit feedback.");
        if (own.popularity_bias > most_bias)
            warn("popularity_bias",
                 "The items of the lists are " + short_number(own.popularity_bias) +
                     " times as popular as what users pick.",
                 "Raise the regularization exponent, or mix the lists (als::diversify).");
        if (own.users.size() < few_users)
            warn("few_users",
                 "Only " + std::to_string(own.users.size()) +
                     " users could be judged: the intervals are wide.",
                 "Judge with more users before you compare settings.");
    }

    std::string convergence() {
        std::vector<double> values = options_.objectives;
        const bool is_continued = values.empty();
        if (is_continued) {
            if (options_.data == nullptr)
                return missing(
                    "The objective during training was not noted, and there are no data to "
                    "continue with.");
            if (!is_complete(model_.objective()))
                return missing("The model does not say which objective was minimised.");
            values = continued();
        }
        const std::size_t last = is_continued ? 1 : values.size() - 1;
        const double change =
            last == 0 ? 0 : (values[last - 1] - values[last]) / std::abs(values[last]);
        if (change > most_change)
            warn("not_converged",
                 (is_continued ? "One more iteration would lower the objective by "
                               : "The last iteration lowered the objective by ") +
                     percent(change) + ".",
                 "Train for more iterations, or with acceleration, if lists still change.");
        return json::object(
            {{"continued", is_continued ? "true" : "false"},
             {"objective", json::array(values, [](double x) { return json::number(x); })},
             {"change", json::number(change)}});
    }

    /// The objective of the model, and after each of three further iterations.
    std::vector<double> continued() const {
        std::vector<double> values{als::objective_value(model_, *options_.data)};
        als::Training further = training();
        further.iterations = 3;
        further.tolerance = 0;
        further.acceleration = false;
        further.observer = [&](const als::Progress& progress) {
            values.push_back(progress.objective);
            return als::Next::go_on;
        };
        std::visit(
            [&](const auto& objective) {
                static_cast<void>(als::fit(*options_.data, objective, further, model_));
            },
            model_.objective());
        return values;
    }

    std::string activity() const {
        if (options_.data == nullptr) return missing("There are no data: name the ratings.");
        const auto counts = [](const std::vector<std::int64_t>& entries) {
            return json::array(by_powers_of_2(entries),
                               [](std::int64_t n) { return json::number(n); });
        };
        return json::object({{"users", counts(user_entries_)}, {"items", counts(item_entries_)}});
    }

    /// Scores of pairs that are in the data, and of any pairs.
    std::string scores() const {
        const std::vector<double> any = scores_of(any_pairs());
        const std::vector<double> own =
            options_.data != nullptr ? scores_of(known_pairs()) : std::vector<double>{};
        if (any.empty()) return missing("The model knows no user and no item.");
        // Without the outermost, which would press all others together.
        const std::size_t cut = any.size() / 500;
        double low = any[cut], high = any[any.size() - 1 - cut];
        if (!own.empty()) {
            low = std::min(low, own[own.size() / 500]);
            high = std::max(high, own[own.size() - 1 - own.size() / 500]);
        }
        if (!(low < high)) return missing("All scores are " + short_number(low) + ".");
        return json::object({{"low", json::number(low)},
                             {"high", json::number(high)},
                             {"known", own.empty() ? "null" : histogram(own, low, high)},
                             {"any", histogram(any, low, high)}});
    }

    std::vector<double> scores_of(const std::vector<als::Pair>& pairs) const {
        const auto found = als::predict(model_, std::span<const als::Pair>(pairs));
        std::vector<double> sorted(found.begin(), found.end());
        std::sort(sorted.begin(), sorted.end());
        return sorted;
    }

    std::vector<als::Pair> known_pairs() const {
        const auto step = std::max<std::int64_t>(1, options_.data->size() / count_of(most_pairs));
        std::vector<als::Pair> pairs;
        std::int64_t n = 0;
        for (std::int32_t u = 0; u < options_.data->user_count(); ++u)
            for (const als::Item item : (*options_.data)[als::User{u}].ids())
                if (n++ % step == 0) pairs.push_back({{u}, item});
        return pairs;
    }

    /// Pairs of known users and items, spread evenly by the sequence R2 (Roberts 2018).
    std::vector<als::Pair> any_pairs() const {
        std::vector<als::Pair> pairs;
        if (known_users_.empty() || items_.empty()) return pairs;
        const auto pick = [](const auto& all, double step, std::size_t n) {
            const double place = std::fmod(step * static_cast<double>(n), 1.0);
            return all[static_cast<std::size_t>(place * static_cast<double>(all.size()))];
        };
        for (std::size_t n = 1; n <= most_pairs; ++n)
            pairs.push_back(
                {pick(known_users_, 0.7548776662466927, n), pick(items_, 0.5698402909980532, n)});
        return pairs;
    }

    /// Which items the lists of a sample of users hold.
    std::string lists() {
        const std::vector<als::User> users = evenly(users_with_history(), most_lists);
        if (users.empty() || items_.empty()) return missing("The model knows no user and no item.");
        const auto found = als::recommend(
            model_, users,
            {.count = options_.k, .exclude = options_.data, .threads = options_.threads});
        std::vector<std::int64_t> places(items_.size());
        std::int64_t all = 0;
        for (const List& list : found)
            for (const auto& [item, score] : list)
                if (const std::int64_t rank = rank_[at(item)]; rank >= 0) {
                    ++places[static_cast<std::size_t>(rank)];
                    ++all;
                }
        std::vector<std::size_t> most(places.size());
        std::iota(most.begin(), most.end(), std::size_t{0});
        std::stable_sort(most.begin(), most.end(),
                         [&](std::size_t a, std::size_t b) { return places[a] > places[b]; });
        const auto share_of = [&](std::size_t rank) {
            return static_cast<double>(places[rank]) / static_cast<double>(users.size());
        };
        if (share_of(most.front()) > most_lists_share && count_of(items_.size()) >= 10 * options_.k)
            warn("one_item_everywhere",
                 name(items_[most.front()]) + " is in " + percent(share_of(most.front())) +
                     " of the lists.",
                 "Look at this item's entries; raise the regularization exponent, or deny it "
                 "(RecommendOptions::deny).");
        const auto shown =
            std::count_if(places.begin(), places.end(), [](auto n) { return n > 0; });
        most.resize(std::min<std::size_t>(most.size(), 10));
        return json::object({{"users", json::number(count_of(users.size()))},
                             {"coverage", json::number(static_cast<double>(shown) /
                                                       static_cast<double>(model_.item_count()))},
                             {"most", json::array(most,
                                                  [&](std::size_t rank) {
                                                      return "[" + reference(items_[rank]) + ',' +
                                                             json::number(share_of(rank)) + ']';
                                                  })},
                             {"shares", options_.data != nullptr ? shares(places, all) : "null"}});
    }

    /// By popularity: what part of the entries and of the places in lists belongs to the first
    /// hundredth of the items, the next, and so on.
    std::string shares(const std::vector<std::int64_t>& places, std::int64_t all) const {
        constexpr std::array ends{0.01, 0.05, 0.2, 0.5, 1.0};
        std::string result = "[";
        std::size_t begin = 0;
        for (const double part : ends) {
            const auto end =
                static_cast<std::size_t>(std::ceil(part * static_cast<double>(items_.size())));
            double entries = 0, listed = 0;
            for (std::size_t i = begin; i < end; ++i) {
                entries += static_cast<double>(item_entries_[at(items_[i])]);
                listed += static_cast<double>(places[i]);
            }
            if (begin > 0) result += ',';
            result += "[" + json::number(part) + ',' +
                      json::number(entries / static_cast<double>(options_.data->size())) + ',' +
                      json::number(all == 0 ? 0.0 : listed / static_cast<double>(all)) + ']';
            begin = end;
        }
        return result + ']';
    }

    /// Users from the least to the most active one, with what they have, what they get, and why.
    std::string people() {
        std::vector<als::User> users = users_with_history();
        if (options_.data != nullptr)
            std::stable_sort(users.begin(), users.end(), [&](als::User a, als::User b) {
                return user_entries_[at(a)] < user_entries_[at(b)];
            });
        return json::array(evenly(users, users_with_lists),
                           [&](als::User user) { return person(user); });
    }

    std::string person(als::User user) {
        als::RecommendOptions how{.count = options_.k};
        if (options_.data != nullptr) how.exclude = (*options_.data)[user];
        const List list = als::recommend(model_, user, how);
        return json::object(
            {{"name", json::text(name(user))},
             {"entries", options_.data != nullptr ? json::number(user_entries_[at(user)]) : "null"},
             {"highest", highest(user)},
             {"list", json::array(list, [&](const auto& scored) {
                  return json::object({{"item", reference(scored.id)},
                                       {"score", json::number(double{scored.score})},
                                       {"why", why(user, scored.id)}});
              })}});
    }

    /// The eight highest entries of a user.
    std::string highest(als::User user) {
        List own;
        if (options_.data != nullptr)
            for (const auto [item, value] : (*options_.data)[user]) own.push_back({item, value});
        return first_of(own, 8);
    }

    std::string first_of(List list, std::size_t count) {
        std::stable_sort(list.begin(), list.end(),
                         [](const auto& a, const auto& b) { return a.score > b.score; });
        list.resize(std::min(list.size(), count));
        return json::array(list, [&](const auto& scored) {
            return "[" + reference(scored.id) + ',' + json::number(double{scored.score}) + ']';
        });
    }

    /// The base of the score and the three entries that add the most to it.
    std::string why(als::User user, als::Item item) {
        if (options_.data == nullptr || !is_complete(model_.objective())) return "null";
        const auto found = als::explain(model_, (*options_.data)[user], item);
        return json::object({{"score", json::number(found.score)},
                             {"base", json::number(found.base)},
                             {"count", json::number(count_of(found.contributions.size()))},
                             {"first", first_of(found.contributions, 3)}});
    }

    /// The ten nearest of the most popular items, as [place on the map, thousandths of similarity,
    /// place, ...].
    std::string neighbours() {
        const std::vector<als::Item> some(
            items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(
                                                 std::min(items_.size(), most_with_neighbours)));
        const auto found = als::similar_items(model_, std::span<const als::Item>(some),
                                              {.count = 10, .threads = options_.threads});
        return json::array(found, [&](const List& list) {
            std::string result = "[";
            for (const auto& [item, similarity] : list) {
                if (rank_[at(item)] < 0) continue;
                if (result.size() > 1) result += ',';
                result += reference(item) + ',' +
                          json::number(std::int64_t{std::lround(1000 * similarity)});
            }
            return result + ']';
        });
    }

    std::string map() {
        const std::size_t axes = items_.size() <= most_items_of_6_axes ? 6 : 2;
        const Projection projection(model_.item_factors(), items_, static_cast<int>(axes));
        const std::vector<als::User> users = evenly(known_users_, users_on_map);
        const auto as_json = [](double x) { return json::number(x); };
        return json::object(
            {{"known", json::number(known_items_)},
             {"by_entries", options_.data != nullptr ? "true" : "false"},
             {"axes", json::number(count_of(axes))},
             {"shares", json::array(projection.shares(), as_json)},
             {"points", json::base64(projection.points(model_.item_factors(), items_))},
             {"entries", options_.data == nullptr ? "null"
                                                  : json::array(items_,
                                                                [&](als::Item item) {
                                                                    return json::number(
                                                                        item_entries_[at(item)]);
                                                                })},
             {"names", names()},
             {"groups", groups()},
             {"user_points", json::base64(projection.points(model_.user_factors(), users))},
             {"user_names",
              json::array(users, [&](als::User user) { return json::text(name(user)); })}});
    }

    /// The names that others mention, then those of the most popular items while there is room; 0 for
    /// the rest.
    std::string names() {
        std::vector<std::string> texts(items_.size());
        std::size_t bytes = 0;
        const auto take = [&](std::size_t i) {
            if (!texts[i].empty()) return;
            texts[i] = json::text(name(items_[i]));
            bytes += texts[i].size();
        };
        for (std::size_t i = 0; i < items_.size(); ++i)
            if (is_named_[i]) take(i);
        for (std::size_t i = 0; i < items_.size() && bytes < most_name_bytes; ++i) take(i);
        return json::array(texts,
                           [](const std::string& text) { return text.empty() ? "0" : text; });
    }

    /// The most frequent groups, and for each item the number of its own; the rest have one more.
    std::string groups() const {
        if (options_.item_groups.empty()) return "null";
        std::vector<std::string> all;
        for (const als::Item item : items_) all.push_back(options_.item_groups[at(item)]);
        std::sort(all.begin(), all.end());
        std::vector<std::pair<std::int64_t, std::string>> counts;
        for (const std::string& group : all) {
            if (counts.empty() || counts.back().second != group) counts.push_back({0, group});
            --counts.back().first;
        }
        std::sort(counts.begin(), counts.end());  // the most frequent first
        counts.resize(std::min(counts.size(), most_groups));
        return json::object(
            {{"names", json::array(counts, [](const auto& one) { return json::text(one.second); })},
             {"of_item", json::array(items_, [&](als::Item item) {
                  const auto found =
                      std::find_if(counts.begin(), counts.end(), [&](const auto& one) {
                          return one.second == options_.item_groups[at(item)];
                      });
                  return json::number(std::int64_t{found - counts.begin()});
              })}});
    }

    const Model& model_;
    const Options& options_;
    std::vector<std::int64_t> user_entries_, item_entries_;  // empty without data
    std::vector<als::User> known_users_;
    std::int64_t known_items_ = 0;
    std::vector<als::Item> items_;    // those on the map, most popular first
    std::vector<std::int64_t> rank_;  // an item's place in items_, or -1
    std::vector<bool> is_named_;      // the places that figures mention
    std::vector<std::string> warnings_;
};

}  // namespace

std::string figures(const Model& model, const Options& options) {
    return Figures(model, options).json();
}

std::string page(const std::string& figures) {
    std::string html(page_bytes, page_bytes + sizeof page_bytes);
    constexpr std::string_view mark = "@figures@";
    return html.replace(html.find(mark), mark.size(), figures);
}

void write(const std::filesystem::path& path, const Model& model, const Options& options) {
    const std::string html = page(figures(model, options));
    std::ofstream file(path, std::ios::binary);
    file << html << std::flush;
    if (!file) throw als::IoError("als_report::write: cannot write " + path.string());
}

}  // namespace als_report
