// SPDX-License-Identifier: MIT
// Any text is a file of ratings or an error. The first bytes choose the options.
#include <als/ratings_file.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 4) return 0;
    constexpr std::string_view delimiters[] = {"", ",", "\t", "::", " ", ";", "|", "ab"};
    als::RatingsOptions options{
        .delimiter = std::string(delimiters[data[0] & 7]),
        .value_column = data[1] & 1 ? -1 : 2,
        .time_column = data[1] & 2 ? 3 : -1,
        .header = static_cast<als::Header>((data[1] >> 2) % 3),
        .minimum = data[1] & 64 ? 3.0 : -std::numeric_limits<double>::infinity(),
        .duplicates = static_cast<als::Duplicates>(data[2] % 5),
        .comment = data[1] & 128   ? std::optional<char>()
                   : data[2] & 128 ? std::optional<char>('\0')
                                   : std::optional<char>('#'),
        .bad_lines = data[3] & 1 ? als::BadLines::skip : als::BadLines::error,
        .quotes = (data[3] & 2) == 0,
        .missing = data[3] & 4 ? std::vector<std::string>{"", "x"} : std::vector<std::string>(),
        .any_id = (data[3] & 8) != 0,
        .time_format = data[3] & 16 ? "%d.%m.%Y" : "",
        .layout = static_cast<als::Layout>((data[3] >> 5) % 3),
        .ragged = (data[2] & 64) != 0};
    if (options.layout == als::Layout::matrix_market) {
        options.user_column = 0;
        options.item_column = 1;
        options.value_column.reset();
        options.time_column.reset();
    }
    std::istringstream text(std::string(reinterpret_cast<const char*>(data) + 4, size - 4));
    try {
        const auto ratings = als::read_ratings<float>(text, "a file", options);
        if (ratings.users.size() != ratings.interactions.user_count()) std::abort();
        if (ratings.items.size() != ratings.interactions.item_count()) std::abort();
        for (const auto& entry : ratings.interactions.entries())
            if (!std::isfinite(entry.value)) std::abort();
    } catch (const als::FormatError&) {
    } catch (const als::InputError&) {
    }
    return 0;
}
