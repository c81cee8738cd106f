// SPDX-License-Identifier: MIT
#include "callee.hpp"

float first_of(const als::FactorMatrix<float>& factors, als::User user) {
    return factors(user.index, 0);
}
