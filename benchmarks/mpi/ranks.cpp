// SPDX-License-Identifier: MIT
// How much faster is training on several ranks, how much memory does each take, and how much do
// they send?
//
//     mpirun -np 2 ranks ml20m 64 3        # shape, factors, iterations
//
// Every rank generates all data of the shape (see shapes.hpp) and keeps only its share. The first
// iteration is not counted.
#include "../memory.hpp"
#include "../shapes.hpp"
#include <als/mpi.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <vector>

int main(int argc, char** argv) {
    const als::mpi::Session session(argc, argv);
    const als::mpi::Group group;
    const std::string_view name = argc > 1 ? argv[1] : "ml1m";
    const auto& shapes = shapes::all();
    const auto shape =
        std::find_if(shapes.begin(), shapes.end(), [&](const auto& s) { return s.name == name; });
    if (shape == shapes.end()) return 2;
    std::vector<als::Entry<float>> mine;
    {
        const auto whole = shapes::generate(*shape);
        const std::int32_t begin = shape->users / group.size() * group.rank();
        const std::int32_t end = group.rank() + 1 == group.size()
                                     ? shape->users
                                     : shape->users / group.size() * (group.rank() + 1);
        for (als::User user{begin}; user.index < end; ++user.index)
            for (const auto& [item, value] : whole[user]) mine.push_back({user, item, value});
    }
    const als::mpi::Interactions<float> data(group, shape->users, shape->items, mine);
    mine = {};
    memory::reset_peak();

    als::Training training{.factors = argc > 2 ? std::atoi(argv[2]) : 64,
                           .iterations = argc > 3 ? std::atoi(argv[3]) : 3};
    if (const char* threads = std::getenv("OMP_NUM_THREADS")) training.threads = std::atoi(threads);
    const auto measure = [&](int iterations) {
        training.iterations = iterations;
        MPI_Barrier(group.communicator());
        const std::int64_t before = group.received();
        const double start = MPI_Wtime();
        static_cast<void>(als::mpi::fit(group, data, als::Implicit{}, training));
        MPI_Barrier(group.communicator());
        return std::pair(MPI_Wtime() - start, group.received() - before);
    };
    const int iterations = training.iterations;
    const auto [first_seconds, first_bytes] = measure(1);
    const auto [seconds, bytes] = measure(1 + iterations);
    const double per = iterations;
    std::int64_t figures[] = {(bytes - first_bytes) / static_cast<std::int64_t>(per),
                              memory::peak()};
    MPI_Allreduce(MPI_IN_PLACE, figures, 2, MPI_INT64_T, MPI_MAX, group.communicator());
    if (group.rank() == 0)
        std::cout << name << ", " << training.factors << " factors, " << group.size()
                  << " ranks of " << training.threads
                  << " threads: " << (seconds - first_seconds) / per << " s, "
                  << static_cast<double>(figures[0]) / 1e6
                  << " MB received by a rank, each iteration; "
                  << static_cast<double>(figures[1]) / 1e6 << " MB peak memory of a rank\n";
}
