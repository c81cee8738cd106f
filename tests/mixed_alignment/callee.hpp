// SPDX-License-Identifier: MIT
// A function of a user's program, called from another object.
#pragma once

#include <als/types.hpp>

float first_of(const als::FactorMatrix<float>& factors, als::User user);
