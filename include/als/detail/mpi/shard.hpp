// SPDX-License-Identifier: MIT
// Interactions that are dealt out to ranks: which rank holds which rows, and which rows of the
// other side it needs.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/sparse_rows.hpp>
#include <als/detail/interactions.hpp>
#include <als/detail/mpi/group.hpp>
#include <als/detail/solve/gram.hpp>
#include <als/mpi.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// One side, dealt out in whole groups of rows: rank p holds the rows [first[p], first[p + 1]),
/// which are the groups [first_group[p], first_group[p + 1]).
struct Deal {
    RowGroups groups{0};
    std::vector<std::int64_t> first_group{0, 0}, first{0, 0};

    Deal() = default;
    /// Gives ranks about the same sum of weights; weights[q] is that of group q.
    Deal(std::int64_t rows, const std::vector<std::int64_t>& weights, int ranks)
        : groups(rows), first_group{0}, first{0} {
        const auto total = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
        std::int64_t group = 0;
        std::int64_t sum = 0;
        for (int rank = 1; rank <= ranks; ++rank) {
            const double target = static_cast<double>(total) * rank / ranks;
            const auto distance = [&](std::int64_t of) {
                return std::abs(static_cast<double>(of) - target);
            };
            for (; group < groups.count(); ++group) {
                const std::int64_t next = sum + weights[to_size(group)];
                if (rank < ranks && distance(next) > distance(sum)) break;
                sum = next;
            }
            first_group.push_back(group);
            first.push_back(groups.first_row(group));
        }
    }

    friend bool operator==(const Deal& a, const Deal& b) { return a.first == b.first; }

    [[nodiscard]] std::int64_t rows() const { return first.back(); }
    [[nodiscard]] std::int32_t first_row(int rank) const { return to_int32(first[to_size(rank)]); }
    [[nodiscard]] std::int32_t end_row(int rank) const { return first_row(rank + 1); }
    [[nodiscard]] std::int64_t rows_of(int rank) const { return end_row(rank) - first_row(rank); }
    [[nodiscard]] int owner(std::int64_t row) const {
        return static_cast<int>(std::upper_bound(first.begin(), first.end(), row) - first.begin()) -
               1;
    }
};

/// Deals out rows by the entries of all ranks; this rank gives some of them. row_of(entry) is the
/// row of an entry; a row itself counts as one entry.
template <Real Scalar, typename RowOf>
Deal deal_rows(const mpi::Group& group, std::int64_t rows, std::span<const Entry<Scalar>> entries,
               const RowOf& row_of) {
    const RowGroups groups(rows);
    std::vector<std::int64_t> ends, weights(to_size(groups.count()));
    for (std::int64_t q = 0; q < groups.count(); ++q) ends.push_back(groups.first_row(q + 1));
    for (const Entry<Scalar>& entry : entries)
        ++weights[to_size(std::upper_bound(ends.begin(), ends.end(), row_of(entry)) -
                          ends.begin())];
    MPI_Allreduce(MPI_IN_PLACE, weights.data(), static_cast<int>(weights.size()), MPI_INT64_T,
                  MPI_SUM, group.communicator());
    for (std::int64_t q = 0; q < groups.count(); ++q)
        weights[to_size(q)] += groups.first_row(q + 1) - groups.first_row(q);
    return {rows, weights, group.size()};
}

inline constexpr auto user_index = [](const auto& entry) { return entry.user.index; };
inline constexpr auto item_index = [](const auto& entry) { return entry.item.index; };

/// The rows of the other side that a rank's rows touch, its slots, and the rows of its own that
/// others touch.
struct Needs {
    std::vector<std::int32_t> ids;      ///< of each slot, ascending
    std::vector<std::int32_t> to_send;  ///< rows of this rank, by receiver
    Portions received, sent;
};

/// Replaces each id by its slot.
template <typename Ids>
Needs make_slots(const mpi::Group& group, const Deal& other, Ids& ids) {
    Needs needs;
    std::vector<std::int64_t> counts(to_size(group.size()));
    together(group, [&] {
        constexpr int bits = 64;
        std::vector<std::uint64_t> marks(to_size(other.rows() / bits + 1));
        const auto bit = [](std::int32_t id) { return std::uint64_t{1} << (id % bits); };
        for (const auto id : ids) marks[to_size(id.index / bits)] |= bit(id.index);
        std::vector<std::int32_t> before(marks.size());  // slots before those of each word
        for (std::size_t word = 0; word < marks.size(); ++word) {
            before[word] = to_int32(needs.ids.size());
            for (std::uint64_t rest = marks[word]; rest != 0; rest &= rest - 1)
                needs.ids.push_back(to_int32(word * bits) + std::countr_zero(rest));
        }
        for (auto& id : ids) {
            const std::uint64_t below = marks[to_size(id.index / bits)] & (bit(id.index) - 1);
            id.index = before[to_size(id.index / bits)] + std::popcount(below);
        }
        for (const std::int32_t id : needs.ids) ++counts[to_size(other.owner(id))];
        needs.received = Portions(counts);
    });
    auto asked = sent_by_rank(group, needs.ids, counts);  // ids ascend, and so do their owners
    needs.to_send = std::move(asked.elements);
    needs.sent = Portions(asked.from);
    for (std::int32_t& id : needs.to_send) id -= other.first_row(group.rank());
    return needs;
}

/// The part of interactions that a rank holds. The ids of rows are slots.
template <Real Scalar>
struct Shard {
    Deal users, items;
    SparseRows<Item, Scalar> by_user;  ///< rows of this rank's users
    SparseRows<User, Scalar> by_item;
    Needs needed_items, needed_users;
    std::int64_t size = 0;  ///< entries on all ranks
    SharedOrigin origin = {};
    int rank = 0;

    [[nodiscard]] std::int32_t first_user() const { return users.first_row(rank); }
    [[nodiscard]] std::int32_t first_item() const { return items.first_row(rank); }
};

/// Rows of entries: visit_entry(entry, visit) calls visit(row, column, value). The entries of a row
/// keep their order.
template <Id Column, Real Scalar, typename VisitEntry>
SparseRows<Column, Scalar> rows_of_entries(const std::vector<Entry<Scalar>>& entries,
                                           std::int64_t count, const Workers& workers,
                                           const VisitEntry& visit_entry) {
    const std::int64_t size = to_count(entries.size());
    return distribute<SparseRows<Column, Scalar>>(
        to_int32(count), {size, size}, workers,
        [&](std::int64_t begin, std::int64_t end, const auto& visit) {
            for (std::int64_t n = begin; n < end; ++n) visit_entry(entries[to_size(n)], visit);
        });
}

/// Returns the rows of `count` users, from `first_user` on, with repeated pairs merged in the given
/// order.
template <Real Scalar>
SparseRows<Item, Scalar> merged_rows(const std::vector<Entry<Scalar>>& entries,
                                     std::int32_t first_user, std::int64_t count,
                                     std::int64_t item_count, Duplicates duplicates) {
    const Workers workers = workers_for(to_count(entries.size()), 0);
    auto rows = transpose<Item>(
        rows_of_entries<User>(entries, item_count, workers,
                              [&](const Entry<Scalar>& entry, const auto& visit) {
                                  visit(entry.item.index, User{entry.user.index - first_user},
                                        entry.value);
                              }),
        to_int32(count), workers);
    if (!ascends(rows, workers)) merge_duplicates(rows, duplicates, first_user);
    return rows;
}

template <Real Scalar>
std::vector<Entry<Scalar>> entries_of(const SparseRows<Item, Scalar>& rows, std::int32_t first) {
    std::vector<Entry<Scalar>> entries;
    entries.reserve(rows.ids.size());
    for (std::int32_t r = 0; r < rows.row_count(); ++r)
        for (const auto [item, value] : rows.row(r))
            entries.push_back({User{first + r}, item, value});
    return entries;
}

/// Throws, on all ranks, if sizes differ between ranks, or an entry is not legal.
template <Real Scalar>
void check_entries(const mpi::Group& group, const Sizes& sizes,
                   std::span<const Entry<Scalar>> entries) {
    check_alike(group, sizes,
                "als::mpi::Interactions: the numbers of users or of items differ between ranks");
    const RankSum counts = sum_over_ranks(group, to_count(entries.size()));
    together(group, [&] {
        check_count("users", sizes.users);
        check_count("items", sizes.items);
        std::int64_t number = counts.before;
        for (const auto& [user, item, value] : entries) {
            if (user.index < 0 || user.index >= sizes.users || item.index < 0 ||
                item.index >= sizes.items || !std::isfinite(value))
                throw_bad_entry(number, user.index, item.index, static_cast<double>(value), sizes);
            ++number;
        }
    });
}

/// Deals out entries, like `like` if it is given.
template <Real Scalar, Real Other = Scalar>
Shard<Scalar> make_shard(const mpi::Group& group, const Sizes& sizes,
                         std::span<const Entry<Scalar>> given, Duplicates duplicates,
                         const Shard<Other>* like = nullptr) {
    check_entries(group, sizes, given);
    Shard<Scalar> shard;
    shard.rank = group.rank();
    shard.users = like != nullptr ? like->users : deal_rows(group, sizes.users, given, user_index);
    shard.items = like != nullptr ? like->items : deal_rows(group, sizes.items, given, item_index);
    std::vector<Entry<Scalar>> entries;
    together(group, [&] { entries.assign(given.begin(), given.end()); });
    entries = sent_to_owners(group, entries, [&](const auto& entry) {
                  return shard.users.owner(entry.user.index);
              }).elements;
    together(group, [&] {
        shard.by_user = merged_rows(entries, shard.first_user(), shard.users.rows_of(shard.rank),
                                    sizes.items, duplicates);
        entries = entries_of(shard.by_user, shard.first_user());
    });
    entries = sent_to_owners(group, entries, [&](const auto& entry) {
                  return shard.items.owner(entry.item.index);
              }).elements;
    together(group, [&] {
        shard.by_item = rows_of_entries<User>(
            entries, shard.items.rows_of(shard.rank), workers_for(to_count(entries.size()), 0),
            [&](const Entry<Scalar>& entry, const auto& visit) {
                visit(entry.item.index - shard.first_item(), entry.user, entry.value);
            });
        entries = {};
    });
    shard.needed_items = make_slots(group, shard.items, shard.by_user.ids);
    shard.needed_users = make_slots(group, shard.users, shard.by_item.ids);
    shard.size = sum_over_ranks(group, to_count(shard.by_user.ids.size())).all;
    return shard;
}

/// Returns the item of a slot in the rows of users.
template <Real Scalar>
Item item_of(const Shard<Scalar>& shard, Item slot) {
    return Item{shard.needed_items.ids[to_size(slot.index)]};
}

/// Returns the items of slots.
template <Real Scalar>
std::vector<Item> items_of(const Shard<Scalar>& shard, std::span<const Item> slots) {
    std::vector<Item> items;
    items.reserve(slots.size());
    for (const Item slot : slots) items.push_back(item_of(shard, slot));
    return items;
}

}  // namespace detail

namespace mpi {

template <Real Scalar>
Interactions<Scalar>::Interactions()
    : shard_(std::make_shared<const als::detail::Shard<Scalar>>()) {}

template <Real Scalar>
Interactions<Scalar>::Interactions(const Group& group, std::int64_t user_count,
                                   std::int64_t item_count, std::span<const Entry<Scalar>> entries,
                                   InteractionsOptions options)
    : shard_(std::make_shared<const als::detail::Shard<Scalar>>(
          als::detail::make_shard(group, {user_count, item_count}, entries, options.duplicates))) {}

template <Real Scalar>
std::int32_t Interactions<Scalar>::user_count() const {
    return als::detail::to_int32(shard_->users.rows());
}
template <Real Scalar>
std::int32_t Interactions<Scalar>::item_count() const {
    return als::detail::to_int32(shard_->items.rows());
}
template <Real Scalar>
std::int64_t Interactions<Scalar>::size() const {
    return shard_->size;
}
template <Real Scalar>
std::int32_t Interactions<Scalar>::first_user() const {
    return shard_->first_user();
}
template <Real Scalar>
std::int32_t Interactions<Scalar>::end_user() const {
    return first_user() + shard_->by_user.row_count();
}
template <Real Scalar>
std::vector<Entry<Scalar>> Interactions<Scalar>::entries() const {
    auto all = als::detail::entries_of(shard_->by_user, shard_->first_user());
    for (Entry<Scalar>& entry : all) entry.item = als::detail::item_of(*shard_, entry.item);
    return all;
}

}  // namespace mpi
}  // inline namespace
}  // namespace als
