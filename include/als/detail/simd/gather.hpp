// SPDX-License-Identifier: MIT
// Makes panels of the rows of a system's terms: the rows themselves, or their transpose.
#ifndef ALS_SIMD_GATHER_HPP
#define ALS_SIMD_GATHER_HPP

#include <als/detail/simd/arguments.hpp>
#include <als/detail/simd/instructions.hpp>
#include <als/detail/simd/layout.hpp>
#include <als/detail/simd/region.hpp>
#include <als/detail/simd/vectors.hpp>

#include <cstdint>

ALS_SIMD_BEGIN
namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace ALS_SIMD_SET {

/// s_j = d_j^1/2 and c_j of up to `most` terms, in the numbers of the panel.
template <typename S>
struct Weights {
    static constexpr std::int64_t most = 64;
    S s[most];
    S c[most];

    ALS_ALWAYS_INLINE Weights(const Terms<S>& terms, std::int64_t first, std::int64_t count) {
        for (std::int64_t j = 0; j < count; ++j) {
            s[j] = static_cast<S>(terms.d[first + j]);
            c[j] = static_cast<S>(terms.c[first + j]);
        }
        constexpr int lanes = Tile<S>::lanes;
        for (std::int64_t j = count; j % lanes != 0; ++j) s[j] = 0;
        for (std::int64_t j = 0; j < count; j += lanes)
            store<lanes>(s + j, square_roots<S>(load<lanes>(s + j)));
    }
};

/// The scale from f on, ones if it is null.
template <typename S>
ALS_ALWAYS_INLINE typename Tile<S>::Vector scale_at(const S* scale, std::int64_t f) {
    return scale != nullptr ? load<Tile<S>::lanes>(scale + f) : typename Tile<S>::Vector{} + 1;
}

/// V vectors of columns, from f on, of `count` terms: right += sum of c_j (w_j .* scale), and the
/// panel's columns if there is one.
template <int V, bool scaled, bool has_panel, typename S>
ALS_ALWAYS_INLINE void gather_columns(const S* const* rows, const Weights<S>& weights,
                                      std::int64_t count, const S* scale, std::int64_t f, S* panel,
                                      std::int64_t stride, S* right) {
    using T = Tile<S>;
    typename T::Vector t[V];
    typename T::Vector sum[V];
    ALS_UNROLL
    for (int v = 0; v < V; ++v) {
        if constexpr (scaled) t[v] = load<T::lanes>(scale + f + v * T::lanes);
        sum[v] = load<T::lanes>(right + f + v * T::lanes);
    }
    for (std::int64_t j = 0; j < count; ++j) {
        const S* const from = rows[j] + f;
        ALS_UNROLL
        for (int v = 0; v < V; ++v) {
            typename T::Vector row = load<T::lanes>(from + v * T::lanes);
            if constexpr (scaled) row *= t[v];
            sum[v] += weights.c[j] * row;
            if constexpr (has_panel)
                store<T::lanes>(panel + j * stride + f + v * T::lanes, weights.s[j] * row);
        }
    }
    ALS_UNROLL
    for (int v = 0; v < V; ++v) store<T::lanes>(right + f + v * T::lanes, sum[v]);
}

/// All columns of all terms.
template <bool scaled, bool has_panel, typename S>
ALS_ALWAYS_INLINE void gather_all(const Terms<S>& terms, const S* scale, std::int64_t width,
                                  S* panel, std::int64_t stride, S* right) {
    constexpr std::int64_t lanes = Tile<S>::lanes;
    for (std::int64_t j = 0; j < terms.count; j += Weights<S>::most) {
        const std::int64_t rest = terms.count - j;
        const std::int64_t count = rest < Weights<S>::most ? rest : Weights<S>::most;
        const Weights<S> weights(terms, j, count);
        const S* const* const rows = terms.rows + j;
        S* const to = panel + j * stride;
        std::int64_t f = 0;
        for (; f + 4 * lanes <= width; f += 4 * lanes)
            gather_columns<4, scaled, has_panel>(rows, weights, count, scale, f, to, stride, right);
        if constexpr (4 * lanes > line<S>)
            for (; f < width; f += lanes)
                gather_columns<1, scaled, has_panel>(rows, weights, count, scale, f, to, stride,
                                                     right);
    }
}

/// Row j of the panel becomes d_j^1/2 (w_j .* scale); right += sum of c_j (w_j .* scale). A scale
/// that is null counts as ones.
template <typename S>
void gather(const Terms<S>& terms, const S* scale, std::int64_t width, S* panel,
            std::int64_t stride, S* right) {
    if (scale != nullptr)
        gather_all<true, true>(terms, scale, width, panel, stride, right);
    else
        gather_all<false, true>(terms, scale, width, panel, stride, right);
}

/// Column j of the panel becomes d_j^1/2 (w_j .* scale); columns of zeros follow up to a whole
/// vector. A scale that is null counts as ones.
template <typename S>
void gather_transposed(const Terms<S>& terms, const S* scale, std::int64_t width, S* panel,
                       std::int64_t stride) {
    using T = Tile<S>;
    for (std::int64_t j = 0; j < terms.count; j += T::lanes) {
        const std::int64_t rest = terms.count - j;
        const std::int64_t count = rest < T::lanes ? rest : T::lanes;
        const Weights<S> weights(terms, j, count);
        for (std::int64_t f = 0; f < width; f += T::lanes) {
            const typename T::Vector t = scale_at(scale, f);
            typename T::Vector x[T::lanes];
            ALS_UNROLL
            for (int n = 0; n < T::lanes; ++n)
                x[n] = n < count ? load<T::lanes>(terms.rows[j + n] + f) * t * weights.s[n]
                                 : typename T::Vector{};
            transpose<S>(x);
            ALS_UNROLL
            for (int n = 0; n < T::lanes; ++n) store<T::lanes>(panel + (f + n) * stride + j, x[n]);
        }
    }
}

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
