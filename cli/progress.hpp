// SPDX-License-Identifier: MIT
// What keeps the user informed while a command works: a bar on a terminal, and Ctrl-C, which ends
// the work with what was reached.
#pragma once

#include "options.hpp"
#include <als/stop_token.hpp>
#include <als/training.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace commands {

/// A line on the terminal that standard error is: what is done, a bar, how far it is, and about how
/// long it will take. Nothing if standard error is no terminal, or with --quiet. The line vanishes
/// at the end.
class ProgressBar {
public:
    ProgressBar(std::string what, const RunOptions& run);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /// `done` of `all` steps are done.
    void show(std::int64_t done, std::int64_t all, const std::string& remark = "");

    [[nodiscard]] bool is_visible() const { return is_visible_; }

    /// The number of steps that are done.
    [[nodiscard]] std::int64_t done() const { return done_; }

private:
    using Clock = std::chrono::steady_clock;

    std::string what_;
    bool is_visible_;
    std::int64_t done_ = 0;
    Clock::time_point began_ = Clock::now(), last_ = {};
};

/// Catches Ctrl-C as long as it lives. The second one ends the program at once.
class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    /// Whether Ctrl-C was pressed.
    [[nodiscard]] static bool is_asked_for();

private:
    void (*before_)(int);
};

/// Requests a stop of its token once Ctrl-C is pressed, for work that has no observer.
class StopOnInterruption {
public:
    StopOnInterruption();
    ~StopOnInterruption();
    StopOnInterruption(const StopOnInterruption&) = delete;
    StopOnInterruption& operator=(const StopOnInterruption&) = delete;

    [[nodiscard]] als::StopToken token() const { return source_.get_token(); }

private:
    als::StopSource source_;
    std::atomic<bool> is_over_ = false;
    std::thread watcher_;
};

/// An observer that shows each iteration, and ends the training after the one in which Ctrl-C was
/// pressed. `bar` has to outlive it.
std::function<als::Next(const als::Progress&)> observer_for(ProgressBar& bar);

}  // namespace commands
