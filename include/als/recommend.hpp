// SPDX-License-Identifier: MIT
// `recommend`: the best items for a user of the model, for a folded-in one, for many users, and for
// everyone.
#pragma once

#include <als/detail/parallel.hpp>
#include <als/detail/top_k.hpp>
#include <als/predict.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als::inline ALS_ABI {

/// Options of `recommend` for one user. Lists of items may be in any order and are only looked at
/// during the call.
struct RecommendOptions {
    /// Number of items wanted, >= 0.
    std::int64_t count = 10;

    /// Items that must not appear: a user's row of the training data, or a `History`.
    std::span<const Item> exclude = {};

    /// More items that must not appear: not in stock, blocked by the user.
    std::span<const Item> deny = {};

    /// Only these items may appear, less those excluded and denied; not given: all. An empty list
    /// allows none.
    std::optional<std::span<const Item>> allow = std::nullopt;

    /// Only items with this score or more appear; not NaN.
    double minimum_score = -std::numeric_limits<double>::infinity();

    /// Clip the scores of explicit models to the range of the training ratings. The order stays
    /// that of the scores before, as does what `minimum_score` is compared with.
    bool clip = false;

    /// What is recommended to a user of whom the model knows nothing, in this order, less what may
    /// not appear, whatever `minimum_score` says; the most popular items, for example (see
    /// `popular_items`). Such a user gets an empty list otherwise.
    std::span<const Item> fallback = {};
};

/// The lists of one of many users.
struct ItemLists {
    /// As `RecommendOptions::deny`.
    std::span<const Item> deny = {};

    /// As `RecommendOptions::allow`.
    std::optional<std::span<const Item>> allow = std::nullopt;
};

/// Options of `recommend` for many users and of `recommend_everyone`.
template <Real Scalar>
struct BatchOptions {
    /// Number of items wanted for each user, >= 0.
    std::int64_t count = 10;

    /// Interactions whose items must not appear for their users (the training data), or null. For
    /// folded-in users: row n is that of the n-th.
    const Interactions<Scalar>* exclude = nullptr;

    /// As in `RecommendOptions`, for all users.
    std::span<const Item> deny = {};

    /// As in `RecommendOptions`, for all users.
    std::optional<std::span<const Item>> allow = std::nullopt;

    /// Each user's own lists, beside the common ones: called with the position in the users asked
    /// for (`recommend_everyone`: the user's index), from several threads at once. What it answers
    /// has to stay valid during the call.
    std::function<ItemLists(std::size_t)> own_lists = {};

    /// As in `RecommendOptions`.
    double minimum_score = -std::numeric_limits<double>::infinity();

    /// As in `RecommendOptions`.
    bool clip = false;

    /// As in `RecommendOptions`.
    std::span<const Item> fallback = {};

    /// Users of `recommend_everyone` whose lists are held at a time, >= 1: about 8 count (16 for
    /// double) bytes each. Raising it beyond some thousands for each thread gains nothing.
    std::int64_t block_users = 16384;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

namespace detail {

template <Real Scalar>
void check_items(std::string_view place, const Model<Scalar>& model, std::span<const Item> items) {
    for (const Item item : items) check_item(place, model, item);
}

/// Checks what the options of one user and of many have in common.
template <Real Scalar, typename Options>
void check_options(const std::string& function, const Model<Scalar>& model,
                   const Options& options) {
    check_wanted(function, {options.count, options.minimum_score});
    check_items(function + ": deny", model, options.deny);
    if (options.allow) check_items(function + ": allow", model, *options.allow);
    check_items(function + ": fallback", model, options.fallback);
}

/// One user to recommend to.
template <Real Scalar>
struct Request {
    Point<Scalar> user;
    SortedIds<Item> exclude, deny;
    std::optional<std::span<const Item>> allow;  ///< the user's own

    [[nodiscard]] bool permits(Item item) const {
        return !exclude.contains(item) && !deny.contains(item);
    }
};

/// Answers requests one after the other, or some together, with the items of `order`.
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
          ranker_(candidates(order), wanted_, automatic_instruction_set()) {}

    /// allowed(item) says which items `order` has.
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
        const Side<Scalar>& items = model_.parameters().items;
        return {items.factors, items.biases.size() > 0 ? &items.biases : nullptr, order,
                order.size()};
    }

    /// A model without biases knows nothing of a user without history, whose factors are 0.
    [[nodiscard]] bool is_known(const Point<Scalar>& user) const {
        return model_.item_biases().size() > 0 || !is_zero(user.factors, model_.factors());
    }

    template <typename Allowed>
    void fall_back(const Request<Scalar>& request, const Allowed& allowed, List& list) const {
        const SortedIds<Item> own(request.allow.value_or(std::span<const Item>()));
        for (const Item item : fallback_) {
            if (static_cast<std::int64_t>(list.size()) >= wanted_.count) return;
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
            if (allowed(item) && (rows.empty() || rows.back() != item.index))
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
    Ranker<Item, Scalar> ranker_;
    std::vector<Point<Scalar>> points_;
    std::vector<std::size_t> ranked_;  // the requests of points_
    std::vector<List> found_;
};

template <Real Scalar>
std::vector<Scored<Item, Scalar>> recommend_to(const Model<Scalar>& model,
                                               const Point<Scalar>& user,
                                               const RecommendOptions& options) {
    check_options("als::recommend", model, options);
    check_items("als::recommend: exclude", model, options.exclude);
    Recommender<Scalar> recommender(model, model.template norm_order<Item>(), options);
    const Request<Scalar> request{user, SortedIds<Item>(options.exclude),
                                  SortedIds<Item>(options.deny), options.allow};
    std::vector<Scored<Item, Scalar>> list;
    recommender.answer(
        std::span(&request, 1), [](Item) { return true; }, &list);
    return list;
}

/// The items that many users have in common: all, or those allowed and not denied.
template <Real Scalar>
class CommonItems {
public:
    CommonItems(const Model<Scalar>& model, const BatchOptions<Scalar>& options)
        : all_(model.template norm_order<Item>()), is_all_(!options.allow && options.deny.empty()) {
        if (is_all_) return;
        allowed_.assign(static_cast<std::size_t>(model.item_count()), !options.allow);
        for (const Item item : options.allow.value_or(std::span<const Item>()))
            allowed_[static_cast<std::size_t>(item.index)] = true;
        for (const Item item : options.deny) allowed_[static_cast<std::size_t>(item.index)] = false;
        some_ = all_.filtered(model.item_biases(), [&](std::int32_t row) {
            return allowed_[static_cast<std::size_t>(row)];
        });
    }

    [[nodiscard]] bool allows(Item item) const {
        return is_all_ || allowed_[static_cast<std::size_t>(item.index)];
    }
    [[nodiscard]] const NormOrder& order() const { return is_all_ ? all_ : some_; }

private:
    const NormOrder& all_;
    bool is_all_;
    std::vector<bool> allowed_;
    NormOrder some_;
};

/// The lists of `count` users from position `first` on; point_at(position) is a user, and
/// excluded_at(position) that user's row of what is excluded.
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
            requests.reserve(static_cast<std::size_t>(end - block * together));
            for (std::int64_t n = block * together; n < end; ++n) {
                const auto position = static_cast<std::size_t>(first + n);
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
    check_range("als::BatchOptions::threads", options.threads, 0, unbounded);
    check_range("als::BatchOptions::block_users", static_cast<double>(options.block_users), 1,
                unbounded);
}

}  // namespace detail

/// The items with the highest scores (see `predict`) for a user, score descending, then index
/// ascending: exactly the list that scoring and sorting all items would give.
///
/// Items that are excluded, denied or not allowed never appear, nor does a score that is not
/// finite; where fewer candidates than `count` are left, the list is shorter. Explicit models rank
/// by the predicted rating, biases included. Of a user without history an explicit model with
/// biases says mean + item bias; any other knows nothing: the list is empty, or `fallback`.
///
/// Throws `InputError` for an index out of range, a negative count and a minimum that is not a
/// number. Cost: O(items k) at most; it ends where no further item can be among the best. Starts no
/// threads.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> recommend(const Model<Scalar>& model, User user,
                                                          const RecommendOptions& options = {}) {
    detail::check_user("als::recommend", model, user);
    return detail::recommend_to(model, detail::point_of(model, user), options);
}

/// The same for a folded-in user.
template <Real Scalar>
[[nodiscard]] std::vector<Scored<Item, Scalar>> recommend(const Model<Scalar>& model,
                                                          const FoldedIn<User, Scalar>& user,
                                                          const RecommendOptions& options = {}) {
    return detail::recommend_to(model, detail::checked_point("als::recommend", model, user),
                                options);
}

/// The same for many users, in parallel: one list for each, in their order.
///
///     als::recommend(model, users, {.count = 10, .exclude = &train});
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<Item, Scalar>>> recommend(
    const Model<Scalar>& model, std::type_identity_t<std::span<const User>> users,
    const BatchOptions<Scalar>& options = {}) {
    detail::check_batch_options("als::recommend", model, options);
    for (const User user : users) detail::check_user("als::recommend", model, user);
    if (options.exclude != nullptr)
        detail::check_fits("als::recommend: exclude", *options.exclude, model);

    std::vector<std::vector<Scored<Item, Scalar>>> lists(users.size());
    const detail::CommonItems<Scalar> items(model, options);
    detail::recommend_to_many(
        "als::recommend", model, items, options, 0, static_cast<std::int64_t>(users.size()),
        [&](std::size_t n) { return detail::point_of(model, users[n]); },
        [&](std::size_t n) { return (*options.exclude)[users[n]].ids(); }, lists.data());
    return lists;
}

/// The same for many folded-in users; row n of `exclude` is that of the n-th.
template <Real Scalar>
[[nodiscard]] std::vector<std::vector<Scored<Item, Scalar>>> recommend(
    const Model<Scalar>& model, std::type_identity_t<std::span<const FoldedIn<User, Scalar>>> users,
    const BatchOptions<Scalar>& options = {}) {
    detail::check_batch_options("als::recommend", model, options);
    const auto count = static_cast<std::int64_t>(users.size());
    for (const auto& user : users) detail::checked_point("als::recommend", model, user);
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
        [&](std::size_t n) { return (*options.exclude)[User{static_cast<std::int32_t>(n)}].ids(); },
        lists.data());
    return lists;
}

/// Recommends to every user of the model and hands each list to `take(User,
/// std::span<const Scored<Item, Scalar>>)`, users ascending, in the calling thread.
///
///     als::recommend_everyone(model, {.count = 10, .exclude = &train},
///                             [&](als::User user, auto items) { write(user, items); });
///
/// The lists of `block_users` users are computed at a time, in parallel: memory does not grow with
/// the number of users. An exception from `take` ends it and is thrown to the caller. Otherwise as
/// `recommend`.
template <Real Scalar, typename Take>
void recommend_everyone(const Model<Scalar>& model, const BatchOptions<Scalar>& options,
                        const Take& take) {
    static_assert(
        std::is_invocable_v<const Take&, User, std::span<const Scored<Item, Scalar>>>,
        "als::recommend_everyone calls take(als::User, std::span<const als::Scored<als::Item, "
        "Scalar>>) for each user: write [&](als::User user, auto items) { ... }");
    const std::string function = "als::recommend_everyone";
    detail::check_batch_options(function, model, options);
    if (options.exclude != nullptr)
        detail::check_fits(function + ": exclude", *options.exclude, model);

    const detail::CommonItems<Scalar> items(model, options);
    const auto user_at = [](std::size_t n) { return User{static_cast<std::int32_t>(n)}; };
    std::vector<std::vector<Scored<Item, Scalar>>> lists;
    for (std::int64_t first = 0; first < model.user_count(); first += options.block_users) {
        const std::int64_t count = std::min(options.block_users, model.user_count() - first);
        lists.resize(static_cast<std::size_t>(count));
        detail::recommend_to_many(
            function, model, items, options, first, count,
            [&](std::size_t n) { return detail::point_of(model, user_at(n)); },
            [&](std::size_t n) { return (*options.exclude)[user_at(n)].ids(); }, lists.data());
        for (std::size_t n = 0; n < lists.size(); ++n)
            take(user_at(static_cast<std::size_t>(first) + n),
                 std::span<const Scored<Item, Scalar>>(lists[n]));
    }
}

/// All items by their number of users, descending, then by index: what to recommend to somebody of
/// whom nothing is known (`RecommendOptions::fallback`), and the simplest model to compare with.
/// Stored zeros count. Cost: O(items log items).
template <Real Scalar>
[[nodiscard]] std::vector<Item> popular_items(const Interactions<Scalar>& interactions) {
    std::vector<Item> items;
    items.reserve(static_cast<std::size_t>(interactions.item_count()));
    for (std::int32_t i = 0; i < interactions.item_count(); ++i) items.push_back(Item{i});
    std::stable_sort(items.begin(), items.end(), [&](Item a, Item b) {
        return interactions[a].size() > interactions[b].size();
    });
    return items;
}

}  // namespace als::inline ALS_ABI
