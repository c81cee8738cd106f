// expect: write als::users_by_items<float>\(matrix\)
// SPDX-License-Identifier: MIT
// A matrix of integers has to say which scalar the model is to be made of.
#include <als/als.hpp>

als::Interactions<float> use(const Eigen::SparseMatrix<int>& matrix) {
#ifdef MISTAKE
    static_cast<void>(als::users_by_items(matrix));
#endif
    return als::users_by_items<float>(matrix);
}
