// SPDX-License-Identifier: MIT
#define ALS_INSTANCE template
#define ALS_INSTANCES_OF_DOUBLE
#include "instances.hpp"
