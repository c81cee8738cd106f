// expect: no matching function for call to .recommend
// SPDX-License-Identifier: MIT
// A column of users folds in to an item, to which nothing can be recommended.
#include <als/als.hpp>

void use(const als::Model<float>& model, const als::Interactions<float>& data) {
#ifdef MISTAKE
    using Result = decltype(als::recommend(model, als::fold_in(model, data[als::Item{1}])));
#else
    using Result = decltype(als::recommend(model, als::fold_in(model, data[als::User{1}])));
#endif
}
