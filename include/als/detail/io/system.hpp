// SPDX-License-Identifier: MIT
// System calls for files. Each returns a number below 0 (or null) and sets errno if it fails.
#pragma once

#include <als/version.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <system_error>
#if defined(_WIN32)
#include <io.h>
#include <process.h>
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

#if defined(_WIN32)
struct _SECURITY_ATTRIBUTES;
struct HINSTANCE__;
#endif

namespace als {
inline namespace ALS_ABI {
namespace detail {
namespace system {

#if defined(_WIN32)

// Declared here because <windows.h> defines min, max and about a thousand other macros. The types
// are those of its declarations, so both can be used together.
extern "C" {
__declspec(dllimport) void* __stdcall CreateFileW(const wchar_t*, unsigned long, unsigned long,
                                                  ::_SECURITY_ATTRIBUTES*, unsigned long,
                                                  unsigned long, void*);
__declspec(dllimport) int __stdcall MoveFileExW(const wchar_t*, const wchar_t*, unsigned long);
__declspec(dllimport) void* __stdcall CreateFileMappingW(void*, ::_SECURITY_ATTRIBUTES*,
                                                         unsigned long, unsigned long,
                                                         unsigned long, const wchar_t*);
__declspec(dllimport) void* __stdcall MapViewOfFile(void*, unsigned long, unsigned long,
                                                    unsigned long, std::size_t);
__declspec(dllimport) int __stdcall UnmapViewOfFile(const void*);
__declspec(dllimport) int __stdcall CloseHandle(void*);
__declspec(dllimport) unsigned long __stdcall GetLastError();
__declspec(dllimport)::HINSTANCE__* __stdcall GetModuleHandleW(const wchar_t*);
__declspec(dllimport) std::intptr_t(__stdcall* __stdcall GetProcAddress(::HINSTANCE__*,
                                                                        const char*))();
}

/// Calls SetFileInformationByHandle through its address, because one of its parameters has an
/// enumeration of <windows.h> as type, which cannot be declared here.
inline bool set_file_information(void* handle, int what, void* value, std::size_t bytes) {
    const auto function =
        reinterpret_cast<int(__stdcall*)(void*, int, void*, unsigned long)>(reinterpret_cast<void*>(
            GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "SetFileInformationByHandle")));
    return function && function(handle, what, value, static_cast<unsigned long>(bytes)) != 0;
}

/// Sets errno from the last error, and returns -1.
inline int fail() {
    switch (GetLastError()) {
        case 2:  // file not found
        case 3:  // path not found
            errno = ENOENT;
            break;
        case 80:   // file exists
        case 183:  // already exists
            errno = EEXIST;
            break;
        case 39:   // handle disk full
        case 112:  // disk full
            errno = ENOSPC;
            break;
        case 206:  // file name too long
            errno = ENAMETOOLONG;
            break;
        case 123:  // invalid name
        case 87:   // invalid parameter
            errno = EINVAL;
            break;
        default:
            errno = EACCES;
            break;
    }
    return -1;
}

/// Opens a file so that others may read, replace and remove it at the same time.
inline int open(const std::filesystem::path& path, unsigned long access, unsigned long how,
                int flags) {
    constexpr unsigned long share_all = 7;
    constexpr unsigned long normal = 0x80;
    void* const handle =
        CreateFileW(path.c_str(), access, share_all, nullptr, how, normal, nullptr);
    if (handle == reinterpret_cast<void*>(std::intptr_t{-1})) {
        fail();
        std::error_code ignored;
        if (std::filesystem::is_directory(path, ignored)) errno = EISDIR;
        return -1;
    }
    const int file = ::_open_osfhandle(reinterpret_cast<std::intptr_t>(handle), flags | _O_BINARY);
    if (file < 0) CloseHandle(handle);
    return file;
}
inline int open_to_read(const std::filesystem::path& path) {
    constexpr unsigned long generic_read = 0x80000000UL;
    constexpr unsigned long open_existing = 3;
    return open(path, generic_read, open_existing, _O_RDONLY);
}
/// Creates a file. The folder decides on permissions, so `like` does not matter.
inline int create(const std::filesystem::path& path, const std::filesystem::path&) {
    constexpr unsigned long generic_write = 0x40000000UL;
    constexpr unsigned long create_new = 1;
    return open(path, generic_write, create_new, _O_WRONLY);
}
inline int close(int file) { return ::_close(file); }
inline std::int64_t write(int file, const void* bytes, std::size_t count) {
    return ::_write(file, bytes, static_cast<unsigned>(count));
}
inline std::int64_t read(int file, void* to, std::size_t count, std::uint64_t offset) {
    if (::_lseeki64(file, static_cast<std::int64_t>(offset), 0) < 0) return -1;
    return ::_read(file, to, static_cast<unsigned>(count));
}
inline std::int64_t size(int file) { return ::_filelengthi64(file); }
inline int sync(int file) { return ::_commit(file); }
/// Replaces `to`, even if another process has it open or mapped and if the file system supports
/// that (NTFS since Windows 10).
inline int replace(const std::filesystem::path& from, const std::filesystem::path& to) {
    constexpr unsigned long delete_access = 0x10000;
    constexpr unsigned long open_existing = 3;
    constexpr int rename_info_ex = 22;
    struct RenameInfo {
        unsigned long flags;
        void* root;
        unsigned long bytes;
        wchar_t name[1];
    };
    const std::filesystem::path whole = std::filesystem::absolute(to);
    const std::size_t bytes = whole.native().size() * sizeof(wchar_t);
    std::string memory(sizeof(RenameInfo) + bytes, '\0');
    auto* const info = reinterpret_cast<RenameInfo*>(memory.data());
    info->flags = 3;  // replace if exists, with POSIX semantics
    info->bytes = static_cast<unsigned long>(bytes);
    whole.native().copy(info->name, whole.native().size());
    void* const handle =
        CreateFileW(from.c_str(), delete_access, 7, nullptr, open_existing, 0x80, nullptr);
    const bool is_open = handle != reinterpret_cast<void*>(std::intptr_t{-1});
    const bool renamed =
        is_open && set_file_information(handle, rename_info_ex, info, memory.size());
    if (is_open) CloseHandle(handle);
    if (renamed) return 0;
    constexpr unsigned long replace_and_write_through = 1 | 8;
    return MoveFileExW(from.c_str(), to.c_str(), replace_and_write_through) != 0 ? 0 : fail();
}
/// NTFS keeps names in its journal.
inline int sync_folder(const std::filesystem::path&) { return 0; }
inline int process() { return ::_getpid(); }
inline void* map(int file, std::size_t) {
    constexpr unsigned long page_readonly = 2;
    constexpr unsigned long file_map_read = 4;
    auto* const handle = reinterpret_cast<void*>(::_get_osfhandle(file));
    void* const mapping = CreateFileMappingW(handle, nullptr, page_readonly, 0, 0, nullptr);
    void* const bytes = mapping ? MapViewOfFile(mapping, file_map_read, 0, 0, 0) : nullptr;
    if (!bytes) fail();
    if (mapping) CloseHandle(mapping);
    return bytes;
}
inline void unmap(void* bytes, std::size_t) { UnmapViewOfFile(bytes); }

#else

inline int open_to_read(const std::filesystem::path& path) {
    return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
}
inline int close(int file) { return ::close(file); }
/// Creates a file, with the permissions of the file `like` if it exists, whatever the umask.
inline int create(const std::filesystem::path& path, const std::filesystem::path& like) {
    struct stat old = {};
    const bool exists = ::stat(like.c_str(), &old) == 0;
    const mode_t mode = exists ? old.st_mode & 0777 : 0666;
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0 || !exists || ::fchmod(file, mode) == 0) return file;
    const int code = errno;
    ::close(file);
    ::unlink(path.c_str());
    errno = code;
    return -1;
}
inline std::int64_t write(int file, const void* bytes, std::size_t count) {
    return ::write(file, bytes, count);
}
inline std::int64_t read(int file, void* to, std::size_t count, std::uint64_t offset) {
    return ::pread(file, to, count, static_cast<::off_t>(offset));
}
inline std::int64_t size(int file) {
    struct stat status = {};
    return ::fstat(file, &status) == 0 ? std::int64_t{status.st_size} : -1;
}
inline int sync(int file) {
#if defined(F_FULLFSYNC)
    // On macOS, fsync leaves the bytes in the memory of the disk.
    if (::fcntl(file, F_FULLFSYNC) == 0) return 0;
#endif
    return ::fsync(file);
}
inline int replace(const std::filesystem::path& from, const std::filesystem::path& to) {
    return ::rename(from.c_str(), to.c_str());
}
inline int sync_folder(const std::filesystem::path& folder) {
    const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return -1;
    int result = 0;
    do {
        result = ::fsync(file);
    } while (result != 0 && errno == EINTR);
    const int code = errno;
    ::close(file);
    errno = code;
    return result == 0 || code == EINVAL ? 0 : -1;
}
inline int process() { return ::getpid(); }
inline void* map(int file, std::size_t size) {
    void* const bytes = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
    return bytes == MAP_FAILED ? nullptr : bytes;
}
inline void unmap(void* bytes, std::size_t size) { ::munmap(bytes, size); }

#endif

}  // namespace system
}  // namespace detail
}  // inline namespace
}  // namespace als
