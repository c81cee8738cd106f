// expect: als: -ffast-math and -ffinite-math-only .* add -fno-finite-math-only
// flags: -ffinite-math-only
// SPDX-License-Identifier: MIT
// With -ffinite-math-only every check for NaN is compiled away, so the library refuses the flag.
#include <als/version.hpp>
