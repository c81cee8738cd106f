// SPDX-License-Identifier: MIT
// Checks of objectives and trainings. They throw `InputError` for an option that is out of range or
// not given.
#pragma once

#include <als/objective.hpp>
#include <als/training.hpp>

#include <string_view>

namespace als {
inline namespace ALS_ABI {
namespace detail {

void validate(const Implicit& objective);
void validate(const Explicit& objective);
void validate(const Training& training);

/// Throws if an option that solving a row needs is not given. Models of `fit` have them all.
void check_given(std::string_view function, const AnyObjective& objective);

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/base/validate_impl.hpp>
#endif
