// SPDX-License-Identifier: MIT
// The vocabulary of the library: the scalar concept, the two index types that keep users and items
// apart, single ratings, scored results, and the matrix types that hold factors.
#pragma once

#include <als/version.hpp>

#include <Eigen/Core>

#include <compare>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace als {
inline namespace ALS_ABI {

/// The scalars that a model may be made of.
template <typename T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

/// A user's dense index, 0 <= index < user count.
///
/// `User` and `Item` are distinct on purpose: passing one where the other is meant does not
/// compile.
struct User {
    std::int32_t index = 0;
    friend constexpr auto operator<=>(const User&, const User&) = default;
};

/// An item's dense index, 0 <= index < item count.
struct Item {
    std::int32_t index = 0;
    friend constexpr auto operator<=>(const Item&, const Item&) = default;
};

/// Either of the two index types.
template <typename T>
concept Id = std::same_as<T, User> || std::same_as<T, Item>;

namespace detail {

/// The other side: the items of a user, the users of an item.
template <Id T>
using Opposite = std::conditional_t<std::same_as<T, User>, Item, User>;

/// The name of this index type in messages.
template <Id T>
constexpr std::string_view name_of() {
    return std::same_as<T, User> ? "user" : "item";
}

}  // namespace detail

/// One observation: `user` gave `item` this rating, or used it this often.
template <Real Scalar>
struct Entry {
    User user;
    Item item;
    Scalar value = 0;
};

/// One cell of a row: the index on the other side, and the value.
template <Id Index, Real Scalar>
struct Cell {
    Index id;
    Scalar value = 0;
};

/// One answer of a query: an item (or user) and its score.
template <Id Index, Real Scalar>
struct Scored {
    Index id;
    Scalar score = 0;
    friend bool operator==(const Scored&, const Scored&) = default;
};

/// A view of one row of interactions: a user's items (`Row<Item, Scalar>`) or an item's users
/// (`Row<User, Scalar>`), ids strictly ascending.
///
/// Iterating gives `Cell`s by value: `for (const auto [item, rating] : ratings[user])`. A row
/// refers to the interactions (or the history) that it came from and is valid as long as these are.
template <Id Index, Real Scalar>
class ALS_VIEW Row {
public:
    /// An empty row.
    Row() = default;

    /// A row of `ids`, strictly ascending, with one value each. Functions that take a row check it.
    Row(std::span<const Index> ids, std::span<const Scalar> values) : ids_(ids), values_(values) {}

    /// Number of cells.
    [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(ids_.size()); }
    [[nodiscard]] bool empty() const { return ids_.empty(); }

    /// The indices, ascending.
    [[nodiscard]] std::span<const Index> ids() const { return ids_; }

    /// The values, in the order of `ids()`.
    [[nodiscard]] std::span<const Scalar> values() const { return values_; }

    /// Only the indices, for options such as `RecommendOptions::exclude`.
    operator std::span<const Index>() const { return ids_; }  // NOLINT(google-explicit-constructor)

    /// Reads the cells one after the other.
    class Iterator {
    public:
        using value_type = Cell<Index, Scalar>;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::input_iterator_tag;

        Iterator() = default;
        Iterator(const Index* id, const Scalar* value) : id_(id), value_(value) {}
        value_type operator*() const { return {*id_, *value_}; }
        Iterator& operator++() {
            ++id_;
            ++value_;
            return *this;
        }
        Iterator operator++(int) {
            Iterator old = *this;
            ++*this;
            return old;
        }
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.id_ == b.id_; }

    private:
        const Index* id_ = nullptr;
        const Scalar* value_ = nullptr;
    };

    [[nodiscard]] Iterator begin() const { return {ids_.data(), values_.data()}; }
    [[nodiscard]] Iterator end() const {
        return {ids_.data() + ids_.size(), values_.data() + values_.size()};
    }

private:
    std::span<const Index> ids_;
    std::span<const Scalar> values_;
};

/// Factors, one row per user or item: [users or items, factors], row-major.
template <Real Scalar>
using FactorMatrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A read-only view of a factor matrix.
template <Real Scalar>
using FactorView = Eigen::Ref<const FactorMatrix<Scalar>, 0, Eigen::OuterStride<>>;

/// One row of factors: [1, factors].
template <Real Scalar>
using FactorRow = Eigen::Matrix<Scalar, 1, Eigen::Dynamic, Eigen::RowMajor>;

/// One bias per user or item.
template <Real Scalar>
using BiasVector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

/// The factors of a newcomer, made by `fold_in`: those that `fit` would give a user (or item) with
/// that history if all else stays fixed. Or made by `from_features`, without a history.
template <Id Newcomer, Real Scalar>
struct FoldedIn {
    FactorRow<Scalar> factors;  ///< [factors]
    Scalar bias = 0;            ///< 0 for a model without biases
};

/// The part of a model for one side, its users or its items.
template <Real Scalar>
struct Side {
    FactorMatrix<Scalar> factors;  ///< [count, factors]
    BiasVector<Scalar> biases;     ///< [count]; empty for a model without biases
};

}  // inline namespace
}  // namespace als
