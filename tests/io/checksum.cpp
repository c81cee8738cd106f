// SPDX-License-Identifier: MIT
// The checksum of model files.
#include "../catch.hpp"
#include <als/detail/io/checksum.hpp>

#include <string>

TEST_CASE("crc32c: the values of RFC 3720, in one piece and in several") {
    using als::detail::crc32c;
    const std::string zeros(32, '\0');
    const std::string ones(32, '\xFF');
    CHECK(crc32c(zeros.data(), 32) == 0x8A9136AA);
    CHECK(crc32c(ones.data(), 32) == 0x62A8AB43);
    CHECK(crc32c("123456789", 9) == 0xE3069283);
    for (std::size_t cut = 0; cut <= 9; ++cut)
        CHECK(crc32c(&"123456789"[cut], 9 - cut, crc32c("123456789", cut)) == 0xE3069283);
}
