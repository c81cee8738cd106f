// SPDX-License-Identifier: MIT
// A value that is computed on first use.
#pragma once

#include <als/version.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// A value that one thread computes on first use, while other threads that need it wait. T may be
/// incomplete until `get` or `set` is used.
template <typename T>
class Lazy {
public:
    /// Returns the value; the first call computes it by make(). If make() throws, the next call
    /// tries again.
    template <typename Make>
    const T& get(const Make& make) const {
        if (!is_there_.load(std::memory_order_acquire)) {
            const std::lock_guard lock(guard_);
            if (!value_) value_ = std::make_shared<const T>(make());
            is_there_.store(true, std::memory_order_release);
        }
        return *value_;
    }

    /// Sets the value in advance, while no other thread can call `get`.
    void set(T value) {
        value_ = std::make_shared<const T>(std::move(value));
        is_there_.store(true, std::memory_order_release);
    }

    /// Copies the value of `other`, if it has one, while no other thread can call `get` of this
    /// object.
    void share(const Lazy& other) {
        const std::lock_guard lock(other.guard_);
        value_ = other.value_;
        is_there_.store(value_ != nullptr, std::memory_order_release);
    }

private:
    mutable std::atomic<bool> is_there_{false};
    mutable std::mutex guard_;
    mutable std::shared_ptr<const T> value_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
