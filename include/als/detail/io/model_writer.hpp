// SPDX-License-Identifier: MIT
// Writes the parts of a model as a file in the safetensors format.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/io/checksum.hpp>
#include <als/detail/io/file.hpp>
#include <als/detail/io/option_texts.hpp>
#include <als/detail/io/tensor_file.hpp>
#include <als/detail/model.hpp>
#include <als/model_file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Ids in the form of a file. If all are whole numbers in their usual form, the file keeps the
/// numbers; else their texts, one after the other, and where each text ends.
struct StoredIds {
    std::vector<std::int64_t> numbers, ends;
    std::string texts;

    [[nodiscard]] bool are_numbers() const { return numbers.size() == ends.size(); }
};

/// Totals of a side's ids: their number, the bytes of their texts, and whether they are kept as
/// numbers.
struct IdTotals {
    std::int64_t count = 0, bytes = 0;
    bool are_numbers = true;
};

/// Converts `count` ids; name_of(i) is the i-th.
template <typename NameOf>
StoredIds stored_ids(std::int32_t count, const NameOf& name_of) {
    StoredIds stored;
    bool all_numbers = true;
    for (std::int32_t i = 0; i < count; ++i) {
        const std::string& id = name_of(i);
        std::int64_t number = 0;
        all_numbers = all_numbers && read_text(id, number) && to_text(number) == id;
        if (all_numbers) stored.numbers.push_back(number);
        stored.texts += id;
        stored.ends.push_back(to_count(stored.texts.size()));
    }
    if (!all_numbers) stored.numbers.clear();
    return stored;
}

/// Collects the parts of a file, and writes it.
template <Real Scalar>
class ModelWriter {
public:
    ModelWriter(const Model<Scalar>& model, const SaveOptions<Scalar>& options, Texts texts)
        : ModelWriter({model.objective(), model.mean(), model.parts().lowest, model.parts().highest,
                       ModelAccess::origin(model)},
                      options.training, std::move(texts)) {
        const bool biases = has_biases(model.objective());
        add_side("user", model.parts().users, model.user_count(), biases);
        add_side("item", model.parts().items, model.item_count(), biases);
        if (options.users != nullptr) add_ids("user", *options.users, model.user_count());
        if (options.items != nullptr) add_ids("item", *options.items, model.item_count());
        add_features(model.factors(), model.objective(), options.user_features);
        add_features(model.factors(), model.objective(), options.item_features);
        if (options.seen == nullptr) return;
        check_fits("als::save: seen", *options.seen, model);
        const auto& rows = InteractionsAccess::rows_of<User>(*options.seen);
        add_seen(model.user_count(), options.seen->size(), rows.offsets, rows.ids, rows.values);
    }

    /// Starts a file without tensors.
    ModelWriter(const ModelHead<Scalar>& head, const Training* trained, Texts texts)
        : texts_(std::move(texts)) {
        texts_["format"] = "als model";
        texts_["format_version"] = "1";
        texts_["library_version"] = ALS_VERSION_STRING;
        texts_["objective"] =
            std::holds_alternative<Implicit>(head.objective) ? "implicit" : "explicit";
        AnyObjective objective = head.objective;
        write_options(std::visit([](auto& o) { return options_of(o); }, objective), "objective.",
                      texts_);
        texts_["mean"] = to_text(head.mean);
        texts_["lowest"] = to_text(head.lowest);
        texts_["highest"] = to_text(head.highest);
        if (trained != nullptr) {
            Training training = *trained;
            write_options(options_of(training), "training.", texts_);
        }

        if (head.origin) {
            texts_["user_id_marks"] = text_of(head.origin->users);
            texts_["item_id_marks"] = text_of(head.origin->items);
        }
    }

    void write(const std::filesystem::path& path) {
        write_by([](const Tensor& tensor) { return crc32c(tensor.data, tensor.held); },
                 [&](const std::string& header, const std::vector<Tensor>& tensors) {
                     DurableFile file("als::save", path);
                     file.write(header.data(), header.size());
                     for (const Tensor& tensor : tensors) file.write(tensor.data, tensor.held);
                     file.complete();
                 });
    }

    /// Writes the file by out(header, tensors). sum_of(tensor) is the checksum of a whole tensor.
    template <typename SumOf, typename Out>
    void write_by(const SumOf& sum_of, const Out& out) {
        // Each tensor begins at a multiple of the size of its numbers.
        std::stable_sort(tensors_.begin(), tensors_.end(), [](const Tensor& a, const Tensor& b) {
            return size_of_tensor_type(a.type) > size_of_tensor_type(b.type);
        });
        if (!is_little_endian)
            for (Tensor& tensor : tensors_) change_byte_order_of_copy(tensor);
        for (const Tensor& tensor : tensors_)
            texts_["crc32c." + tensor.name] = checksum_text(sum_of(std::as_const(tensor)));
        texts_["crc32c"] = "00000000";
        out(tensor_header(texts_, tensors_), std::as_const(tensors_));
    }

    /// Adds the rows of a side, which must outlive the writer: all `row_count`, or those that this
    /// process holds.
    void add_side(const std::string& side, const Side<Scalar>& numbers, std::int64_t row_count,
                  bool has_biases) {
        const auto rows = static_cast<std::uint64_t>(row_count);
        add(side + "_factors", {rows, static_cast<std::uint64_t>(numbers.factors.cols())},
            numbers.factors.data(), numbers.factors.size());
        if (has_biases) add(side + "_biases", {rows}, numbers.biases.data(), numbers.biases.size());
    }

    /// Adds those ids of a side that this process holds.
    void add_ids(const std::string& side, StoredIds ids, const IdTotals& all) {
        const StoredIds& kept = ids_.emplace_back(std::move(ids));
        if (all.are_numbers) return add(side + "_ids", all.count, kept.numbers);
        add(side + "_ids", all.bytes, kept.texts);
        add(side + "_id_ends", all.count, kept.ends);
    }

    /// Adds a feature map of a model, if there is one.
    template <Id Index>
    void add_features(int factors, const AnyObjective& objective,
                      const FeatureMap<Index, Scalar>* map) {
        if (map == nullptr) return;
        const Side<Scalar>& weights = map->parts().weights;
        const bool biases = weights.biases.size() > 0;
        if (map->factors() != factors || biases != has_biases(objective) ||
            map->parts().non_negative != is_non_negative(objective))
            throw InputError(message("als::save: the feature map of the ", name_of<Index>(),
                                     "s does not fit the model: factors ", map->factors(), " and ",
                                     factors,
                                     ", and both have to have biases and to be non-negative, or "
                                     "neither; learn the map from this model"));
        const std::string side = std::string(name_of<Index>()) + "_feature";
        add_side(side, weights, weights.factors.rows(), biases);
        if (!map->names().empty())
            add_ids(side, map->features(),
                    [&](std::int32_t i) -> const std::string& { return map->names()[to_size(i)]; });
    }

    /// Adds the `size` entries of `user_count` users, or those that this process holds. `offsets`
    /// holds the end of each user, after a 0 in the process that holds the first user. All
    /// arguments must outlive the writer.
    void add_seen(std::int64_t user_count, std::int64_t size,
                  const std::vector<std::int64_t>& offsets, const std::vector<Item>& items,
                  const std::vector<Scalar>& values) {
        add("seen_offsets", user_count + 1, offsets);
        add("seen_items", {static_cast<std::uint64_t>(size)},
            reinterpret_cast<const std::int32_t*>(items.data()), to_count(items.size()));
        add("seen_values", size, values);
    }

private:
    /// Adds `count` numbers of a tensor of this shape.
    template <typename Number>
    void add(const std::string& name, std::vector<std::uint64_t> shape, const Number* data,
             std::int64_t count) {
        tensors_.push_back(
            {name, tensor_type<Number>(), std::move(shape), data, to_size(count) * sizeof(Number)});
    }

    /// Adds numbers of a tensor with `extent` numbers, of which this process may hold a part.
    template <typename Numbers>
    void add(const std::string& name, std::int64_t extent, const Numbers& numbers) {
        add(name, {static_cast<std::uint64_t>(extent)}, numbers.data(), to_count(numbers.size()));
    }

    void change_byte_order_of_copy(Tensor& tensor) {
        const auto* const bytes = static_cast<const char*>(tensor.data);
        std::string& copy = copies_.emplace_back(bytes, tensor.held);
        change_byte_order(copy.data(), copy.size(), to_size(size_of_tensor_type(tensor.type)));
        tensor.data = copy.data();
    }

    template <Id Index>
    void add_ids(const std::string& side, const IdMap<Index>& ids, std::int32_t count) {
        if (ids.size() != count)
            throw InputError(
                message("als::save: there are ", ids.size(), " ids for ", count, " ", side, "s"));
        add_ids(side, count,
                [&](std::int32_t i) -> const std::string& { return ids.name(Index{i}); });
    }

    template <typename NameOf>
    void add_ids(const std::string& side, std::int32_t count, const NameOf& name_of) {
        StoredIds ids = stored_ids(count, name_of);
        const IdTotals all{count, to_count(ids.texts.size()), ids.are_numbers()};
        add_ids(side, std::move(ids), all);
    }

    Texts texts_;
    std::vector<Tensor> tensors_;  // they refer to the model, to what it is saved with, and to ids_
    std::deque<std::string> copies_;
    std::deque<StoredIds> ids_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
