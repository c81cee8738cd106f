// SPDX-License-Identifier: MIT
// `fit_feature_map`: learns from a model how features (genres, a year, an occupation) make factors.
// `from_features` and `with_cold_rows` then give factors to items and users without history.
#pragma once

#include <als/model.hpp>
#include <als/types.hpp>

#include <Eigen/SparseCore>

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace als {
inline namespace ALS_ABI {

/// Features of items or users: [items or users, features]. Most are 0 or 1; see `read_features`.
template <Real Scalar>
using FeatureMatrix = Eigen::SparseMatrix<Scalar, Eigen::RowMajor>;

/// The features of one item or user, [1, features]: a row of a `FeatureMatrix`, for example.
template <Real Scalar>
using FeatureRow = Eigen::SparseVector<Scalar, Eigen::RowMajor>;

/// Options of `fit_feature_map`.
struct FeatureMapOptions {
    /// Lambda, > 0: how much the weights of features are pulled towards 0. It is in units of rows: a
    /// feature that so many rows have keeps about half of its weight. Raising it makes the map rely on
    /// frequent features.
    double regularization = 10;

    /// Names of the features, one for each column, or none. The map keeps them, and files too.
    std::vector<std::string> names = {};

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

/// The numbers that make a feature map.
template <Real Scalar>
struct FeatureMapParts {
    /// A row for each feature, and a last one that is added to all: [features + 1, factors], and as
    /// many biases for a model with biases.
    Side<Scalar> weights;

    std::vector<std::string> names = {};  ///< of the features; empty if they have none

    bool non_negative = false;  ///< whether factors below 0 become 0
};

/// The map from the features f of an item (or user) to its factors, y = f W + w_0, and in the same way
/// to its bias, if the model has biases (Gantner, Drumond, Freudenthaler, Rendle, Schmidt-Thieme 2010,
/// "Learning attribute-to-feature mappings for cold-start recommendations").
///
/// Immutable; copies share the numbers, and all members may be called from many threads at once.
template <Id Index, Real Scalar>
class FeatureMap {
public:
    /// From numbers learned here or elsewhere. Throws `InputError` if there is no row of weights, if
    /// numbers are not finite, if there are biases for other than all rows, or names for other than all
    /// features, or if a name occurs twice.
    explicit FeatureMap(FeatureMapParts<Scalar> parts);

    // No moves: a moved-from map would be empty, and copies cost nothing.
    FeatureMap(const FeatureMap&) = default;
    FeatureMap& operator=(const FeatureMap&) = default;
    ~FeatureMap() = default;

    /// Number of features.
    [[nodiscard]] int features() const;
    [[nodiscard]] int factors() const;

    /// Names of the features, in the order of the columns; empty if they have none.
    [[nodiscard]] const std::vector<std::string>& names() const { return parts_->names; }

    [[nodiscard]] const FeatureMapParts<Scalar>& parts() const { return *parts_; }

private:
    std::shared_ptr<const FeatureMapParts<Scalar>> parts_;
};

/// Learns how features make the factors of a fitted model's items (`Index` is `Item`) or users.
///
///     const auto map = als::fit_feature_map<als::Item>(model, genres, {.regularization = 10});
///     const als::FoldedIn<als::Item, float> item = als::from_features(map, genres.row(7));
///
/// Ridge regression: minimises sum_i |f_i W + w_0 - y_i|^2 + lambda |W|^2 over the rows i of which the
/// model knows something (factors and bias are not all 0); biases are one more factor. Each row counts
/// the same, however long its history: lists of new items are better so (docs/mathematics.md). It is
/// solved in double by a Cholesky factorization. The features should be of the order of 1: those with greater
/// values are hardly regularized.
///
/// `features` has a row for each item (or user) of the model, and may have more behind them, for
/// newcomers, which are not learned from. A non-negative model's map sets factors below 0 to 0, so that
/// its newcomers are as its other rows.
///
/// Throws `InputError` if an option is out of range; if there are fewer rows of features than the model
/// has; if there are more than 10,000 features (the cost is why: keep the most frequent ones); if a
/// feature is not finite; or if the model knows nothing of any row. `NumericError` if the weights are
/// not finite. Cost: O(sum over rows of n^2 + d^3 + d^2 k) for n features of a row, d features in all
/// and k factors; memory: 16 d^2 bytes, and a copy of `features`. The result is the same for any number
/// of threads.
template <Id Index, Real Scalar>
[[nodiscard]] FeatureMap<Index, Scalar> fit_feature_map(
    const Model<Scalar>& model, const std::type_identity_t<FeatureMatrix<Scalar>>& features,
    const FeatureMapOptions& options = {});

/// The factors of an item (or user) with these features, which every query takes. Throws `InputError`
/// if their number is not the map's or one is not finite, `NumericError` if the factors are not finite.
/// Cost: O(n k) for n features that are not 0.
template <Id Index, Real Scalar>
[[nodiscard]] FoldedIn<Index, Scalar> from_features(
    const FeatureMap<Index, Scalar>& map, const std::type_identity_t<FeatureRow<Scalar>>& features);

/// A copy of a model in which the items (or users) of which it knows nothing have factors and biases
/// from their features, so that `recommend`, `similar_items` and `evaluate` see them.
///
/// The model knows nothing of a row whose factors and bias are 0, as `fit` leaves rows without history;
/// all others stay as they are. If all features of such a row are 0, too, so do its factors. Rows of
/// `features` behind those of the model are added to it; the new model then does not know whose ids its
/// indices stand for. Throws `InputError` if `features` has fewer rows than the model, or if features or
/// factors differ from the map's; otherwise as `from_features`. Cost: that of a `Model`, and of
/// `from_features` for each new row.
template <Id Index, Real Scalar>
[[nodiscard]] Model<Scalar> with_cold_rows(
    const Model<Scalar>& model, const FeatureMap<Index, Scalar>& map,
    const std::type_identity_t<FeatureMatrix<Scalar>>& features);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/features.hpp>
#endif
