// SPDX-License-Identifier: MIT
// CRC-32C, the checksum of Castagnoli, Brauer, Herrmann 1993, which iSCSI uses (RFC 3720).
#pragma once

#include <als/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// tables[t][b] is what byte b contributes to the sum if it is t bytes before the end.
constexpr std::array<std::array<std::uint32_t, 256>, 8> crc32c_tables() {
    constexpr std::uint32_t polynomial = 0x82F63B78;
    std::array<std::array<std::uint32_t, 256>, 8> tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t sum = byte;
        for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ (sum & 1 ? polynomial : 0);
        tables[0][byte] = sum;
    }
    for (std::size_t t = 1; t < 8; ++t)
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t before = tables[t - 1][byte];
            tables[t][byte] = (before >> 8) ^ tables[0][before & 255];
        }
    return tables;
}

/// Returns the checksum of some bytes. For data in pieces, `before` is the checksum of the earlier
/// pieces. Eight bytes at a time (Kounavis, Berry 2008).
inline std::uint32_t crc32c(const void* bytes, std::size_t count, std::uint32_t before = 0) {
    static constexpr auto tables = crc32c_tables();
    const auto* at = static_cast<const unsigned char*>(bytes);
    std::uint32_t sum = ~before;
    for (; count >= 8; at += 8, count -= 8) {
        std::uint32_t next = 0;
        for (std::size_t n = 0; n < 4; ++n)
            next ^= tables[7 - n][(at[n] ^ (sum >> (8 * n))) & 255] ^ tables[3 - n][at[4 + n]];
        sum = next;
    }
    for (; count > 0; ++at, --count) sum = (sum >> 8) ^ tables[0][(sum ^ *at) & 255];
    return ~sum;
}

}  // namespace detail
}  // inline namespace
}  // namespace als
