// SPDX-License-Identifier: MIT
// The implementation of <als/explain.hpp>.
#pragma once

#include <als/detail/fold_in.hpp>
#include <als/detail/predict.hpp>
#include <als/explain.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// c of each entry of a history (see `RowSystem`).
template <Real Scalar>
std::vector<double> pulls_of(const AnyObjective& any, const Fixed<Scalar>& fixed,
                             const RowEntries<Scalar>& entries) {
    std::vector<double> pulls(to_size(entries.count));
    std::visit(
        [&](const auto& objective) {
            for (std::int64_t j = 0; j < entries.count; ++j)
                pulls[to_size(j)] = weights_of(objective, fixed, entries.ids[j],
                                               static_cast<double>(entries.values[j]))
                                        .c;
        },
        any);
    return pulls;
}

}  // namespace detail

template <Real Scalar>
Explanation<Scalar> explain(const Model<Scalar>& model,
                            const std::type_identity_t<Row<Item, Scalar>>& history, Item item) {
    using namespace detail;
    check_row("als::explain", history, model.item_count(), 0);
    check_index<Item>("als::explain", item.index, model.item_count(), model.user_count());
    const InstructionSet instructions = automatic_instruction_set();
    const Fixed<Scalar> fixed = fixed_for<User>(model);
    const RowEntries<Scalar> entries = history;

    // The item's row follows those of the history.
    std::vector<std::int32_t> ids(entries.ids, entries.ids + entries.count);
    ids.push_back(item.index);
    GatheredRows<Scalar> rows;
    const FixedTable<Scalar> table =
        rows.gather(fixed, ids.data(), entries.count + 1, instructions);
    FoldIn<Scalar> solver = make_fold_in<User>(model);
    if (!solver.solve_adjoint(entries, table, table.row_of(item.index, entries.count)))
        throw NumericError(
            "als::explain: the contributions are not finite: a value of the history is too large "
            "for the arithmetic; scale it down");

    Explanation<Scalar> result;
    result.base = model.mean() + point_of(model, item).bias;
    result.score = result.base;
    const std::vector<double> pulls = pulls_of(model.objective(), fixed, entries);
    const DotKernel<Scalar> dot = dot_kernel<Scalar>(instructions);
    for (std::int64_t j = 0; j < entries.count; ++j) {
        const double contribution =
            pulls[to_size(j)] *
            dot(table.row_of(entries.ids[j], j), solver.adjoint().data(), fixed.unknowns());
        result.score += contribution;
        result.contributions.push_back(
            {history.ids()[to_size(j)], static_cast<Scalar>(contribution)});
    }
    std::stable_sort(result.contributions.begin(), result.contributions.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    return result;
}

}  // inline namespace
}  // namespace als
