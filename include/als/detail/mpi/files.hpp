// SPDX-License-Identifier: MIT
// Model files of models that are dealt out. Rank 0 writes the bytes that one process would write;
// each rank reads its own rows.
#pragma once

#include <als/detail/base/ids_origin.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/io/checksum.hpp>
#include <als/detail/io/file.hpp>
#include <als/detail/io/model_reader.hpp>
#include <als/detail/io/model_writer.hpp>
#include <als/detail/model_file.hpp>
#include <als/detail/mpi/group.hpp>
#include <als/detail/mpi/model.hpp>
#include <als/mpi.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

static_assert(is_little_endian, "als::mpi needs processors whose numbers are little-endian");

/// Returns the checksum of bytes of which each rank holds a part.
inline std::uint32_t checksum_in_turn(const mpi::Group& group, const void* own, std::size_t bytes) {
    std::uint32_t sum = 0;
    in_turn(group, &sum, 1, [&] { sum = crc32c(own, bytes, sum); });
    return sum;
}

/// Returns how many bytes of a tensor come from each rank: those that it holds, or none if rank 0
/// holds all.
inline std::vector<std::int64_t> bytes_of_ranks(const mpi::Group& group, const Tensor& tensor) {
    auto held = one_of_each(group, to_count(tensor.held));
    if (held[0] == to_count(tensor.bytes())) std::fill(held.begin() + 1, held.end(), 0);
    return held;
}

/// Passes the bytes of a tensor, rank by rank, to write(bytes, count) on rank 0, in pieces.
template <typename Write>
void stream_to_first(const mpi::Group& group, const Tensor& tensor, const Write& write) {
    constexpr std::int64_t piece = std::int64_t{1} << 22;
    const auto* const own = static_cast<const char*>(tensor.data);
    const auto bytes = bytes_of_ranks(group, tensor);
    if (group.rank() == 0) write(own, to_size(bytes[0]));
    std::vector<char> received;
    for (int rank = 1; rank < group.size(); ++rank)
        for (std::int64_t at = 0; at < bytes[to_size(rank)]; at += piece) {
            const auto count = static_cast<int>(std::min(piece, bytes[to_size(rank)] - at));
            if (group.rank() == rank)
                MPI_Ssend(own + at, count, MPI_BYTE, 0, 0, group.communicator());
            if (group.rank() != 0) continue;
            received.resize(to_size(count));
            MPI_Recv(received.data(), count, MPI_BYTE, rank, 0, group.communicator(),
                     MPI_STATUS_IGNORE);
            DistributedAccess::count_received(group, count);
            write(received.data(), received.size());
        }
}

/// Writes the tensors of all ranks' writers as one file.
template <Real Scalar>
void write_file(const mpi::Group& group, ModelWriter<Scalar>& writer,
                const std::filesystem::path& path) {
    Attempts attempts(group);
    writer.write_by(
        [&](const Tensor& tensor) {
            const auto bytes = bytes_of_ranks(group, tensor)[to_size(group.rank())];
            return checksum_in_turn(group, tensor.data, to_size(bytes));
        },
        [&](const std::string& header, const std::vector<Tensor>& tensors) {
            std::optional<DurableFile> file;
            const auto write = [&](const char* bytes, std::size_t count) {
                attempts.run([&] { file->write(bytes, count); });
            };
            if (group.rank() == 0) {
                attempts.run([&] { file.emplace("als::save", path); });
                write(header.data(), header.size());
            }
            for (const Tensor& tensor : tensors) stream_to_first(group, tensor, write);
            if (group.rank() == 0) attempts.run([&] { file->complete(); });
        });
    attempts.settle();
}

/// Makes a writer with the rows of this rank.
template <Real Scalar>
ModelWriter<Scalar> writer_of(const mpi::Model<Scalar>& model, const Training* training,
                              Texts texts) {
    const ModelShard<Scalar>& shard = DistributedAccess::shard(model);
    ModelWriter<Scalar> writer(shard.head, training, std::move(texts));
    const bool biases = has_biases(shard.head.objective);
    writer.add_side("user", shard.user_side, shard.users.rows(), biases);
    writer.add_side("item", shard.item_side, shard.items.rows(), biases);
    return writer;
}

/// Adds the ids of one side; each rank has those of its own rows.
template <Real Scalar>
void add_ids(const mpi::Group& group, ModelWriter<Scalar>& writer, const std::string& side,
             const std::vector<std::string>& names, std::int64_t count) {
    StoredIds ids;
    together(group, [&] {
        ids = stored_ids(to_int32(names.size()),
                         [&](std::int32_t n) -> const std::string& { return names[to_size(n)]; });
    });
    const RankSum bytes = sum_over_ranks(group, to_count(ids.texts.size()));
    const IdTotals all{sum_over_ranks(group, to_count(names.size())).all, bytes.all,
                       !any_rank(group, !ids.are_numbers())};
    if (all.count != count)
        throw InputError(
            message("als::save: there are ", all.count, " ids for ", count, " ", side, "s"));
    for (std::int64_t& end : ids.ends) end += bytes.before;
    writer.add_ids(side, std::move(ids), all);
}

/// Entries in the form of a file, without their values.
struct StoredSeen {
    std::vector<std::int64_t> offsets;
    std::vector<Item> items;
};

template <Real Scalar>
void add_seen(const mpi::Group& group, ModelWriter<Scalar>& writer, const Shard<Scalar>& seen,
              const ModelShard<Scalar>& model, StoredSeen& stored) {
    const SparseRows<Item, Scalar>& rows = seen.by_user;
    const RankSum entries = sum_over_ranks(group, to_count(rows.ids.size()));
    together(group, [&] {
        check_fits("als::save: seen", seen, model);
        for (const std::int64_t offset : rows.offsets)
            stored.offsets.push_back(entries.before + offset);
        // Rank 0 has the 0 before all users.
        if (group.rank() > 0) stored.offsets.erase(stored.offsets.begin());
        stored.items = items_of(seen, rows.ids);
    });
    writer.add_seen(seen.users.rows(), entries.all, stored.offsets, stored.items, rows.values);
}

/// Reads the rows of a side that are dealt to this rank. check(reader, rows) may refuse them.
template <Real Scalar, typename Check>
Side<Scalar> read_rows(const mpi::Group& group, const std::filesystem::path& path,
                       const std::string& side, const Deal& deal, const Check& check) {
    Side<Scalar> rows;
    Attempts attempts(group);
    const auto read = [&](const auto& use) {
        attempts.run([&] { with_model_reader<Scalar>(path, use); });
    };
    read([&](const auto& reader) {
        const auto count = static_cast<std::int64_t>(reader.factors_of(side).shape[0]);
        if (count != deal.rows())
            throw FormatError(message("als::load: ", text_of(path), ": there are ", count, " ",
                                      side, "s and not ", deal.rows()));
        rows = reader.rows(side, deal.first_row(group.rank()), deal.rows_of(group.rank()),
                           [](const std::string&, std::uint32_t) {});
        check(reader, std::as_const(rows));
    });
    // The checksums need the bytes of all ranks.
    const auto check_sum = [&](const std::string& tensor, const auto& numbers) {
        const auto sum =
            checksum_in_turn(group, numbers.data(), to_size(numbers.size()) * sizeof(Scalar));
        read([&](const auto& reader) { reader.check_sum(tensor, sum); });
    };
    check_sum(side + "_factors", rows.factors);
    if (any_rank(group, rows.biases.size() > 0)) check_sum(side + "_biases", rows.biases);
    attempts.settle();
    return rows;
}

/// Reads a model. Its rows are dealt out as given, or evenly. inspect(reader) may refuse the file.
template <Real Scalar, typename Inspect>
mpi::Model<Scalar> read_model(const mpi::Group& group, const std::filesystem::path& path,
                              const Inspect& inspect, const std::optional<Deal>& users = {},
                              const std::optional<Deal>& items = {}) {
    ModelShard<Scalar> shard;
    shard.rank = group.rank();
    together(group, [&] {
        with_model_reader<Scalar>(path, [&](const auto& reader) {
            shard.head = reader.head();
            inspect(reader);
            const auto& user_shape = reader.factors_of("user").shape;
            const auto& item_shape = reader.factors_of("item").shape;
            const auto deal = [&](const std::optional<Deal>& wanted, std::uint64_t count) {
                const auto rows = static_cast<std::int64_t>(count);
                const std::vector<std::int64_t> even(to_size(RowGroups(rows).count()), 1);
                return wanted ? *wanted : Deal(rows, even, group.size());
            };
            shard.users = deal(users, user_shape[0]);
            shard.items = deal(items, item_shape[0]);
            reader.checked([&] {
                check_sides({static_cast<Eigen::Index>(user_shape[0]),
                             static_cast<Eigen::Index>(item_shape[0])},
                            {static_cast<Eigen::Index>(user_shape[1]),
                             static_cast<Eigen::Index>(item_shape[1])},
                            {reader.bias_count("user"), reader.bias_count("item")},
                            shard.head.objective);
                std::visit([](const auto& each) { validate(each); }, shard.head.objective);
            });
        });
    });
    const auto read = [&](const std::string& name, const Deal& deal) {
        return read_rows<Scalar>(
            group, path, name, deal, [&](const auto& reader, const auto& rows) {
                reader.checked([&] {
                    check_numbers(name, rows, is_non_negative(shard.head.objective),
                                  deal.first_row(group.rank()));
                });
            });
    };
    shard.user_side = read("user", shard.users);
    shard.item_side = read("item", shard.items);
    return DistributedAccess::make<mpi::Model<Scalar>>(std::move(shard));
}

}  // namespace detail

namespace mpi {

template <Real Scalar>
void save(const Group& group, const Model<Scalar>& model, const std::filesystem::path& path,
          const std::type_identity_t<SaveOptions<Scalar>>& options) {
    using namespace als::detail;
    const auto shape = [](const auto* map) {
        if (map == nullptr) return std::uint64_t{0};
        std::uint64_t hash = hash_with(hash_of_no_ids, std::to_string(map->features()));
        for (const std::string& name : map->names()) hash = hash_with(hash, name);
        return hash;
    };
    const std::array<std::uint64_t, 5> parts{
        options.ids != nullptr, options.seen != nullptr, options.training != nullptr,
        shape(options.user_features), shape(options.item_features)};
    check_alike(group, parts,
                "als::mpi::save: the options differ between ranks; give all ranks the same");
    auto writer = writer_of(model, options.training, {});
    if (options.ids != nullptr) {
        add_ids(group, writer, "user", options.ids->user_ids, model.user_count());
        add_ids(group, writer, "item", options.ids->item_ids, model.item_count());
    }
    together(group, [&] {
        writer.add_features(model.factors(), model.objective(), options.user_features);
        writer.add_features(model.factors(), model.objective(), options.item_features);
    });
    StoredSeen stored;
    if (options.seen != nullptr)
        add_seen(group, writer, DistributedAccess::shard(*options.seen),
                 DistributedAccess::shard(model), stored);
    write_file(group, writer, path);
}

template <Real Scalar>
void save(const Group& group, const Model<Scalar>& model, const std::filesystem::path& path,
          const Ratings<Scalar>& ids) {
    save(group, model, path, {.ids = &ids});
}

template <Real Scalar>
Model<Scalar> load(const Group& group, const std::filesystem::path& path) {
    return als::detail::read_model<Scalar>(group, path, [](const auto&) {});
}

}  // namespace mpi
}  // inline namespace
}  // namespace als
