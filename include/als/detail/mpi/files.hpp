// SPDX-License-Identifier: MIT
// Model files of models that are dealt out: the bytes that one process would write, through rank 0;
// each rank reads its own rows.
#pragma once

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
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

static_assert(is_little_endian, "als::mpi needs processors whose numbers are little-endian");

/// The checksum of bytes of which each rank holds a part.
inline std::uint32_t checksum_in_turn(const mpi::Group& group, const void* own, std::size_t bytes) {
    std::uint32_t sum = 0;
    in_turn(group, &sum, 1, [&] { sum = crc32c(own, bytes, sum); });
    return sum;
}

/// Gives the bytes of a tensor, those of all ranks one after the other, to write(bytes, count) on rank
/// 0, in pieces.
template <typename Write>
void stream_to_first(const mpi::Group& group, const Tensor& tensor, const Write& write) {
    constexpr std::int64_t piece = std::int64_t{1} << 22;
    const auto* const own = static_cast<const char*>(tensor.data);
    const auto held = one_of_each(group, to_count(tensor.held));
    if (group.rank() == 0) write(own, tensor.held);
    std::vector<char> received;
    for (int rank = 1; rank < group.size(); ++rank)
        for (std::int64_t at = 0; at < held[to_size(rank)]; at += piece) {
            const auto count = static_cast<int>(std::min(piece, held[to_size(rank)] - at));
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
        [&](const Tensor& tensor) { return checksum_in_turn(group, tensor.data, tensor.held); },
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

/// A writer with the rows of this rank.
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

template <Real Scalar>
void write_model(const mpi::Group& group, const mpi::Model<Scalar>& model, const Training* training,
                 Texts texts, const std::filesystem::path& path) {
    auto writer = writer_of(model, training, std::move(texts));
    write_file(group, writer, path);
}

/// Reads a model, whose rows are dealt out as given, or else evenly. inspect(reader) may refuse the
/// file.
template <Real Scalar, typename Inspect>
mpi::Model<Scalar> read_model(const mpi::Group& group, const std::filesystem::path& path,
                              const Inspect& inspect, const std::optional<Deal>& users = {},
                              const std::optional<Deal>& items = {}) {
    ModelShard<Scalar> shard;
    shard.rank = group.rank();
    const auto read = [&](const auto& reader, const std::string& name,
                          const std::optional<Deal>& wanted, Deal& deal, Side<Scalar>& side) {
        const auto rows = static_cast<std::int64_t>(reader.factors_of(name).shape[0]);
        const std::vector<std::int64_t> even(to_size(RowGroups(rows).count()), 1);
        deal = wanted ? *wanted : Deal(rows, even, group.size());
        if (deal.rows() != rows)
            throw FormatError(message("als::load: ", text_of(path), ": there are ", rows, " ", name,
                                      "s and not ", deal.rows()));
        const std::int64_t first = deal.first_row(group.rank());
        side = reader.rows(name, first, deal.rows_of(group.rank()),
                           [](const std::string&, std::uint32_t) {});
        const bool non_negative = is_non_negative(shard.head.objective);
        reader.checked([&] { check_numbers(name, side, non_negative, first); });
    };
    together(group, [&] {
        with_model_reader<Scalar>(path, [&](const auto& reader) {
            shard.head = reader.head();
            inspect(reader);
            read(reader, "user", users, shard.users, shard.user_side);
            read(reader, "item", items, shard.items, shard.item_side);
            reader.checked([&] {
                check_sides({shard.users.rows(), shard.items.rows()},
                            {shard.user_side.factors.cols(), shard.item_side.factors.cols()},
                            {reader.bias_count("user"), reader.bias_count("item")},
                            shard.head.objective);
                std::visit([](const auto& each) { validate(each); }, shard.head.objective);
            });
        });
    });
    // The checksums need the bytes of all ranks.
    Attempts attempts(group);
    const auto check = [&](const std::string& name, const Side<Scalar>& side) {
        const auto factors = checksum_in_turn(group, side.factors.data(),
                                              to_size(side.factors.size()) * sizeof(Scalar));
        const auto biases = checksum_in_turn(group, side.biases.data(),
                                             to_size(side.biases.size()) * sizeof(Scalar));
        attempts.run([&] {
            with_model_reader<Scalar>(path, [&](const auto& reader) {
                reader.check_sum(name + "_factors", factors);
                if (reader.bias_count(name) > 0) reader.check_sum(name + "_biases", biases);
            });
        });
    };
    check("user", shard.user_side);
    check("item", shard.item_side);
    attempts.settle();
    return DistributedAccess::make<mpi::Model<Scalar>>(std::move(shard));
}

}  // namespace detail

namespace mpi {

template <Real Scalar>
void save(const Group& group, const Model<Scalar>& model, const std::filesystem::path& path,
          const Training* training) {
    als::detail::write_model(group, model, training, {}, path);
}

template <Real Scalar>
Model<Scalar> load(const Group& group, const std::filesystem::path& path) {
    return als::detail::read_model<Scalar>(group, path, [](const auto&) {});
}

}  // namespace mpi
}  // inline namespace
}  // namespace als
