// SPDX-License-Identifier: MIT
#define ALS_SCALAR float
#include "queries.hpp"
