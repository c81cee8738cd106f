// SPDX-License-Identifier: MIT
// `recommend_users`, for one item, many and all, against scoring and sorting all users.
#include "catch.hpp"
#include "random_models.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

namespace {

template <typename Scalar>
using Users = List<Scalar, User>;

using Permitted = std::function<bool(User)>;
constexpr auto anybody = [](User) { return true; };
constexpr double no_minimum = -std::numeric_limits<double>::infinity();

std::vector<Item> all_items(int count) {
    std::vector<Item> all;
    for (int i = 0; i < count; ++i) all.push_back(Item{i});
    return all;
}

/// Whether the model has seen the user, or knows a bias.
template <typename Scalar>
bool knows(const als::Model<Scalar>& model, User user) {
    return !model.user_factors().row(user.index).isZero(0) ||
           (model.user_biases().size() > 0 && model.user_biases()(user.index) != 0);
}

/// The brute-force answer: scores all known users, drops some, sorts.
template <typename Scalar>
Users<Scalar> users_by_hand(const als::Model<Scalar>& model, Item item, std::int64_t count,
                            const Permitted& permitted, double minimum = no_minimum) {
    Users<Scalar> all;
    if (model.user_biases().size() == 0 && model.item_factors().row(item.index).isZero(0))
        return all;  // nothing is known of the item
    for (const User user : everyone(model.user_count()))
        if (knows(model, user) && permitted(user))
            all.push_back({user, als::predict(model, user, item)});
    return sorted(all, count, minimum);
}

/// The model with another item in the place of item 0.
template <typename Scalar>
als::Model<Scalar> with_first_item(const als::Model<Scalar>& model,
                                   const als::FoldedIn<Item, Scalar>& item) {
    als::ModelParts<Scalar> parts = model.parts();
    parts.items.factors.row(0) = item.factors;
    if (parts.items.biases.size() > 0) parts.items.biases(0) = item.bias;
    return {std::move(parts), model.objective()};
}

bool has(const auto& list, User user) {
    return std::find(list.begin(), list.end(), user) != list.end();
}

std::vector<User> random_users(std::mt19937& generator, int users, double fraction) {
    std::vector<User> chosen;
    for (const User user : everyone(users))
        if (uniform(generator) < fraction) chosen.push_back(user);
    std::shuffle(chosen.begin(), chosen.end(), generator);
    return chosen;
}

/// A random model with random lists of who may and may not appear.
template <typename Scalar>
struct RandomUserLists {
    static constexpr int items = 24;
    int users;
    als::Model<Scalar> model;
    als::Interactions<Scalar> seen;
    std::vector<User> deny, allow;
    std::vector<std::vector<User>> own_deny, own_allow;

    RandomUserLists(std::mt19937& generator, Kind kind, bool biases)
        : users(20 + static_cast<int>(uniform(generator) * 200)),
          model(random_model<Scalar>(generator, kind, users, items, 9, biases)),
          deny(random_users(generator, users, 0.2)),
          allow(random_users(generator, users, 0.6)) {
        std::vector<als::Entry<Scalar>> entries;
        for (const Item item : all_items(items)) {
            for (const User user : random_users(generator, users, 0.3))
                entries.push_back({user, item, 1});
            own_deny.push_back(random_users(generator, users, 0.1));
            own_allow.push_back(random_users(generator, users, 0.7));
        }
        seen = als::Interactions<Scalar>(users, items, entries);
    }

    /// Every second item has its own list of allowed users.
    [[nodiscard]] als::UserLists own_lists(std::size_t n) const {
        als::UserLists own{.deny = own_deny[n]};
        if (n % 2 == 0) own.allow = own_allow[n];
        return own;
    }

    [[nodiscard]] bool permits(Item item, User user) const {
        return !has(seen[item].ids(), user) && !has(deny, user) && has(allow, user);
    }
    [[nodiscard]] bool permits_own(Item item, User user) const {
        const auto n = static_cast<std::size_t>(item.index);
        return !has(own_deny[n], user) && (n % 2 != 0 || has(own_allow[n], user));
    }
};

/// Three users and two items; nothing is known of the last user and of the last item.
als::ModelParts<float> parts_with_unknown() {
    als::ModelParts<float> parts;
    parts.users.factors.resize(3, 1);
    parts.users.factors << 2, -1, 0;
    parts.items.factors.resize(2, 1);
    parts.items.factors << 3, 0;
    return parts;
}

}  // namespace

TEST_CASE("recommend_users: the worked example") {
    als::FactorMatrix<float> users(4, 2);
    users << 6, 4, 3, 4, 3, 6, 3, 6;
    als::FactorMatrix<float> items(2, 2);
    items << 5, 6, -1, -1;
    const auto model = model_of<float>(std::move(users), std::move(items));
    // Equal users are in the order of the index.
    CHECK(als::recommend_users(model, Item{0}) ==
          Users<float>{{User{0}, 54}, {User{2}, 51}, {User{3}, 51}, {User{1}, 39}});
    CHECK(als::recommend_users(model, Item{1}, {.count = 2}) ==
          Users<float>{{User{1}, -7}, {User{2}, -9}});
    CHECK(als::recommend_users(model, Item{0}, {.count = 0}).empty());
}

TEMPLATE_TEST_CASE("recommend_users: one, many and all agree with scoring and sorting", "", float,
                   double) {
    std::mt19937 generator(61);
    for (const Kind kind : kinds)
        for (const bool biases : {false, true}) {
            const RandomUserLists<TestType> lists(generator, kind, biases);
            const auto& model = lists.model;
            const auto items = all_items(lists.items);
            for (const int threads : {1, 3}) {
                const auto many =
                    als::recommend_users(model, items,
                                         {.count = 12,
                                          .exclude = &lists.seen,
                                          .deny = lists.deny,
                                          .allow = lists.allow,
                                          .own_lists = [&](auto n) { return lists.own_lists(n); },
                                          .minimum_score = 0.25,
                                          .threads = threads});
                REQUIRE(many.size() == items.size());
                for (const Item item : items)
                    REQUIRE(many[static_cast<std::size_t>(item.index)] ==
                            users_by_hand(
                                model, item, 12,
                                [&](User user) {
                                    return lists.permits(item, user) &&
                                           lists.permits_own(item, user);
                                },
                                0.25));
                int next = 0;
                als::recommend_users_for_all(
                    model,
                    {.count = 12,
                     .exclude = &lists.seen,
                     .block_items = threads == 1 ? 7 : 1000,
                     .threads = threads},
                    [&](Item item, auto users) {
                        REQUIRE(item.index == next++);
                        REQUIRE(std::ranges::equal(users,
                                                   users_by_hand(model, item, 12, [&](User user) {
                                                       return !has(lists.seen[item].ids(), user);
                                                   })));
                    });
                CHECK(next == lists.items);
            }
            for (const Item item : items) {
                REQUIRE(als::recommend_users(model, item, {.count = 1000}) ==
                        users_by_hand(model, item, 1000, anybody));
                REQUIRE(als::recommend_users(model, item,
                                             {.count = 5,
                                              .exclude = lists.seen[item],
                                              .deny = lists.deny,
                                              .allow = lists.allow,
                                              .minimum_score = 0.25}) ==
                        users_by_hand(
                            model, item, 5, [&](User user) { return lists.permits(item, user); },
                            0.25));
            }
        }
}

TEMPLATE_TEST_CASE("recommend_users: trained models, with their folded-in items", "", float,
                   double) {
    const auto data = sample_data<TestType>(62);
    const auto others =
        random_table(63, {.users = 60, .items = 20, .density = 0.2}).interactions<TestType>();
    const auto check = [&](const auto& objective) {
        const auto model = als::fit(data, objective, {.factors = 5, .iterations = 2});
        for (const Item item : all_items(45))
            CHECK(als::recommend_users(model, item, {.count = 9, .exclude = data[item]}) ==
                  users_by_hand(model, item, 9,
                                [&](User user) { return !has(data[item].ids(), user); }));
        const auto newcomers = als::fold_in_items(model, others);
        const auto lists = als::recommend_users(model, newcomers, {.count = 9, .exclude = &others});
        REQUIRE(lists.size() == 20);
        for (const Item item : all_items(20)) {
            const auto& list = lists[static_cast<std::size_t>(item.index)];
            const auto& newcomer = newcomers[static_cast<std::size_t>(item.index)];
            CHECK(list == users_by_hand(with_first_item(model, newcomer), Item{0}, 9,
                                        [&](User user) { return !has(others[item].ids(), user); }));
            CHECK(list ==
                  als::recommend_users(model, newcomer, {.count = 9, .exclude = others[item]}));
        }
        REQUIRE_THROWS_MATCHES(
            als::recommend_users(model, newcomers, {.exclude = &data}), als::InputError,
            says("als::recommend_users: exclude") && says("60 users and 45 items") &&
                says("20 folded-in items, and the model has 60 users"));
    };
    check(als::Implicit{});
    check(als::Explicit{});
    check(als::Explicit{.biases = false});
}

TEST_CASE("recommend_users: the bias of a user counts") {
    als::ModelParts<float> parts = parts_with_unknown();
    parts.mean = 3;
    parts.users.biases.resize(3);
    parts.users.biases << -4, 2, 0;
    parts.items.biases.resize(2);
    parts.items.biases << 1, 0;
    const als::Model<float> model(parts, als::Explicit{});
    // 3 - 4 + 1 + 6 and 3 + 2 + 1 - 3.
    CHECK(als::recommend_users(model, Item{0}) == Users<float>{{User{0}, 6}, {User{1}, 3}});
    // Without a history: mean + bias. The fallback is not needed.
    const std::vector<User> fallback{User{2}};
    CHECK(als::recommend_users(model, Item{1}, {.fallback = fallback}) ==
          Users<float>{{User{1}, 5}, {User{0}, -1}});
    CHECK(als::recommend_users(model, Item{1}, {.unknown_users = true}) ==
          Users<float>{{User{1}, 5}, {User{2}, 3}, {User{0}, -1}});
}

TEMPLATE_TEST_CASE("recommend_users: a large mean is not lost in the rounding of the scan", "",
                   float, double) {
    // The deciding differences are below the rounding of the mean. The biases of two items cancel
    // it; for the other items, most users have the same score.
    std::mt19937 generator(64);
    als::ModelParts<TestType> parts =
        random_model<TestType>(generator, Kind::near_ties, 300, 16, 6, true).parts();
    parts.mean = 1e6 / 3;
    parts.items.biases.head(2).setConstant(static_cast<TestType>(-parts.mean));
    parts.users.biases *= TestType(1e-6);
    const als::Model<TestType> model(parts, als::Explicit{});
    for (const Item item : all_items(16))
        CHECK(als::recommend_users(model, item, {.count = 20}) ==
              users_by_hand(model, item, 20, anybody));
}

TEST_CASE("recommend_users: users of whom the model knows nothing appear only if asked for") {
    const als::Model<float> model(parts_with_unknown(), als::Implicit{});
    CHECK(als::recommend_users(model, Item{0}) == Users<float>{{User{0}, 6}, {User{1}, -3}});
    CHECK(als::recommend_users(model, Item{0}, {.unknown_users = true}) ==
          Users<float>{{User{0}, 6}, {User{2}, 0}, {User{1}, -3}});
    CHECK(als::recommend_users(model, all_items(1), {.unknown_users = true})[0].size() == 3);
    const std::vector<User> some{User{2}, User{1}};
    CHECK(als::recommend_users(model, Item{0}, {.allow = some}).size() == 1);
    CHECK(als::recommend_users(model, all_items(1), {.allow = some})[0].size() == 1);
}

TEST_CASE("recommend_users: an unknown item gets the fallback, less who may not appear") {
    const als::Model<float> model(parts_with_unknown(), als::Implicit{});
    const als::Interactions<float> data(
        3, 2,
        std::vector<als::Entry<float>>{
            {User{2}, Item{0}, 1}, {User{1}, Item{0}, 1}, {User{1}, Item{1}, 1}});
    const std::vector<User> active = als::active_users(data);
    CHECK(active == std::vector<User>{User{1}, User{2}, User{0}});
    CHECK(als::recommend_users(model, Item{1}).empty());
    CHECK(als::recommend_users(model, Item{1}, {.count = 2, .fallback = active}) ==
          Users<float>{{User{1}, 0}, {User{2}, 0}});
    const auto lists =
        als::recommend_users(model, all_items(2), {.exclude = &data, .fallback = active});
    CHECK(lists[0] == Users<float>{{User{0}, 6}});
    CHECK(lists[1] == Users<float>{{User{2}, 0}, {User{0}, 0}});
    const als::FoldedIn<Item, float> newcomer{als::FactorRow<float>::Zero(1)};
    CHECK(als::recommend_users(model, newcomer, {.count = 1, .fallback = active}) ==
          Users<float>{{User{1}, 0}});
}

TEST_CASE("recommend_users: clipped scores keep their order, what is not finite is left out") {
    als::ModelParts<float> parts;
    parts.users.factors.resize(5, 1);
    parts.users.factors << 4, 7, 6, -3, 1e38F;
    parts.items.factors = als::FactorMatrix<float>::Constant(2, 1, 1);
    parts.items.factors(1, 0) = 1e18F;
    parts.lowest = 1;
    parts.highest = 5;
    const als::Model<float> model(parts, als::Explicit{.biases = false});
    CHECK(als::recommend_users(model, Item{0}, {.minimum_score = -2, .clip = true}) ==
          Users<float>{{User{4}, 5}, {User{1}, 5}, {User{2}, 5}, {User{0}, 4}});
    CHECK(als::recommend_users(model, all_items(1), {.count = 2, .clip = true})[0] ==
          Users<float>{{User{4}, 5}, {User{1}, 5}});
    CHECK(als::recommend_users(model, Item{1}).size() == 4);
}

TEST_CASE("recommend_users: a model may have no items or no users") {
    std::mt19937 generator(65);
    const auto nobody = random_model<float>(generator, Kind::plain, 0, 2, 3, true);
    CHECK(als::recommend_users(nobody, Item{0}).empty());
    CHECK(als::recommend_users(nobody, std::vector<Item>{}).empty());
    const auto empty = random_model<float>(generator, Kind::plain, 3, 0, 3, true);
    als::recommend_users_for_all(empty, {}, [](Item, auto) { FAIL("there is no item"); });
}

TEST_CASE("recommend_users: an exception of the callback ends recommend_users_for_all") {
    std::mt19937 generator(66);
    const auto model = random_model<float>(generator, Kind::plain, 5, 20, 3, false);
    int calls = 0;
    CHECK_THROWS_AS(als::recommend_users_for_all(model, {.block_items = 4},
                                                 [&](Item item, auto) {
                                                     ++calls;
                                                     if (item.index == 5)
                                                         throw std::out_of_range("full");
                                                 }),
                    std::out_of_range);
    CHECK(calls == 6);
}

TEST_CASE("recommend_users: bad ids, lists and numbers are refused, and say where") {
    std::mt19937 generator(67);
    const auto model = random_model<float>(generator, Kind::plain, 3, 7, 2, false);
    const auto refuses = [](const auto& call, const std::string& place, const std::string& part) {
        REQUIRE_THROWS_MATCHES(call(), als::InputError, says(place) && says(part));
    };
    const std::vector<User> bad{User{1}, User{3}};
    const auto one = [&](const als::RecommendUsersOptions& options) {
        return [&model, options] { return als::recommend_users(model, Item{0}, options); };
    };
    refuses([&] { return als::recommend_users(model, Item{7}); }, "als::recommend_users: item 7",
            "7 items");
    refuses([&] { return als::recommend_users(model, std::vector<Item>{Item{-1}}); },
            "als::recommend_users", "item -1");
    refuses([&] { return als::recommend_users(model, als::FoldedIn<Item, float>{}); },
            "als::recommend_users", "folded-in item has 0 factors and the model 2");
    refuses(one({.exclude = bad}), "als::recommend_users: exclude", "user 3");
    refuses(one({.deny = bad}), "als::recommend_users: deny", "user 3");
    refuses(one({.allow = bad}), "als::recommend_users: allow", "are users and items");
    refuses(one({.fallback = bad}), "als::recommend_users: fallback", "user 3");
    refuses(one({.count = -1}), "als::recommend_users", "-1");
    refuses(one({.minimum_score = std::nan("")}), "als::recommend_users",
            "minimum_score is not a number");

    const auto all = [&](const als::BatchUsersOptions<float>& options) {
        return [&model, options] {
            als::recommend_users_for_all(model, options, [](Item, auto) {});
            return 0;
        };
    };
    const auto own = [&](std::size_t n) {
        return n == 2 ? als::UserLists{.allow = bad} : als::UserLists{};
    };
    refuses(all({.own_lists = own, .threads = 2}), "als::recommend_users_for_all: own_lists: allow",
            "user 3");
    refuses(all({.deny = bad}), "als::recommend_users_for_all: deny", "user 3");
    refuses(all({.block_items = 0}), "als::BatchUsersOptions::block_items is 0", ">= 1");
    refuses(all({.threads = -1}), "als::BatchUsersOptions::threads is -1", ">= 0");
    const als::Interactions<float> swapped(7, 3, {});
    refuses(all({.exclude = &swapped}), "als::recommend_users_for_all: exclude", "wrong way round");
}
