// SPDX-License-Identifier: MIT
// What takes longest to compile, training and fold-in, is compiled once, in instances.cpp, and
// linked by tests and examples, which the build makes include this header first.
#pragma once

#include <als/als.hpp>

#ifndef ALS_INSTANCE
#define ALS_INSTANCE extern template
#endif

namespace als {

#define ALS_INSTANCES(Scalar)                                                              \
    ALS_INSTANCE class detail::RowSolver<Scalar>;                                          \
    ALS_INSTANCE class detail::Whitening<Scalar>;                                          \
    ALS_INSTANCE Model<Scalar> detail::train(const Interactions<Scalar>&, const Implicit&, \
                                             const Training&, const Model<Scalar>*);       \
    ALS_INSTANCE Model<Scalar> detail::train(const Interactions<Scalar>&, const Explicit&, \
                                             const Training&, const Model<Scalar>*);       \
    ALS_INSTANCE FoldedIn<User, Scalar> detail::fold_in_row(const Model<Scalar>&,          \
                                                            const Row<Item, Scalar>&);     \
    ALS_INSTANCE FoldedIn<Item, Scalar> detail::fold_in_row(const Model<Scalar>&,          \
                                                            const Row<User, Scalar>&);     \
    ALS_INSTANCE std::vector<FoldedIn<User, Scalar>> detail::fold_in_rows(                 \
        const Model<Scalar>&, const Interactions<Scalar>&, int);                           \
    ALS_INSTANCE std::vector<FoldedIn<Item, Scalar>> detail::fold_in_rows(                 \
        const Model<Scalar>&, const Interactions<Scalar>&, int);                           \
    ALS_INSTANCE Explanation<Scalar> detail::explained(const Model<Scalar>&,               \
                                                       const Row<Item, Scalar>&, Item);    \
    ALS_INSTANCE double objective_value(const Model<Scalar>&, const Interactions<Scalar>&);

ALS_INSTANCES(float)
ALS_INSTANCES(double)

#undef ALS_INSTANCES
#undef ALS_INSTANCE

}  // namespace als
