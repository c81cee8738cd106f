// SPDX-License-Identifier: MIT
#include "progress.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <utility>

#if __has_include(<unistd.h>)
#include <unistd.h>
#elif __has_include(<io.h>)
#include <io.h>
#endif

namespace commands {
namespace {

volatile std::sig_atomic_t is_interrupted = 0;

extern "C" void on_interruption(int signal) {
    is_interrupted = 1;
    std::signal(signal, SIG_DFL);  // the second Ctrl-C
}

bool is_terminal() {
#if __has_include(<unistd.h>)
    return isatty(STDERR_FILENO) != 0;
#elif __has_include(<io.h>)
    return _isatty(_fileno(stderr)) != 0;
#else
    return false;
#endif
}

/// "1:02:03", "4:05" or "6 s".
std::string duration(double seconds) {
    const auto all = static_cast<std::int64_t>(seconds + 0.5);
    if (all < 60) return std::to_string(all) + " s";
    std::ostringstream text;
    text << std::setfill('0');
    if (all >= 3600) text << all / 3600 << ':' << std::setw(2);
    text << all / 60 % 60 << ':' << std::setw(2) << all % 60;
    return text.str();
}

/// "[######--------------]".
std::string bar(double share) {
    constexpr int width = 20;
    const int full = std::clamp(static_cast<int>(share * width), 0, width);
    return '[' + std::string(static_cast<std::size_t>(full), '#') +
           std::string(static_cast<std::size_t>(width - full), '-') + ']';
}

}  // namespace

ProgressBar::ProgressBar(std::string what, const RunOptions& run)
    : what_(std::move(what)), is_visible_(!run.quiet && is_terminal()) {
    if (is_visible_) std::cerr << what_ << " ..." << std::flush;
}

ProgressBar::~ProgressBar() {
    if (is_visible_) std::cerr << "\r\033[K" << std::flush;
}

void ProgressBar::show(std::int64_t done, std::int64_t all, const std::string& remark) {
    done_ = done;
    const auto now = Clock::now();
    if (!is_visible_ || (now - last_ < std::chrono::milliseconds(100) && done < all)) return;
    last_ = now;
    const double share = all > 0 ? static_cast<double>(done) / static_cast<double>(all) : 0;
    const double seconds = std::chrono::duration<double>(now - began_).count();
    std::cerr << "\r\033[K" << what_ << ' ' << bar(share) << ' ' << done << " of " << all;
    if (!remark.empty()) std::cerr << "  " << remark;
    if (done > 0 && done < all)
        std::cerr << "  about " << duration(seconds * (1 / share - 1)) << " left";
    std::cerr << std::flush;
}

// A shell that starts a program in the background has it ignore Ctrl-C; that stays so.
Interruption::Interruption() : before_(std::signal(SIGINT, SIG_IGN)) {
    if (before_ != SIG_IGN) std::signal(SIGINT, on_interruption);
}

Interruption::~Interruption() {
    if (!is_asked_for()) std::signal(SIGINT, before_);
}

bool Interruption::is_asked_for() { return is_interrupted != 0; }

StopOnInterruption::StopOnInterruption()
    : watcher_([this] {
          while (!is_over_ && !Interruption::is_asked_for())
              std::this_thread::sleep_for(std::chrono::milliseconds(20));
          if (!is_over_) source_.request_stop();
      }) {}

StopOnInterruption::~StopOnInterruption() {
    is_over_ = true;
    watcher_.join();
}

std::function<als::Next(const als::Progress&)> observer_for(ProgressBar& bar) {
    return [&bar](const als::Progress& progress) {
        std::ostringstream remark;
        remark << "objective " << std::setprecision(6) << progress.objective;
        bar.show(progress.iteration, progress.iterations, remark.str());
        return Interruption::is_asked_for() ? als::Next::stop : als::Next::go_on;
    };
}

}  // namespace commands
