// SPDX-License-Identifier: MIT
// `save` and `load`: a model, with its ids and what its users have seen, as one file in the
// safetensors format. At the side of the way of the data.
#pragma once

#include <als/id_map.hpp>
#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/training.hpp>
#include <als/types.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <type_traits>

namespace als {
inline namespace ALS_ABI {

namespace detail {

class MappedFile;

}  // namespace detail

/// What `save` writes beside the model; all of it is optional, null leaves it out.
template <Real Scalar>
struct SaveOptions {
    /// The external ids, as many as the model has users and items.
    const IdMap<User>* users = nullptr;
    const IdMap<Item>* items = nullptr;

    /// What the users have seen, for `exclude` and `explain` where the model is loaded; with the
    /// model's users and items.
    const Interactions<Scalar>* seen = nullptr;

    /// How the model was trained; observer, threads and stop token are left out.
    const Training* training = nullptr;
};

/// What a model file holds.
template <Real Scalar>
struct ModelFile {
    Model<Scalar> model;
    IdMap<User> users;                         ///< empty where the file has none
    IdMap<Item> items;                         ///< empty where the file has none
    std::optional<Interactions<Scalar>> seen;  ///< nothing where the file has none
    std::optional<Training> training;          ///< nothing where the file has none
};

/// Writes a model to a file, in the safetensors format (docs/file-format.md).
///
/// Atomic and durable: the bytes go to a temporary file beside `path`, which takes its place when
/// it is complete and on the disk; until then an old file stays as it was. Any number of processes
/// may load the file meanwhile. Throws `InputError` where ids or `seen` are not those of the model,
/// `IoError` with the system's reason, and nothing is changed then. Cost: O(size of the file);
/// memory for ids and `seen` as the file keeps them, none for factors.
template <Real Scalar>
void save(const Model<Scalar>& model, const std::filesystem::path& path,
          const std::type_identity_t<SaveOptions<Scalar>>& options = {});

/// Reads all that a model file holds. The model equals the one saved, bit for bit.
///
/// Any bytes give a model or an error: the reader is strict, every tensor has a checksum, and all
/// numbers pass the checks of `Model` and `Interactions`. Throws `IoError` where the file cannot be
/// read, `FormatError` naming what is wrong, also where the model is one of another scalar. Cost:
/// that of making a `Model`, and O(size of the file). Memory: at most the file's size until its
/// parts are known to agree; ids and `seen` then need up to eight times what the file keeps of
/// them, and the model what `Model` says.
template <Real Scalar>
[[nodiscard]] ModelFile<Scalar> load_all(const std::filesystem::path& path);

/// The factors of a model file where they lie in it, mapped into memory: for search indices, other
/// processes that share them, and models larger than what `load` should copy.
///
/// Checks the header as `load` does, and reads no factor: their checksums and values are not looked
/// at. The file may be replaced meanwhile, as `save` does it; a program that writes into it, or
/// cuts it off, changes what is seen here or ends the process by a signal. Throws as `load`. Cost:
/// that of reading the header. Not to be copied; const members may be called from many threads.
template <Real Scalar>
class MappedModel {
public:
    using Factors = Eigen::Map<const FactorMatrix<Scalar>>;

    explicit MappedModel(const std::filesystem::path& path);
    ~MappedModel();
    MappedModel(const MappedModel&) = delete;
    MappedModel& operator=(const MappedModel&) = delete;

    /// [users, factors]
    [[nodiscard]] const Factors& user_factors() const { return users_; }
    /// [items, factors]
    [[nodiscard]] const Factors& item_factors() const { return items_; }

private:
    std::unique_ptr<detail::MappedFile> mapping_;
    Factors users_, items_;
};

/// Reads the model alone, else as `load_all`: ids, `seen` and training are not looked at, and a
/// defect of theirs is not noticed.
template <Real Scalar>
[[nodiscard]] Model<Scalar> load(const std::filesystem::path& path);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/model_file.hpp>
#endif
