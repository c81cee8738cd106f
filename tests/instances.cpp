// SPDX-License-Identifier: MIT
#define ALS_INSTANCE template
#include "instances.hpp"
