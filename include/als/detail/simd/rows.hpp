// SPDX-License-Identifier: MIT
// Products of a vector with the rows of a system's terms, and sums of these rows.
#ifndef ALS_SIMD_ROWS_HPP
#define ALS_SIMD_ROWS_HPP

#include <als/detail/simd/arguments.hpp>
#include <als/detail/simd/gather.hpp>
#include <als/detail/simd/layout.hpp>
#include <als/detail/simd/region.hpp>
#include <als/detail/simd/vectors.hpp>

#include <cstdint>
#include <type_traits>

ALS_SIMD_BEGIN
namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace ALS_SIMD_SET {

/// Loads N numbers from memory and converts them if need be.
template <typename Number, int N, typename S>
ALS_ALWAYS_INLINE typename Pack<Number, N>::Vector load_as(const S* from) {
    if constexpr (std::is_same_v<Number, S>) {
        return load<N>(from);
    } else {
        using Vector = typename Pack<Number, N>::Vector;
        return ALS_CONVERTED(load<N>(from), Vector);
    }
}

/// As many terms as a block has rows, from j on. After the end, the last term is repeated. Sums are
/// in `Number`: S or double.
template <typename Number, typename S>
struct SomeTerms {
    using T = Tile<Number>;
    const S* row[T::block];

    ALS_ALWAYS_INLINE SomeTerms(const Terms<S>& terms, std::int64_t j) {
        for (int n = 0; n < T::block; ++n)
            row[n] = terms.rows[j + n < terms.count ? j + n : terms.count - 1];
    }

    /// w_j . x of each.
    ALS_ALWAYS_INLINE typename T::Short dots(const Number* x, std::int64_t width) const {
        typename T::Vector sum[T::block] = {};
        for (std::int64_t f = 0; f < width; f += T::lanes) {
            const typename T::Vector at = load<T::lanes>(x + f);
            ALS_UNROLL
            for (int n = 0; n < T::block; ++n) sum[n] += load_as<Number, T::lanes>(row[n] + f) * at;
        }
        return sums<Number>(sum, {});
    }
};

/// result_j = w_j . x for every term, in `Number`.
template <typename S, typename Number>
void multiply(const Terms<S>& terms, const Number* x, std::int64_t width, Number* result) {
    constexpr int block = Tile<Number>::block;
    for (std::int64_t j = 0; j < terms.count; j += block) {
        const typename Tile<Number>::Short dots = SomeTerms<Number, S>(terms, j).dots(x, width);
        for (int n = 0; n < block && j + n < terms.count; ++n) result[j + n] = dots[n];
    }
}

/// result += sum of c_j w_j.
template <typename S>
void sum_rows(const Terms<S>& terms, std::int64_t width, S* result) {
    gather_all<Map::none, false, S>(terms, {}, width, nullptr, 0, result);
}

/// result += sum of (c_j - d_j (w_j . x)) w_j, in `Number`. A null x counts as 0.
template <typename S, typename Number>
void sum_residuals(const Terms<S>& terms, const Number* x, std::int64_t width, Number* result) {
    using T = Tile<Number>;
    constexpr std::int64_t ahead = 16;  // rows to fetch ahead
    for (std::int64_t j = 0; j < terms.count; j += T::block) {
        for (std::int64_t n = j + ahead; n < j + ahead + T::block && n < terms.count; ++n)
            for (std::int64_t f = 0; f < width; f += line<S>) ALS_PREFETCH(terms.rows[n] + f);
        const SomeTerms<Number, S> some(terms, j);
        typename T::Short c = {};
        typename T::Short d = {};
        for (int n = 0; n < T::block && j + n < terms.count; ++n) {
            c[n] = static_cast<Number>(terms.c[j + n]);
            d[n] = static_cast<Number>(terms.d[j + n]);
        }
        if (x != nullptr) c -= d * some.dots(x, width);
        for (std::int64_t f = 0; f < width; f += T::lanes) {
            typename T::Vector sum = load<T::lanes>(result + f);
            ALS_UNROLL
            for (int n = 0; n < T::block; ++n)
                sum += c[n] * load_as<Number, T::lanes>(some.row[n] + f);
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
