// SPDX-License-Identifier: MIT
// Explicit instantiations for the scalar ALS_SCALAR: all functions that solve rows.
#include <als/detail/baselines.hpp>
#include <als/detail/checkpoint.hpp>
#include <als/detail/early_stopping.hpp>
#include <als/detail/explain.hpp>
#include <als/detail/fit.hpp>
#include <als/detail/fold_in.hpp>
#include <als/detail/tune.hpp>

namespace als {
inline namespace ALS_ABI {

using Scalar = ALS_SCALAR;
using Data = Interactions<Scalar>;

template Model<Scalar> fit(const Data&, const Implicit&, const Training&);
template Model<Scalar> fit(const Data&, const Explicit&, const Training&);
template Model<Scalar> fit(const Data&, const Implicit&, const Training&, const Model<Scalar>&);
template Model<Scalar> fit(const Data&, const Explicit&, const Training&, const Model<Scalar>&);
template double objective_value(const Model<Scalar>&, const Data&);

template BestFit<Scalar> detail::fit_until_best(const Data&, const Implicit&, const Training&,
                                                const MetricOfModel<Scalar>&, const EarlyStopping&);
template BestFit<Scalar> detail::fit_until_best(const Data&, const Explicit&, const Training&,
                                                const MetricOfModel<Scalar>&, const EarlyStopping&);
template Model<Scalar> fit_with_checkpoints(const Data&, const Implicit&, Training,
                                            const Checkpoints&);
template Model<Scalar> fit_with_checkpoints(const Data&, const Explicit&, Training,
                                            const Checkpoints&);
template std::vector<Trial<Implicit>> detail::tune(std::span<const Split<Scalar>>,
                                                   const std::vector<Candidate<Implicit>>&,
                                                   const MetricOfSplit<Scalar>&,
                                                   const TuneOptions<Implicit>&);
template std::vector<Trial<Explicit>> detail::tune(std::span<const Split<Scalar>>,
                                                   const std::vector<Candidate<Explicit>>&,
                                                   const MetricOfSplit<Scalar>&,
                                                   const TuneOptions<Explicit>&);

template FoldedIn<User, Scalar> fold_in(const Model<Scalar>&, const Row<Item, Scalar>&);
template FoldedIn<Item, Scalar> fold_in(const Model<Scalar>&, const Row<User, Scalar>&);
template std::vector<FoldedIn<User, Scalar>> fold_in_users(const Model<Scalar>&, const Data&, int);
template std::vector<FoldedIn<Item, Scalar>> fold_in_items(const Model<Scalar>&, const Data&, int);
template Explanation<Scalar> explain(const Model<Scalar>&, const Row<Item, Scalar>&, Item);

template Model<Scalar> popularity_model(const Data&);
template Model<Scalar> bias_model(const Data&, const Explicit&);

}  // inline namespace
}  // namespace als
