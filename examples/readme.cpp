// SPDX-License-Identifier: MIT
// Which bands should each listener hear next?
#include <als/als.hpp>

#include <iostream>

int main() {
    Eigen::SparseMatrix<float> plays(4, 5);  // four listeners, five bands
    const std::vector<Eigen::Triplet<float>> counts{{0, 0, 31}, {0, 1, 12}, {1, 0, 7}, {1, 1, 25},
                                                    {1, 2, 4},  {2, 3, 16}, {2, 4, 9}, {3, 3, 22}};
    plays.setFromTriplets(counts.begin(), counts.end());

    const auto data = als::users_by_items(plays);  // the orientation is said, never guessed
    const als::Model<float> model = als::fit(data, als::Implicit{}, {.factors = 2});

    for (const als::User user : {als::User{0}, als::User{3}})
        for (const auto& [item, score] :
             als::recommend(model, user, {.count = 1, .exclude = data[user]}))
            std::cout << "listener " << user.index << ": band " << item.index << '\n';
}
