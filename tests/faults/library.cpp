// SPDX-License-Identifier: MIT
// A library to preload (LD_PRELOAD). It makes the n-th call of a system function fail, counts the
// blocks of memory in use, and records the largest one asked for. For glibc.
#include "library.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <unistd.h>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace {

std::atomic<long> countdown[faults::kinds];  // 1: the next call fails; 0: none does
std::atomic<long> in_use{0};
std::atomic<std::size_t> largest{0};

bool fails(faults::Kind kind) {
    std::atomic<long>& left = countdown[static_cast<int>(kind)];
    return left > 0 && --left == 0;
}

void* counted(void* block) {
    if (block != nullptr) ++in_use;
    return block;
}

/// Records the size; returns whether the call has to fail.
bool refuses(std::size_t size) {
    largest = std::max<std::size_t>(largest, size);
    if (!fails(faults::Kind::memory)) return false;
    errno = ENOMEM;
    return true;
}

template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

void als_faults_arm(faults::Kind kind, long n) { countdown[static_cast<int>(kind)] = n; }
long als_faults_left(faults::Kind kind) { return countdown[static_cast<int>(kind)]; }
long als_faults_blocks_in_use() { return in_use; }
std::size_t als_faults_largest() { return largest.exchange(0); }

void* malloc(std::size_t size) { return refuses(size) ? nullptr : counted(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) {
    return refuses(count * size) ? nullptr : counted(__libc_calloc(count, size));
}
void* realloc(void* block, std::size_t size) {
    if (refuses(size)) return nullptr;
    return block == nullptr ? counted(__libc_realloc(block, size)) : __libc_realloc(block, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    return refuses(size) ? nullptr : counted(__libc_memalign(alignment, size));
}
int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
    if (refuses(size)) return ENOMEM;
    *block = counted(__libc_memalign(alignment, size));
    return *block == nullptr ? ENOMEM : 0;
}
void free(void* block) {
    if (block != nullptr) --in_use;
    __libc_free(block);
}

ssize_t write(int file, const void* bytes, std::size_t count) {
    static const auto real = next<ssize_t(int, const void*, std::size_t)>("write");
    if (fails(faults::Kind::write)) {
        errno = ENOSPC;
        return -1;
    }
    if (fails(faults::Kind::short_write)) return real(file, bytes, (count + 1) / 2);
    if (fails(faults::Kind::interrupted_write)) {
        errno = EINTR;
        return -1;
    }
    return real(file, bytes, count);
}
int fsync(int file) {
    static const auto real = next<int(int)>("fsync");
    if (!fails(faults::Kind::fsync)) return real(file);
    errno = EIO;
    return -1;
}
int close(int file) {
    static const auto real = next<int(int)>("close");
    const int result = real(file);
    if (!fails(faults::Kind::close)) return result;
    errno = EIO;
    return -1;
}
int rename(const char* from, const char* to) {
    static const auto real = next<int(const char*, const char*)>("rename");
    if (fails(faults::Kind::mount_point)) {
        errno = EBUSY;
        return -1;
    }
    if (!fails(faults::Kind::rename)) return real(from, to);
    errno = EXDEV;
    return -1;
}
}
