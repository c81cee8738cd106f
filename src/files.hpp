// SPDX-License-Identifier: MIT
// Explicit instantiations for the scalar ALS_SCALAR: files of ratings, features and models.
#include <als/detail/feature_file.hpp>
#include <als/detail/model_file.hpp>
#include <als/detail/ratings_file.hpp>

namespace als {
inline namespace ALS_ABI {

template Ratings<ALS_SCALAR> read_ratings(const std::filesystem::path&, const RatingsOptions&);
template Ratings<ALS_SCALAR> read_ratings(std::istream&, const std::string&, const RatingsOptions&);
template Ratings<ALS_SCALAR> read_ratings(const std::filesystem::path&, const IdMap<User>&,
                                          const IdMap<Item>&, const RatingsOptions&);
template Ratings<ALS_SCALAR> read_ratings(std::istream&, const std::string&, const IdMap<User>&,
                                          const IdMap<Item>&, const RatingsOptions&);

template Features<User, ALS_SCALAR> read_features(const std::filesystem::path&, const IdMap<User>&,
                                                  const FeaturesOptions&);
template Features<Item, ALS_SCALAR> read_features(const std::filesystem::path&, const IdMap<Item>&,
                                                  const FeaturesOptions&);
template Features<User, ALS_SCALAR> read_features(std::istream&, const std::string&,
                                                  const IdMap<User>&, const FeaturesOptions&);
template Features<Item, ALS_SCALAR> read_features(std::istream&, const std::string&,
                                                  const IdMap<Item>&, const FeaturesOptions&);

template void save(const Model<ALS_SCALAR>&, const std::filesystem::path&,
                   const SaveOptions<ALS_SCALAR>&);
template ModelFile<ALS_SCALAR> load_all(const std::filesystem::path&);
template Model<ALS_SCALAR> load(const std::filesystem::path&);
template class MappedModel<ALS_SCALAR>;

}  // inline namespace
}  // namespace als

#undef ALS_SCALAR
