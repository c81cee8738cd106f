// SPDX-License-Identifier: MIT
// How an objective is minimised: size of the model, number of iterations, start, solver, threads,
// and observer.
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
    int iteration = 0;     ///< number of the iteration that ended, from 1
    int iterations = 0;    ///< number of iterations asked for
    double objective = 0;  ///< value of the function minimised, in double (see `objective_value`)
    double seconds = 0;    ///< since the training began
    std::optional<double> metric = std::nullopt;  ///< set by `fit_until_best` only
};

/// An observer's answer.
enum class Next {
    go_on,  ///< carry on
    stop,   ///< end the training here; `fit` returns the model reached so far
};

/// How the rows of a half iteration are solved.
enum class Solver {
    exact,               ///< to the minimum of the row, by Cholesky
    conjugate_gradient,  ///< a few steps towards it, from the row's previous factors
    subspace,            ///< a block of factors after the other, from the row's previous factors
};

/// How a model is trained.
struct Training {
    /// Factors per user and per item, 1 to 65536. Raising it lets the model tell more tastes apart;
    /// an iteration costs O(entries factors^2) at most.
    int factors = 64;

    /// Number of iterations, >= 1. Each solves all items against the users, then all users against
    /// the items. Raising it comes closer to the minimum.
    int iterations = 15;

    /// Training ends early when an iteration lowers the objective by less than this fraction, >= 0;
    /// 0 never ends early. Raising it ends training sooner. A value above 0 makes each iteration
    /// compute the objective.
    double tolerance = 0;

    /// Size of the start, > 0: the users start with standard deviation initial_scale /
    /// sqrt(factors), as random projections of their rows of the data, so that users who share
    /// items start alike. It matters for the first iterations: with a small one and a large
    /// regularization, weak directions of the data take long to grow.
    double initial_scale = 1;

    /// Chooses the random start. The same data, options and seed give the same model, bit for bit,
    /// for any number of threads.
    std::uint64_t seed = 42;

    /// The exact solver, or one of two that are inexact: conjugate gradient (Takacs, Pilaszy, Tikk
    /// 2011) and, for models of hundreds of factors, the subspace solver (iALS++: Rendle, Krichene,
    /// Zhang, Koren 2021), both here on whitened rows. All lead to the same models. An exact
    /// iteration gets further; an inexact one costs less, unless there are few factors. Without
    /// `acceleration`, iterations of the exact and of the subspace solver never raise the objective.
    Solver solver = Solver::exact;

    /// Steps per row and iteration of `Solver::conjugate_gradient`, >= 1. Raising it comes closer
    /// to the exact solution; use 3 if alpha is large.
    int conjugate_gradient_steps = 2;

    /// Factors in a block of `Solver::subspace`, 1 to 65536, rounded up to whole cache lines (16
    /// float, 8 double). An iteration costs O(entries factors subspace_factors) at most. Raising it
    /// comes closer to the exact solution; rows with no more entries than that, and all rows if it
    /// is not below `factors`, are solved exactly.
    int subspace_factors = 64;
    /// Whether iterations gain momentum: the items are solved against users that were moved on in
    /// the direction of the last iteration (Nesterov 1983). Switching it on takes fewer iterations
    /// to come close to the minimum, where plain iterations creep. An iteration may then raise the
    /// objective. Costs memory for the users' factors twice more. Not for non-negative factors. See
    /// docs/performance.md.
    bool acceleration = false;

    /// Choose a fixed set if training must give the same bits on other processors.
    InstructionSet instruction_set = InstructionSet::automatic;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;

    /// Called after each iteration, in the thread that called `fit`. It can end the training by
    /// returning `Next::stop`. An exception that it throws leaves `fit`. With an observer, each
    /// iteration computes the objective.
    std::function<Next(const Progress&)> observer = {};

    /// If a stop is requested through this token's source, `fit` throws `Cancelled` within a few
    /// rows' work.
    StopToken cancel = {};
};

}  // inline namespace
}  // namespace als
