// SPDX-License-Identifier: MIT
// Lists of ids from files, names of items for people, and the rows of lists of results.
#pragma once

#include "options.hpp"
#include "table.hpp"
#include <als/error.hpp>
#include <als/id_map.hpp>
#include <als/types.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace commands {

/// The ids in a file, one on each line, or in standard input if `path` is "-". Blanks around an id
/// do not belong to it, and empty lines are left out.
std::vector<std::string> ids_in(const std::string& path);

/// The indices of ids. An id that the model does not have is left out and counted if `unknown` is
/// given, else it is an error.
template <als::Id Index>
std::vector<Index> indices_of(const std::vector<std::string>& ids, const als::IdMap<Index>& known,
                              const std::string& model, std::int64_t* unknown = nullptr) {
    std::vector<Index> indices;
    for (const std::string& id : ids)
        if (const auto index = known.find(id))
            indices.push_back(*index);
        else if (unknown != nullptr)
            ++*unknown;
        else
            throw als::InputError(model + " has no " +
                                  std::string(std::is_same_v<Index, als::User> ? "user" : "item") +
                                  " \"" + id +
                                  "\"; ids are those of the file that it was trained on");
    return indices;
}

/// The names of items that people know them by, from a file of ids and names.
struct NameOptions {
    std::string path, id_column;
    std::string column = "title";

    void add_to(CLI::App& command);

    /// A name for each item, or no names. Items that the file does not have get an empty one.
    [[nodiscard]] std::vector<std::string> read(const als::IdMap<als::Item>& items) const;
};

/// The cell of an item's name; nothing if it has none.
Cell name_cell(const std::vector<std::string>& names, als::Item item);

/// A table of lists: for whom (or what), rank, what is listed, its name if there are names, and its
/// score.
class Lists {
public:
    Lists(const OutputOptions& output, const std::string& whose, const std::string& listed,
          std::vector<std::string> names);

    /// Adds the list of `whose`.
    template <als::Id Index>
    void add(std::string_view whose, std::span<const als::Scored<Index, float>> list,
             const als::IdMap<Index>& ids) {
        std::int64_t rank = 0;
        for (const auto& [id, score] : list) {
            ++rank;
            const std::string_view listed = ids.name(id);
            if (names_.empty())
                table_.add({whose, rank, listed, score});
            else
                table_.add({whose, rank, listed, name_cell(names_, als::Item{id.index}), score});
        }
    }

    void finish() { table_.finish(); }

private:
    std::vector<std::string> names_;
    Table table_;
};

/// Calls use(part) for parts of `all` of a few thousand each, so that their results are never in
/// memory all at once.
template <typename Each, typename Use>
void by_blocks(const std::vector<Each>& all, const Use& use) {
    constexpr std::size_t block = 4096;
    for (std::size_t begin = 0; begin < all.size(); begin += block)
        use(std::span(all).subspan(begin, std::min(block, all.size() - begin)));
}

}  // namespace commands
