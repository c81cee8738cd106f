// SPDX-License-Identifier: MIT
// `Interactions`: who rated or used what. Made from triples or from any Eigen sparse matrix,
// checked once, and compressed in both orientations. `History`: a newcomer's row. Training and
// evaluation start here.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/ids_origin.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/sparse_rows.hpp>
#include <als/error.hpp>
#include <als/types.hpp>

#include <Eigen/SparseCore>

#include <algorithm>
#include <atomic>
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

namespace als {
inline namespace ALS_ABI {

template <Real Scalar>
class Interactions;

/// What to do with a pair of user and item that occurs more than once.
enum class Duplicates {
    error,  ///< refuse the data and name the pair
    sum,    ///< add the values (play counts, event logs)
    last,   ///< keep the value that came last (re-rated items)
    mean,   ///< average the values
    max,    ///< keep the greatest value
};

/// How `Interactions` are made from data.
struct InteractionsOptions {
    /// What to do with pairs that occur more than once.
    Duplicates duplicates = Duplicates::error;

    /// Number of threads, >= 0; 0 means as many as OpenMP would use. The result is the same for any
    /// number of threads. Fewer than 100,000 entries start none.
    int threads = 0;
};

namespace detail {

struct InteractionsAccess;

}  // namespace detail

/// Who rated or used what: a sparse matrix of users by items, checked and compressed in both
/// orientations (by user and by item).
///
/// Immutable. All indices are in range, all values are finite, rows are sorted, and each pair
/// occurs once. Stored zeros are kept: `Explicit` reads them as ratings of 0, `Implicit` as absent
/// cells. Data from `read_ratings`, and data derived from them, remember whose ids their indices
/// stand for: functions refuse to mix data and models of different ids. Memory: 2 (4 +
/// sizeof(Scalar)) bytes per entry and 8 per user and item.
template <Real Scalar>
class Interactions {
public:
    /// The scalar of the values.
    using scalar_type = Scalar;

    /// No users and no items.
    Interactions() = default;

    /// Makes interactions from triples, for `user_count` users and `item_count` items.
    ///
    /// Users and items without an entry are legal. Throws `InputError` naming the first entry whose
    /// index is out of range or whose value is not finite, or the first repeated pair unless
    /// `options` says what to do with repeated pairs. Cost: O(entries + users + items).
    Interactions(std::int64_t user_count, std::int64_t item_count,
                 std::span<const Entry<Scalar>> entries, InteractionsOptions options = {});

    /// Number of users, also of those without entries.
    [[nodiscard]] std::int32_t user_count() const { return by_user_.row_count(); }
    /// Number of items, also of those without entries.
    [[nodiscard]] std::int32_t item_count() const { return by_item_.row_count(); }

    /// Number of entries (stored cells).
    [[nodiscard]] std::int64_t size() const { return by_user_.offsets.back(); }
    /// Whether there are no entries.
    [[nodiscard]] bool empty() const { return size() == 0; }

    /// Returns a user's items, ascending, with their values. Throws `InputError` for a user out of
    /// range.
    [[nodiscard]] Row<Item, Scalar> operator[](User user) const {
        detail::check_index<User>("als::Interactions", user.index, user_count(), item_count());
        return by_user_.row(user.index);
    }

    /// Returns an item's users, ascending, with their values. Throws `InputError` for an item out
    /// of range.
    [[nodiscard]] Row<User, Scalar> operator[](Item item) const {
        detail::check_index<Item>("als::Interactions", item.index, item_count(), user_count());
        return by_item_.row(item.index);
    }

    /// Returns all entries, by user and then by item. Cost: a copy of the data.
    [[nodiscard]] std::vector<Entry<Scalar>> entries() const;

    /// Whether both have the same users, items and entries.
    friend bool operator==(const Interactions& a, const Interactions& b) {
        return a.is_equal_to(b);
    }

private:
    friend struct detail::InteractionsAccess;

    /// Makes interactions from any source that can be read several times, from several threads:
    /// for_each(begin, end, visit) calls visit(user, item, value) for the entries between two
    /// positions.
    template <typename ForEach>
    Interactions(std::int64_t user_count, std::int64_t item_count, InteractionsOptions options,
                 detail::SourceSize size, const ForEach& for_each) {
        detail::check_threads("als::InteractionsOptions::threads", options.threads);
        detail::check_count("users", user_count);
        detail::check_count("items", item_count);
        const detail::Workers workers = detail::workers_for(size.entries, options.threads);
        const auto is_good = [=](std::int64_t user, std::int64_t item, Scalar value) {
            return user >= 0 && user < user_count && item >= 0 && item < item_count &&
                   std::isfinite(value);
        };
        std::atomic<bool> all_good = true;
        detail::for_parts(std::int64_t{4} * workers.threads, size.positions, workers,
                          [&](std::size_t, std::int64_t begin, std::int64_t end) {
                              bool good = true;
                              for_each(begin, end, [&](auto user, auto item, Scalar value) {
                                  good &= is_good(user, item, value);
                              });
                              if (!good) all_good = false;
                          });
        if (!all_good) {
            std::int64_t entry = 0;
            for_each(0, size.positions, [&](auto user, auto item, Scalar value) {
                if (!is_good(user, item, value))
                    detail::throw_bad_entry(entry, user, item, static_cast<double>(value),
                                            {user_count, item_count});
                ++entry;
            });
        }
        // Counting sort, first by item and then by user. The second sorts each user's items.
        const auto by_item = [&](std::int64_t begin, std::int64_t end, const auto& visit) {
            for_each(begin, end, [&](auto user, auto item, Scalar value) {
                visit(detail::to_int32(item), User{detail::to_int32(user)}, value);
            });
        };
        by_item_ = detail::distribute<ByItem>(detail::to_int32(item_count), size, workers, by_item);
        complete(detail::to_int32(user_count), options);
    }

    /// Makes `by_user_` from `by_item_`, and merges repeated pairs in both.
    void complete(std::int32_t user_count, InteractionsOptions options);

    [[nodiscard]] bool is_equal_to(const Interactions& other) const;

    using ByUser = detail::SparseRows<Item, Scalar>;
    using ByItem = detail::SparseRows<User, Scalar>;
    ByUser by_user_;
    ByItem by_item_;
    detail::SharedOrigin origin_;
};

namespace detail {

/// The access that the rest of the library has to `Interactions`.
struct InteractionsAccess {
    /// Reads an Eigen matrix of either storage order, compressed or not, owned or mapped.
    template <Real Out, typename Matrix>
    static Interactions<Out> from_eigen(const Matrix& matrix, bool rows_are_users,
                                        InteractionsOptions options) {
        const std::int64_t users = rows_are_users ? matrix.rows() : matrix.cols();
        const std::int64_t items = rows_are_users ? matrix.cols() : matrix.rows();
        const auto for_each = [&](std::int64_t begin, std::int64_t end, const auto& visit) {
            for (Eigen::Index outer = begin; outer < end; ++outer)
                for (typename Matrix::InnerIterator cell(matrix, outer); cell; ++cell) {
                    const std::int64_t row = cell.row();
                    const std::int64_t column = cell.col();
                    visit(rows_are_users ? row : column, rows_are_users ? column : row,
                          static_cast<Out>(cell.value()));
                }
        };
        return from_source<Out>(users, items, {matrix.outerSize(), matrix.nonZeros()}, for_each,
                                options);
    }

    template <Real Scalar>
    static Interactions<Scalar> from_entries(std::int64_t user_count, std::int64_t item_count,
                                             std::span<const Entry<Scalar>> entries,
                                             InteractionsOptions options) {
        const auto for_each = [&](std::int64_t begin, std::int64_t end, const auto& visit) {
            for (std::int64_t n = begin; n < end; ++n) {
                const auto& [user, item, value] = entries[to_size(n)];
                visit(std::int64_t{user.index}, std::int64_t{item.index}, value);
            }
        };
        const std::int64_t count = to_count(entries.size());
        return from_source<Scalar>(user_count, item_count, {count, count}, for_each, options);
    }

    /// Makes interactions from a source like that of their constructor.
    template <Real Scalar, typename ForEach>
    static Interactions<Scalar> from_source(std::int64_t user_count, std::int64_t item_count,
                                            SourceSize size, const ForEach& for_each,
                                            InteractionsOptions options) {
        return Interactions<Scalar>(user_count, item_count, options, size, for_each);
    }

    /// Whose ids the indices stand for.
    template <Real Scalar>
    static const SharedOrigin& origin(const Interactions<Scalar>& data) {
        return data.origin_;
    }
    /// Makes interactions of other entries, with the users and items of `data`.
    template <Real Scalar>
    static Interactions<Scalar> like(const Interactions<Scalar>& data,
                                     const std::vector<Entry<Scalar>>& entries) {
        return with_origin(
            Interactions<Scalar>(data.user_count(), data.item_count(), entries, {.threads = 1}),
            data.origin_);
    }
    template <Real Scalar>
    static Interactions<Scalar> with_origin(Interactions<Scalar> data, const SharedOrigin& origin) {
        data.origin_ = origin;
        return data;
    }

    /// The rows of the users or of the items.
    template <Id Index, Real Scalar>
    static const auto& rows_of(const Interactions<Scalar>& data) {
        if constexpr (std::same_as<Index, User>)
            return data.by_user_;
        else
            return data.by_item_;
    }
};

/// The scalar of interactions made from a matrix: the one asked for, else the matrix's own.
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

/// Makes interactions from a sparse matrix whose **rows are users** and whose columns are items.
///
/// Takes an Eigen::SparseMatrix, or a Map, Ref or Block of one: row- or column-major, compressed or
/// not, any index type. The scalar stays that of the matrix; `users_by_items<float>(matrix)`
/// converts it. Throws what the constructor of `Interactions` throws. Cost: O(entries + users +
/// items).
template <typename Scalar = void, typename Derived>
[[nodiscard]] auto users_by_items(const Eigen::SparseCompressedBase<Derived>& matrix,
                                  InteractionsOptions options = {}) {
    using Out = decltype(detail::scalar_for<Scalar, typename Derived::Scalar>());
    return detail::InteractionsAccess::from_eigen<Out>(matrix.derived(), true, options);
}

/// Makes interactions from a sparse matrix whose **rows are items** and whose columns are users.
/// Otherwise like `users_by_items`.
template <typename Scalar = void, typename Derived>
[[nodiscard]] auto items_by_users(const Eigen::SparseCompressedBase<Derived>& matrix,
                                  InteractionsOptions options = {}) {
    using Out = decltype(detail::scalar_for<Scalar, typename Derived::Scalar>());
    return detail::InteractionsAccess::from_eigen<Out>(matrix.derived(), false, options);
}

/// A row that is not (or not yet) in the interactions: a newcomer's items, or a new item's users.
/// It converts to the `Row` that functions take.
///
///     const als::History<als::Item, float> history{{als::Item{3}, 5}, {als::Item{7}, 4}};
template <Id Index, Real Scalar>
class History {
public:
    /// No cells.
    History() = default;

    /// Makes a history from cells in any order. Throws `InputError` for a negative index, a
    /// repeated index or a value that is not finite.
    History(std::initializer_list<Cell<Index, Scalar>> cells)
        : History(std::span(cells.begin(), cells.size())) {}

    /// Makes a history from cells in any order. Throws like the constructor above.
    explicit History(std::span<const Cell<Index, Scalar>> cells);

    /// Copies a row of interactions.
    explicit History(const Row<Index, Scalar>& row)
        : ids_(row.ids().begin(), row.ids().end()),
          values_(row.values().begin(), row.values().end()) {}

    /// Returns a copy of this history with one cell added, or changed if there is one with this id:
    ///
    ///     als::fold_in(model, als::History(train[user]).with(item, 5));
    ///
    /// Throws what the constructor throws. Cost: O(size).
    [[nodiscard]] History with(Index id, Scalar value) const;

    /// Returns a copy of this history without the cell of this id, if there is one. Cost: O(size).
    [[nodiscard]] History without(Index id) const;

    /// Number of cells.
    [[nodiscard]] std::int64_t size() const { return row().size(); }
    /// Whether there are no cells.
    [[nodiscard]] bool empty() const { return ids_.empty(); }

    /// The cells, ids ascending.
    [[nodiscard]] Row<Index, Scalar> row() const { return {ids_, values_}; }
    /// The cells, ids ascending.
    operator Row<Index, Scalar>() const { return row(); }  // NOLINT(google-explicit-constructor)
    /// Only the ids, for options such as `RecommendOptions::exclude`.
    operator std::span<const Index>() const { return ids_; }  // NOLINT(google-explicit-constructor)

private:
    std::vector<Index> ids_;
    std::vector<Scalar> values_;
};

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/interactions.hpp>
#endif
