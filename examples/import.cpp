// SPDX-License-Identifier: MIT
// Can models that were trained elsewhere answer here? Two matrices of float32, row after row, as
// NumPy's tofile writes them, become a model. Usage: import USERS ITEMS FACTORS
#include "support/temporary_folder.hpp"
#include <als/als.hpp>

#include <cstddef>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace {

als::FactorMatrix<float> read_matrix(const std::filesystem::path& path, int factors) {
    const auto numbers =
        static_cast<Eigen::Index>(std::filesystem::file_size(path) / sizeof(float));
    als::FactorMatrix<float> matrix(numbers / factors, factors);
    std::ifstream file(path, std::ios::binary);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    file.read(
        reinterpret_cast<char*>(matrix.data()),
        static_cast<std::streamsize>(static_cast<std::size_t>(matrix.size()) * sizeof(float)));
    return matrix;
}

/// Stands for another library: its factors of 3 users and 4 items, in two files.
void write_made_up(const std::filesystem::path& folder) {
    const float users[] = {6, 4, 3, 4, 3, 6};
    const float items[] = {5, 6, 6, 2, 3, 6, 4, 1};
    std::ofstream(folder / "users.f32", std::ios::binary)
        .write(reinterpret_cast<const char*>(users), sizeof users);
    std::ofstream(folder / "items.f32", std::ios::binary)
        .write(reinterpret_cast<const char*>(items), sizeof items);
}

}  // namespace

int main(int argc, char** argv) try {
    const support::TemporaryFolder folder;
    if (argc < 4) write_made_up(folder.path());
    const int factors = argc < 4 ? 2 : std::stoi(argv[3]);
    als::ModelParts<float> parameters;
    parameters.users.factors =
        read_matrix(argc < 4 ? folder.path() / "users.f32" : argv[1], factors);
    parameters.items.factors =
        read_matrix(argc < 4 ? folder.path() / "items.f32" : argv[2], factors);

    // What the other library minimised: fold_in and explain need to know.
    const als::Implicit objective{.alpha = 40, .regularization = 0.1, .regularization_exponent = 0};
    const als::Model<float> model(std::move(parameters), objective);
    for (const auto& [item, score] : als::recommend(model, als::User{0}, {.count = 4}))
        std::cout << "item " << item.index << ": " << score << '\n';
    als::save(model, folder.path() / "imported.safetensors");  // with ids, if there are such
} catch (const std::exception& error) {
    std::cerr << "import: " << error.what() << '\n';
    return EXIT_FAILURE;
}

// Output:
//
// item 0: 54
// item 1: 44
// item 2: 42
// item 3: 28
