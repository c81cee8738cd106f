// SPDX-License-Identifier: MIT
// How does a script for LensKit's ImplicitMFScorer and BiasedMFScorer become a program for als?
//
// from_lenskit.py beside this file is the script; it prints the same numbers of ImplicitMF.
// docs/migration/lenskit.md has the table. For your own data:
// als::read_ratings<float>("ratings.csv").
#include <als/als.hpp>

#include <iomanip>
#include <iostream>

int main() {
    Eigen::Matrix<float, 7, 6> table;  // users x items, how often
    table << 5, 3, 2, 0, 0, 0,         //
        4, 0, 3, 0, 0, 1,              //
        0, 6, 3, 0, 0, 0,              //
        0, 0, 0, 7, 2, 0,              //
        0, 0, 1, 3, 4, 2,              //
        0, 0, 0, 0, 6, 5,              //
        3, 4, 0, 0, 0, 0;
    const Eigen::SparseMatrix<float> matrix = table.sparseView();
    const als::Interactions<float> ratings = als::users_by_items(matrix);
    const als::Training training{.factors = 2, .iterations = 200};
    const als::User user{3};

    const auto print = [&](const char* what, const als::Model<float>& model) {
        std::cout << std::left << std::setw(12) << what << std::fixed << std::setprecision(3);
        // recommend(pipeline, user, n=3): what the user has is left out.
        for (const auto& [item, score] :
             als::recommend(model, user, {.count = 3, .exclude = ratings[user]}))
            std::cout << "  " << item.index << ' ' << score;
        std::cout << '\n';
    };
    // ImplicitMFScorer(embedding_size=2, epochs=200, regularization=0.5, weight=2): it takes every
    // entry as 1, unless use_ratings=True.
    const auto ones = als::with_values(ratings, [](als::User, als::Item, float) { return 1; });
    const als::Implicit implicit{.alpha = 2, .regularization = 0.5, .regularization_exponent = 0};
    print("ImplicitMF", als::fit(ones, implicit, training));
    print("use_ratings", als::fit(ratings, implicit, training));

    // BiasedMFScorer(embedding_size=2, epochs=200, regularization=0.1, damping=5): biases come
    // first there; here they are trained together with the factors, with a penalty in the place of
    // damping.
    const als::Explicit biased{.regularization = 0.1, .bias_regularization = 0.1};
    const als::Model<float> model = als::fit(ratings, biased, training);
    print("BiasedMF", model);
}

// Output:
//
// ImplicitMF    5 0.677  2 0.242  0 -0.163
// use_ratings   5 0.810  2 0.228  0 -0.155
// BiasedMF      0 4.985  2 3.821  1 3.543
