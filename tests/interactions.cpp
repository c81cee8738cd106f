// SPDX-License-Identifier: MIT
// Interactions and History: checking, merging and both orientations, from triples and from Eigen.
#include "catch.hpp"
#include <als/interactions.hpp>

#include <Eigen/SparseCore>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using als::Cell;
using als::Duplicates;
using als::Entry;
using als::History;
using als::InputError;
using als::Interactions;
using als::Item;
using als::Row;
using als::User;
using als_test::says;

namespace {

constexpr std::int64_t two_to_31 = std::int64_t{1} << 31;
constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max();

/// The naive image of interactions: the value of each pair (user, item).
template <typename Scalar>
using Reference = std::map<std::pair<int, int>, Scalar>;

/// Compares everything that `data` shows with the reference.
template <typename Scalar>
void check_equal(const Interactions<Scalar>& data, int users, int items,
                 const Reference<Scalar>& reference) {
    REQUIRE(data.user_count() == users);
    REQUIRE(data.item_count() == items);
    REQUIRE(data.size() == static_cast<std::int64_t>(reference.size()));
    REQUIRE(data.empty() == reference.empty());

    Reference<Scalar> by_user;
    for (int u = 0; u < users; ++u) {
        const Row<Item, Scalar> row = data[User{u}];
        REQUIRE(std::is_sorted(row.ids().begin(), row.ids().end()));
        for (const auto [item, value] : row)
            REQUIRE(by_user.emplace(std::pair(u, item.index), value).second);
    }
    Reference<Scalar> by_item;
    for (int i = 0; i < items; ++i) {
        const Row<User, Scalar> column = data[Item{i}];
        REQUIRE(std::is_sorted(column.ids().begin(), column.ids().end()));
        for (const auto [user, value] : column)
            REQUIRE(by_item.emplace(std::pair(user.index, i), value).second);
    }
    REQUIRE(by_user == reference);
    REQUIRE(by_item == reference);

    auto expected = reference.begin();
    for (const Entry<Scalar>& entry : data.entries()) {
        REQUIRE(std::pair(entry.user.index, entry.item.index) == expected->first);
        REQUIRE(entry.value == expected->second);
        ++expected;
    }
}

/// The value that a policy gives a pair with these values, in their order.
template <typename Scalar>
Scalar merge(const std::vector<Scalar>& values, Duplicates policy) {
    double sum = 0;
    for (const Scalar value : values) sum += static_cast<double>(value);
    switch (policy) {
        case Duplicates::sum:
            return static_cast<Scalar>(sum);
        case Duplicates::mean:
            return static_cast<Scalar>(sum / static_cast<double>(values.size()));
        case Duplicates::last:
            return values.back();
        case Duplicates::max:
            return *std::max_element(values.begin(), values.end());
        case Duplicates::error:
            break;
    }
    FAIL("a pair is repeated");
    return 0;
}

/// Random numbers that are the same with every standard library.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    int below(int bound) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(bound)); }

private:
    std::mt19937_64 engine_;
};

/// Three users, four items; user 1 and item 2 have no entries.
template <typename Scalar>
const Reference<Scalar> small{
    {{0, 0}, Scalar(5)}, {{0, 3}, Scalar(-1.5)}, {{2, 0}, Scalar(0)}, {{2, 1}, Scalar(4)}};

template <typename Matrix>
Matrix matrix_of(const Reference<typename Matrix::Scalar>& cells, int rows, int columns) {
    std::vector<Eigen::Triplet<typename Matrix::Scalar>> triplets;
    for (const auto& [pair, value] : cells) triplets.emplace_back(pair.first, pair.second, value);
    Matrix matrix(rows, columns);
    matrix.setFromTriplets(triplets.begin(), triplets.end());
    return matrix;
}

/// Spreads the cells out, with room between the rows.
template <typename Matrix>
Matrix uncompressed(Matrix matrix) {
    matrix.reserve(Eigen::VectorXi::Constant(static_cast<int>(matrix.outerSize()), 3));
    REQUIRE_FALSE(matrix.isCompressed());
    return matrix;
}

template <typename Scalar, int Order, typename StorageIndex>
void check_layout() {
    using Matrix = Eigen::SparseMatrix<Scalar, Order, StorageIndex>;
    const auto both_ways = [](const auto& as_given, const auto& transposed) {
        check_equal(als::users_by_items(as_given), 3, 4, small<Scalar>);
        check_equal(als::items_by_users(transposed), 3, 4, small<Scalar>);
    };
    const auto matrix = matrix_of<Matrix>(small<Scalar>, 3, 4);
    const Matrix transposed = matrix.transpose();
    both_ways(matrix, transposed);

    const Matrix loose = uncompressed(matrix);
    const Matrix loose_transposed = uncompressed(transposed);
    both_ways(loose, loose_transposed);

    const auto map = [](const Matrix& of) {
        return Eigen::Map<const Matrix>(of.rows(), of.cols(), of.nonZeros(), of.outerIndexPtr(),
                                        of.innerIndexPtr(), of.valuePtr(), of.innerNonZeroPtr());
    };
    both_ways(map(matrix), map(transposed));
    both_ways(map(loose), map(loose_transposed));
    both_ways(Eigen::Ref<const Matrix>(matrix), Eigen::Ref<const Matrix>(transposed));

    // Some outer rows of a larger matrix.
    Matrix larger(Order == Eigen::RowMajor ? 5 : 3, Order == Eigen::RowMajor ? 4 : 6);
    for (const auto& [pair, value] : small<Scalar>)
        larger.insert(pair.first + (Order == Eigen::RowMajor),
                      pair.second + (Order != Eigen::RowMajor)) = value;
    larger.insert(0, 0) = 9;
    larger.insert(larger.rows() - 1, larger.cols() - 1) = 9;
    if constexpr (Order == Eigen::RowMajor)
        check_equal(als::users_by_items(larger.middleRows(1, 3)), 3, 4, small<Scalar>);
    else
        check_equal(als::users_by_items(larger.middleCols(1, 4)), 3, 4, small<Scalar>);
}

}  // namespace

TEST_CASE("interactions: every layout of an Eigen matrix gives the same data") {
    check_layout<float, Eigen::ColMajor, int>();
    check_layout<float, Eigen::RowMajor, int>();
    check_layout<double, Eigen::ColMajor, std::int64_t>();
    check_layout<double, Eigen::RowMajor, std::int64_t>();
    check_layout<float, Eigen::ColMajor, short>();
    check_layout<double, Eigen::RowMajor, int>();
}

TEMPLATE_TEST_CASE("interactions: triples agree with a naive map under every policy", "", float,
                   double) {
    Dice dice(7);
    for (int round = 0; round < 200; ++round) {
        const int users = 1 + dice.below(12);
        const int items = 1 + dice.below(12);
        std::vector<Entry<TestType>> entries;
        std::map<std::pair<int, int>, std::vector<TestType>> values;
        for (int n = dice.below(2 * users * items); n > 0; --n) {
            const int user = dice.below(users);
            const int item = dice.below(items);
            const auto value = static_cast<TestType>(dice.below(1000) - 500) / TestType(7);
            entries.push_back({User{user}, Item{item}, value});
            values[{user, item}].push_back(value);
        }
        for (const auto policy :
             {Duplicates::sum, Duplicates::last, Duplicates::mean, Duplicates::max}) {
            Reference<TestType> reference;
            for (const auto& [pair, all] : values) reference[pair] = merge(all, policy);
            check_equal(Interactions<TestType>(users, items, entries, {.duplicates = policy}),
                        users, items, reference);
        }
        if (values.size() < entries.size())
            REQUIRE_THROWS_MATCHES(Interactions<TestType>(users, items, entries), InputError,
                                   says("occur"));
        else
            REQUIRE_NOTHROW(Interactions<TestType>(users, items, entries));
    }
}

TEMPLATE_TEST_CASE("interactions: the order of triples does not matter", "", float, double) {
    std::vector<Entry<TestType>> entries;
    for (const auto& [pair, value] : small<TestType>)
        entries.push_back({User{pair.first}, Item{pair.second}, value});
    const Interactions<TestType> sorted(3, 4, entries);
    check_equal(sorted, 3, 4, small<TestType>);
    std::reverse(entries.begin(), entries.end());
    CHECK(Interactions<TestType>(3, 4, entries) == sorted);
    CHECK(als::users_by_items(matrix_of<Eigen::SparseMatrix<TestType>>(small<TestType>, 3, 4)) ==
          sorted);
}

TEMPLATE_TEST_CASE("interactions: repeated cells of a matrix follow the policy", "", float,
                   double) {
    const std::vector<int> outer{0, 3, 3};
    const std::vector<int> inner{1, 1, 0};  // not sorted either
    const std::vector<TestType> values{2, 3, 7};
    const Eigen::Map<const Eigen::SparseMatrix<TestType, Eigen::RowMajor>> matrix(
        2, 2, 3, outer.data(), inner.data(), values.data());
    check_equal(als::users_by_items(matrix, {.duplicates = Duplicates::sum}), 2, 2,
                Reference<TestType>{{{0, 0}, TestType(7)}, {{0, 1}, TestType(5)}});
    check_equal(als::items_by_users(matrix, {.duplicates = Duplicates::last}), 2, 2,
                Reference<TestType>{{{0, 0}, TestType(7)}, {{1, 0}, TestType(3)}});
    REQUIRE_THROWS_MATCHES(
        als::users_by_items(matrix), InputError,
        Catch::Matchers::Message(
            "als::Interactions: user 0 and item 1 occur 2 times; say what a repeated pair "
            "means with .duplicates = als::Duplicates::sum, last, mean or max"));
}

TEMPLATE_TEST_CASE("interactions: stored zeros, empty rows and empty columns are kept", "", float,
                   double) {
    const std::vector<Entry<TestType>> entries{{User{1}, Item{2}, 0}};
    const Interactions<TestType> data(3, 5, entries);
    check_equal(data, 3, 5, Reference<TestType>{{{1, 2}, TestType(0)}});
    CHECK(data[User{0}].empty());
    CHECK(data[Item{4}].empty());
    CHECK(data[User{1}].size() == 1);

    Eigen::SparseMatrix<TestType> matrix(3, 5);
    matrix.insert(1, 2) = 0;
    CHECK(als::users_by_items(matrix) == data);
}

TEMPLATE_TEST_CASE("interactions: a matrix may be empty in one or both directions", "", float,
                   double) {
    check_equal(Interactions<TestType>(), 0, 0, {});
    check_equal(Interactions<TestType>(0, 0, {}), 0, 0, {});
    check_equal(Interactions<TestType>(4, 0, {}), 4, 0, {});
    check_equal(Interactions<TestType>(0, 4, {}), 0, 4, {});
    check_equal(als::users_by_items(Eigen::SparseMatrix<TestType>(2, 3)), 2, 3, {});
    check_equal(als::items_by_users(Eigen::SparseMatrix<TestType, Eigen::RowMajor>(2, 3)), 3, 2,
                {});
    check_equal(als::users_by_items(Eigen::SparseMatrix<TestType>()), 0, 0, {});
    CHECK(Interactions<TestType>(0, 4, {}) != Interactions<TestType>(0, 5, {}));
}

TEST_CASE("interactions: matrices of other scalars are converted when asked") {
    Eigen::SparseMatrix<int> counts(2, 2);
    counts.insert(0, 1) = 12;
    const Interactions<float> plays = als::users_by_items<float>(counts);
    check_equal(plays, 2, 2, Reference<float>{{{0, 1}, 12.0F}});

    Eigen::SparseMatrix<double> ratings(2, 2);
    ratings.insert(1, 0) = 0.1;
    STATIC_REQUIRE(std::is_same_v<decltype(als::users_by_items(ratings)), Interactions<double>>);
    check_equal(als::items_by_users<float>(ratings), 2, 2, Reference<float>{{{0, 1}, 0.1F}});
    ratings.insert(0, 0) = 1e300;
    REQUIRE_THROWS_MATCHES(als::users_by_items<float>(ratings), InputError,
                           says("has the value inf"));
}

TEMPLATE_TEST_CASE("interactions: an index out of range is refused before anything is written", "",
                   float, double) {
    const auto refused = [](std::int32_t user, std::int32_t item, const std::string& message) {
        const std::vector<Entry<TestType>> entries{{User{0}, Item{0}, 1},
                                                   {User{user}, Item{item}, 1}};
        REQUIRE_THROWS_MATCHES(Interactions<TestType>(3, 5, entries), InputError,
                               Catch::Matchers::Message(message));
    };
    const std::string users = " is out of range; there are 3 users, numbered from 0";
    const std::string items = " is out of range; there are 5 items, numbered from 0";
    refused(-1, 0, "als::Interactions: entry 1: user -1" + users);
    refused(3, 0,
            "als::Interactions: entry 1: user 3" + users +
                " (and 5 items: are users and items the wrong way round?)");
    refused(5, 0, "als::Interactions: entry 1: user 5" + users);
    refused(std::numeric_limits<std::int32_t>::max(), 0,
            "als::Interactions: entry 1: user 2147483647" + users);
    refused(std::numeric_limits<std::int32_t>::min(), 0,
            "als::Interactions: entry 1: user -2147483648" + users);
    refused(0, -1, "als::Interactions: entry 1: item -1" + items);
    refused(0, 5, "als::Interactions: entry 1: item 5" + items);
}

TEMPLATE_TEST_CASE("interactions: a matrix whose stored indices are out of range is refused", "",
                   float, double) {
    const auto check = [](auto index_type, std::int64_t bad) {
        using StorageIndex = decltype(index_type);
        const std::vector<StorageIndex> outer{0, 1, 2};
        const std::vector<StorageIndex> inner{0, static_cast<StorageIndex>(bad)};
        const std::vector<TestType> values{1, 1};
        const auto refused = [&](auto matrix) {
            const std::string number = std::to_string(bad) + " is out of range";
            REQUIRE_THROWS_MATCHES(als::users_by_items(matrix), InputError, says(number));
            REQUIRE_THROWS_MATCHES(als::items_by_users(matrix), InputError, says(number));
        };
        refused(Eigen::Map<const Eigen::SparseMatrix<TestType, Eigen::RowMajor, StorageIndex>>(
            2, 3, 2, outer.data(), inner.data(), values.data()));
        refused(Eigen::Map<const Eigen::SparseMatrix<TestType, Eigen::ColMajor, StorageIndex>>(
            3, 2, 2, outer.data(), inner.data(), values.data()));
    };
    for (const std::int64_t bad : {std::int64_t{-1}, std::int64_t{3}, two_to_31 - 1}) {
        check(int{}, bad);
        check(std::int64_t{}, bad);
    }
    // Cut to 32 bits these would be -2147483648, 0, 1 and -1.
    for (const std::int64_t bad :
         {two_to_31, 2 * two_to_31, 2 * two_to_31 + 1, greatest, -greatest - 1})
        check(std::int64_t{}, bad);
}

TEMPLATE_TEST_CASE("interactions: a number of users or items beyond 32 bits is refused", "", float,
                   double) {
    const auto message = [](const std::string& what, std::int64_t count) {
        return Catch::Matchers::Message("als::Interactions: the number of " + what + " is " +
                                        std::to_string(count) +
                                        "; it has to be between 0 and 2147483647");
    };
    for (const std::int64_t count : {std::int64_t{-1}, two_to_31, greatest}) {
        REQUIRE_THROWS_MATCHES(Interactions<TestType>(count, 1, {}), InputError,
                               message("users", count));
        REQUIRE_THROWS_MATCHES(Interactions<TestType>(1, count, {}), InputError,
                               message("items", count));
    }
    const Eigen::SparseMatrix<TestType, Eigen::ColMajor, std::int64_t> tall(two_to_31, 1);
    REQUIRE_THROWS_MATCHES(als::users_by_items(tall), InputError, message("users", two_to_31));
    REQUIRE_THROWS_MATCHES(als::items_by_users(tall), InputError, message("items", two_to_31));
}

TEMPLATE_TEST_CASE("interactions: a value that is not finite is refused, with its place", "", float,
                   double) {
    using Limits = std::numeric_limits<TestType>;
    const auto refused = [](TestType bad, const std::string& name) {
        const std::vector<Entry<TestType>> entries{{User{0}, Item{0}, 1}, {User{1}, Item{2}, bad}};
        REQUIRE_THROWS_MATCHES(
            Interactions<TestType>(2, 3, entries), InputError,
            Catch::Matchers::Message("als::Interactions: entry 1 (user 1, item 2) has the value " +
                                     name + "; values have to be finite"));
        Eigen::SparseMatrix<TestType, Eigen::RowMajor> matrix(2, 3);
        matrix.insert(0, 0) = 1;
        matrix.insert(1, 2) = bad;
        REQUIRE_THROWS_MATCHES(als::users_by_items(matrix), InputError,
                               says("entry 1 (user 1, item 2) has the value " + name));
        REQUIRE_THROWS_MATCHES(als::items_by_users(matrix), InputError,
                               says("entry 1 (user 2, item 1) has the value " + name));
    };
    refused(Limits::quiet_NaN(), "nan");
    refused(Limits::infinity(), "inf");
    refused(-Limits::infinity(), "-inf");
}

TEMPLATE_TEST_CASE("interactions: values whose sum overflows are refused", "", float, double) {
    const TestType huge = std::numeric_limits<TestType>::max();
    const std::vector<Entry<TestType>> entries{{User{0}, Item{1}, huge}, {User{0}, Item{1}, huge}};
    REQUIRE_THROWS_MATCHES(
        Interactions<TestType>(1, 2, entries, {.duplicates = Duplicates::sum}), InputError,
        Catch::Matchers::Message(
            "als::Interactions: the merged value of user 0 and item 1 is not finite"));
    CHECK(Interactions<TestType>(1, 2, entries, {.duplicates = Duplicates::max}).size() == 1);
}

TEST_CASE("interactions: asking for an unknown row is refused") {
    const std::vector<Entry<float>> entries{{User{1}, Item{4}, 1}};
    const Interactions<float> data(2, 5, entries);
    REQUIRE_THROWS_MATCHES(
        data[User{3}], InputError,
        Catch::Matchers::Message(
            "als::Interactions: user 3 is out of range; there are 2 users, numbered from 0 "
            "(and 5 items: are users and items the wrong way round?)"));
    REQUIRE_THROWS_AS(data[User{-1}], InputError);
    REQUIRE_THROWS_AS(data[Item{5}], InputError);
    REQUIRE_THROWS_AS(Interactions<float>()[User{0}], InputError);
}

TEST_CASE("interactions: a row gives cells, ids and values in the same order") {
    const std::vector<Entry<float>> entries{{User{0}, Item{4}, 1}, {User{0}, Item{2}, 5}};
    const Interactions<float> data(1, 5, entries);
    const Row<Item, float> row = data[User{0}];
    CHECK(row.size() == 2);
    CHECK(std::vector(row.ids().begin(), row.ids().end()) == std::vector{Item{2}, Item{4}});
    CHECK(std::vector(row.values().begin(), row.values().end()) == std::vector{5.0F, 1.0F});
    const std::span<const Item> ids = row;
    CHECK(ids.data() == row.ids().data());

    std::vector<std::pair<int, float>> cells;
    for (const auto [item, value] : row) cells.emplace_back(item.index, value);
    CHECK(cells == std::vector<std::pair<int, float>>{{2, 5.0F}, {4, 1.0F}});
    CHECK(std::distance(row.begin(), row.end()) == 2);
    CHECK(Row<User, double>().empty());
    for ([[maybe_unused]] const auto cell : Row<User, double>()) FAIL("an empty row has a cell");
}

TEST_CASE("interactions: users and items cannot be exchanged") {
    STATIC_REQUIRE_FALSE(std::is_convertible_v<User, Item>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<int, User>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<User, int>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<Row<Item, float>, Row<User, float>>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<Entry<float>, Item, User, float>);
}

TEMPLATE_TEST_CASE(
    "interactions: more entries than the offsets can count are an error, not a corruption", "",
    float, double) {
    using Narrow = als::detail::SparseRows<Item, TestType, std::int16_t>;
    const als::detail::Workers workers{2};
    const auto distribute = [&](int rows, int entries) {
        return als::detail::distribute<Narrow>(
            rows, {entries, entries}, workers,
            [=](std::int64_t begin, std::int64_t end, const auto& visit) {
                for (int i = static_cast<int>(begin); i < end; ++i)
                    visit(i % rows, Item{i / rows}, static_cast<TestType>(i));
            });
    };
    for (const int rows : {1, 7, 200}) {
        REQUIRE_THROWS_MATCHES(
            distribute(rows, 40'000), InputError,
            Catch::Matchers::Message("als::Interactions: 40000 entries are too many; at most "
                                     "32767 can be counted"));
        REQUIRE_THROWS_AS(distribute(rows, 32'768), InputError);
        REQUIRE_THROWS_AS(distribute(rows, 70'000), InputError);  // wraps back to a positive number
        REQUIRE(distribute(rows, 32'767).offsets.back() == 32'767);

        const Narrow made = distribute(rows, 30'000);
        int seen = 0;
        for (int r = 0; r < rows; ++r) {
            int expected = 0;
            for (const auto [item, value] : made.row(r)) {
                REQUIRE(item.index == expected);
                REQUIRE(value == static_cast<TestType>(expected * rows + r));
                ++expected;
                ++seen;
            }
        }
        REQUIRE(seen == 30'000);
        const auto transposed = als::detail::transpose<User>(made, 30'000 / rows + 1, workers);
        REQUIRE(transposed.offsets.back() == 30'000);
    }
}

TEMPLATE_TEST_CASE("interactions: a history is sorted by index", "", float, double) {
    const History<Item, TestType> history{{Item{7}, 4}, {Item{3}, 5}, {Item{5}, 0}};
    const Row<Item, TestType> row = history;
    CHECK(std::vector(row.ids().begin(), row.ids().end()) ==
          std::vector{Item{3}, Item{5}, Item{7}});
    CHECK(std::vector(row.values().begin(), row.values().end()) == std::vector<TestType>{5, 0, 4});
    const std::span<const Item> ids = history;
    CHECK(ids.size() == 3);
    CHECK(history.size() == 3);
    CHECK(History<User, TestType>().empty());

    const std::vector<Cell<User, TestType>> cells{{User{9}, 1}, {User{0}, 2}};
    const History<User, TestType> of_item{std::span(cells)};
    CHECK(of_item.row().ids().front() == User{0});
}

TEMPLATE_TEST_CASE("interactions: a history with a bad cell is refused", "", float, double) {
    using Items = History<Item, TestType>;
    using Users = History<User, TestType>;
    const TestType nan = std::numeric_limits<TestType>::quiet_NaN();
    REQUIRE_THROWS_MATCHES(
        (Items{{Item{1}, 1}, {Item{-2}, 1}}), InputError,
        Catch::Matchers::Message("als::History: item -2 is negative; indices start at 0"));
    REQUIRE_THROWS_MATCHES(
        (Users{{User{4}, 1}, {User{2}, 1}, {User{4}, 1}}), InputError,
        Catch::Matchers::Message("als::History: user 4 occurs twice; merge its values first"));
    REQUIRE_THROWS_MATCHES((Items{{Item{0}, nan}}), InputError,
                           Catch::Matchers::Message(
                               "als::History: item 0 has the value nan; values have to be finite"));
    REQUIRE_THROWS_AS((Items{{Item{0}, -std::numeric_limits<TestType>::infinity()}}), InputError);
}

TEST_CASE("interactions: a history with one cell added, changed or taken out is another one") {
    const History<Item, double> history{{Item{7}, 4}, {Item{3}, 5}, {Item{5}, 0}};
    const auto check = [](const History<Item, double>& changed, const std::vector<Item>& ids,
                          const std::vector<double>& values) {
        const Row<Item, double> row = changed;
        CHECK(std::vector(row.ids().begin(), row.ids().end()) == ids);
        CHECK(std::vector(row.values().begin(), row.values().end()) == values);
    };
    check(history.with(Item{4}, 2), {Item{3}, Item{4}, Item{5}, Item{7}}, {5, 2, 0, 4});
    check(history.with(Item{9}, 2), {Item{3}, Item{5}, Item{7}, Item{9}}, {5, 0, 4, 2});
    check(history.with(Item{5}, 9), {Item{3}, Item{5}, Item{7}}, {5, 9, 4});
    check(history.without(Item{5}), {Item{3}, Item{7}}, {5, 4});
    check(history.without(Item{4}), {Item{3}, Item{5}, Item{7}}, {5, 0, 4});
    check(history, {Item{3}, Item{5}, Item{7}}, {5, 0, 4});
    REQUIRE_THROWS_MATCHES(history.with(Item{-1}, 1), InputError, says("item -1 is negative"));
    REQUIRE_THROWS_MATCHES(history.with(Item{5}, std::numeric_limits<double>::quiet_NaN()),
                           InputError, says("finite"));
}

namespace {

/// The rows of users, then those of items.
template <typename Scalar>
void check_same_rows(const Interactions<Scalar>& a, const Interactions<Scalar>& b) {
    REQUIRE(a == b);
    for (std::int32_t n = 0; n < a.item_count(); ++n) {
        REQUIRE(std::ranges::equal(a[Item{n}].ids(), b[Item{n}].ids()));
        REQUIRE(std::ranges::equal(a[Item{n}].values(), b[Item{n}].values()));
    }
}

/// More entries than one thread handles alone, in no order; some pairs are repeated.
std::vector<Entry<float>> many_entries() {
    std::mt19937_64 engine(3);
    std::vector<Entry<float>> entries;
    for (int n = 0; n < 120'000; ++n)
        entries.push_back({User{static_cast<std::int32_t>(engine() % 3'000)},
                           Item{static_cast<std::int32_t>(engine() % (1 + engine() % 700))},
                           static_cast<float>(engine() % 1'000) / 7});
    return entries;
}

}  // namespace

TEST_CASE("interactions: the number of threads changes nothing") {
    const std::vector<Entry<float>> entries = many_entries();
    for (const auto policy : {als::Duplicates::sum, als::Duplicates::last}) {
        const Interactions<float> one(3'000, 700, entries, {policy, 1});
        REQUIRE(one.size() < 120'000);
        for (const int threads : {0, 2, 3, 8})
            check_same_rows(one, Interactions<float>(3'000, 700, entries, {policy, threads}));
    }
    // Each pair once, as an Eigen matrix.
    Eigen::SparseMatrix<float> matrix(600, 300);
    for (int column = 0; column < 300; ++column)
        for (int row = column % 3; row < 600; row += column < 100 ? 1 : 2)
            matrix.insert(row, column) = static_cast<float>(row - column);
    REQUIRE(matrix.nonZeros() > 100'000);
    const auto one = als::users_by_items(matrix, {.threads = 1});
    for (const int threads : {2, 5})
        check_same_rows(one, als::users_by_items(matrix, {.threads = threads}));
    REQUIRE(one.size() == matrix.nonZeros());
    CHECK(one[Item{7}].values()[1] == matrix.coeff(one[Item{7}].ids()[1].index, 7));
}

TEST_CASE("interactions: the first bad entry is named, whichever thread meets it") {
    std::vector<Entry<float>> entries = many_entries();
    entries[119'000].user = User{-1};
    entries[70'000].item = Item{700};
    for (const int threads : {1, 2, 8})
        REQUIRE_THROWS_WITH(
            Interactions<float>(3'000, 700, entries, {als::Duplicates::sum, threads}),
            Catch::Matchers::Contains("70000"));
    REQUIRE_THROWS_WITH(Interactions<float>(1, 1, {}, {.threads = -1}),
                        Catch::Matchers::Contains("als::InteractionsOptions::threads"));
}
