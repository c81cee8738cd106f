// SPDX-License-Identifier: MIT
// What compilers spell differently, outside of the kernels (detail/simd/region.hpp has theirs).
#pragma once

#if defined(__GNUC__)
#define ALS_COLD [[gnu::cold]]
// Exceptions that leave a shared library whose symbols are hidden are recognised outside of it.
#define ALS_EXPORTED [[gnu::visibility("default")]]
#define ALS_PREFETCH(address) __builtin_prefetch(address, 0, 2)
#else
#define ALS_COLD
#define ALS_EXPORTED
#define ALS_PREFETCH(address) static_cast<void>(address)
#endif
