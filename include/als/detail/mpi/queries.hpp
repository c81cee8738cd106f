// SPDX-License-Identifier: MIT
// `als::mpi::recommend_everyone` and `evaluate`: each rank answers for its own users, with all
// items.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/evaluate.hpp>
#include <als/detail/interactions.hpp>
#include <als/detail/mpi/group.hpp>
#include <als/detail/mpi/model.hpp>
#include <als/detail/mpi/shard.hpp>
#include <als/detail/recommend.hpp>
#include <als/mpi.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// A rank's part of a model as a model: its users, from 0, and all items.
template <Real Scalar>
struct OwnUsers {
    OwnUsers(const mpi::Group& group, const mpi::Model<Scalar>& of)
        : shard(DistributedAccess::shard(of)), first(of.first_user()) {
        auto items =
            gathered_side(group, shard.item_side, shard.items, has_biases(shard.head.objective));
        together(group, [&] {
            model.emplace(ModelParts<Scalar>{shard.user_side, std::move(items), shard.head.mean,
                                             shard.head.lowest, shard.head.highest},
                          shard.head.objective);
        });
    }

    /// Returns the entries of this rank's users, from whichever ranks have them.
    als::Interactions<Scalar> entries(const mpi::Group& group, std::string_view function,
                                      const mpi::Interactions<Scalar>& of) const {
        std::vector<Entry<Scalar>> all;
        together(group, [&] {
            check_fits(function, DistributedAccess::shard(of), shard);
            all = of.entries();
        });
        all = sent_to_owners(group, all, [&](const auto& entry) {
                  return shard.users.owner(entry.user.index);
              }).elements;
        als::Interactions<Scalar> own;
        together(group, [&] {
            for (Entry<Scalar>& entry : all) entry.user.index -= first;
            own = als::Interactions<Scalar>(model->user_count(), model->item_count(), all);
        });
        return own;
    }

    const ModelShard<Scalar>& shard;
    std::int32_t first;
    std::optional<als::Model<Scalar>> model;
};

/// Joins the judgements of all ranks.
inline void gather_judgements(const mpi::Group& group, std::int32_t first_user, Judgements& all) {
    for (User& user : all.users) user.index += first_user;
    all.users = gathered_vector(group, all.users);
    for (std::vector<double>* const values : all.per_user())
        *values = gathered_vector(group, *values);
    MPI_Allreduce(MPI_IN_PLACE, all.occurs.data(), static_cast<int>(all.occurs.size()), MPI_BYTE,
                  MPI_BOR, group.communicator());
    MPI_Allreduce(MPI_IN_PLACE, &all.sums, sizeof all.sums / sizeof(double), MPI_DOUBLE, MPI_SUM,
                  group.communicator());
}

}  // namespace detail

namespace mpi {

template <Real Scalar, typename Take>
void recommend_everyone(const Group& group, const Model<Scalar>& model,
                        const BatchOptions<Scalar>& options, const Take& take,
                        const Interactions<Scalar>* exclude) {
    using namespace als::detail;
    const OwnUsers<Scalar> own(group, model);
    als::Interactions<Scalar> excluded;
    if (exclude != nullptr)
        excluded = own.entries(group, "als::recommend_everyone: exclude", *exclude);
    together(group, [&] {
        if (options.exclude != nullptr)
            throw InputError(
                "als::mpi::recommend_everyone: give what is to be excluded as the last argument");
        BatchOptions<Scalar> batch = options;
        if (exclude != nullptr) batch.exclude = &excluded;
        if (options.own_lists)
            batch.own_lists = [&](std::size_t n) {
                return options.own_lists(n + to_size(own.first));
            };
        recommend_by_blocks<Scalar>(*own.model, batch, [&](User user, const auto& list) {
            take(User{own.first + user.index}, list);
        });
    });
}

template <Real Scalar>
Evaluation evaluate(const Group& group, const Model<Scalar>& model,
                    const Interactions<Scalar>& test, const EvaluateOptions<Scalar>& options,
                    const Interactions<Scalar>* exclude) {
    using namespace als::detail;
    const OwnUsers<Scalar> own(group, model);
    const als::Interactions<Scalar> own_test = own.entries(group, "als::evaluate: test", test);
    als::Interactions<Scalar> excluded;
    EvaluateOptions<Scalar> judging = options;
    if (exclude != nullptr) {
        excluded = own.entries(group, "als::evaluate: exclude", *exclude);
        judging.exclude = &excluded;
    }
    const auto& counted = DistributedAccess::shard(exclude != nullptr ? *exclude : test).by_item;
    std::vector<std::int64_t> users_of_item;
    for (std::int32_t row = 0; row < counted.row_count(); ++row)
        users_of_item.push_back(counted.row(row).size());
    users_of_item = gathered_vector(group, users_of_item);
    Judgements judgements;
    together(group, [&] {
        if (options.exclude != nullptr)
            throw InputError(
                "als::mpi::evaluate: give what is to be excluded as the last argument");
        judgements = judge(*own.model, own_test, judging, users_of_item, own.first);
    });
    gather_judgements(group, own.first, judgements);
    return evaluation_of(std::move(judgements), options);
}

}  // namespace mpi
}  // inline namespace
}  // namespace als
