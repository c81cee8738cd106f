// SPDX-License-Identifier: MIT
// Any bytes are a model file or an error. Reads them as they are, and once more with corrected
// checksums, which the fuzzer would otherwise hardly pass.
#include <als/detail/io/model_reader.hpp>
#include <als/model_file.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

template <typename Scalar>
void read(const std::string& bytes) {
    const auto fetch = [&](std::uint64_t offset, void* to, std::size_t count) {
        if (offset > bytes.size() || count > bytes.size() - offset) std::abort();
        if (count > 0) std::memcpy(to, bytes.data() + offset, count);
    };
    try {
        als::detail::ModelReader<Scalar> reader("a file", bytes.size(), fetch);
        const auto file = reader.file();
        if (!file.model.user_factors().allFinite() || !file.model.item_factors().allFinite())
            std::abort();
        if (!file.users.empty() && file.users.size() != file.model.user_count()) std::abort();
    } catch (const als::FormatError&) {
    }
}

/// Returns the bytes with every checksum corrected that is in its place.
std::string with_right_checksums(std::string bytes) {
    using namespace als::detail;
    const auto fetch = [&](std::uint64_t offset, void* to, std::size_t count) {
        std::memcpy(to, bytes.data() + offset, count);
    };
    try {
        const TensorHeader header = read_tensor_header("a file", bytes.size(), fetch);
        std::string json = header.json;
        for (const auto& [name, place] : header.tensors) {
            const std::string before = "\"crc32c." + name + "\":\"";
            const std::size_t at = json.find(before);
            if (at == std::string::npos || json.size() - at - before.size() < 8) continue;
            const auto begin = static_cast<std::size_t>(header.data + place.begin);
            const auto size = static_cast<std::size_t>(place.end - place.begin);
            json.replace(at + before.size(), 8, checksum_text(crc32c(bytes.data() + begin, size)));
        }
        if (const auto at = place_of_checksum(json); at != std::string::npos)
            json.replace(at, 8, header_checksum(json));
        bytes.replace(8, json.size(), json);
    } catch (const als::FormatError&) {
    }
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const std::string right = with_right_checksums(bytes);
    read<float>(bytes);
    read<float>(right);
    read<double>(right);
    return 0;
}
