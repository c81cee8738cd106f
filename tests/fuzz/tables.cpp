// SPDX-License-Identifier: MIT
// Random ratings in random dialects and layouts are read as they were written, or refused. The
// bytes are the seed of a table.
#include "../random_tables.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::uint64_t seed = 1469598103934665603U;
    for (std::size_t n = 0; n < size; ++n) seed = (seed ^ data[n]) * 1099511628211U;
    std::string report;
    if (als_test::read_table(als_test::TableWriter(seed).table(), report) ==
        als_test::Outcome::misread) {
        std::fputs(report.c_str(), stderr);
        std::abort();
    }
    return 0;
}
