// SPDX-License-Identifier: MIT
// Reads a model from the bytes of a file in the safetensors format. It is strict: any bytes give a
// model or an error.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/reduce.hpp>
#include <als/detail/base/validate.hpp>
#include <als/detail/io/checksum.hpp>
#include <als/detail/io/option_texts.hpp>
#include <als/detail/io/tensor_file.hpp>
#include <als/detail/model.hpp>
#include <als/model_file.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Makes a model from the bytes that read(offset, to, count) fetches from a file of `size` bytes.
/// Allocates no more than the size of the file until it knows that the parts of the file agree.
template <Real Scalar>
class ModelReader {
public:
    ModelReader(std::string name, std::uint64_t size, ReadAt read)
        : name_(std::move(name)),
          read_(std::move(read)),
          header_(read_tensor_header(name_, size, read_)) {}

    [[nodiscard]] const Texts& texts() const { return header_.texts; }

    /// Reads only the model.
    Model<Scalar> model() {
        const ModelHead<Scalar> head = this->head();
        ModelParts<Scalar> parts{side("user"), side("item"), head.mean, head.lowest, head.highest};
        return checked([&] {
            return ModelAccess::with_origin(std::move(parts), head.objective, head.origin);
        });
    }

    /// Checks the header, and reads what it says about the model.
    [[nodiscard]] ModelHead<Scalar> head() const {
        check_header();
        ModelHead<Scalar> head;
        if (text("objective") == "explicit")
            head.objective = Explicit{};
        else if (text("objective") != "implicit")
            fail("the objective is ", text("objective"), "; expected implicit or explicit");
        read_options("objective.",
                     std::visit([](auto& o) { return options_of(o); }, head.objective));
        read_option("mean", head.mean);
        read_option("lowest", head.lowest);
        read_option("highest", head.highest);
        if (std::isnan(head.mean) || std::isnan(head.lowest) || std::isnan(head.highest))
            fail("mean, lowest or highest is nan");
        check_factors();
        head.origin = origin();
        return head;
    }

    /// Reads the rows [first, first + count) of a side. check(tensor, sum) gets the checksum of
    /// their bytes.
    template <typename Check>
    Side<Scalar> rows(const std::string& name, std::int64_t first, std::int64_t count,
                      const Check& check) const {
        const std::uint64_t all = factors_of(name).shape[0];
        const auto columns = static_cast<Eigen::Index>(factors_of(name).shape[1]);
        Side<Scalar> side;
        side.factors.resize(count, columns);
        check(name + "_factors",
              fetch(name + "_factors", side.factors.data(), first * columns, count * columns));
        if (!has(name + "_biases")) return side;
        if (length(name + "_biases") != all ||
            place(name + "_biases").type != tensor_type<Scalar>())
            fail("the ", name, "s have ", length(name + "_biases"), " biases for ", all,
                 " rows, or of another type");
        side.biases.resize(count);
        check(name + "_biases", fetch(name + "_biases", side.biases.data(), first, count));
        return side;
    }

    /// Number of biases of a side.
    [[nodiscard]] std::int64_t bias_count(const std::string& name) const {
        return has(name + "_biases") ? to_count(length(name + "_biases")) : 0;
    }

    /// Throws if a tensor's bytes do not have the checksum that the file gives.
    void check_sum(const std::string& tensor, std::uint32_t sum) const {
        if (checksum_text(sum) != text("crc32c." + tensor))
            fail("the tensor ", tensor, " has the checksum ", checksum_text(sum), " and not ",
                 text("crc32c." + tensor), ": its bytes have changed");
    }

    /// Calls make(). If the numbers do not make a model, the file is at fault: turns such errors
    /// into `FormatError`.
    template <typename Make>
    auto checked(const Make& make) const {
        try {
            return make();
        } catch (const InputError& error) {
            fail(error.what());
        } catch (const NumericError& error) {
            fail(error.what());
        }
    }

    /// Reads everything that the file holds.
    ModelFile<Scalar> file() {
        ModelFile<Scalar> result{model(), {}, {}, {}, {}, {}, {}};
        checked([&] {
            read_ids("user", result.model.user_count(), result.users);
            read_ids("item", result.model.item_count(), result.items);
            read_seen(result);
            read_features(result.model, result.user_features);
            read_features(result.model, result.item_features);
            if (has("start_user_factors") || has("start_user_biases"))
                static_cast<void>(start_users(result.model));
            if (!texts().contains("training.factors")) return;
            read_options("training.", options_of(result.training.emplace()));
            validate_read(*result.training);
        });
        return result;
    }

    /// Reads the users from which an accelerated training starts its next iteration.
    [[nodiscard]] Side<Scalar> start_users(const Model<Scalar>& model) const {
        Side<Scalar> start = side("start_user");
        check_start(start, model.parts().users);
        return start;
    }

    /// Throws unless `start` can be the users from which a training starts an iteration.
    void check_start(const Side<Scalar>& start, const Side<Scalar>& users) const {
        if (start.factors.rows() != users.factors.rows() ||
            start.factors.cols() != users.factors.cols() ||
            start.biases.size() != users.biases.size())
            fail("the shape of start_user_factors or start_user_biases is not that of the users");
        if (!all_finite(start.factors) || !all_finite(start.biases))
            fail("start_user_factors or start_user_biases are not finite");
    }

    /// Throws unless the header is intact and belongs to a model of this scalar.
    void check_header() const {
        if (text("format") != "als model")
            fail("the format is ", text("format"), "; expected als model");
        if (text("format_version") != "1")
            fail("the format has version ", text("format_version"),
                 "; this version of the library reads version 1");
        if (const std::string sum = header_checksum(header_.json); sum != text("crc32c"))
            fail("the header has the checksum ", sum, " and not ", text("crc32c"),
                 ": its bytes have changed");
        check_names();
        check_type();
    }

    /// Position and shape of the factors of a side ("user" or "item") in the file.
    [[nodiscard]] const TensorPlace& factors_of(const std::string& side) const {
        const std::string tensor = side + "_factors";
        const TensorPlace& factors = place(tensor);
        constexpr std::uint64_t most_rows = std::numeric_limits<std::int32_t>::max();
        if (factors.type != tensor_type<Scalar>())
            fail("the tensor ", tensor, " is of ", factors.type, "; expected ",
                 tensor_type<Scalar>());
        if (factors.shape.size() != 2 || factors.shape[0] > most_rows || factors.shape[1] < 1 ||
            factors.shape[1] > 65536)
            fail("the shape of ", tensor, " is not that of factors");
        return factors;
    }

    /// The offset at which the tensors begin.
    [[nodiscard]] std::uint64_t data() const { return header_.data; }

    /// The value of a text that must exist.
    template <typename Value>
    void read_option(const std::string& name, Value& value) const {
        if (!read_text(text(name), value)) fail("the value of ", name, " is ", text(name));
    }

private:
    template <typename... Parts>
    [[noreturn]] void fail(const Parts&... parts) const {
        throw FormatError(message(name_, ": ", parts...));
    }

    /// Returns whose ids the indices stand for; null if the file does not say.
    [[nodiscard]] SharedOrigin origin() const {
        const auto marks = [&](const std::string& side) {
            const auto count = static_cast<std::int64_t>(factors_of(side).shape[0]);
            IdsMarks read;
            const std::string& written = text(side + "_id_marks");
            if (!read_text(written, read) || read.empty() || read.back().count != count)
                fail("the value of ", side, "_id_marks is ", excerpt(written));
            return read;
        };
        if (!texts().contains("user_id_marks") && !texts().contains("item_id_marks")) return {};
        return std::make_shared<const IdsOrigin>(IdsOrigin{marks("user"), marks("item")});
    }

    [[nodiscard]] const std::string& text(const std::string& name) const {
        const auto found = header_.texts.find(name);
        if (found == header_.texts.end()) fail("there is no ", name, "; it is not a model of als");
        return found->second;
    }

    /// Reads options. One that may be absent then keeps its value.
    void read_options(const std::string& prefix, const Options& options) const {
        for (const Option& option : options) {
            const std::string name = prefix + option.name;
            const bool is_absent = is_optional(option) && !texts().contains(name);
            if (is_absent && option.left_out == nullptr) continue;
            const std::string_view value =
                is_absent ? std::string_view(option.left_out) : text(name);
            if (!detail::read_option(option, value)) fail("the value of ", name, " is ", value);
        }
    }

    /// Checks a training without its instruction set, which this processor need not have.
    static void validate_read(Training training) {
        training.instruction_set = InstructionSet::portable;
        validate(training);
    }

    void check_names() const {
        constexpr std::array<std::string_view, 21> known{"user_factors",
                                                         "item_factors",
                                                         "user_biases",
                                                         "item_biases",
                                                         "user_ids",
                                                         "item_ids",
                                                         "user_id_ends",
                                                         "item_id_ends",
                                                         "seen_items",
                                                         "seen_offsets",
                                                         "seen_values",
                                                         "start_user_factors",
                                                         "start_user_biases",
                                                         "user_feature_factors",
                                                         "user_feature_biases",
                                                         "user_feature_ids",
                                                         "user_feature_id_ends",
                                                         "item_feature_factors",
                                                         "item_feature_biases",
                                                         "item_feature_ids",
                                                         "item_feature_id_ends"};
        for (const auto& [tensor, place] : header_.tensors)
            if (std::find(known.begin(), known.end(), tensor) == known.end())
                fail("the tensor ", tensor, " does not belong to a model");
    }

    void check_type() const {
        const std::string& type = place("user_factors").type;
        constexpr bool single = std::same_as<Scalar, float>;
        if (type == (single ? "F64" : "F32"))
            fail("the model is one of ", single ? "double" : "float", "; load it with als::load<",
                 single ? "double" : "float", ">");
    }

    [[nodiscard]] bool has(const std::string& tensor) const {
        return header_.tensors.contains(tensor);
    }

    [[nodiscard]] const TensorPlace& place(const std::string& tensor) const {
        const auto found = header_.tensors.find(tensor);
        if (found == header_.tensors.end()) fail("there is no tensor ", tensor);
        return found->second;
    }

    /// Number of elements of a tensor with one dimension.
    [[nodiscard]] std::size_t length(const std::string& tensor) const {
        const auto& shape = place(tensor).shape;
        if (shape.size() != 1)
            fail("the tensor ", tensor, " has ", shape.size(), " dimensions, not 1");
        return to_size(shape[0]);
    }

    /// Fetches `count` numbers of a tensor, from number `first` on. Returns their checksum.
    template <typename Number>
    std::uint32_t fetch(const std::string& tensor, Number* to, std::int64_t first,
                        std::int64_t count) const {
        const TensorPlace& from = place(tensor);
        if (from.type != tensor_type<Number>())
            fail("the tensor ", tensor, " is of ", from.type, "; expected ", tensor_type<Number>());
        const std::size_t bytes = to_size(count) * sizeof(Number);
        read_(header_.data + from.begin + to_size(first) * sizeof(Number), to, bytes);
        const std::uint32_t sum = crc32c(to, bytes);
        change_byte_order(to, bytes, sizeof(Number));
        return sum;
    }

    template <typename Numbers>
    Numbers vector(const std::string& tensor) const {
        Numbers numbers;
        using Number = typename Numbers::value_type;
        if (place(tensor).type != tensor_type<Number>())
            fail("the tensor ", tensor, " is of ", place(tensor).type);
        numbers.resize(length(tensor));
        check_sum(tensor, fetch(tensor, numbers.data(), 0, to_count(numbers.size())));
        return numbers;
    }

    Side<Scalar> side(const std::string& name) const {
        return rows(name, 0, static_cast<std::int64_t>(factors_of(name).shape[0]),
                    [&](const std::string& tensor, std::uint32_t sum) { check_sum(tensor, sum); });
    }

    /// A model holds matrices of factors x factors. A small file must not make them large.
    void check_factors() const {
        constexpr std::uint64_t usual = 1024;
        const std::uint64_t users = factors_of("user").shape[0];
        const std::uint64_t items = factors_of("item").shape[0];
        const std::uint64_t factors = factors_of("user").shape[1];
        if (factors > usual && factors > users + items)
            fail("there are ", factors, " factors for ", users, " users and ", items,
                 " items; above ", usual, " there may not be more factors than users and items");
    }

    template <Id Index>
    void read_ids(const std::string& side, std::int32_t count, IdMap<Index>& ids) const {
        const std::string tensor = side + "_ids";
        const std::string ends_name = side + "_id_ends";
        const auto add = [&](std::string_view id) {
            const std::int32_t before = ids.size();
            if (static_cast<void>(ids.add(id)); ids.size() == before)
                fail("the ", side, " id ", excerpt(id), " occurs twice");
        };
        if (has(ends_name)) {
            const auto ends = vector<std::vector<std::int64_t>>(ends_name);
            const auto texts = vector<std::string>(tensor);
            std::int64_t begin = 0;
            for (const std::int64_t end : ends) {
                if (end < begin || end > to_count(texts.size()))
                    fail("the tensor ", ends_name, " has ", end, " after ", begin);
                add(std::string_view(texts).substr(to_size(begin), to_size(end - begin)));
                begin = end;
            }
            if (begin != to_count(texts.size()))
                fail("the tensor ", tensor, " goes on after the last id");
        } else if (has(tensor)) {
            for (const std::int64_t number : vector<std::vector<std::int64_t>>(tensor))
                add(to_text(number));
        } else {
            return;
        }
        if (ids.size() != count) fail("there are ", ids.size(), " ids for ", count, " ", side, "s");
    }

    template <Id Index>
    void read_features(const Model<Scalar>& model,
                       std::optional<FeatureMap<Index, Scalar>>& map) const {
        const std::string name = std::string(name_of<Index>()) + "_feature";
        if (!has(name + "_factors")) {
            for (const std::string_view part : {"_biases", "_ids", "_id_ends"})
                if (has(message(name, part)))
                    fail("there is a tensor ", name, part, ", but no ", name, "_factors");
            return;
        }
        FeatureMapParts<Scalar> parts;
        parts.weights = side(name);
        parts.non_negative = is_non_negative(model.objective());
        if (parts.weights.factors.cols() != model.factors() ||
            has(name + "_biases") != has_biases(model.objective()))
            fail("the shape of ", name, "_factors or ", name, "_biases is not that of the model");
        IdMap<Index> names;
        if (has(name + "_ids") || has(name + "_id_ends")) {
            read_ids(name, to_int32(parts.weights.factors.rows()) - 1, names);
            for (std::int32_t n = 0; n < names.size(); ++n)
                parts.names.push_back(names.name(Index{n}));
        }
        map.emplace(std::move(parts));
    }

    void read_seen(ModelFile<Scalar>& file) const {
        if (!has("seen_offsets") && !has("seen_items") && !has("seen_values")) return;
        const auto offsets = vector<std::vector<std::int64_t>>("seen_offsets");
        const auto items = vector<std::vector<std::int32_t>>("seen_items");
        const auto values = vector<std::vector<Scalar>>("seen_values");
        const auto users = to_size(file.model.user_count());
        if (offsets.size() != users + 1 || values.size() != items.size() || offsets.front() != 0 ||
            offsets.back() != to_count(items.size()) ||
            !std::is_sorted(offsets.begin(), offsets.end()))
            fail("the tensors seen_offsets, seen_items and seen_values do not make ", users,
                 " rows");
        std::vector<Entry<Scalar>> entries;
        entries.reserve(items.size());
        for (std::size_t user = 0; user < users; ++user)
            for (auto n = to_size(offsets[user]); n < to_size(offsets[user + 1]); ++n)
                entries.push_back({User{to_int32(user)}, Item{items[n]}, values[n]});
        file.seen = InteractionsAccess::with_origin(
            Interactions<Scalar>(file.model.user_count(), file.model.item_count(), entries),
            ModelAccess::origin(file.model));
    }

    std::string name_;
    ReadAt read_;
    TensorHeader header_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
