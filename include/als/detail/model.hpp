// SPDX-License-Identifier: MIT
// The implementation of <als/model.hpp>.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/check.hpp>
#include <als/detail/base/ids_origin.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/lazy.hpp>
#include <als/detail/base/parallel.hpp>
#include <als/detail/base/reduce.hpp>
#include <als/detail/base/validate.hpp>
#include <als/detail/rank/norm_order.hpp>
#include <als/detail/rank/score.hpp>
#include <als/detail/solve/gram.hpp>
#include <als/error.hpp>
#include <als/interactions.hpp>
#include <als/model.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace als {
inline namespace ALS_ABI {
namespace detail {

template <Real Scalar>
class Whitening;

/// What a model keeps of one side besides its numbers.
template <Real Scalar>
struct KeptSide {
    NormOrder order;  ///< in which queries visit the rows
    /// What folds in rows of the other side:
    Lazy<Eigen::MatrixXd> gram;
    Lazy<Whitening<Scalar>> whitening;
    Lazy<Whitening<Scalar>> plain;  ///< the Gram matrix alone, for long rows
};

/// The data of a model.
template <Real Scalar>
struct ModelState {
    ModelParts<Scalar> parts;
    AnyObjective objective;
    SharedOrigin origin;  ///< whose ids the indices stand for
    KeptSide<Scalar> users, items;
};

/// The parts of a model besides its rows.
template <Real Scalar>
struct ModelHead {
    AnyObjective objective;
    double mean = 0;
    Scalar lowest = -std::numeric_limits<Scalar>::infinity();
    Scalar highest = std::numeric_limits<Scalar>::infinity();
    SharedOrigin origin = {};
};

/// The access that the rest of the library has to `Model`.
struct ModelAccess {
    template <Real Scalar>
    static const ModelState<Scalar>& state(const Model<Scalar>& model) {
        return *model.state_;
    }

    /// Returns the state of a model that is given up, to write to it; null if another model shares
    /// it.
    template <Real Scalar>
    static ModelState<Scalar>* sole_state(Model<Scalar>& model) {
        if (model.state_.use_count() != 1) return nullptr;
        // use_count() orders nothing. To drop a shared pointer does: it happens after all earlier
        // drops, also in other threads, because the last one may free the state.
        std::shared_ptr<const ModelState<Scalar>>(model.state_).reset();
        return const_cast<ModelState<Scalar>*>(model.state_.get());  // no state is made const
    }

    /// Returns the order in which queries visit users (items).
    template <Id Ranked, Real Scalar>
    static const NormOrder& norm_order(const Model<Scalar>& model) {
        return std::same_as<Ranked, User> ? model.state_->users.order : model.state_->items.order;
    }

    /// Makes a checked state, on several threads.
    template <Real Scalar>
    static std::shared_ptr<ModelState<Scalar>> new_state(ModelParts<Scalar> parts,
                                                         const AnyObjective& objective,
                                                         const Workers& workers);
    template <Real Scalar>
    static Model<Scalar> model(std::shared_ptr<const ModelState<Scalar>> state) {
        return Model<Scalar>(std::move(state));
    }

    /// Whose ids the indices stand for.
    template <Real Scalar>
    static const SharedOrigin& origin(const Model<Scalar>& model) {
        return model.state_->origin;
    }
    /// Makes a model of these parts whose indices stand for these ids.
    template <Real Scalar>
    static Model<Scalar> with_origin(ModelParts<Scalar> parts, const AnyObjective& objective,
                                     SharedOrigin origin) {
        const auto state = new_state(std::move(parts), objective, Workers{});
        state->origin = std::move(origin);
        return model<Scalar>(state);
    }
};

/// Returns the side of the users or of the items.
template <Id Index, Real Scalar>
const Side<Scalar>& side_of(const Model<Scalar>& model) {
    return std::same_as<Index, User> ? model.parts().users : model.parts().items;
}

/// Whether the model knows something of a row.
template <Real Scalar>
bool is_known(const Side<Scalar>& side, std::int64_t row) {
    const std::int64_t factors = side.factors.cols();
    return !is_zero(side.factors.data() + row * factors, factors) ||
           (side.biases.size() > 0 && side.biases(row) != 0);
}

/// Returns a copy with `count` rows; the added ones are 0.
template <Real Scalar>
Side<Scalar> grown(const Side<Scalar>& side, std::int64_t count, bool has_biases,
                   const Workers& workers) {
    const std::int64_t known = side.factors.rows();
    const std::int64_t factors = side.factors.cols();
    Side<Scalar> result;
    result.factors.resize(count, factors);
    prefer_huge_pages(result.factors.data(), to_size(count * factors) * sizeof(Scalar));
    // The first write to new memory takes longer than the copy.
    for_blocks(count, 4096, workers, [&](std::int64_t first, std::int64_t rows) {
        Scalar* const to = result.factors.data();
        const std::int64_t end = first + rows;
        const std::int64_t copied = std::clamp(known, first, end);
        std::copy(side.factors.data() + first * factors, side.factors.data() + copied * factors,
                  to + first * factors);
        std::fill(to + copied * factors, to + end * factors, Scalar(0));
    });
    if (!has_biases) return result;
    result.biases.setZero(count);
    std::copy_n(side.biases.data(), known, result.biases.data());
    return result;
}

inline bool has_biases(const AnyObjective& objective) {
    const auto* const ratings = std::get_if<Explicit>(&objective);
    return ratings != nullptr && ratings->biases;
}

inline bool is_non_negative(const AnyObjective& objective) {
    return std::visit([](const auto& each) { return each.non_negative; }, objective);
}

/// Throws if the sizes of the sides do not fit each other or the objective.
inline void check_sides(const Eigen::Index (&rows)[2], const Eigen::Index (&columns)[2],
                        const Eigen::Index (&biases)[2], const AnyObjective& objective) {
    if (columns[0] != columns[1] || columns[0] < 1)
        throw InputError(message("als::Model: users have ", columns[0], " factors and items ",
                                 columns[1],
                                 "; both need the same number, at least 1 (a matrix may be "
                                 "transposed: rows are users or items, columns are factors)"));
    const bool needed = has_biases(objective);
    if (biases[0] != (needed ? rows[0] : 0) || biases[1] != (needed ? rows[1] : 0))
        throw InputError(message(
            "als::Model: there are ", biases[0], " user and ", biases[1], " item biases for ",
            rows[0], " users and ", rows[1],
            " items; an als::Explicit with biases needs one each, any other objective none"));
}

/// Throws if numbers are not finite, or below 0 and the objective does not allow that. `first_row`
/// is the index of the first row, for messages.
template <Real Scalar>
void check_numbers(std::string_view name, const Side<Scalar>& side, bool non_negative,
                   std::int64_t first_row = 0) {
    if (!all_finite(side.biases))
        throw InputError(message("als::Model: a bias of the ", name, "s is not finite"));
    const std::int64_t factors = side.factors.cols();
    for (std::int64_t row = 0; row < side.factors.rows(); ++row) {
        const Scalar* const numbers = side.factors.data() + row * factors;
        if (!all_finite(numbers, factors))
            throw InputError(message("als::Model: the factors of ", name, " ", first_row + row,
                                     " are not finite"));
        if (!non_negative) continue;
        const Scalar least = *std::min_element(numbers, numbers + factors);
        if (least < 0)
            throw InputError(
                message("als::Model: ", name, " ", first_row + row, " has the factor ", least,
                        ", but the objective is non_negative; set .non_negative = false"));
    }
}

template <Real Scalar>
std::shared_ptr<ModelState<Scalar>> ModelAccess::new_state(ModelParts<Scalar> parts,
                                                           const AnyObjective& objective,
                                                           const Workers& workers) {
    const auto state = std::make_shared<ModelState<Scalar>>();
    state->parts = std::move(parts);
    state->objective = objective;
    std::visit([](const auto& each) { validate(each); }, objective);
    const auto& [users, items, mean, lowest, highest] = state->parts;
    check_sides({users.factors.rows(), items.factors.rows()},
                {users.factors.cols(), items.factors.cols()},
                {users.biases.size(), items.biases.size()}, objective);
    const bool non_negative = is_non_negative(objective);
    check_numbers("user", users, non_negative);
    check_numbers("item", items, non_negative);
    state->users.order = norm_order_of(users, workers);
    state->items.order = norm_order_of(items, workers);
    return state;
}

/// Throws if interactions and model differ in their ids or in their numbers of users or items.
template <Real Scalar>
void check_fits(std::string_view function, const Interactions<Scalar>& data,
                const Model<Scalar>& model) {
    check_same_ids(function, "interactions", InteractionsAccess::origin(data), "model",
                   ModelAccess::origin(model));
    check_fits(function, sizes_of(data), sizes_of(model));
}

/// Throws if interactions have fewer users or items than an earlier model.
inline void check_not_smaller(std::string_view function, const Sizes& data,
                              std::string_view name_of_earlier, const Sizes& earlier) {
    if (data.users >= earlier.users && data.items >= earlier.items) return;
    throw InputError(
        message(function, ": the interactions have ", data.users, " users and ", data.items,
                " items, fewer than the ", name_of_earlier, " (", earlier.users, " and ",
                earlier.items, "); users and items may be added at the end but not removed",
                data.users == earlier.items ? " (are they the wrong way round?)" : ""));
}

/// Returns the Gram matrix of one side of a model; empty for explicit feedback. It does not depend
/// on the workers.
template <Real Scalar>
const Eigen::MatrixXd& gram_of_model(const ModelState<Scalar>& state, bool users,
                                     const Workers& workers = {}) {
    const KeptSide<Scalar>& kept = users ? state.users : state.items;
    return kept.gram.get([&] {
        if (!std::holds_alternative<Implicit>(state.objective)) return Eigen::MatrixXd();
        return gram_of((users ? state.parts.users : state.parts.items).factors, workers);
    });
}

}  // namespace detail

template <Real Scalar>
Model<Scalar>::Model(ModelParts<Scalar> parts, const AnyObjective& objective)
    : state_(detail::ModelAccess::new_state(std::move(parts), objective, detail::Workers{})) {}

template <Real Scalar>
Model<Scalar>::Model(std::shared_ptr<const detail::ModelState<Scalar>> state)
    : state_(std::move(state)) {}

template <Real Scalar>
int Model<Scalar>::factors() const {
    return static_cast<int>(parts().items.factors.cols());
}
template <Real Scalar>
std::int32_t Model<Scalar>::user_count() const {
    return detail::to_int32(parts().users.factors.rows());
}
template <Real Scalar>
std::int32_t Model<Scalar>::item_count() const {
    return detail::to_int32(parts().items.factors.rows());
}
template <Real Scalar>
FactorView<Scalar> Model<Scalar>::user_factors() const {
    return parts().users.factors;
}
template <Real Scalar>
FactorView<Scalar> Model<Scalar>::item_factors() const {
    return parts().items.factors;
}
template <Real Scalar>
const BiasVector<Scalar>& Model<Scalar>::user_biases() const {
    return parts().users.biases;
}
template <Real Scalar>
const BiasVector<Scalar>& Model<Scalar>::item_biases() const {
    return parts().items.biases;
}
template <Real Scalar>
double Model<Scalar>::mean() const {
    return parts().mean;
}
template <Real Scalar>
const ModelParts<Scalar>& Model<Scalar>::parts() const {
    return state_->parts;
}
template <Real Scalar>
const AnyObjective& Model<Scalar>::objective() const {
    return state_->objective;
}
template <Real Scalar>
bool Model<Scalar>::is_implicit() const {
    return std::holds_alternative<Implicit>(state_->objective);
}
template <Real Scalar>
const Eigen::MatrixXd& Model<Scalar>::user_gram() const {
    return detail::gram_of_model(*state_, true);
}
template <Real Scalar>
const Eigen::MatrixXd& Model<Scalar>::item_gram() const {
    return detail::gram_of_model(*state_, false);
}

}  // inline namespace
}  // namespace als
