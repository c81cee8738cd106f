// SPDX-License-Identifier: MIT
// The implementation of <als/features.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/base/reduce.hpp>
#include <als/detail/model.hpp>
#include <als/detail/rank/score.hpp>
#include <als/detail/solve/cholesky.hpp>
#include <als/error.hpp>
#include <als/features.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Throws if a feature is not finite.
template <Id Index, typename Scalar>
void check_feature(std::string_view function, std::int64_t row, std::int64_t feature,
                   Scalar value) {
    if (std::isfinite(value)) return;
    throw InputError(message(function, ": feature ", feature, " of ", name_of<Index>(), " ", row,
                             " is ", value, "; features have to be finite"));
}

template <Id Index, Real Scalar>
void check_features(std::string_view function, const FeatureMatrix<Scalar>& features,
                    std::int64_t least_rows) {
    if (features.rows() < least_rows)
        throw InputError(message(function, ": there are ", features.rows(),
                                 " rows of features for ", least_rows, " ", name_of<Index>(),
                                 "s; each needs one, which may be empty",
                                 features.cols() == least_rows
                                     ? " (the matrix seems to be transposed: features are columns)"
                                     : ""));
    for (Eigen::Index row = 0; row < features.rows(); ++row)
        for (typename FeatureMatrix<Scalar>::InnerIterator cell(features, row); cell; ++cell)
            check_feature<Index>(function, row, cell.col(), cell.value());
}

/// The greatest number of features: their matrix then takes 800 MB, twice.
inline constexpr std::int64_t most_features = 10'000;

/// The equations of a ridge regression. The intercept is the last unknown.
struct RidgeSystem {
    Eigen::MatrixXd matrix;  ///< lower triangle of F'F + lambda I: [d + 1, d + 1]
    Eigen::MatrixXd right;   ///< F'Y: [d + 1, targets]
};

/// Adds up the equations of the rows that `counts` accepts. Each column is the sum over the rows in
/// their order, whichever thread computes it.
template <Real Scalar, typename Counts>
RidgeSystem ridge_system(const FeatureMatrix<Scalar>& features, const Side<Scalar>& targets,
                         double lambda, const Counts& counts, const Workers& workers) {
    const Eigen::Index count = features.cols();
    const Eigen::Index factors = targets.factors.cols();
    const bool biases = targets.biases.size() > 0;
    RidgeSystem system{Eigen::MatrixXd::Zero(count + 1, count + 1),
                       Eigen::MatrixXd::Zero(count + 1, factors + (biases ? 1 : 0))};
    const auto add = [&](Eigen::Index column, std::int64_t row, double value) {
        for (typename FeatureMatrix<Scalar>::InnerIterator cell(features, row); cell; ++cell)
            if (cell.col() >= column)
                system.matrix(cell.col(), column) += value * static_cast<double>(cell.value());
        system.matrix(count, column) += value;
        for (Eigen::Index f = 0; f < factors; ++f)
            system.right(column, f) += value * static_cast<double>(targets.factors(row, f));
        if (biases)
            system.right(column, factors) += value * static_cast<double>(targets.biases(row));
    };
    const Eigen::SparseMatrix<Scalar> columns = features;
    parallel_for(count + 1, 1, workers, [&](std::int64_t column) {
        if (column == count) {
            for (Eigen::Index row = 0; row < targets.factors.rows(); ++row)
                if (counts(row)) add(column, row, 1);
            return;
        }
        using Cells = typename Eigen::SparseMatrix<Scalar>::InnerIterator;
        for (Cells cell(columns, column); cell && cell.row() < targets.factors.rows(); ++cell)
            if (counts(cell.row())) add(column, cell.row(), static_cast<double>(cell.value()));
        system.matrix(column, column) += lambda;
    });
    return system;
}

/// The weights of a map.
template <Real Scalar>
Side<Scalar> solved_ridge(RidgeSystem system, std::int64_t factors, const Workers& workers) {
    Cholesky cholesky(workers.instructions);
    const bool solvable = cholesky.factorize(system.matrix);
    system.matrix.resize(0, 0);
    if (solvable)
        parallel_for(system.right.cols(), 1, workers,
                     [&](std::int64_t n) { cholesky.solve(system.right.col(n).data()); });
    Side<Scalar> weights;
    weights.factors = system.right.leftCols(factors).template cast<Scalar>();
    if (system.right.cols() > factors)
        weights.biases = system.right.col(factors).template cast<Scalar>();
    if (!solvable || !all_finite(weights.factors) || !all_finite(weights.biases))
        throw NumericError(
            "als::fit_feature_map: the weights are not finite: features are too large for the "
            "arithmetic, or regularization is too small for them; scale the features to about 1");
    return weights;
}

template <Real Scalar>
void check_parts(const FeatureMapParts<Scalar>& parts) {
    const auto refuse = [](const auto&... texts) {
        throw InputError(message("als::FeatureMap: ", texts...));
    };
    const Side<Scalar>& weights = parts.weights;
    const std::vector<std::string>& names = parts.names;
    const std::int64_t rows = weights.factors.rows();
    if (rows < 1 || weights.factors.cols() < 1)
        refuse("the weights are ", rows, " x ", weights.factors.cols(),
               "; expected a row for each feature and one more, and at least one factor");
    if (weights.biases.size() != 0 && weights.biases.size() != rows)
        refuse("there are ", weights.biases.size(), " biases for ", rows,
               " rows of weights; expected as many, or none");
    if (!all_finite(weights.factors) || !all_finite(weights.biases))
        refuse("a weight is not finite");
    if (names.empty()) return;
    if (to_count(names.size()) != rows - 1)
        refuse("there are ", names.size(), " names for ", rows - 1,
               " features; give each one, or none");
    if (const auto twice = repeated(names))
        refuse("two features have the name ", excerpt(*twice), "; give each its own");
}

/// The stored features of a row, by column.
using FeatureCells = std::vector<std::pair<Eigen::Index, double>>;

/// Writes the factors, and the bias if the map has biases, of these features, summed in double.
template <Id Index, Real Scalar>
void apply(std::string_view function, const FeatureMap<Index, Scalar>& map,
           const FeatureCells& features, Scalar* factors, Scalar* bias) {
    const Side<Scalar>& weights = map.parts().weights;
    const auto value_of = [&](const auto& weight) {
        double sum = static_cast<double>(weight(map.features()));
        for (const auto& [feature, value] : features)
            sum += value * static_cast<double>(weight(feature));
        return static_cast<Scalar>(sum);
    };
    for (int f = 0; f < map.factors(); ++f) {
        factors[f] = value_of([&](Eigen::Index n) { return weights.factors(n, f); });
        if (map.parts().non_negative) factors[f] = std::max(factors[f], Scalar(0));
    }
    if (weights.biases.size() > 0)
        *bias = value_of([&](Eigen::Index n) { return weights.biases(n); });
    if (!all_finite(factors, map.factors()) || (weights.biases.size() > 0 && !std::isfinite(*bias)))
        throw NumericError(message(function,
                                   ": the factors are not finite: a feature is too large for the "
                                   "arithmetic; scale the features to about 1"));
}

}  // namespace detail

template <Id Index, Real Scalar>
FeatureMap<Index, Scalar>::FeatureMap(FeatureMapParts<Scalar> parts) {
    detail::check_parts(parts);
    parts_ = std::make_shared<const FeatureMapParts<Scalar>>(std::move(parts));
}

template <Id Index, Real Scalar>
int FeatureMap<Index, Scalar>::features() const {
    return static_cast<int>(parts_->weights.factors.rows()) - 1;
}

template <Id Index, Real Scalar>
int FeatureMap<Index, Scalar>::factors() const {
    return static_cast<int>(parts_->weights.factors.cols());
}

template <Id Index, Real Scalar>
FeatureMap<Index, Scalar> fit_feature_map(
    const Model<Scalar>& model, const std::type_identity_t<FeatureMatrix<Scalar>>& features,
    const FeatureMapOptions& options) {
    using namespace detail;
    constexpr std::string_view function = "als::fit_feature_map";
    check_range("als::FeatureMapOptions::regularization", options.regularization, 0, unbounded,
                true);
    check_threads("als::FeatureMapOptions::threads", options.threads);
    const Side<Scalar>& side = side_of<Index>(model);
    if (features.cols() > most_features)
        throw InputError(message(function, ": there are ", features.cols(), " features; at most ",
                                 most_features,
                                 " are learned from: keep those that most rows have"));
    check_features<Index>(function, features, side.factors.rows());
    const auto counts = [&](std::int64_t row) { return is_known(side, row); };
    bool any = false;
    for (std::int64_t row = 0; row < side.factors.rows() && !any; ++row) any = counts(row);
    if (!any)
        throw InputError(message(function, ": the factors of all ", name_of<Index>(),
                                 "s are 0, so that there is nothing to learn from"));
    const Workers workers{thread_count(options.threads)};
    FeatureMapParts<Scalar> parts;
    parts.weights =
        solved_ridge<Scalar>(ridge_system(features, side, options.regularization, counts, workers),
                             side.factors.cols(), workers);
    parts.names = options.names;
    parts.non_negative = is_non_negative(model.objective());
    return FeatureMap<Index, Scalar>(std::move(parts));
}

template <Id Index, Real Scalar>
FoldedIn<Index, Scalar> from_features(const FeatureMap<Index, Scalar>& map,
                                      const std::type_identity_t<FeatureRow<Scalar>>& features) {
    constexpr std::string_view function = "als::from_features";
    if (features.size() != map.features())
        throw InputError(detail::message(function, ": there are ", features.size(),
                                         " features; the map has ", map.features()));
    detail::FeatureCells cells;
    for (typename FeatureRow<Scalar>::InnerIterator cell(features); cell; ++cell) {
        if (!std::isfinite(cell.value()))
            throw InputError(detail::message(function, ": feature ", cell.index(), " is ",
                                             cell.value(), "; features have to be finite"));
        cells.emplace_back(cell.index(), static_cast<double>(cell.value()));
    }
    FoldedIn<Index, Scalar> result;
    result.factors.resize(map.factors());
    detail::apply(function, map, cells, result.factors.data(), &result.bias);
    return result;
}

template <Id Index, Real Scalar>
Model<Scalar> with_cold_rows(const Model<Scalar>& model, const FeatureMap<Index, Scalar>& map,
                             const std::type_identity_t<FeatureMatrix<Scalar>>& features) {
    using namespace detail;
    constexpr std::string_view function = "als::with_cold_rows";
    const Side<Scalar>& side = side_of<Index>(model);
    if (features.cols() != map.features() || map.factors() != model.factors() ||
        (map.parts().weights.biases.size() > 0) != (side.biases.size() > 0))
        throw InputError(
            message(function, ": the map is from ", map.features(), " features to ", map.factors(),
                    " factors", map.parts().weights.biases.size() > 0 ? " and a bias" : "",
                    "; there are ", features.cols(), " features, and the model has ",
                    model.factors(), " factors", side.biases.size() > 0 ? " and biases" : ""));
    check_features<Index>(function, features, side.factors.rows());
    check_count(std::same_as<Index, User> ? "users" : "items", features.rows());
    ModelParts<Scalar> parts = model.parts();
    Side<Scalar>& all = std::same_as<Index, User> ? parts.users : parts.items;
    all = grown(side, features.rows(), side.biases.size() > 0, Workers{1});
    FeatureCells cells;
    for (std::int64_t row = 0; row < features.rows(); ++row) {
        Scalar* const factors = all.factors.data() + row * model.factors();
        Scalar* const bias = all.biases.size() > 0 ? &all.biases(row) : nullptr;
        if (is_known(all, row)) continue;
        cells.clear();
        for (typename FeatureMatrix<Scalar>::InnerIterator cell(features, row); cell; ++cell)
            if (cell.value() != 0)
                cells.emplace_back(cell.col(), static_cast<double>(cell.value()));
        if (!cells.empty()) apply(function, map, cells, factors, bias);
    }
    const bool same_rows = features.rows() == side.factors.rows();
    return ModelAccess::with_origin(std::move(parts), model.objective(),
                                    same_rows ? ModelAccess::origin(model) : SharedOrigin());
}

}  // inline namespace
}  // namespace als
