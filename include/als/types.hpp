// SPDX-License-Identifier: MIT
// The vocabulary of the library: the scalar concept, the index types that keep users and items
// apart, single ratings, scored results, and the matrices that hold factors.
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

/// The scalars that a model can be made of.
template <typename T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

/// A user's dense index, 0 <= index < user count.
///
/// `User` and `Item` are distinct types on purpose: a user in place of an item does not compile.
struct User {
    std::int32_t index = 0;  ///< the index
    /// Compares the indices.
    friend constexpr auto operator<=>(const User&, const User&) = default;
};

/// An item's dense index, 0 <= index < item count.
struct Item {
    std::int32_t index = 0;  ///< the index
    /// Compares the indices.
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
    User user;         ///< who
    Item item;         ///< what
    Scalar value = 0;  ///< the rating, or how often
};

/// One cell of a row.
template <Id Index, Real Scalar>
struct Cell {
    Index id;          ///< the index on the other side
    Scalar value = 0;  ///< the value
};

/// One result of a query: an item (or user) and its score.
template <Id Index, Real Scalar>
struct Scored {
    Index id;          ///< the item or user
    Scalar score = 0;  ///< its score
    /// Whether index and score are equal.
    friend bool operator==(const Scored&, const Scored&) = default;
};

/// A view of one row of interactions: a user's items (`Row<Item, Scalar>`) or an item's users
/// (`Row<User, Scalar>`), ids strictly ascending.
///
/// Iterating gives `Cell`s by value: `for (const auto [item, rating] : ratings[user])`. A row
/// refers to the interactions (or the history) that it came from and is valid as long as they are.
template <Id Index, Real Scalar>
class ALS_VIEW Row {
public:
    /// An empty row.
    Row() = default;

    /// A row of `ids`, strictly ascending, with one value each. Functions that take a row check it.
    Row(std::span<const Index> ids, std::span<const Scalar> values) : ids_(ids), values_(values) {}

    /// Number of cells.
    [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(ids_.size()); }
    /// Whether there are no cells.
    [[nodiscard]] bool empty() const { return ids_.empty(); }

    /// The ids, ascending.
    [[nodiscard]] std::span<const Index> ids() const { return ids_; }

    /// The values, in the order of `ids()`.
    [[nodiscard]] std::span<const Scalar> values() const { return values_; }

    /// Only the ids, for options such as `RecommendOptions::exclude`.
    operator std::span<const Index>() const { return ids_; }  // NOLINT(google-explicit-constructor)

    /// Reads the cells one after the other.
    class Iterator {
    public:
        /// Cells by value.
        using value_type = Cell<Index, Scalar>;
        using difference_type = std::ptrdiff_t;             ///< for iterator traits
        using iterator_category = std::input_iterator_tag;  ///< for iterator traits

        /// An iterator of no row.
        Iterator() = default;
        /// An iterator that points to one id and its value.
        Iterator(const Index* id, const Scalar* value) : id_(id), value_(value) {}
        /// The cell.
        value_type operator*() const { return {*id_, *value_}; }
        /// Moves to the next cell.
        Iterator& operator++() {
            ++id_;
            ++value_;
            return *this;
        }
        /// Moves to the next cell; returns the old iterator.
        Iterator operator++(int) {
            Iterator old = *this;
            ++*this;
            return old;
        }
        /// Whether both point to the same cell.
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.id_ == b.id_; }

    private:
        const Index* id_ = nullptr;
        const Scalar* value_ = nullptr;
    };

    /// The first cell.
    [[nodiscard]] Iterator begin() const { return {ids_.data(), values_.data()}; }
    /// The end of the cells.
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

/// The factors of a newcomer, made by `fold_in` or `from_features`. Those of `fold_in` are the ones
/// that `fit` would give a user (or item) with that history if everything else stayed fixed.
template <Id Newcomer, Real Scalar>
struct FoldedIn {
    FactorRow<Scalar> factors;  ///< the factors, [factors]
    Scalar bias = 0;            ///< the bias; 0 for a model without biases
};

/// One side of a model: its users or its items.
template <Real Scalar>
struct Side {
    FactorMatrix<Scalar> factors;  ///< the factors, [count, factors]
    BiasVector<Scalar> biases;     ///< the biases, [count]; empty for a model without biases
};

}  // inline namespace
}  // namespace als
