// SPDX-License-Identifier: MIT
// How an objective is minimised: number of factors, iterations, start, solver, threads and
// observer.
#pragma once

#include <als/instruction_set.hpp>
#include <als/stop_token.hpp>

#include <cstdint>
#include <functional>
#include <optional>

namespace als {
inline namespace ALS_ABI {

/// What an observer sees after each iteration.
struct Progress {
    int iteration = 0;     ///< the iteration that ended, from 1
    int iterations = 0;    ///< number of iterations asked for
    double objective = 0;  ///< value of the function minimised, in double (see `objective_value`)
    double seconds = 0;    ///< time since the training began
    std::optional<double> metric = std::nullopt;  ///< set by `fit_until_best` only
};

/// An observer's answer.
enum class Next {
    go_on,  ///< carry on
    stop,   ///< end the training here; `fit` returns the model reached so far
};

/// How the rows of a half iteration are solved.
enum class Solver {
    exact,               ///< the minimum of the row, by a Cholesky factorization
    conjugate_gradient,  ///< a few steps towards the minimum, from the row's previous factors
    subspace,            ///< one block of factors after the other, from the row's previous factors
};

/// How a model is trained.
struct Training {
    /// Factors per user and per item, 1 to 65536. Raising it lets the model tell more tastes apart.
    /// An iteration costs at most O(entries factors^2).
    int factors = 64;

    /// Number of iterations, >= 1. Each solves all items against the users, then all users against
    /// the items. Raising it comes closer to the minimum.
    int iterations = 15;

    /// Training ends early when an iteration lowers the objective by less than this fraction, >= 0;
    /// 0 never ends early. Raising it ends training sooner. A value above 0 makes each iteration
    /// compute the objective.
    double tolerance = 0;

    /// Size of the start, > 0. The users start as random projections of their rows of the data,
    /// with standard deviation initial_scale / sqrt(factors), so users who share items start alike.
    /// The value matters for the first iterations only: if it is small and the regularization
    /// large, weak directions of the data take long to grow.
    double initial_scale = 1;

    /// Seed of the random start. The same data, options and seed give the same model, bit for bit,
    /// for any number of threads.
    std::uint64_t seed = 42;

    /// The exact solver, or one of two inexact ones: conjugate gradient (Takacs, Pilaszy, Tikk
    /// 2011) and, for models of hundreds of factors, the subspace solver (iALS++: Rendle, Krichene,
    /// Zhang, Koren 2021), both on whitened rows. All lead to the same models. An exact iteration
    /// gets further; an inexact one costs less, unless there are few factors. Without
    /// `acceleration`, iterations of the exact and of the subspace solver never raise the
    /// objective.
    Solver solver = Solver::exact;

    /// Steps per row and iteration of `Solver::conjugate_gradient`, >= 1. Raising it comes closer
    /// to the exact solution; use 3 if alpha is large.
    int conjugate_gradient_steps = 2;

    /// Factors in a block of `Solver::subspace`, 1 to 65536, rounded up to whole cache lines (16
    /// float, 8 double). Raising it comes closer to the exact solution; an iteration costs at most
    /// O(entries factors subspace_factors). Rows with no more entries than that are solved exactly,
    /// and so are all rows if it is not below `factors`.
    int subspace_factors = 64;

    /// Whether iterations gain momentum: the items are solved against users that have been moved on
    /// in the direction of the last iteration (Nesterov 1983). Switching it on takes fewer
    /// iterations to come close to the minimum if plain iterations creep. An iteration may then
    /// raise the objective. Costs memory for two more copies of the users' factors. Not for factors
    /// that have to be >= 0. See docs/performance.md.
    bool acceleration = false;

    /// The processor's instructions to use. Choose a fixed set if training must give the same bits
    /// on other processors.
    InstructionSet instruction_set = InstructionSet::automatic;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;

    /// Called after each iteration, in the thread that called `fit`. It can end the training by
    /// returning `Next::stop`. An exception that it throws leaves `fit`. With an observer, each
    /// iteration computes the objective.
    std::function<Next(const Progress&)> observer = {};

    /// If a stop is requested through this token's source, `fit` throws `Cancelled` within the work
    /// of a few rows.
    StopToken cancel = {};
};

}  // inline namespace
}  // namespace als
