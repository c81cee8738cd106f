// SPDX-License-Identifier: MIT
#include "subject.hpp"

#include "json.hpp"
#include "texts.hpp"
#include <als/error.hpp>

#include <algorithm>
#include <concepts>
#include <iterator>
#include <variant>

namespace als_report {
namespace {

constexpr std::size_t most_items = 100'000;

template <als::Id Index>
std::vector<std::int64_t> entries_of(const Interactions& data) {
    const std::int32_t count =
        std::same_as<Index, als::User> ? data.user_count() : data.item_count();
    std::vector<std::int64_t> entries;
    for (std::int32_t i = 0; i < count; ++i) entries.push_back(data[Index{i}].size());
    return entries;
}

/// Those of whom the model knows something: their factors and biases are not all 0.
template <als::Id Index>
std::vector<Index> known(const als::Side<float>& side) {
    std::vector<Index> ids;
    for (std::int32_t i = 0; i < side.factors.rows(); ++i)
        if (!side.factors.row(i).isZero(0) || (side.biases.size() > 0 && side.biases(i) != 0))
            ids.push_back({i});
    return ids;
}

[[noreturn]] void refuse(const std::string& what) { throw als::InputError("report: " + what); }

}  // namespace

Subject::Subject(const Model& model, const Options& options) : model_(model), options_(options) {
    check();
    if (data() != nullptr) {
        user_entries_ = entries_of<als::User>(*data());
        item_entries_ = entries_of<als::Item>(*data());
    }
    known_users_ = known<als::User>(model_.parts().users);
    put_items_in_order();
}

void Subject::check() const {
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
    if (options_.k < 1) refuse("k = " + std::to_string(options_.k) + "; expected at least 1");
}

void Subject::put_items_in_order() {
    items_ = known<als::Item>(model_.parts().items);
    known_items_ = count_of(items_.size());
    const auto importance = [&](als::Item item) {
        return data() != nullptr
                   ? static_cast<double>(item_entries_[at(item)])
                   : static_cast<double>(model_.item_factors().row(item.index).norm());
    };
    std::stable_sort(items_.begin(), items_.end(),
                     [&](als::Item a, als::Item b) { return importance(a) > importance(b); });
    items_.resize(std::min(items_.size(), most_items));
    places_.assign(static_cast<std::size_t>(model_.item_count()), -1);
    for (std::size_t i = 0; i < items_.size(); ++i) places_[at(items_[i])] = count_of(i);
    is_referred_to_.assign(items_.size(), false);
}

std::vector<als::User> Subject::users_with_history() const {
    if (data() == nullptr) return known_users_;
    std::vector<als::User> users;
    std::copy_if(known_users_.begin(), known_users_.end(), std::back_inserter(users),
                 [&](als::User user) { return user_entries_[at(user)] > 0; });
    return users;
}

bool Subject::is_complete() const {
    const auto* implicit = std::get_if<als::Implicit>(&model_.objective());
    return (implicit == nullptr || implicit->alpha) &&
           std::visit([](const auto& objective) { return objective.regularization.has_value(); },
                      model_.objective());
}

als::Training Subject::training() const {
    als::Training training = options_.training.value_or(als::Training{});
    training.factors = model_.factors();
    training.threads = options_.threads;
    training.observer = {};
    return training;
}

std::string Subject::name(als::Item item) const {
    return options_.item_name ? shortened(options_.item_name(item))
                              : "item " + std::to_string(item.index);
}

std::string Subject::name(als::User user) const {
    return options_.user_name ? shortened(options_.user_name(user))
                              : "user " + std::to_string(user.index);
}

std::string Subject::reference(als::Item item) {
    const std::int64_t place = place_of(item);
    if (place < 0) return json::text(name(item));
    is_referred_to_[static_cast<std::size_t>(place)] = true;
    return json::number(place);
}

void Subject::warn(std::string_view id, std::string_view what, std::string_view remedy) {
    warnings_.push_back(json::object(
        {{"id", json::text(id)}, {"what", json::text(what)}, {"remedy", json::text(remedy)}}));
}

std::string Subject::warnings() const {
    return json::array(warnings_, [](const std::string& one) { return one; });
}

}  // namespace als_report
