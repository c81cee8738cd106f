// SPDX-License-Identifier: MIT
// How does a script for the Python library `implicit` become a program for als?
//
// from_implicit.py beside this file is the script; it prints the same numbers.
// docs/migration/implicit.md has the table. For your own data:
// als::read_ratings<float>("plays.csv").interactions as `plays`.
#include <als/als.hpp>

#include <iomanip>
#include <iostream>

int main() {
    Eigen::Matrix<float, 7, 6> table;  // listeners x bands
    table << 5, 3, 2, 0, 0, 0,         //
        4, 0, 3, 0, 0, 1,              //
        0, 6, 3, 0, 0, 0,              //
        0, 0, 0, 7, 2, 0,              //
        0, 0, 1, 3, 4, 2,              //
        0, 0, 0, 0, 6, 5,              //
        3, 4, 0, 0, 0, 0;
    const Eigen::SparseMatrix<float> matrix = table.sparseView();
    const als::Interactions<float> plays = als::users_by_items(matrix);

    // AlternatingLeastSquares(factors=2, regularization=0.5, alpha=2): there, the confidence is
    // alpha * value. Here it is 1 + alpha * value, so the values are what is left above 1.
    const auto beyond_one = [](als::User, als::Item, float value) { return 2 * value - 1; };
    const als::Interactions<float> weighted = als::with_values(plays, beyond_one);
    const als::Implicit objective{.alpha = 1, .regularization = 0.5, .regularization_exponent = 0};
    const als::Model<float> model =
        als::fit(weighted, objective, {.factors = 2, .iterations = 200});

    const auto print = [](const char* what,
                          const std::vector<als::Scored<als::Item, float>>& list) {
        std::cout << std::left << std::setw(20) << what << std::fixed << std::setprecision(3);
        for (const auto& [band, score] : list) std::cout << "  " << band.index << ' ' << score;
        std::cout << '\n';
    };
    // recommend(3, plays[3], N=3): what the user has is left out by `exclude`.
    const als::User user{3};
    print("recommend", als::recommend(model, user, {.count = 3, .exclude = weighted[user]}));
    // filter_already_liked_items=False, filter_items=[3], items=[0, 2, 4]
    const std::vector<als::Item> filtered{als::Item{3}};
    const std::vector<als::Item> wanted{als::Item{0}, als::Item{2}, als::Item{4}};
    print("nothing left out", als::recommend(model, user, {.count = 3}));
    print("filter_items", als::recommend(model, user, {.count = 3, .deny = filtered}));
    print("items", als::recommend(model, user, {.count = 3, .allow = wanted}));

    // recalculate_user=True: a user who is not in the model, with 2 * value - 1 as in training
    const als::History<als::Item, float> history{{als::Item{0}, 2 * 3 - 1},
                                                 {als::Item{2}, 2 * 1 - 1}};
    print("recalculate_user",
          als::recommend(model, als::fold_in(model, history), {.count = 3, .exclude = history}));
    // similar_items(3, N=3): there the list begins with the item itself
    print("similar_items", als::similar_items(model, als::Item{3}, {.count = 2}));
}

// Output:
//
// recommend             5 0.819  2 0.214  0 -0.144
// nothing left out      4 0.953  3 0.912  5 0.819
// filter_items          4 0.953  5 0.819  2 0.214
// items                 4 0.953  2 0.214  0 -0.144
// recalculate_user      1 0.828  5 0.306  4 0.018
// similar_items         4 0.999  5 0.915
