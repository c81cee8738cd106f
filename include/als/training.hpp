// SPDX-License-Identifier: MIT
// How an objective is minimised: size of the model, number of iterations, start, threads, and the
// observer that watches.
#pragma once

#include <als/instruction_set.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>

namespace als {
inline namespace ALS_ABI {

/// What an observer sees after each iteration.
struct Progress {
    int iteration = 0;     ///< number of the iteration that ended, from 1
    int iterations = 0;    ///< number of iterations asked for
    double objective = 0;  ///< value of the function minimised, in double (see `objective_value`)
    double seconds = 0;    ///< since the training began
    std::optional<double> metric = std::nullopt;  ///< of `fit_until_best`
};

/// An observer's answer.
enum class Next {
    go_on,  ///< carry on
    stop,   ///< end the training here; `fit` returns the model that has been reached
};

/// How the rows of a half iteration are solved.
enum class Solver {
    exact,               ///< to the minimum of the row, by Cholesky
    conjugate_gradient,  ///< a few steps towards it, from where the row was before
};

/// How a model is trained.
struct Training {
    /// Numbers per user and per item, 1 to 65536. Raising it lets the model tell more tastes apart;
    /// an iteration costs O(entries factors^2) at most.
    int factors = 64;

    /// Alternations, >= 1: one solves all items against the users, then all users against the
    /// items.
    int iterations = 15;

    /// Training ends early when an iteration lowers the objective by less than this fraction, >= 0;
    /// 0 never ends early. A value above 0 makes each iteration compute the objective.
    double tolerance = 0;

    /// The users start as normal random numbers with standard deviation initial_scale /
    /// sqrt(factors), > 0.
    double initial_scale = 0.1;

    /// Chooses the random start. The same data, options and seed give the same model, bit for bit,
    /// whatever the number of threads.
    std::uint64_t seed = 42;

    /// Exact solves, or the faster and inexact conjugate gradient (Takacs, Pilaszy, Tikk 2011),
    /// here on whitened rows. Both lead to the same models; an exact iteration never raises the
    /// objective and gets further, an inexact one costs less.
    Solver solver = Solver::exact;

    /// Steps per row and iteration of `Solver::conjugate_gradient`, >= 1. More come closer to the
    /// exact solution; 3 where alpha is large.
    int conjugate_gradient_steps = 2;

    /// Pin it where a training has to be repeated bit for bit on other processors.
    InstructionSet instruction_set = InstructionSet::automatic;

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;

    /// Called after each iteration, in the thread that called `fit`. It can end the training by
    /// answering `Next::stop`; an exception that it throws leaves `fit`. Having an observer makes
    /// each iteration compute the objective.
    std::function<Next(const Progress&)> observer = {};

    /// Asking this token's source for a stop makes `fit` throw `Cancelled` within a few rows' work.
    std::stop_token cancel = {};
};

}  // inline namespace
}  // namespace als
