// SPDX-License-Identifier: MIT
// The implementation of validate.hpp.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/validate.hpp>
#include <als/error.hpp>

#include <optional>
#include <string_view>
#include <variant>

namespace als {
inline namespace ALS_ABI {
namespace detail {

ALS_INLINE void validate(const Implicit& objective) {
    check_range("als::Implicit::alpha", objective.alpha.value_or(0), 0);
    check_range("als::Implicit::regularization", objective.regularization.value_or(0), 0);
    check_range("als::Implicit::item_regularization", objective.item_regularization.value_or(0), 0);
    check_range("als::Implicit::regularization_exponent", objective.regularization_exponent, 0, 1);
    check_range("als::Implicit::epsilon", objective.epsilon, 0, unbounded, true);
}

ALS_INLINE void validate(const Explicit& objective) {
    check_range("als::Explicit::regularization", objective.regularization.value_or(0), 0);
    check_range("als::Explicit::item_regularization", objective.item_regularization.value_or(0), 0);
    check_range("als::Explicit::regularization_exponent", objective.regularization_exponent, 0, 1);
    check_range("als::Explicit::bias_regularization", objective.bias_regularization, 0);
}

ALS_INLINE void check_given(std::string_view function, const AnyObjective& objective) {
    const auto check = [&](std::string_view name, const std::optional<double>& option) {
        if (option) return;
        throw InputError(message(function, ": the objective does not give its ", name,
                                 ", and only training fits it to data; set it, for example with "
                                 "als::fitted_to"));
    };
    if (const auto* const implicit = std::get_if<Implicit>(&objective))
        check("alpha", implicit->alpha);
    std::visit([&](const auto& each) { check("regularization", each.regularization); }, objective);
}

ALS_INLINE void validate(const Training& training) {
    check_range("als::Training::factors", training.factors, 1, 65536);
    check_range("als::Training::iterations", training.iterations, 1, unbounded);
    check_range("als::Training::tolerance", training.tolerance, 0);
    check_range("als::Training::initial_scale", training.initial_scale, 0, unbounded, true);
    check_range("als::Training::conjugate_gradient_steps", training.conjugate_gradient_steps, 1,
                unbounded);
    check_range("als::Training::subspace_factors", training.subspace_factors, 1, 65536);
    static_cast<void>(chosen_instruction_set(training.instruction_set));
    check_range("als::Training::threads", training.threads, 0);
}

}  // namespace detail
}  // inline namespace
}  // namespace als
