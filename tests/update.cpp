// SPDX-License-Identifier: MIT
// `update`: solves only changed rows again, like `fold_in` and like an iteration of `fit`.
#include "catch.hpp"
#include "data.hpp"
#include "ratings_text.hpp"
#include "samples.hpp"
#include <als/detail/model.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

using namespace als_test;
using als::ChangedRows;
using als::Item;
using als::User;

namespace {

using Access = als::detail::ModelAccess;

template <typename Scalar>
constexpr double rounding() {
    return std::is_same_v<Scalar, float> ? 2e-5 : 1e-11;
}

/// Data of the size of `sample_data`, or larger.
template <typename Scalar>
als::Interactions<Scalar> fresh_data(std::uint32_t seed, int users = 60, int items = 45,
                                     double density = 0.2) {
    return random_table(seed, {.users = users,
                               .items = items,
                               .density = density,
                               .dislikes = 0.1,
                               .empty_rows = true})
        .template interactions<Scalar>();
}

/// Calls check(objective) for objectives of every kind.
template <typename Check>
void with_objectives(const Check& check) {
    check(als::Implicit{});
    check(als::Implicit{.item_regularization = 2, .regularization_exponent = 0});
    check(als::Implicit{.row_weight = als::RowWeight::confidence, .non_negative = true});
    check(als::Explicit{});
    check(als::Explicit{.biases = false});
    check(als::Explicit{.non_negative = true});
}

template <typename Scalar, typename Objective>
als::Model<Scalar> fitted(const Objective& objective) {
    return als::fit(sample_data<Scalar>(), objective, {.factors = 6, .iterations = 2});
}

/// A model with rows of zeros at the end.
template <typename Scalar>
als::Model<Scalar> with_zeros(const als::Model<Scalar>& model, int users, int items) {
    als::ModelParts<Scalar> parts = model.parts();
    const auto add = [](als::Side<Scalar>& side, int count) {
        const Eigen::Index known = side.factors.rows();
        side.factors.conservativeResize(count, Eigen::NoChange);
        side.factors.bottomRows(count - known).setZero();
        if (side.biases.size() == 0) return;
        side.biases.conservativeResize(count);
        side.biases.tail(count - known).setZero();
    };
    add(parts.users, users);
    add(parts.items, items);
    return als::Model<Scalar>(std::move(parts), model.objective());
}

template <typename Scalar>
double distance(const als::Side<Scalar>& a, const als::Side<Scalar>& b) {
    return static_cast<double>((a.factors - b.factors).norm() + (a.biases - b.biases).norm());
}
template <typename Scalar>
double distance(const als::Model<Scalar>& a, const als::Model<Scalar>& b) {
    return distance(a.parts().users, b.parts().users) + distance(a.parts().items, b.parts().items);
}

/// `side` with the fold-ins of these rows into `against`.
template <als::Id Newcomer, typename Scalar>
als::Side<Scalar> with_fold_ins(als::Side<Scalar> side, const std::vector<Newcomer>& rows,
                                const als::Model<Scalar>& against,
                                const als::Interactions<Scalar>& data) {
    for (const Newcomer row : rows) {
        const auto solved = als::fold_in(against, data[row]);
        side.factors.row(row.index) = solved.factors;
        if (side.biases.size() > 0) side.biases(row.index) = solved.bias;
    }
    return side;
}

template <als::Id Index>
std::vector<Index> all_of(std::int32_t count) {
    std::vector<Index> ids;
    for (std::int32_t n = 0; n < count; ++n) ids.push_back(Index{n});
    return ids;
}

template <als::Id Index, typename Scalar>
bool same_order(const als::Model<Scalar>& a, const als::Model<Scalar>& b) {
    const auto& left = Access::norm_order<Index>(a);
    const auto& right = Access::norm_order<Index>(b);
    return left.rows == right.rows && left.norms == right.norms &&
           left.top_biases == right.top_biases && left.bias_size == right.bias_size &&
           left.known == right.known;
}

template <typename Scalar>
bool same_orders(const als::Model<Scalar>& a, const als::Model<Scalar>& b) {
    return same_order<User>(a, b) && same_order<Item>(a, b);
}

/// A model of the same numbers, made anew.
template <typename Scalar>
als::Model<Scalar> made_of(const als::Model<Scalar>& model) {
    return {model.parts(), model.objective()};
}

}  // namespace

TEMPLATE_TEST_CASE("update: a changed row is its fold-in, and no other row changes", "", float,
                   double) {
    const auto fresh = fresh_data<TestType>(71);
    const ChangedRows changed{{User{40}, User{3}, User{16}, User{3}}, {Item{11}, Item{7}}};
    with_objectives([&](const auto& objective) {
        const auto model = fitted<TestType>(objective);
        const auto half = als::update(model, fresh, {.items = changed.items});
        const auto all = als::update(model, fresh, changed);
        CHECK(distance(half.parts().items, with_fold_ins(model.parts().items, changed.items, model,
                                                         fresh)) < rounding<TestType>());
        CHECK(distance(all.parts().users, with_fold_ins(model.parts().users, changed.users, half,
                                                        fresh)) < rounding<TestType>());
        CHECK(same_bits(half.user_factors(), model.user_factors()));
        CHECK(same_bits(all.item_factors(), half.item_factors()));
        int users = 0;
        int items = 0;
        for (int u = 0; u < 60; ++u)
            users += !same_bits(all.user_factors().row(u), model.user_factors().row(u));
        for (int i = 0; i < 45; ++i)
            items += !same_bits(all.item_factors().row(i), model.item_factors().row(i));
        CHECK(users == 3);
        CHECK(items == 2);
        CHECK(all.mean() == model.mean());
        CHECK(als::objective_value(all, fresh) < als::objective_value(model, fresh));
    });
}

TEMPLATE_TEST_CASE("update: new users and items are solved, as against rows of zeros", "", float,
                   double) {
    const auto fresh = fresh_data<TestType>(72, 64, 50);
    with_objectives([&](const auto& objective) {
        const auto model = fitted<TestType>(objective);
        const auto larger = with_zeros(model, 64, 50);
        const std::vector<Item> items{Item{4}, Item{45}, Item{46}, Item{47}, Item{48}, Item{49}};
        const std::vector<User> users{User{60}, User{61}, User{62}, User{63}};
        als::ModelParts<TestType> parts = larger.parts();
        parts.items = with_fold_ins(parts.items, items, larger, fresh);
        const als::Model<TestType> half(parts, model.objective());
        parts.users = with_fold_ins(parts.users, users, half, fresh);
        const auto updated = als::update(model, fresh, {.items = {Item{4}}});
        CHECK(updated.user_count() == 64);
        CHECK(updated.item_count() == 50);
        CHECK(distance(updated.parts().items, parts.items) < rounding<TestType>());
        CHECK(distance(updated.parts().users, parts.users) < rounding<TestType>());
        CHECK(updated.user_factors().row(61).norm() > 0);
    });
}

TEMPLATE_TEST_CASE("update: all rows changed are an iteration of fit", "", float, double) {
    const auto check = [](const auto& data, const auto& model, const auto& objective) {
        const auto iterated =
            als::fit(data, std::get<std::decay_t<decltype(objective)>>(model.objective()),
                     {.factors = 6, .iterations = 1}, model);
        const auto updated = als::update(
            model, data, {all_of<User>(data.user_count()), all_of<Item>(data.item_count())});
        CHECK(distance(updated, iterated) < 10 * rounding<TestType>());
    };
    with_objectives([&](const auto& objective) {
        check(sample_data<TestType>(), fitted<TestType>(objective), objective);
    });
    // The mu of ratings would differ.
    check(fresh_data<TestType>(73, 64, 50), fitted<TestType>(als::Implicit{}), als::Implicit{});
}

TEST_CASE("update: touched rows are those of the changed rows' entries") {
    const auto fresh = fresh_data<float>(74, 61, 46, 0.05);
    const ChangedRows changed{{User{3}, User{14}}, {Item{8}}};
    // New rows count as changed.
    std::set<User> users{User{3}, User{14}, User{60}};
    std::set<Item> items{Item{8}, Item{45}};
    const auto changed_users = users;
    for (const Item item : std::set<Item>(items))
        for (const User user : fresh[item].ids()) users.insert(user);
    for (const User user : changed_users)
        for (const Item item : fresh[user].ids()) items.insert(item);
    REQUIRE(users.size() > 5);
    REQUIRE(items.size() > 5);
    REQUIRE(users.size() < 30);
    const ChangedRows all{{users.begin(), users.end()}, {items.begin(), items.end()}};
    with_objectives([&](const auto& objective) {
        const auto model = fitted<float>(objective);
        const auto updated = als::update(model, fresh, changed, {.touched = true});
        CHECK(same_bits(updated, als::update(model, fresh, all)));
        CHECK_FALSE(same_bits(updated, als::update(model, fresh, changed)));
    });
}

TEMPLATE_TEST_CASE("update: a chain of models gives what models of the same numbers give", "",
                   float, double) {
    with_objectives([](const auto& objective) {
        auto model = fitted<TestType>(objective);
        auto asked = model;  // the same model, but its Gram matrices are asked for on the way
        for (const std::uint32_t seed : {75U, 76U, 77U}) {
            const int more = static_cast<int>(seed) - 75;
            const auto fresh = fresh_data<TestType>(seed, 60 + more, 45 + 2 * more);
            // Rows that become empty (9, 13), and rows that are no longer empty.
            const ChangedRows changed{{User{9}, User{23}, User{30}, User{37}},
                                      {Item{13}, Item{20}}};
            const auto before = made_of(model);
            CHECK(asked.user_gram().rows() == (asked.is_implicit() ? 6 : 0));
            CHECK(als::fold_in(asked, als::Row<Item, TestType>()).factors.norm() == 0);
            const auto next = als::update(model, fresh, changed);
            CHECK(same_bits(model, before));
            model = next;
            asked = als::update(asked, fresh, changed);
            CHECK(same_bits(model, asked));

            const auto made = made_of(model);
            CHECK(same_orders(model, made));
            for (int u = 0; u < model.user_count(); u += 7)
                CHECK(als::recommend(model, User{u}, {.count = 12}) ==
                      als::recommend(made, User{u}, {.count = 12}));
            CHECK(relative_difference(model.user_gram(), made.user_gram()) < 1e-13);
            CHECK(relative_difference(model.item_gram(), made.item_gram()) < 1e-13);
            for (int u = 0; u < 60; u += 6) {
                const auto found = als::fold_in(model, fresh[User{u}]).factors;
                const auto expected = als::fold_in(made, fresh[User{u}]).factors;
                CHECK(static_cast<double>((found - expected).norm()) < rounding<TestType>());
            }
        }
    });
}

TEST_CASE("update: a row is found in the order even if its norm has other last bits") {
    const auto model = with_zeros(fitted<float>(als::Explicit{}), 63, 45);
    const auto& order = Access::norm_order<User>(model);
    REQUIRE(order.known < order.size());
    for (std::int64_t at = 0; at < order.size(); ++at) {
        const auto n = static_cast<std::size_t>(at);
        for (const double factor : {1 - 1e-15, 1.0, 1 + 1e-15})
            CHECK(order.positions_of({{factor * order.norms[n], at >= order.known,
                                       order.rows[n]}}) == std::vector<std::int64_t>{at});
    }
}

TEST_CASE("update: any number of threads gives the same bits") {
    // Few rows are gathered one by one, many rows from a table of the other side.
    for (const std::int32_t count : {3, 40}) {
        const auto fresh = fresh_data<float>(78, 62, 47, 0.4);
        with_objectives([&](const auto& objective) {
            const auto model = fitted<float>(objective);
            const ChangedRows changed{all_of<User>(count), all_of<Item>(count)};
            const auto one = als::update(model, fresh, changed, {.threads = 1});
            for (const int threads : {0, 2, 3}) {
                const auto many = als::update(model, fresh, changed, {.threads = threads});
                CHECK(same_bits(one, many));
                CHECK(same_bits(one.item_gram(), many.item_gram()));
            }
        });
    }
}

TEST_CASE("update: without a change it is the model itself") {
    const auto model = fitted<float>(als::Explicit{});
    CHECK(&als::update(model, fresh_data<float>(79), {}).parts() == &model.parts());
}

TEST_CASE("update: only changed rows of the interactions are read") {
    const auto fresh = fresh_data<double>(80);
    const ChangedRows changed{{User{4}, User{31}}, {Item{3}}};
    std::vector<als::Entry<double>> some;
    for (const auto& entry : fresh.entries())
        if (entry.user == User{4} || entry.user == User{31} || entry.item == Item{3})
            some.push_back(entry);
    REQUIRE(static_cast<std::int64_t>(some.size()) < fresh.size() / 4);
    const als::Interactions<double> part(60, 45, some);
    with_objectives([&](const auto& objective) {
        const auto model = fitted<double>(objective);
        CHECK(same_bits(als::update(model, part, changed), als::update(model, fresh, changed)));
    });
}

TEST_CASE("update: the range of the ratings grows with the changed rows") {
    const auto model = fitted<float>(als::Explicit{});
    REQUIRE(model.parts().highest == 5);
    const als::Interactions<float> fresh(
        60, 45, std::vector<als::Entry<float>>{{User{1}, Item{2}, 9}, {User{5}, Item{6}, 11}});
    CHECK(als::update(model, fresh, {.users = {User{1}}}).parts().highest == 9);
    CHECK(als::update(model, fresh, {.items = {Item{6}}}).parts().highest == 11);
    CHECK(als::update(model, fresh, {.users = {User{1}}}).parts().lowest == model.parts().lowest);
    const auto implicit = fitted<float>(als::Implicit{});
    CHECK(als::update(implicit, fresh, {.users = {User{1}}}).parts().highest ==
          implicit.parts().highest);
}

TEST_CASE("update: a model that was empty on one side, or saved") {
    const auto fresh = fresh_data<float>(81);
    with_objectives([&](const auto& given) {
        const auto objective = als::fitted_to(fresh, given);
        als::ModelParts<float> none;
        none.users.factors.resize(0, 4);
        none.items.factors.resize(0, 4);
        const als::Model<float> empty(none, objective);
        const auto updated = als::update(empty, fresh, {});
        CHECK(updated.user_count() == 60);
        CHECK(updated.user_factors().norm() == 0);  // there is nothing to solve them against
        const Folder folder;
        const auto model = fitted<float>(given);
        als::save(model, folder / "model");
        const ChangedRows changed{{User{3}, User{4}}, {Item{3}}};
        CHECK(same_bits(als::update(als::load<float>(folder / "model"), fresh, changed),
                        als::update(model, fresh, changed)));
    });
}

TEST_CASE("update: ids are those of the model, and go on") {
    const auto january = read_text<float>("ann,x,5\nbob,y,4\ncid,z,3\nann,y,2\nbob,z,1\n");
    const auto model =
        als::fit(january.interactions, als::Explicit{}, {.factors = 2, .iterations = 2});
    const auto other = read_text<float>("cid,z,3\nbob,y,4\nann,x,5\n").interactions;
    REQUIRE_THROWS_MATCHES(als::update(model, other, {}), als::InputError,
                           says("als::update: the interactions and the model number their users"));
    const Folder folder;
    write_bytes(folder / "february", "ann,x,4\ndan,z,5\n");
    const auto february = als::read_ratings<float>(
        folder / "february", january.users, january.items, {.unknown_ids = als::UnknownIds::add});
    const auto updated =
        als::update(model, february.interactions, {.users = {january.users.at("ann")}});
    CHECK(updated.user_count() == 4);
    // The model now has the ids of February, and other data with another "dan" do not fit.
    REQUIRE_THROWS_MATCHES(als::rmse(updated, other), als::InputError, says("different ids"));
    CHECK(als::rmse(updated, february.interactions) < 3);
    als::save(updated, folder / "model", {.users = &february.users, .items = &february.items});
    CHECK(als::load<float>(folder / "model").user_count() == 4);
}

TEST_CASE("update: a model with new rows of which no ids are known can be saved and loaded") {
    const auto data = read_text<float>("ann,x,5\nbob,y,4\ncid,z,3\nann,y,2\nbob,z,1\n");
    const auto model =
        als::fit(data.interactions, als::Explicit{}, {.factors = 2, .iterations = 2});
    std::vector<als::Entry<float>> entries = data.interactions.entries();
    entries.push_back({User{3}, Item{0}, 4});
    const auto updated = als::update(model, als::Interactions<float>(4, 3, entries), {});
    const Folder folder;
    als::save(updated, folder / "model");
    CHECK(same_bits(als::load<float>(folder / "model"), updated));
}

TEST_CASE("update: what does not fit is refused with the place") {
    const auto data = sample_data<float>();
    const auto model = fitted<float>(als::Implicit{});
    REQUIRE_THROWS_MATCHES(
        als::update(model, data, {.users = {User{60}}}), als::InputError,
        says("als::update: user 60 is out of range; there are 60 users, numbered from 0"));
    REQUIRE_THROWS_MATCHES(als::update(model, data, {.items = {Item{-1}}}), als::InputError,
                           says("als::update: item -1 is out of range"));
    REQUIRE_THROWS_MATCHES(als::update(model, fresh_data<float>(82, 45, 60), {}), als::InputError,
                           says("als::update: the interactions have 45 users and 60 items, fewer "
                                "than the model (60 and 45)") &&
                               says("the wrong way round"));
    REQUIRE_THROWS_MATCHES(als::update(model, data, {}, {.threads = -1}), als::InputError,
                           says("als::UpdateOptions::threads is -1"));
    const als::Model<float> bare(model.parts(), als::Implicit{});
    REQUIRE_THROWS_MATCHES(als::update(bare, data, {}), als::InputError,
                           says("als::update: the objective does not give its alpha"));
    const auto huge = fitted<float>(als::Implicit{.alpha = 1e300, .regularization = 0.6});
    const als::Interactions<float> bad(60, 45,
                                       std::vector<als::Entry<float>>{{User{2}, Item{3}, 3e38F}});
    REQUIRE_THROWS_MATCHES(als::update(huge, bad, {.users = {User{2}}}), als::NumericError,
                           says("als::update: the factors of user 2 are not finite"));
}

// ------------------------------------------------------------------- a model that is given up

TEMPLATE_TEST_CASE("update: a model that is given up becomes what a copy would", "", float,
                   double) {
    struct Step {
        int users, items;
        ChangedRows changed;
        bool touched;
        bool keeps_users, keeps_items;  // their memory
    };
    const std::vector<Step> steps{
        {60, 45, {{User{9}, User{40}, User{3}}, {Item{13}, Item{7}}}, false, true, true},
        {60, 45, {{User{30}}, {}}, false, true, true},
        {60, 45, {{}, {Item{2}}}, true, true, true},
        {62, 45, {{User{1}}, {Item{3}}}, false, false, true},
        {62, 47, {{}, {}}, false, true, false},
        {62, 47, {all_of<User>(62), {Item{5}}}, false, false, true},
        {62, 47, {{User{61}}, {Item{46}}}, false, true, true}};
    with_objectives([&](const auto& objective) {
        auto copied = fitted<TestType>(objective);
        auto given = fitted<TestType>(objective);
        for (std::size_t n = 0; n < steps.size(); ++n) {
            CAPTURE(n);
            const Step& step = steps[n];
            const auto fresh = fresh_data<TestType>(83 + static_cast<std::uint32_t>(n), step.users,
                                                    step.items, 0.05);
            const als::UpdateOptions options{.touched = step.touched};
            const auto* const users = given.user_factors().data();
            const auto* const items = given.item_factors().data();
            copied = als::update(std::as_const(copied), fresh, step.changed, options);
            given = als::update(std::move(given), fresh, step.changed, options);
            CHECK(same_bits(given, copied));
            CHECK(same_orders(given, copied));
            CHECK(same_orders(given, made_of(given)));
            CHECK(same_bits(given.user_gram(), copied.user_gram()));
            CHECK(same_bits(given.item_gram(), copied.item_gram()));
            CHECK(same_bits(als::fold_in(given, fresh[User{4}]).factors,
                            als::fold_in(copied, fresh[User{4}]).factors));
            CHECK((given.user_factors().data() == users) == step.keeps_users);
            CHECK((given.item_factors().data() == items) == step.keeps_items);
        }
    });
}

TEST_CASE("update: a copy of a model that is given up stays as it was") {
    const auto fresh = fresh_data<float>(91);
    const ChangedRows changed{{User{4}}, {Item{3}}};
    with_objectives([&](const auto& objective) {
        auto model = fitted<float>(objective);
        const auto copy = model;
        const auto as_it_was = made_of(model);
        const auto next = als::update(std::move(model), fresh, changed);
        CHECK(same_bits(copy, as_it_was));
        CHECK(same_orders(copy, as_it_was));
        CHECK(same_bits(next, als::update(copy, fresh, changed)));
        // The model that was given up is the next one, too, and so it is shared again.
        CHECK(&model.parts() == &next.parts());  // NOLINT(bugprone-use-after-move)
        const auto after = als::update(std::move(model), fresh_data<float>(92), changed);
        CHECK(same_bits(next, als::update(copy, fresh, changed)));
        CHECK_FALSE(same_bits(after, next));
    });
}

TEST_CASE("update: a model that is given up is as before if a row cannot be solved") {
    // Item 5 and user 1 are solved before user 2 fails.
    const als::Interactions<float> bad(
        60, 45, std::vector<als::Entry<float>>{{User{1}, Item{4}, 1}, {User{2}, Item{3}, 3e38F}});
    const ChangedRows changed{{User{1}, User{2}}, {Item{5}}};
    const auto check = [&](als::Model<float> model) {
        const auto before = made_of(model);
        const auto* const users = model.user_factors().data();
        const auto* const items = model.item_factors().data();
        REQUIRE_THROWS_MATCHES(model = als::update(std::move(model), bad, changed),
                               als::NumericError, says("als::update: the factors of user 2"));
        CHECK(same_bits(model, before));
        CHECK(same_orders(model, before));
        CHECK(same_bits(model.user_gram(), before.user_gram()));
        CHECK(same_bits(model.item_gram(), before.item_gram()));
        CHECK(model.user_factors().data() == users);
        CHECK(model.item_factors().data() == items);
        const auto fresh = fresh_data<float>(93);
        model = als::update(std::move(model), fresh, changed);
        CHECK(same_bits(model, als::update(before, fresh, changed)));
    };
    check(made_of(fitted<float>(als::Implicit{.alpha = 1e300, .regularization = 0.6})));
    als::ModelParts<float> small = fitted<float>(als::Explicit{}).parts();
    small.items.factors *= 1e-3F;
    check(
        als::Model<float>(small, als::Explicit{.regularization = 1e-9, .bias_regularization = 10}));
}

TEST_CASE("update: the reads of a copy that another thread has dropped come before the writes") {
    const auto fresh = fresh_data<float>(94);
    auto model = fitted<float>(als::Implicit{});
    for (int round = 0; round < 20; ++round) {
        float sum = 0;
        std::thread reader(
            [copy = std::make_unique<const als::Model<float>>(model), &sum]() mutable {
                sum = copy->user_factors().sum() + copy->item_factors().sum();
                copy.reset();
            });
        while (Access::sole_state(model) == nullptr) std::this_thread::yield();
        const auto* const users = model.user_factors().data();
        model = als::update(std::move(model), fresh, {{User{round}}, {Item{3}}}, {.threads = 1});
        CHECK(model.user_factors().data() == users);
        reader.join();
        CHECK(sum != 0);
    }
}
