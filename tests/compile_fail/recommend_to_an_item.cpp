// expect: no matching function for call to .recommend
// SPDX-License-Identifier: MIT
// Items can only be recommended to users, not to an item.
#include <als/als.hpp>

void use(const als::Model<float>& model, const als::Interactions<float>& data) {
#ifdef MISTAKE
    using Result = decltype(als::recommend(model, als::Item{3}));
#else
    using Result = decltype(als::recommend(model, als::User{3}));
#endif
    static_cast<void>(data);
}
