// SPDX-License-Identifier: MIT
#define ALS_INSTANCE template
#define ALS_INSTANCES_OF_FLOAT
#include "instances.hpp"
