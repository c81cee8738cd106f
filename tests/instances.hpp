// SPDX-License-Identifier: MIT
// What takes longest to compile, kernels, training and fold-in, is compiled once, in
// instances_*.cpp, and linked by tests and examples, which the build makes include this header
// first.
#pragma once

#include <als/als.hpp>

#ifndef ALS_INSTANCE
#define ALS_INSTANCE extern template
#define ALS_INSTANCES_OF_FLOAT
#define ALS_INSTANCES_OF_DOUBLE
#endif

namespace als {

#define ALS_INSTANCES(Scalar)                                                              \
    ALS_INSTANCE class Interactions<Scalar>;                                               \
    ALS_INSTANCE class Model<Scalar>;                                                      \
    ALS_INSTANCE Ratings<Scalar> read_ratings(const std::filesystem::path&,                \
                                              const RatingsOptions&);                      \
    ALS_INSTANCE Ratings<Scalar> read_ratings(std::istream&, const std::string&,           \
                                              const RatingsOptions&);                      \
    ALS_INSTANCE std::vector<Scored<Item, Scalar>> recommend(const Model<Scalar>&, User,   \
                                                             const RecommendOptions&);     \
    ALS_INSTANCE std::vector<Scored<Item, Scalar>> recommend(                              \
        const Model<Scalar>&, const FoldedIn<User, Scalar>&, const RecommendOptions&);     \
    ALS_INSTANCE std::vector<std::vector<Scored<Item, Scalar>>> recommend(                 \
        const Model<Scalar>&, std::span<const User>, const BatchOptions<Scalar>&);         \
    ALS_INSTANCE Evaluation evaluate(const Model<Scalar>&, const Interactions<Scalar>&,    \
                                     const EvaluateOptions<Scalar>&);                      \
    ALS_INSTANCE ModelFile<Scalar> load_all(const std::filesystem::path&);                 \
    ALS_INSTANCE class detail::ModelWriter<Scalar>;                                        \
    ALS_INSTANCE const detail::Kernels<Scalar>& detail::kernels_for(InstructionSet);       \
    ALS_INSTANCE const detail::Kernels<Scalar>* detail::rounding_kernels(InstructionSet);  \
    ALS_INSTANCE class detail::RowSolver<Scalar>;                                          \
    ALS_INSTANCE class detail::NonNegativeSolver<Scalar>;                                  \
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

#ifdef ALS_INSTANCES_OF_FLOAT
ALS_INSTANCES(float)
#endif
#ifdef ALS_INSTANCES_OF_DOUBLE
ALS_INSTANCES(double)
ALS_INSTANCE Eigen::VectorXd detail::solve_symmetric<double>(const Eigen::MatrixXd&,
                                                             const Eigen::VectorXd&);
#endif

#undef ALS_INSTANCES
#undef ALS_INSTANCE

}  // namespace als
