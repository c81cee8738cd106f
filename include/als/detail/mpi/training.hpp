// SPDX-License-Identifier: MIT
// `als::mpi::fit`: the half steps of `fit`. Each rank solves its own rows; between the half steps,
// ranks exchange data.
#pragma once

#include <als/detail/base/buffer.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/stopwatch.hpp>
#include <als/detail/checkpoint.hpp>
#include <als/detail/fit.hpp>
#include <als/detail/fitted_to.hpp>
#include <als/detail/mpi/files.hpp>
#include <als/detail/mpi/group.hpp>
#include <als/detail/mpi/model.hpp>
#include <als/detail/mpi/shard.hpp>
#include <als/detail/solve/gram.hpp>
#include <als/detail/solve/half_step.hpp>
#include <als/detail/solve/objective_value.hpp>
#include <als/detail/solve/side.hpp>
#include <als/detail/solve/whitening.hpp>
#include <als/mpi.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// Returns the Gram matrix of a side that is dealt out, with the bits of `gram_of`: each rank adds
/// the sums of its groups to those of the ranks before it.
template <Real Scalar>
Eigen::MatrixXd gram_in_turn(const mpi::Group& group, Attempts& attempts, const Deal& deal,
                             const FactorMatrix<Scalar>& own, const Workers& workers) {
    const std::int64_t factors = own.cols();
    std::vector<Eigen::MatrixXd> sums;
    attempts.run([&] {
        const auto at = to_size(group.rank());
        for_each_group_sum(own, deal.groups, deal.first_group[at], deal.first_group[at + 1],
                           workers, [&](const PanelSum& sum) {
                               sums.emplace_back(Eigen::MatrixXd::Zero(factors, factors));
                               sum.add_lower_to(sums.back());
                           });
    });
    std::vector<double> upper(to_size(factors * (factors + 1) / 2));
    in_turn(group, upper.data(), to_count(upper.size()), [&] {
        for (const Eigen::MatrixXd& sum : sums) {
            double* to = upper.data();
            for (std::int64_t f = 0; f < factors; ++f)
                for (std::int64_t g = 0; g <= f; ++g) *to++ += sum(f, g);
        }
    });
    Eigen::MatrixXd gram(factors, factors);
    const double* from = upper.data();
    for (std::int64_t f = 0; f < factors; ++f)
        for (std::int64_t g = 0; g <= f; ++g) gram(f, g) = gram(g, f) = *from++;
    return gram;
}

/// The fixed side: the rows that this rank's rows of the other side touch, in slots.
template <Real Scalar>
class Slots {
public:
    Slots(const Needs& needs, std::int64_t factors, bool biases) : needs_(needs) {
        const auto slots = to_count(needs.ids.size());
        side_.factors.resize(0, factors);
        if (biases) side_.biases.setZero(std::max(slots, std::int64_t{1}));  // 0 would mean: none
        unknowns_ = factors + (biases ? 1 : 0);
        stride_ = padded<Scalar>(unknowns_);
        table_.reserve(slots * stride_);
        sent_.reserve(to_count(needs.to_send.size()) * factors);
        std::fill_n(table_.data(), slots * stride_, Scalar(0));
        for (std::int64_t slot = 0; biases && slot < slots; ++slot)
            table_.data()[slot * stride_ + factors] = 1;  // see `write_rows`
    }

    /// Fetches the rows from their owners. `own` holds those of this rank, [rows, stride], and
    /// `biases` their biases.
    void fetch(const mpi::Group& group, Attempts& attempts, const Scalar* own, std::int64_t stride,
               const BiasVector<Scalar>& biases) {
        fetch(group, attempts, own, stride, side_.factors.cols(), table_.data(), stride_);
        if (side_.biases.size() > 0)
            fetch(group, attempts, biases.data(), 1, 1, side_.biases.data(), 1);
    }

    [[nodiscard]] const Side<Scalar>& side() const { return side_; }
    [[nodiscard]] FixedTable<Scalar> table() const { return {table_.data(), stride_}; }

private:
    void fetch(const mpi::Group& group, Attempts& attempts, const Scalar* own, std::int64_t stride,
               std::int64_t columns, Scalar* to, std::int64_t to_stride) {
        attempts.run([&] {
            Scalar* out = sent_.data();
            for (const std::int32_t row : needs_.to_send)
                out = std::copy_n(own + row * stride, columns, out);
        });
        exchange(group, sent_.data(), needs_.sent, row_type<Scalar>(columns, columns), to,
                 needs_.received, row_type<Scalar>(columns, to_stride));
    }

    const Needs& needs_;
    Side<Scalar> side_;
    std::int64_t unknowns_ = 0, stride_ = 0;
    Buffer<Scalar> table_, sent_;
};

/// What `run_iterations` changes: the rows of this rank.
template <Real Scalar, Objective ObjectiveType>
class DistributedTraining {
public:
    /// Does not talk. `weights` are those of the entries, dealt out in the same way, or null.
    DistributedTraining(const mpi::Group& group, const Shard<Scalar>& data,
                        const Shard<Scalar>* weights, const ObjectiveType& objective,
                        const Training& training)
        : group_(group),
          data_(data),
          objective_(objective),
          training_(training),
          workers_{thread_count(training.threads), training.cancel,
                   chosen_instruction_set(training.instruction_set)},
          method_(method_of<Scalar>(training)),
          users_(solved_side<User>(data.by_user, weights ? weights->by_user.values.data() : nullptr,
                                   data.first_user())),
          items_(solved_side<Item>(data.by_item, weights ? weights->by_item.values.data() : nullptr,
                                   data.first_item())),
          parts_(blank_parts<Scalar>(users_.entries.count(), items_.entries.count(), objective,
                                     training.factors)),
          user_slots_(data.needed_users, training.factors, has_biases()),
          item_slots_(data.needed_items, training.factors, has_biases()) {
        if constexpr (std::same_as<ObjectiveType, Explicit>) set_range(users_.entries, parts_);
    }

    /// Makes the ranks agree before the first iteration. `earlier` is null or a model to start
    /// from.
    void begin(const ModelShard<Scalar>* earlier) {
        if constexpr (std::same_as<ObjectiveType, Explicit>) summarise();
        if (earlier == nullptr) return start();
        const bool biases = detail::has_biases(earlier->head.objective);
        const auto take = [&](const Side<Scalar>& from, const Deal& deal, const Deal& own,
                              Side<Scalar>& to) {
            start_from(fetched_rows(group_, from, deal, biases,
                                    [&](int rank) {
                                        return RowRange{own.first_row(rank), own.end_row(rank)};
                                    }),
                       objective_.non_negative, to);
        };
        take(earlier->user_side, earlier->users, data_.users, parts_.users);
        take(earlier->item_side, earlier->items, data_.items, parts_.items);
    }

    void iterate(Momentum<Scalar>& momentum) {
        if (momentum.age > 0) parts_.users = momentum.start;
        solve<Item>(items_, parts_.users, data_.users, user_slots_, parts_.items);
        solve<User>(users_, parts_.items, data_.items, item_slots_, parts_.users);
        if (!training_.acceleration) return;
        Attempts attempts(group_);
        double slope = 0;
        in_turn(group_, &slope, 1, [&] {
            attempts.run([&] { slope = add_slope(slope, momentum, parts_.users, workers_); });
        });
        attempts.run([&] { advance(momentum, parts_.users, slope, workers_); });
        attempts.settle();
    }

    /// Returns the value of the function minimised, with the bits of `value_of_objective`.
    double objective() {
        Attempts attempts(group_);
        item_slots_.fetch(group_, attempts, parts_.items.factors.data(),
                          parts_.items.factors.cols(), parts_.items.biases);
        const Whitening<Scalar> none;
        const Fixed<Scalar> fixed{item_slots_.side(), none, parts_.mean};
        std::array<double, 3> sums{};
        in_turn(group_, sums.data(), 3, [&] {
            attempts.run([&] {
                sums[0] = add_errors(sums[0], objective_, users_.entries, parts_.users, fixed,
                                     item_slots_.table(), workers_);
                sums[1] = add_penalty<User>(sums[1], objective_, users_.entries, parts_.users,
                                            data_.items.rows(), workers_);
                sums[2] = add_penalty<Item>(sums[2], objective_, items_.entries, parts_.items,
                                            data_.users.rows(), workers_);
            });
        });
        if constexpr (std::same_as<ObjectiveType, Implicit>)
            sums[0] += sum_of_all_scores(
                gram_in_turn(group_, attempts, data_.users, parts_.users.factors, workers_),
                gram_in_turn(group_, attempts, data_.items, parts_.items.factors, workers_));
        attempts.settle();
        return sums[0] + sums[1] + sums[2];
    }

    [[nodiscard]] mpi::Model<Scalar> model() const {
        ModelParts<Scalar> parts;
        together(group_, [&] { parts = parts_; });
        return model_of(std::move(parts));
    }
    /// Returns the model and ends the training.
    [[nodiscard]] mpi::Model<Scalar> take_model() { return model_of(std::move(parts_)); }

private:
    [[nodiscard]] mpi::Model<Scalar> model_of(ModelParts<Scalar> parts) const {
        return DistributedAccess::make<mpi::Model<Scalar>>(
            ModelShard<Scalar>{{objective_, parts.mean, parts.lowest, parts.highest, data_.origin},
                               data_.users,
                               data_.items,
                               std::move(parts.users),
                               std::move(parts.items),
                               group_.rank()});
    }

    [[nodiscard]] bool has_biases() const { return detail::has_biases(objective_); }

    template <Id Solved, typename Rows>
    SolvedSide<Scalar> solved_side(const Rows& rows, const Scalar* weights,
                                   std::int64_t first_row) const {
        const SideEntries<Scalar> entries(rows, weights);
        return {entries, longest_first(entries), regularization_of<Solved>(objective_),
                name_of<Solved>(), first_row};
    }

    /// A cold start; the ids of entries are slots.
    void start() {
        const std::vector<std::int32_t>& items = data_.needed_items.ids;
        together(group_, [&] {
            start_from_projection(
                users_.entries, to_count(items.size()),
                [&](std::int32_t slot) { return items[to_size(slot)]; }, objective_, parts_.mean,
                training_, workers_, parts_.users.factors);
        });
    }

    /// Sets mu and the range of the ratings of all ranks.
    void summarise() {
        struct Summary {
            double sum = 0, weight = 0, lowest = unbounded, highest = -unbounded;
        } all;
        Attempts attempts(group_);
        in_turn(group_, &all, 1, [&] {
            attempts.run([&] {
                all.sum = add_ratings(all.sum, users_.entries, workers_);
                all.weight = add_weights(all.weight, users_.entries, workers_);
            });
            all.lowest = std::min(all.lowest, static_cast<double>(parts_.lowest));
            all.highest = std::max(all.highest, static_cast<double>(parts_.highest));
        });
        attempts.settle();
        parts_.lowest = static_cast<Scalar>(all.lowest);
        parts_.highest = static_cast<Scalar>(all.highest);
        if (has_biases()) parts_.mean = all.sum / all.weight;
    }

    /// Does half an iteration. `deal` is that of the fixed side; `fixed` holds its rows on this
    /// rank.
    template <Id Solved>
    void solve(const SolvedSide<Scalar>& side, const Side<Scalar>& fixed, const Deal& deal,
               Slots<Scalar>& slots, Side<Scalar>& solved) {
        Attempts attempts(group_);
        Whitening<Scalar> whitening;
        const Scalar* rows = fixed.factors.data();
        std::int64_t stride = fixed.factors.cols();
        if constexpr (std::same_as<ObjectiveType, Implicit>) {
            const Eigen::MatrixXd gram =
                gram_in_turn(group_, attempts, deal, fixed.factors, workers_);
            attempts.run([&] {
                whitening = whitening_for<Solved, Scalar>(objective_, gram, workers_);
                if (whitening.is_identity()) return;
                const Fixed<Scalar> own{fixed, whitening, 0};
                const FixedTable<Scalar> table = write_table(own, workers_, white_);
                rows = table.rows;
                stride = table.stride;
            });
        }
        slots.fetch(group_, attempts, rows, stride, fixed.biases);
        attempts.run([&] {
            const Fixed<Scalar> all{slots.side(), whitening, parts_.mean, deal.rows()};
            HalfStep<Scalar, ObjectiveType>(side, objective_, all, slots.table(), method_, workers_)
                .run(solved);
        });
        attempts.settle();
    }

    const mpi::Group& group_;
    const Shard<Scalar>& data_;
    const ObjectiveType& objective_;
    const Training& training_;
    const Workers workers_;
    const Method method_;
    const SolvedSide<Scalar> users_, items_;
    ModelParts<Scalar> parts_;  // of this rank
    Slots<Scalar> user_slots_, item_slots_;
    Buffer<Scalar> white_;  // rows of this rank, whitened
};

/// Throws, on all ranks, if their objectives or options differ.
template <Objective ObjectiveType>
void check_options_alike(const mpi::Group& group, ObjectiveType objective, Training training) {
    Texts texts;
    write_options(options_of(objective), "", texts);
    write_options(options_of(training), "", texts);
    std::uint32_t sum = 0;
    for (const auto& [name, text] : texts) sum = crc32c(text.data(), text.size(), sum);
    check_alike(
        group, sum,
        "als::mpi::fit: objective, options or the instruction set differ between ranks; set "
        "Training::instruction_set if their processors differ");
}

/// Returns the training with an observer that all ranks obey. It exists on all ranks if it exists
/// on one.
inline Training with_common_observer(const mpi::Group& group, Training training) {
    if (!any_rank(group, static_cast<bool>(training.observer))) return training;
    training.observer = [&group, own = training.observer](const Progress& progress) {
        bool stops = false;
        together(group, [&] { stops = own && own(progress) == Next::stop; });
        return any_rank(group, stops) ? Next::stop : Next::go_on;
    };
    return training;
}

/// Checks all arguments, and makes the instruction set a fixed one.
template <Real Scalar, Objective ObjectiveType>
Training checked_training(const mpi::Group& group, const Shard<Scalar>& data,
                          const ObjectiveType& objective, Training training) {
    together(group, [&] {
        validate(objective);
        check_trainable({data.users.rows(), data.items.rows()}, data.size == 0,
                        objective.non_negative, training, sizeof(Scalar));
        training.instruction_set = chosen_instruction_set(training.instruction_set);
    });
    check_options_alike(group, objective, training);
    return with_common_observer(group, std::move(training));
}

/// `fitted_to` the data of all ranks, with the bits of one process.
template <Real Scalar, Objective ObjectiveType>
ObjectiveType fitted_to(const mpi::Group& group, const Shard<Scalar>& data,
                        const ObjectiveType& objective) {
    Totals totals;
    in_turn(group, &totals, 1, [&] {
        add_users(SideEntries<Scalar>(data.by_user), objective, totals);
        totals.items += rows_that_count(SideEntries<Scalar>(data.by_item), objective);
    });
    return fitted_to(totals, objective);
}

/// Returns the weights, dealt out like the data. Throws, on all ranks, unless they have the cells
/// of the data, are >= 0, and are not all 0.
template <Real Scalar>
mpi::Interactions<Scalar> checked_weights(const mpi::Group& group, const Shard<Scalar>& data,
                                          mpi::Interactions<Scalar> weights) {
    constexpr std::string_view function = "als::fit";
    const auto* given = &DistributedAccess::shard(weights);
    const Sizes sizes{given->users.rows(), given->items.rows()};
    const bool same_sizes = sizes == Sizes{data.users.rows(), data.items.rows()};
    together(group, [&] {
        check_same_ids(function, "interactions", data.origin, "weights", given->origin);
    });
    if (same_sizes && !(given->users == data.users && given->items == data.items)) {
        std::vector<Entry<Scalar>> entries;
        together(group, [&] { entries = weights.entries(); });
        weights = DistributedAccess::make<mpi::Interactions<Scalar>>(
            make_shard<Scalar>(group, sizes, entries, Duplicates::error, &data));
        given = &DistributedAccess::shard(weights);
    }
    bool some = false;
    together(group, [&] {
        some = some_weight(function, same_sizes && data.needed_items.ids == given->needed_items.ids,
                           data.by_user, given->by_user, data.first_user(),
                           [&](Item slot) { return item_of(*given, slot); });
    });
    check_some_weight(function, any_rank(group, some));
    return weights;
}

/// Trains on what `fitted_to` returned; `training` has been checked.
template <Real Scalar, Objective ObjectiveType>
mpi::Model<Scalar> train(const mpi::Group& group, const Shard<Scalar>& data,
                         const Shard<Scalar>* weights, const ObjectiveType& objective,
                         const Training& training, const mpi::Model<Scalar>* earlier,
                         Reached<Scalar> reached, const Hooks<Scalar, mpi::Model<Scalar>>& hooks) {
    const Stopwatch stopwatch;
    std::optional<DistributedTraining<Scalar, ObjectiveType>> state;
    const ModelShard<Scalar>* from = nullptr;
    together(group, [&] {
        if (earlier != nullptr) {
            from = &DistributedAccess::shard(*earlier);
            check_same_ids("als::fit", "interactions", data.origin, "model to start from",
                           from->head.origin);
            check_earlier({data.users.rows(), data.items.rows()},
                          {from->users.rows(), from->items.rows()}, training.factors,
                          earlier->factors());
        }
        state.emplace(group, data, weights, objective, training);
    });
    state->begin(from);
    run_iterations<Scalar, mpi::Model<Scalar>>(*state, training, stopwatch, std::move(reached),
                                               hooks);
    return state->take_model();
}

/// Returns the checksum of all cells and sizes, as `checksum_of` computes it for interactions.
template <Real Scalar>
std::uint32_t checksum_of(const mpi::Group& group, const Shard<Scalar>& data) {
    const std::int64_t sizes[] = {data.users.rows(), data.items.rows(), data.size};
    std::uint32_t sum = crc32c(sizes, sizeof sizes);
    in_turn(group, &sum, 1, [&] {
        for (std::int32_t row = 0; row < data.by_user.row_count(); ++row)
            sum = checksum_with<Scalar>(sum, items_of(data, data.by_user.row(row).ids()),
                                        data.by_user.row(row).values());
    });
    return sum;
}

template <Real Scalar, Objective ObjectiveType>
mpi::Model<Scalar> train_with_file(const mpi::Group& group, const Shard<Scalar>& data,
                                   const ObjectiveType& objective, const Training& training,
                                   const Checkpoints& checkpoints) {
    bool exists = false;
    together(group, [&] {
        check_checkpoints(checkpoints);
        exists = group.rank() == 0 && has_checkpoint(checkpoints);
    });
    check_alike(group, checkpoints.every,
                "als::mpi::fit: Checkpoints::every differs between ranks; give all ranks the same");
    const Texts identity = identity_of(checksum_of(group, data), objective, training);
    std::optional<Checkpoint<Scalar, mpi::Model<Scalar>>> begun;
    if (any_rank(group, exists)) {
        Reached<Scalar> reached;
        auto model = read_model<Scalar>(
            group, checkpoints.path,
            [&](const auto& reader) {
                reached = read_reached(reader, checkpoints.path, identity, training.acceleration);
            },
            data.users, data.items);
        if (training.acceleration) {
            together(group, [&] { reached.momentum.previous = model.users(); });
            reached.momentum.start =
                read_rows<Scalar>(group, checkpoints.path, "start_user", data.users,
                                  [&](const auto& reader, const auto& rows) {
                                      reader.check_start(rows, model.users());
                                  });
        }
        begun.emplace(Checkpoint<Scalar, mpi::Model<Scalar>>{std::move(model), std::move(reached)});
    }
    return train_with_checkpoints<Scalar, mpi::Model<Scalar>>(
        std::move(begun), training, checkpoints,
        [&](const mpi::Model<Scalar>& model, const Reached<Scalar>& reached) {
            auto writer = writer_of(model, &training, checkpoint_texts(identity, reached));
            if (training.acceleration)
                writer.add_side("start_user", reached.momentum.start, data.users.rows(),
                                has_biases(objective));
            write_file(group, writer, checkpoints.path);
        },
        [&](const mpi::Model<Scalar>* earlier, Reached<Scalar> reached, const auto& hooks) {
            return train<Scalar, ObjectiveType>(group, data, nullptr, objective, training, earlier,
                                                std::move(reached), hooks);
        });
}

/// Trains without checkpoints. `weights` and `earlier` may be null.
template <Real Scalar, Objective ObjectiveType>
mpi::Model<Scalar> checked_and_trained(const mpi::Group& group,
                                       const mpi::Interactions<Scalar>& data,
                                       const mpi::Interactions<Scalar>* weights,
                                       const ObjectiveType& objective, const Training& training,
                                       const mpi::Model<Scalar>* earlier) {
    const Shard<Scalar>& shard = DistributedAccess::shard(data);
    const Training checked = checked_training(group, shard, objective, training);
    mpi::Interactions<Scalar> dealt;
    if (weights != nullptr) dealt = checked_weights(group, shard, *weights);
    return train<Scalar, ObjectiveType>(
        group, shard, weights ? &DistributedAccess::shard(dealt) : nullptr,
        fitted_to(group, shard, objective), checked, earlier, {}, {});
}

}  // namespace detail

namespace mpi {

template <Real Scalar, Objective ObjectiveType>
Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                  const ObjectiveType& objective, const Training& training) {
    return als::detail::checked_and_trained<Scalar>(group, data, nullptr, objective, training,
                                                    nullptr);
}

template <Real Scalar, Objective ObjectiveType>
Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                  const ObjectiveType& objective, const Training& training,
                  const Model<Scalar>& earlier) {
    return als::detail::checked_and_trained<Scalar>(group, data, nullptr, objective, training,
                                                    &earlier);
}

template <Real Scalar>
Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                  const Interactions<Scalar>& weights, const Explicit& objective,
                  const Training& training) {
    return als::detail::checked_and_trained<Scalar>(group, data, &weights, objective, training,
                                                    nullptr);
}

template <Real Scalar>
Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                  const Interactions<Scalar>& weights, const Explicit& objective,
                  const Training& training, const Model<Scalar>& earlier) {
    return als::detail::checked_and_trained<Scalar>(group, data, &weights, objective, training,
                                                    &earlier);
}

template <Real Scalar, Objective ObjectiveType>
Model<Scalar> fit(const Group& group, const Interactions<Scalar>& data,
                  const ObjectiveType& objective, Training training,
                  const Checkpoints& checkpoints) {
    const auto& shard = als::detail::DistributedAccess::shard(data);
    training = als::detail::checked_training(group, shard, objective, std::move(training));
    return als::detail::train_with_file(
        group, shard, als::detail::fitted_to(group, shard, objective), training, checkpoints);
}

}  // namespace mpi
}  // inline namespace
}  // namespace als
