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
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {

namespace detail {

template <Id Index, Real Scalar>
void check_ids(std::string_view place, const Model<Scalar>& model, std::span<const Index> ids) {
    for (const Index id : ids) check_id(place, model, id);
}

/// What the options for one list and for many lists have in common, for lists of items and of
/// users.
template <Id Listed>
struct ListOptions {
    Wanted wanted;
    std::span<const Listed> deny;
    std::optional<std::span<const Listed>> allow;
    PredictOptions clip;
    std::span<const Listed> fallback;
    bool unknown;  ///< whether ids that the model knows nothing of may appear
};

/// The options for many lists.
template <Id Listed, Real Scalar>
struct ManyOptions {
    ListOptions<Listed> list;
    const Interactions<Scalar>* exclude;
    const std::function<OwnLists<Listed>(std::size_t)>& own_lists;
    std::int64_t block;
    int threads;
    std::string_view name;  ///< name of the user's options, for messages
};

template <typename Options>
ListOptions<Item> items_listed(const Options& options) {
    return {{options.count, options.minimum_score},
            options.deny,
            options.allow,
            {options.clip},
            options.fallback,
            options.unknown_items};
}
template <Real Scalar>
ManyOptions<Item, Scalar> many_options(const BatchOptions<Scalar>& options) {
    return {items_listed(options), options.exclude, options.own_lists,
            options.block_users,   options.threads, "als::BatchOptions"};
}

template <Id Listed, Real Scalar>
void check_options(const std::string& function, const Model<Scalar>& model,
                   const ListOptions<Listed>& options) {
    check_wanted(function, options.wanted);
    check_ids(function + ": deny", model, options.deny);
    if (options.allow) check_ids(function + ": allow", model, *options.allow);
    check_ids(function + ": fallback", model, options.fallback);
}

template <Id Listed, Real Scalar>
void check_options(const std::string& function, const Model<Scalar>& model,
                   const ManyOptions<Listed, Scalar>& options) {
    check_options(function, model, options.list);
    check_threads(message(options.name, "::threads"), options.threads);
    check_range(message(options.name, "::block_", name_of<Opposite<Listed>>(), "s"),
                static_cast<double>(options.block), 1);
}

/// A request for one list: the best items for a user, or the best users for an item.
template <Id Listed, Real Scalar>
struct Request {
    Point<Scalar> query;
    SortedIds<Listed> exclude, deny;
    std::optional<std::span<const Listed>> allow;  ///< those of this query alone

    [[nodiscard]] bool permits(Listed id) const {
        return !exclude.contains(id) && !deny.contains(id);
    }
};

/// Answers one or several requests with the items (users) of `order`.
template <Id Listed, Real Scalar>
class Recommender {
public:
    using List = std::vector<Scored<Listed, Scalar>>;

    Recommender(const Model<Scalar>& model, const NormOrder& order,
                const ListOptions<Listed>& options)
        : model_(model),
          order_(order),
          options_(options),
          ranker_(candidates(order), options.wanted, automatic_instruction_set()) {}

    /// allowed(id) says whether `order` has the id.
    template <typename Allowed>
    void answer(std::span<const Request<Listed, Scalar>> requests, const Allowed& allowed,
                List* lists) {
        points_.clear();
        ranked_.clear();
        for (std::size_t r = 0; r < requests.size(); ++r) {
            const Request<Listed, Scalar>& request = requests[r];
            lists[r].clear();
            if (!can_be_ranked_for(request.query)) {
                fall_back(request, allowed, lists[r]);
            } else if (request.allow) {
                lists[r] = ranked_among(request, allowed);
            } else {
                points_.push_back(request.query);
                ranked_.push_back(r);
            }
        }
        found_.resize(points_.size());
        ranker_.rank(
            points_, [&](std::size_t q, Listed id) { return requests[ranked_[q]].permits(id); },
            found_.data());
        for (std::size_t q = 0; q < ranked_.size(); ++q) lists[ranked_[q]] = std::move(found_[q]);
        if (!options_.clip.clip) return;
        for (std::size_t r = 0; r < requests.size(); ++r)
            for (auto& [id, score] : lists[r]) score = clipped(model_, score, options_.clip);
    }

private:
    [[nodiscard]] Candidates<Scalar> candidates(const NormOrder& order) const {
        const Side<Scalar>& side = side_of<Listed>(model_);
        return {side.factors, side.biases.size() > 0 ? &side.biases : nullptr,
                order,        options_.unknown ? order.size() : order.known,
                false,        mean_of<Listed>(model_)};
    }

    /// Returns false for a query without history, whose factors are 0, in a model without biases.
    [[nodiscard]] bool can_be_ranked_for(const Point<Scalar>& query) const {
        return model_.item_biases().size() > 0 || !is_zero(query.factors, model_.factors());
    }

    template <typename Allowed>
    void fall_back(const Request<Listed, Scalar>& request, const Allowed& allowed,
                   List& list) const {
        const SortedIds<Listed> own(request.allow.value_or(std::span<const Listed>()));
        for (const Listed id : options_.fallback) {
            if (to_count(list.size()) >= options_.wanted.count) return;
            if (allowed(id) && request.permits(id) && (!request.allow || own.contains(id)) &&
                std::none_of(list.begin(), list.end(), [&](const auto& x) { return x.id == id; }))
                list.push_back({id, Scalar(0)});
        }
    }

    template <typename Allowed>
    List ranked_among(const Request<Listed, Scalar>& request, const Allowed& allowed) const {
        const SortedIds<Listed> sorted(*request.allow);
        std::vector<std::int32_t> rows;
        for (const Listed id : sorted.ids())
            if (allowed(id) && (options_.unknown || is_known(side_of<Listed>(model_), id.index)) &&
                (rows.empty() || rows.back() != id.index))
                rows.push_back(id.index);
        const NormOrder order = order_.of(std::move(rows));
        Ranker<Listed, Scalar> ranker(candidates(order), options_.wanted,
                                      automatic_instruction_set());
        List list;
        ranker.rank(
            std::span(&request.query, 1),
            [&](std::size_t, Listed id) { return request.permits(id); }, &list);
        return list;
    }

    const Model<Scalar>& model_;
    const NormOrder& order_;
    const ListOptions<Listed> options_;
    Ranker<Listed, Scalar> ranker_;
    std::vector<Point<Scalar>> points_;
    std::vector<std::size_t> ranked_;  // the request of each point of points_
    std::vector<List> found_;
};

template <Id Listed, Real Scalar>
std::vector<Scored<Listed, Scalar>> recommend_to(const std::string& function,
                                                 const Model<Scalar>& model,
                                                 const Point<Scalar>& query,
                                                 std::span<const Listed> exclude,
                                                 const ListOptions<Listed>& options) {
    check_options(function, model, options);
    check_ids(function + ": exclude", model, exclude);
    Recommender<Listed, Scalar> recommender(model, ModelAccess::norm_order<Listed>(model), options);
    const Request<Listed, Scalar> request{query, SortedIds<Listed>(exclude),
                                          SortedIds<Listed>(options.deny), options.allow};
    std::vector<Scored<Listed, Scalar>> list;
    recommender.answer(
        std::span(&request, 1), [](Listed) { return true; }, &list);
    return list;
}

/// The candidates that all queries of a batch share: all ids, or those allowed and not denied.
template <Id Listed, Real Scalar>
class CommonCandidates {
public:
    CommonCandidates(const Model<Scalar>& model, const ListOptions<Listed>& options)
        : all_(ModelAccess::norm_order<Listed>(model)),
          is_all_(!options.allow && options.deny.empty()) {
        if (is_all_) return;
        const Side<Scalar>& side = side_of<Listed>(model);
        allowed_.assign(to_size(side.factors.rows()), !options.allow);
        for (const Listed id : options.allow.value_or(std::span<const Listed>()))
            allowed_[to_size(id.index)] = true;
        for (const Listed id : options.deny) allowed_[to_size(id.index)] = false;
        some_ = all_.filtered(side.biases, allowed_);
    }

    [[nodiscard]] bool allows(Listed id) const { return is_all_ || allowed_[to_size(id.index)]; }
    [[nodiscard]] const NormOrder& order() const { return is_all_ ? all_ : some_; }

private:
    const NormOrder& all_;
    bool is_all_;
    std::vector<bool> allowed_;
    NormOrder some_;
};

/// Computes the lists of `count` queries, starting at position `first`. point_at(position) is a
/// query, and excluded_at(position) is its row of excluded ids.
template <Id Listed, Real Scalar, typename PointAt, typename ExcludedAt>
void recommend_to_many(const std::string& function, const Model<Scalar>& model,
                       const CommonCandidates<Listed, Scalar>& common,
                       const ManyOptions<Listed, Scalar>& options, std::int64_t first,
                       std::int64_t count, const PointAt& point_at, const ExcludedAt& excluded_at,
                       std::vector<Scored<Listed, Scalar>>* lists) {
    const Workers workers{thread_count(options.threads)};
    const std::int64_t together =
        queries_together(count, workers.threads,
                         Ranker<Listed, Scalar>::queries_at_a_time(options.list.wanted.count));
    parallel_for(
        (count + together - 1) / together, 1, workers,
        [&] { return Recommender<Listed, Scalar>(model, common.order(), options.list); },
        [&](Recommender<Listed, Scalar>& recommender, std::int64_t block) {
            std::vector<Request<Listed, Scalar>> requests;
            const std::int64_t end = std::min(count, (block + 1) * together);
            requests.reserve(to_size(end - block * together));
            for (std::int64_t n = block * together; n < end; ++n) {
                const auto position = to_size(first + n);
                OwnLists<Listed> own;
                if (options.own_lists) own = options.own_lists(position);
                check_ids(function + ": own_lists: deny", model, own.deny);
                if (own.allow) check_ids(function + ": own_lists: allow", model, *own.allow);
                const std::span<const Listed> excluded =
                    options.exclude != nullptr ? excluded_at(position) : std::span<const Listed>();
                requests.push_back({point_at(position), SortedIds<Listed>(excluded),
                                    SortedIds<Listed>(own.deny), own.allow});
            }
            recommender.answer(
                requests, [&](Listed id) { return common.allows(id); }, lists + block * together);
        });
}

/// Returns the lists for users (items) of the model.
template <Id Listed, Real Scalar>
std::vector<std::vector<Scored<Listed, Scalar>>> recommend_to_ids(
    const std::string& function, const Model<Scalar>& model, std::span<const Opposite<Listed>> ids,
    const ManyOptions<Listed, Scalar>& options) {
    check_options(function, model, options);
    check_ids(function, model, ids);
    if (options.exclude != nullptr) check_fits(function + ": exclude", *options.exclude, model);

    std::vector<std::vector<Scored<Listed, Scalar>>> lists(ids.size());
    const CommonCandidates<Listed, Scalar> common(model, options.list);
    recommend_to_many(
        function, model, common, options, 0, to_count(ids.size()),
        [&](std::size_t n) { return point_of(model, ids[n]); },
        [&](std::size_t n) { return (*options.exclude)[ids[n]].ids(); }, lists.data());
    return lists;
}

/// Throws unless row n of `exclude` can belong to the n-th of `count` folded-in users (items).
template <Id Listed, Real Scalar>
void check_rows_of_newcomers(const std::string& place, const Interactions<Scalar>& exclude,
                             const Model<Scalar>& model, std::int64_t count) {
    constexpr bool items = std::same_as<Listed, Item>;
    check_same_ids(place, "interactions", InteractionsAccess::origin(exclude), "model",
                   ModelAccess::origin(model), items ? OnSides::items : OnSides::users);
    const Sizes needed =
        items ? Sizes{count, model.item_count()} : Sizes{model.user_count(), count};
    if (sizes_of(exclude) != needed)
        throw InputError(
            message(place, ": the interactions have ", exclude.user_count(), " users and ",
                    exclude.item_count(), " items; there are ", count, " folded-in ",
                    name_of<Opposite<Listed>>(), "s, and the model has ",
                    items ? model.item_count() : model.user_count(), " ", name_of<Listed>(), "s"));
}

/// Returns the lists for folded-in users (items).
template <Id Listed, Real Scalar>
std::vector<std::vector<Scored<Listed, Scalar>>> recommend_to_newcomers(
    const std::string& function, const Model<Scalar>& model,
    std::span<const FoldedIn<Opposite<Listed>, Scalar>> newcomers,
    const ManyOptions<Listed, Scalar>& options) {
    check_options(function, model, options);
    const auto count = to_count(newcomers.size());
    for (const auto& newcomer : newcomers) checked_point(function, model, newcomer);
    if (options.exclude != nullptr)
        check_rows_of_newcomers<Listed>(function + ": exclude", *options.exclude, model, count);

    std::vector<std::vector<Scored<Listed, Scalar>>> lists(newcomers.size());
    const CommonCandidates<Listed, Scalar> common(model, options.list);
    recommend_to_many(
        function, model, common, options, 0, count,
        [&](std::size_t n) { return checked_point(function, model, newcomers[n]); },
        [&](std::size_t n) { return (*options.exclude)[Opposite<Listed>{to_int32(n)}].ids(); },
        lists.data());
    return lists;
}

/// Passes on the lists for all users (items) of the model, a block at a time.
template <Id Listed, Real Scalar>
void recommend_to_all(const std::string& function, const Model<Scalar>& model,
                      const ManyOptions<Listed, Scalar>& options,
                      const TakeList<Scalar, Listed>& take) {
    check_options(function, model, options);
    if (options.exclude != nullptr) check_fits(function + ": exclude", *options.exclude, model);

    const CommonCandidates<Listed, Scalar> common(model, options.list);
    const auto id_at = [](std::size_t n) { return Opposite<Listed>{to_int32(n)}; };
    const std::int64_t all = side_of<Opposite<Listed>>(model).factors.rows();
    std::vector<std::vector<Scored<Listed, Scalar>>> lists;
    for (std::int64_t first = 0; first < all; first += options.block) {
        const std::int64_t count = std::min(options.block, all - first);
        lists.resize(to_size(count));
        recommend_to_many(
            function, model, common, options, first, count,
            [&](std::size_t n) { return point_of(model, id_at(n)); },
            [&](std::size_t n) { return (*options.exclude)[id_at(n)].ids(); }, lists.data());
        for (std::size_t n = 0; n < lists.size(); ++n)
            take(id_at(to_size(first) + n), std::span<const Scored<Listed, Scalar>>(lists[n]));
    }
}

/// The implementation of `recommend_everyone`.
template <Real Scalar>
void recommend_by_blocks(const Model<Scalar>& model, const BatchOptions<Scalar>& options,
                         const TakeList<Scalar, Item>& take) {
    recommend_to_all<Item>("als::recommend_everyone", model, many_options(options), take);
}

/// Returns the ids of one side by number of entries, descending, then by index.
template <Id Index, Real Scalar>
std::vector<Index> by_entries(const Interactions<Scalar>& interactions, std::int32_t count) {
    std::vector<Index> ids;
    ids.reserve(to_size(count));
    for (std::int32_t n = 0; n < count; ++n) ids.push_back(Index{n});
    std::stable_sort(ids.begin(), ids.end(), [&](Index a, Index b) {
        return interactions[a].size() > interactions[b].size();
    });
    return ids;
}

}  // namespace detail

template <Real Scalar>
std::vector<Scored<Item, Scalar>> recommend(const Model<Scalar>& model, User user,
                                            const RecommendOptions& options) {
    detail::check_id("als::recommend", model, user);
    return detail::recommend_to("als::recommend", model, detail::point_of(model, user),
                                options.exclude, detail::items_listed(options));
}

template <Real Scalar>
std::vector<Scored<Item, Scalar>> recommend(const Model<Scalar>& model,
                                            const FoldedIn<User, Scalar>& user,
                                            const RecommendOptions& options) {
    return detail::recommend_to("als::recommend", model,
                                detail::checked_point("als::recommend", model, user),
                                options.exclude, detail::items_listed(options));
}

template <Real Scalar>
std::vector<std::vector<Scored<Item, Scalar>>> recommend(
    const Model<Scalar>& model, std::type_identity_t<std::span<const User>> users,
    const BatchOptions<Scalar>& options) {
    return detail::recommend_to_ids<Item>("als::recommend", model, users,
                                          detail::many_options(options));
}

template <Real Scalar>
std::vector<std::vector<Scored<Item, Scalar>>> recommend(
    const Model<Scalar>& model, std::type_identity_t<std::span<const FoldedIn<User, Scalar>>> users,
    const BatchOptions<Scalar>& options) {
    return detail::recommend_to_newcomers<Item>("als::recommend", model, users,
                                                detail::many_options(options));
}

template <Real Scalar>
std::vector<Item> popular_items(const Interactions<Scalar>& interactions) {
    return detail::by_entries<Item>(interactions, interactions.item_count());
}

}  // inline namespace
}  // namespace als
