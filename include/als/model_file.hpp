// SPDX-License-Identifier: MIT
// `save` and `load`: a model with its ids, seen interactions and feature maps as one file in the
// safetensors format.
#pragma once

#include <als/features.hpp>
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

/// What `save` writes in addition to the model. Everything is optional; null leaves it out.
template <Real Scalar>
struct SaveOptions {
    /// External ids of the users, as many as the model has users.
    const IdMap<User>* users = nullptr;
    /// External ids of the items, as many as the model has items.
    const IdMap<Item>* items = nullptr;

    /// What the users have seen, for `exclude` and `explain` after the model is loaded; with the
    /// model's numbers of users and items.
    const Interactions<Scalar>* seen = nullptr;

    /// How the model was trained. The observer, the number of threads and the stop token are not
    /// saved.
    const Training* training = nullptr;

    /// Maps features to the factors of users without history.
    const FeatureMap<User, Scalar>* user_features = nullptr;
    /// Maps features to the factors of items without history.
    const FeatureMap<Item, Scalar>* item_features = nullptr;
};

/// The content of a model file. See `SaveOptions`.
template <Real Scalar>
struct ModelFile {
    Model<Scalar> model;                       ///< the model
    IdMap<User> users;                         ///< empty if the file has none
    IdMap<Item> items;                         ///< empty if the file has none
    std::optional<Interactions<Scalar>> seen;  ///< nothing if the file has none
    std::optional<Training> training;          ///< nothing if the file has none

    std::optional<FeatureMap<User, Scalar>> user_features = {};  ///< nothing if the file has none
    std::optional<FeatureMap<Item, Scalar>> item_features = {};  ///< nothing if the file has none
};

/// Writes a model to a file in the safetensors format (docs/file-format.md).
///
/// Atomic and durable: the bytes go to a temporary file beside `path`, which replaces `path` once
/// it is complete and on the disk. Until then an old file stays as it was, and any number of
/// processes may load it. Throws `InputError` if ids, `seen` or feature maps do not fit the model,
/// and `IoError` with the system's reason; an old file is then unchanged. Cost: O(size of the
/// file); memory: ids in the form of the file, but no copy of the factors and of `seen`.
template <Real Scalar>
void save(const Model<Scalar>& model, const std::filesystem::path& path,
          const std::type_identity_t<SaveOptions<Scalar>>& options = {});

/// Reads everything in a model file. The model equals the saved one, bit for bit.
///
/// Any bytes give a model or an error: the reader is strict, every tensor has a checksum, and all
/// numbers pass the checks of `Model` and `Interactions`. Throws `IoError` if the file cannot be
/// read, and `FormatError` naming what is wrong, also if the model has another scalar. Cost: that
/// of making a `Model`, plus O(size of the file). Memory: at most the file's size until its parts
/// are known to agree; then up to eight times their size in the file for ids and `seen`, and for
/// the model what `Model` says.
template <Real Scalar>
[[nodiscard]] ModelFile<Scalar> load_all(const std::filesystem::path& path);

/// The factors of a model file, mapped into memory. Use it for search indices, to share factors
/// between processes, and for models too large for `load` to copy.
///
/// It checks the header like `load`, but reads no factors: neither their checksums nor their values
/// are checked. The file may be replaced while it is mapped, as `save` does. If a program writes
/// into the file or truncates it, the factors change, or a signal ends this process. Cannot be
/// copied. Const members may be called from many threads.
template <Real Scalar>
class MappedModel {
public:
    /// A view of mapped factors.
    using Factors = Eigen::Map<const FactorMatrix<Scalar>>;

    /// Maps a model file. Throws what `load` throws. Cost: that of reading the header.
    explicit MappedModel(const std::filesystem::path& path);
    ~MappedModel();
    MappedModel(const MappedModel&) = delete;
    MappedModel& operator=(const MappedModel&) = delete;

    /// The users' factors X, [users, factors].
    [[nodiscard]] const Factors& user_factors() const { return users_; }
    /// The items' factors Y, [items, factors].
    [[nodiscard]] const Factors& item_factors() const { return items_; }

private:
    std::unique_ptr<detail::MappedFile> mapping_;
    Factors users_, items_;
};

/// Reads only the model. Defects of ids, `seen`, training and feature maps go unnoticed, because
/// these are not read. Otherwise like `load_all`.
template <Real Scalar>
[[nodiscard]] Model<Scalar> load(const std::filesystem::path& path);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/model_file.hpp>
#endif
