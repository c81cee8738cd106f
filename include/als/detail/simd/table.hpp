// SPDX-License-Identifier: MIT
// The kernels of one instruction set, in tables. dispatch.hpp includes this file once for each set;
// region.hpp says which macros it defines before.
#include <als/detail/simd/accumulate.hpp>
#include <als/detail/simd/factorize.hpp>
#include <als/detail/simd/region.hpp>
#include <als/detail/simd/scan.hpp>
#include <als/detail/simd/sets.hpp>
#include <als/detail/simd/tables.hpp>
#ifndef ALS_SIMD_PLAIN
#include <als/detail/simd/dot.hpp>
#include <als/detail/simd/gather.hpp>
#include <als/detail/simd/product.hpp>
#include <als/detail/simd/rows.hpp>
#include <als/detail/simd/solves.hpp>
#endif

namespace als {
inline namespace ALS_ABI {
namespace detail {

#ifndef ALS_SIMD_PLAIN

template <Real S>
struct KernelsOf<InstructionSet::ALS_SIMD_SET, S> {
    static constexpr AccumulateKernel<S> accumulate = ALS_SIMD_SET::accumulate<S>;
    static constexpr DotKernel<S> dot = ALS_SIMD_SET::dot<S>;
    static constexpr WideMultiplyKernel<S> multiply_in_double = ALS_SIMD_SET::multiply<S, double>;

    static constexpr TrainingKernels<S> training = {ALS_SIMD_SET::accumulate<S>,
                                                    ALS_SIMD_SET::factorize<S>,
                                                    ALS_SIMD_SET::solve_forward<S>,
                                                    ALS_SIMD_SET::solve_back<S>,
                                                    ALS_SIMD_SET::gather<S>,
                                                    ALS_SIMD_SET::gather_transposed<S>,
                                                    ALS_SIMD_SET::multiply<S, S>,
                                                    ALS_SIMD_SET::sum_rows<S>,
                                                    ALS_SIMD_SET::sum_residuals<S, S>,
                                                    multiply_in_double,
                                                    ALS_SIMD_SET::sum_residuals<S, double>,
                                                    ALS_SIMD_SET::product<S>};

    static constexpr QueryKernels<S> query = {
        ALS_SIMD_SET::scan<S>, ALS_SIMD_SET::at_or_above<S>, ALS_SIMD_SET::write_queries<S>,
        ALS_SIMD_SET::dot<S>,  ALS_SIMD_SET::multiply<S, S>, ALS_SIMD_SET::gather_transposed<S>};

    static constexpr const TrainingKernels<S>* rounding_training() { return nullptr; }
    static constexpr const QueryKernels<S>* rounding_query() { return nullptr; }
};

#else

/// A set that rounds takes the kernels that round nothing from another set, and so most of the
/// kernels in its other tables.
template <Real S>
struct KernelsOf<InstructionSet::ALS_SIMD_SET, S> : KernelsOf<InstructionSet::ALS_SIMD_PLAIN, S> {
    using Plain = KernelsOf<InstructionSet::ALS_SIMD_PLAIN, S>;

    static constexpr TrainingKernels<S> rounding_training_table = {
        ALS_SIMD_SET::accumulate<S>,
        ALS_SIMD_SET::factorize<S>,
        Plain::training.solve_forward,
        Plain::training.solve_back,
        Plain::training.gather,
        Plain::training.gather_transposed,
        Plain::training.multiply,
        Plain::training.sum_rows,
        Plain::training.sum_residuals,
        Plain::multiply_in_double,
        Plain::training.sum_residuals_in_double,
        Plain::training.product};

    static constexpr QueryKernels<S> rounding_query_table = {
        ALS_SIMD_SET::scan<S>, Plain::query.at_or_above, ALS_SIMD_SET::write_queries<S>,
        Plain::query.dot,      Plain::query.multiply,    Plain::query.gather_transposed};

    static constexpr const TrainingKernels<S>* rounding_training() {
        if constexpr (ALS_SIMD_SET::in_pairs<S>) return &rounding_training_table;
        return nullptr;
    }
    static constexpr const QueryKernels<S>* rounding_query() {
        if constexpr (ALS_SIMD_SET::in_pairs<S>) return &rounding_query_table;
        return nullptr;
    }
};

#endif

}  // namespace detail
}  // inline namespace
}  // namespace als

// The next set includes the kernel files again.
#undef ALS_SIMD_ACCUMULATE_HPP
#undef ALS_SIMD_COLUMNS_HPP
#undef ALS_SIMD_DOT_HPP
#undef ALS_SIMD_FACTORIZE_HPP
#undef ALS_SIMD_FACTORIZE_ROWS_HPP
#undef ALS_SIMD_GATHER_HPP
#undef ALS_SIMD_INSTRUCTIONS_HPP
#undef ALS_SIMD_PRODUCT_HPP
#undef ALS_SIMD_REGION_HPP
#undef ALS_SIMD_ROWS_HPP
#undef ALS_SIMD_SCAN_HPP
#undef ALS_SIMD_SOLVES_HPP
#undef ALS_SIMD_TILE_PRODUCTS_HPP
#undef ALS_SIMD_VECTORS_HPP

#undef ALS_SIMD_BEGIN
#undef ALS_SIMD_END
#undef ALS_SIMD_PLAIN
#undef ALS_SIMD_SET
#undef ALS_SIMD_TARGET
