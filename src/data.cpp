// SPDX-License-Identifier: MIT
#define ALS_SCALAR float
#include "data.hpp"
#define ALS_SCALAR double
#include "data.hpp"
