// SPDX-License-Identifier: MIT
// Can models that were trained elsewhere answer here?
//
// Two files of float32, row after row, as NumPy's tofile writes them, become a model. For your own
// model: import USERS ITEMS FACTORS. docs/migration says how each library hands its factors out.
#include <als/als.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

namespace {

als::FactorMatrix<float> read_matrix(const std::filesystem::path& path, int factors) {
    const auto numbers =
        static_cast<Eigen::Index>(std::filesystem::file_size(path) / sizeof(float));
    als::FactorMatrix<float> matrix(numbers / factors, factors);
    std::ifstream file(path, std::ios::binary);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    file.read(reinterpret_cast<char*>(matrix.data()),
              static_cast<std::streamsize>(matrix.size()) * std::streamsize{sizeof(float)});
    return matrix;
}

/// Stands for another library.
void write(const std::filesystem::path& path, const std::vector<float>& numbers) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(numbers.data()),
               static_cast<std::streamsize>(numbers.size() * sizeof(float)));
}

}  // namespace

int main(int argc, char** argv) try {
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("als-" + std::to_string(std::random_device()()));
    std::filesystem::create_directory(folder);
    if (argc < 4) {  // three users, four items, two factors
        write(folder / "users.f32", {6, 4, 3, 4, 3, 6});
        write(folder / "items.f32", {5, 6, 6, 2, 3, 6, 4, 1});
    }
    const int factors = argc < 4 ? 2 : std::stoi(argv[3]);
    als::ModelParts<float> parts;
    parts.users.factors = read_matrix(argc < 4 ? folder / "users.f32" : argv[1], factors);
    parts.items.factors = read_matrix(argc < 4 ? folder / "items.f32" : argv[2], factors);

    // What the other library minimised: fold_in and explain need to know.
    const als::Implicit objective{.alpha = 40, .regularization = 0.1, .regularization_exponent = 0};
    const als::Model<float> model(std::move(parts), objective);
    for (const auto& [item, score] : als::recommend(model, als::User{0}, {.count = 4}))
        std::cout << "item " << item.index << ": " << score << '\n';
    als::save(model, folder / "imported.safetensors");  // with ids, if there are such
    std::filesystem::remove_all(folder);
} catch (const std::exception& error) {
    std::cerr << "import: " << error.what() << '\n';
    return 1;
}

// Output:
//
// item 0: 54
// item 1: 44
// item 2: 42
// item 3: 28
