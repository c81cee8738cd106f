// SPDX-License-Identifier: MIT
#define ALS_SCALAR float
#include "files.hpp"
#define ALS_SCALAR double
#include "files.hpp"
