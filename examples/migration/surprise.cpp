// SPDX-License-Identifier: MIT
// How does a script for Surprise (SVD, BaselineOnly, cross_validate) become a program for als?
//
// from_surprise.py beside this file is the script; it prints the same predictions.
// docs/migration/surprise.md has the table. For your own data:
// als::read_ratings<double>("ratings.csv").
#include <als/als.hpp>

#include <iomanip>
#include <iostream>

int main() {
    Eigen::Matrix<double, 6, 5> table;  // users x items, 0: not rated
    table << 5, 4, 5, 0, 0,             //
        4, 0, 4, 1, 0,                  //
        1, 0, 0, 5, 4,                  //
        0, 1, 0, 4, 5,                  //
        0, 0, 2, 0, 4,                  //
        5, 5, 4, 0, 0;
    const Eigen::SparseMatrix<double> matrix = table.sparseView();
    const als::Interactions<double> ratings = als::users_by_items(matrix);
    std::cout << std::fixed << std::setprecision(2);

    const auto print = [](const char* what, const als::Model<double>& model) {
        std::cout << what;
        for (const als::User user : {als::User{0}, als::User{1}, als::User{2}})
            std::cout << "  " << als::predict(model, user, als::Item{2}, {.clip = true});
        std::cout << '\n';
    };
    // BaselineOnly(bsl_options={"reg_u": 10, "reg_i": 10}): the same penalty for all rows
    const als::Explicit baseline{.regularization_exponent = 0, .bias_regularization = 10};
    print("BaselineOnly", als::bias_model(ratings, baseline));

    // SVD(n_factors=2, reg_all=0.1): a penalty for each rating, hence n times for a row of n. There
    // it is approached by gradient steps, here each row is solved.
    const als::Explicit svd{.regularization = 0.1, .bias_regularization = 0.1};
    const als::Training training{.factors = 2, .iterations = 500};
    const als::Model<double> model = als::fit(ratings, svd, training);
    print("SVD         ", model);

    // cross_validate(SVD(), data, measures=["RMSE", "MAE"], cv=5)
    double rmse = 0, mae = 0;
    const auto parts = als::folds(ratings, 5);
    for (const auto& [train, test] : parts) {
        const als::Model<double> fitted = als::fit(train, svd, training);
        rmse += als::rmse(fitted, test, {.clip = true}) / 5;
        mae += als::mae(fitted, test, {.clip = true}) / 5;
    }
    std::cout << "RMSE " << rmse << ", MAE " << mae << " in " << parts.size() << " folds\n";

    // get_top_n of Surprise's FAQ
    std::cout << "top of user 1:";
    for (const auto& [item, rating] :
         als::recommend(model, als::User{1}, {.count = 2, .exclude = ratings[als::User{1}]}))
        std::cout << "  " << item.index << ' ' << rating;
    std::cout << '\n';
}

// Output:
//
// BaselineOnly  3.94  3.55  3.61
// SVD           4.86  3.91  1.75
// RMSE 1.79, MAE 1.55 in 5 folds
// top of user 1:  4 3.54  1 2.92
