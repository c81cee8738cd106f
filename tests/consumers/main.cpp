// SPDX-License-Identifier: MIT
// The one program that every consumer project builds: four users, two of one taste, two of another.
#include <als/als.hpp>

#include <Eigen/SparseCore>

#include <iostream>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

int main() {
    const std::vector<Eigen::Triplet<float>> cells{{0, 0, 1}, {0, 1, 1}, {1, 0, 1},
                                                   {2, 2, 1}, {2, 3, 1}, {3, 3, 1}};
    Eigen::SparseMatrix<float> matrix(4, 4);
    matrix.setFromTriplets(cells.begin(), cells.end());

    const auto plays = als::users_by_items(matrix);
    const auto model = als::fit(plays, als::Implicit{.alpha = 10}, {.factors = 2, .iterations = 5});
    const als::User user{1};
    const auto best = als::recommend(model, user, {.count = 1, .exclude = plays[user]});
    std::cout << "als " ALS_VERSION_STRING " recommends item " << best.at(0).id.index << ", "
#ifdef _OPENMP
              << (omp_get_max_threads() > 0 ? "with" : "broken")
#else
              << "without"
#endif
              << " OpenMP\n";
}
