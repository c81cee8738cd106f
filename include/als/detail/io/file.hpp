// SPDX-License-Identifier: MIT
// Files of the operating system: one that appears whole or not at all, and one that can be read at
// any place.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/error.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// A file descriptor, closed at the end of its scope.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (is_open()) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    /// Closes now. Returns false if that failed.
    [[nodiscard]] bool close() { return ::close(std::exchange(number_, -1)) == 0; }

private:
    int number_;
};

/// Calls a system function, again if a signal interrupts it.
template <typename Call>
auto retried(const Call& call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

[[noreturn]] inline void fail_with_system(std::string_view function, std::string_view what,
                                          const std::filesystem::path& path, int code) {
    throw IoError(message(function, ": cannot ", what, " ", path.string(), ": ",
                          std::generic_category().message(code)));
}

/// A file that replaces `path` when it is complete. Until then its bytes go to a temporary file in
/// the same folder, which is removed if `complete` is never reached. Another process sees the old
/// file or the whole new one, even after a loss of power. A killed process can leave the temporary
/// file behind; its name is `path`, ".tmp" and two numbers. Members throw `IoError` that names
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
        if (!is_in_place_ && file_was_made_) ::unlink(temporary_.c_str());
    }
    DurableFile(const DurableFile&) = delete;
    DurableFile& operator=(const DurableFile&) = delete;

    void write(const void* bytes, std::size_t count) {
        const auto* at = static_cast<const char*>(bytes);
        while (count > 0) {
            constexpr std::size_t most = std::size_t{1} << 30;
            const auto written =
                retried([&] { return ::write(file_.number(), at, std::min(count, most)); });
            if (written <= 0) fail("write", written < 0 ? errno : ENOSPC);
            at += written;
            count -= static_cast<std::size_t>(written);
        }
    }

    /// Renames the file to `path`. If only the last step fails, the new file is in place but may
    /// not survive a loss of power.
    void complete() {
        if (retried([&] { return ::fsync(file_.number()); }) != 0) fail("write", errno);
        if (!file_.close()) fail("write", errno);
        if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
            if (errno == EBUSY)
                throw IoError(message(function_, ": cannot write ", path_.string(),
                                      ": it is a mount point, which cannot be replaced by a new "
                                      "file; mount its folder instead, or save elsewhere"));
            fail("write", errno);
        }
        is_in_place_ = true;
        const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
        const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        const bool synced =
            directory.is_open() &&
            (retried([&] { return ::fsync(directory.number()); }) == 0 || errno == EINVAL);
        if (!synced) fail("make sure of the folder of", errno);
    }

private:
    /// The file that symbolic links lead to, so that they stay and their target is replaced.
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
        return path.string() + message(".tmp", ::getpid(), ".", count++);
    }

    /// Creates the temporary file, with the permissions of the existing file if there is one.
    int create() {
        struct stat old = {};
        const bool exists = ::stat(path_.c_str(), &old) == 0;
        if (exists && !S_ISREG(old.st_mode))
            throw IoError(message(function_, ": ", path_.string(),
                                  " is there and is not a regular file; name another place"));
        const mode_t mode = exists ? old.st_mode & 0777 : 0666;
        const int file = retried([&] {
            return ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        });
        file_was_made_ = file >= 0;
        if (file < 0 && errno == ENAMETOOLONG)
            throw IoError(message(function_, ": cannot create a temporary file beside ",
                                  path_.string(), ", because its name, ",
                                  temporary_.filename().string().size(),
                                  " bytes, is too long; choose a shorter name"));
        // The mask of the process does not apply to a file that was there.
        if (file >= 0 && exists && retried([&] { return ::fchmod(file, mode); }) != 0) {
            const int code = errno;
            ::close(file);
            ::unlink(temporary_.c_str());
            fail("set the permissions of", code);
        }
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

/// A regular file that can be read at any place. Members throw `IoError`.
class ReadableFile {
public:
    ReadableFile(std::string_view function, std::filesystem::path path)
        : function_(function),
          path_(std::move(path)),
          file_(retried([&] { return ::open(path_.c_str(), O_RDONLY | O_CLOEXEC); })) {
        struct stat status = {};
        if (!file_.is_open() || ::fstat(file_.number(), &status) != 0)
            fail_with_system(function_, "open", path_, errno);
        if (!S_ISREG(status.st_mode))
            throw IoError(message(function_, ": ", path_.string(), " is not a regular file"));
        size_ = static_cast<std::uint64_t>(status.st_size);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] int number() const { return file_.number(); }
    [[nodiscard]] std::uint64_t size() const { return size_; }

    void read(std::uint64_t offset, void* to, std::size_t count) const {
        auto* at = static_cast<char*>(to);
        while (count > 0) {
            constexpr std::size_t most = std::size_t{1} << 30;
            const auto got = retried([&] {
                return ::pread(file_.number(), at, std::min(count, most),
                               static_cast<::off_t>(offset));
            });
            if (got < 0) fail_with_system(function_, "read", path_, errno);
            if (got == 0)
                throw IoError(message(function_, ": ", path_.string(),
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
        bytes_ = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.number(), 0);
        if (bytes_ == MAP_FAILED) fail_with_system(function, "map", path, errno);
    }
    ~MappedFile() {
        if (size_ > 0) ::munmap(bytes_, size_);
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
