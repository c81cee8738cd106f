// SPDX-License-Identifier: MIT
// `draw`: samples whose mean is the fold-in and whose covariance is that of the row's posterior.
#include "catch.hpp"
#include "samples.hpp"
#include <als/detail/draw.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

namespace {

Table sample_table() {
    return random_table(61, {.users = 40, .items = 30, .density = 0.3, .dislikes = 0.1});
}

/// A of a user, without the bias's row and column if there are no biases.
template <typename Scalar, typename Objective>
Eigen::MatrixXd matrix_of(const als::Model<Scalar>& model, const Objective& objective,
                          const Table& table, int user) {
    const Reference reference = as_reference(model);
    const Eigen::Index unknowns = model.factors() + (model.item_biases().size() > 0 ? 1 : 0);
    return reference_system(objective, table, user, *objective.regularization, reference.items,
                            reference.item_biases, reference.mean)
        .matrix.topLeftCorner(unknowns, unknowns);
}

/// Factors and bias as one vector.
template <als::Id Newcomer, typename Scalar>
Eigen::VectorXd unknowns_of(const als::FoldedIn<Newcomer, Scalar>& row, Eigen::Index count) {
    Eigen::VectorXd all(count);
    for (Eigen::Index f = 0; f < count; ++f)
        all(f) = static_cast<double>(f < row.factors.size() ? row.factors(f) : row.bias);
    return all;
}

/// Calls check(model, the model's objective, data, table) for several objectives.
template <typename Scalar, typename Check>
void with_models(const Check& check) {
    const Table table = sample_table();
    const auto data = table.interactions<Scalar>();
    const auto fit = [&](const auto& given) {
        const auto objective = als::fitted_to(data, given);
        check(als::fit(data, objective, {.factors = 5, .iterations = 3}), objective, data, table);
    };
    fit(als::Implicit{});
    fit(als::Implicit{
        .alpha = 3, .regularization_exponent = 1, .row_weight = als::RowWeight::confidence});
    fit(als::Explicit{});
    fit(als::Explicit{.biases = false});
}

}  // namespace

TEMPLATE_TEST_CASE("draw: deviations are those of the dense covariance, exactly", "", float,
                   double) {
    with_models<TestType>(
        [](const auto& model, const auto& objective, const auto& data, const Table& table) {
            for (int u = 0; u < 40; ++u) {
                const auto deviations =
                    als::detail::Deviations<TestType>::template of<User>(model, data[User{u}]);
                const Eigen::MatrixXd matrix = matrix_of(model, objective, table, u);
                const Eigen::Index size = matrix.rows();
                REQUIRE(deviations.size() == size);
                Eigen::MatrixXd columns = Eigen::MatrixXd::Identity(size, size);
                for (Eigen::Index f = 0; f < size; ++f)
                    deviations.from_normal(columns.data() + f * size);
                const Eigen::MatrixXd covariance = columns * columns.transpose();
                CHECK((matrix * covariance - Eigen::MatrixXd::Identity(size, size)).norm() < 1e-9);
            }
        });
}

TEMPLATE_TEST_CASE("draw: the fold-in plus scale times the deviation of normal numbers", "", float,
                   double) {
    const double limit = std::is_same_v<TestType, float> ? 1e-5 : 1e-13;
    with_models<TestType>([&](const auto& model, const auto&, const auto& data, const Table&) {
        const auto history = data[User{7}];
        const auto mean = als::fold_in(model, history);
        const auto deviations =
            als::detail::Deviations<TestType>::template of<User>(model, history);
        Eigen::VectorXd change(deviations.size());
        for (Eigen::Index f = 0; f < change.size(); ++f)
            change(f) = als::detail::random_normal(99, als::detail::Stream::factors, 0,
                                                   static_cast<std::uint64_t>(f));
        deviations.from_normal(change.data());
        for (const double scale : {0.0, 0.3, 2.0}) {
            const auto drawn = als::draw(model, history, 99, scale);
            const Eigen::VectorXd expected = unknowns_of(mean, change.size()) + scale * change;
            CHECK((unknowns_of(drawn, change.size()) - expected).norm() <=
                  limit * (1 + expected.norm()));
            if (scale == 0) {
                CHECK(same_bits(drawn.factors, mean.factors));
                CHECK(drawn.bias == mean.bias);
            }
        }
        CHECK(same_bits(als::draw(model, history, 3).factors,
                        als::draw(model, history, 3, 1).factors));
        CHECK(als::draw(model, history, 3).factors != als::draw(model, history, 4).factors);
        if (model.item_biases().size() == 0) CHECK(als::draw(model, history, 3).bias == 0);
    });
}

TEST_CASE("draw: many draws have the mean and the covariance of the posterior") {
    constexpr int draws = 2000;
    constexpr double scale = 0.7;
    with_models<double>(
        [&](const auto& model, const auto& objective, const auto& data, const Table& table) {
            const Eigen::MatrixXd factor = cholesky_factor(matrix_of(model, objective, table, 11));
            const Eigen::Index size = factor.rows();
            const Eigen::VectorXd mean = unknowns_of(als::fold_in(model, data[User{11}]), size);
            Eigen::VectorXd first = Eigen::VectorXd::Zero(size);
            Eigen::MatrixXd second = Eigen::MatrixXd::Zero(size, size);
            for (int n = 0; n < draws; ++n) {
                const auto drawn =
                    als::draw(model, data[User{11}], static_cast<std::uint64_t>(n), scale);
                const Eigen::VectorXd z = factor * (unknowns_of(drawn, size) - mean) / scale;
                first += z / draws;
                second += z * z.transpose() / draws;
            }
            // Five standard errors of the mean and of the second moments of normal numbers.
            const double error = 5 / std::sqrt(draws);
            CHECK(first.cwiseAbs().maxCoeff() < error);
            const Eigen::MatrixXd off = second - Eigen::MatrixXd::Identity(size, size);
            CHECK(off.cwiseAbs().maxCoeff() < error * std::sqrt(2.0));
        });
}

TEST_CASE("draw: items too, from their own regularization") {
    const Table table = sample_table();
    const auto data = table.interactions<double>();
    const als::Implicit objective{.alpha = 2, .regularization = 0.4, .item_regularization = 3};
    const auto model = als::fit(data, objective, {.factors = 4, .iterations = 2});
    const auto deviations = als::detail::Deviations<double>::of<Item>(model, data[Item{6}]);
    const Eigen::MatrixXd matrix =
        reference_system(objective, table.transposed(), 6, 3, as_reference(model).users, {}, 0)
            .matrix;
    Eigen::MatrixXd columns = Eigen::MatrixXd::Identity(4, 4);
    for (Eigen::Index f = 0; f < 4; ++f) deviations.from_normal(columns.data() + f * 4);
    CHECK((matrix * columns * columns.transpose() - Eigen::MatrixXd::Identity(4, 4)).norm() < 1e-9);
    const auto drawn = als::draw(model, data[Item{6}], 5);
    CHECK(drawn.factors != als::fold_in(model, data[Item{6}]).factors);
    CHECK(als::similar_items(model, drawn, {.count = 3}).size() == 3);
}

TEST_CASE("draw: without a history, the prior of the objective") {
    const auto data = sample_data<double>(62);
    const als::Row<Item, double> nothing;
    // lambda_row is 0.5 for every row, and the Gram matrix is not part of a rating row's matrix.
    const auto ratings = als::fit(
        data, als::Explicit{.regularization = 0.5, .regularization_exponent = 0, .biases = false},
        {.factors = 3, .iterations = 2});
    const auto drawn = als::draw(ratings, nothing, 8, 2);
    for (int f = 0; f < 3; ++f)
        CHECK_THAT(drawn.factors(f),
                   WithinAbs(2 / std::sqrt(0.5) *
                                 als::detail::random_normal(8, als::detail::Stream::factors, 0,
                                                            static_cast<std::uint64_t>(f)),
                             1e-12));
    const auto implicit = als::fit(data, als::Implicit{}, {.factors = 3, .iterations = 2});
    CHECK(als::draw(implicit, nothing, 8).factors.norm() > 0);
}

TEST_CASE("draw: what cannot be drawn is refused with the reason") {
    const auto data = sample_data<float>(63);
    const auto ratings = als::fit(data, als::Explicit{}, {.factors = 3, .iterations = 2});
    const auto history = data[User{3}];
    REQUIRE_THROWS_MATCHES(als::draw(ratings, als::Row<Item, float>(), 1), als::NumericError,
                           says("als::draw: the history leaves some factors undetermined") &&
                               says("regularization_exponent = 0"));
    for (const double scale : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()})
        REQUIRE_THROWS_MATCHES(als::draw(ratings, history, 1, scale), als::InputError,
                               says("als::draw: scale is"));
    REQUIRE_THROWS_MATCHES(als::draw(ratings, history, 1, 1e300), als::NumericError,
                           says("als::draw") && says("lower the scale"));
    REQUIRE_THROWS_MATCHES(als::draw(ratings, als::History<Item, float>{{Item{45}, 1.0F}}, 1),
                           als::InputError, says("als::draw: item 45 is out of range"));
    const auto parts =
        als::fit(data, als::Implicit{.non_negative = true}, {.factors = 3, .iterations = 2});
    REQUIRE_THROWS_MATCHES(als::draw(parts, history, 1), als::InputError,
                           says("als::draw") && says("non_negative") && says("als::fold_in"));
}
