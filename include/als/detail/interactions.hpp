// SPDX-License-Identifier: MIT
// The implementation of <als/interactions.hpp>.
#pragma once

#include <als/interactions.hpp>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Returns the value that replaces all `values` of a repeated pair; they are in the given order.
template <Real Scalar>
Scalar merged_value(std::span<const Scalar> values, Duplicates policy) {
    if (values.size() == 1 || policy == Duplicates::last) return values.back();
    if (policy == Duplicates::max) return *std::max_element(values.begin(), values.end());
    double sum = 0;
    for (const Scalar value : values) sum += static_cast<double>(value);
    if (policy == Duplicates::mean) sum /= static_cast<double>(values.size());
    return static_cast<Scalar>(sum);
}

/// Merges equal neighbours in place. Rows must be sorted, with equal ids in the given order.
/// `first_user` is the index of the first row, for messages.
template <typename Offset, Real Scalar>
void merge_duplicates(SparseRows<Item, Scalar, Offset>& rows, Duplicates policy,
                      std::int64_t first_user = 0) {
    std::size_t kept = 0;
    std::size_t at = 0;
    for (std::int32_t r = 0; r < rows.row_count(); ++r) {
        const auto end = to_size(rows.offsets[to_size(r) + 1]);
        rows.offsets[to_size(r)] = static_cast<Offset>(kept);
        while (at < end) {
            std::size_t next = at + 1;
            while (next < end && rows.ids[next] == rows.ids[at]) ++next;
            const Item item = rows.ids[at];
            if (next - at > 1 && policy == Duplicates::error)
                throw InputError(
                    message("als::Interactions: user ", first_user + r, " and item ", item.index,
                            " occur ", next - at,
                            " times; say what a repeated pair means with .duplicates = "
                            "als::Duplicates::sum, last, mean or max"));
            const Scalar value =
                merged_value(std::span<const Scalar>(rows.values).subspan(at, next - at), policy);
            if (!std::isfinite(value))
                throw InputError(message("als::Interactions: the merged value of user ",
                                         first_user + r, " and item ", item.index,
                                         " is not finite"));
            rows.ids[kept] = item;
            rows.values[kept] = value;
            ++kept;
            at = next;
        }
    }
    rows.offsets.back() = static_cast<Offset>(kept);
    rows.ids.resize(kept);
    rows.values.resize(kept);
}

/// Throws unless `times` has exactly the cells of the data.
template <Real Scalar>
void check_times(std::string_view function, const Interactions<Scalar>& data,
                 const Interactions<double>& times) {
    const auto refuse = [&](const auto&... parts) {
        throw InputError(
            message(function, ": ", parts..., "; the times have to have the cells of the data"));
    };
    check_same_ids(function, "data", InteractionsAccess::origin(data), "times",
                   InteractionsAccess::origin(times));
    if (sizes_of(times) != sizes_of(data))
        refuse("there are times for ", times.user_count(), " users and ", times.item_count(),
               " items, data for ", data.user_count(), " and ", data.item_count());
    for (User user; user.index < data.user_count(); ++user.index)
        if (!std::ranges::equal(data[user].ids(), times[user].ids()))
            refuse("user ", user.index, " has times for other items than data");
}

}  // namespace detail

template <Real Scalar>
Interactions<Scalar>::Interactions(std::int64_t user_count, std::int64_t item_count,
                                   std::span<const Entry<Scalar>> entries,
                                   InteractionsOptions options)
    : Interactions(
          detail::InteractionsAccess::from_entries(user_count, item_count, entries, options)) {}

template <Real Scalar>
std::vector<Entry<Scalar>> Interactions<Scalar>::entries() const {
    std::vector<Entry<Scalar>> all;
    all.reserve(detail::to_size(size()));
    for (std::int32_t u = 0; u < user_count(); ++u)
        for (const auto [item, value] : by_user_.row(u)) all.push_back({User{u}, item, value});
    return all;
}

template <Real Scalar>
bool Interactions<Scalar>::is_equal_to(const Interactions& other) const {
    return by_user_.offsets == other.by_user_.offsets && by_user_.ids == other.by_user_.ids &&
           by_user_.values == other.by_user_.values && item_count() == other.item_count();
}

template <Real Scalar>
void Interactions<Scalar>::complete(std::int32_t user_count, InteractionsOptions options) {
    const std::int32_t item_count = by_item_.row_count();
    const detail::Workers workers = detail::workers_for(by_item_.offsets.back(), options.threads);
    by_user_ = detail::transpose<Item>(by_item_, user_count, workers);
    // If each item's users ascend, no pair is repeated and nothing remains to do. Otherwise
    // repeated pairs are now neighbours, in the given order.
    if (detail::ascends(by_item_, workers)) return;
    detail::merge_duplicates(by_user_, options.duplicates);
    by_item_ = detail::transpose<User>(by_user_, item_count, workers);
}

template <Id Index, Real Scalar>
History<Index, Scalar>::History(std::span<const Cell<Index, Scalar>> cells) {
    std::vector<Cell<Index, Scalar>> sorted(cells.begin(), cells.end());
    std::sort(sorted.begin(), sorted.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    ids_.reserve(sorted.size());
    values_.reserve(sorted.size());
    for (const auto& [id, value] : sorted) {
        const auto name = detail::name_of<Index>();
        if (id.index < 0)
            throw InputError(detail::message("als::History: ", name, " ", id.index,
                                             " is negative; indices start at 0"));
        if (!ids_.empty() && ids_.back() == id)
            throw InputError(detail::message("als::History: ", name, " ", id.index,
                                             " occurs twice; merge its values first"));
        if (!std::isfinite(value))
            throw InputError(detail::message("als::History: ", name, " ", id.index,
                                             " has the value ", value,
                                             "; values have to be finite"));
        ids_.push_back(id);
        values_.push_back(value);
    }
}

template <Id Index, Real Scalar>
History<Index, Scalar> History<Index, Scalar>::with(Index id, Scalar value) const {
    std::vector<Cell<Index, Scalar>> cells;
    cells.reserve(ids_.size() + 1);
    for (const auto& cell : row())
        if (cell.id != id) cells.push_back(cell);
    cells.push_back({id, value});
    return History(std::span<const Cell<Index, Scalar>>(cells));
}

template <Id Index, Real Scalar>
History<Index, Scalar> History<Index, Scalar>::without(Index id) const {
    History less;
    for (const auto& [other, value] : row()) {
        if (other == id) continue;
        less.ids_.push_back(other);
        less.values_.push_back(value);
    }
    return less;
}

}  // inline namespace
}  // namespace als
