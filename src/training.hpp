// SPDX-License-Identifier: MIT
// Explicit instantiations for the scalar ALS_SCALAR: all functions that solve rows.
#include <als/detail/baselines.hpp>
#include <als/detail/checkpoint.hpp>
#include <als/detail/draw.hpp>
#include <als/detail/early_stopping.hpp>
#include <als/detail/explain.hpp>
#include <als/detail/fit.hpp>
#include <als/detail/fitted_to.hpp>
#include <als/detail/fold_in.hpp>
#include <als/detail/half_step.hpp>
#include <als/detail/suggest.hpp>
#include <als/detail/tune.hpp>
#include <als/detail/update.hpp>

namespace als {
inline namespace ALS_ABI {

template Implicit fitted_to(const Interactions<ALS_SCALAR>&, const Implicit&);
template Explicit fitted_to(const Interactions<ALS_SCALAR>&, const Explicit&);
template Model<ALS_SCALAR> fit(const Interactions<ALS_SCALAR>&, const Implicit&, const Training&);
template Model<ALS_SCALAR> fit(const Interactions<ALS_SCALAR>&, const Explicit&, const Training&);
template Model<ALS_SCALAR> fit(const Interactions<ALS_SCALAR>&, const Implicit&, const Training&,
                               const Model<ALS_SCALAR>&);
template Model<ALS_SCALAR> fit(const Interactions<ALS_SCALAR>&, const Explicit&, const Training&,
                               const Model<ALS_SCALAR>&);
template Eigen::MatrixXd gram_matrix(const FactorMatrix<ALS_SCALAR>&, const Training&);
template Side<ALS_SCALAR> start_of_users(const SparseView<ALS_SCALAR>&, std::int64_t,
                                         const Implicit&, const Training&, double);
template Side<ALS_SCALAR> start_of_users(const SparseView<ALS_SCALAR>&, std::int64_t,
                                         const Explicit&, const Training&, double);
template void solve_rows<User>(const SparseView<ALS_SCALAR>&, const FixedRows<ALS_SCALAR>&,
                               const Implicit&, const Training&, Side<ALS_SCALAR>&);
template void solve_rows<User>(const SparseView<ALS_SCALAR>&, const FixedRows<ALS_SCALAR>&,
                               const Explicit&, const Training&, Side<ALS_SCALAR>&);
template void solve_rows<Item>(const SparseView<ALS_SCALAR>&, const FixedRows<ALS_SCALAR>&,
                               const Implicit&, const Training&, Side<ALS_SCALAR>&);
template void solve_rows<Item>(const SparseView<ALS_SCALAR>&, const FixedRows<ALS_SCALAR>&,
                               const Explicit&, const Training&, Side<ALS_SCALAR>&);
template Model<ALS_SCALAR> fit(const Interactions<ALS_SCALAR>&, const Interactions<ALS_SCALAR>&,
                               const Explicit&, const Training&);
template Model<ALS_SCALAR> fit(const Interactions<ALS_SCALAR>&, const Interactions<ALS_SCALAR>&,
                               const Explicit&, const Training&, const Model<ALS_SCALAR>&);
template double objective_value(const Model<ALS_SCALAR>&, const Interactions<ALS_SCALAR>&,
                                const Interactions<ALS_SCALAR>&);
template double objective_value(const Model<ALS_SCALAR>&, const Interactions<ALS_SCALAR>&);

template BestFit<ALS_SCALAR> detail::fit_until_best(const Interactions<ALS_SCALAR>&,
                                                    const Implicit&, const Training&,
                                                    const MetricOfModel<ALS_SCALAR>&,
                                                    const EarlyStopping&);
template BestFit<ALS_SCALAR> detail::fit_until_best(const Interactions<ALS_SCALAR>&,
                                                    const Explicit&, const Training&,
                                                    const MetricOfModel<ALS_SCALAR>&,
                                                    const EarlyStopping&);
template Model<ALS_SCALAR> fit_with_checkpoints(const Interactions<ALS_SCALAR>&, const Implicit&,
                                                Training, const Checkpoints&);
template Model<ALS_SCALAR> fit_with_checkpoints(const Interactions<ALS_SCALAR>&, const Explicit&,
                                                Training, const Checkpoints&);
template std::vector<Trial<Implicit>> detail::tune(std::span<const Split<ALS_SCALAR>>,
                                                   const std::vector<Candidate<Implicit>>&,
                                                   const MetricOfSplit<ALS_SCALAR>&,
                                                   const TuneOptions<Implicit>&);
template std::vector<Trial<Explicit>> detail::tune(std::span<const Split<ALS_SCALAR>>,
                                                   const std::vector<Candidate<Explicit>>&,
                                                   const MetricOfSplit<ALS_SCALAR>&,
                                                   const TuneOptions<Explicit>&);

template Suggestion<Implicit> suggest(const Interactions<ALS_SCALAR>&, const Implicit&,
                                      const SuggestOptions&);
template Suggestion<Explicit> suggest(const Interactions<ALS_SCALAR>&, const Explicit&,
                                      const SuggestOptions&);

template FoldedIn<User, ALS_SCALAR> fold_in(const Model<ALS_SCALAR>&, const Row<Item, ALS_SCALAR>&);
template FoldedIn<Item, ALS_SCALAR> fold_in(const Model<ALS_SCALAR>&, const Row<User, ALS_SCALAR>&);
template FoldedIn<User, ALS_SCALAR> fold_in(const Model<ALS_SCALAR>&, const Row<Item, ALS_SCALAR>&,
                                            std::span<const ALS_SCALAR>);
template FoldedIn<Item, ALS_SCALAR> fold_in(const Model<ALS_SCALAR>&, const Row<User, ALS_SCALAR>&,
                                            std::span<const ALS_SCALAR>);
template std::vector<FoldedIn<User, ALS_SCALAR>> fold_in_users(const Model<ALS_SCALAR>&,
                                                               const Interactions<ALS_SCALAR>&,
                                                               int);
template std::vector<FoldedIn<Item, ALS_SCALAR>> fold_in_items(const Model<ALS_SCALAR>&,
                                                               const Interactions<ALS_SCALAR>&,
                                                               int);
template Model<ALS_SCALAR> update(const Model<ALS_SCALAR>&, const Interactions<ALS_SCALAR>&,
                                  const ChangedRows&, const UpdateOptions&);
template Model<ALS_SCALAR> update(Model<ALS_SCALAR>&&, const Interactions<ALS_SCALAR>&,
                                  const ChangedRows&, const UpdateOptions&);
template FoldedIn<User, ALS_SCALAR> draw(const Model<ALS_SCALAR>&, const Row<Item, ALS_SCALAR>&,
                                         std::uint64_t, double);
template FoldedIn<Item, ALS_SCALAR> draw(const Model<ALS_SCALAR>&, const Row<User, ALS_SCALAR>&,
                                         std::uint64_t, double);
template Explanation<ALS_SCALAR> explain(const Model<ALS_SCALAR>&, const Row<Item, ALS_SCALAR>&,
                                         Item);

template Model<ALS_SCALAR> popularity_model(const Interactions<ALS_SCALAR>&);
template Model<ALS_SCALAR> bias_model(const Interactions<ALS_SCALAR>&, const Explicit&);

}  // inline namespace
}  // namespace als

#undef ALS_SCALAR
