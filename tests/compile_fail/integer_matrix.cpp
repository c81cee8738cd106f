// expect: write als::users_by_items<float>\(matrix\)
// SPDX-License-Identifier: MIT
// For a matrix of integers, the caller has to choose the scalar of the model.
#include <als/als.hpp>

als::Interactions<float> use(const Eigen::SparseMatrix<int>& matrix) {
#ifdef MISTAKE
    static_cast<void>(als::users_by_items(matrix));
#endif
    return als::users_by_items<float>(matrix);
}
