// SPDX-License-Identifier: MIT
// Products of the rows of a system's terms with a vector, and sums of these rows.
#ifndef ALS_SIMD_ROWS_HPP
#define ALS_SIMD_ROWS_HPP

#include <als/detail/simd/arguments.hpp>
#include <als/detail/simd/gather.hpp>
#include <als/detail/simd/layout.hpp>
#include <als/detail/simd/region.hpp>
#include <als/detail/simd/vectors.hpp>

#include <cstdint>

ALS_SIMD_BEGIN
namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace ALS_SIMD_SET {

/// As many terms as a tile has rows, from j on. Beyond the end the last term is repeated.
template <typename S>
struct SomeTerms {
    const S* row[Tile<S>::block];

    ALS_ALWAYS_INLINE SomeTerms(const Terms<S>& terms, std::int64_t j) {
        for (int n = 0; n < Tile<S>::block; ++n)
            row[n] = terms.rows[j + n < terms.count ? j + n : terms.count - 1];
    }

    /// w_j . x of each.
    ALS_ALWAYS_INLINE typename Tile<S>::Short dots(const S* x, std::int64_t width) const {
        using T = Tile<S>;
        typename T::Vector sum[T::block] = {};
        for (std::int64_t f = 0; f < width; f += T::lanes) {
            const typename T::Vector at = load<T::lanes>(x + f);
            ALS_UNROLL
            for (int n = 0; n < T::block; ++n) sum[n] += load<T::lanes>(row[n] + f) * at;
        }
        return sums<S>(sum, {});
    }
};

/// result_j = w_j . x for every term.
template <typename S>
void multiply(const Terms<S>& terms, const S* x, std::int64_t width, S* result) {
    for (std::int64_t j = 0; j < terms.count; j += Tile<S>::block) {
        const typename Tile<S>::Short dots = SomeTerms<S>(terms, j).dots(x, width);
        for (int n = 0; n < Tile<S>::block && j + n < terms.count; ++n) result[j + n] = dots[n];
    }
}

/// result += sum of c_j w_j.
template <typename S>
void sum_rows(const Terms<S>& terms, std::int64_t width, S* result) {
    gather_all<false, false, S>(terms, nullptr, width, nullptr, 0, result);
}

/// result += sum of (c_j - d_j (w_j . x)) w_j.
template <typename S>
void sum_residuals(const Terms<S>& terms, const S* x, std::int64_t width, S* result) {
    using T = Tile<S>;
    constexpr std::int64_t ahead = 16;  // rows to fetch ahead
    for (std::int64_t j = 0; j < terms.count; j += T::block) {
        for (std::int64_t n = j + ahead; n < j + ahead + T::block && n < terms.count; ++n)
            for (std::int64_t f = 0; f < width; f += line<S>) ALS_PREFETCH(terms.rows[n] + f);
        const SomeTerms<S> some(terms, j);
        typename T::Short c = {};
        typename T::Short d = {};
        for (int n = 0; n < T::block && j + n < terms.count; ++n) {
            c[n] = static_cast<S>(terms.c[j + n]);
            d[n] = static_cast<S>(terms.d[j + n]);
        }
        c -= d * some.dots(x, width);
        for (std::int64_t f = 0; f < width; f += T::lanes) {
            typename T::Vector sum = load<T::lanes>(result + f);
            ALS_UNROLL
            for (int n = 0; n < T::block; ++n) sum += c[n] * load<T::lanes>(some.row[n] + f);
            store<T::lanes>(result + f, sum);
        }
    }
}

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
