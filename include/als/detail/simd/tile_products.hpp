// SPDX-License-Identifier: MIT
// Adds products to a tile of registers. This loop takes most of the time. Also what happens beside
// it: rounding a panel to bfloat16, and prefetching the rows of the next panel.
#ifndef ALS_SIMD_TILE_PRODUCTS_HPP
#define ALS_SIMD_TILE_PRODUCTS_HPP

#include <als/detail/simd/arguments.hpp>
#include <als/detail/simd/instructions.hpp>
#include <als/detail/simd/region.hpp>
#include <als/detail/simd/vectors.hpp>

#include <cstdint>
#include <type_traits>

ALS_SIMD_BEGIN
namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace ALS_SIMD_SET {

/// What is added to a tile: products, their negatives, or the products of two pairs of numbers that
/// are rounded to bfloat16.
enum class Update { plus, minus, pairs };

/// Whether the kernels of this set round these numbers, and take them in pairs.
template <typename S>
inline constexpr bool in_pairs = shape.rounds && sizeof(S) == 4;

/// How panels are added, and how many of their rows one step takes.
template <typename S>
inline constexpr Update panel_update = in_pairs<S> ? Update::pairs : Update::plus;
template <typename S>
inline constexpr std::int64_t step_rows = in_pairs<S> ? 2 : 1;

/// Rounds the panel to bfloat16, in place: word f of row 2 r then holds the numbers f of the rows
/// 2 r (lower half) and 2 r + 1 (upper half).
template <typename S>
void round_panel(const Panel<S>& panel, std::int64_t width) {
    constexpr int lanes = Tile<S>::lanes;
    using Word = typename Pack<unsigned, lanes>::Vector;
    for (std::int64_t r = 0; r < panel.rows; r += 2) {
        S* const even = panel.data + r * panel.stride;
        const S* const odd = even + panel.stride;
        for (std::int64_t f = 0; f < width; f += lanes) {
            const typename Tile<S>::Vector a = load<lanes>(even + f);
            const typename Tile<S>::Vector b =
                r + 1 < panel.rows ? load<lanes>(odd + f) : typename Tile<S>::Vector{};
            const Word lower = ALS_CONVERTED(rounded(a), Word);
            const Word upper = ALS_CONVERTED(rounded(b), Word);
            store<lanes>(even + f, (typename Tile<S>::Vector)(lower | upper << 16));
        }
    }
}

/// Prefetches rows, one cache line at a time and evenly over the time of the loops, because memory
/// could not keep up with a burst.
template <typename S>
struct Fetcher {
    const S* const* row;
    const S* const* end;
    std::int64_t bytes, offset = 0;
    std::int64_t interval, countdown;

    /// Spreads the work over the steps that `add_products` takes to add the panel to a matrix of
    /// this width.
    ALS_ALWAYS_INLINE Fetcher(const Panel<S>& panel, std::int64_t width) {
        using T = Tile<S>;
        row = panel.upcoming.rows;
        end = row + panel.upcoming.count;
        bytes = panel.upcoming.bytes;
        std::int64_t tiles = 0;
        for (std::int64_t i0 = 0; i0 < width; i0 += T::block) {
            const std::int64_t vectors = (width - i0) / T::lanes;
            tiles += (vectors + T::vectors - 1) / T::vectors * (T::block / T::rows);
        }
        const std::int64_t steps = tiles * panel.rows / step_rows<S>;
        interval = steps * 64 / (panel.upcoming.count * bytes + 1);
        countdown = row == end ? steps * 2 : interval;
    }

    ALS_ALWAYS_INLINE void step() {
        if (--countdown > 0) return;
        countdown = interval;
        if (row == end) return;
        ALS_PREFETCH(reinterpret_cast<const char*>(*row) + offset);
        offset += 64;
        if (offset < bytes) return;
        offset = 0;
        ++row;
    }
};

/// The distance of adjacent numbers.
struct Adjacent {
    constexpr operator std::int64_t() const { return 1; }
};

/// The numbers left[0], left[step], ..., N of them, each to be multiplied by whole vectors.
template <int N, typename S, typename Step>
struct Down {
    const S* left;
    Step step;
    ALS_ALWAYS_INLINE S operator[](int i) const { return left[i * step]; }
};
template <int N, typename S, typename Step>
ALS_ALWAYS_INLINE auto down_from(const S* left, Step step) {
    if constexpr (shape.by_lane && std::is_same_v<Step, Adjacent>)
        return load<N>(left);
    else
        return Down<N, S, Step>{left, step};
}

/// acc[i][v] += sum over r < count of left[r][i] right[r][v], in vectors of L lanes.
template <Update update, int L, int N, int V, typename S, typename Step>
ALS_ALWAYS_INLINE void add_products(typename Pack<S, L>::Vector (&acc)[N][V], const S* left,
                                    std::int64_t left_stride, Step left_step, const S* right,
                                    std::int64_t right_stride, std::int64_t count,
                                    Fetcher<S>* fetcher = nullptr) {
    for (std::int64_t r = 0; r < count; ++r) {
        if (fetcher != nullptr) fetcher->step();
        typename Pack<S, L>::Vector across[V];
        ALS_UNROLL
        for (int v = 0; v < V; ++v) across[v] = load<L>(right + v * L);
        const auto downs = down_from<N>(left, left_step);
        ALS_UNROLL
        for (int i = 0; i < N; ++i) {
            const S down = downs[i];
            ALS_UNROLL
            for (int v = 0; v < V; ++v) {
                if constexpr (update == Update::plus) acc[i][v] += down * across[v];
                if constexpr (update == Update::minus) acc[i][v] -= down * across[v];
                if constexpr (update == Update::pairs) add_pairs(acc[i][v], down, across[v]);
            }
        }
        left += left_stride;
        right += right_stride;
    }
}

}  // namespace ALS_SIMD_SET
}  // namespace detail
}  // inline namespace
}  // namespace als
ALS_SIMD_END

#endif
