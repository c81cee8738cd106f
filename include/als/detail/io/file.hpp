// SPDX-License-Identifier: MIT
// Files of the operating system: one that appears whole or not at all, and one that can be read at
// any position.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/detail/io/system.hpp>
#include <als/error.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Returns a path in UTF-8, for messages.
inline std::string text_of(const std::filesystem::path& path) {
    const auto text = path.u8string();
    return {text.begin(), text.end()};
}

/// A file descriptor, closed at the end of its scope.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (is_open()) system::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    /// Closes now. Returns false if that failed.
    [[nodiscard]] bool close() { return system::close(std::exchange(number_, -1)) == 0; }

private:
    int number_;
};

/// Calls a system function, and repeats the call if a signal interrupts it.
template <typename Call>
auto retried(const Call& call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

[[noreturn]] inline void fail_with_system(std::string_view function, std::string_view what,
                                          const std::filesystem::path& path, int code) {
    throw IoError(message(function, ": cannot ", what, " ", text_of(path), ": ",
                          std::generic_category().message(code)));
}

/// A file that replaces `path` when it is complete. Until then its bytes go to a temporary file in
/// the same folder, which is removed if `complete` is never reached. Another process sees the old
/// file or the whole new one, even after a loss of power. A killed process can leave the temporary
/// file behind; its name is `path`, ".tmp" and two numbers. Members throw an `IoError` that names
/// `function` and gives the system's reason.
class DurableFile {
public:
    DurableFile(std::string_view function, const std::filesystem::path& path)
        : function_(function),
          path_(behind_links(path)),
          temporary_(temporary_name(path_)),
          file_(create()) {
        if (!file_.is_open()) fail("create", errno);
    }
    ~DurableFile() {
        std::error_code ignored;
        if (!is_in_place_ && file_was_made_) std::filesystem::remove(temporary_, ignored);
    }
    DurableFile(const DurableFile&) = delete;
    DurableFile& operator=(const DurableFile&) = delete;

    void write(const void* bytes, std::size_t count) {
        const auto* at = static_cast<const char*>(bytes);
        while (count > 0) {
            constexpr std::size_t most = std::size_t{1} << 30;
            const auto written =
                retried([&] { return system::write(file_.number(), at, std::min(count, most)); });
            if (written <= 0) fail("write", written < 0 ? errno : ENOSPC);
            at += written;
            count -= static_cast<std::size_t>(written);
        }
    }

    /// Renames the file to `path`. If only the last step fails, the new file is in place but may
    /// not survive a loss of power.
    void complete() {
        if (retried([&] { return system::sync(file_.number()); }) != 0) fail("write", errno);
        if (!file_.close()) fail("write", errno);
        if (system::replace(temporary_, path_) != 0) {
            if (errno == EBUSY)
                throw IoError(message(function_, ": cannot write ", text_of(path_),
                                      ": it is a mount point, which cannot be replaced by a new "
                                      "file; mount its folder instead, or save elsewhere"));
            fail("write", errno);
        }
        is_in_place_ = true;
        const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
        if (retried([&] { return system::sync_folder(folder); }) != 0)
            fail("sync the folder of", errno);
    }

private:
    /// Returns the file that symbolic links lead to, so that the links stay and their target is
    /// replaced.
    std::filesystem::path behind_links(std::filesystem::path path) const {
        std::error_code error;
        constexpr int most = 40;
        for (int links = 0; std::filesystem::is_symlink(path, error); ++links) {
            if (links == most) fail_with_system(function_, "follow", path, ELOOP);
            const std::filesystem::path target = std::filesystem::read_symlink(path, error);
            if (error) fail_with_system(function_, "follow", path, error.value());
            path = target.is_absolute() ? target : path.parent_path() / target;
        }
        return path;
    }

    static std::filesystem::path temporary_name(const std::filesystem::path& path) {
        static std::atomic<unsigned> count{0};
        std::filesystem::path name = path;
        name += message(".tmp", system::process(), ".", count++);
        return name;
    }

    /// Creates the temporary file, with the permissions of the existing file if there is one.
    int create() {
        std::error_code ignored;
        const auto old = std::filesystem::status(path_, ignored);
        if (std::filesystem::exists(old) && !std::filesystem::is_regular_file(old))
            throw IoError(message(function_, ": ", text_of(path_),
                                  " exists and is not a regular file; name another place"));
        const int file = retried([&] { return system::create(temporary_, path_); });
        file_was_made_ = file >= 0;
        if (file < 0 && errno == ENAMETOOLONG)
            throw IoError(message(function_, ": cannot create a temporary file beside ",
                                  text_of(path_), ", because its name, ",
                                  text_of(temporary_.filename()).size(),
                                  " bytes, is too long; choose a shorter name"));
        return file;
    }

    [[noreturn]] void fail(std::string_view what, int code) const {
        fail_with_system(function_, what, path_, code);
    }

    std::string function_;
    std::filesystem::path path_, temporary_;
    bool file_was_made_ = false;
    bool is_in_place_ = false;
    Descriptor file_;
};

/// A regular file that can be read at any position. Members throw `IoError`.
class ReadableFile {
public:
    ReadableFile(std::string_view function, std::filesystem::path path)
        : function_(function),
          path_(std::move(path)),
          file_(retried([&] { return system::open_to_read(path_); })) {
        const std::int64_t bytes = file_.is_open() ? system::size(file_.number()) : -1;
        if (bytes < 0) fail_with_system(function_, "open", path_, errno);
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(path_, ignored))
            throw IoError(message(function_, ": ", text_of(path_), " is not a regular file"));
        size_ = static_cast<std::uint64_t>(bytes);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] int number() const { return file_.number(); }
    [[nodiscard]] std::uint64_t size() const { return size_; }

    void read(std::uint64_t offset, void* to, std::size_t count) const {
        auto* at = static_cast<char*>(to);
        while (count > 0) {
            constexpr std::size_t most = std::size_t{1} << 30;
            const auto got = retried(
                [&] { return system::read(file_.number(), at, std::min(count, most), offset); });
            if (got < 0) fail_with_system(function_, "read", path_, errno);
            if (got == 0)
                throw IoError(message(function_, ": ", text_of(path_),
                                      " has become shorter while it was read"));
            at += got;
            offset += static_cast<std::uint64_t>(got);
            count -= static_cast<std::size_t>(got);
        }
    }

private:
    std::string function_;
    std::filesystem::path path_;
    Descriptor file_;
    std::uint64_t size_ = 0;
};

/// All bytes of a regular file, mapped into memory for reading.
class MappedFile {
public:
    MappedFile(std::string_view function, const std::filesystem::path& path) {
        const ReadableFile file(function, path);
        size_ = to_size(file.size());
        if (size_ == 0) return;
        bytes_ = system::map(file.number(), size_);
        if (bytes_ == nullptr) fail_with_system(function, "map", path, errno);
    }
    ~MappedFile() {
        if (size_ > 0) system::unmap(bytes_, size_);
    }
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    [[nodiscard]] const char* data() const { return static_cast<const char*>(bytes_); }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    void* bytes_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
