// SPDX-License-Identifier: MIT
// `fit_feature_map`: learns from a model how features (genres, a year, an occupation) determine
// factors. `from_features` and `with_cold_rows` then give factors to items and users without
// history.
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

/// The features of one item or user, [1, features]; for example a row of a `FeatureMatrix`.
template <Real Scalar>
using FeatureRow = Eigen::SparseVector<Scalar, Eigen::RowMajor>;

/// Options of `fit_feature_map`.
struct FeatureMapOptions {
    /// Lambda, > 0: how strongly the weights of features are pulled towards 0. Its unit is rows: a
    /// feature that lambda rows have keeps about half of its weight. Raising it makes the map rely
    /// on frequent features.
    double regularization = 10;

    /// Names of the features, one for each column, or none. The map and model files keep them.
    std::vector<std::string> names = {};

    /// Threads, >= 0; 0 means as many as OpenMP would use, 1 starts none.
    int threads = 0;
};

/// The numbers of a feature map.
template <Real Scalar>
struct FeatureMapParts {
    /// A row for each feature, and a last row that is added to all: [features + 1, factors], and as
    /// many biases if the model has biases.
    Side<Scalar> weights;

    std::vector<std::string> names = {};  ///< names of the features; empty if they have none

    bool non_negative = false;  ///< whether factors below 0 become 0
};

/// Maps the features f of an item (or user) to its factors, y = f W + w_0, and in the same way to
/// its bias if the model has biases (Gantner, Drumond, Freudenthaler, Rendle, Schmidt-Thieme 2010,
/// "Learning attribute-to-feature mappings for cold-start recommendations").
///
/// Immutable. Copies share the numbers, and all members may be called from many threads at once.
template <Id Index, Real Scalar>
class FeatureMap {
public:
    /// Makes a map from numbers learned here or elsewhere. Throws `InputError` if there are no
    /// weights, if a number is not finite, if the number of biases or names does not fit the
    /// weights, or if a name occurs twice.
    explicit FeatureMap(FeatureMapParts<Scalar> parts);

    // No moves: a moved-from map would be empty, and copies cost nothing.
    FeatureMap(const FeatureMap&) = default;             ///< shares the numbers
    FeatureMap& operator=(const FeatureMap&) = default;  ///< shares the numbers
    ~FeatureMap() = default;

    /// Number of features.
    [[nodiscard]] int features() const;
    /// Number of factors.
    [[nodiscard]] int factors() const;

    /// Names of the features, in the order of the columns; empty if they have none.
    [[nodiscard]] const std::vector<std::string>& names() const { return parts_->names; }

    /// All numbers of the map.
    [[nodiscard]] const FeatureMapParts<Scalar>& parts() const { return *parts_; }

private:
    std::shared_ptr<const FeatureMapParts<Scalar>> parts_;
};

/// Learns how features determine the factors of a fitted model's items (`Index` is `Item`) or
/// users.
///
///     const auto map = als::fit_feature_map<als::Item>(model, genres, {.regularization = 10});
///     const als::FoldedIn<als::Item, float> item = als::from_features(map, genres.row(7));
///
/// Ridge regression: minimises sum_i |f_i W + w_0 - y_i|^2 + lambda |W|^2 over the rows i that the
/// model knows something of (their factors and bias are not all 0). Biases are one more factor.
/// Each row counts the same, however long its history is: that gives better lists of new items
/// (docs/mathematics.md). Solved in double by a Cholesky factorization. Features should be of the
/// order of 1, because larger ones are hardly regularized.
///
/// `features` has a row for each item (or user) of the model. It may have more rows behind them,
/// for newcomers; the map does not learn from these. The map of a non-negative model sets factors
/// below 0 to 0, so that newcomers are like its other rows.
///
/// Throws `InputError` if an option is out of range, if there are fewer rows of features than the
/// model has, if there are more than 10,000 features (because of the cost; keep the most frequent
/// ones), if a feature is not finite, or if the model knows nothing of any row; `NumericError` if
/// the weights are not finite. Cost: O(sum over rows of n^2 + d^3 + d^2 k) for n features of a row,
/// d features in all and k factors; memory: 16 d^2 bytes, and a copy of `features`. The result is
/// the same for any number of threads.
template <Id Index, Real Scalar>
[[nodiscard]] FeatureMap<Index, Scalar> fit_feature_map(
    const Model<Scalar>& model, const std::type_identity_t<FeatureMatrix<Scalar>>& features,
    const FeatureMapOptions& options = {});

/// Returns the factors of an item (or user) with these features, which every query accepts. Throws
/// `InputError` if the number of features is not the map's or one is not finite, `NumericError` if
/// the factors are not finite. Cost: O(n k) for n features that are not 0.
template <Id Index, Real Scalar>
[[nodiscard]] FoldedIn<Index, Scalar> from_features(
    const FeatureMap<Index, Scalar>& map, const std::type_identity_t<FeatureRow<Scalar>>& features);

/// Returns a copy of a model in which items (or users) without history get factors and biases from
/// their features, so that `recommend`, `similar_items` and `evaluate` see them.
///
/// A row counts as without history if its factors and bias are 0, as `fit` leaves such rows. All
/// other rows stay as they are. A row whose features are all 0 keeps factors of 0. If `features`
/// has more rows than the model, the model gets new rows for them at the end; it then no longer
/// knows whose ids its indices stand for. Throws `InputError` if `features` has fewer rows than the
/// model, or if the numbers of features or factors differ from the map's; otherwise what
/// `from_features` throws. Cost: that of a `Model`, and of `from_features` for each new row.
template <Id Index, Real Scalar>
[[nodiscard]] Model<Scalar> with_cold_rows(
    const Model<Scalar>& model, const FeatureMap<Index, Scalar>& map,
    const std::type_identity_t<FeatureMatrix<Scalar>>& features);

}  // inline namespace
}  // namespace als

#ifndef ALS_COMPILED
#include <als/detail/features.hpp>
#endif
