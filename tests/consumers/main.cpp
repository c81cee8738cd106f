// SPDX-License-Identifier: MIT
// The program that every consumer project builds. It trains nothing; tests and examples do that.
#include <als/als.hpp>

#include <iostream>
#include <utility>

#ifdef _OPENMP
#include <omp.h>
#endif

int main() {
    als::ModelParts<float> parts;
    parts.users.factors = als::FactorMatrix<float>::Identity(4, 3);
    parts.items.factors = als::FactorMatrix<float>::Identity(3, 3);
    const als::Model<float> model(std::move(parts), als::Implicit{});
    const auto best = als::recommend(model, als::User{1}, {.count = 1});
    std::cout << "als " ALS_VERSION_STRING " recommends item " << best.at(0).id.index << ", "
#ifdef _OPENMP
              << (omp_get_max_threads() > 0 ? "with" : "broken")
#else
              << "without"
#endif
              << " OpenMP\n";
}
