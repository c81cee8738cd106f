// SPDX-License-Identifier: MIT
// `StopToken` and `StopSource`: one thread asks another to stop. They are those of the standard
// library if it has them; libc++ before version 20 does not.
#pragma once

#include <als/version.hpp>

#include <version>

#if defined(__cpp_lib_jthread) && !defined(ALS_OWN_STOP_TOKEN)
#include <stop_token>
#else
#include <atomic>
#include <memory>
#include <utility>
#endif

namespace als {
inline namespace ALS_ABI {

#if defined(__cpp_lib_jthread) && !defined(ALS_OWN_STOP_TOKEN)

/// Says whether a stop was requested; given to `Training::cancel`.
using StopToken = std::stop_token;
/// Requests a stop: `source.request_stop()` from any thread.
using StopSource = std::stop_source;

#else

class StopSource;

/// Says whether a stop was requested; given to `Training::cancel`. Like `std::stop_token`, but
/// without callbacks.
class StopToken {
public:
    /// A token without a source: no stop is ever requested.
    StopToken() = default;

    /// Whether a stop was requested.
    [[nodiscard]] bool stop_requested() const { return requested_ && requested_->load(); }
    /// Whether the token has a source.
    [[nodiscard]] bool stop_possible() const { return requested_ != nullptr; }

private:
    friend class StopSource;
    explicit StopToken(std::shared_ptr<std::atomic<bool>> requested)
        : requested_(std::move(requested)) {}

    std::shared_ptr<std::atomic<bool>> requested_;
};

/// Requests a stop: `source.request_stop()` from any thread. Copies share the request. Like
/// `std::stop_source`.
class StopSource {
public:
    /// Returns a token of this source.
    [[nodiscard]] StopToken get_token() const { return StopToken(requested_); }

    /// Requests a stop. Returns whether this call was the first.
    bool request_stop() { return !requested_->exchange(true); }
    /// Whether a stop was requested.
    [[nodiscard]] bool stop_requested() const { return requested_->load(); }

private:
    std::shared_ptr<std::atomic<bool>> requested_ = std::make_shared<std::atomic<bool>>(false);
};

#endif

}  // inline namespace
}  // namespace als
