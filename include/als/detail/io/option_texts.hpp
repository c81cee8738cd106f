// SPDX-License-Identifier: MIT
// Objectives and trainings as names and texts, as a model file keeps them.
#pragma once

#include <als/detail/base/text.hpp>
#include <als/instruction_set.hpp>
#include <als/objective.hpp>
#include <als/training.hpp>

#include <array>
#include <charconv>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Calls visit(name, member) for each option that a file keeps.
template <typename Visit>
void for_each_option(Implicit& o, const Visit& visit) {
    visit("alpha", o.alpha);
    visit("regularization", o.regularization);
    visit("item_regularization", o.item_regularization);
    visit("regularization_exponent", o.regularization_exponent);
    visit("row_weight", o.row_weight);
    visit("confidence", o.confidence);
    visit("epsilon", o.epsilon);
    visit("non_negative", o.non_negative);
}
template <typename Visit>
void for_each_option(Explicit& o, const Visit& visit) {
    visit("regularization", o.regularization);
    visit("item_regularization", o.item_regularization);
    visit("regularization_exponent", o.regularization_exponent);
    visit("biases", o.biases);
    visit("bias_regularization", o.bias_regularization);
    visit("non_negative", o.non_negative);
}
template <typename Visit>
void for_each_option(Training& t, const Visit& visit) {
    visit("factors", t.factors);
    visit("iterations", t.iterations);
    visit("tolerance", t.tolerance);
    visit("initial_scale", t.initial_scale);
    visit("seed", t.seed);
    visit("solver", t.solver);
    visit("conjugate_gradient_steps", t.conjugate_gradient_steps);
    visit("instruction_set", t.instruction_set);
}

/// The values of an enumeration with their names.
template <typename Enum>
constexpr auto names_of() {
    using Named = std::pair<std::string_view, Enum>;
    if constexpr (std::same_as<Enum, bool>)
        return std::array{Named{"false", false}, Named{"true", true}};
    else if constexpr (std::same_as<Enum, RowWeight>)
        return std::array{Named{"entries", Enum::entries}, Named{"confidence", Enum::confidence}};
    else if constexpr (std::same_as<Enum, Confidence>)
        return std::array{Named{"linear", Enum::linear}, Named{"logarithmic", Enum::logarithmic}};
    else if constexpr (std::same_as<Enum, Solver>)
        return std::array{Named{"exact", Enum::exact},
                          Named{"conjugate_gradient", Enum::conjugate_gradient}};
    else {
        const auto named = [](Enum set) { return Named{name_of(set), set}; };
        return std::array{named(Enum::automatic), named(Enum::portable), named(Enum::avx2),
                          named(Enum::avx512), named(Enum::avx512_bf16)};
    }
}

template <typename Value>
constexpr bool is_number =
    (std::integral<Value> && !std::same_as<Value, bool>) || std::floating_point<Value>;

/// The text of an option, from which `read_text` makes the same value again.
template <typename Value>
std::string option_text(const Value& value) {
    if constexpr (is_number<Value>) {
        return to_text(value);
    } else {
        for (const auto& [name, one] : names_of<Value>())
            if (one == value) return std::string(name);
        return {};
    }
}

/// False where the text is not one of such a value.
template <typename Value>
bool read_text(std::string_view text, Value& value) {
    if constexpr (is_number<Value>) {
        const char* const end = text.data() + text.size();
        const auto [stopped, error] = std::from_chars(text.data(), end, value);
        return error == std::errc{} && stopped == end;
    } else {
        for (const auto& [name, one] : names_of<Value>())
            if (name == text) {
                value = one;
                return true;
            }
        return false;
    }
}

using Texts = std::map<std::string, std::string>;

/// Adds the options of an objective or a training; one that is not given is left out.
template <typename Options>
void write_options(Options options, const std::string& prefix, Texts& texts) {
    for_each_option(options, [&]<typename Value>(const char* name, const Value& value) {
        if constexpr (std::same_as<Value, std::optional<double>>) {
            if (value) texts[prefix + name] = option_text(*value);
        } else {
            texts[prefix + name] = option_text(value);
        }
    });
}

}  // namespace detail
}  // inline namespace
}  // namespace als
