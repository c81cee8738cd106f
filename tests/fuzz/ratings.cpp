// SPDX-License-Identifier: MIT
// Any text is a ratings file or an error, and a features file or an error. The first bytes choose
// the options.
#include <als/feature_file.hpp>
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

namespace {

void read_features(const std::string& text, const als::RatingsOptions& dialect, unsigned choice) {
    als::FeaturesOptions options;
    options.layout = dialect.layout;
    options.delimiter = dialect.delimiter;
    options.header = dialect.header;
    options.comment = dialect.comment;
    options.bad_lines = dialect.bad_lines;
    options.quotes = dialect.quotes;
    options.any_id = dialect.any_id;
    options.ragged = dialect.ragged;
    options.missing = dialect.missing;
    options.duplicates = dialect.duplicates;
    options.unknown_ids = als::UnknownIds::add;
    if (options.layout != als::Layout::lists)
        options.columns = {{.column = 1, .kind = static_cast<als::FeatureKind>(choice % 3)},
                           {.name = "year", .column = 2, .text = als::year_in, .width = 10}};
    if (choice & 4) options.names = {"column 1=a", "a"};
    std::istringstream stream(text);
    try {
        const auto features =
            als::read_features<float>(stream, "a file", als::IdMap<als::Item>(), options);
        if (features.matrix.rows() != features.ids.size()) std::abort();
        if (features.matrix.cols() != static_cast<Eigen::Index>(features.names.size()))
            std::abort();
        for (Eigen::Index n = 0; n < features.matrix.nonZeros(); ++n)
            if (!std::isfinite(features.matrix.valuePtr()[n])) std::abort();
    } catch (const als::FormatError&) {
    } catch (const als::InputError&) {
    }
}

}  // namespace

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
    const std::string bytes(reinterpret_cast<const char*>(data) + 4, size - 4);
    read_features(bytes, options, data[0] >> 3);
    std::istringstream text(bytes);
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
