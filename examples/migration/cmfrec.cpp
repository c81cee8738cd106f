// SPDX-License-Identifier: MIT
// How does a script for cmfrec (CMF_implicit, CMF) become a program for als?
//
// from_cmfrec.py beside this file is the script; it prints the same numbers.
// docs/migration/cmfrec.md has the table. For your own data:
// als::read_ratings<float>("plays.csv").interactions as `plays`.
#include <als/als.hpp>

#include <cmath>
#include <iomanip>
#include <iostream>

int main() {
    Eigen::Matrix<double, 7, 6> table;  // users x items
    table << 5, 3, 2, 0, 0, 0,          //
        4, 0, 3, 0, 0, 1,               //
        0, 6, 3, 0, 0, 0,               //
        0, 0, 0, 7, 2, 0,               //
        0, 0, 1, 3, 4, 2,               //
        0, 0, 0, 0, 6, 5,               //
        3, 4, 0, 0, 0, 0;
    const Eigen::SparseMatrix<double> matrix = table.sparseView();
    const als::Interactions<double> plays = als::users_by_items(matrix);
    const als::Training training{.factors = 2, .iterations = 200};
    const als::User user{3};

    const auto print = [](const char* what,
                          const std::vector<als::Scored<als::Item, double>>& list) {
        std::cout << std::left << std::setw(13) << what << std::fixed << std::setprecision(3);
        for (const auto& [item, score] : list) std::cout << "  " << item.index << ' ' << score;
        std::cout << '\n';
    };
    // CMF_implicit(k=2, lambda_=0.5, alpha=2): lambda is the same for all rows. topN(user=3, n=3,
    // exclude=...): items that the user has are in the list unless they are excluded.
    const als::Implicit objective{.alpha = 2, .regularization = 0.5, .regularization_exponent = 0};
    const als::Model<double> model = als::fit(plays, objective, training);
    print("topN", als::recommend(model, user, {.count = 3, .exclude = plays[user]}));

    // topN_warm(X_col=[0, 2], X_val=[3, 1])
    const als::History<als::Item, double> history{{als::Item{0}, 3}, {als::Item{2}, 1}};
    print("topN_warm", als::recommend(model, als::fold_in(model, history), {.count = 3}));

    // CMF(k=2, lambda_=0.5) for ratings: mean and biases with the same lambda for all rows
    als::Explicit ratings{
        .regularization = 0.5, .regularization_exponent = 0, .bias_regularization = 0.5};
    print("CMF", als::recommend(als::fit(plays, ratings, training), user, {.count = 3}));
    // scale_lam=True: lambda times the row's number of ratings
    ratings = {.regularization = 0.05, .bias_regularization = 0.05};
    print("scale_lam", als::recommend(als::fit(plays, ratings, training), user, {.count = 3}));
}

// Output:
//
// topN           5 0.810  2 0.228  0 -0.155
// topN_warm      0 0.868  2 0.849  1 0.846
// CMF            3 6.604  0 4.968  1 3.814
// scale_lam      3 6.920  0 5.040  2 3.925
