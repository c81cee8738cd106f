// SPDX-License-Identifier: MIT
// `fit`: from interactions and an objective to a model; and the value of the function that it
// minimises.
#pragma once

#include <als/detail/half_step.hpp>
#include <als/detail/random.hpp>
#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/training.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace als::inline ALS_ABI {

namespace detail {

/// sum over fixed blocks of rows, each summed in order: the same bits for any number of threads.
template <typename Term>
double sum_over_rows(std::int64_t rows, const Workers& workers, const Term& term) {
    constexpr std::int64_t block_rows = 256;
    std::vector<double> partial(static_cast<std::size_t>((rows + block_rows - 1) / block_rows));
    parallel_for(static_cast<std::int64_t>(partial.size()), 1, workers, [&](std::int64_t block) {
        double sum = 0;
        const std::int64_t end = std::min(rows, (block + 1) * block_rows);
        for (std::int64_t row = block * block_rows; row < end; ++row) sum += term(row);
        partial[static_cast<std::size_t>(block)] = sum;
    });
    double sum = 0;
    for (const double value : partial) sum += value;
    return sum;
}

/// lambda_row |row|^2 (and beta_row b_row^2), summed over one side.
template <Id Counted, Real Scalar, typename Kind>
double penalty_of(const Interactions<Scalar>& data, const Kind& objective, const Side<Scalar>& side,
                  std::int64_t fixed_count, const Workers& workers) {
    return sum_over_rows(side.factors.rows(), workers, [&](std::int64_t row) {
        const auto values = data[Counted{static_cast<std::int32_t>(row)}].values();
        if (values.empty()) return 0.0;
        double sum = regularization_of<Counted>(objective) *
                     side.factors.row(row).template cast<double>().squaredNorm();
        if constexpr (std::same_as<Kind, Explicit>)
            if (objective.biases) {
                const auto bias = static_cast<double>(side.biases(row));
                sum += objective.bias_regularization * bias * bias;
            }
        return sum * row_scale(objective, values, fixed_count);
    });
}

/// Error of one stored cell. For implicit feedback: what it adds to the sum over all cells, in
/// which it has already been counted as an absent one.
inline double cell_error(const Implicit& objective, double value, double score) {
    if (value == 0) return 0;
    const double error = (value > 0 ? 1.0 : 0.0) - score;
    return (1 + extra_confidence(objective, value)) * error * error - score * score;
}
inline double cell_error(const Explicit&, double value, double score) {
    return (value - score) * (value - score);
}

/// The function minimised, in double (see `objective_value`).
template <Real Scalar, typename Kind>
double objective_of(const Interactions<Scalar>& data, const Kind& objective,
                    const Parameters<Scalar>& parameters, const Workers& workers) {
    const auto& [users, items, mean, lowest, highest] = parameters;
    const Side<Scalar>& user_side = users;
    const Side<Scalar>& item_side = items;
    const double offset = mean;
    const bool biases = user_side.biases.size() > 0;
    double sum = sum_over_rows(user_side.factors.rows(), workers, [&](std::int64_t row) {
        const FactorRow<double> factors = user_side.factors.row(row).template cast<double>();
        const double base = biases ? offset + static_cast<double>(user_side.biases(row)) : 0;
        double errors = 0;
        for (const auto [item, value] : data[User{static_cast<std::int32_t>(row)}]) {
            double score =
                base + factors.dot(item_side.factors.row(item.index).template cast<double>());
            if (biases) score += static_cast<double>(item_side.biases(item.index));
            errors += cell_error(objective, static_cast<double>(value), score);
        }
        return errors;
    });
    if constexpr (std::same_as<Kind, Implicit>)
        sum += gram_of<Scalar>(user_side.factors, workers)
                   .cwiseProduct(gram_of<Scalar>(item_side.factors, workers))
                   .sum();
    return sum + penalty_of<User>(data, objective, user_side, item_side.factors.rows(), workers) +
           penalty_of<Item>(data, objective, item_side, user_side.factors.rows(), workers);
}

inline constexpr std::uint64_t start_stream = 1;  // distinct from other uses of the generator

/// A cold start: users are random, except those without entries; all else is 0 until it is solved.
template <Real Scalar, typename Kind>
Parameters<Scalar> random_start(const Interactions<Scalar>& data, const Kind& objective,
                                const Training& training, const Workers& workers) {
    Parameters<Scalar> start;
    const double scale = training.initial_scale / std::sqrt(training.factors);
    const auto sign_of = [&](double value) {
        return objective.non_negative ? std::abs(value) : value;
    };
    start.users.factors.setZero(data.user_count(), training.factors);
    start.items.factors.setZero(data.item_count(), training.factors);
    parallel_for(data.user_count(), 64, workers, [&](std::int64_t u) {
        if (data[User{static_cast<std::int32_t>(u)}].empty()) return;
        for (int f = 0; f < training.factors; ++f)
            start.users.factors(u, f) =
                static_cast<Scalar>(scale * sign_of(random_normal(training.seed, start_stream,
                                                                  static_cast<std::uint64_t>(u),
                                                                  static_cast<std::uint64_t>(f))));
    });
    if constexpr (std::same_as<Kind, Explicit>)
        if (objective.biases) {
            start.users.biases.setZero(data.user_count());
            start.items.biases.setZero(data.item_count());
        }
    return start;
}

/// A warm start from an earlier model, users and items new since then at 0 (such users do not pull
/// at the items before they have been solved themselves).
template <Real Scalar>
void continue_from(const Model<Scalar>& earlier, const Training& training, bool non_negative,
                   Parameters<Scalar>& start) {
    const Eigen::Index users = start.users.factors.rows();
    if (users < earlier.user_count() || start.items.factors.rows() < earlier.item_count())
        throw InputError(message(
            "als::fit: the interactions have ", users, " users and ", start.items.factors.rows(),
            " items, fewer than the model to start from (", earlier.user_count(), " and ",
            earlier.item_count(), "); users and items may be added at the end but not removed",
            users == earlier.item_count() ? " (are they the wrong way round?)" : ""));
    if (training.factors != earlier.factors())
        throw InputError(message("als::fit: Training::factors is ", training.factors,
                                 ", but the model to start from has ", earlier.factors(),
                                 "; set .factors = ", earlier.factors()));
    const auto take = [&](const Side<Scalar>& from, Side<Scalar>& to) {
        to.factors.setZero();
        to.factors.topRows(from.factors.rows()) = from.factors;
        if (non_negative) to.factors = to.factors.cwiseMax(0);
        if (to.biases.size() > 0) to.biases.head(from.biases.size()) = from.biases;
    };
    take(earlier.parameters().users, start.users);
    take(earlier.parameters().items, start.items);  // where conjugate gradient starts from
}

/// mu and the range of the ratings.
template <Real Scalar>
void summarise_ratings(const Interactions<Scalar>& data, const Explicit& objective,
                       Parameters<Scalar>& start) {
    start.lowest = std::numeric_limits<Scalar>::infinity();
    start.highest = -start.lowest;
    double sum = 0;
    for (std::int32_t u = 0; u < data.user_count(); ++u)
        for (const Scalar value : data[User{u}].values()) {
            start.lowest = std::min(start.lowest, value);
            start.highest = std::max(start.highest, value);
            sum += static_cast<double>(value);
        }
    if (objective.biases) start.mean = sum / static_cast<double>(data.size());
}

template <Real Scalar, typename Kind>
void check_trainable(const Interactions<Scalar>& data, const Kind& objective,
                     const Training& training) {
    validate(objective);
    validate(training);
    if (objective.non_negative && training.solver != Solver::exact)
        throw InputError(
            "als::fit: Solver::conjugate_gradient cannot keep factors non-negative; leave "
            "Training::solver at Solver::exact, or set .non_negative = false");
    if (data.empty())
        throw InputError(message("als::fit: there is no entry to train on (", data.user_count(),
                                 " users, ", data.item_count(),
                                 " items, 0 entries); check what was filtered out"));
    const std::int64_t rows = std::max(data.user_count(), data.item_count());
    const auto most = std::numeric_limits<std::ptrdiff_t>::max();
    if (rows > most / static_cast<std::int64_t>(sizeof(Scalar)) / training.factors)
        throw InputError(message("als::fit: ", rows, " rows of ", training.factors,
                                 " factors do not fit the address space"));
}

template <Real Scalar, typename Kind>
Model<Scalar> train(const Interactions<Scalar>& data, const Kind& objective,
                    const Training& training, const Model<Scalar>* earlier) {
    const auto began = std::chrono::steady_clock::now();
    check_trainable(data, objective, training);
    const Workers workers{thread_count(training.threads), training.cancel,
                          chosen_instruction_set(training.instruction_set)};
    const Method method{training.solver, training.conjugate_gradient_steps};

    Parameters<Scalar> reached = random_start(data, objective, training, workers);
    if (earlier != nullptr) continue_from(*earlier, training, objective.non_negative, reached);
    if constexpr (std::same_as<Kind, Explicit>) summarise_ratings(data, objective, reached);

    const auto item_order = longest_first<Item>(data, data.item_count());
    const auto user_order = longest_first<User>(data, data.user_count());
    Buffer<Scalar> table;
    const auto solve = [&]<Id Solved>(Solved, const Side<Scalar>& fixed, const auto& order,
                                      Side<Scalar>& solved) {
        Whitening<Scalar> whitening;
        if constexpr (std::same_as<Kind, Implicit>)
            whitening =
                whitening_for<Solved, Scalar>(objective, gram_of<Scalar>(fixed.factors, workers));
        half_step<Solved>(data, objective, Fixed<Scalar>{fixed, whitening, reached.mean}, method,
                          order, workers, table, solved);
    };

    double before = std::numeric_limits<double>::infinity();
    for (int iteration = 1; iteration <= training.iterations; ++iteration) {
        solve(Item{}, reached.users, item_order, reached.items);
        solve(User{}, reached.items, user_order, reached.users);
        if (!training.observer && training.tolerance == 0) continue;

        const double now = objective_of(data, objective, reached, workers);
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began;
        if (training.observer &&
            training.observer({iteration, training.iterations, now, elapsed.count()}) == Next::stop)
            break;
        if (training.tolerance > 0 && before - now < training.tolerance * now) break;
        before = now;
    }
    table = {};
    return Model<Scalar>(std::move(reached), objective, workers);
}

}  // namespace detail

/// Trains a model by alternating least squares: each iteration solves all items against the users,
/// then all users against the items, exactly, so that no half of it raises the objective; or by
/// steps of conjugate gradient (`Training::solver`). Factors that have to be >= 0 are the exact
/// minimum too.
///
/// For implicit feedback see `Implicit` (Hu, Koren, Volinsky 2008). Users and items without entries
/// get zero factors. Users are solved last: with the exact solver `fold_in(model, data[user])`
/// gives the user's factors again.
///
/// Throws `InputError` for options out of range and for data without entries, `NumericError` naming
/// side and row where a solution is not finite, `Cancelled` through `Training::cancel`, and
/// whatever the observer throws. Cost per iteration: O(sum over rows of min(n k^2 + k^3, n^2 k +
/// n^3) + (users + items) k^2), n entries of a row, k factors; O(entries k) in the place of the sum
/// for conjugate gradient. Memory: see docs/mathematics.md. The result is the same, bit for bit,
/// for any number of threads.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data, const Implicit& objective,
                                const Training& training = {}) {
    return detail::train<Scalar>(data, objective, training, nullptr);
}

/// The same for explicit ratings: see `Explicit` (Zhou et al. 2008; Koren, Bell, Volinsky 2009).
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data, const Explicit& objective,
                                const Training& training = {}) {
    return detail::train<Scalar>(data, objective, training, nullptr);
}

/// Trains from an earlier model on: a warm start, for data that have grown. Users and items may
/// have been added at the end; `training.factors` has to be the model's (InputError). The seed
/// plays no part. The exact solver needs the earlier users only, conjugate gradient the items too.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data, const Implicit& objective,
                                const Training& training, const Model<Scalar>& earlier) {
    return detail::train<Scalar>(data, objective, training, &earlier);
}

/// The same for explicit ratings.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Interactions<Scalar>& data, const Explicit& objective,
                                const Training& training, const Model<Scalar>& earlier) {
    return detail::train<Scalar>(data, objective, training, &earlier);
}

/// The value that the model's objective takes on these interactions: exactly the function that
/// `fit` minimises (see `Implicit` and `Explicit`), summed in double. Throws `InputError` where the
/// sizes differ. Cost: O(entries k + (users + items) k^2) on one thread.
template <Real Scalar>
[[nodiscard]] double objective_value(const Model<Scalar>& model, const Interactions<Scalar>& data) {
    detail::check_fits("als::objective_value", data, model);
    return std::visit(
        [&](const auto& objective) {
            return detail::objective_of(data, objective, model.parameters(), detail::Workers{});
        },
        model.objective());
}

}  // namespace als::inline ALS_ABI
