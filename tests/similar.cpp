// SPDX-License-Identifier: MIT
// `similar_items` and `similar_users` against the formulas.
#include "catch.hpp"
#include "random_models.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

namespace {

/// A similarity, and the size of its summands, which bounds its rounding.
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

/// Compares all lists with the formulas; ask(ids, options) and ask(id, options) query.
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

TEST_CASE("similar: cosine and dot product agree with the formulas") {
    const auto data = sample_data<double>(29);
    const auto model = als::fit(data, als::Implicit{}, {.factors = 5, .iterations = 3});
    const Eigen::MatrixXd items = model.item_factors();
    for (const auto similarity : {als::Similarity::cosine, als::Similarity::dot}) {
        List<double> expected;
        for (int i = 0; i < 45; ++i) {
            double value = items.row(8).dot(items.row(i));
            if (similarity == als::Similarity::cosine)
                value /= items.row(8).norm() * items.row(i).norm();
            if (i != 8) expected.push_back({Item{i}, value});
        }
        std::sort(expected.begin(), expected.end(),
                  [](const auto& a, const auto& b) { return a.score > b.score; });
        const auto found =
            als::similar_items(model, Item{8}, {.count = 44, .similarity = similarity});
        REQUIRE(found.size() == 44);
        for (std::size_t n = 0; n < found.size(); ++n) {
            CHECK(found[n].id == expected[n].id);
            CHECK_THAT(found[n].score, WithinAbs(expected[n].score, 1e-12));
        }
    }
}

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

TEST_CASE("similar: neither the user asked for nor users without history appear") {
    const auto data =
        random_table(30, {.users = 50, .items = 30, .density = 0.4, .empty_rows = true})
            .interactions<float>();
    const auto model = als::fit(data, als::Implicit{}, {.factors = 5, .iterations = 3});
    const auto neighbours = als::similar_users(model, User{3}, {.count = 50});
    CHECK(neighbours.size() < 49);
    for (const auto& [user, score] : neighbours) {
        CHECK(user != User{3});
        CHECK_FALSE(data[user].empty());
        CHECK(std::abs(score) <= 1.0001f);
    }
    CHECK(als::similar_users(model, User{2}).empty());  // without history
}

TEST_CASE("similar: what is folded in from a known row is most similar to that row") {
    const auto data =
        random_table(30, {.users = 50, .items = 30, .density = 0.4, .empty_rows = true})
            .interactions<float>();
    const auto model = als::fit(data, als::Implicit{}, {.factors = 5, .iterations = 3});
    const auto user = als::similar_users(model, als::fold_in(model, data[User{3}]), {.count = 1});
    REQUIRE(user.size() == 1);
    CHECK(user[0].id == User{3});
    const auto item = als::similar_items(model, als::fold_in(model, data[Item{3}]), {.count = 1});
    REQUIRE(item.size() == 1);
    CHECK(item[0].score > 0.8f);
}

TEST_CASE("similar: tiny and huge factors have cosines") {
    als::FactorMatrix<float> items(3, 2);
    items << 1e-30f, 2e-30f, 1e30f, 2e30f, 2, -1;
    const auto model = model_of<float>(als::FactorMatrix<float>::Ones(1, 2), items * 1e-6f);
    const auto found = als::similar_items(model, Item{0});
    REQUIRE(found.size() == 2);
    CHECK(found[0].id == Item{1});
    CHECK_THAT(static_cast<double>(found[0].score), WithinAbs(1, 1e-5));
    CHECK_THAT(static_cast<double>(found[1].score), WithinAbs(0, 1e-5));
}

TEST_CASE("similar: no score is below the minimum") {
    std::mt19937 generator(51);
    const auto model = random_model<float>(generator, Kind::plain, 30, 40, 4, false);
    const auto list = als::similar_items(model, Item{1}, {.count = 40, .minimum_score = 0.5});
    CHECK_FALSE(list.empty());
    CHECK(list.size() < 39);
    for (const auto& [item, score] : list) CHECK(score >= 0.5F);
}

TEST_CASE("similar: ids and options out of range are refused") {
    std::mt19937 generator(51);
    const auto model = random_model<float>(generator, Kind::plain, 30, 40, 4, false);
    REQUIRE_THROWS_MATCHES(als::similar_items(model, Item{40}), als::InputError,
                           says("als::similar_items") && says("item 40"));
    REQUIRE_THROWS_MATCHES(als::similar_users(model, User{30}), als::InputError,
                           says("als::similar_users") && says("user 30"));
    REQUIRE_THROWS_MATCHES(als::similar_items(model, Item{0}, {.count = -2}), als::InputError,
                           says("als::similar_items") && says("-2"));
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
