// SPDX-License-Identifier: MIT
#include "callee.hpp"

int main() { return first_of(als::FactorMatrix<float>::Zero(1, 1), als::User{0}) == 0 ? 0 : 1; }
