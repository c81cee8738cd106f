// SPDX-License-Identifier: MIT
// Explicit instantiations for the scalar ALS_SCALAR: ratings files and model files.
#include <als/detail/model_file.hpp>
#include <als/detail/ratings_file.hpp>

namespace als {
inline namespace ALS_ABI {

using Scalar = ALS_SCALAR;

template Ratings<Scalar> read_ratings(const std::filesystem::path&, const RatingsOptions&);
template Ratings<Scalar> read_ratings(std::istream&, const std::string&, const RatingsOptions&);

template void save(const Model<Scalar>&, const std::filesystem::path&, const SaveOptions<Scalar>&);
template ModelFile<Scalar> load_all(const std::filesystem::path&);
template Model<Scalar> load(const std::filesystem::path&);
template class MappedModel<Scalar>;

}  // inline namespace
}  // namespace als
