// SPDX-License-Identifier: MIT
// The implementation of <als/draw.hpp>.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/random.hpp>
#include <als/detail/base/reduce.hpp>
#include <als/detail/fold_in.hpp>
#include <als/detail/solve/cholesky.hpp>
#include <als/detail/solve/row_matrix.hpp>
#include <als/draw.hpp>

#include <cmath>
#include <cstdint>
#include <variant>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Deviations of a row from its solution: U^-1 z, where U'U = A is the row's matrix in double. If z
/// is standard normal, the covariance of the result is A^-1.
template <Real Scalar>
class Deviations {
public:
    template <Id Drawn>
    static Deviations of(const Model<Scalar>& model, const Row<Opposite<Drawn>, Scalar>& history) {
        const Fixed<Scalar> fixed = fixed_for<Drawn>(model);
        return {model.objective(),
                fixed.whitening.is_identity() ? fixed : plain_fixed_for<Drawn>(model, fixed),
                history, [](const auto& each) { return regularization_of<Drawn>(each); }};
    }

    /// Number of the row's unknowns: its factors, and its bias if there is one.
    [[nodiscard]] std::int64_t size() const { return cholesky_.size(); }

    /// z = U^-1 z.
    void from_normal(double* z) const { cholesky_.solve_back(z); }

private:
    template <typename RegularizationOf>
    Deviations(const AnyObjective& any, const Fixed<Scalar>& plain,
               const RowEntries<Scalar>& entries, const RegularizationOf& regularization_of_row)
        : cholesky_(automatic_instruction_set()) {
        const InstructionSet instructions = automatic_instruction_set();
        GatheredRows<Scalar> rows;
        const FixedTable<Scalar> table =
            rows.gather(plain, entries.ids, entries.count, instructions);
        RowSystem<Scalar> system;
        std::visit(
            [&](const auto& objective) {
                load_row(objective, regularization_of_row(objective), plain, entries, table,
                         system);
            },
            any);
        Eigen::MatrixXd matrix;
        RowMatrix<Scalar>(instructions).set(system, matrix);
        if (!all_finite(matrix) || !cholesky_.factorize(matrix) ||
            !(cholesky_.diagonal_ratio() > 1e-7))
            throw NumericError(
                "als::draw: the history leaves some factors undetermined, so that there is nothing "
                "to draw them from; give a history that is not empty and an objective with a "
                "regularization above 0 (with .regularization_exponent = 0, it holds for empty "
                "histories too)");
    }

    Cholesky cholesky_;
};

template <Id Drawn, Real Scalar>
FoldedIn<Drawn, Scalar> draw_row(const Model<Scalar>& model,
                                 const Row<Opposite<Drawn>, Scalar>& history, std::uint64_t seed,
                                 double scale) {
    check_range("als::draw: scale", scale, 0);
    if (is_non_negative(model.objective()))
        throw InputError(
            "als::draw: the factors of this model have to be >= 0 (.non_negative), and only those "
            "of other models can be drawn; use als::fold_in");
    FoldedIn<Drawn, Scalar> result = fold_in_row<Drawn>("als::draw", model, history);
    if (scale == 0) return result;
    const auto deviations = Deviations<Scalar>::template of<Drawn>(model, history);
    Eigen::VectorXd change(deviations.size());
    for (std::int64_t f = 0; f < change.size(); ++f)
        change(f) = random_normal(seed, Stream::factors, 0, static_cast<std::uint64_t>(f));
    deviations.from_normal(change.data());
    const std::int64_t factors = result.factors.size();
    for (std::int64_t f = 0; f < factors; ++f)
        result.factors(f) =
            static_cast<Scalar>(static_cast<double>(result.factors(f)) + scale * change(f));
    if (change.size() > factors)
        result.bias =
            static_cast<Scalar>(static_cast<double>(result.bias) + scale * change(factors));
    if (!all_finite(result.factors) || !std::isfinite(result.bias))
        throw NumericError("als::draw: the factors are not finite; lower the scale");
    return result;
}

}  // namespace detail

template <Real Scalar>
FoldedIn<User, Scalar> draw(const Model<Scalar>& model,
                            const std::type_identity_t<Row<Item, Scalar>>& history,
                            std::uint64_t seed, double scale) {
    return detail::draw_row<User>(model, history, seed, scale);
}

template <Real Scalar>
FoldedIn<Item, Scalar> draw(const Model<Scalar>& model,
                            const std::type_identity_t<Row<User, Scalar>>& history,
                            std::uint64_t seed, double scale) {
    return detail::draw_row<Item>(model, history, seed, scale);
}

}  // inline namespace
}  // namespace als
