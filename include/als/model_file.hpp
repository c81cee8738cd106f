// SPDX-License-Identifier: MIT
// `save` and `load`: a model, with its ids and what its users have seen, as one file in the
// safetensors format. At the side of the way of the data.
#pragma once

#include <als/detail/crc32c.hpp>
#include <als/detail/file.hpp>
#include <als/detail/tensor_file.hpp>
#include <als/error.hpp>
#include <als/id_map.hpp>
#include <als/interactions.hpp>
#include <als/model.hpp>
#include <als/objective.hpp>
#include <als/training.hpp>
#include <als/types.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace als::inline ALS_ABI {

/// What `save` writes beside the model; all of it is optional, null leaves it out.
template <Real Scalar>
struct SaveOptions {
    /// The external ids, as many as the model has users and items.
    const IdMap<User>* users = nullptr;
    const IdMap<Item>* items = nullptr;

    /// What the users have seen, for `exclude` and `explain` where the model is loaded; with the
    /// model's users and items.
    const Interactions<Scalar>* seen = nullptr;

    /// How the model was trained; observer, threads and stop token are left out.
    const Training* training = nullptr;
};

/// What a model file holds.
template <Real Scalar>
struct ModelFile {
    Model<Scalar> model;
    IdMap<User> users;                         ///< empty where the file has none
    IdMap<Item> items;                         ///< empty where the file has none
    std::optional<Interactions<Scalar>> seen;  ///< nothing where the file has none
    std::optional<Training> training;          ///< nothing where the file has none
};

namespace detail {

// ------------------------------------------------------------------------- parameters as texts

/// Calls visit(name, member) for each parameter that a file keeps.
template <typename Visit>
void for_each_parameter(Implicit& o, const Visit& visit) {
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
void for_each_parameter(Explicit& o, const Visit& visit) {
    visit("regularization", o.regularization);
    visit("item_regularization", o.item_regularization);
    visit("regularization_exponent", o.regularization_exponent);
    visit("biases", o.biases);
    visit("bias_regularization", o.bias_regularization);
    visit("non_negative", o.non_negative);
}
template <typename Visit>
void for_each_parameter(Training& t, const Visit& visit) {
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

/// The text of a parameter, from which `read_text` makes the same value again.
template <typename Value>
std::string parameter_text(const Value& value) {
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

/// Adds the parameters of an objective or a training; one that is not given is left out.
template <typename Parameters>
void write_parameters(Parameters parameters, const std::string& prefix, Texts& texts) {
    for_each_parameter(parameters, [&]<typename Value>(const char* name, const Value& value) {
        if constexpr (std::same_as<Value, std::optional<double>>) {
            if (value) texts[prefix + name] = parameter_text(*value);
        } else {
            texts[prefix + name] = parameter_text(value);
        }
    });
}

// -------------------------------------------------------------------------------------- writing

template <typename Number>
constexpr const char* tensor_type() {
    if constexpr (std::same_as<Number, float>) return "F32";
    if constexpr (std::same_as<Number, double>) return "F64";
    if constexpr (std::same_as<Number, std::int32_t>) return "I32";
    if constexpr (std::same_as<Number, std::int64_t>) return "I64";
    if constexpr (std::same_as<Number, char>) return "U8";
}

/// Ids as a file keeps them: whole numbers where all of them are, as they would be printed; else
/// their texts, one after the other, and where each ends.
struct StoredIds {
    std::vector<std::int64_t> numbers, ends;
    std::string texts;
};

template <Id Index>
StoredIds stored_ids(const IdMap<Index>& ids) {
    StoredIds stored;
    bool all_numbers = true;
    for (std::int32_t i = 0; i < ids.size(); ++i) {
        const std::string& id = ids.name(Index{i});
        std::int64_t number = 0;
        all_numbers = all_numbers && read_text(id, number) && to_text(number) == id;
        if (all_numbers) stored.numbers.push_back(number);
        stored.texts += id;
        stored.ends.push_back(static_cast<std::int64_t>(stored.texts.size()));
    }
    if (!all_numbers) stored.numbers.clear();
    return stored;
}

/// Puts together the parts of a file, and writes it.
template <Real Scalar>
class ModelWriter {
public:
    ModelWriter(const Model<Scalar>& model, const SaveOptions<Scalar>& options, Texts texts)
        : texts_(std::move(texts)) {
        const Parameters<Scalar>& parameters = model.parameters();
        texts_["format"] = "als model";
        texts_["format_version"] = "1";
        texts_["library_version"] = ALS_VERSION_STRING;
        texts_["objective"] = model.is_implicit() ? "implicit" : "explicit";
        std::visit([&](const auto& o) { write_parameters(o, "objective.", texts_); },
                   model.objective());
        texts_["mean"] = to_text(parameters.mean);
        texts_["lowest"] = to_text(parameters.lowest);
        texts_["highest"] = to_text(parameters.highest);
        if (options.training != nullptr) write_parameters(*options.training, "training.", texts_);

        add_side("user", parameters.users);
        add_side("item", parameters.items);
        if (options.users != nullptr) add_ids("user", *options.users, model.user_count(), users_);
        if (options.items != nullptr) add_ids("item", *options.items, model.item_count(), items_);
        if (options.seen != nullptr) add_seen(model, *options.seen);
    }

    void write(const std::filesystem::path& path) {
        // Each tensor at a multiple of its numbers' size.
        std::stable_sort(tensors_.begin(), tensors_.end(), [](const Tensor& a, const Tensor& b) {
            return size_of_tensor_type(a.type) > size_of_tensor_type(b.type);
        });
        for (const Tensor& tensor : tensors_)
            texts_["crc32c." + tensor.name] = checksum_text(crc32c(tensor.data, tensor.bytes()));
        texts_["crc32c"] = "00000000";
        const std::string header = tensor_header(texts_, tensors_);
        DurableFile file("als::save", path);
        file.write(header.data(), header.size());
        for (const Tensor& tensor : tensors_) file.write(tensor.data, tensor.bytes());
        file.complete();
    }

private:
    template <typename Number>
    void add(const std::string& name, std::vector<std::uint64_t> shape, const Number* data) {
        tensors_.push_back({name, tensor_type<Number>(), std::move(shape), data});
    }
    template <typename Numbers>
    void add(const std::string& name, const Numbers& numbers) {
        add(name, {static_cast<std::uint64_t>(numbers.size())}, numbers.data());
    }

    void add_side(const std::string& side, const Side<Scalar>& numbers) {
        add(side + "_factors",
            {static_cast<std::uint64_t>(numbers.factors.rows()),
             static_cast<std::uint64_t>(numbers.factors.cols())},
            numbers.factors.data());
        if (numbers.biases.size() > 0) add(side + "_biases", numbers.biases);
    }

    template <Id Index>
    void add_ids(const std::string& side, const IdMap<Index>& ids, std::int32_t count,
                 StoredIds& stored) {
        if (ids.size() != count)
            throw InputError(
                message("als::save: there are ", ids.size(), " ids for ", count, " ", side, "s"));
        stored = stored_ids(ids);
        if (stored.numbers.size() == stored.ends.size()) return add(side + "_ids", stored.numbers);
        add(side + "_ids", stored.texts);
        add(side + "_id_ends", stored.ends);
    }

    void add_seen(const Model<Scalar>& model, const Interactions<Scalar>& seen) {
        check_fits("als::save", seen, model);
        seen_offsets_.push_back(0);
        for (User user; user.index < seen.user_count(); ++user.index) {
            for (const auto [item, value] : seen[user]) {
                seen_items_.push_back(item.index);
                seen_values_.push_back(value);
            }
            seen_offsets_.push_back(static_cast<std::int64_t>(seen_items_.size()));
        }
        add("seen_offsets", seen_offsets_);
        add("seen_items", seen_items_);
        add("seen_values", seen_values_);
    }

    Texts texts_;
    std::vector<Tensor> tensors_;  // refer to the model and to what follows
    StoredIds users_, items_;
    std::vector<std::int64_t> seen_offsets_;
    std::vector<std::int32_t> seen_items_;
    std::vector<Scalar> seen_values_;
};

// -------------------------------------------------------------------------------------- reading

/// Makes a model of the bytes that read(offset, to, count) fetches from a file of `size` bytes.
/// Allocates no more than the file is large before it has found that its parts agree.
template <Real Scalar, typename Read>
class ModelReader {
public:
    ModelReader(std::string name, std::uint64_t size, const Read& read)
        : name_(std::move(name)), read_(read), header_(read_tensor_header(name_, size, read)) {}

    [[nodiscard]] const Texts& texts() const { return header_.texts; }

    ModelFile<Scalar> file() {
        check_header();
        Objective objective = Implicit{};
        if (text("objective") == "explicit")
            objective = Explicit{};
        else if (text("objective") != "implicit")
            fail("the objective is ", text("objective"), "; expected implicit or explicit");
        std::visit([&](auto& o) { read_parameters("objective.", o); }, objective);

        Parameters<Scalar> parameters;
        parameters.users = side("user");
        parameters.items = side("item");
        read_parameter("mean", parameters.mean);
        read_parameter("lowest", parameters.lowest);
        read_parameter("highest", parameters.highest);
        if (std::isnan(parameters.mean) || std::isnan(parameters.lowest) ||
            std::isnan(parameters.highest))
            fail("mean, lowest or highest is nan");
        check_factors(parameters.users.factors, parameters.items.factors);
        return checked([&]() -> ModelFile<Scalar> {
            ModelFile<Scalar> result{{std::move(parameters), objective}, {}, {}, {}, {}};
            read_ids("user", result.model.user_count(), result.users);
            read_ids("item", result.model.item_count(), result.items);
            read_seen(result);
            if (texts().contains("training.factors")) {
                read_parameters("training.", result.training.emplace());
                validate_read(*result.training);
            }
            return result;
        });
    }

    /// Throws unless the header is whole and that of a model of this scalar.
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

    /// Where the factors of a side ("user") lie in the file, with their shape.
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

    /// Where the tensors begin.
    [[nodiscard]] std::uint64_t data() const { return header_.data; }

    /// A text that has to be there, as a value.
    template <typename Value>
    void read_parameter(const std::string& name, Value& value) const {
        if (!read_text(text(name), value)) fail("the value of ", name, " is ", text(name));
    }

private:
    template <typename... Parts>
    [[noreturn]] void fail(const Parts&... parts) const {
        throw FormatError(message(name_, ": ", parts...));
    }

    /// Numbers that do not make a model are the file's fault.
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

    [[nodiscard]] const std::string& text(const std::string& name) const {
        const auto found = header_.texts.find(name);
        if (found == header_.texts.end()) fail("there is no ", name, "; it is no model of als");
        return found->second;
    }

    template <typename Parameters>
    void read_parameters(const std::string& prefix, Parameters& parameters) const {
        for_each_parameter(parameters, [&]<typename Value>(const char* name, Value& value) {
            if constexpr (std::same_as<Value, std::optional<double>>) {
                if (texts().contains(prefix + name)) read_parameter(prefix + name, value.emplace());
            } else {
                read_parameter(prefix + name, value);
            }
        });
    }

    /// The set of instructions need not be one of this processor.
    static void validate_read(Training training) {
        training.instruction_set = InstructionSet::portable;
        validate(training);
    }

    void check_names() const {
        constexpr std::array<std::string_view, 11> known{
            "user_factors", "item_factors", "user_biases", "item_biases",  "user_ids",   "item_ids",
            "user_id_ends", "item_id_ends", "seen_items",  "seen_offsets", "seen_values"};
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
        return static_cast<std::size_t>(shape[0]);
    }

    /// Fetches the numbers of a tensor and checks their sum.
    template <typename Number>
    void fetch(const std::string& tensor, Number* to) const {
        const TensorPlace& from = place(tensor);
        if (from.type != tensor_type<Number>())
            fail("the tensor ", tensor, " is of ", from.type, "; expected ", tensor_type<Number>());
        const auto bytes = static_cast<std::size_t>(from.end - from.begin);
        read_(header_.data + from.begin, to, bytes);
        const std::string sum = checksum_text(crc32c(to, bytes));
        if (sum != text("crc32c." + tensor))
            fail("the tensor ", tensor, " has the checksum ", sum, " and not ",
                 text("crc32c." + tensor), ": its bytes have changed");
    }

    template <typename Numbers>
    Numbers vector(const std::string& tensor) const {
        Numbers numbers;
        using Number = typename Numbers::value_type;
        if (place(tensor).type != tensor_type<Number>())
            fail("the tensor ", tensor, " is of ", place(tensor).type);
        numbers.resize(length(tensor));
        fetch(tensor, numbers.data());
        return numbers;
    }

    Side<Scalar> side(const std::string& name) const {
        const TensorPlace& factors = factors_of(name);
        Side<Scalar> side;
        side.factors.resize(static_cast<Eigen::Index>(factors.shape[0]),
                            static_cast<Eigen::Index>(factors.shape[1]));
        fetch(name + "_factors", side.factors.data());
        if (!has(name + "_biases")) return side;
        if (length(name + "_biases") != factors.shape[0] ||
            place(name + "_biases").type != factors.type)
            fail("the ", name, "s have ", length(name + "_biases"), " biases for ",
                 factors.shape[0], " rows, or of another type");
        side.biases.resize(side.factors.rows());
        fetch(name + "_biases", side.biases.data());
        return side;
    }

    /// A model holds factors x factors matrices: a small file must not ask for large ones.
    void check_factors(const FactorMatrix<Scalar>& users, const FactorMatrix<Scalar>& items) const {
        constexpr Eigen::Index usual = 1024;
        if (users.cols() > usual && users.cols() > users.rows() + items.rows())
            fail("there are ", users.cols(), " factors for ", users.rows(), " users and ",
                 items.rows(), " items; above ", usual,
                 " there may not be more factors than users and items");
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
                if (end < begin || end > static_cast<std::int64_t>(texts.size()))
                    fail("the tensor ", ends_name, " has ", end, " after ", begin);
                add(std::string_view(texts).substr(static_cast<std::size_t>(begin),
                                                   static_cast<std::size_t>(end - begin)));
                begin = end;
            }
            if (begin != static_cast<std::int64_t>(texts.size()))
                fail("the tensor ", tensor, " goes on after the last id");
        } else if (has(tensor)) {
            for (const std::int64_t number : vector<std::vector<std::int64_t>>(tensor))
                add(to_text(number));
        } else {
            return;
        }
        if (ids.size() != count) fail("there are ", ids.size(), " ids for ", count, " ", side, "s");
    }

    void read_seen(ModelFile<Scalar>& file) const {
        if (!has("seen_offsets") && !has("seen_items") && !has("seen_values")) return;
        const auto offsets = vector<std::vector<std::int64_t>>("seen_offsets");
        const auto items = vector<std::vector<std::int32_t>>("seen_items");
        const auto values = vector<std::vector<Scalar>>("seen_values");
        const auto users = static_cast<std::size_t>(file.model.user_count());
        if (offsets.size() != users + 1 || values.size() != items.size() || offsets.front() != 0 ||
            offsets.back() != static_cast<std::int64_t>(items.size()) ||
            !std::is_sorted(offsets.begin(), offsets.end()))
            fail("the tensors seen_offsets, seen_items and seen_values do not make ", users,
                 " rows");
        std::vector<Entry<Scalar>> entries;
        entries.reserve(items.size());
        for (std::size_t user = 0; user < users; ++user)
            for (auto n = static_cast<std::size_t>(offsets[user]);
                 n < static_cast<std::size_t>(offsets[user + 1]); ++n)
                entries.push_back(
                    {User{static_cast<std::int32_t>(user)}, Item{items[n]}, values[n]});
        file.seen.emplace(file.model.user_count(), file.model.item_count(), entries);
    }

    std::string name_;
    const Read& read_;
    TensorHeader header_;
};

/// The reader of a file.
template <Real Scalar, typename Use>
auto with_model_reader(const std::filesystem::path& path, const Use& use) {
    const ReadableFile file("als::load", path);
    const auto read = [&](std::uint64_t offset, void* to, std::size_t count) {
        file.read(offset, to, count);
    };
    ModelReader<Scalar, decltype(read)> reader(message("als::load: ", path.string()), file.size(),
                                               read);
    return use(reader);
}

}  // namespace detail

/// Writes a model to a file, in the safetensors format (docs/file-format.md).
///
/// Atomic and durable: the bytes go to a temporary file beside `path`, which takes its place when
/// it is complete and on the disk; until then an old file stays as it was. Any number of processes
/// may load the file meanwhile. Throws `InputError` where ids or `seen` are not those of the model,
/// `IoError` with the system's reason, and nothing is changed then. Cost: O(size of the file);
/// memory for ids and `seen` as the file keeps them, none for factors.
template <Real Scalar>
void save(const Model<Scalar>& model, const std::filesystem::path& path,
          const std::type_identity_t<SaveOptions<Scalar>>& options = {}) {
    detail::ModelWriter<Scalar>(model, options, {}).write(path);
}

/// Reads all that a model file holds. The model equals the one saved, bit for bit.
///
/// Any bytes give a model or an error: the reader is strict, every tensor has a checksum, and all
/// numbers pass the checks of `Model` and `Interactions`. Throws `IoError` where the file cannot be
/// read, `FormatError` naming what is wrong, also where the model is one of another scalar. Cost:
/// that of making a `Model`, and O(size of the file). Memory: at most the file's size until its
/// parts are known to agree; ids and `seen` then need up to eight times what the file keeps of
/// them, and the model what `Model` says.
template <Real Scalar>
[[nodiscard]] ModelFile<Scalar> load_all(const std::filesystem::path& path) {
    return detail::with_model_reader<Scalar>(path, [](auto& reader) { return reader.file(); });
}

/// The factors of a model file where they lie in it, mapped into memory: for search indices, other
/// processes that share them, and models larger than what `load` should copy.
///
/// Checks the header as `load` does, and reads no factor: their checksums and values are not looked
/// at. The file may be replaced meanwhile, as `save` does it; a program that writes into it, or
/// cuts it off, changes what is seen here or ends the process by a signal. Throws as `load`. Cost:
/// that of reading the header. Not to be copied; const members may be called from many threads.
template <Real Scalar>
class MappedModel {
public:
    using Factors = Eigen::Map<const FactorMatrix<Scalar>>;

    explicit MappedModel(const std::filesystem::path& path)
        : mapping_("als::MappedModel", path), users_(nullptr, 0, 0), items_(nullptr, 0, 0) {
        const auto read = [&](std::uint64_t offset, void* to, std::size_t count) {
            std::copy_n(mapping_.data() + offset, count, static_cast<char*>(to));
        };
        const detail::ModelReader<Scalar, decltype(read)> reader(
            detail::message("als::MappedModel: ", path.string()), mapping_.size(), read);
        reader.check_header();
        const auto factors = [&](const std::string& side) {
            const detail::TensorPlace& place = reader.factors_of(side);
            return Factors(
                reinterpret_cast<const Scalar*>(mapping_.data() + reader.data() + place.begin),
                static_cast<Eigen::Index>(place.shape[0]),
                static_cast<Eigen::Index>(place.shape[1]));
        };
        new (&users_) Factors(factors("user"));  // as Eigen has it for a Map
        new (&items_) Factors(factors("item"));
    }

    /// [users, factors]
    [[nodiscard]] const Factors& user_factors() const { return users_; }
    /// [items, factors]
    [[nodiscard]] const Factors& item_factors() const { return items_; }

private:
    detail::MappedFile mapping_;
    Factors users_, items_;
};

/// Reads the model alone: `load_all(path).model`.
template <Real Scalar>
[[nodiscard]] Model<Scalar> load(const std::filesystem::path& path) {
    return load_all<Scalar>(path).model;
}

}  // namespace als::inline ALS_ABI
