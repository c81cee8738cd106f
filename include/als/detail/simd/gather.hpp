// SPDX-License-Identifier: MIT
// Makes panels from the rows of a system's terms: the rows themselves, or their transpose.
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

/// s_j = d_j^1/2 and c_j of up to `most` terms, in the number type of the panel.
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

/// Loads the numbers from f on, or `otherwise` in all lanes if there are none.
template <typename S>
ALS_ALWAYS_INLINE typename Tile<S>::Vector load_or(const S* from, std::int64_t f, S otherwise) {
    return from != nullptr ? load<Tile<S>::lanes>(from + f)
                           : typename Tile<S>::Vector{} + otherwise;
}

/// What happens to rows: nothing, a scale, or a scale and a shift.
enum class Map { none, scale, shift };

/// Gathers V vectors of columns, from f on, of `count` terms: right += sum of c_j (w_j .* scale),
/// and the panel's columns if there is a panel.
template <int V, Map map, bool has_panel, typename S>
ALS_ALWAYS_INLINE void gather_columns(const S* const* rows, const Weights<S>& weights,
                                      std::int64_t count, const Affine<S>& affine, std::int64_t f,
                                      S* panel, std::int64_t stride, S* right) {
    using T = Tile<S>;
    typename T::Vector t[V];
    typename T::Vector shift[V];
    typename T::Vector sum[V];
    ALS_UNROLL
    for (int v = 0; v < V; ++v) {
        if constexpr (map != Map::none) t[v] = load<T::lanes>(affine.scale + f + v * T::lanes);
        if constexpr (map == Map::shift) shift[v] = load<T::lanes>(affine.shift + f + v * T::lanes);
        sum[v] = load<T::lanes>(right + f + v * T::lanes);
    }
    for (std::int64_t j = 0; j < count; ++j) {
        const S* const from = rows[j] + f;
        ALS_UNROLL
        for (int v = 0; v < V; ++v) {
            typename T::Vector row = load<T::lanes>(from + v * T::lanes);
            if constexpr (map != Map::none) row *= t[v];
            sum[v] += weights.c[j] * row;
            if constexpr (map == Map::shift) row -= shift[v];
            if constexpr (has_panel)
                store<T::lanes>(panel + j * stride + f + v * T::lanes, weights.s[j] * row);
        }
    }
    ALS_UNROLL
    for (int v = 0; v < V; ++v) store<T::lanes>(right + f + v * T::lanes, sum[v]);
}

/// Gathers all columns of all terms.
template <Map map, bool has_panel, typename S>
ALS_ALWAYS_INLINE void gather_all(const Terms<S>& terms, const Affine<S>& affine,
                                  std::int64_t width, S* panel, std::int64_t stride, S* right) {
    constexpr std::int64_t lanes = Tile<S>::lanes;
    for (std::int64_t j = 0; j < terms.count; j += Weights<S>::most) {
        const std::int64_t rest = terms.count - j;
        const std::int64_t count = rest < Weights<S>::most ? rest : Weights<S>::most;
        const Weights<S> weights(terms, j, count);
        const S* const* const rows = terms.rows + j;
        S* const to = panel + j * stride;
        std::int64_t f = 0;
        for (; f + 4 * lanes <= width; f += 4 * lanes)
            gather_columns<4, map, has_panel>(rows, weights, count, affine, f, to, stride, right);
        if constexpr (4 * lanes > line<S>)
            for (; f < width; f += lanes)
                gather_columns<1, map, has_panel>(rows, weights, count, affine, f, to, stride,
                                                  right);
    }
}

/// Row j of the panel becomes d_j^1/2 (w_j .* scale - shift); right += sum of c_j (w_j .* scale).
template <typename S>
void gather(const Terms<S>& terms, const Affine<S>& affine, std::int64_t width, S* panel,
            std::int64_t stride, S* right) {
    if (affine.shift != nullptr)
        gather_all<Map::shift, true>(terms, affine, width, panel, stride, right);
    else if (affine.scale != nullptr)
        gather_all<Map::scale, true>(terms, affine, width, panel, stride, right);
    else
        gather_all<Map::none, true>(terms, affine, width, panel, stride, right);
}

/// Column j of the panel becomes d_j^1/2 (w_j .* scale - shift); columns of zeros follow up to a
/// whole vector.
template <typename S>
void gather_transposed(const Terms<S>& terms, const Affine<S>& affine, std::int64_t width, S* panel,
                       std::int64_t stride) {
    using T = Tile<S>;
    for (std::int64_t j = 0; j < terms.count; j += T::lanes) {
        const std::int64_t rest = terms.count - j;
        const std::int64_t count = rest < T::lanes ? rest : T::lanes;
        const Weights<S> weights(terms, j, count);
        for (std::int64_t f = 0; f < width; f += T::lanes) {
            const typename T::Vector t = load_or(affine.scale, f, S(1));
            const typename T::Vector shift = load_or(affine.shift, f, S(0));
            typename T::Vector x[T::lanes];
            ALS_UNROLL
            for (int n = 0; n < T::lanes; ++n)
                x[n] = n < count
                           ? (load<T::lanes>(terms.rows[j + n] + f) * t - shift) * weights.s[n]
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
