// SPDX-License-Identifier: MIT
// What users get: scores, the items in their lists, and reasons.
#include "json.hpp"
#include "panels.hpp"
#include "texts.hpp"
#include <als/explain.hpp>
#include <als/predict.hpp>
#include <als/recommend.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>

namespace als_report {
namespace {

// Samples.
constexpr std::size_t most_lists = 5000;
constexpr std::size_t most_pairs = 20'000;
constexpr std::size_t most_people = 12;

constexpr double most_lists_share = 0.5;  // of the lists that hold the same item

// ---- Scores ----

/// Ascending.
std::vector<double> scores_of(const Subject& subject, const std::vector<als::Pair>& pairs) {
    const auto found = als::predict(subject.model(), std::span<const als::Pair>(pairs));
    std::vector<double> sorted(found.begin(), found.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

std::vector<als::Pair> pairs_of_data(const Subject& subject) {
    std::vector<als::Pair> pairs;
    if (subject.data() == nullptr) return pairs;
    // Rounded up: no more pairs than that.
    const std::int64_t step = 1 + (subject.data()->size() - 1) / count_of(most_pairs);
    std::int64_t n = 0;
    for (std::int32_t u = 0; u < subject.data()->user_count(); ++u)
        for (const als::Item item : (*subject.data())[als::User{u}].ids())
            if (n++ % step == 0) pairs.push_back({{u}, item});
    return pairs;
}

/// Pairs of known users and items, spread evenly by the sequence R2 (Roberts 2018).
std::vector<als::Pair> any_pairs(const Subject& subject) {
    std::vector<als::Pair> pairs;
    if (subject.known_users().empty() || subject.items().empty()) return pairs;
    const auto pick = [](const auto& all, double step, std::size_t n) {
        const double place = std::fmod(step * static_cast<double>(n), 1.0);
        return all[static_cast<std::size_t>(place * static_cast<double>(all.size()))];
    };
    for (std::size_t n = 1; n <= most_pairs; ++n)
        pairs.push_back({pick(subject.known_users(), 0.7548776662466927, n),
                         pick(subject.items(), 0.5698402909980532, n)});
    return pairs;
}

/// How many of the values lie in each of 40 equal parts from low to high.
std::string histogram(const std::vector<double>& values, double low, double high) {
    if (values.empty()) return "null";
    std::vector<std::int64_t> counts(40);
    for (const double value : values) {
        const double place = 40 * (value - low) / (high - low);
        if (place >= 0 && place <= 40) ++counts[static_cast<std::size_t>(std::min(place, 39.0))];
    }
    return json::array(counts, [](std::int64_t n) { return json::number(n); });
}

// ---- Lists ----

/// By popularity: what part of the entries and of the places in lists belongs to the first
/// hundredth of the items of the map, the next, and so on.
std::string shares(const Subject& subject, const std::vector<std::int64_t>& places) {
    constexpr std::array ends{0.01, 0.05, 0.2, 0.5, 1.0};
    const auto& items = subject.items();
    const auto all = static_cast<double>(
        std::max<std::int64_t>(1, std::accumulate(places.begin(), places.end(), std::int64_t{0})));
    std::size_t i = 0;
    return json::array(ends, [&](double part) {
        double entries = 0, listed = 0;
        const double end = std::ceil(part * static_cast<double>(items.size()));
        for (; i < static_cast<std::size_t>(end); ++i) {
            entries += static_cast<double>(subject.item_entries()[at(items[i])]);
            listed += static_cast<double>(places[at(items[i])]);
        }
        return json::array({json::number(part),
                            json::number(entries / static_cast<double>(subject.data()->size())),
                            json::number(listed / all)});
    });
}

/// The items that are in a list, those in most lists first; of equal ones, those of the map first.
std::vector<als::Item> listed_items(const Subject& subject,
                                    const std::vector<std::int64_t>& places) {
    std::vector<als::Item> listed = subject.items();
    for (std::int32_t i = 0; i < subject.model().item_count(); ++i)
        if (subject.place_of({i}) < 0) listed.push_back({i});
    std::erase_if(listed, [&](als::Item item) { return places[at(item)] == 0; });
    std::stable_sort(listed.begin(), listed.end(),
                     [&](als::Item a, als::Item b) { return places[at(a)] > places[at(b)]; });
    return listed;
}

void warn_about_item(Subject& subject, als::Item item, double share) {
    const bool has_choice = count_of(subject.items().size()) >= 10 * subject.options().k;
    if (share > most_lists_share && has_choice)
        subject.warn("one_item_everywhere",
                     subject.name(item) + " is in " + percent(share) + " of the lists.",
                     "Look at this item's entries; raise the regularization exponent, or deny it "
                     "(RecommendOptions::deny).");
}

// ---- People ----

/// The highest of a list, each as [item, value].
std::string highest(Subject& subject, List list, std::size_t count) {
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    list.resize(std::min(list.size(), count));
    return json::array(list, [&](const auto& scored) {
        return json::array({subject.reference(scored.id), json::number(double{scored.score})});
    });
}

/// The base of the score and the three entries that add the most to it.
std::string why(Subject& subject, als::User user, als::Item item) {
    if (subject.data() == nullptr || !subject.is_complete()) return "null";
    const auto found = als::explain(subject.model(), (*subject.data())[user], item);
    return json::object({{"score", json::number(found.score)},
                         {"base", json::number(found.base)},
                         {"count", json::number(count_of(found.contributions.size()))},
                         {"first", highest(subject, found.contributions, 3)}});
}

std::string person(Subject& subject, als::User user) {
    const Interactions* data = subject.data();
    als::RecommendOptions how{.count = subject.options().k};
    if (data != nullptr) how.exclude = (*data)[user];
    const List list = als::recommend(subject.model(), user, how);
    List own;
    if (data != nullptr)
        for (const auto [item, value] : (*data)[user]) own.push_back({item, value});
    return json::object({{"name", json::text(subject.name(user))},
                         {"entries", data != nullptr ? json::number(count_of(own.size())) : "null"},
                         {"highest", highest(subject, own, 8)},
                         {"list", json::array(list, [&](const auto& scored) {
                              return json::object({{"item", subject.reference(scored.id)},
                                                   {"score", json::number(double{scored.score})},
                                                   {"why", why(subject, user, scored.id)}});
                          })}});
}

}  // namespace

std::string scores(const Subject& subject) {
    const std::vector<double> any = scores_of(subject, any_pairs(subject));
    const std::vector<double> own = scores_of(subject, pairs_of_data(subject));
    if (any.empty()) return missing("The model knows no user or no item.");
    // Without the outermost, which would press all others together.
    double low = any[any.size() / 500], high = any[any.size() - 1 - any.size() / 500];
    if (!own.empty()) {
        low = std::min(low, own[own.size() / 500]);
        high = std::max(high, own[own.size() - 1 - own.size() / 500]);
    }
    if (!(low < high)) return missing("All scores are " + short_number(low) + ".");
    return json::object({{"low", json::number(low)},
                         {"high", json::number(high)},
                         {"known", histogram(own, low, high)},
                         {"any", histogram(any, low, high)}});
}

std::string lists(Subject& subject) {
    const std::vector<als::User> users = evenly(subject.users_with_history(), most_lists);
    if (users.empty() || subject.items().empty())
        return missing("The model knows no user or no item.");
    const auto& options = subject.options();
    const auto found =
        als::recommend(subject.model(), users,
                       {.count = options.k, .exclude = options.data, .threads = options.threads});
    std::vector<std::int64_t> places(static_cast<std::size_t>(subject.model().item_count()));
    for (const List& list : found)
        for (const auto& scored : list) ++places[at(scored.id)];

    std::vector<als::Item> most = listed_items(subject, places);
    const auto shown = static_cast<double>(most.size());
    most.resize(std::min<std::size_t>(most.size(), 10));
    const auto share = [&](als::Item item) {
        return static_cast<double>(places[at(item)]) / static_cast<double>(users.size());
    };
    if (!most.empty()) warn_about_item(subject, most.front(), share(most.front()));
    return json::object(
        {{"users", json::number(count_of(users.size()))},
         {"k", json::number(options.k)},
         {"coverage", json::number(shown / subject.model().item_count())},
         {"most",
          json::array(most,
                      [&](als::Item item) {
                          return json::array({subject.reference(item), json::number(share(item))});
                      })},
         {"shares", subject.data() != nullptr ? shares(subject, places) : "null"}});
}

std::string people(Subject& subject) {
    std::vector<als::User> users = subject.users_with_history();
    const auto& entries = subject.user_entries();
    if (subject.data() != nullptr)
        std::stable_sort(users.begin(), users.end(),
                         [&](als::User a, als::User b) { return entries[at(a)] < entries[at(b)]; });
    return json::array(evenly(users, most_people),
                       [&](als::User user) { return person(subject, user); });
}

}  // namespace als_report
