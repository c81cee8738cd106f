// SPDX-License-Identifier: MIT
// Converts objectives and trainings to the names and texts of a model file, and back.
#pragma once

#include <als/detail/base/ids_origin.hpp>
#include <als/detail/base/number.hpp>
#include <als/detail/base/text.hpp>
#include <als/detail/simd/sets.hpp>
#include <als/instruction_set.hpp>
#include <als/objective.hpp>
#include <als/training.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// An option of an objective or a training: its name in a file, and a reference to it.
struct Option {
    using Place = std::variant<double*, std::optional<double>*, int*, std::uint64_t*, bool*,
                               RowWeight*, Confidence*, Solver*, InstructionSet*>;
    const char* name;
    Place place;

    /// The value, as text, of an option that older files do not have. It is not written.
    const char* left_out = nullptr;
};
using Options = std::vector<Option>;

/// The options that a file keeps.
inline Options options_of(Implicit& o) {
    return {{"alpha", &o.alpha},
            {"regularization", &o.regularization},
            {"item_regularization", &o.item_regularization},
            {"regularization_exponent", &o.regularization_exponent},
            {"row_weight", &o.row_weight},
            {"confidence", &o.confidence},
            {"epsilon", &o.epsilon},
            {"non_negative", &o.non_negative}};
}
inline Options options_of(Explicit& o) {
    return {{"regularization", &o.regularization},
            {"item_regularization", &o.item_regularization},
            {"regularization_exponent", &o.regularization_exponent},
            {"biases", &o.biases},
            {"bias_regularization", &o.bias_regularization},
            {"non_negative", &o.non_negative}};
}
inline Options options_of(Training& t) {
    return {{"factors", &t.factors},
            {"iterations", &t.iterations},
            {"tolerance", &t.tolerance},
            {"initial_scale", &t.initial_scale},
            {"seed", &t.seed},
            {"solver", &t.solver},
            {"conjugate_gradient_steps", &t.conjugate_gradient_steps},
            {"subspace_factors", &t.subspace_factors, "64"},
            {"acceleration", &t.acceleration, "false"},
            {"instruction_set", &t.instruction_set}};
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
                          Named{"conjugate_gradient", Enum::conjugate_gradient},
                          Named{"subspace", Enum::subspace}};
    else
        return named_instruction_sets();
}

template <typename Value>
constexpr bool is_number =
    (std::integral<Value> && !std::same_as<Value, bool>) || std::floating_point<Value>;

/// The text of an option. `read_text` turns it back into the same value.
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

/// Returns false if the text is not that of such a value.
template <typename Value>
bool read_text(std::string_view text, Value& value) {
    if constexpr (is_number<Value>) {
        const char* const end = text.data() + text.size();
        const auto [stopped, error] = read_number(text.data(), end, value);
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

/// Marks of ids as "count:hash count:hash".
inline std::string text_of(const IdsMarks& marks) {
    std::string text;
    for (const IdsMark& mark : marks)
        text += message(text.empty() ? "" : " ", mark.count, ":", mark.hash);
    return text;
}
inline bool read_text(std::string_view text, IdsMarks& marks) {
    while (true) {
        const std::size_t colon = text.find(':');
        const std::size_t end = std::min(text.find(' '), text.size());
        IdsMark mark;
        if (colon >= end || !read_text(text.substr(0, colon), mark.count) ||
            !read_text(text.substr(colon + 1, end - colon - 1), mark.hash) || mark.count < 0)
            return false;
        if (!marks.empty() && mark.count <= marks.back().count) return false;
        marks.push_back(mark);
        if (end == text.size()) return true;
        text.remove_prefix(end + 1);
    }
}

using Texts = std::map<std::string, std::string>;

/// Adds the options of an objective or a training. Leaves out options without a value, and newer
/// ones at their default.
inline void write_options(const Options& options, const std::string& prefix, Texts& texts) {
    for (const Option& option : options) {
        const auto write = [&]<typename Value>(const Value* value) {
            if constexpr (std::same_as<Value, std::optional<double>>) {
                if (*value) texts[prefix + option.name] = option_text(**value);
            } else {
                const std::string text = option_text(*value);
                if (option.left_out == nullptr || text != option.left_out)
                    texts[prefix + option.name] = text;
            }
        };
        std::visit(write, option.place);
    }
}

/// Whether a file may lack this option. It then keeps its value.
inline bool is_optional(const Option& option) {
    return option.left_out != nullptr ||
           std::holds_alternative<std::optional<double>*>(option.place);
}

/// Reads one option. Returns false if the text is not that of a legal value.
inline bool read_option(const Option& option, std::string_view text) {
    const auto read = [&]<typename Value>(Value* value) {
        if constexpr (std::same_as<Value, std::optional<double>>)
            return read_text(text, value->emplace());
        else
            return read_text(text, *value);
    };
    return std::visit(read, option.place);
}

}  // namespace detail
}  // inline namespace
}  // namespace als
