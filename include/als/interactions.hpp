// SPDX-License-Identifier: MIT
// `Interactions`: who rated or used what, checked once and compressed in both orientations; made
// from triples or from any Eigen sparse matrix. `History`: one newcomer's row. Everything that
// trains or judges a model starts here.
#pragma once

#include <als/error.hpp>
#include <als/types.hpp>

#include <Eigen/SparseCore>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace als::inline ALS_ABI {

template <Real Scalar>
class Interactions;

/// What to do when a pair of user and item occurs more than once.
enum class Duplicates {
    error,  ///< refuse the data and name the pair
    sum,    ///< add the values (play counts, event logs)
    last,   ///< keep the value that came last (re-rated items)
    mean,   ///< average the values
    max,    ///< keep the greatest value
};

/// How the data given to the makers of `Interactions` are understood.
struct InteractionsOptions {
    /// What to do with pairs that occur more than once.
    Duplicates duplicates = Duplicates::error;
};

namespace detail {

/// Sparse rows, one after the other: row r holds cells offsets[r] .. offsets[r + 1]. The offset
/// type is a parameter so that tests can reach its limit; the library uses 64 bits.
template <Id Column, Real Scalar, std::signed_integral Offset = std::int64_t>
struct SparseRows {
    std::vector<Offset> offsets{0};
    std::vector<Column> ids;
    std::vector<Scalar> values;

    [[nodiscard]] std::int32_t row_count() const {
        return static_cast<std::int32_t>(offsets.size() - 1);
    }
    [[nodiscard]] Row<Column, Scalar> row(std::int32_t index) const {
        const auto begin = static_cast<std::size_t>(offsets[static_cast<std::size_t>(index)]);
        const auto end = static_cast<std::size_t>(offsets[static_cast<std::size_t>(index) + 1]);
        return {std::span(ids).subspan(begin, end - begin),
                std::span(values).subspan(begin, end - begin)};
    }
};

/// Distributes cells over rows in two passes over the same source: `for_each(visit)` calls
/// visit(row, column, value) for each cell and has to give the same cells both times. Cells of one
/// row keep the order in which they came.
template <typename Rows, typename ForEach>
Rows distribute(std::int32_t row_count, const ForEach& for_each) {
    using Offset = typename decltype(Rows::offsets)::value_type;
    Rows rows;
    rows.offsets.assign(static_cast<std::size_t>(row_count) + 1, 0);
    std::int64_t total = 0;
    for_each([&](std::int32_t row, auto, auto) {
        ++rows.offsets[static_cast<std::size_t>(row) + 1];
        ++total;
    });
    if (total > std::numeric_limits<Offset>::max())
        throw InputError(message("als::Interactions: ", total, " entries are too many; at most ",
                                 std::numeric_limits<Offset>::max(), " can be counted"));
    for (std::size_t r = 1; r < rows.offsets.size(); ++r)
        rows.offsets[r] = static_cast<Offset>(rows.offsets[r] + rows.offsets[r - 1]);

    rows.ids.resize(static_cast<std::size_t>(total));
    rows.values.resize(static_cast<std::size_t>(total));
    std::vector<Offset> next(rows.offsets.begin(), rows.offsets.end() - 1);
    for_each([&](std::int32_t row, auto column, auto value) {
        const auto at = static_cast<std::size_t>(next[static_cast<std::size_t>(row)]++);
        rows.ids[at] = column;
        rows.values[at] = value;
    });
    return rows;
}

/// The same cells by column. As rows are visited in order, the result's rows are sorted.
template <Id RowId, Id Column, Real Scalar, typename Offset>
SparseRows<RowId, Scalar, Offset> transpose(const SparseRows<Column, Scalar, Offset>& rows,
                                            std::int32_t column_count) {
    return distribute<SparseRows<RowId, Scalar, Offset>>(column_count, [&](const auto& visit) {
        for (std::int32_t r = 0; r < rows.row_count(); ++r)
            for (const auto [id, value] : rows.row(r)) visit(id.index, RowId{r}, value);
    });
}

/// Whether the ids of each row ascend, none twice.
template <typename Rows>
bool ascends(const Rows& rows) {
    for (std::int32_t r = 0; r < rows.row_count(); ++r) {
        const auto ids = rows.row(r).ids();
        if (std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) != ids.end())
            return false;
    }
    return true;
}

/// The one value that stands for all `values` of a repeated pair, which are in the order given.
template <Real Scalar>
Scalar merged_value(std::span<const Scalar> values, Duplicates policy) {
    if (values.size() == 1 || policy == Duplicates::last) return values.back();
    if (policy == Duplicates::max) return *std::max_element(values.begin(), values.end());
    double sum = 0;
    for (const Scalar value : values) sum += static_cast<double>(value);
    if (policy == Duplicates::mean) sum /= static_cast<double>(values.size());
    return static_cast<Scalar>(sum);
}

/// Merges equal neighbours in place; rows are sorted, equal ids in the order in which they came.
template <typename Offset, Real Scalar>
void merge_duplicates(SparseRows<Item, Scalar, Offset>& rows, Duplicates policy) {
    std::size_t kept = 0;
    std::size_t at = 0;
    for (std::int32_t r = 0; r < rows.row_count(); ++r) {
        const auto end = static_cast<std::size_t>(rows.offsets[static_cast<std::size_t>(r) + 1]);
        rows.offsets[static_cast<std::size_t>(r)] = static_cast<Offset>(kept);
        while (at < end) {
            std::size_t next = at + 1;
            while (next < end && rows.ids[next] == rows.ids[at]) ++next;
            const Item item = rows.ids[at];
            if (next - at > 1 && policy == Duplicates::error)
                throw InputError(message(
                    "als::Interactions: user ", r, " and item ", item.index, " occur ", next - at,
                    " times; say what a repeated pair means with .duplicates = "
                    "als::Duplicates::sum, last, mean or max"));
            const Scalar value =
                merged_value(std::span<const Scalar>(rows.values).subspan(at, next - at), policy);
            if (!std::isfinite(value))
                throw InputError(message("als::Interactions: the merged value of user ", r,
                                         " and item ", item.index, " is not finite"));
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

/// Throws unless 0 <= index < count. `other_count` is the size of the other side: an index that
/// would fit there is most likely a user taken for an item.
template <Id T>
void check_index(std::string_view function, std::int64_t index, std::int64_t count,
                 std::int64_t other_count) {
    if (index >= 0 && index < count) return;
    std::string text =
        message(function, ": ", name_of<T>(), " ", index, " is out of range; there are ", count,
                " ", name_of<T>(), "s, numbered from 0");
    if (index >= count && index < other_count)
        text += message(" (and ", other_count, " ", name_of<Opposite<T>>(),
                        "s: are users and items the wrong way round?)");
    throw InputError(text);
}

/// Throws unless a number of users or items fits the 32-bit indices.
inline void check_count(std::string_view what, std::int64_t count) {
    if (count < 0 || count > std::numeric_limits<std::int32_t>::max())
        throw InputError(message("als::Interactions: the number of ", what, " is ", count,
                                 "; it has to be between 0 and 2147483647"));
}

template <Real Out, typename Matrix>
Interactions<Out> interactions_from_eigen(const Matrix& matrix, bool rows_are_users,
                                          InteractionsOptions options);

}  // namespace detail

/// Who rated or used what: a sparse matrix of users by items, checked and compressed in both
/// orientations (by user and by item).
///
/// Immutable: once made it holds only indices in range and finite values, each pair once, rows
/// sorted. Explicitly stored zeros are kept: to `Explicit` they are ratings of 0, to `Implicit`
/// they are the same as absent cells. Memory: 2 (4 + sizeof(Scalar)) bytes per entry and 8 per user
/// and item.
template <Real Scalar>
class Interactions {
public:
    using scalar_type = Scalar;

    /// No users, no items.
    Interactions() = default;

    /// From triples, for `user_count` users and `item_count` items.
    ///
    /// Users and items without an entry are legal. Throws `InputError` naming the first entry whose
    /// index is out of range or whose value is not finite, and the first repeated pair unless
    /// `options` says what to do with those. Cost: O(entries + users + items).
    Interactions(std::int64_t user_count, std::int64_t item_count,
                 std::span<const Entry<Scalar>> entries, InteractionsOptions options = {})
        : Interactions(user_count, item_count, options, [&](const auto& visit) {
              for (const Entry<Scalar>& entry : entries)
                  visit(std::int64_t{entry.user.index}, std::int64_t{entry.item.index},
                        entry.value);
          }) {}

    [[nodiscard]] std::int32_t user_count() const { return by_user_.row_count(); }
    [[nodiscard]] std::int32_t item_count() const { return by_item_.row_count(); }

    /// Number of entries (stored cells).
    [[nodiscard]] std::int64_t size() const { return by_user_.offsets.back(); }
    [[nodiscard]] bool empty() const { return size() == 0; }

    /// A user's items, ascending, with their values. Throws `InputError` for a user out of range.
    [[nodiscard]] Row<Item, Scalar> operator[](User user) const {
        detail::check_index<User>("als::Interactions", user.index, user_count(), item_count());
        return by_user_.row(user.index);
    }

    /// An item's users, ascending, with their values. Throws `InputError` for an item out of range.
    [[nodiscard]] Row<User, Scalar> operator[](Item item) const {
        detail::check_index<Item>("als::Interactions", item.index, item_count(), user_count());
        return by_item_.row(item.index);
    }

    /// All entries, by user and then by item. Cost: a copy of the data.
    [[nodiscard]] std::vector<Entry<Scalar>> entries() const {
        std::vector<Entry<Scalar>> all;
        all.reserve(static_cast<std::size_t>(size()));
        for (std::int32_t u = 0; u < user_count(); ++u)
            for (const auto [item, value] : by_user_.row(u)) all.push_back({User{u}, item, value});
        return all;
    }

    friend bool operator==(const Interactions& a, const Interactions& b) {
        return a.by_user_.offsets == b.by_user_.offsets && a.by_user_.ids == b.by_user_.ids &&
               a.by_user_.values == b.by_user_.values && a.item_count() == b.item_count();
    }

private:
    template <Real Out, typename Matrix>
    friend Interactions<Out> detail::interactions_from_eigen(const Matrix&, bool,
                                                             InteractionsOptions);

    /// From anything that can be run through twice: for_each(visit) calls visit(user, item, value).
    template <typename ForEach>
    Interactions(std::int64_t user_count, std::int64_t item_count, InteractionsOptions options,
                 const ForEach& for_each) {
        detail::check_count("users", user_count);
        detail::check_count("items", item_count);
        check_entries(user_count, item_count, for_each);
        // Sorting by counting: by item as given, then by user, which sorts each user's items.
        const auto users = static_cast<std::int32_t>(user_count);
        const auto items = static_cast<std::int32_t>(item_count);
        by_item_ = detail::distribute<ByItem>(items, [&](const auto& visit) {
            for_each([&](std::int64_t user, std::int64_t item, Scalar value) {
                visit(static_cast<std::int32_t>(item), User{static_cast<std::int32_t>(user)},
                      value);
            });
        });
        by_user_ = detail::transpose<Item>(by_item_, users);
        // Where users came in order, as they do in most files, that was all. Else repeated pairs
        // are neighbours now, in the order given.
        if (detail::ascends(by_item_)) return;
        detail::merge_duplicates(by_user_, options.duplicates);
        by_item_ = detail::transpose<User>(by_user_, items);
    }

    template <typename ForEach>
    static void check_entries(std::int64_t user_count, std::int64_t item_count,
                              const ForEach& for_each) {
        std::int64_t entry = 0;
        for_each([&](std::int64_t user, std::int64_t item, Scalar value) {
            if (user < 0 || user >= user_count || item < 0 || item >= item_count) {
                const std::string place = detail::message("als::Interactions: entry ", entry);
                detail::check_index<User>(place, user, user_count, item_count);
                detail::check_index<Item>(place, item, item_count, user_count);
            }
            if (!std::isfinite(value))
                throw InputError(detail::message("als::Interactions: entry ", entry, " (user ",
                                                 user, ", item ", item, ") has the value ", value,
                                                 "; values have to be finite"));
            ++entry;
        });
    }

    using ByUser = detail::SparseRows<Item, Scalar>;
    using ByItem = detail::SparseRows<User, Scalar>;
    ByUser by_user_;
    ByItem by_item_;
};

namespace detail {

/// Reads an Eigen matrix of either storage order, compressed or not, owned or mapped.
template <Real Out, typename Matrix>
Interactions<Out> interactions_from_eigen(const Matrix& matrix, bool rows_are_users,
                                          InteractionsOptions options) {
    const std::int64_t users = rows_are_users ? matrix.rows() : matrix.cols();
    const std::int64_t items = rows_are_users ? matrix.cols() : matrix.rows();
    return Interactions<Out>(users, items, options, [&](const auto& visit) {
        for (Eigen::Index outer = 0; outer < matrix.outerSize(); ++outer)
            for (typename Matrix::InnerIterator cell(matrix, outer); cell; ++cell) {
                const std::int64_t row = cell.row();
                const std::int64_t column = cell.col();
                visit(rows_are_users ? row : column, rows_are_users ? column : row,
                      static_cast<Out>(cell.value()));
            }
    });
}

/// The scalar of the interactions made from a matrix: the one asked for, else the matrix's own.
template <typename Asked, typename Own>
constexpr auto scalar_for() {
    using Chosen = std::conditional_t<std::is_void_v<Asked>, Own, Asked>;
    static_assert(
        Real<Chosen>,
        "als models are made of float or double: write als::users_by_items<float>(matrix) "
        "for a matrix of integers or other scalars");
    return Chosen{};
}

}  // namespace detail

/// Interactions from a sparse matrix whose **rows are users** and whose columns are items.
///
/// Takes Eigen::SparseMatrix, Map, Ref or Block of them: row- or column-major, compressed or not,
/// any index type. The scalar stays the matrix's; `users_by_items<float>(matrix)` converts. Throws
/// `InputError` as the constructor of `Interactions` does. Cost: O(entries + users + items).
template <typename Scalar = void, typename Derived>
[[nodiscard]] auto users_by_items(const Eigen::SparseCompressedBase<Derived>& matrix,
                                  InteractionsOptions options = {}) {
    using Out = decltype(detail::scalar_for<Scalar, typename Derived::Scalar>());
    return detail::interactions_from_eigen<Out>(matrix.derived(), true, options);
}

/// Interactions from a sparse matrix whose **rows are items** and whose columns are users; else as
/// `users_by_items`.
template <typename Scalar = void, typename Derived>
[[nodiscard]] auto items_by_users(const Eigen::SparseCompressedBase<Derived>& matrix,
                                  InteractionsOptions options = {}) {
    using Out = decltype(detail::scalar_for<Scalar, typename Derived::Scalar>());
    return detail::interactions_from_eigen<Out>(matrix.derived(), false, options);
}

namespace detail {

/// Throws unless times are given for exactly the cells of the data.
template <Real Scalar>
void check_times(std::string_view function, const Interactions<Scalar>& data,
                 const Interactions<double>& times) {
    const auto refuse = [&](const auto&... parts) {
        throw InputError(
            message(function, ": ", parts..., "; the times have to have the cells of the data"));
    };
    if (times.user_count() != data.user_count() || times.item_count() != data.item_count())
        refuse("there are times for ", times.user_count(), " users and ", times.item_count(),
               " items, data for ", data.user_count(), " and ", data.item_count());
    for (User user; user.index < data.user_count(); ++user.index)
        if (!std::ranges::equal(data[user].ids(), times[user].ids()))
            refuse("user ", user.index, " has times for other items than data");
}

}  // namespace detail

/// The row of somebody who is not (or not yet) in the interactions: a newcomer's items, or a new
/// item's users. Converts to `Row` wherever one is taken.
///
///     const als::History<als::Item, float> history{{als::Item{3}, 5}, {als::Item{7}, 4}};
template <Id Index, Real Scalar>
class History {
public:
    History() = default;

    /// From cells in any order. Throws `InputError` for a negative index, an index that occurs
    /// twice and a value that is not finite.
    History(std::initializer_list<Cell<Index, Scalar>> cells)
        : History(std::span(cells.begin(), cells.size())) {}

    explicit History(std::span<const Cell<Index, Scalar>> cells) {
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

    /// A copy of a row of interactions, to be changed.
    explicit History(const Row<Index, Scalar>& row)
        : ids_(row.ids().begin(), row.ids().end()),
          values_(row.values().begin(), row.values().end()) {}

    /// This history with one cell added or, where there is one with this id, changed:
    ///
    ///     als::fold_in(model, als::History(train[user]).with(item, 5));
    ///
    /// Throws as the constructor. Cost: O(size).
    [[nodiscard]] History with(Index id, Scalar value) const {
        std::vector<Cell<Index, Scalar>> cells;
        cells.reserve(ids_.size() + 1);
        for (const auto& cell : row())
            if (cell.id != id) cells.push_back(cell);
        cells.push_back({id, value});
        return History(std::span<const Cell<Index, Scalar>>(cells));
    }

    /// This history without the cell of this id, if it has one. Cost: O(size).
    [[nodiscard]] History without(Index id) const {
        History less;
        for (const auto& [other, value] : row()) {
            if (other == id) continue;
            less.ids_.push_back(other);
            less.values_.push_back(value);
        }
        return less;
    }

    /// Number of cells.
    [[nodiscard]] std::int64_t size() const { return row().size(); }
    [[nodiscard]] bool empty() const { return ids_.empty(); }

    /// The cells, ids ascending.
    [[nodiscard]] Row<Index, Scalar> row() const { return {ids_, values_}; }
    operator Row<Index, Scalar>() const { return row(); }     // NOLINT(google-explicit-constructor)
    operator std::span<const Index>() const { return ids_; }  // NOLINT(google-explicit-constructor)

private:
    std::vector<Index> ids_;
    std::vector<Scalar> values_;
};

}  // namespace als::inline ALS_ABI
