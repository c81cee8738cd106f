// SPDX-License-Identifier: MIT
// The eigenvalues and eigenvectors of a symmetric matrix in double: for Gram matrices, and for
// small systems that are close to singular. It replaces Eigen's SelfAdjointEigenSolver, whose
// templates take seconds to compile wherever they are used.
#pragma once

#include <als/detail/base/parallel.hpp>
#include <als/version.hpp>

#include <cmath>
#include <limits>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// The result of `symmetric_eigen`: matrix = vectors diag(values) vectors'.
struct SymmetricEigen {
    Eigen::VectorXd values;   ///< ascending
    Eigen::MatrixXd vectors;  ///< orthonormal; column j belongs to values(j)
    bool converged;           ///< if false, values and vectors are NaN
};

// The solver runs on plain arrays, with vectors of two rows. A loop over rows may read and write
// one row too many, so columns end with a row of zeros, which stay zeros.
using Two = Pack<double, 2>::Vector;

inline Two load_two(const double* from) { return ALS_LOAD(double, 2, from); }
inline void store_two(double* to, Two value) { ALS_STORE(double, 2, to, value); }
inline double sum_of(Two value) { return value[0] + value[1]; }

inline double dot_rows(const double* x, const double* y, Eigen::Index begin, Eigen::Index n) {
    Two sum{};
    for (Eigen::Index i = begin; i < n; i += 2) sum += load_two(x + i) * load_two(y + i);
    return sum_of(sum);
}

/// Matrices are scaled to a norm of about 1. A number smaller than this can then be replaced by 0
/// without harm, while its square could underflow.
constexpr double smallest_to_square = 1e-100;

/// Turns column[begin, n) into the vector v of the reflection H = I - tau v v' that maps the column
/// to (image, 0, ..., 0). v starts with 1. Returns tau.
inline double make_reflection(double* column, Eigen::Index begin, Eigen::Index n, double& image) {
    const double first = column[begin];
    const double rest = dot_rows(column, column, begin + 1, n);
    column[begin] = 1;
    image = first;
    if (rest < smallest_to_square * smallest_to_square) return 0;
    image = -std::copysign(std::sqrt(first * first + rest), first);
    for (Eigen::Index i = begin + 1; i < n; ++i) column[i] /= first - image;
    return (image - first) / image;
}

/// matrix -= v w' + w v', then product = matrix u, for the rows and columns [begin, n) and the
/// lower triangle. One pass does both, because the time goes into reading the matrix.
inline void update_and_multiply(double* matrix, Eigen::Index n, Eigen::Index stride,
                                Eigen::Index begin, const double* v, const double* w,
                                const double* u, double* product) {
    for (Eigen::Index i = begin; i < n; ++i) product[i] = 0;
    for (Eigen::Index j = begin; j < n; j += 2) {  // two columns, a and b
        double* a = matrix + j * stride;
        const double va = v[j], wa = w[j], ua = u[j];
        a[j] -= 2 * va * wa;
        product[j] += a[j] * ua;
        if (j + 1 == n) break;
        double* b = a + stride;
        const double vb = v[j + 1], wb = w[j + 1], ub = u[j + 1];
        a[j + 1] -= va * wb + wa * vb;
        b[j + 1] -= 2 * vb * wb;
        Two sum_a{}, sum_b{};
        for (Eigen::Index i = j + 2; i < n; i += 2) {
            const Two vi = load_two(v + i), wi = load_two(w + i), ui = load_two(u + i);
            const Two ai = load_two(a + i) - (va * wi + wa * vi);
            const Two bi = load_two(b + i) - (vb * wi + wb * vi);
            store_two(a + i, ai);
            store_two(b + i, bi);
            store_two(product + i, load_two(product + i) + (ai * ua + bi * ub));
            sum_a += ai * ui;
            sum_b += bi * ui;
        }
        product[j] += a[j + 1] * ub + sum_of(sum_a);
        product[j + 1] += a[j + 1] * ua + b[j + 1] * ub + sum_of(sum_b);
    }
}

/// Householder tridiagonalization (Golub and Van Loan, Matrix Computations, algorithm 8.3.1):
/// matrix = Q T Q', Q = H_0 H_1 ... H_(n-2). Leaves the vector of H_k in column k, below the
/// diagonal. workspace [3 stride], all zeros.
inline void tridiagonalize(double* matrix, Eigen::Index n, Eigen::Index stride, double* diagonal,
                           double* subdiagonal, double* taus, double* workspace) {
    double* const product = workspace;
    double* const w = workspace + stride;
    const double* v = workspace + 2 * stride;  // from the last step; the first step updates nothing
    for (Eigen::Index k = 0; k + 1 < n; ++k) {
        double* column = matrix + k * stride;
        for (Eigen::Index i = k; i < n; ++i) column[i] -= v[k] * w[i] + w[k] * v[i];
        diagonal[k] = column[k];
        const double tau = taus[k] = make_reflection(column, k + 1, n, subdiagonal[k]);
        update_and_multiply(matrix, n, stride, k + 1, v, w, column, product);
        const double along = tau * tau / 2 * dot_rows(product, column, k + 1, n);
        for (Eigen::Index i = k + 1; i < n; ++i) w[i] = tau * product[i] - along * column[i];
        v = column;
    }
    diagonal[n - 1] = matrix[(n - 1) * stride + n - 1];
}

/// The matrix of eigenvectors during its computation, cut into strips of rows. Each strip is an
/// array of its columns, one after the other, and fits in the cache: all reflections and many
/// sweeps of rotations are applied to it before the next strip is read.
struct EigenvectorStrips {
    static constexpr Eigen::Index rows = 16;
    static constexpr Eigen::Index pairs = rows / 2;
    static constexpr Eigen::Index most_sweeps = 32;

    Eigen::Index n;
    const Workers& workers;
    double* strips;                        ///< [padded(n), n], zeros at first
    double* rotations;                     ///< [most_sweeps, n], each a cosine and a sine
    Eigen::Index sweeps = 0;               ///< number of sweeps that are not applied yet; for each,
    Eigen::Index first[most_sweeps] = {};  ///< its first rotation turns this column and the next
    Eigen::Index count[most_sweeps] = {};  ///< its number of rotations

    static Eigen::Index padded(Eigen::Index n) { return (n + rows - 1) / rows * rows; }
    double& at(Eigen::Index row, Eigen::Index column) const {
        return strips[row / rows * rows * n + column * rows + row % rows];
    }

    /// Calls body(strip) for each strip. A few strips are not worth other threads.
    template <typename Body>
    void for_strips(const Body& body) const {
        const Eigen::Index strip_count = padded(n) / rows;
        if (strip_count < 8)
            for (Eigen::Index i = 0; i < strip_count; ++i) body(strips + i * rows * n);
        else
            parallel_for(strip_count, 1, workers,
                         [&](Eigen::Index i) { body(strips + i * rows * n); });
    }

    /// Calls body(i) for each pair of rows. It is not a loop, because GCC does not unroll loops at
    /// -O2, and the arrays below stay in registers only if their indices are constants.
    template <typename Body>
    static void for_pairs(Body body) {
        static_assert(pairs == 8);
        body(0), body(1), body(2), body(3), body(4), body(5), body(6), body(7);
    }

    /// strip = strip (I - tau v v'), where v is 0 before `begin`.
    void reflect(double* strip, const double* v, double tau, Eigen::Index begin) {
        Two product[pairs] = {};
        for (Eigen::Index j = begin; j < n; ++j)
            for_pairs([&, from = strip + j * rows, vj = v[j]](int i) {
                product[i] += vj * load_two(from + 2 * i);
            });
        for_pairs([&](int i) { product[i] *= tau; });
        for (Eigen::Index j = begin; j < n; ++j)
            for_pairs([&, to = strip + j * rows, vj = v[j]](int i) {
                store_two(to + 2 * i, load_two(to + 2 * i) - vj * product[i]);
            });
    }

    /// Starts with the product of the reflections that `tridiagonalize` left in `matrix`.
    void start(const double* matrix, Eigen::Index stride, const double* taus) {
        for (Eigen::Index i = 0; i < n; ++i) at(i, i) = 1;
        for_strips([&](double* strip) {
            for (Eigen::Index k = 0; k + 1 < n; ++k)
                if (taus[k] != 0) reflect(strip, matrix + k * stride, taus[k], k + 1);
        });
    }

    /// The column that two successive rotations share stays in registers.
    void rotate(double* strip) {
        for (Eigen::Index sweep = 0; sweep < sweeps; ++sweep) {
            const double* rotation = rotations + 2 * n * sweep;
            double* column = strip + first[sweep] * rows;
            Two shared[pairs];
            for_pairs([&](int i) { shared[i] = load_two(column + 2 * i); });
            for (Eigen::Index k = 0; k < count[sweep]; ++k, rotation += 2, column += rows)
                for_pairs([&, column, c = rotation[0], s = rotation[1]](int i) {
                    const Two next = load_two(column + rows + 2 * i);
                    store_two(column + 2 * i, c * shared[i] + s * next);
                    shared[i] = c * next - s * shared[i];
                });
            for_pairs([&](int i) { store_two(column + 2 * i, shared[i]); });
        }
    }

    void apply_sweeps() {
        for_strips([&](double* strip) { rotate(strip); });
        sweeps = 0;
    }
};

/// One implicit QR step with Wilkinson's shift (Golub and Van Loan, algorithm 8.3.2) on the rows
/// [start, end] of T. Writes the rotations and returns their number.
inline Eigen::Index qr_step(double* diagonal, double* subdiagonal, Eigen::Index start,
                            Eigen::Index end, double* rotations) {
    const double half = (diagonal[end - 1] - diagonal[end]) / 2, last = subdiagonal[end - 1];
    const double root = std::copysign(std::sqrt(half * half + last * last), half);
    double corner = diagonal[start];  // T(k, k)
    double x = corner - (diagonal[end] - last * last / (half + root));
    double z = subdiagonal[start];  // the element outside the three diagonals, which moves down
    Eigen::Index k = start;
    for (; k < end && std::abs(z) > smallest_to_square; ++k) {
        const double length = std::sqrt(x * x + z * z);
        const double c = x / length, s = z / length;
        *rotations++ = c;
        *rotations++ = s;
        if (k > start) subdiagonal[k - 1] = length;
        const double off = subdiagonal[k], next = diagonal[k + 1];
        const double left = c * corner + s * off, right = c * off + s * next;
        diagonal[k] = c * left + s * right;
        corner = c * (c * next - s * off) - s * (c * off - s * corner);
        subdiagonal[k] = x = c * right - s * left;
        if (k + 1 == end) continue;
        z = s * subdiagonal[k + 1];
        subdiagonal[k + 1] *= c;
    }
    diagonal[k] = corner;
    return k - start;
}

/// Turns T into a diagonal matrix, from its end to its start. Returns false after 30 sweeps per
/// eigenvalue; two are usual. An element beside the diagonal counts as 0 by Eigen's criterion.
inline bool diagonalize(double* diagonal, double* subdiagonal, EigenvectorStrips& vectors) {
    const auto negligible = [=](Eigen::Index i) {
        constexpr double epsilon = std::numeric_limits<double>::epsilon();
        return subdiagonal[i] * subdiagonal[i] <=
               epsilon * epsilon *
                   (std::abs(diagonal[i]) + std::abs(diagonal[i + 1]) + epsilon * epsilon);
    };
    Eigen::Index end = vectors.n - 1, sweeps = 0;
    while (end > 0) {
        Eigen::Index start = end;
        while (start > 0 && !negligible(start - 1)) --start;
        if (start == end) {
            --end;
            continue;
        }
        if (++sweeps > 30 * vectors.n) return false;
        const Eigen::Index slot = vectors.sweeps++;
        vectors.first[slot] = start;
        vectors.count[slot] =
            qr_step(diagonal, subdiagonal, start, end, vectors.rotations + 2 * vectors.n * slot);
        if (vectors.sweeps == vectors.most_sweeps) vectors.apply_sweeps();
    }
    vectors.apply_sweeps();
    return true;
}

/// Returns the largest absolute value of the lower triangle; not finite if one of its elements is
/// not.
inline double largest_of(const double* matrix, Eigen::Index n) {
    double largest = 0;
    for (Eigen::Index j = 0; j < n; ++j)
        for (Eigen::Index i = j; i < n; ++i)
            if (!(std::abs(matrix[j * n + i]) <= largest)) {
                largest = std::abs(matrix[j * n + i]);
                if (!std::isfinite(largest)) return largest;
            }
    return largest;
}

/// Writes the eigenvalues in ascending order, equal ones in the order in which they were found.
inline void write_sorted(const double* diagonal, double scale, const EigenvectorStrips& vectors,
                         SymmetricEigen& result) {
    const Eigen::Index n = vectors.n;
    for (Eigen::Index j = 0; j < n; ++j) {
        Eigen::Index place = 0;
        for (Eigen::Index i = 0; i < n; ++i)
            place += diagonal[i] < diagonal[j] || (diagonal[i] == diagonal[j] && i < j);
        result.values.data()[place] = diagonal[j] * scale;
        result.converged &= std::isfinite(diagonal[j] * scale);
        double* vector = result.vectors.data() + place * n;
        for (Eigen::Index i = 0; i < n; ++i) vector[i] = vectors.at(i, j);
    }
}

/// Computes the eigenvalues and eigenvectors of a symmetric matrix [n, n], of which only the lower
/// triangle is read: matrix = V diag(values) V', V'V = I.
///
/// The matrix is reduced to a tridiagonal one by Householder reflections, and that one to a
/// diagonal one by implicit QR steps with Wilkinson's shift (Golub and Van Loan, Matrix
/// Computations, algorithms 8.3.1 to 8.3.3). Errors are a small multiple of epsilon ||matrix||, so
/// that smaller eigenvalues have no correct digit. If the lower triangle has a NaN or an infinity,
/// or an eigenvalue is beyond the range of double, `converged` is false. Cost: about 9 n^3
/// operations, and memory for 2 n^2 + O(n) numbers besides the result. The workers share the
/// computation of the vectors, which is most of the work; the result does not depend on them.
inline SymmetricEigen symmetric_eigen(const Eigen::MatrixXd& matrix, const Workers& workers = {}) {
    const Eigen::Index n = matrix.rows();
    SymmetricEigen result{Eigen::VectorXd(n), Eigen::MatrixXd(n, n), true};
    if (n == 0) return result;
    const double largest = largest_of(matrix.data(), n);
    result.converged = std::isfinite(largest);
    if (result.converged) {
        // A power of two, so that scaling does not round.
        const double scale = largest > 0 ? std::ldexp(1.0, std::ilogb(largest)) : 1;
        const Eigen::Index stride = n + 2 - n % 2;
        const Eigen::Index cells = EigenvectorStrips::padded(n) * n;
        Eigen::VectorXd storage(stride * (n + 6) + cells + 2 * n * EigenvectorStrips::most_sweeps);
        for (Eigen::Index i = 0; i < storage.size(); ++i) storage.data()[i] = 0;
        double* const diagonal = storage.data();
        double* const subdiagonal = diagonal + stride;
        double* const taus = subdiagonal + stride;
        double* const workspace = taus + stride;
        double* const scaled = workspace + 3 * stride;
        double* const strips = scaled + n * stride;
        for (Eigen::Index j = 0; j < n; ++j)
            for (Eigen::Index i = j; i < n; ++i)
                scaled[j * stride + i] = matrix.data()[j * n + i] / scale;
        tridiagonalize(scaled, n, stride, diagonal, subdiagonal, taus, workspace);
        EigenvectorStrips vectors{n, workers, strips, strips + cells};
        vectors.start(scaled, stride, taus);
        result.converged = diagonalize(diagonal, subdiagonal, vectors);
        if (result.converged) write_sorted(diagonal, scale, vectors, result);
    }
    if (!result.converged) {
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        for (Eigen::Index i = 0; i < n; ++i) result.values.data()[i] = nan;
        for (Eigen::Index i = 0; i < n * n; ++i) result.vectors.data()[i] = nan;
    }
    return result;
}

}  // namespace detail
}  // namespace ALS_ABI
}  // namespace als
