// SPDX-License-Identifier: MIT
// Where tests find files: those of the sources, real data, which are never part of them, and those
// that tests write themselves.
#pragma once

#include "../examples/support/temporary_folder.hpp"

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace als_test {

/// A file of tests/files/.
inline std::filesystem::path test_file(const std::string& name) {
    return std::filesystem::path(ALS_TEST_FILES_DIR) / name;
}

/// Returns the folder of a public data set, or nothing, with a message, if it is absent. Looks in
/// the environment's ALS_DATA_DIR, else beside the sources. If ALS_REQUIRE_DATA is set, absence is
/// an error, so that a run meant to test the data cannot pass without them.
inline std::optional<std::filesystem::path> data_folder(const std::string& name) {
    const char* from_environment = std::getenv("ALS_DATA_DIR");
    const std::filesystem::path folder =
        std::filesystem::path(from_environment ? from_environment : ALS_TEST_DATA_DIR) / name;
    if (std::filesystem::is_directory(folder)) return folder;
    if (std::getenv("ALS_REQUIRE_DATA"))
        throw std::runtime_error("data_folder: ALS_REQUIRE_DATA is set, but there is no " +
                                 folder.string());
    std::cout << "skipped: no data in " << folder.string() << " (set ALS_DATA_DIR)\n";
    return std::nullopt;
}

/// An empty folder, removed at the end of its scope: `folder / "model"` is a path in it.
class Folder : public support::TemporaryFolder {
public:
    [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path() / name; }

    /// Number of files in it.
    [[nodiscard]] std::size_t files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path()),
                                                      std::filesystem::directory_iterator()));
    }
};

inline std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_bytes(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace als_test
