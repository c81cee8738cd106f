// expect: no match for .operator\[\].|no viable overloaded operator\[\]
// SPDX-License-Identifier: MIT
// A bare number is neither a user nor an item.
#include <als/als.hpp>

void use(const als::Model<float>& model, const als::Interactions<float>& data) {
#ifdef MISTAKE
    using Result = decltype(data[3]);
#else
    using Result = decltype(data[als::User{3}]);
#endif
    static_cast<void>(model);
}
