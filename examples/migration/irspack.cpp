// SPDX-License-Identifier: MIT
// How does a script for irspack's IALSRecommender become a program for als?
//
// from_irspack.py beside this file is the script; it prints the same numbers.
// docs/migration/irspack.md has the table. For your own data:
// als::read_ratings<float>("clicks.csv", {.value_column = -1}).
#include <als/als.hpp>

#include <cmath>
#include <iomanip>
#include <iostream>

int main() {
    Eigen::Matrix<float, 7, 6> table;  // users x items, 1: clicked
    table << 1, 1, 0, 0, 0, 0,         //
        1, 0, 1, 0, 0, 1,              //
        0, 1, 1, 0, 0, 0,              //
        0, 0, 0, 1, 1, 0,              //
        0, 0, 1, 1, 1, 0,              //
        0, 0, 0, 0, 1, 1,              //
        1, 0, 0, 1, 0, 1;
    const Eigen::SparseMatrix<float> matrix = table.sparseView();
    const als::Interactions<float> clicks = als::users_by_items(matrix);

    // IALSRecommender(X, n_components=2, alpha0=0.5, reg=0.05, nu=1): a click counts
    // (y - 1)^2 + alpha0 y^2 there, another cell alpha0 y^2, and a row's penalty is
    // reg (alpha0 items + clicks)^nu.
    const double alpha0 = 0.5, reg = 0.05, nu = 1;
    const als::Implicit objective{.alpha = 1 / alpha0,
                                  .regularization = reg * (1 + alpha0) * std::pow(alpha0, nu - 1),
                                  .regularization_exponent = nu,
                                  .row_weight = als::RowWeight::confidence};
    const auto model = als::fit(clicks, objective, {.factors = 2, .iterations = 200});

    // get_score_remove_seen: scores are smaller by 1 + alpha0 there; lists are the same.
    const auto print = [&](const char* what,
                           const std::vector<als::Scored<als::Item, float>>& list) {
        std::cout << std::left << std::setw(14) << what << std::fixed << std::setprecision(3);
        for (const auto& [item, score] : list)
            std::cout << "  " << item.index << ' ' << score / (1 + alpha0);
        std::cout << '\n';
    };
    for (als::User user; user.index < 3; ++user.index)
        print("a user", als::recommend(model, user, {.count = 3, .exclude = clicks[user]}));

    // get_score_cold_user_remove_seen
    const als::History<als::Item, float> history{{als::Item{3}, 1}, {als::Item{5}, 1}};
    print("a newcomer",
          als::recommend(model, als::fold_in(model, history), {.count = 3, .exclude = history}));

    // loss_type="ORIGINAL", nu=0: the objective of Hu, Koren, Volinsky, divided by alpha0
    const als::Implicit original{
        .alpha = 1 / alpha0, .regularization = reg / alpha0, .regularization_exponent = 0};
    std::cout << "ORIGINAL, nu = 0: user 0, item 2: "
              << als::predict(als::fit(clicks, original, {.factors = 2, .iterations = 200}),
                              als::User{0}, als::Item{2})
              << '\n';
}

// Output:
//
// a user          2 0.403  5 0.194  3 -0.049
// a user          1 0.385  3 0.313  4 0.196
// a user          0 0.503  5 0.243  3 0.016
// a newcomer      4 0.477  2 0.297  0 0.211
// ORIGINAL, nu = 0: user 0, item 2: 0.678
