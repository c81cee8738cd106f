// SPDX-License-Identifier: MIT
// Tables of kernels: the functions that training and queries call, for each instruction set.
#pragma once

#include <als/detail/simd/arguments.hpp>
#include <als/instruction_set.hpp>
#include <als/types.hpp>

#include <cstdint>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// `accumulate`, the only kernel that some users need (see accumulate.hpp).
template <Real S>
using AccumulateKernel = void (*)(const Panel<S>&, const Factorization<S>&);

/// `dot`, likewise (see dot.hpp).
template <Real S>
using DotKernel = double (*)(const S* a, const S* b, std::int64_t count);

/// `multiply_in_double`, likewise (see rows.hpp).
template <Real S>
using WideMultiplyKernel = void (*)(const Terms<S>&, const double* x, std::int64_t width,
                                    double* result);

/// The kernels of row solves. The file named beside each describes it.
template <Real S>
struct TrainingKernels {
    using Panel = detail::Panel<S>;
    using Factorization = detail::Factorization<S>;
    using Terms = detail::Terms<S>;

    AccumulateKernel<S> accumulate;                         // accumulate.hpp
    bool (*factorize)(const Panel&, const Factorization&);  // factorize.hpp
    void (*solve_forward)(const Factorization&);            // solves.hpp
    void (*solve_back)(const Factorization&);
    void (*gather)(const Terms&, const Affine<S>&, std::int64_t width, S* panel,  // gather.hpp
                   std::int64_t stride, S* right);
    void (*gather_transposed)(const Terms&, const Affine<S>&, std::int64_t width, S* panel,
                              std::int64_t stride);
    void (*multiply)(const Terms&, const S* x, std::int64_t width, S* result);  // rows.hpp
    void (*sum_rows)(const Terms&, std::int64_t width, S* result);
    void (*sum_residuals)(const Terms&, const S* x, std::int64_t width, S* result);
    WideMultiplyKernel<S> multiply_in_double;
    void (*sum_residuals_in_double)(const Terms&, const double* x, std::int64_t width,
                                    double* result);
    void (*product)(const Product<S>&);  // product.hpp
};

/// The kernels of rankings.
template <Real S>
struct QueryKernels {
    using Terms = detail::Terms<S>;

    void (*scan)(const Scan<S>&);  // scan.hpp
    std::uint64_t (*at_or_above)(const S* scores, S limit);
    void (*write_queries)(const S* numbers, std::int64_t count, S* queries);
    DotKernel<S> dot;                                                           // dot.hpp
    void (*multiply)(const Terms&, const S* x, std::int64_t width, S* result);  // rows.hpp
    void (*gather_transposed)(const Terms&, const Affine<S>&, std::int64_t width, S* panel,
                              std::int64_t stride);  // gather.hpp
};

/// The tables that table.hpp fills for each set. A set that is not compiled for this kind of
/// processor has the portable ones.
template <InstructionSet set, Real S>
struct KernelsOf : KernelsOf<InstructionSet::portable, S> {};

}  // namespace detail
}  // inline namespace
}  // namespace als
