// SPDX-License-Identifier: MIT
// The checks of objectives and trainings: `InputError` for an option out of range.
#pragma once

#include <als/objective.hpp>
#include <als/training.hpp>

namespace als {
inline namespace ALS_ABI {
namespace detail {

void validate(const Implicit& objective);
void validate(const Explicit& objective);
void validate(const Training& training);

}  // namespace detail
}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/base/validate_impl.hpp>
#endif
