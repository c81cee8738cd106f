// SPDX-License-Identifier: MIT
// Half an iteration without state, for other engines.
#include "catch.hpp"
#include "samples.hpp"
#include <als/detail/solve/gram.hpp>
#include <als/half_step.hpp>

#include <vector>

using namespace als_test;

namespace {

/// Rows [begin, end) of one side, compressed.
template <als::Id Row, typename Scalar>
struct Rows {
    Rows(const als::Interactions<Scalar>& data, std::int32_t begin, std::int32_t end)
        : first(begin) {
        for (Row row{begin}; row.index < end; ++row.index) {
            for (const auto& [id, value] : data[row]) {
                ids.push_back(id.index);
                values.push_back(value);
            }
            offsets.push_back(static_cast<std::int64_t>(ids.size()));
        }
    }
    [[nodiscard]] als::SparseView<Scalar> view() const { return {offsets, ids, values, first}; }

    std::int64_t first;
    std::vector<std::int64_t> offsets{0};
    std::vector<std::int32_t> ids;
    std::vector<Scalar> values;
};

/// Solves the rows of one side in two portions.
template <als::Id Row, typename Scalar, typename Objective>
void solve_in_two(const als::Interactions<Scalar>& data, const Objective& objective,
                  const als::Training& training, const als::FixedRows<Scalar>& fixed,
                  als::Side<Scalar>& solved) {
    const auto count = static_cast<std::int32_t>(solved.factors.rows());
    for (const auto& [begin, end] : {std::pair(0, count / 3), std::pair(count / 3, count)}) {
        als::Side<Scalar> part{solved.factors.middleRows(begin, end - begin), {}};
        if (solved.biases.size() > 0) part.biases = solved.biases.segment(begin, end - begin);
        als::solve_rows<Row>(Rows<Row, Scalar>(data, begin, end).view(), fixed, objective, training,
                             part);
        solved.factors.middleRows(begin, end - begin) = part.factors;
        if (solved.biases.size() > 0) solved.biases.segment(begin, end - begin) = part.biases;
    }
}

template <typename Scalar, typename Objective>
bool trains_as_fit(const Objective& given, als::Training training = {}) {
    const auto data = sample_data<Scalar>();
    const Objective objective = als::fitted_to(data, given);
    training.factors = 6;
    training.iterations = 2;
    const auto model = als::fit(data, objective, training);
    const double mean = model.mean();
    als::Side<Scalar> users = als::start_of_users(Rows<als::User, Scalar>(data, 0, 60).view(), 45,
                                                  objective, training, mean);
    als::Side<Scalar> items{als::FactorMatrix<Scalar>::Zero(45, 6), {}};
    if (users.biases.size() > 0) items.biases.setZero(45);
    const auto gram = [&](const als::Side<Scalar>& side) {
        return model.is_implicit() ? als::gram_matrix(side.factors, training) : Eigen::MatrixXd();
    };
    for (int iteration = 0; iteration < 2; ++iteration) {
        solve_in_two<als::Item>(data, objective, training, {users, gram(users), mean}, items);
        solve_in_two<als::User>(data, objective, training, {items, gram(items), mean}, users);
    }
    return same_bits(users.factors, model.parts().users.factors) &&
           same_bits(items.factors, model.parts().items.factors) &&
           same_bits(users.biases, model.parts().users.biases) &&
           same_bits(items.biases, model.parts().items.biases);
}

}  // namespace

TEMPLATE_TEST_CASE("half step: rows in portions get the bits of fit", "", float, double) {
    CHECK(trains_as_fit<TestType>(als::Implicit{}));
    CHECK(trains_as_fit<TestType>(als::Implicit{.row_weight = als::RowWeight::confidence}));
    CHECK(trains_as_fit<TestType>(als::Implicit{}, {.solver = als::Solver::conjugate_gradient}));
    CHECK(trains_as_fit<TestType>(als::Explicit{}));
}

TEST_CASE("half step: a part of the fixed side serves rows that touch no other") {
    const als::Implicit objective{
        .alpha = 2, .regularization = 0.1, .row_weight = als::RowWeight::confidence};
    const als::Training training{.factors = 2};
    als::Side<float> fixed{random_matrix(5, 4, 2, 1).cast<float>(), {}};
    const Eigen::MatrixXd gram = als::gram_matrix(fixed.factors, training);
    const std::vector<std::int64_t> offsets{0, 2};
    const std::vector<float> values{3, 1};
    als::Side<float> whole{als::FactorMatrix<float>::Zero(1, 2), {}};
    als::Side<float> part = whole;
    const std::vector<std::int32_t> ids{1, 3};
    als::solve_rows<als::User>(als::SparseView<float>{offsets, ids, values}, {fixed, gram},
                               objective, training, whole);
    als::FactorMatrix<float> touched(2, 2);
    touched << fixed.factors.row(1), fixed.factors.row(3);
    fixed.factors = touched;
    const std::vector<std::int32_t> slots{0, 1};
    als::solve_rows<als::User>(als::SparseView<float>{offsets, slots, values}, {fixed, gram, 0, 4},
                               objective, training, part);
    CHECK(same_bits(part.factors, whole.factors));
}

TEST_CASE("half step: what does not fit is refused, and a row is named by its index") {
    als::Side<float> fixed{als::FactorMatrix<float>::Ones(3, 2), {}};
    als::Side<float> solved{als::FactorMatrix<float>::Zero(1, 2), {}};
    const als::Training training{.factors = 2};
    std::vector<std::int64_t> offsets{0, 2};
    std::vector<std::int32_t> ids{0, 2};
    std::vector<float> values{1, 1};
    const auto refused = [&](const als::Implicit& objective, const Eigen::MatrixXd& gram,
                             const char* reason) {
        REQUIRE_THROWS_MATCHES(
            als::solve_rows<als::User>(als::SparseView<float>{offsets, ids, values, 7},
                                       {fixed, gram}, objective, training, solved),
            als::Error, says(reason));
    };
    const Eigen::MatrixXd gram = als::gram_matrix(fixed.factors);
    const als::Implicit given{.alpha = 2, .regularization = 0.1};
    refused(given, {}, "an Implicit the Gram matrix");
    refused({.alpha = -1}, gram, "alpha is -1");
    refused({}, gram, "als::solve_rows: the objective does not give its alpha");
    ids = {2, 0};
    refused(given, gram, "row 7 has the id 0 after 2");
    ids = {0, 3};
    refused(given, gram, "row 7 has the id 3");
    ids = {0, 2};
    values[0] = 3e38F;
    refused({.alpha = 1e300, .regularization = 0.1}, gram, "the factors of user 7 are not finite");
    offsets = {0, 3};
    refused(given, gram, "do not make rows");
}

TEST_CASE("half step: the groups of a Gram matrix, summed apart, make the bits of the whole") {
    using namespace als::detail;
    const als::FactorMatrix<float> factors = random_matrix(3, 1700, 5, 1).cast<float>();
    const RowGroups groups(factors.rows());
    REQUIRE(groups.count() == 4);
    CHECK(groups.first_row(4) == 1700);
    CHECK(RowGroups(1'000'000).count() == 256);
    CHECK(RowGroups(0).count() == 0);
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(5, 5);
    for (const auto& [begin, end] : {std::pair(0, 1), std::pair(1, 4)}) {
        const std::int64_t first = groups.first_row(begin);
        const als::FactorMatrix<float> part =
            factors.middleRows(first, groups.first_row(end) - first);
        for_each_group_sum(part, groups, begin, end, Workers{},
                           [&](const PanelSum& sum) { sum.add_lower_to(gram); });
    }
    mirror_lower(gram);
    CHECK(same_bits(gram, gram_of(factors, Workers{3})));
    CHECK(gram.isApprox(factors.cast<double>().transpose() * factors.cast<double>(), 1e-12));
}
