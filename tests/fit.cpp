// SPDX-License-Identifier: MIT
// Training against the naive reference, and properties that hold for any data.
#include "catch.hpp"
#include "samples.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

using namespace als_test;

namespace {

constexpr auto all_solvers = {als::Solver::exact, als::Solver::conjugate_gradient,
                              als::Solver::subspace};

/// The accuracy that a solution may lose: the rows of these tables have conditions up to 1e4, and
/// the users inherit the items' rounding through a Gram matrix that is close to singular.
template <typename Scalar>
constexpr double tolerance = std::is_same_v<Scalar, float> ? 3e-4 : 1e-9;

std::vector<als::Implicit> implicit_objectives() {
    using als::Confidence;
    using als::RowWeight;
    return {
        {.alpha = 4, .regularization = 0.1, .regularization_exponent = 0},
        {.alpha = 40,
         .regularization = 0.05,
         .item_regularization = 0.2,
         .regularization_exponent = 0},
        {.alpha = 2, .regularization = 0.02, .regularization_exponent = 1},
        {.alpha = 3,
         .regularization = 0.05,
         .regularization_exponent = 1,
         .row_weight = RowWeight::entries},
        {.alpha = 5,
         .regularization = 0.1,
         .item_regularization = 0.3,
         .regularization_exponent = 0.5,
         .row_weight = RowWeight::confidence,
         .confidence = Confidence::logarithmic,
         .epsilon = 0.5},
        {.alpha = 0, .regularization = 0.1, .regularization_exponent = 0},
    };
}

std::vector<als::Explicit> explicit_objectives() {
    return {
        {.regularization = 0.1, .regularization_exponent = 1, .biases = true},
        {.regularization = 0.5, .regularization_exponent = 0, .biases = false},
        {.regularization = 0.05,
         .item_regularization = 0.2,
         .regularization_exponent = 0.5,
         .biases = true,
         .bias_regularization = 0.02},
        {.regularization = 0.1, .regularization_exponent = 1, .biases = false},
    };
}

/// Tables with empty rows, and with rows that have fewer entries than factors, about as many, and
/// more.
std::vector<Table> tables() {
    return {
        random_table(1, {.users = 25, .items = 18, .density = 0.25, .dislikes = 0.2, .zeros = 0.1}),
        random_table(2, {.users = 12, .items = 60, .density = 0.8, .empty_rows = true}),
        random_table(3, {.users = 1, .items = 7, .density = 0.9}),
        random_table(4, {.users = 50, .items = 3, .density = 0.5, .dislikes = 0.5}),
        random_table(5, {.users = 6, .items = 300, .density = 0.95, .dislikes = 0.1}),
    };
}

/// Compares all scores and the objective of a model with those of the naive formulas.
template <typename Scalar, typename Objective>
void compare_scores(const Table& table, const Objective& objective,
                    const als::Model<Scalar>& model) {
    const Reference numbers = as_reference(model);
    const double expected = reference_objective(objective, table, numbers);
    CHECK_THAT(als::objective_value(model, table.interactions<Scalar>()),
               WithinAbs(expected, 1e-9 * (1 + expected)));
    double worst = 0;
    for (int u = 0; u < model.user_count(); ++u)
        for (int i = 0; i < model.item_count(); ++i) {
            const auto score = static_cast<double>(als::predict(model, als::User{u}, als::Item{i}));
            worst = std::max(worst, std::abs(score - reference_score(numbers, u, i)));
        }
    CHECK(worst < 100 * std::numeric_limits<Scalar>::epsilon());
}

/// Compares one iteration from the same start. Each half is compared on its own, so errors of the
/// items do not count for the users. Biases may be 0 up to rounding, so they are compared on the
/// scale of the ratings.
template <typename Scalar, typename Objective>
void compare_halves(const Table& table, const Objective& objective, int factors,
                    double limit = tolerance<Scalar>) {
    Reference reference = reference_start(table, objective, factors, 17);
    const auto model =
        als::fit(table.interactions<Scalar>(), objective, {.factors = factors, .iterations = 1},
                 as_model<Scalar>(reference, objective));
    const Reference reached = as_reference(model);
    reference_half_step(objective, table.transposed(),
                        objective.item_regularization.value_or(*objective.regularization),
                        reference.users, reference.user_biases, reference.mean, reference.items,
                        reference.item_biases);
    CHECK(relative_difference(reached.items, reference.items) < limit);
    CHECK((reached.item_biases - reference.item_biases).norm() < limit);
    reference_half_step(objective, table, *objective.regularization, reached.items,
                        reached.item_biases, reference.mean, reference.users,
                        reference.user_biases);
    CHECK(relative_difference(reached.users, reference.users) < limit);
    CHECK((reached.user_biases - reference.user_biases).norm() < limit);
    compare_scores(table, objective, model);
}

/// Compares several iterations from the same start.
template <typename Objective>
void compare_iterations(const Table& table, const Objective& objective, int factors, int iterations,
                        double limit) {
    Reference reference = reference_start(table, objective, factors, 17);
    const auto model = als::fit(table.interactions<double>(), objective,
                                {.factors = factors, .iterations = iterations},
                                as_model<double>(reference, objective));
    for (int n = 0; n < iterations; ++n) reference_iteration(objective, table, reference);
    const Reference reached = as_reference(model);
    CHECK(relative_difference(reached.items, reference.items) < limit);
    CHECK(relative_difference(reached.users, reference.users) < limit);
    CHECK(relative_difference(reached.item_biases, reference.item_biases) < limit);
    CHECK(relative_difference(reached.user_biases, reference.user_biases) < limit);
}

}  // namespace

TEMPLATE_TEST_CASE("fit: an iteration agrees with the naive reference", "", float, double) {
    const int factors = GENERATE(1, 3, 16, 40);
    CAPTURE(factors);
    int number = 0;
    for (const Table& table : tables()) {
        CAPTURE(++number, table.value.rows(), table.value.cols());
        for (const als::Implicit& objective : implicit_objectives()) {
            CAPTURE(*objective.alpha, objective.regularization_exponent);
            compare_halves<TestType>(table, objective, factors);
        }
        for (const als::Explicit& objective : explicit_objectives()) {
            CAPTURE(objective.biases, objective.regularization_exponent);
            compare_halves<TestType>(table, objective, factors);
        }
    }
}

TEMPLATE_TEST_CASE("fit: biases without a penalty agree with the naive reference", "", float,
                   double) {
    // No rows with one entry, because their bias explains everything and the factors are only
    // rounding.
    const int factors = GENERATE(1, 3, 16, 40);
    for (const Table& table : {random_table(31, {.users = 25, .items = 18, .density = 0.4}),
                               random_table(32, {.users = 12, .items = 60, .density = 0.8}),
                               random_table(33, {.users = 6, .items = 300, .density = 0.95})})
        for (const double exponent : {0.0, 1.0}) {
            CAPTURE(factors, table.value.rows(), exponent);
            compare_halves<TestType>(table,
                                     als::Explicit{.regularization = 0.1,
                                                   .regularization_exponent = exponent,
                                                   .bias_regularization = 0},
                                     factors, 3 * tolerance<TestType>);
        }
}

TEST_CASE("fit: several iterations agree with the naive reference") {
    const Table table =
        random_table(8, {.users = 40, .items = 30, .density = 0.3, .dislikes = 0.1, .zeros = 0.1});
    for (const als::Implicit& objective : implicit_objectives())
        compare_iterations(table, objective, 6, 5, 1e-7);
    for (const als::Explicit& objective : explicit_objectives())
        compare_iterations(table, objective, 6, 5, 1e-7);
}

TEST_CASE("fit: rows just below, at and above the crossover of primal and dual agree") {
    // One user per row length: user n has n items.
    const int factors = GENERATE(8, 40);
    const int longest = factors + 12;
    Table table{Eigen::MatrixXd::Zero(longest, longest + 5),
                Eigen::MatrixXi::Zero(longest, longest + 5)};
    for (int u = 0; u < longest; ++u)
        for (int i = 0; i <= u; ++i) {
            table.stored(u, (u + 3 * i) % (longest + 5)) = 1;
            table.value(u, (u + 3 * i) % (longest + 5)) = 1 + (u + i) % 5;
        }
    for (const als::Implicit& objective : implicit_objectives()) {
        compare_halves<float>(table, objective, factors);
        compare_halves<double>(table, objective, factors);
    }
    for (const als::Explicit& objective : explicit_objectives()) {
        compare_halves<float>(table, objective, factors);
        compare_halves<double>(table, objective, factors);
    }
}

TEMPLATE_TEST_CASE("fit: non-negative factors are those of the reference, which tries all supports",
                   "", float, double) {
    const int factors = GENERATE(1, 3, 6);
    CAPTURE(factors);
    for (const Table& table : tables()) {
        CAPTURE(table.value.rows(), table.value.cols());
        for (als::Implicit objective : implicit_objectives()) {
            CAPTURE(*objective.alpha, objective.regularization_exponent);
            objective.non_negative = true;
            compare_halves<TestType>(table, objective, factors);
        }
        for (als::Explicit objective : explicit_objectives()) {
            CAPTURE(objective.biases, objective.regularization_exponent);
            objective.non_negative = true;
            compare_halves<TestType>(table, objective, factors);
        }
    }
}

TEST_CASE("fit: non-negative factors are, whatever the size, and fold_in finds them again") {
    const auto data = random_table(27, {.users = 90, .items = 400, .density = 0.7, .dislikes = 0.1})
                          .interactions<float>();
    const auto check = [&](const auto& objective) {
        for (const int factors : {8, 40}) {
            const als::Training training{.factors = factors, .iterations = 3, .threads = 1};
            als::Training two = training;
            two.threads = 2;
            const als::Model<float> model = als::fit(data, objective, training);
            CHECK(same_bits(model, als::fit(data, objective, two)));
            CHECK(model.user_factors().minCoeff() == 0);  // or the test shows nothing
            CHECK(model.item_factors().minCoeff() == 0);
            CHECK(model.user_factors().maxCoeff() > 0);
            const auto folded = als::fold_in_users(model, data, 2);
            for (int u = 0; u < 90; u += 7) {
                const auto alone = als::fold_in(model, data[als::User{u}]);
                CHECK(alone.factors == folded[static_cast<std::size_t>(u)].factors);
                CHECK(alone.factors.minCoeff() >= 0);
                CHECK(relative_difference(alone.factors.cast<double>(),
                                          model.user_factors().row(u).cast<double>()) < 1e-6);
            }
        }
    };
    check(als::Implicit{.regularization = 0.02, .non_negative = true});
    check(als::Explicit{.non_negative = true});
}

TEST_CASE("fit: non-negative factors start from a model that has negative ones") {
    const auto data = sample_data<double>();
    const auto earlier = als::fit(data, als::Implicit{}, {.factors = 4, .iterations = 2});
    REQUIRE(earlier.user_factors().minCoeff() < 0);
    const auto model = als::fit(data, als::Implicit{.non_negative = true},
                                {.factors = 4, .iterations = 2}, earlier);
    CHECK(model.user_factors().minCoeff() >= 0);
    CHECK(model.item_factors().minCoeff() >= 0);
    CHECK(model.user_factors().maxCoeff() > 0);
}

TEST_CASE("fit: inexact solvers are refused for non-negative factors") {
    for (const auto solver : {als::Solver::conjugate_gradient, als::Solver::subspace})
        REQUIRE_THROWS_MATCHES(als::fit(sample_data<double>(), als::Implicit{.non_negative = true},
                                        {.factors = 4, .solver = solver}),
                               als::InputError,
                               says("als::fit: only Solver::exact can keep factors non-negative"));
}

TEST_CASE("fit: no half step raises the objective, and the observer sees its value") {
    const Table table =
        random_table(9, {.users = 50, .items = 40, .density = 0.2, .dislikes = 0.2});
    const auto data = table.interactions<double>();
    const auto check = [&](const auto& given) {
        const auto objective = als::fitted_to(data, given);
        const Reference start = reference_start(table, objective, 8, 3);
        als::Model<double> model = als::fit(data, objective, {.factors = 8, .iterations = 1},
                                            as_model<double>(start, objective));
        double last = als::objective_value(model, data);
        for (int n = 0; n < 10; ++n) {
            // The items' half of the next iteration, through fold-in; then the whole iteration.
            als::ModelParts<double> half = model.parts();
            for (int i = 0; i < data.item_count(); ++i) {
                const auto item = als::fold_in(model, data[als::Item{i}]);
                half.items.factors.row(i) = item.factors;
                if (half.items.biases.size() > 0) half.items.biases(i) = item.bias;
            }
            const double after_items =
                als::objective_value(als::Model<double>(half, objective), data);
            double observed = 0;
            model = als::fit(data, objective,
                             {.factors = 8,
                              .iterations = 1,
                              .observer =
                                  [&](const als::Progress& progress) {
                                      observed = progress.objective;
                                      return als::Next::go_on;
                                  }},
                             model);
            const double after_users = als::objective_value(model, data);
            CHECK(after_items <= last * (1 + 1e-9));
            CHECK(after_users <= after_items * (1 + 1e-9));
            CHECK_THAT(observed, WithinRel(after_users, 1e-12));
            CHECK_THAT(after_users,
                       WithinRel(reference_objective(objective, table, as_reference(model)), 1e-9));
            last = after_users;
        }
    };
    for (const als::Implicit& objective : implicit_objectives()) check(objective);
    for (const als::Explicit& objective : explicit_objectives()) check(objective);
    check(als::Implicit{.non_negative = true});
    check(als::Explicit{.non_negative = true});
}

TEMPLATE_TEST_CASE("fit: the bits do not depend on the number of threads", "", float, double) {
    const auto data = random_table(10, {.users = 1400, .items = 700, .density = 0.03})
                          .template interactions<TestType>();
    const auto check = [&](const auto& objective, const als::Training& training) {
        const auto with_threads = [&](int threads) {
            als::Training same = training;
            same.threads = threads;
            return als::fit(data, objective, same);
        };
        const auto one = with_threads(1);
        for (const int threads : {2, 3, 8}) CHECK(same_bits(one, with_threads(threads)));
        als::Training other = training;
        other.seed = 43;
        CHECK_FALSE(same_bits(one, als::fit(data, objective, other)));
    };
    for (const als::InstructionSet set : als::supported_instruction_sets())
        for (const auto solver : all_solvers) {
            if (solver == als::Solver::subspace && set != als::automatic_instruction_set())
                continue;
            CAPTURE(als::name_of(set), solver);
            const als::Training training{.factors = solver == als::Solver::subspace ? 24 : 12,
                                         .iterations = 2,
                                         .solver = solver,
                                         .subspace_factors = 16,
                                         .instruction_set = set};
            check(als::Implicit{}, training);
            check(als::Implicit{.regularization_exponent = 0}, training);
            check(als::Explicit{}, training);
        }
}

TEMPLATE_TEST_CASE("fit: the bits do not depend on the threads that share one very long row", "",
                   float, double) {
    std::vector<als::Entry<TestType>> entries;
    for (int i = 0; i < 17000; ++i) entries.push_back({{0}, {i}, 1 + static_cast<TestType>(i % 4)});
    for (int u = 1; u < 20; ++u)
        for (int i = u; i < 17000; i += 997) entries.push_back({{u}, {i}, 2});
    const als::Interactions<TestType> data(20, 17000, entries);
    for (const bool non_negative : {false, true}) {
        CAPTURE(non_negative);
        const auto with_threads = [&](int threads) {
            return als::fit(data, als::Implicit{.non_negative = non_negative},
                            {.factors = 10, .iterations = 2, .threads = threads});
        };
        const auto one = with_threads(1);
        for (const int threads : {2, 3, 8}) CHECK(same_bits(one, with_threads(threads)));
        const auto heavy = als::fold_in(one, data[als::User{0}]);
        CHECK(same_bits<als::FactorRow<TestType>>(heavy.factors, one.user_factors().row(0)));
    }
}

TEST_CASE("fit: conjugate gradient comes to the same objective as exact solves, and stays there") {
    const auto data =
        random_table(12, {.users = 60, .items = 50, .density = 0.2}).interactions<double>();
    const auto check = [&](const auto& objective) {
        const auto solved = als::fit(data, objective, {.factors = 5, .iterations = 4000});
        const double lowest = als::objective_value(solved, data);
        // From the same start, both may end in different minima; from a minimum, neither may move.
        als::Training inexact{.factors = 5, .solver = als::Solver::conjugate_gradient};
        inexact.iterations = 3;
        const auto stayed = als::fit(data, objective, inexact, solved);
        CHECK_THAT(als::objective_value(stayed, data), WithinRel(lowest, 1e-9));
        CHECK(relative_difference(stayed.user_factors(), solved.user_factors()) < 1e-5);
        CHECK(relative_difference(stayed.item_factors(), solved.item_factors()) < 1e-5);
        inexact.iterations = 300;
        CHECK(als::objective_value(als::fit(data, objective, inexact), data) < 1.02 * lowest);
    };
    // With these penalties the exact solver converges.
    check(als::Implicit{.regularization = 0.05});
    check(als::Implicit{.regularization = 1, .regularization_exponent = 0});
    check(als::Explicit{.regularization = 0.3, .bias_regularization = 0.3});
    check(als::Explicit{.regularization = 0.3, .biases = false});
}

TEST_CASE("fit: the subspace solver never raises the objective and stays at a minimum") {
    const auto data =
        random_table(12, {.users = 40, .items = 30, .density = 0.5}).interactions<double>();
    const auto check = [&](const auto& objective) {
        als::Training blocks{.factors = 10, .solver = als::Solver::subspace, .subspace_factors = 8};
        blocks.iterations = 300;
        double before = std::numeric_limits<double>::infinity();
        blocks.observer = [&](const als::Progress& progress) {
            CHECK(progress.objective <= before * (1 + 1e-12));
            before = progress.objective;
            return als::Next::go_on;
        };
        const auto reached = als::fit(data, objective, blocks);
        als::Training exact = blocks;
        exact.solver = als::Solver::exact;
        exact.iterations = 2000;
        exact.observer = {};
        const auto solved = als::fit(data, objective, exact, reached);
        CHECK(before < 1.02 * als::objective_value(solved, data));
        blocks.observer = {};
        blocks.iterations = 3;
        const auto stayed = als::fit(data, objective, blocks, solved);
        CHECK(relative_difference(stayed.user_factors(), solved.user_factors()) < 1e-5);
        CHECK(relative_difference(stayed.item_factors(), solved.item_factors()) < 1e-5);
    };
    check(als::Implicit{.regularization = 0.05});
    check(als::Explicit{.regularization = 0.3, .bias_regularization = 0.3});
}

TEST_CASE("fit: the subspace solver solves rows exactly that have few entries or factors") {
    const auto data =
        random_table(12, {.users = 60, .items = 50, .density = 0.4}).interactions<double>();
    const auto check = [&](const auto& objective, int factors, int block) {
        const als::Training exact{.factors = factors, .iterations = 3};
        als::Training blocks = exact;
        blocks.solver = als::Solver::subspace;
        blocks.subspace_factors = block;
        CHECK(relative_difference(als::fit(data, objective, blocks).user_factors(),
                                  als::fit(data, objective, exact).user_factors()) < 1e-8);
    };
    check(als::Implicit{}, 70, 64);
    check(als::Implicit{}, 8, 1);
    check(als::Explicit{.regularization = 0, .biases = false}, 20, 16);
}

TEST_CASE("fit: many steps of conjugate gradient are an exact solve") {
    const auto data =
        random_table(12, {.users = 60, .items = 50, .density = 0.2}).interactions<double>();
    const auto check = [&](const auto& objective) {
        const als::Training exact{.factors = 5, .iterations = 5};
        als::Training steps = exact;
        steps.solver = als::Solver::conjugate_gradient;
        steps.conjugate_gradient_steps = 60;
        CHECK(relative_difference(als::fit(data, objective, steps).user_factors(),
                                  als::fit(data, objective, exact).user_factors()) < 1e-6);
    };
    check(als::Implicit{.regularization = 0.05});
    check(als::Implicit{.regularization = 1, .regularization_exponent = 0});
    check(als::Explicit{.regularization = 0.3, .bias_regularization = 0.3});
    check(als::Explicit{.regularization = 0.3, .biases = false});
}

TEST_CASE("fit: permuting the users permutes their factors") {
    const Table table = random_table(11, {.users = 30, .items = 20, .density = 0.3});
    Table reversed = table;
    reversed.value = table.value.colwise().reverse().eval();
    reversed.stored = table.stored.colwise().reverse().eval();
    const als::Implicit objective;
    Reference start = reference_start(table, objective, 5, 1);
    const auto model =
        als::fit(table.interactions<double>(), objective, {.factors = 5, .iterations = 3},
                 as_model<double>(start, objective));
    start.users = start.users.colwise().reverse().eval();
    const auto other =
        als::fit(reversed.interactions<double>(), objective, {.factors = 5, .iterations = 3},
                 as_model<double>(start, objective));
    CHECK(relative_difference(other.item_factors(), model.item_factors()) < 1e-9);
    CHECK(relative_difference(other.user_factors().colwise().reverse(), model.user_factors()) <
          1e-9);
}

TEST_CASE("fit: users and items without entries get zero factors") {
    const auto data =
        random_table(13, {.users = 20, .items = 14, .density = 0.4, .empty_rows = true})
            .interactions<float>();
    const auto check = [&](const auto& objective) {
        const auto model = als::fit(data, objective, {.factors = 6, .iterations = 3});
        REQUIRE(data[als::User{2}].empty());
        REQUIRE(data[als::Item{1}].empty());
        CHECK(model.user_factors().row(2).isZero(0));
        CHECK(model.item_factors().row(1).isZero(0));
        if (model.user_biases().size() > 0) CHECK(model.user_biases()(2) == 0);
        CHECK_FALSE(model.user_factors().row(3).isZero(0));
    };
    check(als::Implicit{});
    check(als::Explicit{});
}

TEST_CASE("fit: there may be more factors than users or items") {
    const auto tiny =
        random_table(14, {.users = 10, .items = 8, .density = 0.5}).interactions<float>();
    const auto likes = als::fit(tiny, als::Implicit{}, {.factors = 15});
    CHECK(likes.factors() == 15);
    CHECK(likes.user_factors().allFinite());
    const auto ratings = als::fit(tiny, als::Explicit{}, {.factors = 15});
    CHECK(ratings.factors() == 15);
    CHECK(ratings.user_factors().allFinite());
}

TEST_CASE("fit: a single entry in a large matrix is enough") {
    const als::Interactions<float> sparse(
        100, 100, std::vector<als::Entry<float>>{{als::User{5}, als::Item{7}, 1.0f}});
    const auto model = als::fit(sparse, als::Implicit{.regularization = 10}, {.factors = 15});
    CHECK(model.user_factors().allFinite());
    CHECK(model.item_factors().allFinite());
}

TEST_CASE("fit: lambda 0 gives the solution of minimum norm") {
    const Table table = random_table(15, {.users = 15, .items = 9, .density = 0.5});
    const int factors = GENERATE(4, 12);  // 12: more than items, the Gram matrix is singular
    const als::Implicit implicit{.alpha = 2, .regularization = 0, .regularization_exponent = 0};
    compare_halves<double>(table, implicit, factors, 1e-6);
    const als::Explicit ratings{.regularization = 0, .biases = false};
    compare_halves<double>(table, ratings, factors, 1e-6);
    CHECK(als::fit(table.interactions<float>(), implicit, {.factors = factors})
              .user_factors()
              .allFinite());
    CHECK(als::fit(table.interactions<float>(), ratings, {.factors = factors})
              .user_factors()
              .allFinite());
}

TEST_CASE("fit: values beyond the arithmetic give an error that names the row") {
    Table table = random_table(17, {.users = 10, .items = 10, .density = 0.5});
    table.stored(6, 2) = 1;
    table.value(6, 2) = 1e300;
    REQUIRE_THROWS_MATCHES(
        als::fit(table.interactions<double>(), als::Implicit{.alpha = 1e300, .regularization = 0.6},
                 {.factors = 4}),
        als::NumericError, says("als::fit") && says("item 2") && says("lower alpha"));
}

TEST_CASE("fit: training starts from random projections of the users' rows") {
    const Table table = random_table(
        18, {.users = 20, .items = 15, .density = 0.4, .dislikes = 0.2, .empty_rows = true});
    const auto data = table.interactions<double>();
    const als::Training training{.factors = 5, .iterations = 1, .initial_scale = 0.3, .seed = 8};
    const auto check = [&](const auto& given) {
        const auto objective = als::fitted_to(data, given);
        Reference start = reference_start(table, objective, training.factors, 1);
        for (Eigen::Index u = 0; u < start.users.rows(); ++u) {
            Eigen::VectorXd weights = Eigen::VectorXd::Zero(table.value.cols());
            Eigen::VectorXd sum = Eigen::VectorXd::Zero(training.factors);
            for (Eigen::Index i = 0; i < table.value.cols(); ++i) {
                if (!table.stored(u, i)) continue;
                if constexpr (std::is_same_v<decltype(objective), const als::Implicit>)
                    weights(i) = table.value(u, i) > 0 ? 1 : 0;
                else
                    weights(i) = table.value(u, i) - start.mean;
                for (int f = 0; f < training.factors; ++f)
                    sum(f) += weights(i) *
                              als::detail::random_normal(training.seed, als::detail::Stream::start,
                                                         static_cast<std::uint64_t>(i),
                                                         static_cast<std::uint64_t>(f));
            }
            if (weights.norm() > 0) sum *= 0.3 / std::sqrt(5.) / weights.norm();
            start.users.row(u) = objective.non_negative ? sum.cwiseAbs().eval() : sum;
        }
        const auto model = als::fit(data, objective, training);
        const auto expected =
            als::fit(data, objective, training, as_model<double>(start, objective));
        CHECK(relative_difference(model.item_factors(), expected.item_factors()) < 1e-8);
        CHECK(relative_difference(model.user_factors(), expected.user_factors()) < 1e-8);
    };
    check(als::Implicit{});
    check(als::Implicit{.non_negative = true});
    check(als::Explicit{});
    check(als::Explicit{.biases = false});
}

// Weak directions of the data start small in a projection. If lambda is large, they then take long
// to grow. With a start of a tenth of the size, the objective is 15 % above the end here; with one
// of ten times the size, 33 %.
TEST_CASE("fit: the start has about the size of a solution") {
    std::mt19937 generator(5);
    std::vector<als::Entry<double>> entries;
    for (int u = 0; u < 300; ++u)
        for (int i = 0; i < 200; ++i) {
            const bool same_group = u * u % 12 == i * i * i % 12;
            if (generator() % 1000 < (same_group ? 350 : 20))
                entries.push_back({als::User{u}, als::Item{i}, 5.0});
        }
    const als::Interactions<double> data(300, 200, entries);
    const als::Implicit objective{.alpha = 4, .regularization = 10, .regularization_exponent = 0};
    const auto value_after = [&](int iterations) {
        const auto model = als::fit(data, objective, {.factors = 16, .iterations = iterations});
        return als::objective_value(model, data);
    };
    CHECK(value_after(3) < 1.1 * value_after(60));
}

TEST_CASE("fit: very large and very small ratings give a finite start") {
    for (const double unit : {1e-200, 1e-30, 1e30, 1e150}) {
        Table table = random_table(19, {.users = 12, .items = 9, .density = 0.5});
        table.value *= unit;
        CAPTURE(unit);
        const auto model = als::fit(table.interactions<double>(), als::Explicit{}, {.factors = 3});
        CHECK(model.user_factors().allFinite());
    }
}

TEST_CASE("fit: a warm start goes on where the earlier model ended") {
    const auto data = sample_data<double>();
    const auto check = [&](const auto& objective, als::Solver solver) {
        als::Training training{
            .factors = 18, .iterations = 7, .solver = solver, .subspace_factors = 8};
        const auto at_once = als::fit(data, objective, training);
        training.iterations = 3;
        const auto first = als::fit(data, objective, training);
        training.iterations = 4;
        CHECK(same_bits(at_once, als::fit(data, objective, training, first)));
    };
    for (const auto solver : all_solvers) {
        check(als::Implicit{}, solver);
        check(als::Explicit{}, solver);
    }
}

TEST_CASE("fit: a warm start takes users and items that were added") {
    const Table table = random_table(18, {.users = 40, .items = 30, .density = 0.3});
    Table before = table;
    before.value = table.value.topLeftCorner(35, 26).eval();
    before.stored = table.stored.topLeftCorner(35, 26).eval();
    const auto check = [&](const auto& objective) {
        const auto earlier = als::fit(before.interactions<double>(), objective, {.factors = 6});
        const auto later = als::fit(table.interactions<double>(), objective,
                                    {.factors = 6, .iterations = 30}, earlier);
        const auto cold =
            als::fit(table.interactions<double>(), objective, {.factors = 6, .iterations = 300});
        CHECK(later.user_count() == 40);
        CHECK(later.item_count() == 30);
        CHECK_FALSE(later.user_factors().row(39).isZero(0));
        CHECK(als::objective_value(later, table.interactions<double>()) <
              1.05 * als::objective_value(cold, table.interactions<double>()));
    };
    check(als::Implicit{});
    check(als::Explicit{});
}

TEST_CASE("fit: a warm start that does not fit says why") {
    const auto data = sample_data<float>();
    const als::Implicit objective;
    const auto model = als::fit(data, objective, {.factors = 6, .iterations = 1});
    REQUIRE_THROWS_MATCHES(als::fit(data, objective, {.factors = 7}, model), als::InputError,
                           says("Training::factors is 7") && says("set .factors = 6"));
    const als::Interactions<float> swapped(
        45, 60, std::vector<als::Entry<float>>{{als::User{0}, als::Item{0}, 1.0f}});
    REQUIRE_THROWS_MATCHES(als::fit(swapped, objective, {.factors = 6}, model), als::InputError,
                           says("45 users and 60 items") && says("wrong way round"));
}

TEST_CASE("fit: data without entries are refused") {
    const als::Interactions<float> empty(5, 4, {});
    REQUIRE_THROWS_MATCHES(als::fit(empty, als::Implicit{}), als::InputError,
                           says("no entry to train on") && says("5 users") && says("4 items"));
}

TEST_CASE("fit: planted factors are found again") {
    struct Case {
        int planted, factors, iterations;
        double lambda, noise, demand;
    };
    const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 6)));
    for (const Case& c : {Case{1, 1, 8, 1e-5, 0, 0.001}, Case{1, 1, 8, 0.01, 0.01, 0.02},
                          Case{2, 2, 15, 0.01, 0.01, 0.03}, Case{2, 3, 30, 0.01, 0.01, 0.03}}) {
        CAPTURE(c.planted, c.factors, seed);
        const Eigen::MatrixXd users = random_matrix(3 * seed, 20, c.planted, 1);
        const Eigen::MatrixXd items = random_matrix(3 * seed + 1, 40, c.planted, 1);
        const Eigen::MatrixXd truth = users * items.transpose() +
                                      random_matrix(3 * seed + 2, 20, 40, c.noise * std::sqrt(3.0));
        std::vector<als::Entry<double>> train, test;
        std::mt19937 generator(seed);
        for (int u = 0; u < 20; ++u)
            for (int i = 0; i < 40; ++i)
                (uniform(generator) < 0.6 ? train : test)
                    .push_back({als::User{u}, als::Item{i}, truth(u, i)});
        // Some starts end in a poor local minimum. Like a user, take the best objective of three.
        const als::Interactions<double> data(20, 40, train);
        double best = std::numeric_limits<double>::infinity();
        double error = 0;
        for (const std::uint64_t start : {1u, 2u, 3u}) {
            const auto model = als::fit(
                data,
                als::Explicit{
                    .regularization = c.lambda, .regularization_exponent = 0, .biases = false},
                {.factors = c.factors,
                 .iterations = c.iterations,
                 .initial_scale = 1,
                 .seed = start});
            if (als::objective_value(model, data) > best) continue;
            best = als::objective_value(model, data);
            error = als::rmse(model, als::Interactions<double>(20, 40, test));
        }
        CHECK(error < c.demand);
    }
}

TEST_CASE("fit: a small binary matrix is rebuilt when there are factors enough") {
    const std::vector<std::vector<int>> rows{{0, 1, 3}, {1, 2, 3}, {0, 2}, {0, 1},
                                             {2, 3, 5}, {1, 5},    {4, 5}};
    std::vector<als::Entry<double>> entries;
    for (int u = 0; u < 7; ++u)
        for (const int i : rows[static_cast<std::size_t>(u)])
            entries.push_back({als::User{u}, als::Item{i}, 1});
    // c = 2 r for r = 1, so alpha = 1.
    const auto model =
        als::fit(als::Interactions<double>(7, 6, entries),
                 als::Implicit{.alpha = 1, .regularization = 0, .regularization_exponent = 0},
                 {.factors = 6, .iterations = 50});
    for (int u = 0; u < 7; ++u)
        for (int i = 0; i < 6; ++i) {
            const auto& row = rows[static_cast<std::size_t>(u)];
            const double truth = std::count(row.begin(), row.end(), i) > 0 ? 1 : 0;
            CHECK_THAT(als::predict(model, als::User{u}, als::Item{i}), WithinAbs(truth, 1e-3));
        }
}

TEST_CASE("fit: a checkerboard recommends only its own colour") {
    std::vector<als::Entry<float>> entries;
    for (int u = 0; u < 50; ++u)
        for (int i = u % 2; i < 50; i += 2)
            if (i != u) entries.push_back({als::User{u}, als::Item{i}, 1.0f});
    const als::Interactions<float> board(50, 50, entries);
    const auto model = als::fit(board, als::Implicit{.alpha = 1, .regularization = 0.1},
                                {.factors = 3, .iterations = 15});
    for (int u = 0; u < 50; ++u) {
        const auto best =
            als::recommend(model, als::User{u}, {.count = 1, .exclude = board[als::User{u}]});
        REQUIRE(best.size() == 1);
        CHECK(best[0].id == als::Item{u});
    }
}

TEST_CASE("objective_value: data of other sizes are refused") {
    const auto model =
        als::fit(sample_data<float>(), als::Implicit{}, {.factors = 2, .iterations = 1});
    REQUIRE_THROWS_MATCHES(als::objective_value(model, als::Interactions<float>(45, 60, {})),
                           als::InputError,
                           says("als::objective_value") && says("wrong way round"));
}
