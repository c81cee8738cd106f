// SPDX-License-Identifier: MIT
// Reads a file of ratings and prints how long it took. peers/reading.py runs it.
//
//     reading FILE [error|sum|last [THREADS]]
//
// The word says what repeated pairs mean. Without a number of threads, it uses as many as OpenMP
// would. The file is read once beforehand, so that it comes from memory.
#include "memory.hpp"
#include <als/ratings_file.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void read_through(const char* path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<char> block(1 << 20);
    while (file.read(block.data(), static_cast<std::streamsize>(block.size()))) {
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2 || count > 4) {
        std::fputs("usage: reading FILE [error|sum|last [THREADS]]\n", stderr);
        return 2;
    }
    const std::string_view duplicates = count > 2 ? arguments[2] : "error";
    try {
        als::RatingsOptions options;
        if (duplicates == "sum")
            options.duplicates = als::Duplicates::sum;
        else if (duplicates == "last")
            options.duplicates = als::Duplicates::last;
        else if (duplicates != "error")
            throw als::InputError("duplicates are error, sum or last");
        if (count > 3) options.threads = std::stoi(arguments[3]);
        read_through(arguments[1]);
        const auto begin = std::chrono::steady_clock::now();
        const auto ratings = als::read_ratings<float>(arguments[1], options);
        const double seconds = seconds_since(begin);
        std::printf(
            "{\"seconds\": %.4f, \"users\": %d, \"items\": %d, \"entries\": %lld, "
            "\"peak_mib\": %.0f}\n",
            seconds, ratings.users.size(), ratings.items.size(),
            static_cast<long long>(ratings.interactions.size()),
            static_cast<double>(memory::peak()) / (1 << 20));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "reading: %s\n", error.what());
        return 1;
    }
    return 0;
}
