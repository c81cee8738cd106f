// SPDX-License-Identifier: MIT
// This file is compiled twice, plainly and for AVX2. Eigen gets its own name in each, because
// functions for one processor must not replace those of other files.
#ifdef ALS_BASELINES_FOR_AVX2
#define Eigen EigenForAvx2
#else
#define Eigen EigenOfBaselines
#endif
#include "baselines/baselines.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#ifdef _OPENMP
#include <omp.h>
#endif

#include <cmath>

namespace baselines {
#ifdef ALS_BASELINES_FOR_AVX2
namespace avx2 {
#endif

namespace {

using Matrix = Eigen::MatrixXf;
using Vector = Eigen::VectorXf;
using Table = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using TableView = Eigen::Map<const Table>;

struct Row {
    std::int64_t size;
    const std::int32_t* columns;
    const float* values;
};

Vector solve_naive(const Row& row, const TableView& fixed, const Matrix& gram, float alpha) {
    Matrix matrix = gram;
    Vector right = Vector::Zero(fixed.cols());
    for (std::int64_t j = 0; j < row.size; ++j) {
        const Vector y = fixed.row(row.columns[j]).transpose();
        matrix.noalias() += alpha * row.values[j] * y * y.transpose();
        right += (1 + alpha * row.values[j]) * y;
    }
    return matrix.llt().solve(right);
}

/// Buffers that are kept from row to row.
struct Gathered {
    Table panel;
    Matrix matrix;
    Vector right;

    const Vector& solve(const Row& row, const TableView& fixed, const Matrix& gram, float alpha) {
        if (panel.rows() < row.size) panel.resize(2 * row.size, fixed.cols());
        right.setZero(fixed.cols());
        for (std::int64_t j = 0; j < row.size; ++j) {
            const float extra = alpha * row.values[j];
            right += (1 + extra) * fixed.row(row.columns[j]).transpose();
            panel.row(j) = std::sqrt(extra) * fixed.row(row.columns[j]);
        }
        matrix = gram;
        matrix.selfadjointView<Eigen::Lower>().rankUpdate(panel.topRows(row.size).transpose());
        Eigen::LLT<Eigen::Ref<Matrix>> factor(matrix);
        factor.solveInPlace(right);
        return right;
    }
};

void conjugate_gradient(const Row& row, const TableView& fixed, const Matrix& gram, float alpha,
                        Eigen::Ref<Vector> x) {
    Vector residual = -(gram * x);
    for (std::int64_t j = 0; j < row.size; ++j) {
        const auto y = fixed.row(row.columns[j]).transpose();
        const float extra = alpha * row.values[j];
        residual += (1 + extra - extra * y.dot(x)) * y;
    }
    Vector direction = residual;
    Vector image(x.size());
    float size = residual.squaredNorm();
    for (int step = 0; step < 3 && size > 1e-20F; ++step) {
        image.noalias() = gram * direction;
        for (std::int64_t j = 0; j < row.size; ++j) {
            const auto y = fixed.row(row.columns[j]).transpose();
            image += alpha * row.values[j] * y.dot(direction) * y;
        }
        const float length = size / direction.dot(image);
        x += length * direction;
        residual -= length * image;
        const float next = residual.squaredNorm();
        direction = residual + next / size * direction;
        size = next;
    }
}

}  // namespace

void half_step(Method method, const Rows& rows, const float* fixed_data, std::int64_t fixed_count,
               int factors, double alpha_, double lambda, int threads, float* solved) {
    const auto alpha = static_cast<float>(alpha_);
    const TableView fixed(fixed_data, fixed_count, factors);
    Matrix gram = Matrix::Identity(factors, factors) * static_cast<float>(lambda);
    gram.noalias() += fixed.transpose() * fixed;
#ifdef _OPENMP
#pragma omp parallel num_threads(threads)
#endif
    {
        Gathered gathered;
#ifdef _OPENMP
#pragma omp for schedule(dynamic, 8)
#endif
        for (std::int64_t r = 0; r < rows.count; ++r) {
            const std::int64_t begin = rows.offsets[r];
            const Row row{rows.offsets[r + 1] - begin, rows.columns + begin, rows.values + begin};
            Eigen::Map<Vector> x(solved + r * factors, factors);
            if (row.size == 0)
                x.setZero();
            else if (method == Method::naive)
                x = solve_naive(row, fixed, gram, alpha);
            else if (method == Method::eigen)
                x = gathered.solve(row, fixed, gram, alpha);
            else
                conjugate_gradient(row, fixed, gram, alpha, x);
        }
    }
    static_cast<void>(threads);
}

#ifdef ALS_BASELINES_FOR_AVX2
}  // namespace avx2
#endif
}  // namespace baselines
