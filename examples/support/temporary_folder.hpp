// SPDX-License-Identifier: MIT
// A folder of its own for files that an example writes.
#pragma once

#include <filesystem>
#include <random>
#include <string>
#include <system_error>

namespace support {

/// An empty folder among the temporary files; it is removed, with what is in it, at the end of its
/// scope.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::random_device random;
        do path_ = std::filesystem::temp_directory_path() / ("als_" + std::to_string(random()));
        while (!std::filesystem::create_directory(path_));
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace support
