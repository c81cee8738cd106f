// SPDX-License-Identifier: MIT
// `recommend`, for one user, many and everyone, against scoring and sorting all items.
#include "catch.hpp"
#include "random_models.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

namespace {

/// The hand-worked table: three users and seven items. The factors of items 0 to 2 are negligible.
als::Model<float> worked_model() {
    als::FactorMatrix<float> users(3, 2);
    users << 6, 4, 3, 4, 3, 6;
    als::FactorMatrix<float> items(7, 2);
    items << -1, -1, -2, -2, -3, -3, 5, 6, 6, 2, 3, 6, 4, 1;
    return model_of<float>(users, items);
}

/// Two users, of whom the model does not know the first one, and six items.
als::ModelParts<float> parts_with_unknown_user() {
    als::ModelParts<float> parts;
    parts.users.factors = als::FactorMatrix<float>::Zero(2, 3);
    parts.users.factors.row(1).setOnes();
    parts.items.factors = als::FactorMatrix<float>::Ones(6, 3);
    return parts;
}

std::set<Item> random_items(std::mt19937& generator, int items, double fraction) {
    std::set<Item> chosen;
    for (int i = 0; i < items; ++i)
        if (uniform(generator) < fraction) chosen.insert(Item{i});
    return chosen;
}

/// In no order, some twice.
std::vector<Item> shuffled(std::mt19937& generator, const std::set<Item>& items) {
    std::vector<Item> list(items.begin(), items.end());
    for (const Item item : items)
        if (uniform(generator) < 0.2) list.push_back(item);
    std::shuffle(list.begin(), list.end(), generator);
    return list;
}

bool has(const auto& list, Item item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

bool knows(const auto& model, User user) {
    return model.item_biases().size() > 0 || !model.user_factors().row(user.index).isZero(0);
}

/// A random model with random lists of what may and may not appear.
template <typename Scalar>
struct RandomLists {
    int users = 30;
    int items;
    als::Model<Scalar> model;
    std::vector<Item> deny, allow;
    als::Interactions<Scalar> seen;

    RandomLists(std::mt19937& generator, Kind kind, bool biases)
        : items(20 + static_cast<int>(uniform(generator) * 200)),
          model(random_model<Scalar>(generator, kind, users, items, 9, biases)),
          deny(shuffled(generator, random_items(generator, items, 0.2))),
          allow(shuffled(generator, random_items(generator, items, 0.5))) {
        std::vector<als::Entry<Scalar>> entries;
        for (const User user : everyone(users))
            for (const Item item : random_items(generator, items, 0.3))
                entries.push_back({user, item, 1});
        seen = als::Interactions<Scalar>(users, items, entries);
    }

    /// By hand: the items that these lists leave and `also` accepts.
    [[nodiscard]] List<Scalar> expected(User user, std::int64_t count, double minimum,
                                        const std::function<bool(Item)>& also) const {
        if (!knows(model, user)) return {};
        const auto permitted = [&](Item item) {
            return !has(seen[user].ids(), item) && !has(deny, item) && has(allow, item) &&
                   also(item);
        };
        return by_hand(model, user, count, permitted, minimum);
    }
};

}  // namespace

TEST_CASE("recommend: the worked example") {
    const auto model = worked_model();
    using Expected = List<float>;
    CHECK(als::recommend(model, User{0}, {.count = 4}) ==
          Expected{{Item{3}, 54}, {Item{4}, 44}, {Item{5}, 42}, {Item{6}, 28}});
    CHECK(als::recommend(model, User{1}, {.count = 4}) ==
          Expected{{Item{3}, 39}, {Item{5}, 33}, {Item{4}, 26}, {Item{6}, 16}});
    CHECK(als::recommend(model, User{2}, {.count = 4}) ==
          Expected{{Item{3}, 51}, {Item{5}, 45}, {Item{4}, 30}, {Item{6}, 18}});
    CHECK(als::predict(model, User{0}, Item{3}) == 54);
}

TEMPLATE_TEST_CASE("recommend: agrees with scoring and sorting everything", "", float, double) {
    const auto data = sample_data<TestType>(21);
    const auto check = [&](const auto& objective) {
        const auto model = als::fit(data, objective, {.factors = 5, .iterations = 2});
        for (int u = 0; u < 60; u += 7)
            for (const int count : {0, 1, 10, 45, 1000}) {
                const auto row = data[User{u}].ids();
                const auto is_new = [&](Item item) {
                    return !std::binary_search(row.begin(), row.end(), item);
                };
                CHECK(als::recommend(model, User{u}, {.count = count, .exclude = data[User{u}]}) ==
                      by_hand(model, User{u}, count, is_new));
                CHECK(als::recommend(model, User{u}, {.count = count}) ==
                      by_hand(model, User{u}, count, [](Item) { return true; }));
            }
    };
    check(als::Implicit{});
    check(als::Explicit{});
}

TEST_CASE("recommend: an excluded item never appears, whatever the order of the list") {
    const auto model = worked_model();
    const std::vector<Item> unsorted{Item{5}, Item{3}, Item{3}, Item{0}};
    const auto list = als::recommend(model, User{0}, {.count = 7, .exclude = unsorted});
    REQUIRE(list.size() == 4);
    CHECK(list[0].id == Item{4});
    for (const auto& [item, score] : list)
        CHECK(std::find(unsorted.begin(), unsorted.end(), item) == unsorted.end());
}

TEST_CASE("recommend: ties are in the order of the index") {
    const auto model =
        model_of<float>(als::FactorMatrix<float>::Ones(1, 2), als::FactorMatrix<float>::Ones(9, 2));
    const auto list = als::recommend(model, User{0}, {.count = 4});
    REQUIRE(list.size() == 4);
    for (int i = 0; i < 4; ++i) CHECK(list[static_cast<std::size_t>(i)].id == Item{i});
}

TEST_CASE("recommend: a score that is not finite never appears") {
    als::FactorMatrix<float> items = als::FactorMatrix<float>::Ones(5, 2);
    items.row(1) *= 1e38f;
    items.row(3) *= -1e38f;
    const auto model = model_of<float>(als::FactorMatrix<float>::Constant(1, 2, 1e18f), items);
    const auto list = als::recommend(model, User{0});
    REQUIRE(list.size() == 3);
    for (const auto& [item, score] : list) CHECK(std::isfinite(score));
}

TEST_CASE("recommend: a batch gives each user's own list, for any number of threads") {
    const auto data = sample_data<float>(22);
    const auto model = als::fit(data, als::Implicit{}, {.factors = 6, .iterations = 3});
    const std::vector<User> users{User{7}, User{0}, User{59}, User{7}};
    for (const int threads : {0, 1, 3}) {
        const auto lists =
            als::recommend(model, users, {.count = 5, .exclude = &data, .threads = threads});
        REQUIRE(lists.size() == users.size());
        for (std::size_t n = 0; n < users.size(); ++n)
            CHECK(lists[n] ==
                  als::recommend(model, users[n], {.count = 5, .exclude = data[users[n]]}));
    }
    CHECK(als::recommend(model, users)[1] == als::recommend(model, User{0}));
    CHECK(als::recommend(model, std::vector<User>{}).empty());
}

TEMPLATE_TEST_CASE("recommend: what is excluded, denied or not allowed never appears", "", float,
                   double) {
    std::mt19937 generator(43);
    for (const Kind kind : kinds)
        for (int round = 0; round < 6; ++round) {
            const RandomLists<TestType> lists(generator, kind, round % 2 == 1);
            for (const User user : everyone(lists.users))
                REQUIRE(als::recommend(lists.model, user,
                                       {.count = 12,
                                        .exclude = lists.seen[user],
                                        .deny = lists.deny,
                                        .allow = lists.allow,
                                        .minimum_score = 0.25}) ==
                        lists.expected(user, 12, 0.25, [](Item) { return true; }));
        }
}

TEMPLATE_TEST_CASE("recommend: of many users each has lists of their own, beside the common ones",
                   "", float, double) {
    std::mt19937 generator(43);
    for (const Kind kind : kinds)
        for (int round = 0; round < 6; ++round) {
            const RandomLists<TestType> lists(generator, kind, round % 2 == 1);
            std::vector<std::vector<Item>> own_deny, own_allow;
            for (int u = 0; u < lists.users; ++u) {
                own_deny.push_back(shuffled(generator, random_items(generator, lists.items, 0.1)));
                own_allow.push_back(shuffled(generator, random_items(generator, lists.items, 0.7)));
            }
            const auto own_lists = [&](std::size_t u) {
                als::ItemLists own{.deny = own_deny[u]};
                if (u % 2 == 0) own.allow = own_allow[u];
                return own;
            };
            const auto batch = als::recommend(lists.model, everyone(lists.users),
                                              {.count = 12,
                                               .exclude = &lists.seen,
                                               .deny = lists.deny,
                                               .allow = lists.allow,
                                               .own_lists = own_lists,
                                               .minimum_score = 0.25});
            for (const User user : everyone(lists.users)) {
                const auto u = static_cast<std::size_t>(user.index);
                REQUIRE(batch[u] == lists.expected(user, 12, 0.25, [&](Item item) {
                    return !has(own_deny[u], item) && (u % 2 != 0 || has(own_allow[u], item));
                }));
            }
        }
}

TEMPLATE_TEST_CASE("recommend: one, many and everyone get the same lists, for any threads", "",
                   float, double) {
    std::mt19937 generator(44);
    for (const bool biases : {false, true}) {
        const auto model = random_model<TestType>(generator, Kind::plain, 90, 130, 17, biases);
        std::vector<als::Entry<TestType>> entries;
        for (int u = 0; u < 90; ++u)
            for (const Item item : random_items(generator, 130, 0.2))
                entries.push_back({User{u}, item, 1});
        const als::Interactions<TestType> seen(90, 130, entries);
        const std::vector<Item> deny{Item{4}, Item{100}};
        for (const int threads : {1, 2, 8}) {
            const auto lists =
                als::recommend(model, everyone(90),
                               {.count = 7, .exclude = &seen, .deny = deny, .threads = threads});
            REQUIRE(lists.size() == 90);
            for (const User user : everyone(90))
                CHECK(
                    lists[static_cast<std::size_t>(user.index)] ==
                    als::recommend(model, user, {.count = 7, .exclude = seen[user], .deny = deny}));
            for (const std::int64_t block : {1, 7, 90, 1000}) {
                int next = 0;
                als::recommend_everyone(
                    model,
                    {.count = 7,
                     .exclude = &seen,
                     .deny = deny,
                     .block_users = block,
                     .threads = threads},
                    [&](User user, auto items) {
                        REQUIRE(user.index == next++);
                        CHECK(
                            std::ranges::equal(items, lists[static_cast<std::size_t>(user.index)]));
                    });
                CHECK(next == 90);
            }
        }
    }
}

TEST_CASE("recommend: an exception of the callback ends recommend_everyone") {
    std::mt19937 generator(45);
    const auto model = random_model<float>(generator, Kind::plain, 20, 10, 3, false);
    int calls = 0;
    CHECK_THROWS_AS(als::recommend_everyone(model, {.block_users = 4},
                                            [&](User user, auto) {
                                                ++calls;
                                                if (user.index == 5)
                                                    throw std::out_of_range("full");
                                            }),
                    std::out_of_range);
    CHECK(calls == 6);
}

TEST_CASE("recommend: folded-in users, one and many, each with their own row excluded") {
    const Table table = random_table(46, {.users = 40, .items = 60, .density = 0.3});
    const auto data = table.interactions<float>();
    const auto model = als::fit(data, als::Explicit{}, {.factors = 6, .iterations = 3});
    const auto others =
        random_table(47, {.users = 25, .items = 60, .density = 0.2}).interactions<float>();
    const auto newcomers = als::fold_in_users(model, others);
    REQUIRE(newcomers.size() == 25);
    const auto lists = als::recommend(model, newcomers, {.count = 8, .exclude = &others});
    for (int n = 0; n < 25; ++n) {
        const auto at = static_cast<std::size_t>(n);
        CHECK(lists[at] ==
              als::recommend(model, newcomers[at], {.count = 8, .exclude = others[User{n}]}));
        List<float> all;
        const auto seen = others[User{n}].ids();
        for (int i = 0; i < 60; ++i)
            if (!std::binary_search(seen.begin(), seen.end(), Item{i}))
                all.push_back({Item{i}, als::predict(model, newcomers[at], Item{i})});
        CHECK(lists[at] == sorted(all, 8));
    }
    REQUIRE_THROWS_MATCHES(als::recommend(model, newcomers, {.exclude = &data}), als::InputError,
                           says("40 users and 60 items") && says("25 folded-in users"));
}

TEST_CASE("fold_in: a newcomer's recommendations exclude the history") {
    const auto data = sample_data<float>(26);
    const auto model = als::fit(data, als::Implicit{}, {.factors = 6, .iterations = 3});
    const als::History<Item, float> history{{Item{9}, 2.0f}, {Item{4}, 5.0f}};
    const auto newcomer = als::fold_in(model, history);
    const auto list = als::recommend(model, newcomer, {.count = 45, .exclude = history});
    CHECK(list.size() == 43);
    for (const auto& [item, score] : list) CHECK((item != Item{9} && item != Item{4}));
    CHECK(als::fold_in(model, als::History<Item, float>{}).factors.isZero(0));
}

TEST_CASE("recommend: a user of whom the model knows nothing gets an empty list") {
    const als::Model<float> model(parts_with_unknown_user(), als::Implicit{});
    CHECK(als::recommend(model, User{0}).empty());
    CHECK(als::recommend(model, User{1}).size() == 6);
}

TEST_CASE("recommend: an unknown user gets the fallback, less what may not appear") {
    const als::Model<float> model(parts_with_unknown_user(), als::Implicit{});
    const als::Interactions<float> data(
        2, 6,
        std::vector<als::Entry<float>>{
            {User{1}, Item{4}, 1}, {User{0}, Item{2}, 1}, {User{1}, Item{2}, 1}});
    const std::vector<Item> popular = als::popular_items(data);
    CHECK(popular == std::vector<Item>{Item{2}, Item{4}, Item{0}, Item{1}, Item{3}, Item{5}});
    const std::vector<Item> deny{Item{4}};
    const std::vector<Item> allow{Item{5}, Item{2}, Item{4}, Item{0}};
    const als::RecommendOptions options{
        .count = 2, .deny = deny, .allow = allow, .minimum_score = 1, .fallback = popular};
    CHECK(als::recommend(model, User{0}, options) == List<float>{{Item{2}, 0}, {Item{0}, 0}});
    CHECK(als::recommend(model, User{1}, options) == List<float>{{Item{0}, 3}, {Item{2}, 3}});
    const auto lists = als::recommend(
        model, everyone(2),
        {.count = 2, .exclude = &data, .deny = deny, .allow = allow, .fallback = popular});
    CHECK(lists[0] == List<float>{{Item{0}, 0}, {Item{5}, 0}});
    CHECK(lists[1] == List<float>{{Item{0}, 3}, {Item{5}, 3}});
}

TEST_CASE("recommend: with biases the model knows mean and item bias of every user") {
    als::ModelParts<float> parts = parts_with_unknown_user();
    parts.users.biases.setZero(2);
    parts.items.biases.setLinSpaced(6, 0, 5);
    parts.mean = 1;
    const als::Model<float> model(parts, als::Explicit{});
    const std::vector<Item> fallback{Item{0}};
    CHECK(als::recommend(model, User{0}, {.count = 2, .fallback = fallback}) ==
          List<float>{{Item{5}, 6}, {Item{4}, 5}});
}

TEST_CASE("recommend: clipped scores keep their order and their minimum") {
    als::ModelParts<float> parameters;
    parameters.users.factors = als::FactorMatrix<float>::Ones(1, 1);
    parameters.items.factors.resize(4, 1);
    parameters.items.factors << 4, 7, 6, -3;
    parameters.lowest = 1;
    parameters.highest = 5;
    const als::Model<float> model(parameters, als::Explicit{.biases = false});
    CHECK(als::recommend(model, User{0}, {.clip = true}) ==
          List<float>{{Item{1}, 5}, {Item{2}, 5}, {Item{0}, 4}, {Item{3}, 1}});
    CHECK(als::recommend(model, User{0}, {.minimum_score = 6, .clip = true}) ==
          List<float>{{Item{1}, 5}, {Item{2}, 5}});
    CHECK(als::recommend(model, User{0}, {.minimum_score = 6}) ==
          List<float>{{Item{1}, 7}, {Item{2}, 6}});
    CHECK(als::recommend(model, everyone(1), {.count = 1, .clip = true})[0] ==
          List<float>{{Item{1}, 5}});
}

TEST_CASE("recommend: lists that leave no item give an empty list") {
    std::mt19937 generator(48);
    const auto model = random_model<float>(generator, Kind::plain, 5, 7, 3, false);
    CHECK(als::recommend(model, User{0}, {.allow = std::vector<Item>{}}).empty());
    const std::vector<Item> all{Item{0}, Item{1}, Item{2}, Item{3}, Item{4}, Item{5}, Item{6}};
    CHECK(als::recommend(model, User{0}, {.exclude = all}).empty());
    CHECK(als::recommend(model, User{0}, {.deny = all}).empty());
    CHECK(als::recommend(model, User{0}, {.deny = all, .allow = all}).empty());
    CHECK(als::recommend(model, everyone(5), {.deny = all})[4].empty());
    CHECK(als::recommend(model, User{0}, {.allow = all}) == als::recommend(model, User{0}));
}

TEST_CASE("recommend: a model may have no items or no users") {
    std::mt19937 generator(48);
    const auto empty = random_model<float>(generator, Kind::plain, 2, 0, 3, true);
    CHECK(als::recommend(empty, User{0}).empty());
    CHECK(als::similar_users(empty, User{0}).size() == 1);
    const auto nobody = random_model<float>(generator, Kind::plain, 0, 3, 3, true);
    als::recommend_everyone(nobody, {}, [](User, auto) { FAIL("nobody is there"); });
}

TEST_CASE("recommend: bad lists, minimum and blocks are refused, and say where") {
    std::mt19937 generator(49);
    const auto model = random_model<float>(generator, Kind::plain, 3, 7, 2, false);
    const auto refuses = [](const auto& call, const std::string& function,
                            const std::string& part) {
        REQUIRE_THROWS_MATCHES(call(), als::InputError, says(function) && says(part));
    };
    const std::vector<Item> bad{Item{1}, Item{7}};
    refuses([&] { return als::recommend(model, User{0}, {.deny = bad}); }, "als::recommend: deny",
            "item 7");
    refuses([&] { return als::recommend(model, User{0}, {.allow = bad}); }, "als::recommend: allow",
            "item 7");
    refuses([&] { return als::recommend(model, User{0}, {.fallback = bad}); },
            "als::recommend: fallback", "item 7");
    refuses([&] { return als::recommend(model, User{0}, {.minimum_score = std::nan("")}); },
            "als::recommend", "minimum_score is not a number");
    refuses([&] { return als::recommend(model, everyone(3), {.deny = bad}); },
            "als::recommend: deny", "item 7");
    refuses([&] { return als::recommend(model, everyone(3), {.threads = -1}); }, "threads is -1",
            ">= 0");
    const auto own = [&](std::size_t u) {
        return u == 2 ? als::ItemLists{.allow = bad} : als::ItemLists{};
    };
    refuses([&] { return als::recommend(model, everyone(3), {.own_lists = own, .threads = 2}); },
            "als::recommend: own_lists: allow", "item 7");
    const auto run = [&](const als::BatchOptions<float>& options) {
        return [&] {
            als::recommend_everyone(model, options, [](User, auto) {});
            return 0;
        };
    };
    refuses(run({.block_users = 0}), "block_users is 0", ">= 1");
    refuses(run({.count = -3}), "als::recommend_everyone", "-3");
    const als::Interactions<float> swapped(7, 3, {});
    refuses(run({.exclude = &swapped}), "als::recommend_everyone: exclude", "wrong way round");
}

TEST_CASE("recommend: indices out of range, counts below 0 and swapped data are refused") {
    const auto model = worked_model();
    const auto refuses = [](const auto& call, const std::string& part,
                            const std::string& function = "als::recommend") {
        REQUIRE_THROWS_MATCHES(call(), als::InputError, says(function) && says(part));
    };
    refuses([&] { return als::recommend(model, User{-1}); }, "user -1");
    refuses([&] { return als::recommend(model, User{5}); },
            "7 items: are users and items the wrong way round?");
    refuses([&] { return als::recommend(model, User{0}, {.count = -1}); }, "-1");
    const std::vector<Item> unknown{Item{7}};
    refuses([&] { return als::recommend(model, User{0}, {.exclude = unknown}); }, "item 7",
            "als::recommend: exclude");
    const std::vector<User> users{User{0}, User{9}};
    refuses([&] { return als::recommend(model, users); }, "user 9");
    const als::Interactions<float> swapped(7, 3, {});
    refuses([&] { return als::recommend(model, everyone(1), {.exclude = &swapped}); },
            "users and items are the wrong way round", "als::recommend: exclude");
}

TEMPLATE_TEST_CASE("recommend: items of which the model knows nothing appear only if asked for", "",
                   float, double) {
    std::vector<als::Entry<TestType>> entries;
    for (int u = 0; u < 30; ++u)
        for (int i = 0; i < 5; ++i)
            if ((u + i) % 3 != 0)
                entries.push_back(
                    {User{u}, Item{i},
                     static_cast<TestType>(1 + (u * 7 + i * 3) % 3 + (i == 0 ? 2 : 0))});
    const als::Interactions<TestType> data(30, 10, entries);  // items 5 to 9 have no entry
    const auto check = [&](const als::Model<TestType>& model) {
        const auto known = [](const auto& list) {
            return std::all_of(list.begin(), list.end(),
                               [](const auto& x) { return x.id.index < 5; });
        };
        const std::vector<User> users{User{0}, User{7}};
        const auto one = als::recommend(model, User{0}, {.count = 20});
        CHECK(one.size() == 5);
        CHECK(known(one));
        CHECK(als::recommend(model, users, {.count = 20})[0] == one);
        const auto all = als::recommend(model, User{0}, {.count = 20, .unknown_items = true});
        CHECK(all.size() == 10);
        CHECK(als::recommend(model, users, {.count = 20, .unknown_items = true})[0] == all);
        const std::vector<Item> some{Item{8}, Item{2}, Item{5}};
        CHECK(als::recommend(model, User{0}, {.allow = some}).size() == 1);
        CHECK(als::recommend(model, User{0}, {.allow = some, .unknown_items = true}).size() == 3);
        CHECK(als::recommend(model, users, {.allow = some})[0].size() == 1);
        const std::vector<Item> denied{Item{2}};
        CHECK(als::recommend(model, users, {.count = 20, .deny = denied})[1].size() == 4);
    };
    check(als::fit(data, als::Explicit{}, {.factors = 4, .iterations = 3}));
    check(als::fit(data, als::Explicit{.biases = false}, {.factors = 4, .iterations = 3}));
    check(als::fit(data, als::Implicit{}, {.factors = 4, .iterations = 3}));
    // An item counts as known if only its bias is known.
    const auto biases = als::bias_model(data);
    CHECK(als::recommend(biases, User{0}, {.count = 20}).size() == 5);
}

TEST_CASE("recommend: a callback may change itself") {
    const auto model = als::fit(sample_data<float>(27), als::Implicit{}, {.factors = 3});
    als::recommend_everyone(model, {},
                            [count = 0](User user, auto) mutable { CHECK(user.index == count++); });
}
