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
//   user 0:  0 4.937  2 4.705
//   user 1:  0 3.944  2 3.773
//   user 2:  3 4.546  4 4.187
//   user 3:  4 4.639  3 4.100
//   user 4:  3 4.818  4 3.831
//   user 5:  1 4.744  0 4.705
//   item 2:  0 4.705  5 4.210
//   user 0, item 2: 4.705
// implicitPrefs
//   user 0:  2 0.998  0 0.992
//   user 1:  2 0.964  0 0.942
//   user 2:  4 1.010  3 0.972
//   user 3:  4 0.980  3 0.962
//   user 4:  4 0.917  3 0.908
//   user 5:  2 0.999  0 0.993
// nonnegative
//   user 0:  0 4.874  2 4.605
//   user 1:  0 3.963  2 3.744
//   user 2:  3 4.368  4 4.352
//   user 3:  4 4.435  3 4.280
//   user 4:  3 4.176  4 3.854
//   user 5:  0 4.770  1 4.548
