// SPDX-License-Identifier: MIT
// The implementation of <als/fit.hpp>: the start of a training, and the one loop under `fit`,
// `fit_until_best` and `fit_with_checkpoints`.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/base/random.hpp>
#include <als/detail/base/stopwatch.hpp>
#include <als/detail/base/validate.hpp>
#include <als/detail/model.hpp>
#include <als/detail/solve/half_step.hpp>
#include <als/detail/solve/momentum.hpp>
#include <als/detail/solve/objective_value.hpp>
#include <als/detail/solve/row_weights.hpp>
#include <als/detail/solve/whitening.hpp>
#include <als/fit.hpp>
#include <als/fitted_to.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

namespace als {
inline namespace ALS_ABI {
namespace detail {

// ------------------------------------------------------------------------------------- the start

/// Returns the factors and biases of a training before it starts: all 0.
template <Real Scalar, Objective ObjectiveType>
ModelParts<Scalar> blank_parts(std::int64_t user_count, std::int64_t item_count,
                               const ObjectiveType& objective, int factors) {
    ModelParts<Scalar> parts;
    parts.users.factors.setZero(user_count, factors);
    parts.items.factors.setZero(item_count, factors);
    if constexpr (std::same_as<ObjectiveType, Explicit>)
        if (objective.biases) {
            parts.users.biases.setZero(user_count);
            parts.items.biases.setZero(item_count);
        }
    return parts;
}

/// What an entry tells about its user's taste: 1 if an implicit entry is liked, else 0; for a
/// rating, its distance from the mean.
inline double liking(const Implicit&, double value, double) { return value > 0 ? 1 : 0; }
inline double liking(const Explicit&, double value, double mean) { return value - mean; }

/// A cold start: the users' rows under a random projection, x_u = scale sum_i w_ui g_i / |w_u|,
/// with the user's likings w and standard normal g_i for each item. This is the first step of a
/// randomised range finder (Halko, Martinsson, Tropp 2011). Users who share items start alike,
/// which saves about an iteration compared with independent random numbers.
///
/// The entries' ids are below `id_count`, and index_of(id) is the index of the item in the whole
/// data. `mean` is mu; `start` holds zeros.
template <Real Scalar, Objective ObjectiveType, typename IndexOf>
void start_from_projection(const SideEntries<Scalar>& users, std::int64_t id_count,
                           const IndexOf& index_of, const ObjectiveType& objective, double mean,
                           const Training& training, const Workers& workers,
                           FactorMatrix<Scalar>& start) {
    FactorMatrix<Scalar> projection(id_count, training.factors);
    parallel_for(id_count, 64, workers, [&](std::int64_t id) {
        for (int f = 0; f < training.factors; ++f)
            projection(id, f) = static_cast<Scalar>(random_normal(
                training.seed, Stream::start, static_cast<std::uint64_t>(index_of(to_int32(id))),
                static_cast<std::uint64_t>(f)));
    });
    const double scale = training.initial_scale / std::sqrt(training.factors);
    parallel_for(users.count(), 64, workers, [&](std::int64_t u) {
        const RowEntries<Scalar> entries = users[to_int32(u)];
        const auto liking_of = [&](std::int64_t n) {
            return liking(objective, static_cast<double>(entries.values[n]), mean);
        };
        // Relative to the largest, so that no square overflows.
        double largest = 0;
        for (std::int64_t n = 0; n < entries.count; ++n)
            if (entries.weight(n) > 0) largest = std::max(largest, std::abs(liking_of(n)));
        if (largest == 0) return;
        double squares = 0;
        for (std::int64_t n = 0; n < entries.count; ++n)
            squares += entries.weight(n) * std::pow(liking_of(n) / largest, 2);
        const double unit = scale / std::sqrt(squares) / largest;
        const std::int64_t factors = training.factors;
        Scalar* const row = start.data() + u * factors;
        for (std::int64_t n = 0; n < entries.count; ++n) {
            const auto weight = static_cast<Scalar>(entries.weight(n) * liking_of(n) * unit);
            const Scalar* const direction = projection.data() + entries.ids[n] * factors;
            for (std::int64_t f = 0; f < factors; ++f) row[f] += weight * direction[f];
        }
        for (std::int64_t f = 0; objective.non_negative && f < factors; ++f)
            row[f] = std::abs(row[f]);
    });
}

/// Throws if a training cannot start from an earlier model of these sizes.
inline void check_earlier(const Sizes& data, const Sizes& earlier, int factors,
                          int earlier_factors) {
    check_not_smaller("als::fit", data, "model to start from", earlier);
    if (factors != earlier_factors)
        throw InputError(message("als::fit: Training::factors is ", factors,
                                 ", but the model to start from has ", earlier_factors,
                                 "; set .factors = ", earlier_factors));
}

/// A warm start: copies one side of an earlier model. Rows that were added since are 0, so new
/// users do not affect the items before they are solved themselves.
template <Real Scalar>
void start_from(const Side<Scalar>& earlier, bool non_negative, Side<Scalar>& side) {
    Scalar* const to = side.factors.data();
    std::copy_n(earlier.factors.data(), earlier.factors.size(), to);
    if (non_negative)
        for (Eigen::Index n = 0; n < earlier.factors.size(); ++n)
            to[n] = std::max(to[n], Scalar(0));
    if (side.biases.size() > 0)
        std::copy_n(earlier.biases.data(), earlier.biases.size(), side.biases.data());
}

/// Adds the values of these users to `sum`, times their weights.
template <Real Scalar>
double add_ratings(double sum, const SideEntries<Scalar>& users, const Workers& workers) {
    return sum_over_rows(
        sum, users.count(), workers, [] { return 0; },
        [&](int, std::int64_t user) {
            const RowEntries<Scalar> entries = users[to_int32(user)];
            double of_user = 0;
            for (std::int64_t n = 0; n < entries.count; ++n)
                of_user += entries.weight(n) * static_cast<double>(entries.values[n]);
            return of_user;
        });
}

/// Adds the total weight of these users' entries to `sum`.
template <Real Scalar>
double add_weights(double sum, const SideEntries<Scalar>& users, const Workers& workers) {
    return sum_over_rows(
        sum, users.count(), workers, [] { return 0; },
        [&](int, std::int64_t user) { return users[to_int32(user)].total_weight(); });
}

/// Throws unless weights have the cells of the data and are >= 0. Returns whether one is above 0.
/// `same_columns`: whether they have the same size, and ids mean the same items in both. The first
/// row is that of `first_user`, and item_of(id) is the item of an id, for messages.
template <Real Scalar, typename ItemOf>
bool some_weight(std::string_view function, bool same_columns, const SparseRows<Item, Scalar>& data,
                 const SparseRows<Item, Scalar>& weights, std::int32_t first_user,
                 const ItemOf& item_of) {
    if (!same_columns || data.offsets != weights.offsets || data.ids != weights.ids)
        throw InputError(message(function,
                                 ": the weights have other cells than the interactions; make them "
                                 "of these: als::with_values(data, [](als::User, als::Item, auto) "
                                 "{ return ...; }), or for als::mpi from data.entries()"));
    bool some = false;
    for (std::int32_t row = 0; row < weights.row_count(); ++row)
        for (const auto [item, weight] : weights.row(row)) {
            if (weight < 0)
                throw InputError(message(function, ": the weight of user ", first_user + row,
                                         " and item ", item_of(item).index, " is ", weight,
                                         "; it has to be >= 0"));
            some |= weight > 0;
        }
    return some;
}

inline void check_some_weight(std::string_view function, bool some) {
    if (!some)
        throw InputError(message(function, ": all weights are 0; at least one has to be > 0"));
}

/// Throws unless weights have the cells of the data, are >= 0, and are not all 0.
template <Real Scalar>
void check_weights(std::string_view function, const Interactions<Scalar>& data,
                   const Interactions<Scalar>& weights) {
    check_same_ids(function, "interactions", InteractionsAccess::origin(data), "weights",
                   InteractionsAccess::origin(weights));
    const bool some = some_weight(
        function, sizes_of(data) == sizes_of(weights), InteractionsAccess::rows_of<User>(data),
        InteractionsAccess::rows_of<User>(weights), 0, [](Item item) { return item; });
    check_some_weight(function, some || data.empty());
}

/// Sets the range of the ratings.
template <Real Scalar>
void set_range(const SideEntries<Scalar>& users, ModelParts<Scalar>& start) {
    start.lowest = std::numeric_limits<Scalar>::infinity();
    start.highest = -start.lowest;
    for (std::int32_t user = 0; user < users.count(); ++user) {
        const RowEntries<Scalar> entries = users[user];
        const auto take = [&](Scalar value) {
            start.lowest = std::min(start.lowest, value);
            start.highest = std::max(start.highest, value);
        };
        if (entries.weights == nullptr)
            for (const Scalar value : entries.all_values()) take(value);
        else
            for (std::int64_t n = 0; n < entries.count; ++n)
                if (entries.weights[n] > 0) take(entries.values[n]);
    }
}

/// Sets mu and the range of the ratings.
template <Real Scalar>
void summarise_ratings(const SideEntries<Scalar>& users, const Explicit& objective,
                       const Workers& workers, ModelParts<Scalar>& start) {
    set_range(users, start);
    if (objective.biases)
        start.mean = add_ratings(0, users, workers) / add_weights(0, users, workers);
}

/// Throws if options are illegal.
inline void check_options(const Training& training, bool non_negative) {
    validate(training);
    if (non_negative && training.solver != Solver::exact)
        throw InputError(
            "als::fit: only Solver::exact can keep factors non-negative; leave Training::solver at "
            "Solver::exact, or set .non_negative = false");
    if (non_negative && training.acceleration)
        throw InputError(
            "als::fit: Training::acceleration leads non-negative factors to worse minima; set "
            ".acceleration = false, or .non_negative = false");
}

/// Throws if options are illegal, the data have no entries, or the model does not fit the address
/// space.
inline void check_trainable(const Sizes& sizes, bool is_empty, bool non_negative,
                            const Training& training, std::size_t scalar_size) {
    check_options(training, non_negative);
    if (is_empty)
        throw InputError(message("als::fit: there is no entry to train on (", sizes.users,
                                 " users, ", sizes.items,
                                 " items, 0 entries); check what was filtered out"));
    const std::int64_t rows = std::max(sizes.users, sizes.items);
    const auto most = std::numeric_limits<std::ptrdiff_t>::max();
    if (rows > most / static_cast<std::int64_t>(scalar_size) / training.factors)
        throw InputError(message("als::fit: ", rows, " rows of ", training.factors,
                                 " factors do not fit the address space"));
}

template <Real Scalar, Objective ObjectiveType>
void check_trainable(const Interactions<Scalar>& data, const ObjectiveType& objective,
                     const Training& training) {
    validate(objective);
    check_trainable(sizes_of(data), data.empty(), objective.non_negative, training, sizeof(Scalar));
}

// -------------------------------------------------------------------------------------- the loop

/// The progress of a training.
template <Real Scalar>
struct Reached {
    int iteration = 0;                                           ///< number of iterations done
    double objective = std::numeric_limits<double>::infinity();  ///< its value, if computed
    bool converged = false;          ///< whether `Training::tolerance` ended it
    Momentum<Scalar> momentum = {};  ///< state of an accelerated training
};

/// What to do after each iteration. Members that are not set do nothing.
template <Real Scalar, typename ModelType = Model<Scalar>>
struct Hooks {
    using MakeModel = std::function<ModelType()>;

    /// Returns `Progress::metric`; called before the observer.
    std::function<double(const Reached<Scalar>&, const MakeModel&)> judge = {};

    /// Called after the observer; `ends` is true after the last iteration. Returning `Next::stop`
    /// ends the training.
    std::function<Next(const Reached<Scalar>&, const MakeModel&, bool ends)> after = {};
};

/// Computes the objective if it is needed, and calls the observer.
template <Real Scalar, typename State>
Next observe(State& state, const Training& training, const Stopwatch& stopwatch,
             const std::optional<double>& metric, Reached<Scalar>& reached) {
    if (!training.observer && training.tolerance == 0) return Next::go_on;
    const double before = reached.objective;
    reached.objective = state.objective();
    const double gain = before - reached.objective;
    const bool overshot = training.acceleration && gain < 0;  // a rise does not end the training
    reached.converged =
        training.tolerance > 0 && !overshot && gain < training.tolerance * reached.objective;
    if (!training.observer) return Next::go_on;
    return training.observer(
        {reached.iteration, training.iterations, reached.objective, stopwatch.seconds(), metric});
}

/// Runs the iterations that remain after those of `reached`. `state` is what they change:
/// iterate(momentum) does one iteration, objective() returns the value of the function minimised,
/// and model() makes a model of what has been reached.
template <Real Scalar, typename ModelType, typename State>
void run_iterations(State& state, const Training& training, const Stopwatch& stopwatch,
                    Reached<Scalar> reached, const Hooks<Scalar, ModelType>& hooks) {
    const typename Hooks<Scalar, ModelType>::MakeModel make_model = [&] { return state.model(); };
    while (!reached.converged && reached.iteration < training.iterations) {
        state.iterate(reached.momentum);
        ++reached.iteration;
        std::optional<double> metric;
        if (hooks.judge) metric = hooks.judge(reached, make_model);
        const bool stopped = observe(state, training, stopwatch, metric, reached) == Next::stop;
        const bool ends = stopped || reached.converged || reached.iteration == training.iterations;
        if (hooks.after && hooks.after(reached, make_model, ends) == Next::stop) break;
        if (stopped) break;
    }
}

/// A training: alternates between the sides until it ends.
template <Real Scalar, Objective ObjectiveType>
class TrainingLoop {
public:
    /// Checks all arguments. `earlier` is a model to start from, or null; `weights` are those of
    /// the entries, or null.
    TrainingLoop(const Interactions<Scalar>& data, const ObjectiveType& objective,
                 const Training& training, const Model<Scalar>* earlier,
                 const Interactions<Scalar>* weights = nullptr)
        : data_(data),
          weights_(weights),
          training_(training),
          workers_(checked_workers(objective)),
          objective_(fitted_to(data, objective)),
          method_(method_of<Scalar>(training)),
          users_(solved_side<User>()),
          items_(solved_side<Item>()),
          parts_(blank_parts<Scalar>(data.user_count(), data.item_count(), objective,
                                     training.factors)) {
        if constexpr (std::same_as<ObjectiveType, Explicit>)
            summarise_ratings(users_.entries, objective, workers_, parts_);
        if (earlier == nullptr) {
            const auto same = [](std::int32_t id) { return id; };
            start_from_projection(users_.entries, data.item_count(), same, objective, parts_.mean,
                                  training, workers_, parts_.users.factors);
            return;
        }
        check_same_ids("als::fit", "interactions", InteractionsAccess::origin(data),
                       "model to start from", ModelAccess::origin(*earlier));
        check_earlier(sizes_of(data), sizes_of(*earlier), training.factors, earlier->factors());
        start_from(earlier->parts().users, objective.non_negative, parts_.users);
        start_from(earlier->parts().items, objective.non_negative, parts_.items);
    }

    /// Runs the iterations that remain after those of `reached`.
    Model<Scalar> run(Reached<Scalar> reached, const Hooks<Scalar>& hooks) {
        run_iterations(*this, training_, stopwatch_, std::move(reached), hooks);
        table_ = {};
        return model(std::move(parts_));
    }

    void iterate(Momentum<Scalar>& momentum) {
        if (momentum.age > 0) parts_.users = momentum.start;
        solve<Item>(items_, parts_.users, parts_.items);
        solve<User>(users_, parts_.items, parts_.users);
        if (training_.acceleration)
            advance(momentum, parts_.users, add_slope(0, momentum, parts_.users, workers_),
                    workers_);
    }

    double objective() {
        return value_of_objective(data_, objective_, parts_, workers_, table_, weights_);
    }

    [[nodiscard]] Model<Scalar> model() const { return model(parts_); }

private:
    Workers checked_workers(const ObjectiveType& objective) const {
        check_trainable(data_, objective, training_);
        if (weights_ != nullptr) check_weights("als::fit", data_, *weights_);
        return {thread_count(training_.threads), training_.cancel,
                chosen_instruction_set(training_.instruction_set)};
    }

    template <Id Solved>
    SolvedSide<Scalar> solved_side() const {
        const SideEntries<Scalar> entries = entries_of<Solved>(data_, weights_);
        return {entries, longest_first(entries), regularization_of<Solved>(objective_),
                name_of<Solved>()};
    }

    template <Id Solved>
    void solve(const SolvedSide<Scalar>& side, const Side<Scalar>& fixed_side,
               Side<Scalar>& solved) {
        if constexpr (std::same_as<ObjectiveType, Implicit>) {
            gram_ = gram_of(fixed_side.factors, workers_);
            whitening_ = whitening_for<Solved, Scalar>(objective_, gram_, workers_);
        }
        const Fixed<Scalar> fixed{fixed_side, whitening_, parts_.mean};
        const FixedTable<Scalar> table = write_table(fixed, workers_, table_);
        HalfStep<Scalar, ObjectiveType>(side, objective_, fixed, table, method_, workers_)
            .run(solved);
    }

    /// The model reached so far. The users were solved against the current items, so fold-in can
    /// use the same Gram matrix and whitening.
    Model<Scalar> model(ModelParts<Scalar> parts) const {
        auto state = ModelAccess::new_state(std::move(parts), objective_, workers_);
        state->origin = InteractionsAccess::origin(data_);
        if constexpr (std::same_as<ObjectiveType, Implicit>)
            if (gram_.size() > 0) {
                state->items.gram.set(gram_);
                state->items.whitening.set(whitening_);
            }
        return ModelAccess::model<Scalar>(std::move(state));
    }

    const Stopwatch stopwatch_;
    const Interactions<Scalar>& data_;
    const Interactions<Scalar>* const weights_;
    const Training& training_;
    const Workers workers_;
    const ObjectiveType objective_;
    const Method method_;
    const SolvedSide<Scalar> users_, items_;
    ModelParts<Scalar> parts_;
    Eigen::MatrixXd gram_;         // of the side that was held fixed last,
    Whitening<Scalar> whitening_;  // and its coordinates
    Buffer<Scalar> table_;
};

/// A training with no hooks; only the observer runs between iterations.
template <Real Scalar, Objective ObjectiveType>
Model<Scalar> train(const Interactions<Scalar>& data, const ObjectiveType& objective,
                    const Training& training, const Model<Scalar>* earlier,
                    const Interactions<Scalar>* weights = nullptr) {
    return TrainingLoop<Scalar, ObjectiveType>(data, objective, training, earlier, weights)
        .run({}, {});
}

}  // namespace detail

template <Real Scalar>
Model<Scalar> fit(const Interactions<Scalar>& data, const Implicit& objective,
                  const Training& training) {
    return detail::train<Scalar>(data, objective, training, nullptr);
}

template <Real Scalar>
Model<Scalar> fit(const Interactions<Scalar>& data, const Explicit& objective,
                  const Training& training) {
    return detail::train<Scalar>(data, objective, training, nullptr);
}

template <Real Scalar>
Model<Scalar> fit(const Interactions<Scalar>& data, const Implicit& objective,
                  const Training& training, const Model<Scalar>& earlier) {
    return detail::train<Scalar>(data, objective, training, &earlier);
}

template <Real Scalar>
Model<Scalar> fit(const Interactions<Scalar>& data, const Explicit& objective,
                  const Training& training, const Model<Scalar>& earlier) {
    return detail::train<Scalar>(data, objective, training, &earlier);
}

template <Real Scalar>
Model<Scalar> fit(const Interactions<Scalar>& data, const Interactions<Scalar>& weights,
                  const Explicit& objective, const Training& training) {
    return detail::train<Scalar>(data, objective, training, nullptr, &weights);
}

template <Real Scalar>
Model<Scalar> fit(const Interactions<Scalar>& data, const Interactions<Scalar>& weights,
                  const Explicit& objective, const Training& training,
                  const Model<Scalar>& earlier) {
    return detail::train<Scalar>(data, objective, training, &earlier, &weights);
}

template <Real Scalar>
double objective_value(const Model<Scalar>& model, const Interactions<Scalar>& data,
                       const Interactions<Scalar>& weights) {
    constexpr std::string_view function = "als::objective_value";
    detail::check_fits(function, data, model);
    detail::check_given(function, model.objective());
    detail::check_weights(function, data, weights);
    const auto* const objective = std::get_if<Explicit>(&model.objective());
    if (objective == nullptr)
        throw InputError(detail::message(function,
                                         ": only explicit ratings have weights; the values of an "
                                         "implicit model are its confidences"));
    detail::Buffer<Scalar> memory;
    return detail::value_of_objective(data, *objective, model.parts(), detail::Workers{}, memory,
                                      &weights);
}

template <Real Scalar>
double objective_value(const Model<Scalar>& model, const Interactions<Scalar>& data) {
    detail::check_fits("als::objective_value", data, model);
    detail::check_given("als::objective_value", model.objective());
    return std::visit(
        [&]<Objective ObjectiveType>(const ObjectiveType& objective) {
            detail::Buffer<Scalar> memory;
            return detail::value_of_objective(data, objective, model.parts(), detail::Workers{},
                                              memory);
        },
        model.objective());
}

}  // inline namespace
}  // namespace als
