// SPDX-License-Identifier: MIT
// Ranked lists: recommend and similar, against scoring and sorting everything, over random models
// with whatever makes a ranking go wrong.
#include "catch.hpp"
#include "reference.hpp"
#include <als/detail/model.hpp>
#include <als/detail/predict.hpp>
#include <als/detail/rank/ranker.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <set>
#include <string>

using namespace als_test;
using als::Item;
using als::User;

namespace {

template <typename Scalar, typename Index = Item>
using List = std::vector<als::Scored<Index, Scalar>>;

/// What the factors of a random model are like.
enum class Kind {
    plain,      ///< uniform numbers, norms of all sizes
    integers,   ///< -1, 0 and 1: many ties, also of norms
    near_ties,  ///< scores near 0 that differ by less than the rounding of their sum
    zeros,      ///< two of three rows are zero
    extreme,    ///< norms from 1e-36 to 1e36 (1e-150 to 1e150 for double)
};
constexpr std::array kinds{Kind::plain, Kind::integers, Kind::near_ties, Kind::zeros,
                           Kind::extreme};

template <typename Scalar>
als::FactorMatrix<Scalar> random_factors(std::mt19937& generator, Kind kind, int rows, int factors,
                                         double quarter = 0) {
    als::FactorMatrix<Scalar> matrix(rows, factors);
    const double widest = std::is_same_v<Scalar, float> ? 36 : 150;
    for (int r = 0; r < rows; ++r) {
        const double power = 2 * uniform(generator) - 1;
        const double scale =
            kind == Kind::extreme ? std::pow(10.0, widest * power) : std::exp(3 * power);
        for (int f = 0; f < factors; ++f) {
            const double number = 2 * uniform(generator) - 1;
            const double tiny = (std::is_same_v<Scalar, float> ? 1e-7 : 1e-16) * number;
            const double value = kind == Kind::integers    ? std::round(1.5 * number)
                                 : kind == Kind::near_ties ? std::sin(f + quarter) + tiny
                                 : kind == Kind::zeros     ? (r % 3 == 0 ? number : 0)
                                                           : scale * number;
            matrix(r, f) = static_cast<Scalar>(value);
        }
    }
    return matrix;
}

template <typename Scalar>
als::Model<Scalar> random_model(std::mt19937& generator, Kind kind, int users, int items,
                                int factors, bool biases) {
    als::ModelParts<Scalar> parameters;
    parameters.users.factors = random_factors<Scalar>(generator, kind, users, factors);
    parameters.items.factors = random_factors<Scalar>(generator, kind, items, factors, 1.5708);
    if (biases) {
        parameters.mean = 3.5;
        parameters.users.biases = random_factors<Scalar>(generator, Kind::plain, users, 1);
        parameters.items.biases = random_factors<Scalar>(generator, Kind::plain, items, 1);
    }
    return {std::move(parameters), als::Explicit{.biases = biases}};
}

/// Best first, of what is finite and not below the minimum.
template <typename Index, typename Scalar>
List<Scalar, Index> sorted(List<Scalar, Index> all, std::int64_t count,
                           double minimum = -std::numeric_limits<double>::infinity()) {
    std::erase_if(all, [&](const auto& x) {
        return !std::isfinite(x.score) || static_cast<double>(x.score) < minimum;
    });
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.score != b.score ? a.score > b.score : a.id < b.id;
    });
    all.resize(std::min(all.size(), static_cast<std::size_t>(count)));
    return all;
}

/// The brute-force answer: score all, drop, sort.
template <typename Scalar, typename Permitted>
List<Scalar> by_hand(const als::Model<Scalar>& model, User user, std::int64_t count,
                     const Permitted& permitted,
                     double minimum = -std::numeric_limits<double>::infinity()) {
    List<Scalar> all;
    for (int i = 0; i < model.item_count(); ++i)
        if (permitted(Item{i})) all.push_back({Item{i}, als::predict(model, user, Item{i})});
    return sorted(all, count, minimum);
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

bool knows(const auto& model, User user) {
    return model.item_biases().size() > 0 || !model.user_factors().row(user.index).isZero(0);
}

std::vector<User> everyone(int users) {
    std::vector<User> all(static_cast<std::size_t>(users));
    for (int u = 0; u < users; ++u) all[static_cast<std::size_t>(u)] = User{u};
    return all;
}

}  // namespace

TEMPLATE_TEST_CASE("ranking: lists are those of scoring and sorting, with every instruction set",
                   "", float, double) {
    std::mt19937 generator(41);
    for (const Kind kind : kinds)
        for (const auto set : als::supported_instruction_sets())
            for (std::size_t round = 0; round < 12; ++round) {
                const int items = 1 + static_cast<int>(uniform(generator) * 900);
                const int factors = 1 + static_cast<int>(uniform(generator) * 70);
                const int users = 1 + static_cast<int>(uniform(generator) * 40);
                const std::int64_t count = std::array{0, 1, 3, 10, 50, 1000}[round % 6];
                const bool cosine = round % 4 == 3;
                const auto model = random_model<TestType>(generator, kind, users, items, factors,
                                                          round % 2 == 1 && !cosine);
                INFO("kind " << static_cast<int>(kind) << ", set " << name_of(set) << ", " << users
                             << " users, " << items << " items, " << factors << " factors, count "
                             << count << (cosine ? ", cosine" : ""));
                const auto dot = als::detail::dot_kernel<TestType>(set);
                const auto& order = als::detail::ModelAccess::norm_order<Item>(model);
                const auto& side = model.parts().items;
                const als::detail::Candidates<TestType> candidates{
                    side.factors, side.biases.size() > 0 ? &side.biases : nullptr, order,
                    cosine ? order.nonzero() : order.size(), cosine};
                std::vector<als::detail::Point<TestType>> points;
                for (const User user : everyone(users))
                    if (!cosine || !model.user_factors().row(user.index).isZero(0))
                        points.push_back(als::detail::point_of(model, user));
                const auto allowed = [](std::size_t query, Item item) {
                    return (static_cast<int>(query) + item.index) % 5 != 0;
                };
                std::vector<List<TestType>> lists(points.size());
                als::detail::Ranker<Item, TestType>(candidates, {count}, set)
                    .rank(points, allowed, lists.data());

                for (std::size_t q = 0; q < points.size(); ++q) {
                    List<TestType> all;
                    const double norm = als::detail::norm_of(dot, points[q].factors, factors);
                    als::FactorRow<TestType> unit(factors);
                    for (int f = 0; f < factors; ++f)
                        unit(f) =
                            static_cast<TestType>(static_cast<double>(points[q].factors[f]) / norm);
                    for (int i = 0; i < items; ++i) {
                        const auto row = side.factors.row(i);
                        if (!allowed(q, Item{i}) || (cosine && row.isZero(0))) continue;
                        const auto item = als::detail::point_of(model, Item{i});
                        const double length = als::detail::norm_of(dot, row.data(), factors);
                        all.push_back(
                            {Item{i},
                             cosine ? static_cast<TestType>(
                                          dot(unit.data(), row.data(), factors) / length)
                                    : als::detail::score(dot, points[q], item, factors)});
                    }
                    REQUIRE(lists[q] == sorted(all, count));
                }
            }
}

TEST_CASE("ranking: what rounding to bfloat16 makes smaller, or infinite, is not lost") {
    const int users = 16;
    const auto check = [&](const als::FactorMatrix<float>& user,
                           const als::FactorMatrix<float>& items, std::int64_t count) {
        als::ModelParts<float> parameters;
        parameters.users.factors = user.replicate(users, 1);
        parameters.items.factors = items;
        const als::Model<float> model(parameters, als::Explicit{.biases = false});
        for (const auto& list :
             als::recommend(model, everyone(users), {.count = count, .threads = 1}))
            CHECK(list == by_hand(model, User{0}, count, [](Item) { return true; }));
    };
    // Half a unit of bfloat16's last place above 1, nearly, rounds to 1. The first items are longer
    // and score less than the last ten, which rounding makes less than them.
    const float above_one = 1 + 0x1.ffp-9F;
    als::FactorMatrix<float> user = als::FactorMatrix<float>::Constant(1, 32, above_one);
    user(0, 31) = 0;
    als::FactorMatrix<float> items = als::FactorMatrix<float>::Ones(70, 32);
    items.bottomRows(10) *= above_one;
    items.bottomRightCorner(10, 1).setZero();
    check(user, items, 1);

    // The largest number rounds to infinity.
    user = als::FactorMatrix<float>::Constant(1, 1, -std::numeric_limits<float>::max());
    items.resize(150, 1);
    for (int i = 0; i < 150; ++i) items(i, 0) = 1e-37F * static_cast<float>(i + 1);
    check(user, items, 5);
}

TEST_CASE("ranking: a score of floats is the same, bit for bit, with every instruction set") {
    std::mt19937 generator(42);
    for (int factors = 1; factors < 80; ++factors) {
        const auto model = random_model<float>(generator, Kind::plain, 1, 1, factors, true);
        const als::detail::Point<float> user = als::detail::point_of(model, User{0});
        const als::detail::Point<float> item = als::detail::point_of(model, Item{0});
        double sum = user.bias + item.bias;
        for (int f = 0; f < factors; ++f)
            sum += static_cast<double>(user.factors[f]) * static_cast<double>(item.factors[f]);
        for (const auto set : als::supported_instruction_sets()) {
            const auto dot = als::detail::dot_kernel<float>(set);
            const float score = als::detail::score(dot, user, item, factors);
            CHECK(score == als::predict(model, User{0}, Item{0}));
            CHECK_THAT(static_cast<double>(score), WithinRel(sum, 1e-7));
        }
    }
}

TEMPLATE_TEST_CASE("recommend: what is excluded, denied or not allowed never appears", "", float,
                   double) {
    std::mt19937 generator(43);
    for (const Kind kind : kinds)
        for (int round = 0; round < 6; ++round) {
            const int items = 20 + static_cast<int>(uniform(generator) * 200);
            const int users = 30;
            const auto model =
                random_model<TestType>(generator, kind, users, items, 9, round % 2 == 1);
            const auto denied = random_items(generator, items, 0.2);
            const auto allowed = random_items(generator, items, 0.5);
            const auto deny = shuffled(generator, denied);
            const auto allow = shuffled(generator, allowed);
            std::vector<als::Entry<TestType>> entries;
            std::vector<std::vector<Item>> own_deny, own_allow;
            for (int u = 0; u < users; ++u) {
                for (const Item item : random_items(generator, items, 0.3))
                    entries.push_back({User{u}, item, 1});
                own_deny.push_back(shuffled(generator, random_items(generator, items, 0.1)));
                own_allow.push_back(shuffled(generator, random_items(generator, items, 0.7)));
            }
            const als::Interactions<TestType> seen(users, items, entries);
            const auto has = [](const auto& list, Item item) {
                return std::find(list.begin(), list.end(), item) != list.end();
            };
            const auto batch = als::recommend(
                model, everyone(users),
                {.count = 12,
                 .exclude = &seen,
                 .deny = deny,
                 .allow = allow,
                 .own_lists =
                     [&](std::size_t u) {
                         return als::ItemLists{
                             .deny = own_deny[u],
                             .allow = u % 2 == 0
                                          ? std::optional<std::span<const Item>>(own_allow[u])
                                          : std::nullopt};
                     },
                 .minimum_score = 0.25});
            for (const User user : everyone(users)) {
                const auto u = static_cast<std::size_t>(user.index);
                const auto permitted = [&](Item item) {
                    return !has(seen[user].ids(), item) && !denied.count(item) &&
                           allowed.count(item) > 0;
                };
                const auto expected = [&](const auto& also) {
                    return knows(model, user)
                               ? by_hand(
                                     model, user, 12,
                                     [&](Item item) { return permitted(item) && also(item); }, 0.25)
                               : List<TestType>{};
                };
                REQUIRE(als::recommend(model, user,
                                       {.count = 12,
                                        .exclude = seen[user],
                                        .deny = deny,
                                        .allow = allow,
                                        .minimum_score = 0.25}) ==
                        expected([](Item) { return true; }));
                REQUIRE(batch[u] == expected([&](Item item) {
                            return !has(own_deny[u], item) &&
                                   (u % 2 != 0 || has(own_allow[u], item));
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

TEST_CASE("recommend: an unknown user gets nothing, or the fallback that was asked for") {
    als::ModelParts<float> parameters;
    parameters.users.factors = als::FactorMatrix<float>::Zero(2, 3);
    parameters.users.factors.row(1).setOnes();
    parameters.items.factors = als::FactorMatrix<float>::Ones(6, 3);
    const als::Model<float> model(parameters, als::Implicit{});
    CHECK(als::recommend(model, User{0}).empty());
    CHECK(als::recommend(model, User{1}).size() == 6);

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

    // With biases the model knows mean and item bias.
    parameters.users.biases.setZero(2);
    parameters.items.biases.setLinSpaced(6, 0, 5);
    parameters.mean = 1;
    const als::Model<float> rated(parameters, als::Explicit{});
    CHECK(als::recommend(rated, User{0}, {.count = 2, .fallback = popular}) ==
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

TEST_CASE("recommend: no candidates, no users, no items") {
    std::mt19937 generator(48);
    const auto model = random_model<float>(generator, Kind::plain, 5, 7, 3, false);
    CHECK(als::recommend(model, User{0}, {.allow = std::vector<Item>{}}).empty());
    const std::vector<Item> all{Item{0}, Item{1}, Item{2}, Item{3}, Item{4}, Item{5}, Item{6}};
    CHECK(als::recommend(model, User{0}, {.deny = all}).empty());
    CHECK(als::recommend(model, User{0}, {.deny = all, .allow = all}).empty());
    CHECK(als::recommend(model, everyone(5), {.deny = all})[4].empty());
    CHECK(als::recommend(model, User{0}, {.allow = all}) == als::recommend(model, User{0}));
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

namespace {

/// A similarity with the size of what was summed for it, and so of its rounding.
struct Similar {
    double score, size;
};

template <typename Scalar>
Similar similarity_by_hand(const als::FactorMatrix<Scalar>& factors, int a, int b, bool cosine) {
    const Eigen::VectorXd x = factors.row(a).template cast<double>();
    const Eigen::VectorXd y = factors.row(b).template cast<double>();
    if (cosine) return {(x / x.stableNorm()).dot(y / y.stableNorm()), 1};
    return {x.dot(y), x.stableNorm() * y.stableNorm()};
}

/// Compares all lists with what the formulas say; ask(ids, options) and ask(id, options) query.
template <typename Index, typename Scalar, typename Ask>
void check_neighbours(const als::FactorMatrix<Scalar>& factors, const Ask& ask) {
    const auto count = static_cast<int>(factors.rows());
    const std::vector<Index> exclude{Index{5}, Index{0}, Index{17}};
    std::vector<Index> ids;
    for (int r = 0; r < count; ++r) ids.push_back(Index{r});
    for (const auto similarity : {als::Similarity::cosine, als::Similarity::dot}) {
        const bool cosine = similarity == als::Similarity::cosine;
        const als::SimilarOptions<Index> options{
            .count = 9, .similarity = similarity, .exclude = exclude, .threads = cosine ? 0 : 2};
        const auto lists = ask(ids, options);
        for (int r = 0; r < count; ++r) {
            const auto& list = lists[static_cast<std::size_t>(r)];
            REQUIRE(list == ask(Index{r}, options));
            std::vector<Similar> expected;
            for (int other = 0; other < count; ++other) {
                const bool excluded =
                    std::find(exclude.begin(), exclude.end(), Index{other}) != exclude.end();
                if (other == r || excluded || factors.row(other).isZero(0) ||
                    factors.row(r).isZero(0))
                    continue;
                expected.push_back(similarity_by_hand(factors, r, other, cosine));
                if (!std::isfinite(static_cast<Scalar>(expected.back().score))) expected.pop_back();
            }
            std::sort(expected.begin(), expected.end(),
                      [](const Similar& a, const Similar& b) { return a.score > b.score; });
            REQUIRE(list.size() == std::min<std::size_t>(9, expected.size()));
            for (std::size_t n = 0; n < list.size(); ++n) {
                CHECK(list[n].id != Index{r});
                const double size =
                    std::max(expected[n].size,
                             similarity_by_hand(factors, r, list[n].id.index, cosine).size);
                const double limit = static_cast<double>(std::numeric_limits<Scalar>::min()) +
                                     (std::is_same_v<Scalar, float> ? 1e-6 : 1e-14) * size;
                CHECK(std::abs(static_cast<double>(list[n].score) - expected[n].score) <= limit);
            }
        }
    }
}

}  // namespace

TEMPLATE_TEST_CASE("similar: one and many, items and users, with what is excluded", "", float,
                   double) {
    std::mt19937 generator(50);
    for (const Kind kind : kinds) {
        const auto model = random_model<TestType>(generator, kind, 60, 70, 11, false);
        check_neighbours<Item>(model.parts().items.factors,
                               [&](const auto& asked, const als::SimilarOptions<Item>& options) {
                                   return als::similar_items(model, asked, options);
                               });
        check_neighbours<User>(model.parts().users.factors,
                               [&](const auto& asked, const als::SimilarOptions<User>& options) {
                                   return als::similar_users(model, asked, options);
                               });
    }
}

TEST_CASE("similar: bad lists and minimum are refused; the minimum holds") {
    std::mt19937 generator(51);
    const auto model = random_model<float>(generator, Kind::plain, 30, 40, 4, false);
    for (const auto& [item, score] :
         als::similar_items(model, Item{1}, {.count = 40, .minimum_score = 0.5}))
        CHECK(score >= 0.5F);
    CHECK_FALSE(als::similar_items(model, Item{1}, {.count = 40, .minimum_score = 0.5}).empty());
    const std::vector<User> bad{User{30}};
    REQUIRE_THROWS_MATCHES(als::similar_users(model, User{0}, {.exclude = bad}), als::InputError,
                           says("als::similar_users: exclude: user 30"));
    REQUIRE_THROWS_MATCHES(als::similar_users(model, bad), als::InputError,
                           says("als::similar_users: user 30"));
    REQUIRE_THROWS_MATCHES(als::similar_users(model, User{0}, {.minimum_score = std::nan("")}),
                           als::InputError, says("minimum_score is not a number"));
    REQUIRE_THROWS_MATCHES(als::similar_users(model, User{0}, {.threads = -2}), als::InputError,
                           says("threads is -2"));
}
