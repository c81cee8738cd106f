// SPDX-License-Identifier: MIT
// The inner loops of row solves and rankings, written once with the compiler's vectors. kernels.hpp
// includes this file once per instruction set, inside a namespace and a region compiled for that
// set, having defined
//
//     ALS_KERNEL_BYTES    bytes of a vector
//     ALS_KERNEL_ROWS     rows and
//     ALS_KERNEL_VECTORS  vectors per row of the tile that is kept in registers
//     ALS_KERNEL_BF16     only for a set that multiplies numbers rounded to bfloat16
//
// Nothing of the standard library is called here: a function compiled for one processor must not
// become the copy that the rest of the program uses. Widths are padded with zeros to whole vectors.
#ifdef ALS_KERNEL_BYTES

template <typename S, int N>
struct Pack {
    typedef S Vector __attribute__((vector_size(N * sizeof(S))));
    typedef S InMemory __attribute__((vector_size(N * sizeof(S)), aligned(alignof(S)), may_alias));
};

template <typename S>
struct Tile {
    static constexpr int lanes = ALS_KERNEL_BYTES / static_cast<int>(sizeof(S));
    static constexpr int rows = ALS_KERNEL_ROWS < lanes ? ALS_KERNEL_ROWS : lanes;
    using Vector = typename Pack<S, lanes>::Vector;
    using Short = typename Pack<S, rows>::Vector;  ///< a row of a diagonal block
};

template <int N, typename S>
ALS_KERNEL_INLINE typename Pack<S, N>::Vector load(const S* from) {
    return *reinterpret_cast<const typename Pack<S, N>::InMemory*>(from);
}
template <int N, typename S>
ALS_KERNEL_INLINE void store(S* to, typename Pack<S, N>::Vector value) {
    *reinterpret_cast<typename Pack<S, N>::InMemory*>(to) = value;
}

ALS_KERNEL_INLINE float square_root(float x) { return __builtin_sqrtf(x); }
ALS_KERNEL_INLINE double square_root(double x) { return __builtin_sqrt(x); }

/// Of each lane. The compiler has no operator for it.
template <typename S>
ALS_KERNEL_INLINE typename Tile<S>::Vector square_roots(typename Tile<S>::Vector x) {
    constexpr bool single = sizeof(S) == 4;
#if ALS_KERNEL_BYTES == 64
    if constexpr (single)
        return (typename Tile<S>::Vector)_mm512_maskz_sqrt_ps((__mmask16)-1, (__m512)x);
    if constexpr (!single)
        return (typename Tile<S>::Vector)_mm512_maskz_sqrt_pd((__mmask8)-1, (__m512d)x);
#elif ALS_KERNEL_BYTES == 32
    if constexpr (single) return (typename Tile<S>::Vector)_mm256_sqrt_ps((__m256)x);
    if constexpr (!single) return (typename Tile<S>::Vector)_mm256_sqrt_pd((__m256d)x);
#else
    static_cast<void>(single);
    for (int i = 0; i < Tile<S>::lanes; ++i) x[i] = square_root(x[i]);
    return x;
#endif
}

/// The columns that are computed: up to the order, in whole blocks.
template <typename S>
ALS_KERNEL_INLINE std::ptrdiff_t extent(const Factor<S>& u) {
    return (u.order + Tile<S>::rows - 1) / Tile<S>::rows * Tile<S>::rows;
}

template <typename S>
ALS_KERNEL_INLINE typename Tile<S>::Short packed(const S (&x)[Tile<S>::rows]) {
    if constexpr (Tile<S>::rows == 8)
        return typename Tile<S>::Short{x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]};
    else if constexpr (Tile<S>::rows == 4)
        return typename Tile<S>::Short{x[0], x[1], x[2], x[3]};
    else
        return typename Tile<S>::Short{x[0], x[1]};
}

/// The sum of the lanes of whole[i] and half[i], for each i.
template <typename S>
ALS_KERNEL_INLINE typename Tile<S>::Short sums(
    const typename Tile<S>::Vector (&whole)[Tile<S>::rows],
    const typename Tile<S>::Short (&half)[Tile<S>::rows]) {
    using T = Tile<S>;
    typename T::Short part[T::rows];
    ALS_KERNEL_UNROLL
    for (int i = 0; i < T::rows; ++i) {
        const typename T::Vector x = whole[i];
        if constexpr (T::lanes == T::rows)
            part[i] = x;
        else if constexpr (T::lanes == 16)
            part[i] = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7) +
                      __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
        else
            part[i] = __builtin_shufflevector(x, x, 0, 1, 2, 3) +
                      __builtin_shufflevector(x, x, 4, 5, 6, 7);
        part[i] += half[i];
    }
    // Two vectors become one: the sums of neighbours of the first, then those of the second.
    ALS_KERNEL_UNROLL
    for (int count = T::rows / 2; count > 0; count /= 2) {
        ALS_KERNEL_UNROLL
        for (int i = 0; i < count; ++i) {
            const typename T::Short a = part[2 * i];
            const typename T::Short b = part[2 * i + 1];
            if constexpr (T::rows == 8)
                part[i] = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14) +
                          __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
            else if constexpr (T::rows == 4)
                part[i] = __builtin_shufflevector(a, b, 0, 2, 4, 6) +
                          __builtin_shufflevector(a, b, 1, 3, 5, 7);
            else
                part[i] = __builtin_shufflevector(a, b, 0, 2) + __builtin_shufflevector(a, b, 1, 3);
        }
    }
    return part[0];
}

/// What is added to a tile: products, their negatives, or (rounded to bfloat16) two products of a
/// pair of numbers each.
enum class Update { plus, minus, pairs };

#ifndef ALS_KERNEL_BF16
template <typename S>
inline constexpr bool in_pairs = false;
#else
template <typename S>
inline constexpr bool in_pairs = sizeof(S) == 4;

/// The panel, in place, rounded to bfloat16: in row 2 r the numbers of rows 2 r and 2 r + 1, in the
/// lower and the upper half of each word.
inline void round_panel(const Panel<float>& panel, std::ptrdiff_t width) {
    typedef unsigned short Half __attribute__((vector_size(32)));
    typedef unsigned Word __attribute__((vector_size(64)));
    for (std::ptrdiff_t r = 0; r < panel.rows; r += 2) {
        float* const even = panel.data + r * panel.stride;
        const float* const odd = even + panel.stride;
        for (std::ptrdiff_t f = 0; f < width; f += 16) {
            const __m512 a = load<16>(even + f);
            const __m512 b = r + 1 < panel.rows ? load<16>(odd + f) : __m512{};
            const Word lower = __builtin_convertvector((Half)_mm512_cvtneps_pbh(a), Word);
            const Word upper = __builtin_convertvector((Half)_mm512_cvtneps_pbh(b), Word);
            store<16>(even + f, (__m512)(lower | upper << 16));
        }
    }
}

ALS_KERNEL_INLINE void add_pairs(__m512& acc, float down, __m512 across) {
    acc = _mm512_dpbf16_ps(acc, (__m512bh)_mm512_set1_ps(down), (__m512bh)across);
}
ALS_KERNEL_INLINE void add_pairs(__m256& acc, float down, __m256 across) {
    acc = _mm256_dpbf16_ps(acc, (__m256bh)_mm256_set1_ps(down), (__m256bh)across);
}
#endif

/// Cache lines of rows to come, asked for one at a time, evenly over the time of the loops: memory
/// could not keep up with a burst.
template <typename S>
struct Fetcher {
    const S* const* row;
    const S* const* end;
    std::ptrdiff_t bytes, offset = 0;
    std::ptrdiff_t interval, countdown;

    /// For as many steps of add_products as the panel needs for a matrix of this width.
    ALS_KERNEL_INLINE Fetcher(const Panel<S>& panel, std::ptrdiff_t width) {
        row = panel.upcoming.rows;
        end = row + panel.upcoming.count;
        bytes = panel.upcoming.bytes;
        std::ptrdiff_t tiles = 0;
        for (std::ptrdiff_t i0 = 0; i0 < width; i0 += Tile<S>::rows) {
            const std::ptrdiff_t vectors = (width - i0) / Tile<S>::lanes;
            tiles += (vectors + ALS_KERNEL_VECTORS - 1) / ALS_KERNEL_VECTORS;
        }
        const std::ptrdiff_t steps = tiles * panel.rows / (in_pairs<S> ? 2 : 1);
        interval = steps * 64 / (panel.upcoming.count * bytes + 1);
        countdown = row == end ? steps * 2 : interval;
    }

    ALS_KERNEL_INLINE void step() {
        if (--countdown > 0) return;
        countdown = interval;
        if (row == end) return;
        __builtin_prefetch(reinterpret_cast<const char*>(*row) + offset, 0, 2);
        offset += 64;
        if (offset < bytes) return;
        offset = 0;
        ++row;
    }
};

/// acc[i][v] += sum over r < count of left[r][i] right[r][v], vectors of L lanes: the loop in which
/// the time is spent.
template <Update update, int L, int N, int V, typename S>
ALS_KERNEL_INLINE void add_products(typename Pack<S, L>::Vector (&acc)[N][V], const S* left,
                                    std::ptrdiff_t left_stride, std::ptrdiff_t left_step,
                                    const S* right, std::ptrdiff_t right_stride,
                                    std::ptrdiff_t count, Fetcher<S>* fetcher = nullptr) {
    for (std::ptrdiff_t r = 0; r < count; ++r) {
        if (fetcher != nullptr) fetcher->step();
        typename Pack<S, L>::Vector across[V];
        ALS_KERNEL_UNROLL
        for (int v = 0; v < V; ++v) across[v] = load<L>(right + v * L);
        ALS_KERNEL_UNROLL
        for (int i = 0; i < N; ++i) {
            const S down = left[i * left_step];
            ALS_KERNEL_UNROLL
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

/// One tile of the matrix, rows from i0 on, V vectors of L columns from j0 on: Q'Q - U'U is added
/// to what is there (or to nothing), U being the rows above i0 that are already factored.
template <int L, int V, typename S>
ALS_KERNEL_INLINE void add_to_tile(const Panel<S>& panel, const Factor<S>& u, std::ptrdiff_t i0,
                                   std::ptrdiff_t j0, std::ptrdiff_t factored,
                                   Fetcher<S>& fetcher) {
    constexpr int rows = Tile<S>::rows;
    typename Pack<S, L>::Vector acc[rows][V] = {};
    constexpr int pair = in_pairs<S> ? 2 : 1;
    add_products<in_pairs<S> ? Update::pairs : Update::plus, L>(
        acc, panel.data + i0, panel.stride * pair, 1, panel.data + j0, panel.stride * pair,
        (panel.rows + pair - 1) / pair, &fetcher);
    add_products<Update::minus, L>(acc, u.matrix + i0, u.stride, 1, u.matrix + j0, u.stride,
                                   factored);
    ALS_KERNEL_UNROLL
    for (int i = 0; i < rows; ++i) {
        ALS_KERNEL_UNROLL
        for (int v = 0; v < V; ++v) {
            S* const at = u.matrix + (i0 + i) * u.stride + j0 + v * L;
            store<L>(at, u.holds_sum ? load<L>(at) + acc[i][v] : acc[i][v]);
        }
    }
}

/// The same for all columns from the diagonal on.
template <typename S>
ALS_KERNEL_INLINE void add_to_rows(const Panel<S>& panel, const Factor<S>& u, std::ptrdiff_t i0,
                                   std::ptrdiff_t factored, Fetcher<S>& fetcher) {
    using T = Tile<S>;
    const std::ptrdiff_t end = extent(u);
    std::ptrdiff_t j0 = i0;
    if (i0 % T::lanes != 0) {
        add_to_tile<T::rows, 1>(panel, u, i0, i0, factored, fetcher);
        j0 += T::rows;
    }
    // Tiles of full width end where the whole vectors do; what is left over comes first.
    const std::ptrdiff_t left_over = (end - j0) / T::lanes % ALS_KERNEL_VECTORS;
    if (left_over == 2)
        add_to_tile<T::lanes, 2>(panel, u, i0, j0, factored, fetcher);
    else if (left_over == 1)
        add_to_tile<T::lanes, 1>(panel, u, i0, j0, factored, fetcher);
    for (j0 += left_over * T::lanes; j0 + T::lanes <= end; j0 += ALS_KERNEL_VECTORS * T::lanes)
        add_to_tile<T::lanes, ALS_KERNEL_VECTORS>(panel, u, i0, j0, factored, fetcher);
    if (j0 < end) add_to_tile<T::rows, 1>(panel, u, i0, j0, factored, fetcher);
}

/// The factor of a diagonal block: I + block = R' diag(pivot) R, R with a diagonal of 1. Without
/// square roots the chain of dependent operations is shorter.
template <typename S>
struct Block {
    static constexpr int rows = Tile<S>::rows;
    S r[rows][rows];       ///< right of the diagonal
    S inverse[rows];       ///< 1 / pivot
    S inverse_root[rows];  ///< pivot^-1/2

    /// Plain numbers, not vectors: the time goes into waiting for one after the other. False unless
    /// positive definite.
    ALS_KERNEL_INLINE bool factor(const S* block, std::ptrdiff_t stride) {
        S t[rows][rows];
        ALS_KERNEL_UNROLL
        for (int i = 0; i < rows; ++i) {
            ALS_KERNEL_UNROLL
            for (int p = i; p < rows; ++p) t[i][p] = block[i * stride + p];
            t[i][i] += 1;
        }
        bool positive = true;
        ALS_KERNEL_UNROLL
        for (int i = 0; i < rows; ++i) {
            positive &= t[i][i] > 0;
            inverse[i] = 1 / t[i][i];
            inverse_root[i] = square_root(inverse[i]);
            ALS_KERNEL_UNROLL
            for (int p = i + 1; p < rows; ++p) {
                r[i][p] = t[i][p] * inverse[i];
                ALS_KERNEL_UNROLL
                for (int q = p; q < rows; ++q) t[p][q] -= r[i][p] * t[i][q];
            }
        }
        return positive;
    }

    /// z = R'^-1 z.
    ALS_KERNEL_INLINE void solve_forward(S (&z)[rows]) const {
        ALS_KERNEL_UNROLL
        for (int i = 0; i < rows; ++i) {
            ALS_KERNEL_UNROLL
            for (int p = i + 1; p < rows; ++p) z[p] -= r[i][p] * z[i];
        }
    }
};

/// Calls body.template at<L>(j) for the columns [begin, end) in vectors of L = lanes columns, and
/// of L = rows at the ends where there are no whole ones.
template <typename S, typename Body>
ALS_KERNEL_INLINE void for_columns(std::ptrdiff_t begin, std::ptrdiff_t end, const Body& body) {
    using T = Tile<S>;
    std::ptrdiff_t j = begin;
    if (j % T::lanes != 0 && j < end) {
        body.template at<T::rows>(j);
        j += T::rows;
    }
    for (; j + T::lanes <= end; j += T::lanes) body.template at<T::lanes>(j);
    if (j < end) body.template at<T::rows>(j);
}

/// Turns columns of rows i0 ... into those of U = diag(pivot)^-1/2 R'^-1 (what is there), and takes
/// them out of the right-hand side.
template <typename S>
struct Substitution {
    const Factor<S>& u;
    const Block<S>& block;
    const S (&weight)[Tile<S>::rows];  ///< z / pivot
    S* rows;

    template <int L>
    ALS_KERNEL_INLINE void at(std::ptrdiff_t j) const {
        using T = Tile<S>;
        typename Pack<S, L>::Vector right = load<L>(u.right + j);
        typename Pack<S, L>::Vector row[T::rows];
        ALS_KERNEL_UNROLL
        for (int i = 0; i < T::rows; ++i) {
            row[i] = load<L>(rows + i * u.stride + j);
            ALS_KERNEL_UNROLL
            for (int p = 0; p < i; ++p) row[i] -= block.r[p][i] * row[p];
            right -= weight[i] * row[i];
            store<L>(rows + i * u.stride + j, row[i] * block.inverse_root[i]);
        }
        store<L>(u.right + j, right);
    }
};

/// Turns rows i0 ... of the matrix, from which the rows above have been subtracted, into rows of U,
/// and takes them out of the right-hand side. The place of the diagonal block gets R'.
template <typename S>
[[gnu::noinline]] bool factor_rows(const Factor<S>& u, std::ptrdiff_t i0) {
    using T = Tile<S>;
    S* const rows = u.matrix + i0 * u.stride;
    Block<S> block;
    if (!block.factor(rows + i0, u.stride)) return false;
    S z[T::rows];
    ALS_KERNEL_UNROLL
    for (int i = 0; i < T::rows; ++i) z[i] = u.right[i0 + i];
    block.solve_forward(z);
    ALS_KERNEL_UNROLL
    for (int i = 0; i < T::rows; ++i) {
        z[i] *= block.inverse[i];
        u.solution[i0 + i] = z[i];
        u.inverse_diagonal[i0 + i] = block.inverse_root[i];
        ALS_KERNEL_UNROLL
        for (int p = 0; p < i; ++p) rows[i * u.stride + i0 + p] = block.r[p][i];
    }
    for_columns<S>(i0 + T::rows, extent(u), Substitution<S>{u, block, z, rows});
    return true;
}

/// Takes rows i0 ... of U out of a right-hand side.
template <typename S>
struct Elimination {
    const Factor<S>& u;
    const S (&y)[Tile<S>::rows];
    const S* rows;

    template <int L>
    ALS_KERNEL_INLINE void at(std::ptrdiff_t j) const {
        typename Pack<S, L>::Vector right = load<L>(u.right + j);
        ALS_KERNEL_UNROLL
        for (int i = 0; i < Tile<S>::rows; ++i) right -= y[i] * load<L>(rows + i * u.stride + j);
        store<L>(u.right + j, right);
    }
};

/// sum over j of U_ij x_j for rows i0 ..., as vectors of which the lanes are to be summed.
template <typename S>
struct Dots {
    const Factor<S>& u;
    const S* rows;
    typename Tile<S>::Vector (&whole)[Tile<S>::rows];
    typename Tile<S>::Short (&half)[Tile<S>::rows];

    template <int L>
    ALS_KERNEL_INLINE void at(std::ptrdiff_t j) const {
        const typename Pack<S, L>::Vector x = load<L>(u.solution + j);
        ALS_KERNEL_UNROLL
        for (int i = 0; i < Tile<S>::rows; ++i) {
            if constexpr (L == Tile<S>::lanes)
                whole[i] += x * load<L>(rows + i * u.stride + j);
            else
                half[i] += x * load<L>(rows + i * u.stride + j);
        }
    }
};

// ---------------------------------------------------------------------------- what is called

/// matrix + Q'Q, on and right of the diagonal.
template <typename S>
void accumulate(const Panel<S>& panel, const Factor<S>& sum) {
    if constexpr (in_pairs<S>) round_panel(panel, sum.width);
    Fetcher<S> fetcher(panel, sum.width);
    for (std::ptrdiff_t i0 = 0; i0 < sum.order; i0 += Tile<S>::rows)
        add_to_rows(panel, sum, i0, 0, fetcher);
}

/// U'U = I + matrix + Q'Q, and in `solution` what `solve_back` makes the solution of: each block of
/// U'^-1 right, times the inverse of its diagonal. Overwrites matrix with U and right. False unless
/// the matrix is positive definite.
template <typename S>
bool factor(const Panel<S>& panel, const Factor<S>& u) {
    if constexpr (in_pairs<S>) round_panel(panel, u.width);
    Fetcher<S> fetcher(panel, u.width);
    for (std::ptrdiff_t i0 = 0; i0 < u.order; i0 += Tile<S>::rows) {
        add_to_rows(panel, u, i0, i0, fetcher);
        if (!factor_rows(u, i0)) return false;
    }
    return true;
}

/// What `factor` makes of one more right-hand side, which is overwritten.
template <typename S>
void solve_forward(const Factor<S>& u) {
    using T = Tile<S>;
    for (std::ptrdiff_t i0 = 0; i0 < u.order; i0 += T::rows) {
        const S* const rows = u.matrix + i0 * u.stride;
        S y[T::rows];
        ALS_KERNEL_UNROLL
        for (int i = 0; i < T::rows; ++i) {
            y[i] = u.right[i0 + i];
            ALS_KERNEL_UNROLL
            for (int p = 0; p < i; ++p) y[i] -= rows[i * u.stride + i0 + p] * y[p];
        }
        ALS_KERNEL_UNROLL
        for (int i = 0; i < T::rows; ++i) {
            y[i] *= u.inverse_diagonal[i0 + i];
            u.solution[i0 + i] = y[i] * u.inverse_diagonal[i0 + i];
        }
        for_columns<S>(i0 + T::rows, extent(u), Elimination<S>{u, y, rows});
    }
}

/// The solution x of the whole system, in the place of what `factor` left there: x_i = solution_i -
/// U_ii^-1 sum of U_ij x_j over the blocks to the right - sum of R_ip x_p over the block.
template <typename S>
void solve_back(const Factor<S>& u) {
    using T = Tile<S>;
    const std::ptrdiff_t end = extent(u);
    for (std::ptrdiff_t i0 = end - T::rows; i0 >= 0; i0 -= T::rows) {
        const S* const rows = u.matrix + i0 * u.stride;
        typename T::Vector whole[T::rows] = {};
        typename T::Short half[T::rows] = {};
        const Dots<S> dots{u, rows, whole, half};
        // The block just solved is read as it was written: the processor would wait otherwise.
        std::ptrdiff_t begin = i0 + T::rows;
        if (T::lanes > T::rows && begin < end) {
            dots.template at<T::rows>(begin);
            begin += T::rows;
        }
        for_columns<S>(begin, end, dots);
        typename T::Short rest = load<T::rows>(u.solution + i0) -
                                 load<T::rows>(u.inverse_diagonal + i0) * sums<S>(whole, half);
        S x[T::rows];
        ALS_KERNEL_UNROLL
        for (int i = 0; i < T::rows; ++i) x[i] = rest[i];
        ALS_KERNEL_UNROLL
        for (int p = T::rows - 1; p > 0; --p) {
            ALS_KERNEL_UNROLL
            for (int i = 0; i < p; ++i) x[i] -= rows[p * u.stride + i0 + i] * x[p];
        }
        store<T::rows>(u.solution + i0, packed<S>(x));
    }
}

/// s_j = d_j^1/2 and c_j of some cells, in the numbers of the panel.
template <typename S>
struct Weights {
    static constexpr std::ptrdiff_t most = 64;
    S s[most];
    S c[most];

    ALS_KERNEL_INLINE Weights(const Cells<S>& cells, std::ptrdiff_t first, std::ptrdiff_t count) {
        for (std::ptrdiff_t j = 0; j < count; ++j) {
            s[j] = static_cast<S>(cells.d[first + j]);
            c[j] = static_cast<S>(cells.c[first + j]);
        }
        constexpr int lanes = Tile<S>::lanes;
        for (std::ptrdiff_t j = count; j % lanes != 0; ++j) s[j] = 0;
        for (std::ptrdiff_t j = 0; j < count; j += lanes)
            store<lanes>(s + j, square_roots<S>(load<lanes>(s + j)));
    }
};

/// V vectors of columns, from f on, of some cells: right += sum of c_j (w_j .* scale), and the
/// panel where there is one.
template <int V, bool scaled, bool has_panel, typename S>
ALS_KERNEL_INLINE void gather_columns(const S* const* rows, const Weights<S>& weights,
                                      std::ptrdiff_t count, const S* scale, std::ptrdiff_t f,
                                      S* panel, std::ptrdiff_t stride, S* right) {
    using T = Tile<S>;
    typename T::Vector t[V];
    typename T::Vector sum[V];
    ALS_KERNEL_UNROLL
    for (int v = 0; v < V; ++v) {
        if constexpr (scaled) t[v] = load<T::lanes>(scale + f + v * T::lanes);
        sum[v] = load<T::lanes>(right + f + v * T::lanes);
    }
    for (std::ptrdiff_t j = 0; j < count; ++j) {
        const S* const from = rows[j] + f;
        ALS_KERNEL_UNROLL
        for (int v = 0; v < V; ++v) {
            typename T::Vector row = load<T::lanes>(from + v * T::lanes);
            if constexpr (scaled) row *= t[v];
            sum[v] += weights.c[j] * row;
            if constexpr (has_panel)
                store<T::lanes>(panel + j * stride + f + v * T::lanes, weights.s[j] * row);
        }
    }
    ALS_KERNEL_UNROLL
    for (int v = 0; v < V; ++v) store<T::lanes>(right + f + v * T::lanes, sum[v]);
}

template <bool scaled, bool has_panel, typename S>
ALS_KERNEL_INLINE void gather_all(const Cells<S>& cells, const S* scale, std::ptrdiff_t width,
                                  S* panel, std::ptrdiff_t stride, S* right) {
    constexpr std::ptrdiff_t lanes = Tile<S>::lanes;
    for (std::ptrdiff_t j = 0; j < cells.count; j += Weights<S>::most) {
        const std::ptrdiff_t rest = cells.count - j;
        const std::ptrdiff_t count = rest < Weights<S>::most ? rest : Weights<S>::most;
        const Weights<S> weights(cells, j, count);
        const S* const* const rows = cells.rows + j;
        S* const to = panel + j * stride;
        std::ptrdiff_t f = 0;
        for (; f + 4 * lanes <= width; f += 4 * lanes)
            gather_columns<4, scaled, has_panel>(rows, weights, count, scale, f, to, stride, right);
        for (; f < width; f += lanes)
            gather_columns<1, scaled, has_panel>(rows, weights, count, scale, f, to, stride, right);
    }
}

/// Row j of the panel is d_j^1/2 (w_j .* scale); right += sum of c_j (w_j .* scale). Without scale,
/// it is 1.
template <typename S>
void gather(const Cells<S>& cells, const S* scale, std::ptrdiff_t width, S* panel,
            std::ptrdiff_t stride, S* right) {
    if (scale != nullptr)
        gather_all<true, true>(cells, scale, width, panel, stride, right);
    else
        gather_all<false, true>(cells, scale, width, panel, stride, right);
}

/// Transposes lanes x lanes numbers: of a perfect shuffle, repeated.
template <typename S>
ALS_KERNEL_INLINE void transpose(typename Tile<S>::Vector (&x)[Tile<S>::lanes]) {
    using T = Tile<S>;
    constexpr int half = T::lanes / 2;
    ALS_KERNEL_UNROLL
    for (int stage = 1; stage < T::lanes; stage *= 2) {
        typename T::Vector y[T::lanes];
        ALS_KERNEL_UNROLL
        for (int i = 0; i < half; ++i) {
            const typename T::Vector a = x[i];
            const typename T::Vector b = x[i + half];
            if constexpr (T::lanes == 16) {
                y[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21,
                                                   6, 22, 7, 23);
                y[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                                       13, 29, 14, 30, 15, 31);
            } else if constexpr (T::lanes == 8) {
                y[2 * i] = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
                y[2 * i + 1] = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
            } else if constexpr (T::lanes == 4) {
                y[2 * i] = __builtin_shufflevector(a, b, 0, 4, 1, 5);
                y[2 * i + 1] = __builtin_shufflevector(a, b, 2, 6, 3, 7);
            } else {
                y[2 * i] = __builtin_shufflevector(a, b, 0, 2);
                y[2 * i + 1] = __builtin_shufflevector(a, b, 1, 3);
            }
        }
        ALS_KERNEL_UNROLL
        for (int i = 0; i < T::lanes; ++i) x[i] = y[i];
    }
}

/// Column j of the panel is d_j^1/2 (w_j .* scale), scale 1 where it is null; padded with columns
/// of zeros to whole vectors.
template <typename S>
void gather_transposed(const Cells<S>& cells, const S* scale, std::ptrdiff_t width, S* panel,
                       std::ptrdiff_t stride) {
    using T = Tile<S>;
    for (std::ptrdiff_t j = 0; j < cells.count; j += T::lanes) {
        const std::ptrdiff_t rest = cells.count - j;
        const std::ptrdiff_t count = rest < T::lanes ? rest : T::lanes;
        const Weights<S> weights(cells, j, count);
        for (std::ptrdiff_t f = 0; f < width; f += T::lanes) {
            const typename T::Vector t =
                scale != nullptr ? load<T::lanes>(scale + f) : typename T::Vector{} + 1;
            typename T::Vector x[T::lanes];
            ALS_KERNEL_UNROLL
            for (int n = 0; n < T::lanes; ++n)
                x[n] = n < count ? load<T::lanes>(cells.rows[j + n] + f) * t * weights.s[n]
                                 : typename T::Vector{};
            transpose<S>(x);
            ALS_KERNEL_UNROLL
            for (int n = 0; n < T::lanes; ++n) store<T::lanes>(panel + (f + n) * stride + j, x[n]);
        }
    }
}

/// Some cells: as many as a tile has rows, from j on. Those beyond the end repeat the last one.
template <typename S>
struct SomeCells {
    const S* row[Tile<S>::rows];

    ALS_KERNEL_INLINE SomeCells(const Cells<S>& cells, std::ptrdiff_t j) {
        for (int n = 0; n < Tile<S>::rows; ++n)
            row[n] = cells.rows[j + n < cells.count ? j + n : cells.count - 1];
    }

    /// w_j . x of each.
    ALS_KERNEL_INLINE typename Tile<S>::Short dots(const S* x, std::ptrdiff_t width) const {
        using T = Tile<S>;
        typename T::Vector sum[T::rows] = {};
        for (std::ptrdiff_t f = 0; f < width; f += T::lanes) {
            const typename T::Vector at = load<T::lanes>(x + f);
            ALS_KERNEL_UNROLL
            for (int n = 0; n < T::rows; ++n) sum[n] += load<T::lanes>(row[n] + f) * at;
        }
        return sums<S>(sum, {});
    }
};

/// result_j = w_j . x, of every cell.
template <typename S>
void multiply(const Cells<S>& cells, const S* x, std::ptrdiff_t width, S* result) {
    for (std::ptrdiff_t j = 0; j < cells.count; j += Tile<S>::rows) {
        const typename Tile<S>::Short dots = SomeCells<S>(cells, j).dots(x, width);
        for (int n = 0; n < Tile<S>::rows && j + n < cells.count; ++n) result[j + n] = dots[n];
    }
}

/// result += sum of c_j w_j.
template <typename S>
void sum_rows(const Cells<S>& cells, std::ptrdiff_t width, S* result) {
    gather_all<false, false, S>(cells, nullptr, width, nullptr, 0, result);
}

/// result += sum of (c_j - d_j (w_j . x)) w_j.
template <typename S>
void sum_residuals(const Cells<S>& cells, const S* x, std::ptrdiff_t width, S* result) {
    using T = Tile<S>;
    constexpr std::ptrdiff_t ahead = 16;  // rows to fetch ahead
    for (std::ptrdiff_t j = 0; j < cells.count; j += T::rows) {
        for (std::ptrdiff_t n = j + ahead; n < j + ahead + T::rows && n < cells.count; ++n)
            for (std::ptrdiff_t f = 0; f < width; f += line<S>)
                __builtin_prefetch(cells.rows[n] + f, 0, 2);
        const SomeCells<S> some(cells, j);
        typename T::Short c = {};
        typename T::Short d = {};
        for (int n = 0; n < T::rows && j + n < cells.count; ++n) {
            c[n] = static_cast<S>(cells.c[j + n]);
            d[n] = static_cast<S>(cells.d[j + n]);
        }
        c -= d * some.dots(x, width);
        for (std::ptrdiff_t f = 0; f < width; f += T::lanes) {
            typename T::Vector sum = load<T::lanes>(result + f);
            ALS_KERNEL_UNROLL
            for (int n = 0; n < T::rows; ++n) sum += c[n] * load<T::lanes>(some.row[n] + f);
            store<T::lanes>(result + f, sum);
        }
    }
}

template <int N, int V, typename S>
ALS_KERNEL_INLINE void product_tile(const Product<S>& p, std::ptrdiff_t i, std::ptrdiff_t j) {
    using T = Tile<S>;
    typename T::Vector acc[N][V] = {};
    add_products<Update::plus, T::lanes>(acc, p.left + i * p.left_stride, 1, p.left_stride,
                                         p.right + j, p.right_stride, p.depth);
    ALS_KERNEL_UNROLL
    for (int n = 0; n < N; ++n) {
        ALS_KERNEL_UNROLL
        for (int v = 0; v < V; ++v)
            store<T::lanes>(p.result + (i + n) * p.result_stride + j + v * T::lanes, acc[n][v]);
    }
}

/// result = left right.
template <typename S>
void product(const Product<S>& p) {
    using T = Tile<S>;
    for (std::ptrdiff_t j = 0; j < p.width;) {
        const bool whole = j + ALS_KERNEL_VECTORS * T::lanes <= p.width;
        std::ptrdiff_t i = 0;
        for (; i + T::rows <= p.rows; i += T::rows)
            whole ? product_tile<T::rows, ALS_KERNEL_VECTORS>(p, i, j)
                  : product_tile<T::rows, 1>(p, i, j);
        for (; i < p.rows; ++i)
            whole ? product_tile<1, ALS_KERNEL_VECTORS>(p, i, j) : product_tile<1, 1>(p, i, j);
        j += whole ? ALS_KERNEL_VECTORS * T::lanes : T::lanes;
    }
}

/// Bit j < scan_columns says that scores[j] is not below the limit: it is at or above, or not a
/// number.
template <typename S>
std::uint64_t at_or_above(const S* scores, S limit) {
    constexpr int lanes = Tile<S>::lanes;
    std::uint64_t bits = 0;
    ALS_KERNEL_UNROLL
    for (int j = 0; j < scan_columns; j += lanes) {
        std::uint64_t some = 0;
#if ALS_KERNEL_BYTES == 64
        if constexpr (lanes == 16)
            some = _mm512_cmp_ps_mask(load<lanes>(scores + j), _mm512_set1_ps(limit), _CMP_NLT_UQ);
        if constexpr (lanes == 8)
            some = _mm512_cmp_pd_mask(load<lanes>(scores + j), _mm512_set1_pd(limit), _CMP_NLT_UQ);
#elif ALS_KERNEL_BYTES == 32
        if constexpr (lanes == 8)
            some = static_cast<unsigned>(_mm256_movemask_ps(
                _mm256_cmp_ps(load<lanes>(scores + j), _mm256_set1_ps(limit), _CMP_NLT_UQ)));
        if constexpr (lanes == 4)
            some = static_cast<unsigned>(_mm256_movemask_pd(
                _mm256_cmp_pd(load<lanes>(scores + j), _mm256_set1_pd(limit), _CMP_NLT_UQ)));
#else
        for (int n = 0; n < lanes; ++n)
            some |= static_cast<std::uint64_t>(!(scores[j + n] < limit)) << n;
#endif
        bits |= some << j;
    }
    return bits;
}

/// Of each query: which candidates' start + query . column is not below the query's limit. The sums
/// are rounded in any order. They are stored, then compared: both at once would not leave registers
/// enough for the sums.
template <typename S>
void scan(const Scan<S>& scan) {
    using T = Tile<S>;
    constexpr int step = ALS_KERNEL_VECTORS * T::lanes;
    constexpr int pair = in_pairs<S> ? 2 : 1;
    if constexpr (in_pairs<S>) round_panel({scan.panel, scan_columns, scan.depth}, scan_columns);
    S scores[T::rows][scan_columns];
    for (std::ptrdiff_t q = 0; q < scan.count; q += T::rows) {
        for (std::ptrdiff_t j = 0; j < scan_columns; j += step) {
            typename T::Vector acc[T::rows][ALS_KERNEL_VECTORS];
            ALS_KERNEL_UNROLL
            for (int i = 0; i < T::rows; ++i) {
                ALS_KERNEL_UNROLL
                for (int v = 0; v < ALS_KERNEL_VECTORS; ++v)
                    acc[i][v] = load<T::lanes>(scan.start + j + v * T::lanes);
            }
            add_products<in_pairs<S> ? Update::pairs : Update::plus, T::lanes>(
                acc, scan.queries + q * scan.stride, 1, scan.stride,
                static_cast<const S*>(scan.panel) + j, scan_columns * pair,
                (scan.depth + pair - 1) / pair);
            ALS_KERNEL_UNROLL
            for (int i = 0; i < T::rows; ++i) {
                ALS_KERNEL_UNROLL
                for (int v = 0; v < ALS_KERNEL_VECTORS; ++v)
                    store<T::lanes>(scores[i] + j + v * T::lanes, acc[i][v]);
            }
        }
        for (int i = 0; i < T::rows; ++i)
            scan.above[q + i] = at_or_above(scores[i], scan.limits[q + i]);
    }
}

/// Numbers as `scan` takes them of queries: as they are or, of a set that rounds, two to a word.
/// `count` is a whole number of cache lines.
template <typename S>
void write_queries(const S* numbers, std::ptrdiff_t count, S* queries) {
    constexpr int lanes = Tile<S>::lanes;
    for (std::ptrdiff_t f = 0; f < count; f += lanes) {
#ifdef ALS_KERNEL_BF16
        if constexpr (in_pairs<S>) {
            store<8>(queries + f / 2, (__m256)_mm512_cvtneps_pbh(load<lanes>(numbers + f)));
            continue;
        }
#endif
        store<lanes>(queries + f, load<lanes>(numbers + f));
    }
}

/// Eight sums of doubles.
struct Octet {
    static constexpr int lanes = ALS_KERNEL_BYTES / 8;
    using Vector = Pack<double, lanes>::Vector;
    Vector part[8 / lanes];

    /// Adds products of eight pairs.
    template <typename S>
    ALS_KERNEL_INLINE void add_products(const S* a, const S* b) {
        ALS_KERNEL_UNROLL
        for (int v = 0; v < 8 / lanes; ++v)
            part[v] += __builtin_convertvector(load<lanes>(a + v * lanes), Vector) *
                       __builtin_convertvector(load<lanes>(b + v * lanes), Vector);
    }

    [[nodiscard]] ALS_KERNEL_INLINE double operator[](int i) const {
        return part[i / lanes][i % lanes];
    }
};

/// a . b in double. Products of floats are exact in double, and they are summed in the same order
/// for all instruction sets: the same bits.
template <typename S>
double dot(const S* a, const S* b, std::ptrdiff_t count) {
    Octet even = {};
    Octet odd = {};
    std::ptrdiff_t f = 0;
    for (; f + 16 <= count; f += 16) {
        even.add_products(a + f, b + f);
        odd.add_products(a + f + 8, b + f + 8);
    }
    if (f + 8 <= count) {
        even.add_products(a + f, b + f);
        f += 8;
    }
    ALS_KERNEL_UNROLL
    for (int v = 0; v < 8 / Octet::lanes; ++v) even.part[v] += odd.part[v];
    double sum =
        ((even[0] + even[4]) + (even[1] + even[5])) + ((even[2] + even[6]) + (even[3] + even[7]));
    for (; f < count; ++f) sum += static_cast<double>(a[f]) * static_cast<double>(b[f]);
    return sum;
}

template <typename S>
inline constexpr Kernels<S> kernels = {
    accumulate<S>,    factor<S>,   solve_forward<S>, solve_back<S>, gather<S>, gather_transposed<S>,
    multiply<S>,      sum_rows<S>, sum_residuals<S>, product<S>,    scan<S>,   at_or_above<S>,
    write_queries<S>, dot<S>};

#endif
