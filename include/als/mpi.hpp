// SPDX-License-Identifier: MIT
// Training beyond one machine, by MPI: the same model as `fit` makes, bit for bit, on any number of
// ranks. Not part of als.hpp; needs an MPI library (MPICH, Open MPI, ...). See docs/distributed.md.
#pragma once

// Without the C++ interface of MPI 2, which is no longer part of MPI.
#ifndef OMPI_SKIP_MPICXX
#define OMPI_SKIP_MPICXX 1
#endif
#ifndef MPICH_SKIP_MPICXX
#define MPICH_SKIP_MPICXX 1
#endif
#include <als/checkpoint.hpp>
#include <als/evaluate.hpp>
#include <als/features.hpp>
#include <als/fit.hpp>
#include <als/id_map.hpp>
#include <als/model_file.hpp>
#include <als/ratings_file.hpp>
#include <als/recommend.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mpi.h>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace als {
inline namespace ALS_ABI {

namespace detail {

struct DistributedAccess;
template <Real Scalar>
struct Shard;
template <Real Scalar>
struct ModelShard;

}  // namespace detail

namespace mpi {

/// MPI from construction to destruction, one thread of which (the one that made the session) talks
/// to other ranks. Run one rank on each machine; within a rank, OpenMP uses the cores.
///
/// Handle errors while the session exists: if it is destroyed by an exception, it ends the whole
/// job (MPI_Abort), because the other ranks would wait for this one.
class Session {
public:
    /// Throws `Error` if MPI does not support threads beside the one that talks.
    Session(int& argc, char**& argv);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

private:
    int exceptions_;
};

/// Ranks that train together. All functions below that take a group are collective: each rank of
/// the group calls them, in the same order and with the same options. If one fails on one rank, it
/// throws on all ranks; the message then begins with the rank.
class Group {
public:
    /// Copies the communicator.
    explicit Group(MPI_Comm communicator = MPI_COMM_WORLD);
    ~Group();
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    /// This rank, 0 <= rank < size.
    [[nodiscard]] int rank() const { return rank_; }
    /// Number of ranks.
    [[nodiscard]] int size() const { return size_; }
    /// The group's own communicator.
    [[nodiscard]] MPI_Comm communicator() const { return communicator_; }

    /// Bytes of data that this rank has received from others.
    [[nodiscard]] std::int64_t received() const { return received_; }

private:
    friend struct detail::DistributedAccess;
    MPI_Comm communicator_ = MPI_COMM_NULL;
    int rank_ = 0;
    int size_ = 1;
    mutable std::int64_t received_ = 0;
};

/// Interactions dealt out to the ranks of a group. A rank holds the rows of some consecutive users
/// and the columns of some consecutive items. Users and items are dealt in whole groups of 512 rows
/// or more (at most 256 groups), such that the ranks hold about as many entries each; a rank may
/// hold none.
///
/// Memory of a rank: (8 + 2 sizeof(Scalar)) bytes for each of its entries, and 12 for each of its
/// rows and for each row of the other side that they touch; three times as much while it is made.
template <Real Scalar>
class Interactions {
public:
    using scalar_type = Scalar;  ///< float or double

    /// No users, no items, on one rank.
    Interactions();

    /// From the entries of all ranks; each may give any entries. They count as one sequence, rank
    /// by rank, and the result is that of als::Interactions for this sequence. Throws as that does;
    /// entries in messages count from the first one of rank 0.
    Interactions(const Group& group, std::int64_t user_count, std::int64_t item_count,
                 std::span<const Entry<Scalar>> entries, InteractionsOptions options = {});

    /// Number of users on all ranks.
    [[nodiscard]] std::int32_t user_count() const;
    /// Number of items on all ranks.
    [[nodiscard]] std::int32_t item_count() const;

    /// Number of entries on all ranks.
    [[nodiscard]] std::int64_t size() const;

    /// The first user of this rank.
    [[nodiscard]] std::int32_t first_user() const;
    /// One beyond the last user of this rank.
    [[nodiscard]] std::int32_t end_user() const;

    /// The entries of this rank's users, by user and then by item. Cost: a copy.
    [[nodiscard]] std::vector<Entry<Scalar>> entries() const;

private:
    friend struct detail::DistributedAccess;
    std::shared_ptr<const detail::Shard<Scalar>> shard_;
};

/// A model dealt out to the ranks of a group: each holds the factors of some consecutive users and
/// items. Copies share the numbers.
template <Real Scalar>
class Model {
public:
    using scalar_type = Scalar;  ///< float or double

    /// Number of factors, without biases.
    [[nodiscard]] int factors() const;
    /// Number of users on all ranks.
    [[nodiscard]] std::int32_t user_count() const;
    /// Number of items on all ranks.
    [[nodiscard]] std::int32_t item_count() const;
    /// The objective that was minimised.
    [[nodiscard]] const AnyObjective& objective() const;
    /// mu: the mean rating of the training data; 0 without biases.
    [[nodiscard]] double mean() const;

    /// The first user of this rank.
    [[nodiscard]] std::int32_t first_user() const;
    /// One beyond the last user of this rank.
    [[nodiscard]] std::int32_t end_user() const;
    /// The rows of the users of this rank.
    [[nodiscard]] const Side<Scalar>& users() const;

    /// The first item of this rank.
    [[nodiscard]] std::int32_t first_item() const;
    /// One beyond the last item of this rank.
    [[nodiscard]] std::int32_t end_item() const;
    /// The rows of the items of this rank.
    [[nodiscard]] const Side<Scalar>& items() const;

private:
    friend struct detail::DistributedAccess;
    Model() = default;
    std::shared_ptr<const detail::ModelShard<Scalar>> shard_;
};

/// Trains as `als::fit` does, to the same model, bit for bit, for any number of ranks and threads.
///
/// In each half iteration a rank solves its own rows. Before that it receives the rows of the other
/// side that these touch, already whitened; the Gram matrix is summed rank by rank. The observer is
/// called on the ranks that have one; if one of them says `Next::stop`, or a stop is requested on
/// one rank, all end.
///
/// Throws what als::fit throws, on all ranks; also `InputError` if objective, options or the chosen
/// instruction set differ between ranks. Cost: that of als::fit divided by the number of ranks, if
/// the rows can be divided so, plus the rows received: (rows touched on other ranks) factors
/// sizeof(Scalar) bytes, and 8 factors^2 for the Gram matrix. An objective (for an observer, or for
/// a tolerance) costs one more exchange.
template <Real Scalar, Objective ObjectiveType>
[[nodiscard]] Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                                const ObjectiveType& objective, const Training& training = {});

/// Starts from an earlier model, as als::fit does. It may have been dealt out to other ranks.
template <Real Scalar, Objective ObjectiveType>
[[nodiscard]] Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                                const ObjectiveType& objective, const Training& training,
                                const Model<Scalar>& earlier);

/// Trains on ratings with weights, as als::fit does. The weights have the cells of `data`: make
/// them of `data.entries()`. If they are dealt out in another way, they are dealt out as `data`
/// are; they then need as much memory as `data`.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                                const Interactions<Scalar>& weights, const Explicit& objective,
                                const Training& training = {});

/// Starts from an earlier model, with weights.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                                const Interactions<Scalar>& weights, const Explicit& objective,
                                const Training& training, const Model<Scalar>& earlier);

/// Trains as `als::fit_with_checkpoints` does. The file may be resumed from by any number of ranks
/// and by als::fit_with_checkpoints: it is the same, byte for byte. Rank 0 writes it; all ranks
/// read it, so it must lie where all can. If a rank is killed, MPI ends the job; run again, it
/// loses at most `every` iterations.
template <Real Scalar, Objective ObjectiveType>
[[nodiscard]] Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                                const ObjectiveType& objective, Training training,
                                const Checkpoints& checkpoints);

/// What a ratings file holds, dealt out.
template <Real Scalar>
struct Ratings {
    Interactions<Scalar> interactions;  ///< the ratings, dealt out
    std::vector<std::string> user_ids;  ///< of this rank's users
    std::vector<std::string> item_ids;  ///< of this rank's items

    /// The times of the same cells, on the same ranks, if a time column was asked for.
    Interactions<double> times = {};

    /// As in als::Ratings; numbers of lines are those of the whole file, and lists are those of
    /// this rank's part of it.
    std::vector<std::string> header = {};     ///< the names of all columns; empty without a header
    std::vector<std::string> bad_lines = {};  ///< of this rank's part
    std::int64_t comment_lines = 0;           ///< lines left out as comments
    std::int64_t missing_lines = 0;           ///< lines left out for a missing id or value
    std::int64_t unknown_lines = 0;           ///< lines left out by `UnknownIds::skip`
    IdMap<User> unknown_users = {};           ///< their users, each once
    IdMap<Item> unknown_items = {};           ///< their items, each once
    std::vector<std::string> notes = {};      ///< remarks about this rank's part
};

/// Reads a ratings file that all ranks can read, each a range of its bytes. Ids get the indices
/// that als::read_ratings gives them. Takes all its options and throws as it does; lines in
/// messages are those of the file. Cost: each rank reads its range twice (it counts the lines
/// first). Memory of a rank: the ids that occur in its range, three times, and what Interactions
/// need; with times, 24 bytes more for each entry while they are read.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(const Group& group, const std::filesystem::path& path,
                                           const RatingsOptions& options = {});

/// Reads a file whose users and items continue those of the given maps, which are the same on all
/// ranks; see als::read_ratings. Memory of a rank: also a copy of the maps.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(const Group& group, const std::filesystem::path& path,
                                           const IdMap<User>& users, const IdMap<Item>& items,
                                           const RatingsOptions& options = {});

/// Reads a file whose users and items continue those of an earlier file. Memory of a rank: also all
/// ids of that file, twice.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(const Group& group, const std::filesystem::path& path,
                                           const Ratings<Scalar>& earlier,
                                           const RatingsOptions& options = {});

/// The whole model, on every rank. Cost: the memory of als::Model on each.
template <Real Scalar>
[[nodiscard]] als::Model<Scalar> gathered(const Group& group, const Model<Scalar>& model);

/// What `save` writes in addition to the model; see als::SaveOptions. All ranks give the same.
template <Real Scalar>
struct SaveOptions {
    /// The ids of a file that was read.
    const Ratings<Scalar>* ids = nullptr;

    /// What the users have seen. It may be dealt out in another way than the model.
    const Interactions<Scalar>* seen = nullptr;

    const Training* training = nullptr;  ///< see `als::SaveOptions::training`

    /// Feature maps, which are small: each rank has the whole map, and that of rank 0 is written.
    const FeatureMap<User, Scalar>* user_features = nullptr;
    const FeatureMap<Item, Scalar>* item_features = nullptr;  ///< likewise, of items
};

/// Writes the file that als::save would write, through rank 0, which holds a few megabytes of it at
/// a time. Throws as als::save does, and `InputError` if the options differ between ranks. Memory
/// of a rank: its ids, and for `seen` 4 bytes for each of its entries and 8 for each of its users.
template <Real Scalar>
void save(const Group& group, const Model<Scalar>& model, const std::filesystem::path& path,
          const std::type_identity_t<SaveOptions<Scalar>>& options = {});

/// Writes the model and the ids of a file that was read.
template <Real Scalar>
void save(const Group& group, const Model<Scalar>& model, const std::filesystem::path& path,
          const Ratings<Scalar>& ids);

/// Reads a model file; each rank reads its own rows. Throws as als::load does.
template <Real Scalar>
[[nodiscard]] Model<Scalar> load(const Group& group, const std::filesystem::path& path);

/// Calls take(user, list) for each user of this rank, as als::recommend_everyone does for all.
///
/// `exclude` (not null: usually the training data) holds the items that are no candidates for their
/// users, in place of `BatchOptions::exclude`. Throws as als::recommend_everyone does. Memory of a
/// rank: the factors of all items, and its users' entries in `exclude`.
template <Real Scalar, typename Take>
void recommend_everyone(const Group& group, const Model<Scalar>& model,
                        const BatchOptions<Scalar>& options, const Take& take,
                        const Interactions<Scalar>* exclude = nullptr);

/// Judges the model as als::evaluate does, each rank its own users; all ranks get the same result,
/// the one of one process. `exclude` takes the place of `EvaluateOptions::exclude`. Throws as
/// als::evaluate does. Memory of a rank: as `recommend_everyone`, and 88 bytes for each user of
/// `test`.
template <Real Scalar>
[[nodiscard]] Evaluation evaluate(const Group& group, const Model<Scalar>& model,
                                  const Interactions<Scalar>& test,
                                  const EvaluateOptions<Scalar>& options = {},
                                  const Interactions<Scalar>* exclude = nullptr);

}  // namespace mpi
}  // inline namespace
}  // namespace als

#include <als/detail/mpi/files.hpp>
#include <als/detail/mpi/queries.hpp>
#include <als/detail/mpi/reader.hpp>
#include <als/detail/mpi/training.hpp>
