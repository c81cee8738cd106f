// SPDX-License-Identifier: MIT
// Alternating least squares as the papers write it: dense, in double, with one loop over every
// cell. It is slow on purpose, so that a reader can check it by eye. The library is compared with
// it.
#pragma once

#include "dense.hpp"
#include <als/als.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace als_test {

/// A small data set, dense: stored(u, i) says whether the cell was given.
struct Table {
    Eigen::MatrixXd value;
    Eigen::MatrixXi stored;

    [[nodiscard]] Table transposed() const { return {value.transpose(), stored.transpose()}; }

    template <typename Scalar>
    [[nodiscard]] als::Interactions<Scalar> interactions() const {
        std::vector<als::Entry<Scalar>> entries;
        for (int u = 0; u < value.rows(); ++u)
            for (int i = 0; i < value.cols(); ++i)
                if (stored(u, i))
                    entries.push_back(
                        {als::User{u}, als::Item{i}, static_cast<Scalar>(value(u, i))});
        return {value.rows(), value.cols(), entries};
    }
};

/// What a random table contains.
struct TableOptions {
    int users = 20;
    int items = 15;
    double density = 0.3;
    double dislikes = 0;  ///< fraction of the cells given that are negative
    double zeros = 0;     ///< fraction that are stored zeros
    bool empty_rows = false;
};

/// Uniform in [0, 1).
inline double uniform(std::mt19937& generator) {
    return static_cast<double>(generator()) / 4294967296.0;
}

inline Table random_table(std::uint32_t seed, const TableOptions& options) {
    std::mt19937 generator(seed);
    Table table{Eigen::MatrixXd::Zero(options.users, options.items),
                Eigen::MatrixXi::Zero(options.users, options.items)};
    for (int u = 0; u < options.users; ++u)
        for (int i = 0; i < options.items; ++i) {
            const bool chosen = uniform(generator) < options.density;
            const double size = 1 + std::floor(uniform(generator) * 5);
            const double kind = uniform(generator);
            if (!chosen || (options.empty_rows && (u % 7 == 2 || i % 6 == 1))) continue;
            table.stored(u, i) = 1;
            table.value(u, i) = kind < options.dislikes                   ? -size
                                : kind < options.dislikes + options.zeros ? 0
                                                                          : size;
        }
    table.stored(0, 0) = 1;
    table.value(0, 0) = 3;
    return table;
}

/// A model in training. Biases are 0 if the objective has none.
struct Reference {
    Eigen::MatrixXd users, items;
    Eigen::VectorXd user_biases, item_biases;
    double mean = 0;
};

/// All users start at random, everything else at 0.
template <typename Objective>
Reference reference_start(const Table& table, const Objective& objective, int factors,
                          std::uint32_t seed) {
    Reference start{random_matrix(seed, table.value.rows(), factors, 0.5),
                    Eigen::MatrixXd::Zero(table.value.cols(), factors),
                    Eigen::VectorXd::Zero(table.value.rows()),
                    Eigen::VectorXd::Zero(table.value.cols())};
    if (objective.non_negative) start.users = start.users.cwiseAbs().eval();
    if constexpr (std::is_same_v<Objective, als::Explicit>)
        if (objective.biases)
            start.mean =
                table.value.cwiseProduct(table.stored.cast<double>()).sum() / table.stored.sum();
    return start;
}

inline double confidence(const als::Implicit& objective, double r) {
    return objective.confidence == als::Confidence::linear
               ? 1 + *objective.alpha * std::abs(r)
               : 1 + *objective.alpha * std::log(1 + std::abs(r) / objective.epsilon);
}

/// weight^exponent of row r of a table.
inline double row_scale(const als::Implicit& objective, const Table& table, Eigen::Index r) {
    double weight = 0;
    for (Eigen::Index c = 0; c < table.value.cols(); ++c)
        weight += objective.row_weight == als::RowWeight::entries
                      ? (table.value(r, c) != 0 ? 1 : 0)
                      : confidence(objective, table.value(r, c));
    return std::pow(weight, objective.regularization_exponent);
}
inline double row_scale(const als::Explicit& objective, const Table& table, Eigen::Index r) {
    return std::pow(table.stored.row(r).sum(), objective.regularization_exponent);
}

/// argmin of x' matrix x / 2 - right . x with the first `bounded` numbers >= 0: tries all ways to
/// hold some of them at 0 and leave the others free, and returns the best that keeps the bound.
inline Eigen::VectorXd reference_solution(const Eigen::MatrixXd& matrix,
                                          const Eigen::VectorXd& right, Eigen::Index bounded) {
    Eigen::VectorXd best;
    double lowest = std::numeric_limits<double>::infinity();
    for (int held = 0; held < 1 << bounded; ++held) {
        Eigen::VectorXd free = Eigen::VectorXd::Ones(right.size());
        for (Eigen::Index f = 0; f < bounded; ++f) free(f) = held >> f & 1 ? 0 : 1;
        const Eigen::MatrixXd part = free.asDiagonal() * matrix * free.asDiagonal();
        const Eigen::VectorXd x =
            free.cwiseProduct(least_norm_solution(part, free.cwiseProduct(right)));
        const double value = x.dot(matrix * x) / 2 - right.dot(x);
        if ((bounded > 0 && x.head(bounded).minCoeff() < 0) || value >= lowest) continue;
        lowest = value;
        best = x;
    }
    return best;
}

/// The equations of one row: matrix x = right.
struct ReferenceSystem {
    Eigen::MatrixXd matrix;
    Eigen::VectorXd right;
};

/// One row of implicit feedback: (sum_c w y y' + lambda I) x = sum_c w p y over **all** cells.
inline ReferenceSystem reference_system(const als::Implicit& objective, const Table& table,
                                        Eigen::Index r, double lambda, const Eigen::MatrixXd& fixed,
                                        const Eigen::VectorXd&, double) {
    const Eigen::Index k = fixed.cols();
    Eigen::MatrixXd matrix =
        lambda * row_scale(objective, table, r) * Eigen::MatrixXd::Identity(k, k);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(k);
    for (Eigen::Index c = 0; c < table.value.cols(); ++c) {
        const Eigen::VectorXd y = fixed.row(c);
        const double weight = confidence(objective, table.value(r, c));
        matrix += weight * y * y.transpose();
        if (table.value(r, c) > 0) right += weight * y;
    }
    return {matrix, right};
}

/// One row of ratings: the sums over the **stored** cells, with one more unknown for the bias.
inline ReferenceSystem reference_system(const als::Explicit& objective, const Table& table,
                                        Eigen::Index r, double lambda, const Eigen::MatrixXd& fixed,
                                        const Eigen::VectorXd& fixed_biases, double mean) {
    const Eigen::Index k = fixed.cols();
    const double scale = row_scale(objective, table, r);
    Eigen::MatrixXd matrix = lambda * scale * Eigen::MatrixXd::Identity(k + 1, k + 1);
    matrix(k, k) = objective.bias_regularization * scale;
    Eigen::VectorXd right = Eigen::VectorXd::Zero(k + 1);
    for (Eigen::Index c = 0; c < table.value.cols(); ++c) {
        if (!table.stored(r, c)) continue;
        Eigen::VectorXd y(k + 1);
        y << fixed.row(c).transpose(), objective.biases ? 1.0 : 0.0;
        matrix += y * y.transpose();
        right += (table.value(r, c) - mean - fixed_biases(c)) * y;
    }
    return {matrix, right};
}

/// The solution of one row.
template <typename Objective>
Eigen::VectorXd reference_row(const Objective& objective, const Table& table, Eigen::Index r,
                              double lambda, const Eigen::MatrixXd& fixed,
                              const Eigen::VectorXd& fixed_biases, double mean) {
    const auto [matrix, right] =
        reference_system(objective, table, r, lambda, fixed, fixed_biases, mean);
    return reference_solution(matrix, right, objective.non_negative ? fixed.cols() : 0);
}

/// All rows of one side.
template <typename Objective>
void reference_half_step(const Objective& objective, const Table& table, double lambda,
                         const Eigen::MatrixXd& fixed, const Eigen::VectorXd& fixed_biases,
                         double mean, Eigen::MatrixXd& solved, Eigen::VectorXd& solved_biases) {
    const Eigen::Index k = fixed.cols();
    for (Eigen::Index r = 0; r < table.value.rows(); ++r) {
        const Eigen::VectorXd x =
            reference_row(objective, table, r, lambda, fixed, fixed_biases, mean);
        solved.row(r) = x.head(k).transpose();
        if (x.size() > k) solved_biases(r) = x(k);
    }
}

/// Items against users, then users against items.
template <typename Objective>
void reference_iteration(const Objective& objective, const Table& table, Reference& model) {
    reference_half_step(objective, table.transposed(),
                        objective.item_regularization.value_or(*objective.regularization),
                        model.users, model.user_biases, model.mean, model.items, model.item_biases);
    reference_half_step(objective, table, *objective.regularization, model.items, model.item_biases,
                        model.mean, model.users, model.user_biases);
}

inline double reference_score(const Reference& model, Eigen::Index u, Eigen::Index i) {
    return model.mean + model.user_biases(u) + model.item_biases(i) +
           model.users.row(u).dot(model.items.row(i));
}

inline double bias_penalty(const als::Implicit&) { return 0; }
inline double bias_penalty(const als::Explicit& objective) { return objective.bias_regularization; }

/// The function that is minimised, cell by cell.
template <typename Objective>
double reference_objective(const Objective& objective, const Table& table, const Reference& model) {
    double sum = 0;
    for (Eigen::Index u = 0; u < table.value.rows(); ++u)
        for (Eigen::Index i = 0; i < table.value.cols(); ++i) {
            const double score = reference_score(model, u, i);
            const double r = table.value(u, i);
            if constexpr (std::is_same_v<Objective, als::Implicit>)
                sum += confidence(objective, r) * std::pow((r > 0 ? 1 : 0) - score, 2);
            else if (table.stored(u, i))
                sum += std::pow(r - score, 2);
        }
    const Table by_item = table.transposed();
    const double item_lambda = objective.item_regularization.value_or(*objective.regularization);
    for (Eigen::Index u = 0; u < table.value.rows(); ++u)
        sum += row_scale(objective, table, u) *
               (*objective.regularization * model.users.row(u).squaredNorm() +
                bias_penalty(objective) * std::pow(model.user_biases(u), 2));
    for (Eigen::Index i = 0; i < table.value.cols(); ++i)
        sum += row_scale(objective, by_item, i) *
               (item_lambda * model.items.row(i).squaredNorm() +
                bias_penalty(objective) * std::pow(model.item_biases(i), 2));
    return sum;
}

/// The reference's numbers as a model of the library.
template <typename Scalar, typename Objective>
als::Model<Scalar> as_model(const Reference& reference, const Objective& objective) {
    als::ModelParts<Scalar> parameters;
    parameters.users.factors = reference.users.cast<Scalar>();
    parameters.items.factors = reference.items.cast<Scalar>();
    if constexpr (std::is_same_v<Objective, als::Explicit>)
        if (objective.biases) {
            parameters.users.biases = reference.user_biases.cast<Scalar>();
            parameters.items.biases = reference.item_biases.cast<Scalar>();
            parameters.mean = reference.mean;
        }
    return als::Model<Scalar>(std::move(parameters), objective);
}

/// The library's numbers as a reference.
template <typename Scalar>
Reference as_reference(const als::Model<Scalar>& model) {
    Reference reference{model.user_factors().template cast<double>(),
                        model.item_factors().template cast<double>(),
                        Eigen::VectorXd::Zero(model.user_count()),
                        Eigen::VectorXd::Zero(model.item_count()), model.mean()};
    if (model.user_biases().size() > 0) {
        reference.user_biases = model.user_biases().template cast<double>();
        reference.item_biases = model.item_biases().template cast<double>();
    }
    return reference;
}

}  // namespace als_test
