// SPDX-License-Identifier: MIT
// Everything that als instantiates, in one unit.
#include "../../src/base.cpp"
#include "../../src/data.cpp"
#include "../../src/files.cpp"
#include "../../src/kernels_double.cpp"
#include "../../src/kernels_float.cpp"
#include "../../src/queries_double.cpp"
#include "../../src/queries_float.cpp"
#include "../../src/training_double.cpp"
#include "../../src/training_float.cpp"
