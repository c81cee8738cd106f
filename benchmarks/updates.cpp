// SPDX-License-Identifier: MIT
// What does `als::update` cost, and what is it worth?
//
//     updates speed [USERS ITEMS FACTORS]   times for a thousand changed rows of each side
//     updates FOLDER [HOURS] [WEEKS]        lists for the events of each step of HOURS, by the
//                                           model of the steps before, on MovieLens 100K
//                                           (ml-100k/u.data)
#include "public_data.hpp"
#include <als/als.hpp>

#include <chrono>
#include <cmath>
#include <functional>
#include <iomanip>
#include <iostream>

namespace {

using als::ChangedRows;
using als::Entry;
using als::Interactions;
using als::Item;
using als::Model;
using als::User;

double seconds_of(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print_ms(const char* what, double seconds) {
    std::cout << std::left << std::setw(52) << what << std::right << std::fixed
              << std::setprecision(1) << std::setw(9) << 1e3 * seconds << " ms\n";
}

// --------------------------------------------------------------------------------------- speed

als::FactorMatrix<float> numbers(std::int64_t rows, int factors) {
    als::FactorMatrix<float> matrix(rows, factors);
    std::uint32_t state = 1;
    for (Eigen::Index n = 0; n < matrix.size(); ++n) {
        state = state * 1664525U + 1013904223U;
        matrix.data()[n] = static_cast<float>(state >> 8) / 16777216.0F - 0.4F;
    }
    return matrix;
}

/// Makes the complete rows of `count` users and `count` items, 40 entries each.
Interactions<float> rows_of(std::int32_t count, std::int32_t users, std::int32_t items,
                            ChangedRows& changed) {
    std::vector<Entry<float>> entries;
    for (std::int32_t n = 0; n < count; ++n) {
        const User user{users / count * n};
        const Item item{items / count * n};
        changed.users.push_back(user);
        changed.items.push_back(item);
        for (std::int32_t j = 0; j < 40; ++j) {
            entries.push_back({user, Item{(n * 7919 + j * 104729) % items}, 1});
            entries.push_back({User{(n * 7919 + j * 104729) % users}, item, 1});
        }
    }
    return {users, items, entries, {.duplicates = als::Duplicates::last}};
}

void measure_speed(std::int32_t users, std::int32_t items, int factors) {
    std::cout << users << " users, " << items << " items, " << factors << " factors\n";
    als::ModelParts<float> parts;
    parts.users.factors = numbers(users, factors);
    parts.items.factors = numbers(items, factors);
    for (const als::AnyObjective& objective :
         {als::AnyObjective(als::Implicit{.alpha = 1, .regularization = 1}),
          als::AnyObjective(als::Explicit{.regularization = 0.1, .biases = false})}) {
        std::cout << (objective.index() == 0 ? "\nImplicit\n" : "\nExplicit, no biases\n");
        print_ms("a copy of all factors, one thread", seconds_of([&] {
                     const als::ModelParts<float> copy = parts;
                     if (copy.mean != 0) std::abort();
                 }));
        std::optional<Model<float>> model;
        print_ms("a model of them (checks, norms), copy included",
                 seconds_of([&] { model.emplace(parts, objective); }));
        ChangedRows changed;
        std::optional<Interactions<float>> fresh;
        print_ms("interactions of the changed rows alone",
                 seconds_of([&] { fresh.emplace(rows_of(1000, users, items, changed)); }));
        print_ms("first update, 1000 users and 1000 items",
                 seconds_of([&] { model = als::update(*model, *fresh, changed); }));
        for (const bool in_place : {false, true}) {
            const auto show = [&](const char* what, const ChangedRows& rows, int threads) {
                const als::UpdateOptions options{.threads = threads};
                std::vector<double> times;
                for (int n = 0; n < 5; ++n)
                    times.push_back(seconds_of([&] {
                        model = in_place ? als::update(*std::move(model), *fresh, rows, options)
                                         : als::update(*model, *fresh, rows, options);
                    }));
                std::sort(times.begin(), times.end());
                print_ms(what, times[2]);
            };
            std::cout << (in_place ? "in place (medians of 5):\n"
                                   : "with a copy (medians of 5):\n");
            show("  update, 1000 users and 1000 items", changed, 0);
            show("  the same, one thread", changed, 1);
            show("  update, 1000 users", {changed.users, {}}, 0);
            show("  update, 1000 items", {{}, changed.items}, 0);
            show("  update, 1 user", {{changed.users[500]}, {}}, 0);
        }
    }
}

// ------------------------------------------------------------------------------------- quality

struct Event {
    Entry<float> entry;
    std::int64_t time;
};

std::vector<Event> events_of(const std::filesystem::path& folder) {
    std::istringstream lines(public_data::text_of(folder / "ml-100k" / "u.data"));
    std::vector<Event> events;
    Event event;
    while (lines >> event.entry.user.index >> event.entry.item.index >> event.entry.value >>
           event.time) {
        event.entry.value = 1;  // pairs
        events.push_back(event);
    }
    std::stable_sort(events.begin(), events.end(),
                     [](const Event& a, const Event& b) { return a.time < b.time; });
    return events;
}

/// A way to keep a model up to date.
struct Way {
    const char* name;
    std::function<Model<float>(const Model<float>&, const Interactions<float>&, const ChangedRows&)>
        next;
    double recall = 0, seconds = 0;
    std::vector<double> ndcg = {};  // one for each list
};

/// The mean, and its standard error.
std::pair<double, double> mean_of(const std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    double sum = 0;
    double squares = 0;
    for (const double value : values) sum += value;
    for (const double value : values) squares += std::pow(value - sum / count, 2);
    return {sum / count, std::sqrt(squares / count / (count - 1))};
}

void measure_quality(const std::filesystem::path& folder, int hours, int weeks) {
    const std::vector<Event> events = events_of(folder);
    const std::int64_t step = std::int64_t{3600} * hours;
    const std::int64_t end = events.back().time / 86400 * 86400 - 7 * 86400;
    const std::int64_t start = end - std::int64_t{7 * 86400} * weeks;
    const auto between = [&](std::int64_t from, std::int64_t to) {
        std::vector<Entry<float>> some;
        for (const Event& event : events)
            if (event.time >= from && event.time < to) some.push_back(event.entry);
        return some;
    };
    const auto as_data = [](const std::vector<Entry<float>>& entries) {
        return Interactions<float>(944, 1683, entries);
    };
    const als::Training training{.factors = 32, .threads = 1};
    const Interactions<float> before = as_data(between(0, start));
    const Model<float> trained = als::fit(before, als::Implicit{}, training);
    const auto objective = std::get<als::Implicit>(trained.objective());
    const auto from = [&](const Model<float>& model, const Interactions<float>& data) {
        als::Training once = training;
        once.iterations = 1;
        return als::fit(data, objective, once, model);
    };
    std::vector<Way> ways{
        {"no update", [](const auto& model, const auto&, const auto&) { return model; }},
        {"update, users",
         [](const auto& model, const auto& data, const auto& changed) {
             return als::update(model, data, {.users = changed.users}, {.threads = 1});
         }},
        {"update, users and items",
         [](const auto& model, const auto& data, const auto& changed) {
             return als::update(model, data, changed, {.threads = 1});
         }},
        {"update, touched too",
         [](const auto& model, const auto& data, const auto& changed) {
             return als::update(model, data, changed, {.touched = true, .threads = 1});
         }},
        {"an iteration of fit",
         [&](const auto& model, const auto& data, const auto&) { return from(model, data); }},
        {"trained anew", [&](const auto&, const auto& data, const auto&) {
             return als::fit(data, objective, training);
         }}};
    std::vector<Model<float>> models(ways.size(), trained);
    std::int64_t judged = 0;
    std::int64_t steps = 0;
    std::int64_t count = 0;
    for (std::int64_t now = start; now < end; now += step) {
        const std::vector<Entry<float>> fresh = between(now, now + step);
        if (fresh.empty()) continue;
        ++steps;
        count += static_cast<std::int64_t>(fresh.size());
        const Interactions<float> known = as_data(between(0, now));
        const Interactions<float> next = as_data(between(0, now + step));
        const Interactions<float> test = as_data(fresh);
        ChangedRows changed;
        for (const auto& [user, item, value] : fresh) {
            changed.users.push_back(user);
            changed.items.push_back(item);
        }
        for (std::size_t n = 0; n < ways.size(); ++n) {
            const als::Evaluation found =
                als::evaluate(models[n], test, {.k = 20, .exclude = &known, .threads = 1});
            if (n == 0) judged += static_cast<std::int64_t>(found.users.size());
            for (const double value : found.recall.values) ways[n].recall += value;
            ways[n].ndcg.insert(ways[n].ndcg.end(), found.ndcg.values.begin(),
                                found.ndcg.values.end());
            ways[n].seconds +=
                seconds_of([&] { models[n] = ways[n].next(models[n], next, changed); });
        }
    }
    std::cout << before.size() << " events before, " << count << " in " << steps << " steps of "
              << hours << " hours, " << judged << " lists judged\n"
              << "| model | Recall@20 | NDCG@20 | more than by `update` of users and items | ms a "
                 "step |\n|---|---|---|---|---|\n";
    for (const Way& way : ways) {
        const auto [ndcg, error] = mean_of(way.ndcg);
        std::vector<double> more = way.ndcg;
        for (std::size_t n = 0; n < more.size(); ++n) more[n] -= ways[2].ndcg[n];
        const auto [difference, error_of_difference] = mean_of(more);
        std::cout << "| " << way.name << std::fixed << std::setprecision(4) << " | "
                  << way.recall / static_cast<double>(judged) << " | " << ndcg << " +- " << error
                  << " | " << difference << " +- " << error_of_difference << std::setprecision(1)
                  << " | " << 1e3 * way.seconds / static_cast<double>(steps) << " |\n";
    }
}

}  // namespace

int main(int count, char** arguments) try {
    const auto number = [&](int place, int otherwise) {
        return place < count ? std::atoi(arguments[place]) : otherwise;
    };
    if (count < 2)
        throw als::InputError("updates speed [USERS ITEMS FACTORS] | FOLDER [HOURS] [WEEKS]");
    if (std::string(arguments[1]) == "speed")
        measure_speed(number(2, 1000000), number(3, 100000), number(4, 64));
    else
        measure_quality(arguments[1], number(2, 24), number(3, 1));
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
