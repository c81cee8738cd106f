// SPDX-License-Identifier: MIT
// The kernels as a fraction of the FMA peak, and the solution of single rows: a plain Eigen row
// (rankUpdate, LLT) and the plain solution in double beside that of the library.
//
//     bench_rows [--benchmark_filter=REGEX]
#include "fma_peak.hpp"
#include <als/als.hpp>

#include <benchmark/benchmark.h>

#include <Eigen/Cholesky>

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace {

using als::InstructionSet;
using als::detail::RowSystem;
using Table = als::FactorMatrix<float>;

constexpr InstructionSet sets[] = {InstructionSet::portable, InstructionSet::avx2,
                                   InstructionSet::avx512, InstructionSet::avx512_bf16};

Table random_table(std::int64_t rows, std::int64_t columns) {
    std::mt19937 generator(1);
    Table table = Table::Zero(rows, als::detail::padded<float>(columns));
    const double scale = 1 / std::sqrt(static_cast<double>(columns));
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < columns; ++c)
            table(r, c) = static_cast<float>(scale * (generator() / 2147483648.0 - 1));
    return table;
}

/// Operations of an exact row of n cells and k factors.
double operations(double n, double k) {
    return std::min(n * k * k + k * k * k / 3, n * n * k + n * n * n / 3);
}

void count(benchmark::State& state, double operations_each) {
    static const double peak = fma_peak::measure();
    const double total = operations_each * static_cast<double>(state.iterations());
    state.counters["flops"] = benchmark::Counter(total, benchmark::Counter::kIsRate);
    if (peak > 0)
        state.counters["of_peak"] = benchmark::Counter(total / peak, benchmark::Counter::kIsRate);
}

/// A row of n random cells against random factors.
struct Problem {
    Table rows;
    std::vector<double> d, c;

    Problem(std::int64_t n, std::int64_t k) : rows(random_table(n, k)) {
        for (std::int64_t j = 0; j < n; ++j) {
            d.push_back(1 + static_cast<double>(j % 5));
            c.push_back(1 + d.back());
        }
    }

    void load(RowSystem<float>& system, std::int64_t k) const {
        system.clear(k, rows.rows());
        system.penalty.setOnes();
        for (std::int64_t j = 0; j < rows.rows(); ++j) {
            const auto at = static_cast<std::size_t>(j);
            system.add(rows.row(j).data(), d[at], c[at]);
        }
    }
};

/// Whether the solution is that in double, but for 1e-3.
bool agrees(const Problem& problem, std::int64_t k, const Eigen::VectorXf& solution) {
    RowSystem<float> system(InstructionSet::portable);
    problem.load(system, k);
    return system.solve_in_double() &&
           (system.solution - solution).norm() <= 1e-3F * system.solution.norm();
}

void solve_row(benchmark::State& state, InstructionSet set) {
    const std::int64_t k = state.range(0);
    const std::int64_t n = state.range(1);
    const Problem problem(n, k);
    RowSystem<float> system(set);
    bool solved = true;
    for (auto _ : state) {
        problem.load(system, k);
        solved = solved && system.solve();
        benchmark::DoNotOptimize(system.solution.data());
    }
    if (!solved || !agrees(problem, k, system.solution)) state.SkipWithError("wrong solution");
    count(state, operations(static_cast<double>(n), static_cast<double>(k)));
}

void solve_row_in_double(benchmark::State& state) {
    const std::int64_t k = state.range(0);
    const std::int64_t n = state.range(1);
    const Problem problem(n, k);
    RowSystem<float> system(InstructionSet::portable);
    for (auto _ : state) {
        problem.load(system, k);
        if (!system.solve_in_double()) state.SkipWithError("no solution");
        benchmark::DoNotOptimize(system.solution.data());
    }
    count(state, operations(static_cast<double>(n), static_cast<double>(k)));
}

void solve_row_by_eigen(benchmark::State& state) {
    const std::int64_t k = state.range(0);
    const std::int64_t n = state.range(1);
    const Problem problem(n, k);
    Table panel(n, k);
    Eigen::MatrixXf matrix(k, k);
    Eigen::VectorXf right(k);
    for (auto _ : state) {
        right.setZero();
        for (std::int64_t j = 0; j < n; ++j) {
            const auto at = static_cast<std::size_t>(j);
            const auto row = problem.rows.row(j).head(k);
            right += static_cast<float>(problem.c[at]) * row.transpose();
            panel.row(j) = std::sqrt(static_cast<float>(problem.d[at])) * row;
        }
        matrix.setIdentity();
        matrix.selfadjointView<Eigen::Lower>().rankUpdate(panel.transpose());
        const Eigen::LLT<Eigen::Ref<Eigen::MatrixXf>> factor(matrix);
        factor.solveInPlace(right);
        benchmark::DoNotOptimize(right.data());
    }
    if (!agrees(problem, k, right)) state.SkipWithError("wrong solution");
    count(state, operations(static_cast<double>(n), static_cast<double>(k)));
}

/// The sum of Q'Q for panels of 256 rows that lie in the cache.
void accumulate(benchmark::State& state, InstructionSet set) {
    constexpr std::int64_t rows = 256;
    const std::int64_t k = state.range(0);
    const auto* const rounding = als::detail::rounding_kernels<float>(set);
    const auto& kernels = rounding != nullptr ? *rounding : als::detail::kernels_for<float>(set);
    const std::int64_t stride = als::detail::spread<float>(k);
    const std::int64_t width = als::detail::padded<float>(k);
    als::detail::Buffer<float> panel, matrix;
    panel.reserve(rows * stride);
    matrix.reserve(width * stride);
    std::fill_n(matrix.data(), width * stride, 0.0F);
    for (std::int64_t i = 0; i < rows * stride; ++i) panel.data()[i] = 1e-3F;
    for (auto _ : state) {
        kernels.accumulate({panel.data(), stride, rows},
                           {matrix.data(), stride, k, width, true, nullptr, nullptr, nullptr});
        benchmark::DoNotOptimize(matrix.data());
    }
    count(state, static_cast<double>(rows * k * k));
}

}  // namespace

int main(int argc, char** argv) {
    for (const InstructionSet set : sets) {
        if (!als::is_supported(set)) continue;
        const std::string name(als::name_of(set));
        auto* const sums = benchmark::RegisterBenchmark(
            ("accumulate/" + name).c_str(), [set](benchmark::State& state) { accumulate(state, set); });
        auto* const rows = benchmark::RegisterBenchmark(
            ("row/" + name).c_str(), [set](benchmark::State& state) { solve_row(state, set); });
        for (const std::int64_t k : {64, 128, 256}) {
            sums->Arg(k);
            for (const std::int64_t n : {5, 20, 50, 100, 300, 2000}) rows->Args({k, n});
        }
    }
    auto* const eigen = benchmark::RegisterBenchmark("row/eigen", solve_row_by_eigen);
    auto* const in_double = benchmark::RegisterBenchmark("row/in_double", solve_row_in_double);
    for (const std::int64_t k : {64, 128, 256})
        for (const std::int64_t n : {5, 20, 50, 100, 300, 2000}) {
            eigen->Args({k, n});
            in_double->Args({k, n});
        }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
