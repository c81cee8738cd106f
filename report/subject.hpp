// SPDX-License-Identifier: MIT
// `Subject`: what the page is about, and what its panels share: the order and the names of the
// items, and the warnings so far.
#pragma once

#include "report.hpp"
#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/training.hpp>
#include <als/types.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace als_report {

using Interactions = als::Interactions<float>;
using Model = als::Model<float>;
using List = std::vector<als::Scored<als::Item, float>>;

template <als::Id Index>
[[nodiscard]] std::size_t at(Index id) {
    return static_cast<std::size_t>(id.index);
}

[[nodiscard]] inline std::int64_t count_of(std::size_t size) {
    return static_cast<std::int64_t>(size);
}

/// `wanted` of the elements, at least 2, or all; the first and the last among them, with equal
/// steps between.
template <typename T>
[[nodiscard]] std::vector<T> evenly(const std::vector<T>& all, std::size_t wanted) {
    if (all.size() <= wanted) return all;
    std::vector<T> some;
    for (std::size_t i = 0; i < wanted; ++i)
        some.push_back(all[i * (all.size() - 1) / (wanted - 1)]);
    return some;
}

/// A model and what is known besides. Model and options have to outlive it.
class Subject {
public:
    /// Throws `als::InputError` if the options do not fit the model.
    Subject(const Model& model, const Options& options);

    [[nodiscard]] const Model& model() const { return model_; }
    [[nodiscard]] const Options& options() const { return options_; }

    /// What the model was trained on, or null.
    [[nodiscard]] const Interactions* data() const { return options_.data; }

    /// Entries of each user and item; empty without data.
    [[nodiscard]] const std::vector<std::int64_t>& user_entries() const { return user_entries_; }
    [[nodiscard]] const std::vector<std::int64_t>& item_entries() const { return item_entries_; }

    /// Users of whom the model knows something, ascending.
    [[nodiscard]] const std::vector<als::User>& known_users() const { return known_users_; }

    /// Those of them that have entries; without data all of them.
    [[nodiscard]] std::vector<als::User> users_with_history() const;

    /// Number of items of which the model knows something.
    [[nodiscard]] std::int64_t known_items() const { return known_items_; }

    /// The items of the map: those that the model knows, most popular first (without data: longest
    /// factors first), 100,000 at most.
    [[nodiscard]] const std::vector<als::Item>& items() const { return items_; }

    /// An item's place among them, or -1.
    [[nodiscard]] std::int64_t place_of(als::Item item) const { return places_[at(item)]; }

    /// Whether the model says all that its training minimised, which models from elsewhere may not.
    [[nodiscard]] bool is_complete() const;

    /// How a model like this is trained.
    [[nodiscard]] als::Training training() const;

    [[nodiscard]] std::string name(als::Item item) const;
    [[nodiscard]] std::string name(als::User user) const;

    /// An item in JSON: its place on the map, or its name if it has none. The map names every item
    /// that was referred to.
    [[nodiscard]] std::string reference(als::Item item);
    [[nodiscard]] bool is_referred_to(std::size_t place) const { return is_referred_to_[place]; }

    /// Adds a warning: what was found, and what to do.
    void warn(std::string_view id, std::string_view what, std::string_view remedy);

    /// All warnings, in JSON.
    [[nodiscard]] std::string warnings() const;

private:
    void check() const;
    void put_items_in_order();

    const Model& model_;
    const Options& options_;
    std::vector<std::int64_t> user_entries_, item_entries_;
    std::vector<als::User> known_users_;
    std::int64_t known_items_ = 0;
    std::vector<als::Item> items_;
    std::vector<std::int64_t> places_;
    std::vector<bool> is_referred_to_;
    std::vector<std::string> warnings_;
};

}  // namespace als_report
