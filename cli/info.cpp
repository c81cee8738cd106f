// SPDX-License-Identifier: MIT
// `als info`: what a model file says of itself. It reads the header, which has every option by its
// name.
#include "commands.hpp"
#include "options.hpp"
#include "table.hpp"
#include <als/detail/base/number.hpp>
#include <als/detail/io/file.hpp>
#include <als/detail/io/tensor_file.hpp>
#include <als/model_file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace commands {
namespace {

using Properties = std::vector<std::pair<std::string, Cell>>;

struct Info {
    OutputOptions output;
    std::string model;
    bool check = false;

    void operator()() const;
};

/// A text as the number that it is, or as a text.
Cell cell_of(std::string_view text) {
    const auto is_read = [&](auto& number) {
        const auto [stopped, error] =
            als::detail::read_number(text.data(), text.data() + text.size(), number);
        return error == std::errc{} && stopped == text.data() + text.size();
    };
    std::int64_t whole = 0;
    if (is_read(whole)) return whole;
    double number = 0;
    if (is_read(number)) return number;
    if (text == "true" || text == "false") return text == "true";
    return text;
}

/// Throws unless the file is a model, and with `everything`, unless each of its bytes is as it was
/// saved.
template <typename Scalar>
void check_file(const std::string& path, bool everything) {
    if (everything)
        static_cast<void>(als::load_all<Scalar>(path));
    else
        static_cast<void>(als::MappedModel<Scalar>(path));
}

std::int64_t rows_of(const als::detail::TensorHeader& header, const std::string& tensor,
                     std::size_t dimension = 0) {
    const auto found = header.tensors.find(tensor);
    return found == header.tensors.end()
               ? 0
               : static_cast<std::int64_t>(found->second.shape[dimension]);
}

/// The options of the objective or of the training, by the names that they have in C++.
void add_options(const als::detail::TensorHeader& header, const std::string& prefix,
                 Properties& properties) {
    for (const auto& [name, text] : header.texts)
        if (name.starts_with(prefix)) properties.emplace_back(name, cell_of(text));
}

Properties properties_of(const als::detail::TensorHeader& header, const std::string& path,
                         std::uint64_t bytes) {
    const auto text = [&](const char* name) { return cell_of(header.texts.at(name)); };
    const bool is_double = header.tensors.at("user_factors").type == "F64";
    Properties properties{
        {"file", std::string_view(path)},
        {"bytes", static_cast<std::int64_t>(bytes)},
        {"format_version", text("format_version")},
        {"library_version", std::string_view(header.texts.at("library_version"))},
        {"scalar", std::string_view(is_double ? "double" : "float")},
        {"users", rows_of(header, "user_factors")},
        {"items", rows_of(header, "item_factors")},
        {"factors", rows_of(header, "user_factors", 1)},
        {"has_ids", header.tensors.contains("user_ids") && header.tensors.contains("item_ids")},
        {"seen", rows_of(header, "seen_items")},
        {"user_features", std::max<std::int64_t>(0, rows_of(header, "user_feature_factors") - 1)},
        {"item_features", std::max<std::int64_t>(0, rows_of(header, "item_feature_factors") - 1)},
        {"mean", text("mean")},
        {"lowest", text("lowest")},
        {"highest", text("highest")},
        {"objective", text("objective")}};
    add_options(header, "objective.", properties);
    add_options(header, "training.", properties);
    return properties;
}

void Info::operator()() const {
    const als::detail::ReadableFile file("als::load", model);
    const als::detail::TensorHeader header = als::detail::read_tensor_header(
        "als::load: " + model, file.size(),
        [&](std::uint64_t offset, void* to, std::size_t count) { file.read(offset, to, count); });
    const auto factors = header.tensors.find("user_factors");
    if (factors != header.tensors.end() && factors->second.type == "F64")
        check_file<double>(model, check);
    else
        check_file<float>(model, check);
    Properties properties = properties_of(header, model, file.size());
    if (check) properties.emplace_back("checksums", std::string_view("right"));
    std::vector<std::string> names;
    std::vector<Cell> cells;
    for (const auto& [name, cell] : properties) {
        names.push_back(name);
        cells.push_back(cell);
    }
    const bool is_json = output.format == Format::json;
    Table table(output, is_json ? names : std::vector<std::string>{"property", "value"});
    if (is_json) table.add(cells);
    for (std::size_t n = 0; n < cells.size() && !is_json; ++n)
        table.add({std::string_view(names[n]), cells[n]});
    table.finish();
}

}  // namespace

void add_info(CLI::App& app) {
    const auto info = std::make_shared<Info>();
    CLI::App& command = add_command(
        app, "info",
        "Print what a model file says. Sizes, objective, options of the training, version, whether "
        "it has ids, and how many ratings or plays its users have seen.",
        "  als info plays.safetensors\n"
        "  als info plays.safetensors --check --format json");
    command.add_option("MODEL", info->model, "Model file")->required();
    command.add_flag(
        "--check", info->check,
        "Read the whole file and compare all checksums; without it, only those of the header");
    info->output.add_to(command);
    command.callback([info] { (*info)(); });
}

}  // namespace commands
