// expect: could not convert|no viable conversion|no matching function|cannot convert
// SPDX-License-Identifier: MIT
// A list of users for an item excludes users: a column, not a row.
#include <als/als.hpp>

void use(const als::Model<float>& model, const als::Interactions<float>& data) {
#ifdef MISTAKE
    using Result =
        decltype(als::recommend_users(model, als::Item{1}, {.exclude = data[als::User{1}]}));
#else
    using Result =
        decltype(als::recommend_users(model, als::Item{1}, {.exclude = data[als::Item{1}]}));
#endif
}
