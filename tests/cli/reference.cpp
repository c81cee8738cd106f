// SPDX-License-Identifier: MIT
// Writes the models that tests/cli/test.sh compares with those of the command line.
// Usage: cli_reference implicit|explicit RATINGS MODEL
#include <als/fit.hpp>
#include <als/model_file.hpp>
#include <als/ratings_file.hpp>

#include <cstdlib>
#include <string>

namespace {

template <typename Objective>
void write(const Objective& objective, const als::Training& training, const char* data,
           const char* path) {
    const auto ratings = als::read_ratings<float>(data);
    const auto model = als::fit(ratings.interactions, objective, training);
    als::save(model, path,
              {.users = &ratings.users,
               .items = &ratings.items,
               .seen = &ratings.interactions,
               .training = &training});
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return EXIT_FAILURE;
    if (std::string(argv[1]) == "implicit")
        write(als::Implicit{}, {}, argv[2], argv[3]);
    else
        write(als::Explicit{.regularization = 0.2,
                            .item_regularization = 0.3,
                            .regularization_exponent = 0.5,
                            .bias_regularization = 0.1},
              {.factors = 3,
               .iterations = 7,
               .seed = 11,
               .solver = als::Solver::conjugate_gradient,
               .conjugate_gradient_steps = 3,
               .threads = 1},
              argv[2], argv[3]);
    return EXIT_SUCCESS;
}
