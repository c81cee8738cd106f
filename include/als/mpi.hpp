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

/// Keeps MPI running from its construction to its destruction. Only the thread that makes the
/// session talks to other ranks. Run one rank on each machine; within a rank, OpenMP uses the
/// cores.
///
/// Handle errors while the session exists: if an exception destroys it, it ends the whole job
/// (MPI_Abort), because the other ranks would wait for this one.
class Session {
public:
    /// Starts MPI. Throws `Error` if the MPI library does not support threads besides the one that
    /// calls it.
    Session(int& argc, char**& argv);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

private:
    int exceptions_;
};

/// Ranks that train together. All functions below that take a group are collective: each rank of
/// the group calls them, in the same order and with the same options. If a function fails on one
/// rank, it throws on all ranks; the message then begins with the rank.
class Group {
public:
    /// Makes a group of the ranks of a communicator, which it copies.
    explicit Group(MPI_Comm communicator = MPI_COMM_WORLD);
    ~Group();
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    /// Number of this rank, from 0.
    [[nodiscard]] int rank() const { return rank_; }
    /// Number of ranks.
    [[nodiscard]] int size() const { return size_; }
    /// The group's own copy of the communicator.
    [[nodiscard]] MPI_Comm communicator() const { return communicator_; }

    /// Number of bytes that this rank has received from others, without counts, flags, sums of
    /// judgements and messages of errors.
    [[nodiscard]] std::int64_t received() const { return received_; }

private:
    friend struct detail::DistributedAccess;
    MPI_Comm communicator_ = MPI_COMM_NULL;
    int rank_ = 0;
    int size_ = 1;
    mutable std::int64_t received_ = 0;
};

/// Interactions that are dealt out to the ranks of a group. A rank holds the rows of some
/// consecutive users and the columns of some consecutive items. Users and items are dealt out in
/// whole groups of 512 rows or more (at most 256 groups), so that the ranks hold about the same
/// number of entries; a rank may hold none.
///
/// Memory of a rank: (8 + 2 sizeof(Scalar)) bytes for each of its entries, 8 for each of its rows,
/// 4 for each row of the other side that they touch, and 4 for each of its rows and each other rank
/// that touches it; three times as much during construction. A rank can send or receive at most
/// 2^31 - 1 entries or rows in one exchange; with more, `InputError` asks for more ranks.
template <Real Scalar>
class Interactions {
public:
    /// The scalar of the values.
    using scalar_type = Scalar;

    /// No users and no items, on one rank.
    Interactions();

    /// Makes interactions from the entries of all ranks; each rank may give any entries. They count
    /// as one sequence, rank by rank, and the result is that of als::Interactions for this
    /// sequence. Throws what that throws; entries in messages count from the first one of rank 0.
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
    /// The user after the last one of this rank.
    [[nodiscard]] std::int32_t end_user() const;

    /// The entries of this rank's users, by user and then by item. Cost: a copy.
    [[nodiscard]] std::vector<Entry<Scalar>> entries() const;

private:
    friend struct detail::DistributedAccess;
    std::shared_ptr<const detail::Shard<Scalar>> shard_;
};

/// A model that is dealt out to the ranks of a group: each rank holds the factors of some
/// consecutive users and items. Copies share the numbers.
template <Real Scalar>
class Model {
public:
    /// The scalar of the factors.
    using scalar_type = Scalar;

    /// Number of factors.
    [[nodiscard]] int factors() const;
    /// Number of users on all ranks.
    [[nodiscard]] std::int32_t user_count() const;
    /// Number of items on all ranks.
    [[nodiscard]] std::int32_t item_count() const;
    /// The objective that was minimised.
    [[nodiscard]] const AnyObjective& objective() const;
    /// mu, the mean rating of the training data; 0 without biases.
    [[nodiscard]] double mean() const;

    /// The first user of this rank.
    [[nodiscard]] std::int32_t first_user() const;
    /// The user after the last one of this rank.
    [[nodiscard]] std::int32_t end_user() const;
    /// The factors and biases of this rank's users.
    [[nodiscard]] const Side<Scalar>& users() const;

    /// The first item of this rank.
    [[nodiscard]] std::int32_t first_item() const;
    /// The item after the last one of this rank.
    [[nodiscard]] std::int32_t end_item() const;
    /// The factors and biases of this rank's items.
    [[nodiscard]] const Side<Scalar>& items() const;

private:
    friend struct detail::DistributedAccess;
    Model() = default;
    std::shared_ptr<const detail::ModelShard<Scalar>> shard_;
};

/// Trains like `als::fit`, to the same model, bit for bit, for any number of ranks and threads.
///
/// In each half iteration, a rank solves its own rows. Before that it receives the rows of the
/// other side that these touch, already whitened; the Gram matrix is summed rank by rank. The
/// observer is called on the ranks that have one. If one of them returns `Next::stop`, or a stop is
/// requested on one rank, the training ends on all ranks.
///
/// Throws what als::fit throws, on all ranks; also `InputError` if the objective, the options or
/// the chosen instruction set differ between ranks. Cost: that of als::fit divided by the number of
/// ranks, if the rows can be divided evenly, plus the data received: (rows touched on other ranks)
/// factors sizeof(Scalar) bytes, and 8 factors^2 for the Gram matrix. An objective (for an observer
/// or a tolerance) costs one more exchange.
template <Real Scalar, Objective ObjectiveType>
[[nodiscard]] Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                                const ObjectiveType& objective, const Training& training = {});

/// Like `fit` above, but starts from an earlier model, which may have been dealt out differently.
template <Real Scalar, Objective ObjectiveType>
[[nodiscard]] Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                                const ObjectiveType& objective, const Training& training,
                                const Model<Scalar>& earlier);

/// Trains on ratings with weights, like als::fit. The weights have the cells of `data`: make them
/// from `data.entries()`. If they are dealt out differently, they are dealt out again like `data`,
/// which takes as much memory as `data`.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                                const Interactions<Scalar>& weights, const Explicit& objective,
                                const Training& training = {});

/// Like `fit` with weights, but starts from an earlier model.
template <Real Scalar>
[[nodiscard]] Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                                const Interactions<Scalar>& weights, const Explicit& objective,
                                const Training& training, const Model<Scalar>& earlier);

/// Trains like `als::fit_with_checkpoints`. The file is the same, byte for byte, so any number of
/// ranks and als::fit_with_checkpoints can resume from it. Rank 0 writes it and all ranks read it,
/// so it must be where all ranks can read it. If a rank is killed, MPI ends the job; if the job is
/// run again, it has lost at most `every` iterations.
template <Real Scalar, Objective ObjectiveType>
[[nodiscard]] Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                                const ObjectiveType& objective, Training training,
                                const Checkpoints& checkpoints);

/// The content of a ratings file, dealt out to the ranks.
template <Real Scalar>
struct Ratings {
    Interactions<Scalar> interactions;  ///< the ratings that were kept
    std::vector<std::string> user_ids;  ///< ids of this rank's users
    std::vector<std::string> item_ids;  ///< ids of this rank's items

    /// The times of the same cells, on the same ranks, if a time column was asked for.
    Interactions<double> times = {};

    /// See als::Ratings::header.
    std::vector<std::string> header = {};
    /// See als::Ratings::bad_lines; those of this rank's part of the file.
    std::vector<std::string> bad_lines = {};
    std::int64_t comment_lines = 0;  ///< lines of the whole file left out as comments
    std::int64_t missing_lines = 0;  ///< lines of the whole file left out for a missing word
    std::int64_t unknown_lines = 0;  ///< lines of the whole file left out by `UnknownIds::skip`
    /// See als::Ratings::unknown_users; those of this rank's part of the file.
    IdMap<User> unknown_users = {};
    /// See als::Ratings::unknown_items; those of this rank's part of the file.
    IdMap<Item> unknown_items = {};
    /// See als::Ratings::notes; those of this rank's part of the file.
    std::vector<std::string> notes = {};
};

/// Reads a ratings file that all ranks can read; each reads a range of its bytes. Ids get the
/// indices that als::read_ratings gives them. Takes all options of als::read_ratings and throws
/// what it throws; lines in messages are those of the whole file. Cost: each rank reads its range
/// twice, because it counts the lines first. Memory of a rank: the ids that occur in its range,
/// three times, and what Interactions need; with times, 24 bytes more for each entry during the
/// reading.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(const Group& group, const std::filesystem::path& path,
                                           const RatingsOptions& options = {});

/// Like `read_ratings` above, with the ids of the given maps, which must be the same on all ranks;
/// see als::read_ratings. Memory of a rank: also a copy of the maps.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(const Group& group, const std::filesystem::path& path,
                                           const IdMap<User>& users, const IdMap<Item>& items,
                                           const RatingsOptions& options = {});

/// Like `read_ratings` above, with the ids of an earlier file. Memory of a rank: also all ids of
/// that file, twice.
template <Real Scalar>
[[nodiscard]] Ratings<Scalar> read_ratings(const Group& group, const std::filesystem::path& path,
                                           const Ratings<Scalar>& earlier,
                                           const RatingsOptions& options = {});

/// Returns the whole model, on every rank. Cost: the memory of als::Model on each.
template <Real Scalar>
[[nodiscard]] als::Model<Scalar> gathered(const Group& group, const Model<Scalar>& model);

/// What `save` writes in addition to the model; see als::SaveOptions. All ranks must give the same.
template <Real Scalar>
struct SaveOptions {
    /// The ids of a file that was read.
    const Ratings<Scalar>* ids = nullptr;

    /// What the users have seen. It may be dealt out differently from the model.
    const Interactions<Scalar>* seen = nullptr;

    /// How the model was trained.
    const Training* training = nullptr;

    /// Maps features to the factors of users. Each rank has the whole map, because it is small;
    /// that of rank 0 is written.
    const FeatureMap<User, Scalar>* user_features = nullptr;
    /// Maps features to the factors of items, likewise.
    const FeatureMap<Item, Scalar>* item_features = nullptr;
};

/// Writes the file that als::save would write, through rank 0, which holds a few megabytes of it at
/// a time. Throws what als::save throws, and `InputError` if the options differ between ranks.
/// Memory of a rank: its ids and, for `seen`, 4 bytes for each of its entries and 8 for each of its
/// users.
template <Real Scalar>
void save(const Group& group, const Model<Scalar>& model, const std::filesystem::path& path,
          const std::type_identity_t<SaveOptions<Scalar>>& options = {});

/// Writes the model and the ids of a file that was read.
template <Real Scalar>
void save(const Group& group, const Model<Scalar>& model, const std::filesystem::path& path,
          const Ratings<Scalar>& ids);

/// Reads a model file; each rank reads its own rows. Throws what als::load throws.
template <Real Scalar>
[[nodiscard]] Model<Scalar> load(const Group& group, const std::filesystem::path& path);

/// Calls take(user, list) for each user of this rank, as als::recommend_everyone does for all
/// users.
///
/// The items of `exclude` (usually the training data; may be null) are no candidates for their
/// users. It replaces `BatchOptions::exclude`. Throws what als::recommend_everyone throws. Memory
/// of a rank: the factors of all items, and its users' entries in `exclude`.
template <Real Scalar, typename Take>
void recommend_everyone(const Group& group, const Model<Scalar>& model,
                        const BatchOptions<Scalar>& options, const Take& take,
                        const Interactions<Scalar>* exclude = nullptr);

/// Judges the model like als::evaluate. Each rank judges its own users, and all ranks get the
/// result of als::evaluate. `exclude` replaces `EvaluateOptions::exclude`. Throws what
/// als::evaluate throws. Memory of a rank: that of `recommend_everyone`, and 88 bytes for each user
/// of `test`.
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
