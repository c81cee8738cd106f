// expect: no matching function for call to .predict
// SPDX-License-Identifier: MIT
// The user comes first, and the types enforce it.
#include <als/als.hpp>

void use(const als::Model<float>& model, const als::Interactions<float>& data) {
#ifdef MISTAKE
    using Result = decltype(als::predict(model, als::Item{1}, als::User{2}));
#else
    using Result = decltype(als::predict(model, als::User{2}, als::Item{1}));
#endif
    static_cast<void>(data);
}
