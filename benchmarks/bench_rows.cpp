// SPDX-License-Identifier: MIT
// How fast is a row? Measures, on one core and from the caches, the kernels beside the processor's
// peak and whole rows, each in a naive way and in the library's way:
//
//     bench_rows [--benchmark_filter='^row/']
//
// Operations are those of the better form of a row of n entries and k factors: primal,
// n k^2 + k^3 / 3, or dual, n^2 k + n^3 / 3; for `accumulate` n k^2. "%peak" is the percentage of
// the speed of fma_peak.hpp (Google Benchmark adds "/s"); products of bfloat16 may
// exceed it. Each result is compared with one in double.
#include "fma_peak.hpp"
#include "support/planted_world.hpp"
#include <als/detail/base/buffer.hpp>
#include <als/detail/simd/kernels.hpp>
#include <als/detail/solve/row_solver.hpp>
#include <als/instruction_set.hpp>
#include <als/types.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace {

using als::InstructionSet;
using als::detail::padded;
using als::detail::spread;
using Eigen::MatrixXd;
using Eigen::VectorXd;

const double peak = fma_peak::measure();

double primal_operations(double n, double k) { return n * k * k + k * k * k / 3; }

void count(benchmark::State& state, double operations) {
    using benchmark::Counter;
    constexpr auto rate = Counter::kIsIterationInvariantRate;
    state.counters["GF/s"] = Counter(operations * 1e-9, rate);
    if (peak > 0) state.counters["%peak"] = Counter(100 * operations / peak, rate);
}

void expect_close(benchmark::State& state, const MatrixXd& result, const MatrixXd& expected,
                  double tolerance) {
    // Negated, so that it holds for NaN too.
    if (!((result - expected).norm() <= tolerance * expected.norm()))
        state.SkipWithError("the result differs from the one in double");
}

/// rows x columns numbers with mean 0 and variance 1 / columns, padded with columns of zeros.
als::FactorMatrix<float> random_rows(std::int64_t rows, std::int64_t columns, std::int64_t width) {
    support::Random random(1);
    als::FactorMatrix<float> result = als::FactorMatrix<float>::Zero(rows, width);
    const double size = 1 / std::sqrt(static_cast<double>(columns));
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t f = 0; f < columns; ++f)
            result(r, f) = static_cast<float>(size * random.normal());
    return result;
}

// ------------------------------------------------------------------------------------- kernels

/// The data of the kernels: a panel of `depth` rows, and I + Q'Q of this order.
struct KernelData {
    std::int64_t order, width = padded<float>(order), stride = spread<float>(order);
    als::FactorMatrix<float> panel;
    als::detail::Buffer<float> memory;

    KernelData(std::int64_t order_, std::int64_t depth)
        : order(order_), panel(random_rows(depth, order, stride)) {
        memory.reserve(depth * stride + width * (stride + 3));
        restore();
    }

    /// Kernels of bfloat16 round the panel in place.
    void restore() { std::copy_n(panel.data(), panel.size(), memory.data()); }

    [[nodiscard]] als::detail::Panel<float> q() const {
        return {memory.data(), stride, panel.rows()};
    }
    [[nodiscard]] als::detail::Factorization<float> u() const {
        float* const matrix = memory.data() + panel.size();
        float* const vectors = matrix + width * stride;
        return {matrix, stride, order, width, false, vectors, vectors + width, vectors + 2 * width};
    }
    [[nodiscard]] MatrixXd gram() const {
        const MatrixXd q = panel.leftCols(order).cast<double>();
        return q.transpose() * q;
    }
};

/// bfloat16 has 8 bits. Refinement regains the lost ones, but is not part of a kernel.
double tolerance(InstructionSet set) { return set == InstructionSet::avx512_bf16 ? 1e-2 : 1e-4; }

const als::detail::TrainingKernels<float>& kernels_of(InstructionSet set) {
    const auto* const rounding = als::detail::rounding_training_kernels<float>(set);
    return rounding != nullptr ? *rounding : als::detail::training_kernels<float>(set);
}

void accumulate(benchmark::State& state, InstructionSet set, std::int64_t k, std::int64_t n) {
    KernelData data(k, n);
    const auto run = [&] { kernels_of(set).accumulate(data.q(), data.u()); };
    run();
    const MatrixXd sum =
        Eigen::Map<const als::FactorMatrix<float>>(data.u().matrix, data.width, data.stride)
            .topLeftCorner(k, k)
            .cast<double>();
    expect_close(state, sum.triangularView<Eigen::Upper>(),
                 data.gram().triangularView<Eigen::Upper>(), tolerance(set));
    data.restore();
    for (auto _ : state) {
        run();
        benchmark::ClobberMemory();
    }
    count(state, static_cast<double>(n * k * k));
}

/// The kernels' part of a row solve; `depth` rows of the panel.
void factor_and_solve(benchmark::State& state, InstructionSet set, std::int64_t order,
                      std::int64_t depth) {
    KernelData data(order, depth);
    const auto u = data.u();
    bool positive = true;
    const auto run = [&] {
        std::fill_n(u.right, data.width, 0.0F);
        std::fill_n(u.right, order, 1.0F);
        positive &= kernels_of(set).factorize(data.q(), u);
        kernels_of(set).solve_back(u);
    };
    run();
    const MatrixXd matrix = MatrixXd::Identity(order, order) + data.gram();
    expect_close(state, Eigen::Map<const Eigen::VectorXf>(u.solution, order).cast<double>(),
                 matrix.llt().solve(VectorXd::Ones(order)), tolerance(set));
    data.restore();
    for (auto _ : state) {
        run();
        benchmark::ClobberMemory();
    }
    if (!positive) state.SkipWithError("the matrix is not positive definite");
    count(state, primal_operations(static_cast<double>(depth), static_cast<double>(order)));
}

// ------------------------------------------------------------------------------------ whole rows

/// (I + W' D W) x = W' c: a row of implicit feedback after the whitening of the Gram matrix.
struct RowData {
    std::int64_t k, n;
    als::FactorMatrix<float> rows;
    std::vector<double> d, c;

    RowData(std::int64_t k_, std::int64_t n_)
        : k(k_), n(n_), rows(random_rows(n, k, padded<float>(k))) {
        support::Random random(2);
        for (std::int64_t j = 0; j < n; ++j) {
            d.push_back(0.1 + random.exponential(2));
            c.push_back(1 + d.back());
        }
    }

    void load(als::detail::RowSystem<float>& system) const {
        system.clear(k);
        system.penalty.setOnes();
        system.take(n, [&](std::int64_t j) -> als::detail::RowSystem<float>::Term {
            const auto at = static_cast<std::size_t>(j);
            return {rows.row(j).data(), d[at], c[at]};
        });
    }

    /// Compares with the solution in double, and counts.
    void finish(benchmark::State& state, const Eigen::VectorXf& solution) const {
        als::detail::RowSystem<float> system;
        als::detail::RowSolver<float> solver(InstructionSet::portable);
        load(system);
        solver.solve_in_double(system);
        expect_close(state, solution.cast<double>(), solver.solution.cast<double>(), 1e-3);
        const auto entries = static_cast<double>(n);
        const auto factors = static_cast<double>(k);
        count(state,
              std::min(primal_operations(entries, factors), primal_operations(factors, entries)));
    }
};

void row_by_library(benchmark::State& state, InstructionSet set, std::int64_t k, std::int64_t n) {
    const RowData data(k, n);
    als::detail::RowSystem<float> system;
    als::detail::RowSolver<float> solver(set);
    for (auto _ : state) {
        data.load(system);
        if (!solver.solve(system)) return state.SkipWithError("no solution");
        benchmark::ClobberMemory();
    }
    data.finish(state, solver.solution);
}

void row_in_double(benchmark::State& state, std::int64_t k, std::int64_t n) {
    const RowData data(k, n);
    als::detail::RowSystem<float> system;
    als::detail::RowSolver<float> solver(InstructionSet::portable);
    for (auto _ : state) {
        data.load(system);
        if (!solver.solve_in_double(system)) return state.SkipWithError("no solution");
        benchmark::ClobberMemory();
    }
    data.finish(state, solver.solution);
}

/// The usual way, with the same buffers for every row.
void row_by_eigen(benchmark::State& state, std::int64_t k, std::int64_t n) {
    const RowData data(k, n);
    als::FactorMatrix<float> panel(n, k);
    Eigen::MatrixXf matrix(k, k);
    Eigen::VectorXf x(k);
    for (auto _ : state) {
        x.setZero();
        for (std::int64_t j = 0; j < n; ++j) {
            const auto at = static_cast<std::size_t>(j);
            const auto row = data.rows.row(j).head(k);
            x.noalias() += static_cast<float>(data.c[at]) * row.transpose();
            panel.row(j).noalias() = static_cast<float>(std::sqrt(data.d[at])) * row;
        }
        matrix.setIdentity();
        matrix.selfadjointView<Eigen::Lower>().rankUpdate(panel.transpose());
        Eigen::LLT<Eigen::Ref<Eigen::MatrixXf>> factor(matrix);
        factor.solveInPlace(x);
        benchmark::ClobberMemory();
    }
    data.finish(state, x);
}

// -------------------------------------------------------------------------------------------- all

std::string name(const std::string& kind, std::int64_t k, std::int64_t n, const std::string& how) {
    return kind + "/k:" + std::to_string(k) + "/n:" + std::to_string(n) + "/" + how;
}

template <typename Function, typename... Arguments>
void add(const std::string& name, Function function, Arguments... arguments) {
    benchmark::RegisterBenchmark(name.c_str(), function, arguments...)
        ->Unit(benchmark::kMicrosecond);
}

bool add_all() {
    for (const std::int64_t k : {64, 128, 256})
        for (const std::int64_t n : std::set<std::int64_t>{k, 2 * k, 256})
            for (const InstructionSet set : als::supported_instruction_sets())
                add(name("accumulate", k, n, std::string(name_of(set))), accumulate, set, k, n);
    for (const std::int64_t k : {64, 128, 256})
        for (const std::int64_t n : std::set<std::int64_t>{k / 2, k, 2 * k, 256})
            for (const InstructionSet set : als::supported_instruction_sets()) {
                const bool dual = n < k;
                add(name("factor", k, n, std::string(name_of(set)) + (dual ? "_dual" : "")),
                    factor_and_solve, set, dual ? n : k, dual ? k : n);
            }
    for (const std::int64_t k : {64, 128, 256})
        for (const std::int64_t n : {5, 20, 50, 100, 300, 2000}) {
            add(name("row", k, n, "double"), row_in_double, k, n);
            add(name("row", k, n, "eigen"), row_by_eigen, k, n);
            for (const InstructionSet set : als::supported_instruction_sets())
                add(name("row", k, n, std::string(name_of(set))), row_by_library, set, k, n);
        }
    return true;
}

[[maybe_unused]] const bool added = add_all();

}  // namespace

BENCHMARK_MAIN();
