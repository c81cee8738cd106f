// SPDX-License-Identifier: MIT
// Catch2, version 3 or 2, under the names that all tests use.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <exception>
#include <string>
#include <utility>

namespace als_test {

#if __has_include(<catch2/catch_all.hpp>)
template <typename T>
using MatcherBase = Catch::Matchers::MatcherBase<T>;
#else
template <typename T>
using MatcherBase = Catch::MatcherBase<T>;
#endif

using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

/// Matches a string that has `part` in it: `CHECK_THAT(text, contains("users"))`.
inline auto contains(const std::string& part) {
#if __has_include(<catch2/catch_all.hpp>)
    return Catch::Matchers::ContainsSubstring(part);
#else
    return Catch::Matchers::Contains(part);
#endif
}

/// Matches an exception whose message has `part` in it:
/// `REQUIRE_THROWS_MATCHES(call(), als::InputError, says("factors") && says("-1"))`.
class Says : public MatcherBase<std::exception> {
public:
    explicit Says(std::string part) : part_(std::move(part)) {}

    bool match(const std::exception& error) const override {
        return std::string(error.what()).find(part_) != std::string::npos;
    }

    std::string describe() const override { return "says \"" + part_ + '"'; }

private:
    std::string part_;
};

inline Says says(std::string part) { return Says(std::move(part)); }

}  // namespace als_test
