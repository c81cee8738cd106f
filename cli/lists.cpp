// SPDX-License-Identifier: MIT
#include "lists.hpp"

#include <als/error.hpp>
#include <als/feature_file.hpp>

#include <fstream>
#include <iostream>
#include <utility>

namespace commands {
namespace {

std::vector<std::string> ids_of(std::istream& stream, const std::string& name) {
    std::vector<std::string> ids;
    for (std::string line; std::getline(stream, line);) {
        const auto begin = line.find_first_not_of(" \t\r");
        if (begin == std::string::npos) continue;
        ids.push_back(line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1));
    }
    if (stream.bad()) throw als::IoError("cannot read " + name);
    return ids;
}

std::vector<std::string> header_columns(const std::string& whose, const std::string& listed,
                                        bool has_names) {
    if (has_names) return {whose, "rank", listed, "name", "score"};
    return {whose, "rank", listed, "score"};
}

}  // namespace

std::vector<std::string> ids_in(const std::string& path) {
    if (path == "-") return ids_of(std::cin, "standard input");
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        throw als::IoError("cannot open " + path +
                           "; it should be a file of ids, one on each line");
    return ids_of(stream, path);
}

void NameOptions::add_to(CLI::App& command) {
    command.add_option("--names", path, "File with the names of items, to print beside their ids")
        ->type_name("FILE")
        ->group("Output");
    command
        .add_option("--name-column", column,
                    "Column of the names in that file, by its name in the header, or its number "
                    "from 0 in a file without a header")
        ->type_name("NAME|NUMBER")
        ->capture_default_str()
        ->group("Output");
    command
        .add_option(
            "--name-id-column", id_column,
            "Column of the ids in that file; without it, the one with a usual name, or the first")
        ->type_name("NAME|NUMBER")
        ->group("Output");
}

std::vector<std::string> NameOptions::read(const als::IdMap<als::Item>& items) const {
    if (path.empty()) return {};
    // A category for each name: the reader of features knows all dialects.
    als::FeatureColumn names{.name = column, .column = column_number(column)};
    als::FeaturesOptions options{.id_column = column_number(id_column)};
    options.columns = {names};
    if (!options.id_column) options.id = id_column;
    // A header that is read as a line of names has an id that no item has.
    options.header = names.column ? als::Header::absent : als::Header::present;
    options.unknown_ids = als::UnknownIds::skip;
    const auto features = [&] {
        try {
            return als::read_features<float>(path, items, options);
        } catch (const als::FormatError& error) {
            // Its first line may be no header.
            const std::string message = error.what();
            if (names.column || message.find("the header ") == std::string::npos) throw;
            throw als::FormatError(message +
                                   "; if the file has no header, say --name-column 1, or another "
                                   "number, from 0");
        }
    }();
    std::vector<std::string> result(static_cast<std::size_t>(items.size()));
    for (als::Item item{0}; item.index < items.size(); ++item.index)
        for (als::FeatureMatrix<float>::InnerIterator cell(features.matrix, item.index); cell;
             ++cell)
            result[static_cast<std::size_t>(item.index)] =
                features.names[static_cast<std::size_t>(cell.col())].substr(column.size() + 1);
    return result;
}

Lists::Lists(const OutputOptions& output, const std::string& whose, const std::string& listed,
             std::vector<std::string> names)
    : names_(std::move(names)), table_(output, header_columns(whose, listed, !names_.empty())) {}

Cell name_cell(const std::vector<std::string>& names, als::Item item) {
    const std::string& name = names[static_cast<std::size_t>(item.index)];
    if (name.empty()) return std::monostate{};
    return std::string_view(name);
}

}  // namespace commands
