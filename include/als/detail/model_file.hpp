// SPDX-License-Identifier: MIT
// The implementation of <als/model_file.hpp>.
#pragma once

#include <als/detail/io/file.hpp>
#include <als/detail/io/model_reader.hpp>
#include <als/detail/io/model_writer.hpp>
#include <als/model_file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Calls use(reader) with the reader of a file.
template <Real Scalar, typename Use>
auto with_model_reader(const std::filesystem::path& path, const Use& use) {
    const ReadableFile file("als::load", path);
    const ReadAt read = [&](std::uint64_t offset, void* to, std::size_t count) {
        file.read(offset, to, count);
    };
    ModelReader<Scalar> reader(message("als::load: ", detail::text_of(path)), file.size(), read);
    return use(reader);
}

}  // namespace detail

template <Real Scalar>
void save(const Model<Scalar>& model, const std::filesystem::path& path,
          const std::type_identity_t<SaveOptions<Scalar>>& options) {
    detail::ModelWriter<Scalar>(model, options, {}).write(path);
}

template <Real Scalar>
ModelFile<Scalar> load_all(const std::filesystem::path& path) {
    return detail::with_model_reader<Scalar>(path, [](auto& reader) { return reader.file(); });
}

template <Real Scalar>
Model<Scalar> load(const std::filesystem::path& path) {
    return detail::with_model_reader<Scalar>(path, [](auto& reader) { return reader.model(); });
}

template <Real Scalar>
MappedModel<Scalar>::MappedModel(const std::filesystem::path& path)
    : mapping_(std::make_unique<detail::MappedFile>("als::MappedModel", path)),
      users_(nullptr, 0, 0),
      items_(nullptr, 0, 0) {
    const detail::ReadAt read = [&](std::uint64_t offset, void* to, std::size_t count) {
        std::copy_n(mapping_->data() + offset, count, static_cast<char*>(to));
    };
    const detail::ModelReader<Scalar> reader(
        detail::message("als::MappedModel: ", detail::text_of(path)), mapping_->size(), read);
    reader.check_header();
    if (!detail::is_little_endian)
        throw IoError(
            detail::message("als::MappedModel: ", detail::text_of(path),
                            ": its numbers are little-endian, but this processor is not, so "
                            "they cannot be used in place; als::load copies them"));
    const auto factors = [&](const std::string& side) {
        const detail::TensorPlace& place = reader.factors_of(side);
        return Factors(
            reinterpret_cast<const Scalar*>(mapping_->data() + reader.data() + place.begin),
            static_cast<Eigen::Index>(place.shape[0]), static_cast<Eigen::Index>(place.shape[1]));
    };
    new (&users_) Factors(factors("user"));  // this is how Eigen lets a Map point elsewhere
    new (&items_) Factors(factors("item"));
}

template <Real Scalar>
MappedModel<Scalar>::~MappedModel() = default;

}  // inline namespace
}  // namespace als
