// SPDX-License-Identifier: MIT
// fit_feature_map, from_features, with_cold_rows: agreement with a dense ridge regression, what
// stays as it was, and each refusal.
#include "catch.hpp"
#include "samples.hpp"

#include <Eigen/LU>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

namespace {

constexpr int feature_count = 7;

/// Rows with a category out of three, some tags, and a number; the last row is empty.
template <typename Scalar>
als::FeatureMatrix<Scalar> random_features(std::uint32_t seed, int rows) {
    std::mt19937 generator(seed);
    std::vector<Eigen::Triplet<Scalar>> cells;
    for (int row = 0; row + 1 < rows; ++row) {
        cells.emplace_back(row, static_cast<int>(3 * uniform(generator)), Scalar(1));
        for (int tag = 3; tag < 6; ++tag)
            if (uniform(generator) < 0.4) cells.emplace_back(row, tag, Scalar(1));
        cells.emplace_back(row, 6, static_cast<Scalar>(uniform(generator) - 0.5));
    }
    als::FeatureMatrix<Scalar> features(rows, feature_count);
    features.setFromTriplets(cells.begin(), cells.end());
    return features;
}

/// A data set whose last four items, and last four users, have no entry.
template <typename Scalar>
als::Interactions<Scalar> data_with_cold_rows() {
    Table table = random_table(31, {.users = 34, .items = 29, .density = 0.3});
    table.stored.bottomRows(4).setZero();
    table.stored.rightCols(4).setZero();
    return table.interactions<Scalar>();
}

/// One row of the map by the normal equations of a dense ridge regression, for a row of features.
Eigen::VectorXd predicted_by_hand(const Eigen::MatrixXd& features, const Eigen::MatrixXd& targets,
                                  const std::vector<int>& rows, double lambda,
                                  const Eigen::VectorXd& newcomer) {
    const Eigen::Index count = features.cols();
    Eigen::MatrixXd design(rows.size(), count + 1);
    Eigen::MatrixXd wanted(rows.size(), targets.cols());
    for (std::size_t n = 0; n < rows.size(); ++n) {
        const auto at = static_cast<Eigen::Index>(n);
        design.row(at) << features.row(rows[n]), 1;
        wanted.row(at) = targets.row(rows[n]);
    }
    Eigen::MatrixXd system = design.transpose() * design;
    system.diagonal().head(count).array() += lambda;
    const Eigen::MatrixXd weights = system.fullPivLu().solve(design.transpose() * wanted);
    return weights.topRows(count).transpose() * newcomer + weights.row(count).transpose();
}

template <als::Id Index, typename Scalar>
void check_against_reference(const als::AnyObjective& objective) {
    const auto train = data_with_cold_rows<Scalar>();
    const auto model = std::visit(
        [&](const auto& each) { return als::fit(train, each, {.factors = 5, .iterations = 3}); },
        objective);
    constexpr bool items = std::is_same_v<Index, Item>;
    const als::Side<Scalar>& side = items ? model.parts().items : model.parts().users;
    const int count = static_cast<int>(side.factors.rows());
    const auto features = random_features<Scalar>(5, count);
    const auto map = als::fit_feature_map<Index>(model, features, {.regularization = 3});
    CHECK(map.features() == feature_count);
    CHECK(map.factors() == 5);

    const bool biases = side.biases.size() > 0;
    Eigen::MatrixXd targets(count, biases ? 6 : 5);
    targets.leftCols(5) = side.factors.template cast<double>();
    if (biases) targets.col(5) = side.biases.template cast<double>();
    std::vector<int> known;
    for (int row = 0; row < count; ++row)
        if (!train[Index{row}].empty()) known.push_back(row);
    REQUIRE(static_cast<int>(known.size()) <= count - 4);
    const Eigen::MatrixXd dense = Eigen::MatrixXd(features.template cast<double>());
    const double error = std::is_same_v<Scalar, float> ? 1e-5 : 1e-11;
    for (const int row : {0, 3, count - 2, count - 1}) {
        const auto newcomer = als::from_features(map, features.row(row));
        const Eigen::VectorXd expected =
            predicted_by_hand(dense, targets, known, 3, dense.row(row));
        for (int f = 0; f < 5; ++f)
            CHECK_THAT(static_cast<double>(newcomer.factors(f)), WithinAbs(expected(f), error));
        CHECK_THAT(static_cast<double>(newcomer.bias), WithinAbs(biases ? expected(5) : 0, error));
    }
}

}  // namespace

TEMPLATE_TEST_CASE("fit_feature_map: the ridge regression of a dense reference", "", float,
                   double) {
    check_against_reference<Item, TestType>(als::Implicit{});
    check_against_reference<User, TestType>(als::Implicit{});
    check_against_reference<Item, TestType>(als::Explicit{});
    check_against_reference<User, TestType>(als::Explicit{});
    check_against_reference<Item, TestType>(als::Explicit{.biases = false});
}

TEST_CASE(
    "fit_feature_map: the same bits for any number of threads, and of rows behind the model's") {
    const auto train = data_with_cold_rows<float>();
    const auto model = als::fit(train, als::Explicit{}, {.factors = 4, .iterations = 2});
    const auto features = random_features<float>(8, 29);
    const auto one = als::fit_feature_map<Item>(model, features, {.threads = 1});
    const auto same = [&](const als::FeatureMap<Item, float>& other) {
        CHECK(same_bits(other.parts().weights.factors, one.parts().weights.factors));
        CHECK(same_bits(other.parts().weights.biases, one.parts().weights.biases));
    };
    for (const int threads : {2, 5})
        same(als::fit_feature_map<Item>(model, features, {.threads = threads}));
    als::FeatureMatrix<float> longer(40, feature_count);
    longer.topRows(29) = features;
    longer.insert(35, 2) = 1;  // not compressed
    same(als::fit_feature_map<Item>(model, longer));
    Eigen::SparseMatrix<float> columns = features;
    same(als::fit_feature_map<Item>(model, columns));
}

TEST_CASE("with_cold_rows: rows without history have factors, all others stay") {
    const auto train = data_with_cold_rows<float>();
    const auto check = [&](const auto& objective) {
        const auto model = als::fit(train, objective, {.factors = 4, .iterations = 2});
        const auto features = random_features<float>(8, 29);
        const auto map = als::fit_feature_map<Item>(model, features);
        const auto warm = als::with_cold_rows(model, map, features);
        CHECK(same_bits(warm.parts().users.factors, model.parts().users.factors));
        for (int i = 0; i < 29; ++i) {
            const bool is_new = train[Item{i}].empty() && i != 28;  // 28 has no features
            const auto expected = als::from_features(map, features.row(i)).factors;
            CHECK(warm.item_factors().row(i) ==
                  (is_new ? expected : als::FactorRow<float>(model.item_factors().row(i))));
            if (warm.item_biases().size() > 0 && is_new)
                CHECK(warm.item_biases()(i) == als::from_features(map, features.row(i)).bias);
        }
        // Queries see them, as they see a folded-in item.
        const Item cold{26};
        const std::vector<Item> only{cold};
        CHECK(als::recommend(model, User{1}, {.allow = only}).empty());
        REQUIRE(als::recommend(warm, User{1}, {.allow = only}).size() == 1);
        const auto similar = als::similar_items(warm, cold, {.count = 3});
        CHECK(similar.size() == 3);
        CHECK(similar == als::similar_items(warm, als::from_features(map, features.row(26)),
                                            {.count = 3, .exclude = only}));
    };
    check(als::Implicit{});
    check(als::Explicit{});
}

TEST_CASE("with_cold_rows: rows behind the model's are added, for users too") {
    const auto train = data_with_cold_rows<double>();
    const auto model = als::fit(train, als::Explicit{}, {.factors = 3, .iterations = 2});
    const auto features = random_features<double>(9, 40);
    const auto map = als::fit_feature_map<User>(model, features);
    const auto grown = als::with_cold_rows(model, map, features);
    CHECK(grown.user_count() == 40);
    CHECK(grown.item_count() == model.item_count());
    CHECK(grown.user_factors().topRows(30) == model.user_factors().topRows(30));
    const auto newcomer = als::from_features(map, features.row(38));
    CHECK(grown.user_factors().row(38) == newcomer.factors);
    CHECK(grown.user_biases()(38) == newcomer.bias);
    CHECK(grown.user_factors().row(39).isZero(0));  // without features
    CHECK(als::recommend(grown, User{38}, {.count = 5}) ==
          als::recommend(model, newcomer, {.count = 5}));
}

TEST_CASE("fit_feature_map: newcomers of a non-negative model have no factor below 0") {
    const auto train = data_with_cold_rows<float>();
    const auto model =
        als::fit(train, als::Implicit{.non_negative = true}, {.factors = 4, .iterations = 3});
    const auto features = random_features<float>(8, 29);
    const auto map = als::fit_feature_map<Item>(model, features, {.regularization = 1e-3});
    auto parts = map.parts();
    CHECK(parts.non_negative);
    parts.non_negative = false;
    const als::FeatureMap<Item, float> plain(parts);
    bool any_below = false;
    for (int i = 0; i < 29; ++i) {
        const auto unclipped = als::from_features(plain, features.row(i)).factors;
        any_below = any_below || unclipped.minCoeff() < 0;
        CHECK(als::from_features(map, features.row(i)).factors == unclipped.cwiseMax(0));
    }
    CHECK(any_below);
    CHECK(als::with_cold_rows(model, map, features).item_factors().minCoeff() >= 0);
}

TEST_CASE("fit_feature_map: what cannot be learned from is refused") {
    const auto train = data_with_cold_rows<float>();
    const auto model = als::fit(train, als::Implicit{}, {.factors = 3, .iterations = 1});
    const auto features = random_features<float>(8, 29);
    const auto refused = [&](const als::FeatureMatrix<float>& given,
                             const als::FeatureMapOptions& options, const auto& message) {
        REQUIRE_THROWS_MATCHES(als::fit_feature_map<Item>(model, given, options), als::InputError,
                               message);
    };
    for (const double lambda : {0.0, -1.0, std::nan("")})
        refused(features, {.regularization = lambda},
                says("als::FeatureMapOptions::regularization"));
    refused(features, {.threads = -1}, says("als::FeatureMapOptions::threads is -1"));
    refused(features.topRows(28), {},
            says("als::fit_feature_map: there are 28 rows of features for 29 items"));
    refused(features.transpose(), {}, says("seems to be transposed"));
    refused(als::FeatureMatrix<float>(29, 10'001), {}, says("10001 features; at most 10000"));
    refused(features, {.names = {"one"}}, says("there are 1 names for 7 features"));
    refused(features, {.names = {"a", "b", "c", "a", "d", "e", "f"}},
            says("two features have the name \"a\""));
    als::FeatureMatrix<float> bad = features;
    bad.coeffRef(12, 6) = std::numeric_limits<float>::infinity();
    refused(bad, {}, says("feature 6 of item 12 is inf"));

    als::ModelParts<float> parts = model.parts();
    parts.items.factors.setZero();
    REQUIRE_THROWS_MATCHES(
        als::fit_feature_map<Item>(als::Model<float>(parts, als::Implicit{}), features),
        als::InputError, says("the factors of all items are 0"));
    als::FeatureMatrix<float> huge = features;
    for (int row = 0; row < 28; ++row) huge.coeffRef(row, 6) = 3e38F;
    const auto large = als::fit_feature_map<Item>(model, huge);  // double can hold these
    CHECK(large.parts().weights.factors.allFinite());
}

TEST_CASE("from_features, with_cold_rows: what does not fit the map is refused") {
    const auto train = data_with_cold_rows<float>();
    const auto model = als::fit(train, als::Explicit{}, {.factors = 3, .iterations = 1});
    const auto features = random_features<float>(8, 29);
    const auto map = als::fit_feature_map<Item>(model, features);
    als::FeatureRow<float> row(feature_count + 1);
    REQUIRE_THROWS_MATCHES(als::from_features(map, row), als::InputError,
                           says("als::from_features: there are 8 features; the map has 7"));
    row.resize(feature_count);
    row.coeffRef(2) = std::numeric_limits<float>::quiet_NaN();
    REQUIRE_THROWS_MATCHES(als::from_features(map, row), als::InputError, says("feature 2 is nan"));
    auto parts = map.parts();
    parts.weights.factors.setConstant(3e38F);
    row.coeffRef(2) = 3e38F;
    REQUIRE_THROWS_MATCHES(als::from_features(als::FeatureMap<Item, float>(parts), row),
                           als::NumericError, says("a feature is too large"));

    REQUIRE_THROWS_MATCHES(als::with_cold_rows(model, map, features.topRows(3)), als::InputError,
                           says("als::with_cold_rows: there are 3 rows of features for 29 items"));
    const auto other =
        als::fit(train, als::Explicit{.biases = false}, {.factors = 3, .iterations = 1});
    REQUIRE_THROWS_MATCHES(als::with_cold_rows(other, map, features), als::InputError,
                           says("3 factors and a bias") && says("the model has 3 factors"));
    parts.weights.factors(0, 0) = std::numeric_limits<float>::infinity();
    REQUIRE_THROWS_MATCHES((als::FeatureMap<Item, float>(parts)), als::InputError,
                           says("a weight is not finite"));
    parts.weights = {};
    REQUIRE_THROWS_MATCHES((als::FeatureMap<Item, float>(parts)), als::InputError,
                           says("the weights are 0 x 0"));
}
