// SPDX-License-Identifier: MIT
// Is a model that several machines train the model of one machine, also if one of them fails?
//
// mpirun -np 3 planted FILE [ITERATION]: trains on a planted world, of which each rank makes its
// own users, with checkpoints in FILE, and compares the result with als::fit. If ITERATION is
// given, the last rank kills itself then: run it again without, on any number of ranks.
#include "../support/planted_world.hpp"
#include <als/als.hpp>
#include <als/mpi.hpp>

#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace {

int run(const als::mpi::Group& group, const std::string& file, int killed_in) {
    const support::PlantedWorld world({.users = 4000, .items = 3000});
    const auto plays = world.plays();

    // Any entries may come from any rank: here each third, on three ranks.
    std::vector<als::Entry<float>> mine;
    for (const auto& entry : plays.entries())
        if (entry.user.index % group.size() == group.rank()) mine.push_back(entry);
    const als::mpi::Interactions<float> data(group, plays.user_count(), plays.item_count(), mine);

    als::Training training{.factors = 32, .iterations = 8};
    training.observer = [&](const als::Progress& progress) {
        if (group.rank() == 0)
            std::cout << "iteration " << progress.iteration << " on " << group.size()
                      << " ranks: objective " << progress.objective << std::endl;
        if (progress.iteration == killed_in && group.rank() == group.size() - 1)
            std::raise(SIGKILL);
        return als::Next::go_on;
    };
    const auto model = als::mpi::gathered(
        group, als::mpi::fit(group, data, als::Implicit{}, training, {.path = file, .every = 2}));
    if (group.rank() != 0) return 0;

    training.observer = {};
    const auto alone = als::fit(plays, als::Implicit{}, training);
    const bool same = model.user_factors() == alone.user_factors() &&
                      model.item_factors() == alone.item_factors();
    std::cout << (same ? "the model is that of one process, bit for bit\n"
                       : "the model DIFFERS from that of one process\n");
    return same ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const als::mpi::Session session(argc, argv);
    try {
        const als::mpi::Group group;
        return run(group, argc > 1 ? argv[1] : "planted.safetensors",
                   argc > 2 ? std::stoi(argv[2]) : 0);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
