// SPDX-License-Identifier: MIT
// How does a program for Spark's ALS become one for als?
//
// from_spark.py beside this file is the program; it prints the same numbers.
// docs/migration/spark.md has the table. For your own data:
// als::read_ratings<float>("ratings.csv"), whose ids may be any text.
#include <als/als.hpp>

#include <iomanip>
#include <iostream>

namespace {

void print(const als::Model<float>& model) {
    std::cout << std::fixed << std::setprecision(3);
    // model.recommendForAllUsers(2): it does not leave out what users have rated.
    als::recommend_everyone(model, {.count = 2}, [](als::User user, auto items) {
        std::cout << "  user " << user.index << ':';
        for (const auto& [item, score] : items) std::cout << "  " << item.index << ' ' << score;
        std::cout << '\n';
    });
}

}  // namespace

int main() {
    Eigen::Matrix<float, 6, 5> table;  // users x items, 0: not rated
    table << 5, 4, 0, 1, 0,            //
        4, 0, 4, 1, 2,                 //
        1, 2, 0, 5, 4,                 //
        0, 1, 2, 4, 5,                 //
        2, 0, 1, 0, 4,                 //
        5, 5, 4, 2, 0;
    const Eigen::SparseMatrix<float> matrix = table.sparseView();
    const als::Interactions<float> ratings = als::users_by_items(matrix);

    // ALS(rank=2, maxIter=100, regParam=0.1): lambda grows with a row's number of ratings, which is
    // the default here, too; Spark has no biases.
    std::cout << "ratings\n";
    const als::Explicit stars{.regularization = 0.1, .biases = false};
    const auto model = als::fit(ratings, stars, {.factors = 2, .iterations = 100});
    print(model);

    // model.recommendForAllItems(2), and model.transform(test)
    std::cout << "  item 2:";
    for (const auto& [user, score] : als::recommend_users(model, als::Item{2}, {.count = 2}))
        std::cout << "  " << user.index << ' ' << score;
    std::cout << "\n  user 0, item 2: " << als::predict(model, als::User{0}, als::Item{2}) << '\n';

    // implicitPrefs=True: lambda grows there with the number of ratings above 0.
    std::cout << "implicitPrefs\n";
    const als::Implicit events{.alpha = 1, .regularization = 0.1, .regularization_exponent = 1};
    print(als::fit(ratings, events, {.factors = 2, .iterations = 100}));

    // nonnegative=True
    std::cout << "nonnegative\n";
    const als::Explicit positive{.regularization = 0.1, .biases = false, .non_negative = true};
    print(als::fit(ratings, positive, {.factors = 2, .iterations = 100}));
}

// Output:
//
// ratings
//   user 0:  0 4.567  1 4.139
//   user 1:  0 4.106  1 3.733
//   user 2:  4 4.410  3 4.265
//   user 3:  4 4.388  3 4.217
//   user 4:  4 3.724  3 3.495
//   user 5:  0 4.903  1 4.505
//   item 2:  5 4.145  0 3.798
//   user 0, item 2: 3.798
// implicitPrefs
//   user 0:  1 1.057  3 0.980
//   user 1:  4 1.013  2 0.993
//   user 2:  0 1.024  3 0.995
//   user 3:  0 1.006  4 0.921
//   user 4:  4 1.015  2 0.978
//   user 5:  0 1.030  3 1.018
// nonnegative
//   user 0:  0 4.567  1 4.139
//   user 1:  0 4.106  1 3.733
//   user 2:  4 4.410  3 4.265
//   user 3:  4 4.388  3 4.217
//   user 4:  4 3.724  3 3.495
//   user 5:  0 4.903  1 4.505
