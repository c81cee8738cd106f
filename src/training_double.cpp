// SPDX-License-Identifier: MIT
#define ALS_SCALAR double
#include "training.hpp"
