// SPDX-License-Identifier: MIT
// What does factorising a table of ratings look like?
//
// The six known ratings are there again. The guesses are no better than six ratings allow: nobody
// who rated A or C rated B or D. For your own table, fill `ratings`, a sparse matrix of any size;
// to read a file, see your_data.cpp.
#include <als/als.hpp>

#include <iomanip>
#include <iostream>

int main() {
    // Users 1 to 3 rated movies A to D; 0 means not rated, and sparseView() leaves it out.
    Eigen::Matrix<float, 3, 4> table;
    table << 5, 0, 3, 0,  //
        0, 4, 0, 2,       //
        1, 0, 5, 0;
    const Eigen::SparseMatrix<float> ratings = table.sparseView();

    // Two numbers for each user and each movie, and no biases: ratings are close to U V'.
    const als::Interactions<float> data = als::users_by_items(ratings);
    const als::Explicit objective{.regularization = 0.02, .biases = false};
    const als::Model<float> model = als::fit(data, objective, {.factors = 2, .iterations = 50});

    const als::FactorMatrix<float> U = model.user_factors();
    const als::FactorMatrix<float> V = model.item_factors();
    const Eigen::IOFormat digits(3, 0, "  ", "\n", "    ");
    std::cout << "U, one row per user:\n" << U.format(digits) << "\n\n";
    std::cout << "V, one row per movie:\n" << V.format(digits) << "\n\n";
    std::cout << "U V', all ratings, known and guessed:\n"
              << (U * V.transpose()).format(digits) << "\n\n";

    const als::User first{0};
    std::cout << "Not yet seen by user 1:\n" << std::setprecision(3);
    for (const auto& [movie, score] : als::recommend(model, first, {.exclude = data[first]}))
        std::cout << "    movie "
                  << "ABCD"[movie.index] << "  " << score << '\n';
}

// Output:
//
// U, one row per user:
//     -0.613    2.08
//        1.2    1.05
//      -1.86  0.0387
//
// V, one row per movie:
//     -0.495    2.24
//       1.87    1.65
//      -2.66   0.658
//      0.936   0.823
//
// U V', all ratings, known and guessed:
//      4.96   2.28      3   1.14
//      1.77   3.98  -2.49   1.99
//      1.01  -3.42   4.97  -1.71
//
// Not yet seen by user 1:
//     movie B  2.28
//     movie D  1.14
