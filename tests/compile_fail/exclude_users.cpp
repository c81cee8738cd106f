// expect: could not convert|no viable conversion|no matching function|cannot convert
// SPDX-License-Identifier: MIT
// A list of items for a user excludes items: a row, not a column.
#include <als/als.hpp>

void use(const als::Model<float>& model, const als::Interactions<float>& data) {
#ifdef MISTAKE
    using Result = decltype(als::recommend(model, als::User{1}, {.exclude = data[als::Item{1}]}));
#else
    using Result = decltype(als::recommend(model, als::User{1}, {.exclude = data[als::User{1}]}));
#endif
}
