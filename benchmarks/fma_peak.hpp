// SPDX-License-Identifier: MIT
// The most float operations per second that one core can do: fused multiply-adds in registers.
#pragma once

#include <algorithm>
#include <chrono>

namespace fma_peak {

#if defined(__x86_64__)
#define ALS_PEAK(name, bytes, features)                                                         \
    __attribute__((target(features), noinline)) inline double name() {                          \
        typedef float Vector __attribute__((vector_size(bytes)));                               \
        Vector a = {}, b = a + 1, c = a + 2, d = a + 3, e = a + 4, f = a + 5, g = a + 6,        \
               h = a + 7, i = a + 8, j = a + 9;                                                 \
        Vector factor = a + 0.999F, summand = a + 0.001F;                                       \
        __asm__ volatile("" : "+x"(factor), "+x"(summand));                                     \
        constexpr long rounds = 4'000'000;                                                      \
        const auto began = std::chrono::steady_clock::now();                                    \
        for (long round = 0; round < rounds; ++round) {                                         \
            a = a * factor + summand, b = b * factor + summand, c = c * factor + summand;       \
            d = d * factor + summand, e = e * factor + summand, f = f * factor + summand;       \
            g = g * factor + summand, h = h * factor + summand, i = i * factor + summand;       \
            j = j * factor + summand;                                                           \
        }                                                                                       \
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began; \
        volatile float sink = (a + b + c + d + e + f + g + h + i + j)[0];                       \
        static_cast<void>(sink);                                                                \
        return 10.0 * 2 * (bytes / 4) * rounds / seconds.count();                               \
    }
ALS_PEAK(with_avx512, 64, "avx512f")
ALS_PEAK(with_avx2, 32, "avx2,fma")
#undef ALS_PEAK
#endif

/// Operations per second; a multiply-add counts as two. The best of several tries. 0 if this
/// compiler or processor has no way to measure it.
inline double measure() {
    double best = 0;
#if defined(__x86_64__)
    for (int n = 0; n < 5; ++n) {
        if (__builtin_cpu_supports("avx512f")) best = std::max(best, with_avx512());
        if (__builtin_cpu_supports("fma")) best = std::max(best, with_avx2());
    }
#endif
    return best;
}

}  // namespace fma_peak
