// SPDX-License-Identifier: MIT
// The implementation of <als/recommend.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/model.hpp>
#include <als/detail/predict.hpp>
#include <als/detail/rank/ranker.hpp>
#include <als/detail/rank/sorted_ids.hpp>
#include <als/recommend.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {

namespace detail {

template <Real Scalar>
void check_items(std::string_view place, const Model<Scalar>& model, std::span<const Item> items) {
    for (const Item item : items) check_item(place, model, item);
}

/// Checks the options that queries for one user and for many have in common.
template <Real Scalar, typename Options>
void check_options(const std::string& function, const Model<Scalar>& model,
                   const Options& options) {
    check_wanted(function, {options.count, options.minimum_score});
    check_items(function + ": deny", model, options.deny);
    if (options.allow) check_items(function + ": allow", model, *options.allow);
    check_items(function + ": fallback", model, options.fallback);
}

/// A request for one user.
template <Real Scalar>
struct Request {
    Point<Scalar> user;
    SortedIds<Item> exclude, deny;
    std::optional<std::span<const Item>> allow;  ///< the user's own

    [[nodiscard]] bool permits(Item item) const {
        return !exclude.contains(item) && !deny.contains(item);
    }
};

/// Answers requests, singly or together, with the items of `order`.
template <Real Scalar>
class Recommender {
public:
    using List = std::vector<Scored<Item, Scalar>>;

    template <typename Options>
    Recommender(const Model<Scalar>& model, const NormOrder& order, const Options& options)
        : model_(model),
          order_(order),
          wanted_{options.count, options.minimum_score},
          clip_{options.clip},
          fallback_(options.fallback),
          unknown_items_(options.unknown_items),
          ranker_(candidates(order), wanted_, automatic_instruction_set()) {}

    /// allowed(item) says whether `order` has the item.
    template <typename Allowed>
    void answer(std::span<const Request<Scalar>> requests, const Allowed& allowed, List* lists) {
        points_.clear();
        ranked_.clear();
        for (std::size_t r = 0; r < requests.size(); ++r) {
            const Request<Scalar>& request = requests[r];
            lists[r].clear();
            if (!is_known(request.user)) {
                fall_back(request, allowed, lists[r]);
            } else if (request.allow) {
                lists[r] = ranked_among(request, allowed);
            } else {
                points_.push_back(request.user);
                ranked_.push_back(r);
            }
        }
        found_.resize(points_.size());
        ranker_.rank(
            points_, [&](std::size_t q, Item item) { return requests[ranked_[q]].permits(item); },
            found_.data());
        for (std::size_t q = 0; q < ranked_.size(); ++q) lists[ranked_[q]] = std::move(found_[q]);
        if (!clip_.clip) return;
        for (std::size_t r = 0; r < requests.size(); ++r)
            for (auto& [item, score] : lists[r]) score = clipped(model_, score, clip_);
    }

private:
    [[nodiscard]] Candidates<Scalar> candidates(const NormOrder& order) const {
        const Side<Scalar>& items = model_.parts().items;
        return {items.factors, items.biases.size() > 0 ? &items.biases : nullptr, order,
                unknown_items_ ? order.size() : order.known};
    }

    [[nodiscard]] bool is_known(Item item) const {
        const Side<Scalar>& items = model_.parts().items;
        return (items.biases.size() > 0 && items.biases(item.index) != 0) ||
               !is_zero(&items.factors(item.index, 0), model_.factors());
    }

    /// False for a user without history, whose factors are 0, in a model without biases.
    [[nodiscard]] bool is_known(const Point<Scalar>& user) const {
        return model_.item_biases().size() > 0 || !is_zero(user.factors, model_.factors());
    }

    template <typename Allowed>
    void fall_back(const Request<Scalar>& request, const Allowed& allowed, List& list) const {
        const SortedIds<Item> own(request.allow.value_or(std::span<const Item>()));
        for (const Item item : fallback_) {
            if (to_count(list.size()) >= wanted_.count) return;
            if (allowed(item) && request.permits(item) && (!request.allow || own.contains(item)) &&
                std::none_of(list.begin(), list.end(), [&](const auto& x) { return x.id == item; }))
                list.push_back({item, Scalar(0)});
        }
    }

    template <typename Allowed>
    List ranked_among(const Request<Scalar>& request, const Allowed& allowed) const {
        const SortedIds<Item> sorted(*request.allow);
        std::vector<std::int32_t> rows;
        for (const Item item : sorted.ids())
            if (allowed(item) && (unknown_items_ || is_known(item)) &&
                (rows.empty() || rows.back() != item.index))
                rows.push_back(item.index);
        const NormOrder order = order_.of(std::move(rows));
        Ranker<Item, Scalar> ranker(candidates(order), wanted_, automatic_instruction_set());
        List list;
        ranker.rank(
            std::span(&request.user, 1),
            [&](std::size_t, Item item) { return request.permits(item); }, &list);
        return list;
    }

    const Model<Scalar>& model_;
    const NormOrder& order_;
    const Wanted wanted_;
    const PredictOptions clip_;
    const std::span<const Item> fallback_;
    const bool unknown_items_;
    Ranker<Item, Scalar> ranker_;
    std::vector<Point<Scalar>> points_;
    std::vector<std::size_t> ranked_;  // the request of each point of points_
    std::vector<List> found_;
};

template <Real Scalar>
std::vector<Scored<Item, Scalar>> recommend_to(const Model<Scalar>& model,
                                               const Point<Scalar>& user,
                                               const RecommendOptions& options) {
    check_options("als::recommend", model, options);
    check_items("als::recommend: exclude", model, options.exclude);
    Recommender<Scalar> recommender(model, ModelAccess::norm_order<Item>(model), options);
    const Request<Scalar> request{user, SortedIds<Item>(options.exclude),
                                  SortedIds<Item>(options.deny), options.allow};
    std::vector<Scored<Item, Scalar>> list;
    recommender.answer(
        std::span(&request, 1), [](Item) { return true; }, &list);
    return list;
}

/// The items that all users of a batch share: all, or those allowed and not denied.
template <Real Scalar>
class CommonItems {
public:
    CommonItems(const Model<Scalar>& model, const BatchOptions<Scalar>& options)
        : all_(ModelAccess::norm_order<Item>(model)),
          is_all_(!options.allow && options.deny.empty()) {
        if (is_all_) return;
        allowed_.assign(to_size(model.item_count()), !options.allow);
        for (const Item item : options.allow.value_or(std::span<const Item>()))
            allowed_[to_size(item.index)] = true;
        for (const Item item : options.deny) allowed_[to_size(item.index)] = false;
        some_ = all_.filtered(model.item_biases(), allowed_);
    }

    [[nodiscard]] bool allows(Item item) const { return is_all_ || allowed_[to_size(item.index)]; }
    [[nodiscard]] const NormOrder& order() const { return is_all_ ? all_ : some_; }

private:
    const NormOrder& all_;
    bool is_all_;
    std::vector<bool> allowed_;
    NormOrder some_;
};

/// Computes the lists of `count` users from position `first` on. point_at(position) is a user, and
/// excluded_at(position) is that user's row of excluded items.
template <Real Scalar, typename PointAt, typename ExcludedAt>
void recommend_to_many(const std::string& function, const Model<Scalar>& model,
                       const CommonItems<Scalar>& items, const BatchOptions<Scalar>& options,
                       std::int64_t first, std::int64_t count, const PointAt& point_at,
                       const ExcludedAt& excluded_at, std::vector<Scored<Item, Scalar>>* lists) {
    const Workers workers{thread_count(options.threads)};
    const std::int64_t together = queries_together(
        count, workers.threads, Ranker<Item, Scalar>::queries_at_a_time(options.count));
    parallel_for(
        (count + together - 1) / together, 1, workers,
        [&] { return Recommender<Scalar>(model, items.order(), options); },
        [&](Recommender<Scalar>& recommender, std::int64_t block) {
            std::vector<Request<Scalar>> requests;
            const std::int64_t end = std::min(count, (block + 1) * together);
            requests.reserve(to_size(end - block * together));
            for (std::int64_t n = block * together; n < end; ++n) {
                const auto position = to_size(first + n);
                ItemLists own;
                if (options.own_lists) own = options.own_lists(position);
                check_items(function + ": own_lists: deny", model, own.deny);
                if (own.allow) check_items(function + ": own_lists: allow", model, *own.allow);
                const std::span<const Item> excluded =
                    options.exclude != nullptr ? excluded_at(position) : std::span<const Item>();
                requests.push_back({point_at(position), SortedIds<Item>(excluded),
                                    SortedIds<Item>(own.deny), own.allow});
            }
            recommender.answer(
                requests, [&](Item item) { return items.allows(item); }, lists + block * together);
        });
}

template <Real Scalar>
void check_batch_options(const std::string& function, const Model<Scalar>& model,
                         const BatchOptions<Scalar>& options) {
    check_options(function, model, options);
    check_threads("als::BatchOptions::threads", options.threads);
    check_range("als::BatchOptions::block_users", static_cast<double>(options.block_users), 1);
}

/// The implementation of `recommend_everyone`.
template <Real Scalar>
void recommend_by_blocks(const Model<Scalar>& model, const BatchOptions<Scalar>& options,
                         const TakeList<Scalar>& take) {
    const std::string function = "als::recommend_everyone";
    check_batch_options(function, model, options);
    if (options.exclude != nullptr) check_fits(function + ": exclude", *options.exclude, model);

    const CommonItems<Scalar> items(model, options);
    const auto user_at = [](std::size_t n) { return User{to_int32(n)}; };
    std::vector<std::vector<Scored<Item, Scalar>>> lists;
    for (std::int64_t first = 0; first < model.user_count(); first += options.block_users) {
        const std::int64_t count = std::min(options.block_users, model.user_count() - first);
        lists.resize(to_size(count));
        recommend_to_many(
            function, model, items, options, first, count,
            [&](std::size_t n) { return point_of(model, user_at(n)); },
            [&](std::size_t n) { return (*options.exclude)[user_at(n)].ids(); }, lists.data());
        for (std::size_t n = 0; n < lists.size(); ++n)
            take(user_at(to_size(first) + n), std::span<const Scored<Item, Scalar>>(lists[n]));
    }
}

}  // namespace detail

template <Real Scalar>
std::vector<Scored<Item, Scalar>> recommend(const Model<Scalar>& model, User user,
                                            const RecommendOptions& options) {
    detail::check_user("als::recommend", model, user);
    return detail::recommend_to(model, detail::point_of(model, user), options);
}

template <Real Scalar>
std::vector<Scored<Item, Scalar>> recommend(const Model<Scalar>& model,
                                            const FoldedIn<User, Scalar>& user,
                                            const RecommendOptions& options) {
    return detail::recommend_to(model, detail::checked_point("als::recommend", model, user),
                                options);
}

template <Real Scalar>
std::vector<std::vector<Scored<Item, Scalar>>> recommend(
    const Model<Scalar>& model, std::type_identity_t<std::span<const User>> users,
    const BatchOptions<Scalar>& options) {
    detail::check_batch_options("als::recommend", model, options);
    for (const User user : users) detail::check_user("als::recommend", model, user);
    if (options.exclude != nullptr)
        detail::check_fits("als::recommend: exclude", *options.exclude, model);

    std::vector<std::vector<Scored<Item, Scalar>>> lists(users.size());
    const detail::CommonItems<Scalar> items(model, options);
    detail::recommend_to_many(
        "als::recommend", model, items, options, 0, detail::to_count(users.size()),
        [&](std::size_t n) { return detail::point_of(model, users[n]); },
        [&](std::size_t n) { return (*options.exclude)[users[n]].ids(); }, lists.data());
    return lists;
}

template <Real Scalar>
std::vector<std::vector<Scored<Item, Scalar>>> recommend(
    const Model<Scalar>& model, std::type_identity_t<std::span<const FoldedIn<User, Scalar>>> users,
    const BatchOptions<Scalar>& options) {
    detail::check_batch_options("als::recommend", model, options);
    const auto count = detail::to_count(users.size());
    for (const auto& user : users) detail::checked_point("als::recommend", model, user);
    if (options.exclude != nullptr)
        detail::check_same_ids("als::recommend: exclude", "interactions",
                               detail::InteractionsAccess::origin(*options.exclude), "model",
                               detail::ModelAccess::origin(model), detail::OnSides::items);
    if (options.exclude != nullptr && (options.exclude->user_count() != count ||
                                       options.exclude->item_count() != model.item_count()))
        throw InputError(detail::message(
            "als::recommend: exclude: the interactions have ", options.exclude->user_count(),
            " users and ", options.exclude->item_count(), " items; there are ", count,
            " folded-in users, and the model has ", model.item_count(), " items"));

    std::vector<std::vector<Scored<Item, Scalar>>> lists(users.size());
    const detail::CommonItems<Scalar> items(model, options);
    detail::recommend_to_many(
        "als::recommend", model, items, options, 0, count,
        [&](std::size_t n) { return detail::checked_point("als::recommend", model, users[n]); },
        [&](std::size_t n) { return (*options.exclude)[User{detail::to_int32(n)}].ids(); },
        lists.data());
    return lists;
}

template <Real Scalar>
std::vector<Item> popular_items(const Interactions<Scalar>& interactions) {
    std::vector<Item> items;
    items.reserve(detail::to_size(interactions.item_count()));
    for (std::int32_t i = 0; i < interactions.item_count(); ++i) items.push_back(Item{i});
    std::stable_sort(items.begin(), items.end(), [&](Item a, Item b) {
        return interactions[a].size() > interactions[b].size();
    });
    return items;
}

}  // inline namespace
}  // namespace als
